# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads characters, numbers, names and strings of PowerShell's source (test endpoint process).

PowerShell has no context-free tokens: whether ``1..3`` is a range or an argument depends on where it stands.  So there
is no token stream; the parser asks for what it expects at a position.
"""

from __future__ import annotations

import decimal
import re
import typing

from . import syntax
from .errors import ParseError
from .numbers import number_of

_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_NUMBER = re.compile(
    r"(?:0x[0-9a-f]+|0b[01]+|(?:\d+(?:\.\d+|\.(?![\w.]))?|\.\d+)(?:e[+-]?\d+)?)(?:u[lsy]?|[lsydn])?(?:[kmgtp]b)?",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"\$(?:(?:\w+:)?[\w?]+|::\w+|[$^?])|\$\{(?:`.|[^}`])+\}")
_SIMPLE_VARIABLE = re.compile(r"\$(?:(?:\w+:(?!:))?[\w?]+|[$^])|\$\{(?:`.|[^}`])+\}")
_SPACE = re.compile(r"(?:[ \t\f\v\u00a0\u0085]|`\r?\n|<#[\s\S]*?#>)+")
_HERE_STRING = {
    '"': re.compile(r'@"[ \t]*\r?\n(?P<text>[\s\S]*?)(?:(?<=\n)|(?<=\r\n))"@'),
    "'": re.compile(r"@'[ \t]*\r?\n(?P<text>[\s\S]*?)(?:(?<=\n)|(?<=\r\n))'@"),
}


class Scanner:
    """A position in a source, and what can be read there."""

    def __init__(self, source: syntax.Source, start: int = 0, end: int | None = None) -> None:
        self.source = source
        self.text = source.text
        self.position = start
        self.end = len(source.text) if end is None else end

    def extent(self, start: int, end: int | None = None) -> syntax.Extent:
        return syntax.Extent(self.source, start, self.position if end is None else end)

    def error(
        self, message: str, error_id: str, start: int | None = None, incomplete: bool | None = None
    ) -> ParseError:
        begin = self.position if start is None else start
        at_end = self.position >= self.end if incomplete is None else incomplete
        return ParseError(message, error_id, self.extent(min(begin, self.end), max(begin, self.position)), at_end)

    def peek(self, length: int = 1) -> str:
        return self.text[self.position : min(self.position + length, self.end)]

    def at(self, *texts: str) -> bool:
        return any(self.text.startswith(text, self.position, self.end) for text in texts)

    def accept(self, text: str) -> bool:
        if not self.at(text):
            return False
        self.position += len(text)
        return True

    def expect(self, text: str, message: str, error_id: str) -> None:
        self.skip_newlines()
        if not self.accept(text):
            raise self.error(message, error_id)

    def match(self, pattern: re.Pattern[str]) -> str:
        """Reads what matches here, or nothing."""
        found = pattern.match(self.text, self.position, self.end)
        if not found:
            return ""
        self.position = found.end()
        return found.group()

    def skip_space(self) -> None:
        """Skips blanks, continued lines and comments, but no line's end."""
        while self.match(_SPACE) or self._skip_line_comment():
            continue

    def _skip_line_comment(self) -> bool:
        if not self.at("#"):
            return False
        end = self.text.find("\n", self.position)
        self.position = self.end if end < 0 else min(end, self.end)
        return True

    def skip_newlines(self, separators: str = "\r\n") -> None:
        """Skips blanks and lines' ends (with ``;`` in `separators`, empty statements too)."""
        self.skip_space()
        while self.peek() and self.peek() in separators:
            self.position += 1
            self.skip_space()

    def keyword(self, *names: str) -> str:
        """Reads one of the keywords, if it stands here as a whole word."""
        found = re.compile(r"[A-Za-z]+(?![\w-])").match(self.text, self.position, self.end)
        if not found or found.group().lower() not in names:
            return ""
        self.position = found.end()
        return found.group().lower()

    def number(self) -> syntax.Number | None:
        """A number that ends where a word ends."""
        start = self.position
        text = self.match(_NUMBER)
        if not text:
            return None
        if re.compile(r"\w").match(self.text, self.position, self.end):
            self.position = start
            return None
        try:
            return syntax.Number(self.extent(start), number_of(text))
        except (ValueError, decimal.DecimalException, OverflowError):
            raise self.error(f"The numeric constant {text} is not valid.", "BadNumericConstant", start) from None

    def variable(self, in_string: bool = False) -> syntax.Variable | None:
        start = self.position
        text = self.match(_SIMPLE_VARIABLE if in_string else _VARIABLE)
        if not text:
            return None
        if text.startswith("${"):
            name = re.sub(r"`(.)", r"\1", text[2:-1])
        else:
            name = text[1:]
        return syntax.Variable(self.extent(start), name)

    def verbatim_string(self) -> syntax.Constant:
        """A string in single quotes, a doubled quote standing for one."""
        start = self.position
        if self.at("@'"):
            return syntax.Constant(self.extent(start), self._here_string("'"))
        text = ""
        while True:
            end = self.text.find("'", self.position + 1, self.end)
            if end < 0:
                raise self._unterminated("'", start)
            text += self.text[self.position + 1 : end]
            self.position = end + 1
            if not self.at("'"):
                return syntax.Constant(self.extent(start), text)
            text += "'"

    def _here_string(self, quote: str) -> str:
        found = _HERE_STRING[quote].match(self.text, self.position, self.end)
        if not found:
            raise self._unterminated(f"{quote}@", self.position)
        self.position = found.end()
        text = found.group("text")
        return text[:-2] if text.endswith("\r\n") else text[:-1]

    def _unterminated(self, terminator: str, start: int) -> ParseError:
        self.position = self.end
        message = f"The string is missing the terminator: {terminator}."
        return self.error(message, "TerminatorExpectedAtEndOfString", start, incomplete=True)

    def expandable_string(self) -> syntax.Node:
        """A string in double quotes, with variables and subexpressions in it."""
        start = self.position
        if self.at('@"'):
            begin = self.text.find("\n", self.position) + 1
            content = self._here_string('"')
            inner = type(self)(self.source, begin, begin + len(content))
            parts = inner.expandable_parts(lambda scanner: scanner.position >= scanner.end, doubled_quotes=False)
        else:
            self.position += 1
            parts = self.expandable_parts(lambda scanner: scanner.at('"') and not scanner.at('""'))
            if not self.accept('"'):
                raise self._unterminated('"', start)
        return joined(parts, self.extent(start), quoted=True)

    def expandable_parts(
        self, done: typing.Callable[[Scanner], bool], doubled_quotes: bool = True
    ) -> list[str | syntax.Node]:
        """The parts of a string up to where `done` says so or the source ends."""
        parts: list[str | syntax.Node] = []
        while self.position < self.end and not done(self):
            if self.at("$") and (found := self.expansion()):
                parts.append(found)
                continue
            if doubled_quotes and self.accept('""'):
                parts.append('"')
                continue
            parts.append(self.escaped())
        return parts

    def expansion(self) -> syntax.Node | None:
        """``$name``, ``${name}`` or ``$( )`` in a string; None where the dollar stands for itself."""
        if self.at("$("):
            return self.subexpression()
        return self.variable(in_string=True)

    def subexpression(self) -> syntax.Node:
        """``$( )``; the parser of statements has it."""
        raise NotImplementedError

    def escaped(self) -> str:
        """One character, or what a backtick makes of the next one."""
        character = self.peek()
        self.position += 1
        if character != "`" or self.position >= self.end:
            return character
        if self.at("u{"):
            end = self.text.find("}", self.position)
            code, self.position = self.text[self.position + 2 : end], end + 1
            return chr(int(code, 16))
        character = self.peek(2) if self.at("\r\n") else self.peek()
        self.position += len(character)
        return "" if character in ("\n", "\r\n") else _ESCAPES.get(character, character)


def joined(parts: list[str | syntax.Node], extent: syntax.Extent, quoted: bool) -> syntax.Node:
    """Joins neighbouring characters; a string that expands nothing is a constant."""
    merged: list[str | syntax.Node] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    if all(isinstance(part, str) for part in merged):
        value = "".join(part for part in merged if isinstance(part, str))
        return syntax.Constant(extent, value) if quoted else syntax.Bareword(extent, value)
    return syntax.Expandable(extent, merged, quoted)
