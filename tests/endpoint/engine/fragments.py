# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PSRP fragments: cutting what came in, and cutting what goes out (test endpoint process).

A fragment is a 21 byte header (object id, fragment id, start and end bits, length) and a piece of a message, as
MS-PSRP 2.2.4 says.
"""

from __future__ import annotations

import collections.abc
import struct

#: PowerShell's BaseTransportManager cuts its messages so that a fragment with its header has 32 KiB at most.
MAX_FRAGMENT = 32 * 1024

_HEADER = struct.Struct(">QQBI")
_START, _END = 0x1, 0x2


class FragmentBuffer:
    """Puts bytes that arrive in any cut back into whole fragments; one for each direction of each stream."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> collections.abc.Iterator[bytes]:
        """Yields each fragment (header included) that is complete; keeps the rest for the next call."""
        data = self._rest + data
        position = 0
        while position + _HEADER.size <= len(data):
            length = _HEADER.unpack_from(data, position)[3]
            end = position + _HEADER.size + length
            if end > len(data):
                break
            yield data[position:end]
            position = end
        self._rest = data[position:]


def whole_messages(data: bytes) -> collections.abc.Iterator[tuple[int, bytes]]:
    """The object ids and the messages in data where each message is one fragment, of any length."""
    for whole in FragmentBuffer().feed(data):
        yield _HEADER.unpack_from(whole)[0], whole[_HEADER.size :]


def cut(object_id: int, message: bytes, size: int = MAX_FRAGMENT) -> collections.abc.Iterator[bytes]:
    """Cuts a message into fragments of at most `size` bytes, headers included."""
    piece = size - _HEADER.size
    starts = range(0, max(len(message), 1), piece)
    for number, start in enumerate(starts):
        part = message[start : start + piece]
        bits = (_START if number == 0 else 0) | (_END if number == len(starts) - 1 else 0)
        yield _HEADER.pack(object_id, number, bits, len(part)) + part


def message_type(fragment: bytes) -> int | None:
    """The type of the message that a fragment begins (MS-PSRP 2.2.1), or None when it only continues one."""
    bits, length = _HEADER.unpack_from(fragment)[2:]
    if not bits & _START or length < 8:
        return None
    kind: int = struct.unpack_from("<I", fragment, _HEADER.size + 4)[0]
    return kind
