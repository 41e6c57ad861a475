# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions of .NET: Regex, Match, Group (test endpoint process)."""

from __future__ import annotations

import re
import typing

from . import patterns, values
from .convert import to_string
from .typesystem import NetObject, net_class


@net_class
class Group(NetObject):
    net_name = "System.Text.RegularExpressions.Group"
    net_properties = ("Success", "Name", "Index", "Length", "Value")

    def __init__(self, match: re.Match[str], name: str | int) -> None:
        self._match, self._name = match, name

    success = property(lambda self: self._match.group(self._name) is not None)
    name = property(lambda self: str(self._name))
    value = property(lambda self: self._match.group(self._name) or "")
    index = property(lambda self: max(self._match.start(self._name), 0))
    length = property(lambda self: len(self._match.group(self._name) or ""))

    def __str__(self) -> str:
        return self._match.group(self._name) or ""


@net_class
class GroupCollection(NetObject):
    net_name = "System.Text.RegularExpressions.GroupCollection"

    def __init__(self, match: re.Match[str]) -> None:
        self._match = match

    count = property(lambda self: self._match.re.groups + 1)

    def get_item(self, key: object) -> object:
        name = key if isinstance(key, int) else to_string(key)
        return Group(self._match, name) if isinstance(name, int) or name in self._match.re.groupindex else None


@net_class
class Match(Group):
    net_name = "System.Text.RegularExpressions.Match"
    net_bases = ("System.Text.RegularExpressions.Group", "System.Object")

    def __init__(self, match: re.Match[str]) -> None:
        super().__init__(match, 0)

    groups = property(lambda self: GroupCollection(self._match))

    def result(self, pattern: str) -> str:
        return patterns.replacement(pattern)(self._match)


@net_class
class NoMatch(NetObject):
    """The Match of a search that found nothing."""

    net_name = "System.Text.RegularExpressions.EmptyMatch"
    net_properties = ("Success", "Value")
    success = property(lambda self: False)
    value = property(lambda self: "")
    groups = property(lambda self: values.NetList())


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
        "match": lambda compiled, text: Match(found) if (found := compiled.search(text)) else NoMatch(),
        "matches": lambda compiled, text: values.NetList(
            "System.Collections.ArrayList", [Match(found) for found in compiled.finditer(text)]
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
