# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Length-prefixed frames: a JSON header and raw bytes (both processes).

    magic "PSS1" | header length u32 | body length u32 | header (JSON, UTF-8) | body (raw)

Both lengths are limited before a byte of the content is read.
"""

from __future__ import annotations

import json
import socket
import struct
import typing

from .errors import FrameTooLarge, WireError

MAGIC = b"PSS1"
#: Bytes; a header holds a script and its parameters, of which PowerShell takes 10 MB an object by default, or an object
#: of the output, which may take twice the 16 MB that it came in.
MAX_HEADER = 64 * 1024 * 1024
#: Bytes; larger contents come in several frames.
MAX_BODY = 64 * 1024 * 1024

_PREFIX = struct.Struct("!4sII")
_CHUNK = 1024 * 1024


class Frame(typing.NamedTuple):
    """One frame."""

    #: The decoded JSON object.
    header: dict[str, typing.Any]
    #: Raw bytes, maybe none.
    body: bytes


def encode(header: typing.Mapping[str, typing.Any], body: bytes = b"") -> bytes:
    """The bytes of a frame; raises FrameTooLarge."""
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    _check(len(text), len(body))
    return _PREFIX.pack(MAGIC, len(text), len(body)) + text + body


def read(connection: socket.socket) -> Frame | None:
    """The next frame; None where the peer has closed between two frames.

    Raises WireError for anything that is no frame, a frame cut short included, and OSError as the socket does.
    """
    prefix = _read_exactly(connection, _PREFIX.size, may_end=True)
    if prefix is None:
        return None
    magic, header_size, body_size = _PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise WireError("not a frame of this protocol")
    _check(header_size, body_size)
    header = _read_exactly(connection, header_size)
    body = _read_exactly(connection, body_size)
    return Frame(_decode(header or b""), body or b"")


def _check(header_size: int, body_size: int) -> None:
    if header_size > MAX_HEADER or body_size > MAX_BODY:
        raise FrameTooLarge(
            f"a frame of {header_size} + {body_size} bytes is over the limit of {MAX_HEADER} + {MAX_BODY} bytes"
        )


def _decode(header: bytes) -> dict[str, typing.Any]:
    try:
        value = json.loads(header)
    except (ValueError, RecursionError):
        raise WireError("a frame's header is no JSON that can be read") from None
    if not isinstance(value, dict):
        raise WireError("a frame's header is no JSON object")
    return value


def _read_exactly(connection: socket.socket, size: int, may_end: bool = False) -> bytes | None:
    """Reads `size` bytes; memory grows with what arrives, not with what the prefix promises."""
    data = bytearray()
    while len(data) < size:
        try:
            chunk = connection.recv(min(size - len(data), _CHUNK))
        except BlockingIOError:
            # A socket with SO_RCVTIMEO wakes up now and then, for signals to be noticed.
            continue
        if not chunk:
            if may_end and not data:
                return None
            raise WireError("the connection ended within a frame")
        data += chunk
    return bytes(data)
