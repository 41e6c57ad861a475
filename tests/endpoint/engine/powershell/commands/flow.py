# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that run code or tell about commands (test endpoint process)."""

from __future__ import annotations

import typing

from .. import dispatch, patterns, values
from ..binding import Argument
from ..cmdlets import CMDLETS, Call, Cmdlet, CmdletType, cmdlet
from ..command_objects import alias_object, command_object
from ..convert import to_number, to_string
from ..errors import Category, PSTerminating
from ..functions import BlockStage
from ..pipeline import connect, run_stages
from ..scopes import Function

_AUTOMATION = "System.Management.Automation."


@cmdlet("Invoke-Expression", "Command:string@0!<", aliases="iex")
def invoke_expression(call: Call) -> None:
    try:
        block = dispatch.parse_block(call.text("Command"))
    except PSTerminating as error:
        record = error.error_record
        record.error_id += f",{call.stage.type.class_name}"
        record.activity, record.invocation = call.stage.type.name, call.invocation()
        raise
    stage = BlockStage(call.frame, block, [], new_scope=False)
    stages = [stage]
    connect(stages, call.frame.with_output(call.stage.write, call.stage.streams), False, call.stage.write)
    run_stages(stages, call.frame, None)


@cmdlet(
    "Invoke-Command",
    "ScriptBlock|Command:scriptblock@0! ArgumentList|Args:object[] NoNewScope:switch InputObject<0",
    aliases="icm",
    module="Core",
)
class InvokeCommand(Cmdlet):
    def begin(self) -> None:
        call = self.call
        arguments = [Argument(value) for value in call.items("ArgumentList")]
        self.stage = BlockStage(call.frame, call.get("ScriptBlock"), arguments, new_scope=not call.flag("NoNewScope"))
        connect(
            [self.stage],
            call.frame.with_output(call.stage.write, call.stage.streams),
            call.stage.expects_input,
            call.stage.write,
        )
        self.stage.begin()

    def process(self, item: object) -> None:
        if self.call.stage.expects_input:
            self.stage.process(item)

    def end(self) -> None:
        self.stage.end()


@cmdlet(
    "Start-Sleep",
    "Seconds:double@0!<(Seconds) Milliseconds|ms:int!(Milliseconds) Duration:timespan!(Span)",
    aliases="sleep",
    default_set="Seconds",
)
def start_sleep(call: Call) -> None:
    if call.has("Milliseconds"):
        call.session.sleep(call.get("Milliseconds") / 1000)
    elif call.has("Duration"):
        call.session.sleep(call.get("Duration").ticks / 1e7)
    else:
        call.session.sleep(float(to_number(call.get("Seconds"))))


@cmdlet(
    "Get-Command",
    "Name:string[]@0<~ Verb:string[] Noun:string[] Module:string[] CommandType|Type:string[] All:switch Syntax:switch "
    "ArgumentList:object[] ListImported:switch TotalCount:int",
    aliases="gcm",
    module="Core",
)
def get_command(call: Call) -> typing.Iterator[object]:
    kinds = [kind.lower() for kind in call.texts("CommandType")]
    names = call.texts("Name") or ["*"]
    for name in names:
        found = list(_commands(call, name))
        found = [item for item in found if not kinds or to_string(item.properties["CommandType"]).lower() in kinds]
        if not found and not set("*?") & set(name):
            message = (
                f"The term '{name}' is not recognized as a name of a cmdlet, function, script file, "
                "or executable program.\n"
                "Check the spelling of the name, or if a path was included, verify that the path is "
                "correct and try again."
            )
            kind = f"{_AUTOMATION}CommandNotFoundException"
            call.report(message, "CommandNotFoundException", Category.ObjectNotFound, name, kind, CommandName=name)
        yield from found


def _commands(call: Call, name: str) -> typing.Iterator[values.ObjectValue]:
    if not set("*?") & set(name):
        alias = call.frame.scope.alias(name)
        if alias is not None:
            yield alias_object(name, alias)
            return
        found = dispatch.resolve(name, call.frame)
        if found is not None:
            yield command_object(found, name)
        return
    pattern = patterns.wildcard(name)
    verbs, nouns = ([patterns.wildcard(text) for text in call.texts(part)] for part in ("Verb", "Noun"))
    functions = {key: found for scope in call.frame.scope.chain() for key, found in scope.functions.items()}
    every: list[Function | CmdletType] = [*functions.values(), *CMDLETS.values()]
    for target in every:
        verb, _, noun = target.name.partition("-")
        if pattern.match(target.name) and all(
            any(p.match(part) for p in wanted) for part, wanted in ((verb, verbs), (noun, nouns)) if wanted
        ):
            yield command_object(target, target.name)


@cmdlet("Get-FormatData", "TypeName:string[]@0 PowerShellVersion:version")
def get_format_data(call: Call) -> None:
    """There is no format data here, as in a session without formats."""


@cmdlet("Get-Help", "Name:string@0 Category:string[] Full:switch Examples:switch", aliases="help man", module="Core")
def get_help(call: Call) -> typing.Iterator[object]:
    name = call.text("Name")
    found = dispatch.resolve(name, call.frame) if name else None
    if name and found is None:
        message = (
            f"Get-Help could not find {name} in a help file in this session. To download updated help "
            'topics type: "Update-Help".'
        )
        raise call.fail(message, "HelpNotFound", Category.ResourceUnavailable)
    yield f"\nNAME\n    {name or 'Get-Help'}\n"


@cmdlet("TabExpansion2", "inputScript:string@0! cursorColumn:int@1 options@2", module="Core")
def tab_expansion(call: Call) -> typing.Iterator[object]:
    """A function in a real PowerShell."""
    from ..completion import complete

    text = call.text("inputScript")
    yield complete(text, call.get("cursorColumn", len(text)), call.frame)


@cmdlet("Exit-PSSession", "", aliases="exsn", module="Core")
def exit_session(call: Call) -> None:
    if call.session.host is not None:
        call.session.host.call("PopRunspace", [])


@cmdlet("Measure-Command", "Expression:scriptblock@0! InputObject<0")
def measure_command(call: Call) -> typing.Iterator[object]:
    import time

    from .objects import run_in_place

    begin = time.monotonic()
    run_in_place(call.get("Expression"), call.frame.with_output(lambda value: None), call.get("InputObject"))
    yield values.TimeSpan(int((time.monotonic() - begin) * 1e7))
