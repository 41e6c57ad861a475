# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting fragments together again (broker process; MS-PSRP 2.2.4).

psrpcore does this too, but copies its whole buffer for every fragment, takes a missing fragment's place as data, and
keeps an object whatever its size.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import struct
import typing
import uuid

from .errors import ProtocolError
from .fragments import HEADER, HEADER_SIZE
from .object_ids import Numbers

#: Destination, message type, pool id, pipeline id.
_MESSAGE = struct.Struct("<II16s16s")
_TO_CLIENT = 1

#: A fragment fits a WSMan envelope (0.5 MB by default, 8 MB at the most that anyone sets): more is no fragment.
MAX_FRAGMENT = 32 * 1024 * 1024
#: Bytes of a message that is kept whole; of a larger one only its header is.  To make a result of a message takes
#: several times its size, and that is done in the process that all hosts share.
MAX_MESSAGE = 16 * 1024 * 1024
#: Objects that are begun and not finished; a pipeline has one at a time, which may be as large as MAX_MESSAGE.
_MAX_UNFINISHED = 16
_REMEMBERED = 64


class Message(typing.NamedTuple):
    """A whole message as it came.

    Attributes:
        object_id: The number that the server gave it.
        type_id: The number of its type (MS-PSRP 2.2.1).
        pipeline_id: The pipeline that it is of, None for the pool.
        header: Its header, which says the same.
        data: The CLIXML, nothing of a message that is too large.
        size: Bytes of all of it.
    """

    object_id: int
    type_id: int
    pipeline_id: uuid.UUID | None
    header: bytes
    data: bytes
    size: int

    def __repr__(self) -> str:
        return f"Message({self.object_id}, {self.type_id:#010x}, {self.pipeline_id}, {self.size} bytes)"

    @property
    def raw(self) -> bytes:
        """The whole message."""
        return self.header + self.data

    @property
    def too_large(self) -> bool:
        """Whether it is over MAX_MESSAGE, so that its CLIXML was not kept."""
        return self.size > len(self.header) + len(self.data)


