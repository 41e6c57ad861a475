# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting messages into fragments and putting them together again (broker process; MS-PSRP 2.2.4).

psrpcore does this too, but copies its whole buffer for every fragment, takes a missing fragment's place as data, and
cannot be asked for one pipeline's bytes.
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import struct
import typing
import uuid

from .errors import ProtocolError
from .object_ids import Numbers

#: Object id, fragment id, start and end bits, length of what follows.
_HEADER = struct.Struct(">QQBI")
HEADER_SIZE = _HEADER.size
#: Destination, message type, pool id, pipeline id.
_MESSAGE = struct.Struct("<II16s16s")
_TO_CLIENT = 1

#: A fragment fits a WSMan envelope (0.5 MB by default, 8 MB at the most that anyone sets): more is no fragment.
MAX_FRAGMENT = 32 * 1024 * 1024
#: What PowerShell's own client takes as one object (PSSessionOption.MaximumReceivedObjectSize).
MAX_MESSAGE = 200 * 1024 * 1024
_REMEMBERED = 64


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
        header = _HEADER.pack(message.object_id, message.fragment_id, bits, len(data))
        message.fragment_id += 1
        return header + data


@dataclasses.dataclass(frozen=True)
class Message:
    """A whole message as it came.

    Attributes:
        object_id: The number that the server gave it.
        type_id: The number of its type (MS-PSRP 2.2.1).
        pipeline_id: The pipeline that it is of, None for the pool.
        data: The CLIXML.
        raw: Header and CLIXML.
    """

    object_id: int
    type_id: int
    pipeline_id: uuid.UUID | None
    data: bytes = dataclasses.field(repr=False)
    raw: bytes = dataclasses.field(repr=False)


class Inbox:
    """Puts fragments together; one for all that a pool's transport receives.

    Attributes:
        lossy: The server drops the oldest of what waits for a client (buffer mode Drop): fragments that are missing
            are counted, and what belongs to them is left out. Otherwise they are an error.
        losses: How often fragments were missing.
        met: The ids of the objects that came, whole or in part.
    """

    def __init__(self) -> None:
        self.lossy = False
        self.losses = 0
        self.met = Numbers()
        self._buffer = bytearray()
        self._parts: dict[int, list[bytes]] = {}
        #: Objects that lack a fragment and whose last one has not come yet.
        self._torn: set[int] = set()
        self._size = 0
        #: The last whole objects: an answer that a transport asked for again brings them twice.
        self._done: collections.OrderedDict[int, bytes] = collections.OrderedDict()

    def forget_done(self) -> None:
        """A server may count its objects from 1 again after a reconnect."""
        self._done.clear()

    def feed(self, data: bytes) -> typing.Iterator[Message]:
        """Take bytes and give the messages that they complete.

        Raises:
            ProtocolError: A header is absurd, or fragments are missing.
        """
        self._buffer += data
        position = 0
        try:
            while len(self._buffer) - position >= HEADER_SIZE:
                object_id, fragment_id, bits, length = _HEADER.unpack_from(self._buffer, position)
                if length > MAX_FRAGMENT or bits > 3 or bool(bits & 1) != (fragment_id == 0):
                    if self.lossy:
                        # The rest of a fragment whose beginning was dropped; what comes next begins a fragment.
                        self.losses += 1
                        position = len(self._buffer)
                        return
                    raise ProtocolError("a fragment's header is not one")
                start = position + HEADER_SIZE
                if len(self._buffer) - start < length:
                    break
                position = start + length
                whole = self._add(object_id, fragment_id, bytes(self._buffer[start:position]), bool(bits & 2))
                if whole is not None:
                    yield whole
        finally:
            del self._buffer[:position]

    def _add(self, object_id: int, fragment_id: int, data: bytes, is_last: bool) -> Message | None:
        self.met.add(object_id)
        if object_id in self._torn:
            self._torn -= {object_id} if is_last else set()
            return None
        parts = self._parts.setdefault(object_id, [])
        if fragment_id < len(parts):
            return None  # brought a second time
        if fragment_id > len(parts):
            if not self.lossy:
                lack = f"object {object_id} lacks fragment {len(parts)}"
                raise ProtocolError(f"{lack}: an answer of the server was lost")
            self._tear(object_id, is_last)
            return None
        parts.append(data)
        self._size += len(data)
        if self._size > MAX_MESSAGE:
            raise ProtocolError(f"unfinished objects take more than {MAX_MESSAGE} bytes")
        if not is_last:
            return None
        raw = b"".join(self._parts.pop(object_id))
        self._size -= len(raw)
        digest = hashlib.blake2b(raw, digest_size=16).digest()
        if self._done.get(object_id) == digest:
            return None
        self._done[object_id] = digest
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)
        return _unpack(object_id, raw)

    def _tear(self, object_id: int, is_last: bool) -> None:
        """An object lacks a fragment: none of it is of any use."""
        self.losses += 1
        self._size -= sum(map(len, self._parts.pop(object_id)))
        if not is_last:
            self._torn.add(object_id)

    def drop_unfinished(self, pipeline_id: uuid.UUID) -> None:
        """A pipeline has ended: what is unfinished of it lost its rest, which counts as a loss."""
        for object_id, parts in list(self._parts.items()):
            if parts and len(parts[0]) >= _MESSAGE.size and _MESSAGE.unpack_from(parts[0])[3] == pipeline_id.bytes_le:
                self._tear(object_id, is_last=True)


def _unpack(object_id: int, raw: bytes) -> Message:
    if len(raw) < _MESSAGE.size:
        raise ProtocolError("a message is shorter than its header")
    destination, type_id, _pool, pipeline = _MESSAGE.unpack_from(raw)
    if destination != _TO_CLIENT:
        raise ProtocolError("a message is not for the client")
    pipeline_id = uuid.UUID(bytes_le=pipeline)
    return Message(object_id, type_id, pipeline_id if pipeline_id.int else None, raw[_MESSAGE.size :], raw)
