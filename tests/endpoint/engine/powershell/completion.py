# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What could be typed next: TabExpansion2 and its result (test endpoint process)."""

from __future__ import annotations

import collections.abc
import os
import re
import typing

from . import calling, members, typesystem, values
from .binding import COMMON, Parameter
from .cmdlets import CMDLETS, CmdletType
from .convert import to_string
from .dispatch import parse_block, resolve
from .errors import PSTerminating
from .functions import block_output, is_advanced, parameters_of
from .patterns import wildcard
from .scopes import Function
from .session import Frame
from .typesystem import NetObject, NetType, net_class, register_enum
from .values import EnumType

_AUTOMATION = "System.Management.Automation."
_KINDS = (
    "Text History Command ProviderItem ProviderContainer Property Method ParameterName ParameterValue Variable "
    "Namespace Type Keyword DynamicKeyword"
)
_RESULT_TYPE = register_enum(
    EnumType(f"{_AUTOMATION}CompletionResultType", {name: number for number, name in enumerate(_KINDS.split())})
)
#: The end of a text that names a member: what has it, how, and how its name begins.  Only what can be looked at without
#: running a command is: variables and their properties, types, texts.
_MEMBER = re.compile(
    r"(?P<owner>(?:\$(?:\{[^}]+\}|[\w:?]+)|\[[\w.,\[\]]+\]|'[^']*')(?:(?:\.|::)\w+)*)(?P<by>\.|::)(?P<part>\w*)$"
)
_VARIABLE = re.compile(r"\$(?P<name>(?:\w+:)?\w*)$")


@net_class
class CompletionResult(NetObject):
    net_name = f"{_AUTOMATION}CompletionResult"
    net_properties = ("CompletionText", "ListItemText", "ResultType", "ToolTip")
    net_depth = 1

    def __init__(self, text: str, item: str, kind: str, tip: str = "") -> None:
        self._parts = (text, item, _RESULT_TYPE.find(kind), tip or item)

    def __str__(self) -> str:
        return self.net_name

    completion_text = property(lambda self: self._parts[0])
    list_item_text = property(lambda self: self._parts[1])
    result_type = property(lambda self: self._parts[2])
    tool_tip = property(lambda self: self._parts[3])


@net_class
class CommandCompletion(NetObject):
    net_name = f"{_AUTOMATION}CommandCompletion"
    net_properties = ("CurrentMatchIndex", "ReplacementIndex", "ReplacementLength", "CompletionMatches")
    net_depth = 1

    def __init__(self, matches: collections.abc.Iterable[object], start: int, length: int) -> None:
        self._matches = values.NetList("System.Collections.ObjectModel.Collection`1", matches)
        self._start, self._length = start, length

    current_match_index = property(lambda self: -1)
    replacement_index = property(lambda self: self._start)
    replacement_length = property(lambda self: self._length)
    completion_matches = property(lambda self: self._matches)


class _Word:
    """The word before the cursor, and the command that it belongs to."""

    def __init__(self, text: str) -> None:
        self.start, self.quote = 0, ""
        #: The words of the command so far, this one left out.
        self.before: list[str] = []
        for position, character in enumerate(text):
            if self.quote:
                if character == self.quote:
                    self.quote = ""
            elif character in "'\"":
                self.quote = character
            elif character in "|;&(){}=\n":
                self.before, self.start = [], position + 1
            elif character in " \t,":
                if self.start < position and character != ",":
                    self.before.append(text[self.start : position])
                self.start = position + 1
        self.text = text[self.start :]


def complete(text: str, cursor: int, frame: Frame) -> CommandCompletion:
    """What may stand where the cursor is."""
    before = text[: max(0, min(cursor, len(text)))]
    if found := _MEMBER.search(before):
        return CommandCompletion(_members(found, frame), found.start("part"), len(found["part"]))
    word = _Word(before)
    if (found := _VARIABLE.search(before)) and word.quote != "'":
        return CommandCompletion(_variables(found["name"], frame), found.start(), len(found.group()))
    if word.quote or word.text.startswith(("'", '"')):
        matches = list(_paths(word.text.strip("'\""), frame, quoted=True))
    elif word.before and word.text.startswith("-"):
        matches = list(_parameters(word, frame))
    elif word.before:
        matches = list(_arguments(word, frame)) or list(_paths(word.text, frame))
    else:
        matches = [*_commands(word.text, frame), *_paths(word.text, frame)]
    return CommandCompletion(matches, word.start, len(word.text))


def _members(found: re.Match[str], frame: Frame) -> collections.abc.Iterator[CompletionResult]:
    try:
        owner = next(iter(block_output(parse_block(found["owner"]), frame)), None)
    except PSTerminating:
        return
    pattern = wildcard(found["part"] + "*")
    static = found["by"] == "::"
    properties, methods = _member_names(owner, static)
    for name in sorted({name for name in properties if pattern.match(name)}, key=str.lower):
        yield CompletionResult(name, name, "Property")
    for name in sorted({name for name in methods if pattern.match(name)}, key=str.lower):
        yield CompletionResult(f"{name}(", name, "Method", f"{name}()")


