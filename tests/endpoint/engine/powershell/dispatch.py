# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the command that a name means and makes a stage of it (test endpoint process)."""

from __future__ import annotations

import functools
import os
import typing

from . import syntax, values
from .api import Language
from .binding import MISSING, Argument
from .cmdlets import CMDLETS, CmdletStage, CmdletType
from .convert import to_bool, to_string
from .errors import Category, ParseError, runtime_error
from .expressions import evaluate
from .functions import BlockStage
from .native import NativeStage
from .pipeline import Stage
from .records import CommandInfo, InvocationInfo
from .scopes import Function
from .sequences import as_list
from .session import Frame

#: Commands that every NoLanguage session has (PSSessionConfiguration's defaults for RestrictedRemoteServer).
RESTRICTED = (
    "Get-Command", "Get-FormatData", "Select-Object", "Measure-Object", "Exit-PSSession", "Get-Help", "Clear-Host",
    "Out-Default",
)  # fmt: skip
Resolved: typing.TypeAlias = "Function | CmdletType | str"


def resolve(name: str, frame: Frame) -> Resolved | None:
    """A function, a cmdlet or the path of a program or script, aliases followed."""
    seen: set[str] = set()
    while (target := frame.scope.alias(name)) is not None and name.lower() not in seen:
        seen.add(name.lower())
        name = target
    module, _, plain = name.rpartition("\\")
    cmdlet = CMDLETS.get(plain.lower())
    if cmdlet and module.lower() == cmdlet.module.lower():
        # A name with its module is that module's, whatever the session has under the name alone.
        return cmdlet
    if module.lower().startswith("microsoft.powershell"):
        return frame.scope.function(plain)
    return frame.scope.function(name) or (None if module else cmdlet) or find_program(name, frame)


def find_program(name: str, frame: Frame) -> str | None:
    """The path of an executable or of a PowerShell script."""
    session = frame.session
    if "/" in name or "\\" in name:
        path = session.resolve(name)
        runnable = os.path.isfile(path) and (os.access(path, os.X_OK) or path.lower().endswith(".ps1"))
        return path if runnable else None
    # A name on .exe is taken as it is: shutdown.exe must never reach this machine's own shutdown.
    for directory in session.environment.get("PATH", "").split(os.pathsep):
        path = os.path.join(directory, name)
        if name and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def not_found(name: str) -> Exception:
    message = (
        f"The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\n"
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
    )
    kind = "System.Management.Automation.CommandNotFoundException"
    return runtime_error(
        message, "CommandNotFoundException", Category.ObjectNotFound, name, type_name=kind, CommandName=name
    )


def arguments_of(command: syntax.Command, frame: Frame) -> list[Argument]:
    """The arguments of a command as they are written, splatted ones taken apart."""
    arguments: list[Argument] = []
    for node in command.elements:
        if isinstance(node, syntax.CommandParameter):
            value = MISSING if node.argument is None else evaluate(node.argument, frame)
            arguments.append(Argument(value, node.extent, node.name, node.extent.text))
        elif isinstance(node, syntax.Variable) and node.splatted:
            arguments.extend(_splatted(evaluate(syntax.Variable(node.extent, node.name), frame), node.extent))
        else:
            text = node.extent.text if isinstance(node, (syntax.Number, syntax.Bareword)) else None
            value = evaluate(node, frame)
            arguments.append(Argument(value, node.extent, None, text, isinstance(node, syntax.Bareword)))
    return arguments


def _splatted(value: object, extent: syntax.Extent) -> typing.Iterator[Argument]:
    plain = values.unwrap(value)
    if isinstance(plain, values.Hashtable):
        for key, item in plain.items():
            yield Argument(item, extent, to_string(key))
    else:
        for item in as_list(plain):
            yield Argument(item, extent)


def make_stage(command: syntax.Command, frame: Frame) -> Stage:
    """A stage for a command of a script.

    :raises PSTerminating: there is no such command.
    """
    name = evaluate(command.name, frame)
    arguments = arguments_of(command, frame)
    new_scope = command.operator != "."
    plain = values.unwrap(name)
    if isinstance(plain, values.ScriptBlock):
        return BlockStage(
            frame, plain, arguments, extent=command.extent, new_scope=new_scope, invocation_name=command.operator
        )
    target = getattr(plain, "command", None)
    if target is not None:
        return stage_for(target, frame, arguments, command.extent, to_string(name), new_scope)
    if name is None or to_string(name) == "":
        message = (
            "The expression after '&' in a pipeline element produced an object that was not valid. It "
            "must result in a command name, a script block, or a CommandInfo object."
        )
        raise runtime_error(message, "BadExpression", Category.InvalidOperation)
    text = to_string(name)
    resolved = resolve(text, frame)
    if resolved is None:
        error = not_found(text)
        error.error_record.invocation = InvocationInfo(None, command.extent, text)  # type: ignore[attr-defined]
        raise error
    return stage_for(resolved, frame, arguments, command.extent, text, new_scope)


def stage_for(
    target: Resolved,
    frame: Frame,
    arguments: list[Argument],
    extent: syntax.Extent | None,
    name: str,
    new_scope: bool = True,
) -> Stage:
    if isinstance(target, Function):
        info = CommandInfo("Function", target.name, target.block.text)
        return BlockStage(frame, target.block, arguments, info, extent, new_scope, name)
    if isinstance(target, CmdletType):
        return CmdletStage(target, frame, arguments, extent, name)
    if target.lower().endswith(".ps1"):
        return script_stage(target, frame, arguments, extent, new_scope)
    return NativeStage(frame, target, arguments, extent, name)


def script_stage(
    path: str, frame: Frame, arguments: list[Argument], extent: syntax.Extent | None, new_scope: bool = True
) -> BlockStage:
    """A script file as a stage."""
    with open(path, encoding="utf-8-sig") as file:
        block = parse_block(file.read(), path)
    info = CommandInfo("ExternalScript", os.path.basename(path), block.text)
    stage = BlockStage(frame, block, arguments, info, extent, new_scope, path)
    stage.variables = {"PSScriptRoot": os.path.dirname(path), "PSCommandPath": path}
    return stage


def _parsed(text: str, file: str | None) -> syntax.ScriptBlock:
    from .parser import parse

    return parse(text, file)


#: Trees are kept for the next time, as PowerShell keeps what it has parsed: running one does not change it.
_kept = functools.lru_cache(maxsize=64)(_parsed)
_LONGEST_KEPT = 64 * 1024


def parse_block(text: str, file: str | None = None) -> values.ScriptBlock:
    """:raises PSTerminating: the text is no PowerShell."""
    try:
        tree = _kept(text, file) if len(text) <= _LONGEST_KEPT else _parsed(text, file)
    except ParseError as error:
        raise error.terminating() from None
    return values.ScriptBlock(tree)


def is_visible(name: str, frame: Frame, visible: typing.Collection[str]) -> bool:
    """Whether a client of a NoLanguage session may call the command."""
    if frame.session.language is not Language.NO_LANGUAGE:
        return True
    resolved = resolve(name, frame)
    real = resolved.name if isinstance(resolved, (Function, CmdletType)) else name
    return any(real.lower() == allowed.lower() for allowed in (*RESTRICTED, *visible))


__all__ = ["find_program", "is_visible", "make_stage", "resolve", "script_stage", "stage_for", "to_bool"]
