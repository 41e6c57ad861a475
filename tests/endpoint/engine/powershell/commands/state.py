# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables, aliases, modules, history, strict mode (test endpoint process)."""

from __future__ import annotations

import os
import typing

from .. import dispatch, patterns, sequences, values
from ..binding import Argument
from ..cmdlets import Call, Cmdlet, cmdlet
from ..convert import to_string
from ..errors import Category
from ..functions import block_output
from ..scopes import Scope, Variable, split_name
from ..sequences import as_list

_AUTOMATION = "System.Management.Automation."
_MODULES = (
    "Microsoft.PowerShell.Management",
    "Microsoft.PowerShell.Utility",
    "Microsoft.PowerShell.Security",
    "Microsoft.PowerShell.Host",
    "Microsoft.PowerShell.Core",
    "PSReadLine",
)


def variable_object(variable: Variable) -> values.ObjectValue:
    """A PSVariable; setting its Value sets the variable."""
    attributes = values.NetList(f"{_AUTOMATION}PSVariableAttributeCollection")
    made = values.ObjectValue([f"{_AUTOMATION}PSVariable", "System.Object"], {
        "Name": variable.name, "Description": variable.description, "Value": variable.get(), "Visibility": "Public",
        "Module": None, "ModuleName": "", "Options": variable.options or "None", "Attributes": attributes,
    })  # fmt: skip
    made.on_set = lambda name, value: variable.assign(value) if name == "Value" else None
    return made


def store_reference(reference: object, value: object) -> None:
    """Writes to what ``[ref]$x`` gave."""
    if isinstance(reference, values.ObjectValue) and reference.on_set:
        reference.on_set("Value", value)


def _scope(call: Call) -> Scope:
    return call.frame.scope.named(call.text("Scope")) if call.has("Scope") else call.frame.scope


def _matching(call: Call, name: str) -> list[Variable]:
    scope = _scope(call)
    levels = [scope] if call.has("Scope") else list(scope.chain())
    pattern = patterns.wildcard(name)
    found: dict[str, Variable] = {}
    for level in reversed(levels):
        found.update({key: variable for key, variable in level.variables.items() if pattern.match(variable.name)})
    return [found[key] for key in sorted(found)]


def _missing(call: Call, kind: str, name: str) -> None:
    message = f"Cannot find a variable with the name '{name}'."
    error_type = f"{_AUTOMATION}ItemNotFoundException"
    call.report(message, "VariableNotFound", Category.ObjectNotFound, name, error_type)


@cmdlet(
    "Get-Variable", "Name:string[]@0<~ ValueOnly:switch Scope:string Include:string[] Exclude:string[]", aliases="gv"
)
def get_variable(call: Call) -> typing.Iterator[object]:
    for name in call.texts("Name") or ["*"]:
        found = _matching(call, split_name(name)[1])
        if not found and not set("*?[") & set(name):
            _missing(call, "variable", name)
        for variable in found:
            if call.flag("ValueOnly"):
                yield from (
                    sequences.enumerate_value(variable.get()) if isinstance(variable.get(), list) else [variable.get()]
                )
            else:
                yield variable_object(variable)


@cmdlet(
    "Set-Variable",
    (
        "Name:string[]@0!~ Value@1<0 Scope:string Option:string Force:switch PassThru:switch "
        "Description:string Visibility:string"
    ),
    aliases="sv set",
)
def set_variable(call: Call) -> typing.Iterator[object]:
    for name in call.texts("Name"):
        variable = _scope(call).set(split_name(name)[1], call.get("Value"), call.flag("Force"))
        if call.has("Option"):
            variable.options = call.text("Option")
        if call.flag("PassThru"):
            yield variable_object(variable)


@cmdlet(
    "New-Variable",
    (
        "Name:string@0!~ Value@1<0 Scope:string Option:string Force:switch PassThru:switch "
        "Description:string Visibility:string"
    ),
    aliases="nv",
)
def new_variable(call: Call) -> typing.Iterator[object]:
    scope, name = _scope(call), call.text("Name")
    if name.lower() in scope.variables and not call.flag("Force"):
        message = f"A variable with name '{name}' already exists."
        kind = f"{_AUTOMATION}SessionStateException"
        call.write_error(call.error(message, "VariableAlreadyExists", Category.ResourceExists, name, kind))
        return
    scope.variables[name.lower()] = Variable(
        name, call.get("Value"), call.text("Option"), description=call.text("Description")
    )
    if call.flag("PassThru"):
        yield variable_object(scope.variables[name.lower()])


