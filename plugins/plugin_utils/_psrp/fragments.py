# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting messages into fragments (broker process; MS-PSRP 2.2.4); ``inbox`` puts them together again.

psrpcore does this too, but cannot be asked for one pipeline's bytes.
"""

from __future__ import annotations

import collections
import dataclasses
import struct
import uuid

#: Object id, fragment id, start and end bits, length of what follows.
HEADER = struct.Struct(">QQBI")
HEADER_SIZE = HEADER.size


@dataclasses.dataclass(frozen=True)
class Outgoing:
    """Bytes to send: whole fragments of one target.

    Attributes:
        pipeline_id: The pipeline that they are for, None for the pool.
        data: The fragments; at most the limit that was asked for.
        stream: WSMan's stream for them, ``stdin``, or ``pr`` for answers to host calls.
    """

    pipeline_id: uuid.UUID | None
    data: bytes = dataclasses.field(repr=False)
    stream: str


@dataclasses.dataclass
class _Queued:
    target: tuple[uuid.UUID | None, str]
    object_id: int
    data: memoryview
    fragment_id: int = 0


class Outbox:
    """Messages on their way out, cut to size when they are taken."""

    def __init__(self) -> None:
        self._queue: collections.deque[_Queued] = collections.deque()
        self._object_id = 0
        #: The targets of which a whole message was taken.
        self._begun: set[uuid.UUID | None] = set()

    def put(self, message: bytes, pipeline_id: uuid.UUID | None, stream: str) -> None:
        """Queue one message (header and CLIXML)."""
        self._object_id += 1
        self._queue.append(_Queued((pipeline_id, stream), self._object_id, memoryview(message)))

    def take(self, limit: int, pipeline_id: uuid.UUID | None = None) -> Outgoing | None:
        """The next fragments of one target, as many as fit; answers to host calls go first.

        Raises:
            ValueError: The limit leaves no room for a fragment.
        """
        if limit <= HEADER_SIZE:
            raise ValueError(f"a fragment needs {HEADER_SIZE + 1} bytes or more, not {limit}")
        wanted = [each for each in self._queue if pipeline_id is None or each.target[0] == pipeline_id]
        if not wanted:
            return None
        target = next((each for each in wanted if each.target[1] == "pr"), wanted[0]).target
        pieces: list[bytes] = []
        for message in wanted:
            if message.target == target:
                if limit <= HEADER_SIZE:
                    break
                piece = self._fragment(message, limit)
                limit -= len(piece)
                pieces.append(piece)
                if not message.data:
                    self._begun.add(target[0])
        self._queue = collections.deque(each for each in self._queue if each.data)
        return Outgoing(target[0], b"".join(pieces), target[1])

    def begun(self, pipeline_id: uuid.UUID) -> bool:
        """Whether the whole of a pipeline's first message was taken, which is CREATE_PIPELINE."""
        return pipeline_id in self._begun

    def forget(self, pipeline_id: uuid.UUID) -> None:
        """Drop what is queued for a pipeline."""
        self._begun.discard(pipeline_id)
        self._queue = collections.deque(each for each in self._queue if each.target[0] != pipeline_id)

    @staticmethod
    def _fragment(message: _Queued, limit: int) -> bytes:
        data = message.data[: limit - HEADER_SIZE]
        message.data = message.data[len(data) :]
        bits = (message.fragment_id == 0) | (not message.data) << 1
        header = HEADER.pack(message.object_id, message.fragment_id, bits, len(data))
        message.fragment_id += 1
        return header + data
