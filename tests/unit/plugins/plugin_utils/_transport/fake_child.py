# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server at the other end of a child's streams that does as it is told, without a process (pytest process)."""

from __future__ import annotations

import collections
import threading
import uuid

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._packets import Packet
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._program import Ended
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport.faults import FaultKind, TransportError
from ansible_collections.remoting.powershell.tests.endpoint.engine import outofproc


class FakeChild:
    """Acknowledges what it is sent, unless it is told not to; what it says by itself is queued with `say`."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._input = b""
        self._output: collections.deque[bytes] = collections.deque()
        self._woken = False
        #: What it was sent, in order, as kind, target and data.
        self.received: list[tuple[str, uuid.UUID | None, bytes]] = []
        #: Kinds that it does not acknowledge, and kinds at which it dies before it does.
        self.deaf_to: set[str] = set()
        self.dies_at: set[str] = set()
        #: Bytes that its input takes at once; 0 for a pipe that is full.
        self.room = 1 << 30
        self.dead = False
        self.ended = 0
        #: Bytes of output that were read.
        self.handed_out = 0
        self.errors = ""

    def say(self, *packets: Packet) -> None:
        """Has it send something."""
        with self._lock:
            self._output.extend(packet.encode() for packet in packets)
            self._lock.notify_all()

    def die(self, errors: str = "") -> None:
        """Has it end; what it said before can still be read."""
        with self._lock:
            self.dead, self.errors = True, errors
            self._lock.notify_all()

    def write(self, data: memoryview) -> int:
        with self._lock:
            if self.dead:
                raise BrokenPipeError
            taken = bytes(data[: self.room])
            self._input += taken
            while b"\n" in self._input:
                line, _end, self._input = self._input.partition(b"\n")
                self._handle(outofproc.Packet.decode(line))
            self._lock.notify_all()
            return len(taken)

    def read(self, timeout: float | None, writing: bool = False) -> bytes | None:
        with self._lock:
            if not self._output and not self.dead and not self._woken and not (writing and self.room):
                self._lock.wait(timeout)
            self._woken = False
            if self._output:
                said = self._output.popleft()
                self.handed_out += len(said)
                return said
            return None if self.dead else b""

    def wake(self) -> None:
        with self._lock:
            self._woken = True
            self._lock.notify_all()

    def end(self, patience: float) -> int:
        self.ended += 1
        return 255 if self.dead else 0

    def _handle(self, packet: outofproc.Packet) -> None:
        self.received.append((packet.kind, packet.target, packet.data))
        if packet.kind in self.dies_at:
            self.dead = True
        elif packet.kind not in self.deaf_to:
            self._output.append(Packet(f"{packet.kind}Ack", packet.target).encode())


class FakeProgram:
    """Starts the one fake child."""

    def __init__(self) -> None:
        self.place = "'web1' (fake)"
        self.silence = 1.0
        self.opening = 1.0
        self.child = FakeChild()
        self.refusal: TransportError | None = None
        self.times_settled = 0
        self.ended: Ended | None = None

    def start(self) -> FakeChild:
        if self.refusal is not None:
            raise self.refusal
        return self.child

    def settled(self) -> None:
        self.times_settled += 1

    def failure(self, ended: Ended) -> TransportError:
        self.ended = ended
        return TransportError(FaultKind.UNREACHABLE, ended.reason or ended.errors or "it hung up")
