# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wildcards and regular expressions of .NET, as Python's; -split (test endpoint process)."""

from __future__ import annotations

import re
import typing

from . import convert
from .convert import to_string
from .errors import NetError
from .sequences import as_list

#: What .NET says where Python's parser gives up, and at which place if not at Python's; None is the end.
_PATTERN_ERRORS: dict[str, tuple[int | None, str]] = {
    "unterminated character set": (None, "Unterminated [] set."),
    "missing ), unterminated subpattern": (None, "Not enough )'s."),
    "unbalanced parenthesis": (None, "Too many )'s."),
    "nothing to repeat": (1, "Quantifier '{x,y}' following nothing."),
    "bad escape (end of pattern)": (None, "Illegal \\ at end of pattern."),
}


def wildcard(pattern: str, ignore_case: bool = True) -> re.Pattern[str]:
    """A pattern of -like as a regular expression for the whole text."""
    parts, position = [], 0
    while position < len(pattern):
        character = pattern[position]
        if character == "`" and position + 1 < len(pattern):
            position += 1
            parts.append(re.escape(pattern[position]))
        elif character == "[" and (end := pattern.find("]", position + 1)) > 0:
            parts.append("[" + pattern[position + 1 : end].replace("\\", "\\\\") + "]")
            position = end
        else:
            parts.append({"*": ".*", "?": "."}.get(character) or re.escape(character))
        position += 1
    return re.compile("".join(parts) + r"\Z", re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def regex(pattern: object, flags: int = 0) -> re.Pattern[str]:
    """A .NET pattern as Python's: named groups, ``\\z``, escapes that Python lacks."""
    text = re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", to_string(pattern))
    text = re.sub(r"\\k<(\w+)>", r"(?P=\1)", text).replace(r"\z", r"\Z").replace(r"\e", r"\x1b")
    try:
        return re.compile(text, flags)
    except re.error as error:
        place, said = _PATTERN_ERRORS.get(error.msg.partition(" at ")[0], (error.pos or 0, f"{error.msg}."))
        place = len(text) if place is None else place
        message = f"Invalid pattern '{to_string(pattern)}' at offset {place}. {said}"
        raise NetError("System.Text.RegularExpressions.RegexParseException", message, ParamName=None) from None


def replacement(text: str) -> typing.Callable[[re.Match[str]], str]:
    """A .NET replacement pattern (``$1``, ``${name}``, ``$$``, ``$&``) as a function of the match."""

    def expand(match: re.Match[str]) -> str:
        def group(found: re.Match[str]) -> str:
            name = found.group(1) or found.group(2) or found.group(3)
            if name == "$":
                return "$"
            if name in ("&", "0"):
                return match.group()
            try:
                return match.group(int(name) if name.isdigit() else name) or ""
            except (IndexError, KeyError):
                return found.group()

        return re.sub(r"\$(?:(\d+)|\{(\w+)\}|([$&]))", group, text)

    return expand


def split(subject: object, arguments: object, ignore_case: bool) -> list[object]:
    """The binary -split: a pattern or a script block, a count, options."""
    parameters = as_list(arguments)
    pattern = parameters[0] if parameters else r"\s+"
    count = convert.to_int(parameters[1]) if len(parameters) > 1 else 0
    options = to_string(parameters[2]).lower() if len(parameters) > 2 else ""
    expression = re.escape(to_string(pattern)) if "simplematch" in options else pattern
    compiled = regex(expression, re.IGNORECASE if ignore_case else 0)
    result: list[object] = []
    for item in as_list(subject):
        parts = compiled.split(to_string(item), count - 1 if count > 1 else 0) if count != 1 else [to_string(item)]
        result.extend(part or "" for part in parts)
    return result


def split_words(subject: object) -> list[object]:
    """The unary -split: at runs of blanks."""
    return [word for item in as_list(subject) for word in to_string(item).split()]