def _member_names(owner: object, static: bool) -> tuple[list[str], list[str]]:
    plain = values.unwrap(owner)
    if plain is None or (static and not isinstance(plain, NetType)):
        return [], []
    kind = typing.cast(NetType, plain) if static else typesystem.type_of(plain)
    properties = list(kind.enum.members) if static and kind.enum else []
    if not static:
        properties += [name for name, _ in members.property_names(owner)]
        if isinstance(plain, values.Hashtable):
            properties += map(to_string, plain)
    known = {name.lower() for name in properties}
    methods = []
    for name, member in calling.declared(kind).items():
        if isinstance(member, (calling.static_property if static else property)):
            properties += [name] if name.lower() not in known else []
        elif callable(member) and isinstance(member, staticmethod) == static:
            methods.append(name)
    return properties, methods


def _variables(name: str, frame: Frame) -> collections.abc.Iterator[CompletionResult]:
    drive, colon, rest = name.rpartition(":")
    if drive.lower() == "env":
        found: dict[str, object] = dict(frame.session.environment)
    else:
        found = {}
        for scope in reversed(list(frame.scope.chain())):
            found.update({variable.name: variable.get() for variable in scope.variables.values()})
    pattern = wildcard(rest + "*")
    for key in sorted((key for key in found if pattern.match(key)), key=str.lower):
        whole = f"{drive}{colon}{key}"
        text = f"${whole}" if re.fullmatch(r"[\w:]+", whole) else f"${{{whole}}}"
        kind = typesystem.type_of(values.unwrap(found[key])).name if found[key] is not None else "Object"
        yield CompletionResult(text, key, "Variable", f"[{kind}]{text}")


def _parameters_of(command: str, frame: Frame) -> list[Parameter]:
    target = resolve(command.strip("'\""), frame)
    if isinstance(target, CmdletType):
        return [*target.parameters, *_COMMON]
    if isinstance(target, Function):
        common = _COMMON if is_advanced(target.block.tree) else []
        return [*parameters_of(target.block.tree, frame), *common]
    return []


_COMMON = [Parameter(name, typesystem.find("switch") if switch else None) for name, switch in COMMON.values()]


def _parameters(word: _Word, frame: Frame) -> collections.abc.Iterator[CompletionResult]:
    pattern = wildcard(word.text[1:] + "*")
    for parameter in _parameters_of(word.before[0], frame):
        if pattern.match(parameter.name):
            kind = parameter.type.name if parameter.type else "Object"
            yield CompletionResult(f"-{parameter.name}", parameter.name, "ParameterName", f"[{kind}] {parameter.name}")


def _arguments(word: _Word, frame: Frame) -> collections.abc.Iterator[CompletionResult]:
    """The values of a parameter that is an enumeration."""
    name = word.before[-1]
    parameters = _parameters_of(word.before[0], frame) if name.startswith("-") else []
    kinds = (parameter.type for parameter in parameters if parameter.name.lower() == name[1:].lower())
    pattern = wildcard(word.text + "*")
    for kind in kinds:
        for value in kind.enum.members if kind and kind.enum else ():
            if pattern.match(value):
                yield CompletionResult(value, value, "ParameterValue")


def _commands(word: str, frame: Frame) -> collections.abc.Iterator[CompletionResult]:
    if not word or set(word) & set("/\\~."):
        return
    pattern = wildcard(word + "*")
    names = {known.name for known in CMDLETS.values()}
    for scope in frame.scope.chain():
        names |= {function.name for function in scope.functions.values()} | set(scope.aliases)
    for name in sorted((name for name in names if pattern.match(name)), key=str.lower):
        yield CompletionResult(name, name, "Command", frame.scope.alias(name) or name)
    for name in sorted(_programs(frame, pattern) - {known.lower() for known in names}):
        yield CompletionResult(name, name, "Command")


def _programs(frame: Frame, pattern: re.Pattern[str]) -> set[str]:
    found: set[str] = set()
    for folder in frame.session.environment.get("PATH", "").split(os.pathsep):
        if os.path.isdir(folder):
            found |= {name for name in os.listdir(folder) if pattern.match(name)}
    return found


def _paths(word: str, frame: Frame, quoted: bool = False) -> collections.abc.Iterator[CompletionResult]:
    """Files and folders; a name alone is one of the location's, and written as such."""
    word = word.replace("\\", "/")
    folder, slash, part = word.rpartition("/")
    prefix = f"{folder}{slash}" if slash else "./"
    place = frame.session.resolve(prefix)
    if not os.path.isdir(place):
        return
    pattern = wildcard(part + "*")
    hidden = part.startswith(".")
    for name in sorted(os.listdir(place), key=str.lower):
        if pattern.match(name) and (hidden or not name.startswith(".")):
            path = prefix + name
            text = "'" + path.replace("'", "''") + "'" if quoted or re.search(r"[\s'()`$;&|{}]", path) else path
            kind = "ProviderContainer" if os.path.isdir(os.path.join(place, name)) else "ProviderItem"
            yield CompletionResult(text, name, kind, os.path.join(place, name))
