# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Get-Command tells of commands, and how they are called (test endpoint process)."""

from __future__ import annotations

import functools
import os
import typing

from . import syntax, typesystem, values
from .binding import Parameter
from .convert import to_string
from .scopes import Function

if typing.TYPE_CHECKING:
    from .cmdlets import CmdletType
    from .dispatch import Resolved

_AUTOMATION = "System.Management.Automation."
_COMMAND_TYPES = typesystem.register_enum(values.EnumType(f"{_AUTOMATION}CommandTypes", {
    "Alias": 1, "Function": 2, "Filter": 4, "Cmdlet": 8, "ExternalScript": 16, "Application": 32, "Script": 64,
    "Configuration": 256, "All": 383,
}, flags=True))  # fmt: skip
_READ_ONLY = "System.Collections.ObjectModel.ReadOnlyCollection`1"


@functools.cache
def syntax_of(cmdlet: CmdletType) -> str:
    """How a cmdlet is called: a line for each parameter set, an empty one before each."""
    named = sorted({name for parameter in cmdlet.parameters for name in parameter.sets}, key=_first(cmdlet.default_set))
    lines = []
    for name in named or [""]:
        used = [parameter for parameter in cmdlet.parameters if not parameter.sets or name in parameter.sets]
        lines.append(" ".join([cmdlet.name, *map(_usage, used), "[<CommonParameters>]"]))
    return "".join(f"\n{line}\n" for line in lines)


def _first(default: str | None) -> typing.Callable[[str], tuple[bool, str]]:
    return lambda name: (name != default, name)


def _usage(parameter: Parameter) -> str:
    text = f"-{parameter.name}"
    if parameter.position is not None:
        text = f"[{text}]"
    if not parameter.switch:
        text += f" <{_type_name(parameter)}>"
    return text if parameter.mandatory else f"[{text}]"


def _type_name(parameter: Parameter) -> str:
    kind = parameter.type
    if kind is None:
        return "Object"
    element = kind.element or kind
    return typesystem.accelerator(element) + ("[]" if kind.element else "")


def command_object(target: Resolved, name: str) -> values.ObjectValue:
    """A FunctionInfo, CmdletInfo, ExternalScriptInfo or ApplicationInfo; it can be called with ``&``."""
    from .cmdlets import CmdletType

    extended: dict[str, object] = {}
    if isinstance(target, Function):
        kind, properties, extended = "FunctionInfo", _function(target), {"Namespace": "", "HelpUri": ""}
    elif isinstance(target, CmdletType):
        kind, properties = "CmdletInfo", _cmdlet(target)
    else:
        script = target.lower().endswith(".ps1")
        kind = "ExternalScriptInfo" if script else "ApplicationInfo"
        properties = {
            "Path": target, "Extension": os.path.splitext(target)[1], "Definition": target,
            **_shared(os.path.basename(target), kind[:-4], target),
        }  # fmt: skip
    made = values.ObjectValue(_names(kind), properties, to_string(properties["Name"]), extended)
    made.command = target  # type: ignore[attr-defined]
    return made


def _names(kind: str) -> list[str]:
    return [_AUTOMATION + kind, f"{_AUTOMATION}CommandInfo", "System.Object"]


def _shared(name: str, kind: str, source: str = "", version: object = None, module: str = "") -> dict[str, object]:
    """What every CommandInfo has, in .NET's order."""
    return {
        "Name": name, "CommandType": _COMMAND_TYPES.find(kind), "Source": source, "Version": version,
        "Visibility": "Public", "ModuleName": module, "Module": module or None, "RemotingCapability": "PowerShell",
    }  # fmt: skip


def _read_only(element: str, items: typing.Iterable[object] = ()) -> values.NetList:
    name = f"{_READ_ONLY}[[{_AUTOMATION}{element}, {values.AUTOMATION_LIBRARY}]]"
    return values.NetList(typesystem.known_generic(name, "System.Collections.ObjectModel.Collection`1"), items)


def _function(target: Function) -> dict[str, object]:
    key = f"[System.String, {values.CORE_LIBRARY}],[{_AUTOMATION}ParameterMetadata, {values.AUTOMATION_LIBRARY}]"
    generic = "System.Collections.Generic.Dictionary`2"
    table = typesystem.known_generic(f"{generic}[{key}]", generic)
    declared = [(parameter.name, _parameter(parameter)) for parameter in target.block.tree.parameters]
    usage = " ".join(f"[[-{name}] <Object>]" for name, _ in declared)
    return {
        "ScriptBlock": target.block, "CmdletBinding": False, "DefaultParameterSet": None,
        "Definition": target.block.text, "Options": "None", "Description": None, "Verb": "", "Noun": "",
        "HelpFile": None, "OutputType": _read_only("PSTypeName"), **_shared(target.name, "Function"),
        "Parameters": values.Hashtable(declared, table),
        "ParameterSets": _read_only("CommandParameterSetInfo", [usage]),
    }  # fmt: skip


def _parameter(definition: syntax.ParameterDefinition) -> values.ObjectValue:
    """A ParameterMetadata."""
    aliases = [
        str(node.value)
        for attribute in definition.attributes
        if attribute.name.lower() == "alias"
        for node in attribute.positional
        if isinstance(node, syntax.Constant)
    ]
    name = f"{_AUTOMATION}ParameterMetadata"
    return values.ObjectValue([name, "System.Object"], {"Name": definition.name, "Aliases": aliases}, name)


def _cmdlet(target: CmdletType) -> dict[str, object]:
    verb, _, noun = target.name.partition("-")
    version = values.Version((7, 0, 0, 0))
    return {
        "Verb": verb, "Noun": noun, "ImplementingType": target.class_name, "Definition": syntax_of(target),
        "DefaultParameterSet": target.default_set, "OutputType": _read_only("PSTypeName"), "Options": "ReadOnly",
        **_shared(target.name, "Cmdlet", target.module, version, target.module),
    }  # fmt: skip


def alias_object(name: str, target: str) -> values.ObjectValue:
    """An AliasInfo."""
    properties: dict[str, object] = {
        "ReferencedCommand": target, "ResolvedCommand": target, "Definition": target, "Options": "None",
        "Description": "", "OutputType": _read_only("PSTypeName"), **_shared(name, "Alias"),
    }  # fmt: skip
    return values.ObjectValue(_names("AliasInfo"), properties, name)