@cmdlet(
    "Remove-Variable", "Name:string[]@0!~ Scope:string Force:switch Include:string[] Exclude:string[]", aliases="rv"
)
def remove_variable(call: Call) -> None:
    for name in call.texts("Name"):
        found = _matching(call, split_name(name)[1])
        if not found and not set("*?[") & set(name):
            _missing(call, "variable", name)
        for variable in found:
            if "Constant" in variable.options or ("ReadOnly" in variable.options and not call.flag("Force")):
                message = (
                    f"Cannot remove variable {variable.name} because it is constant or read-only. If the "
                    "variable is read-only, try the operation again specifying the Force option."
                )
                call.report(
                    message,
                    "VariableNotRemovable",
                    Category.WriteError,
                    variable.name,
                    f"{_AUTOMATION}SessionStateUnauthorizedAccessException",
                )
                continue
            if not call.should_process(f"Name: {variable.name}", "Remove variable"):
                continue
            for scope in call.frame.scope.chain():
                if scope.variables.get(variable.name.lower()) is variable:
                    del scope.variables[variable.name.lower()]


@cmdlet("Clear-Variable", "Name:string[]@0!~ Scope:string Force:switch", aliases="clv")
def clear_variable(call: Call) -> None:
    for name in call.texts("Name"):
        for variable in _matching(call, name):
            variable.assign(None)


@cmdlet(
    "Set-Alias",
    "Name:string@0!~ Value:string@1!~ Scope:string Option:string Force:switch PassThru:switch Description:string",
    aliases="sal",
)
def set_alias(call: Call) -> typing.Iterator[object]:
    from ..command_objects import alias_object

    _scope(call).aliases[call.text("Name").lower()] = call.text("Value")
    if call.flag("PassThru"):
        yield alias_object(call.text("Name"), call.text("Value"))


cmdlet(
    "New-Alias",
    "Name:string@0!~ Value:string@1!~ Scope:string Option:string Force:switch PassThru:switch Description:string",
    aliases="nal",
)(set_alias)


@cmdlet("Get-Alias", "Name:string[]@0<~ Definition:string[] Scope:string Exclude:string[]", aliases="gal")
def get_alias(call: Call) -> typing.Iterator[object]:
    from ..command_objects import alias_object

    every: dict[str, str] = {}
    for scope in reversed(list(call.frame.scope.chain())):
        every.update(scope.aliases)
    wanted = [patterns.wildcard(text) for text in call.texts("Definition")]
    for name in call.texts("Name") or ["*"]:
        pattern = patterns.wildcard(name)
        found = [
            key
            for key in sorted(every)
            if pattern.match(key) and (not wanted or any(item.match(every[key]) for item in wanted))
        ]
        if not found and not set("*?") & set(name):
            message = (
                f"This command cannot find a matching alias because an alias with the name '{name}' does not exist."
            )
            call.report(
                message, "ItemNotFoundException", Category.ObjectNotFound, name, f"{_AUTOMATION}ItemNotFoundException"
            )
        for key in found:
            yield alias_object(name if name.lower() == key else key, every[key])


@cmdlet("Remove-Alias", "Name:string[]@0!<~ Scope:string Force:switch")
def remove_alias(call: Call) -> None:
    for name in call.texts("Name"):
        for scope in call.frame.scope.chain():
            if scope.aliases.pop(name.lower(), None) is not None:
                break


@cmdlet("Set-StrictMode", "Version:string@0(Version) Off:switch(Off)", module="Core", default_set="Version")
def set_strict_mode(call: Call) -> None:
    text = call.text("Version", "0").lower()
    call.frame.scope.strict = 0 if call.flag("Off") else 3 if text == "latest" else int(text.partition(".")[0])


@cmdlet(
    "Get-Module", "Name:string[]@0< ListAvailable:switch All:switch FullyQualifiedName", aliases="gmo", module="Core"
)
def get_module(call: Call) -> typing.Iterator[object]:
    names = [*_MODULES, *call.session.modules] if call.flag("ListAvailable") else call.session.modules
    wanted = [patterns.wildcard(name) for name in call.texts("Name") or ["*"]]
    for name in sorted(set(names)):
        if any(pattern.match(name) for pattern in wanted):
            yield _module(name)


