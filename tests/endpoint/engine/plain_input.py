# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PIPELINE_INPUT of plain strings, read without psrpcore (test endpoint process; MS-PSRP 2.2.2.17).

psrpcore takes 0.3 ms for the smallest input object; what is measured and tested with input of many megabytes is the
client, not that.
"""

from __future__ import annotations

import struct

_HEADER = struct.Struct(">QQBI")
_MESSAGE = struct.Struct("<II32x")
_TO_SERVER = 2
_PIPELINE_INPUT = 0x00041002
_OPENING, _CLOSING = b"<S>", b"</S>"
#: What a parser would have to look at: markup, references, escaped UTF-16 units, ends of lines.
_SPECIAL = (b"<", b"&", b"_x", b"_X", b"\r")


def plain_string(fragment: bytes) -> str | None:
    """The input object of a fragment that is a whole PIPELINE_INPUT of one string; None for everything else."""
    start = _HEADER.size + _MESSAGE.size
    if len(fragment) < start or _HEADER.unpack_from(fragment)[2] != 3:
        return None
    if _MESSAGE.unpack_from(fragment, _HEADER.size) != (_TO_SERVER, _PIPELINE_INPUT):
        return None
    if not (fragment.startswith(_OPENING, start) and fragment.endswith(_CLOSING)):
        return None
    start, end = start + len(_OPENING), len(fragment) - len(_CLOSING)
    if any(fragment.find(special, start, end) >= 0 for special in _SPECIAL):
        return None
    try:
        return fragment[start:end].decode("utf-8")
    except UnicodeDecodeError:
        return None