@dataclasses.dataclass
class _Unfinished:
    """An object whose last fragment has not come yet."""

    pieces: list[bytes] = dataclasses.field(default_factory=list)
    #: How many fragments came.
    fragments: int = 0
    #: Bytes that came, and those of them that were not kept.
    size: int = 0
    dropped: int = 0

    @property
    def kept(self) -> int:
        """Bytes in memory."""
        return self.size - self.dropped


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
        self._parts: dict[int, _Unfinished] = {}
        #: Objects that lack a fragment and whose last one has not come yet.
        self._torn: set[int] = set()
        self._size = 0
        #: The last whole objects: an answer that a transport asked for again brings them twice.
        self._done: collections.OrderedDict[int, int] = collections.OrderedDict()

    def forget_done(self) -> None:
        """A server may count its objects from 1 again after a reconnect."""
        self._done.clear()

    def feed(self, data: bytes) -> typing.Iterator[Message]:
        """Take bytes and give the messages that they complete.

        Raises:
            ProtocolError: A header is absurd, or fragments are missing.
        """
        self._buffer += data
        view, position = memoryview(self._buffer), 0
        try:
            while len(view) - position >= HEADER_SIZE:
                object_id, fragment_id, bits, length = HEADER.unpack_from(view, position)
                if length > MAX_FRAGMENT or bits > 3 or bool(bits & 1) != (fragment_id == 0):
                    if self.lossy:
                        # The rest of a fragment whose beginning was dropped; what comes next begins a fragment.
                        self.losses += 1
                        position = len(view)
                        return
                    raise ProtocolError("a fragment's header is not one")
                start = position + HEADER_SIZE
                if len(view) - start < length:
                    break
                position = start + length
                whole = self._add(object_id, fragment_id, bytes(view[start:position]), bool(bits & 2))
                if whole is not None:
                    yield whole
        finally:
            view.release()
            del self._buffer[:position]

    def _add(self, object_id: int, fragment_id: int, data: bytes, is_last: bool) -> Message | None:
        self.met.add(object_id)
        if object_id in self._torn:
            self._torn -= {object_id} if is_last else set()
            return None
        parts = self._parts.get(object_id)
        if parts is None:
            if fragment_id == 0 and is_last and len(data) <= MAX_MESSAGE:
                return self._whole(object_id, data[: _MESSAGE.size], data[_MESSAGE.size :], len(data))
            parts = self._parts[object_id] = _Unfinished()
        if fragment_id < parts.fragments:
            return None  # brought a second time
        if fragment_id > parts.fragments:
            if not self.lossy:
                lack = f"object {object_id} lacks fragment {parts.fragments}"
                raise ProtocolError(f"{lack}: an answer of the server was lost")
            self._tear(object_id, is_last)
            return None
        self._append(parts, data)
        if is_last:
            self._forget(object_id)
            return self._joined(object_id, parts)
        self._limit_unfinished()
        return None

    def _append(self, parts: _Unfinished, data: bytes) -> None:
        parts.fragments += 1
        parts.size += len(data)
        if not parts.dropped and parts.size <= MAX_MESSAGE:
            parts.pieces.append(data)
            self._size += len(data)
            return
        if not parts.dropped:
            # The beginning says what it was.
            self._size -= sum(map(len, parts.pieces))
            header = struct.calcsize(_MESSAGE.format)
            parts.pieces = [b"".join([*parts.pieces, data])[:header]]
            self._size += len(parts.pieces[0])
            parts.dropped = parts.size - len(parts.pieces[0])
        else:
            parts.dropped += len(data)

    def _limit_unfinished(self) -> None:
        if len(self._parts) <= _MAX_UNFINISHED and self._size <= MAX_MESSAGE * _MAX_UNFINISHED // 4:
            return
        if not self.lossy:
            raise ProtocolError(f"{len(self._parts)} unfinished objects of {self._size} bytes are too much")
        self._tear(next(iter(self._parts)), is_last=False)

    def _joined(self, object_id: int, parts: _Unfinished) -> Message | None:
        # A fragment may be shorter than the header.
        while len(parts.pieces) > 1 and len(parts.pieces[0]) < _MESSAGE.size:
            parts.pieces[:2] = [b"".join(parts.pieces[:2])]
        first = parts.pieces[0]
        header, parts.pieces[0] = first[: _MESSAGE.size], first[_MESSAGE.size :]
        return self._whole(object_id, header, b"".join(parts.pieces), parts.size)

    def _whole(self, object_id: int, header: bytes, data: bytes, size: int) -> Message | None:
        """The message, unless it was brought before."""
        digest = hash((header, data, size))
        if self._done.get(object_id) == digest:
            return None
        self._done[object_id] = digest
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)
        if len(header) < _MESSAGE.size:
            raise ProtocolError("a message is shorter than its header")
        destination, type_id, _pool, pipeline = _MESSAGE.unpack(header)
        if destination != _TO_CLIENT:
            raise ProtocolError("a message is not for the client")
        return Message(object_id, type_id, _guid(pipeline), header, data, size)

    def _forget(self, object_id: int) -> None:
        self._size -= self._parts.pop(object_id).kept

    def _tear(self, object_id: int, is_last: bool) -> None:
        """An object lacks a fragment: none of it is of any use."""
        self.losses += 1
        self._forget(object_id)
        if not is_last:
            self._torn.add(object_id)

    def drop_unfinished(self, pipeline_id: uuid.UUID) -> None:
        """A pipeline has ended: what is unfinished of it lost its rest, which counts as a loss."""
        for object_id, parts in list(self._parts.items()):
            first = parts.pieces[0] if parts.pieces else b""
            if len(first) >= _MESSAGE.size and _MESSAGE.unpack_from(first)[3] == pipeline_id.bytes_le:
                self._tear(object_id, is_last=True)


@functools.lru_cache(maxsize=64)
def _guid(data: bytes) -> uuid.UUID | None:
    identifier = uuid.UUID(bytes_le=data)
    return identifier if identifier.int else None
