# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PIPELINE_INPUT of plain values, written without a serializer (broker process; MS-PSRP 2.2.2.17, 2.2.5.1).

Input of many megabytes is strings and numbers; psrpcore takes 0.2 ms for the smallest of them, and scans long ones
several times.  What is written is the same, byte for byte.
"""

from __future__ import annotations

import re
import struct
import uuid

_TO_SERVER = 2
_PIPELINE_INPUT = 0x00041002
_HEADER = struct.Struct("<II16s16s")
#: What XML 1.0 forbids or a parser would change, what UTF-16 has in two units, and what would look like an escape.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\U00010000-\U0010ffff]|_(?=[xX])")
#: What stands for itself.
_SAFE = bytes(code for code in range(0x20, 0x7F) if chr(code) not in "&<>_")


def input_message(pool_id: uuid.UUID, pipeline_id: uuid.UUID, value: object) -> bytes | None:
    """The whole message for a string, a truth value or an integer of 64 bits; None for anything else."""
    xml = _clixml(value)
    if xml is None:
        return None
    return _HEADER.pack(_TO_SERVER, _PIPELINE_INPUT, pool_id.bytes_le, pipeline_id.bytes_le) + xml


def _clixml(value: object) -> bytes | None:
    # Exact types: a bool is an int, and a subclass may mean something else.
    kind = type(value)
    if kind is str:
        return b"<S>%b</S>" % _escaped(str(value)) if value else b"<S />"
    if kind is bool:
        return b"<B>true</B>" if value else b"<B>false</B>"
    if isinstance(value, int) and kind is int and -(2**63) <= value < 2**63:
        return b"<I32>%d</I32>" % value if -(2**31) <= value < 2**31 else b"<I64>%d</I64>" % value
    return None


def _escaped(text: str) -> bytes:
    """A string's CLIXML (MS-PSRP 2.2.5.3.2): UTF-16 code units that XML cannot carry are written ``_xHHHH_``."""
    if text.isascii():
        data = text.encode("ascii")
        # The quickest look at every character that there is; base64 is like that.
        if not data.translate(None, _SAFE):
            return data
    text = _UNSAFE.sub(_units, text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode("utf-8")


def _units(match: re.Match[str]) -> str:
    data = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"_x{data[start : start + 2].hex().upper()}_" for start in range(0, len(data), 2))
