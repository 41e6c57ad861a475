# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wildcards of PowerShell (about_Wildcards) in names of sessions (broker process)."""

from __future__ import annotations

import functools
import re

_SPECIAL = "*?["


def is_pattern(name: str) -> bool:
    """Whether a name holds a wildcard; one behind a backtick is none."""
    return any(character in _SPECIAL for character, escaped in _characters(name) if not escaped)


def plain(name: str) -> str:
    """The very name that one without wildcards means: its backticks escape what follows them."""
    return "".join(character for character, _escaped in _characters(name))


def matches(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern, without regard to case."""
    return _compiled(pattern).fullmatch(name) is not None


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = []
    characters = _characters(pattern)
    index = 0
    while index < len(characters):
        character, escaped = characters[index]
        index += 1
        end = None
        if not escaped and character == "[":
            # A closing bracket that comes first belongs to the set.
            end = next((i for i in range(index + 1, len(characters)) if characters[i] == ("]", False)), None)
        if escaped or character not in _SPECIAL or (character == "[" and end is None):
            parts.append(re.escape(character))
        elif character == "[":
            parts.append(_set(characters[index:end]))
            index = (end or index) + 1
        else:
            parts.append(".*" if character == "*" else ".")
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _set(characters: list[tuple[str, bool]]) -> str:
    """A set of characters and ranges, as a regular expression's."""
    parts = []
    index = 0
    while index < len(characters):
        first = characters[index][0]
        if characters[index + 1 : index + 2] == [("-", False)] and index + 2 < len(characters):
            last = characters[index + 2][0]
            low, high = sorted((first, last))
            parts.append(f"{re.escape(low)}-{re.escape(high)}")
            index += 3
        else:
            parts.append(re.escape(first))
            index += 1
    return f"[{''.join(parts)}]"


def _characters(text: str) -> list[tuple[str, bool]]:
    """Each character and whether a backtick before it takes away its meaning; a last backtick is itself."""
    characters = []
    index = 0
    while index < len(text):
        escaped = text[index] == "`" and index + 1 < len(text)
        index += escaped
        characters.append((text[index], escaped))
        index += 1
    return characters