def _module(name: str) -> values.ObjectValue:
    version = values.Version((7, 0, 0, 0))
    kind = "Manifest" if name.startswith("Microsoft") else "Script"
    return values.ObjectValue(
        [f"{_AUTOMATION}PSModuleInfo", "System.Object"],
        {"Name": name, "Path": name, "Version": version, "ModuleType": kind},
        name,
    )


@cmdlet(
    "Import-Module",
    (
        "Name:object[]@0!<~ Force:switch Global:switch PassThru:switch DisableNameChecking:switch "
        "Scope:string Function:string[] Cmdlet:string[] Variable:string[] Alias:string[] "
        "ArgumentList|Args:object[] RequiredVersion:string MinimumVersion|Version:string Prefix:string "
        "SkipEditionCheck:switch"
    ),
    aliases="ipmo",
    module="Core",
)
def import_module(call: Call) -> typing.Iterator[object]:
    for item in call.items("Name"):
        name = to_string(item)
        known = next((module for module in _MODULES if module.lower() == name.lower()), None)
        path = call.session.resolve(name)
        if known is None and not os.path.isfile(path):
            message = (
                f"The specified module '{name}' was not loaded because no valid module file was found in "
                "any module directory."
            )
            kind = "System.IO.FileNotFoundException"
            call.report(message, "Modules_ModuleNotFound", Category.ResourceUnavailable, name, kind)
            continue
        plain = known or os.path.splitext(os.path.basename(path))[0]
        if known is None:
            _load_module(call, path)
        if plain not in call.session.modules:
            call.session.modules.append(plain)
        if call.flag("PassThru"):
            yield _module(plain)


def _load_module(call: Call, path: str) -> None:
    """A script module's functions and aliases go to the global scope."""
    stage = dispatch.script_stage(path, call.frame, [Argument(item) for item in call.items("ArgumentList")], None)
    stage.write, stage.streams = call.stage.write, call.stage.streams
    stage.begin()
    stage.end()
    scope, target = stage.frame.scope, call.session.globals
    target.functions.update(scope.functions)
    target.aliases.update(scope.aliases)
    for name, variable in scope.variables.items():
        target.variables.setdefault(name, variable)


@cmdlet(
    "New-Module",
    (
        "ScriptBlock:scriptblock@0! Name:string ArgumentList:object[] Function:string[] "
        "AsCustomObject:switch ReturnResult:switch"
    ),
    aliases="nmo",
    module="Core",
)
def new_module(call: Call) -> typing.Iterator[object]:
    block_output(call.get("ScriptBlock"), call.frame, call.items("ArgumentList"), new_scope=False)
    yield _module(call.text("Name", "__DynamicModule"))


@cmdlet("Remove-Module", "Name:string[]@0<~ Force:switch", aliases="rmo", module="Core")
def remove_module(call: Call) -> None:
    for name in call.texts("Name"):
        call.session.modules[:] = [module for module in call.session.modules if module.lower() != name.lower()]


@cmdlet("Export-ModuleMember", "Function:string[]@0 Cmdlet:string[] Variable:string[] Alias:string[]", module="Core")
def export_module_member(call: Call) -> None:
    """Every function of a module is exported here."""


@cmdlet("Get-History", "Id:long[]@0 Count:int@1", aliases="h ghy history", module="Core")
def get_history(call: Call) -> None:
    """A remote runspace keeps no history of what clients run without AddToHistory."""


@cmdlet("Get-PSDrive", "Name:string[]@0 PSProvider:string[]", aliases="gdr", module="Management")
def get_drive(call: Call) -> typing.Iterator[object]:
    for name, provider, root in (
        ("/", "FileSystem", "/"),
        ("Env", "Environment", ""),
        ("Function", "Function", ""),
        ("Variable", "Variable", ""),
        ("Alias", "Alias", ""),
    ):
        if not call.has("Name") or name.lower() in [text.lower() for text in call.texts("Name")]:
            yield values.ObjectValue(
                [f"{_AUTOMATION}PSDriveInfo", "System.Object"],
                {"CurrentLocation": "", "Name": name, "Provider": provider, "Root": root},
                name,
            )


__all__ = ["Cmdlet", "as_list", "store_reference", "variable_object"]
