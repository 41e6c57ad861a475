# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has come over a child's stream and is still to be taken (broker process)."""

from __future__ import annotations

import collections
import uuid

from ._packets import Packet

#: Bytes of output that are read ahead of whoever takes it.
_AHEAD = 4 * 1024 * 1024


class Arrivals:
    """Output until it is taken, and how often the server acknowledged something; its owner holds the lock.

    A target is a pipeline's id, or None for the pool itself.

    Attributes:
        packets: How many have come.
    """

    def __init__(self) -> None:
        self.packets = 0
        #: Of the pool, and of each pipeline that was not closed.
        self._output: dict[uuid.UUID | None, collections.deque[bytes]] = {}
        self._waiting_bytes = 0
        self._acknowledged: collections.Counter[tuple[str, uuid.UUID | None]] = collections.Counter()

    @property
    def full(self) -> bool:
        """Whether so much waits that nothing should be read but for who takes it."""
        return self._waiting_bytes > _AHEAD

    def expect(self, target: uuid.UUID | None) -> None:
        """Keeps the target's output from now on; that of others is dropped."""
        self._output[target] = collections.deque()

    def expects(self, target: uuid.UUID | None) -> bool:
        """Whether the target's output is kept."""
        return target in self._output

    def add(self, packet: Packet) -> None:
        """Takes in what came."""
        self.packets += 1
        if packet.kind != "Data":
            self._acknowledged[packet.kind, packet.target] += 1
        elif packet.target in self._output:
            self._output[packet.target].append(packet.data)
            self._waiting_bytes += len(packet.data)

    def acknowledged(self, kind: str, target: uuid.UUID | None) -> int:
        """How many acknowledgements of a kind have come for the target."""
        return self._acknowledged[kind, target]

    def has_output(self, target: uuid.UUID | None) -> bool:
        """Whether output of the target waits."""
        return bool(self._output.get(target))

    def take(self, target: uuid.UUID | None) -> bytes:
        """All output of the target that waits; it waits no longer."""
        waiting = self._output.get(target)
        data = b"".join(waiting or ())
        if waiting:
            waiting.clear()
        self._waiting_bytes -= len(data)
        return data

    def forget(self, command_id: uuid.UUID) -> None:
        """Drops what waits for a pipeline, and what still comes of it."""
        waiting = self._output.pop(command_id, ())
        self._waiting_bytes -= sum(len(data) for data in waiting)
        for key in [key for key in self._acknowledged if key[1] == command_id]:
            del self._acknowledged[key]
