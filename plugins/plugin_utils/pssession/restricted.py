# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A typed line as commands and parameters, for a session that runs no scripts (command's own process).

A session configuration without a language (JEA) takes a pipeline's commands one by one, as AddCommand gives them, and
nothing that would have to be evaluated. PowerShell's own client takes a line apart in the same way before it sends it.
"""

from __future__ import annotations

import re
import typing

from .._wire.messages import Command

#: The error by which such a session refuses a script, before anything of it has run.
REFUSED = "ScriptsNotAllowed"

_END = r"(?=[\s,|]|$)"
_TOKENS = re.compile(
    rf"""\s*(?:
    (?P<single>'(?:[^']|'')*'){_END}
    | (?P<double>"[^"$`]*"){_END}
    | (?P<constant>\$(?:true|false|null)){_END}
    | (?P<pipe>\|)
    | (?P<comma>,)
    | (?P<parameter>-[a-z_]\w*(?::|(?=\s|\||$)))
    | (?P<word>[^\s|,;(){{}}$@&<>`'"\#]+){_END}
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: The beginning of a command's name at the end of a text.
_NAME = re.compile(r"(?:^|\|)\s*(?P<name>[^\s|,;(){}$@&<>`'\"#*?\[\]]*)$")
_CONSTANTS = {"$true": True, "$false": False, "$null": None}
_INTEGER = re.compile(r"[+-]?\d{1,9}")
_NUMBER = re.compile(r"[+-]?(\d+\.\d*|\.\d+)")


def commands_of(line: str) -> list[Command] | None:
    """The pipeline's commands; None where the line holds more than names, parameters and constants."""
    commands = []
    for tokens in _parts(_tokens(line.strip()), "pipe"):
        command = _command(tokens)
        if command is None:
            return None
        commands.append(command)
    return commands


def command_at(line: str, cursor: int) -> str | None:
    """What stands before the cursor of a command's name; None where none begins there."""
    found = _NAME.search(line[:cursor])
    return found["name"] if found else None


def names_like(word: str) -> list[Command]:
    """Lists the commands that begin so; both cmdlets are among the few that every such session has."""
    return [
        Command("Get-Command", is_script=False, parameters=[["Name", f"{word}*"]]),
        Command("Select-Object", is_script=False, parameters=[["Property", "Name"]]),
    ]


class _Token(typing.NamedTuple):
    kind: str
    text: str

    def value(self) -> typing.Any:
        """What a constant stands for."""
        if self.kind == "single":
            return self.text[1:-1].replace("''", "'")
        if self.kind == "double":
            return self.text[1:-1]
        if self.kind == "constant":
            return _CONSTANTS[self.text.lower()]
        if _INTEGER.fullmatch(self.text):
            return int(self.text)
        return float(self.text) if _NUMBER.fullmatch(self.text) else self.text


def _tokens(line: str) -> list[_Token]:
    """The line's tokens; one without a kind stands for what is none."""
    found: list[_Token] = []
    at = 0
    while at < len(line):
        token = _TOKENS.match(line, at)
        if token is None:
            return [*found, _Token("", line[at:])]
        found.append(_Token(str(token.lastgroup), token[str(token.lastgroup)]))
        at = token.end()
    return found


def _parts(tokens: list[_Token], separator: str) -> list[list[_Token]]:
    parts: list[list[_Token]] = [[]]
    for token in tokens:
        if token.kind == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _command(tokens: list[_Token]) -> Command | None:
    """One command of its tokens; None where they are none."""
    if not tokens or tokens[0].kind != "word" or any(token.kind == "" for token in tokens):
        return None
    parameters: list[typing.Any] = []
    name: str | None = None
    rest = tokens[1:]
    while rest:
        if rest[0].kind == "parameter":
            if name is not None:
                parameters.append([name, True])
            name = rest.pop(0).text[1:].removesuffix(":")
            continue
        values = [rest.pop(0)]
        while len(rest) > 1 and rest[0].kind == "comma":
            values.append(rest[1])
            del rest[:2]
        if any(token.kind in ("comma", "parameter") for token in values):
            return None
        constants = [token.value() for token in values]
        parameters.append([name, constants if len(constants) > 1 else constants[0]])
        name = None
    if name is not None:
        parameters.append([name, True])
    return Command(tokens[0].text, is_script=False, parameters=parameters)
