# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether typed PowerShell goes on in the next line (command's own process).

The rule is PowerShell's own: input is incomplete where its parser stops at the end for want of more (about_Parsing,
about_Quoting_Rules). This looks at quotes, brackets, comments and the last token only, so that it needs no session;
what it takes for complete and is not, the remote parser refuses.
"""

from __future__ import annotations

import re

# PowerShell takes typographic quotation marks for plain ones.
_SINGLE = "'\u2018\u2019\u201a\u201b"
_DOUBLE = '"\u201c\u201d\u201e'
_CLOSES = {")": "(", "}": "{"}
#: After these the next line goes on; && and || end with one of them.
_GOES_ON = ("|", "&&", ",")
#: A comment, or the parameter after which nothing is parsed; only where a token begins.
_REST_OF_LINE = re.compile(r"(?<![^\s;|&(){},])(#|--%(?!\S))")
_HERE_STRING = re.compile(rf"@([{_SINGLE}{_DOUBLE}])[ \t]*(\r?\n|$)")
_SINGLE_HERE_END = re.compile(rf"\r?\n[{_SINGLE}]@")
_DOUBLE_HERE_END = re.compile(rf"\r?\n[{_DOUBLE}]@")
_SINGLE_QUOTED = re.compile(rf"[{_SINGLE}]([^{_SINGLE}]|[{_SINGLE}]{{2}})*[{_SINGLE}]")


def is_incomplete(text: str) -> bool:
    """Whether the parser would want another line."""
    return _Scanner(text).wants_more()


class _Scanner:
    """Walks over a text once and knows what is open.

    Args:
        text: What was typed so far, its lines separated by newlines.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        #: What is open, innermost last: brackets, ``"`` for a string and ``@`` for a here-string that expand.
        self._open: list[str] = []
        #: The code without strings and comments that ends the text.
        self._last = ""

    def wants_more(self) -> bool:
        """Whether something is open at the end."""
        while self._at < len(self._text):
            inside = self._open[-1] if self._open else ""
            if inside == '"' or inside == "@":
                self._expandable(inside)
            elif not self._code():
                return False
            if self._at < 0:
                return True
        return bool(self._open) or self._last.endswith(_GOES_ON)

    def _expandable(self, kind: str) -> None:
        """One step inside a string that expands."""
        char, following = self._text[self._at], self._text[self._at + 1 : self._at + 2]
        if char == "$" and following == "(":
            self._step(2, opens="(")
        elif kind == "@":
            closing = _DOUBLE_HERE_END.match(self._text, self._at)
            self._step(closing.end() - self._at if closing else 1, closes=bool(closing))
        elif char == "`":
            self._step(2)
        elif char in _DOUBLE:
            doubled = following != "" and following in _DOUBLE
            self._step(2 if doubled else 1, closes=not doubled)
        else:
            self._step(1)

    def _code(self) -> bool:
        """One step outside of strings; False where a bracket closes what is not open."""
        char, two = self._text[self._at], self._text[self._at : self._at + 2]
        if char == "`":
            # The last character of all: the line goes on.
            self._at = self._at + 2 if len(two) == 2 else -1
        elif two == "<#":
            self._skip_past("#>")
        elif _REST_OF_LINE.match(self._text, self._at):
            end = self._text.find("\n", self._at)
            self._at = len(self._text) if end < 0 else end
        elif two == "${":
            self._skip_past("}")
        elif heading := _HERE_STRING.match(self._text, self._at):
            self._here_string(heading)
        elif char in _SINGLE:
            self._single_quoted()
        elif char in _DOUBLE:
            self._last = char
            self._step(1, opens='"')
        elif char in _CLOSES:
            if self._open[-1:] != [_CLOSES[char]]:
                return False
            self._last = char
            self._step(1, closes=True)
        else:
            self._last = self._last if char.isspace() else self._last[-1:] + char
            self._step(1, opens=char if char in "({" else "")
        return True

    def _step(self, length: int, opens: str = "", closes: bool = False) -> None:
        self._at += length
        if closes:
            self._open.pop()
        if opens:
            self._open.append(opens)

    def _skip_past(self, end: str) -> None:
        """To behind the end of what two characters begin; -1 where there is none."""
        found = self._text.find(end, self._at + 2)
        self._at = found + len(end) if found >= 0 else -1

    def _here_string(self, heading: re.Match[str]) -> None:
        self._last = "@"
        # The newline stays: it may be the one before the closing mark.
        body = heading.start(2)
        if heading.group(1) in _DOUBLE:
            self._at = body
            self._open.append("@")
            return
        closing = _SINGLE_HERE_END.search(self._text, body)
        self._at = closing.end() if closing else -1

    def _single_quoted(self) -> None:
        self._last = "'"
        closing = _SINGLE_QUOTED.match(self._text, self._at)
        self._at = closing.end() if closing else -1
