# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions of .NET: Regex, Match, Group (test endpoint process)."""

from __future__ import annotations

import re
import typing

from . import patterns, typesystem, values
from .convert import to_string
from .net_lists import ListMembers
from .typesystem import NetObject, net_class

_SPACE = "System.Text.RegularExpressions."
for _collection in ("GroupCollection", "CaptureCollection", "MatchCollection"):
    typesystem.register(typesystem.NetType(_SPACE + _collection, members=ListMembers))


@net_class
class Group(NetObject):
    """What a group took; nothing, where there is no match."""

    net_name = f"{_SPACE}Group"
    net_bases: tuple[str, ...] = (f"{_SPACE}Capture", "System.Object")
    net_properties: tuple[str, ...] = ("Success", "Name", "Captures", "Index", "Length", "Value")

    def __init__(self, match: re.Match[str] | None, name: str | int) -> None:
        self._match, self._name = match, name

    def __str__(self) -> str:
        return (self._match and self._match.group(self._name)) or ""

    success = property(lambda self: self._match is not None and self._match.group(self._name) is not None)
    name = property(lambda self: str(self._name))
    captures = property(lambda self: values.NetList(f"{_SPACE}CaptureCollection", [self] if self.success else []))
    value = property(str)
    index = property(lambda self: self._match.start(self._name) if self.success else 0)
    length = property(lambda self: len(str(self)))


class GroupCollection(values.NetList):
    """A match's groups, by number and by name; those that have a name come after the others."""

    def __init__(self, whole: Match) -> None:
        match = whole.match
        names = {number: name for name, number in match.re.groupindex.items()} if match else {}
        groups = [Group(match, names.get(number, number)) for number in range(1, match.re.groups + 1)] if match else []
        super().__init__(f"{_SPACE}GroupCollection", [whole, *(item for item in groups if item.name.isdigit())])
        self.extend(item for item in groups if not item.name.isdigit())

    def get_item(self, key: object) -> object:
        if isinstance(key, int):
            return self[key] if 0 <= key < len(self) else Group(None, key)
        name = to_string(key)
        return next((item for item in self if isinstance(item, Group) and item.name == name), Group(None, name))


@net_class
class Match(Group):
    net_name = f"{_SPACE}Match"
    net_bases = (f"{_SPACE}Group", *Group.net_bases)
    net_properties = ("Groups", *Group.net_properties)

    def __init__(self, match: re.Match[str] | None) -> None:
        super().__init__(match, 0)

    @property
    def match(self) -> re.Match[str] | None:
        return self._match

    groups = property(lambda self: GroupCollection(self))

    def result(self, pattern: str) -> str:
        return patterns.replacement(pattern)(typing.cast("re.Match[str]", self._match))


def _flags(options: tuple[object, ...]) -> int:
    text = ",".join(to_string(option) for option in options).lower()
    found = {
        "ignorecase": re.IGNORECASE,
        "multiline": re.MULTILINE,
        "singleline": re.DOTALL,
        "ignorepatternwhitespace": re.VERBOSE,
    }
    return sum(flag for name, flag in found.items() if name in text)


@net_class
class Regex(NetObject):
    net_name = "System.Text.RegularExpressions.Regex"
    net_properties = ("Options", "RightToLeft", "MatchTimeout")

    def __init__(self, pattern: str, *options: object) -> None:
        self._pattern = pattern
        self._options = ", ".join(to_string(option) for option in options) or "None"
        self._compiled = patterns.regex(pattern, _flags(options))

    options = property(lambda self: self._options)
    right_to_left = property(lambda self: False)
    match_timeout = property(lambda self: values.TimeSpan(-10000))

    def __str__(self) -> str:
        return self._pattern

    @staticmethod
    def escape(text: str) -> str:
        return re.sub(
            r"[\\*+?|{}\[\]()^$.# \t\n\r\f]",
            lambda found: {"\n": r"\n", "\t": r"\t", "\r": r"\r"}.get(found.group(), f"\\{found.group()}"),
            text,
        )

    @staticmethod
    def unescape(text: str) -> str:
        return re.sub(r"\\(.)", r"\1", text)


def _regex_function(name: str) -> None:
    """Adds a method that is also static, with the pattern after the text."""
    action: typing.Callable[[re.Pattern[str], str], object] = {
        "is_match": lambda compiled, text: compiled.search(text) is not None,
        "match": lambda compiled, text: Match(compiled.search(text)),
        "matches": lambda compiled, text: values.NetList(
            f"{_SPACE}MatchCollection", [Match(found) for found in compiled.finditer(text)]
        ),
        "split": lambda compiled, text: values.TypedArray(
            "System.String", [part or "" for part in compiled.split(text)]
        ),
    }[name]

    def method(self: object, text: object, pattern: object = None, *options: object) -> object:
        return action(self._compiled, to_string(text))  # type: ignore[attr-defined]

    setattr(
        Regex,
        name,
        _Both(
            method, lambda text, pattern, *options: action(patterns.regex(pattern, _flags(options)), to_string(text))
        ),
    )


class _Both(staticmethod):  # type: ignore[type-arg]
    """A static method of which there is also one of the instance."""

    def __init__(self, method: typing.Callable[..., object], static: typing.Callable[..., object]) -> None:
        super().__init__(static)
        self._method = method

    def __call__(self, *arguments: object) -> object:
        return self._method(*arguments)


for _name in ("is_match", "match", "matches", "split"):
    _regex_function(_name)


def _substitute(compiled: re.Pattern[str], text: object, new: object) -> str:
    if isinstance(new, values.ScriptBlock):
        from .session import current

        block = new
        return compiled.sub(lambda found: to_string(current().call_block(block, [Match(found)])), to_string(text))
    return compiled.sub(patterns.replacement(to_string(new)), to_string(text))


Regex.replace = _Both(  # type: ignore[attr-defined]
    lambda self, text, new, *options: _substitute(self._compiled, text, new),
    lambda text, pattern, new, *options: _substitute(patterns.regex(pattern, _flags(options)), text, new),
)
