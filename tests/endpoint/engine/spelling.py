# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers in outgoing messages as .NET writes them (test endpoint process).

psrpcore writes a Double or a Single as Python does, in capitals: ``NAN``, ``3.0``, ``-0.0``.  PowerShell's clients
read that too, but a PowerShell server writes ``NaN``, ``3`` and ``-0``.
"""

from __future__ import annotations

import re

from .powershell import numbers

# What stands between tags has its angle brackets escaped, so nothing but such an element matches.
_FLOAT = re.compile(rb'(<(Db|Sg)(?: N="[^"]*")?>)([^<]*)(?=</)')
_INFINITE = {"∞": "INF", "-∞": "-INF"}


def respell_numbers(message: bytes) -> bytes:
    """The message with its Doubles and Singles written anew."""
    return _FLOAT.sub(_respelled, message) if b"<Db" in message or b"<Sg" in message else message


def _respelled(found: re.Match[bytes]) -> bytes:
    value = float(found[3])
    text = numbers.double_text(numbers.Single(value) if found[2] == b"Sg" else value)
    return found[1] + _INFINITE.get(text, text).encode()
