# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that stand for the engine: $PSCmdlet, $MyInvocation, $Host, $ExecutionContext (test endpoint process)."""

from __future__ import annotations

import os
import typing

from . import calling, typesystem, values
from .binding import Binder
from .convert import to_bool, to_string
from .errors import ErrorRecord, PSTerminating
from .functions import block_output
from .records import InvocationInfo
from .session import Frame, Session, current
from .typesystem import NetObject, net_class

_AUTOMATION = "System.Management.Automation."
LANGUAGE_MODES = typesystem.register_enum(
    values.EnumType(
        f"{_AUTOMATION}PSLanguageMode",
        {"FullLanguage": 0, "RestrictedLanguage": 1, "NoLanguage": 2, "ConstrainedLanguage": 3},
    )
)
ACTION_PREFERENCES = typesystem.register_enum(
    values.EnumType(
        f"{_AUTOMATION}ActionPreference",
        {"SilentlyContinue": 0, "Stop": 1, "Continue": 2, "Inquire": 3, "Ignore": 4, "Suspend": 5, "Break": 6},
    )
)
CONFIRM_IMPACTS = typesystem.register_enum(
    values.EnumType(f"{_AUTOMATION}ConfirmImpact", {"None": 0, "Low": 1, "Medium": 2, "High": 3})
)


def named(kind: str, properties: dict[str, object], text: str | None = None) -> values.ObjectValue:
    """An object of PowerShell's own with these properties."""
    return values.ObjectValue([_AUTOMATION + kind, "System.Object"], properties, text)


def invocation_object(invocation: InvocationInfo) -> values.ObjectValue:
    """``$MyInvocation``, and an error record's InvocationInfo."""
    extent, info = invocation.extent, invocation.command
    command = None
    if info:
        command = named(
            f"{info.kind}Info",
            {
                "Name": info.name,
                "Definition": info.definition,
                "CommandType": info.kind,
                "Path": extent and extent.source.file,
            },
            info.name or info.definition,
        )
    file = extent.source.file if extent else None
    return named("InvocationInfo", {
        "MyCommand": command, "BoundParameters": values.Hashtable(invocation.bound_parameters.items()),
        "UnboundArguments": values.NetList(items=invocation.unbound_arguments),
        "ScriptLineNumber": extent.line_number if extent else 0, "OffsetInLine": extent.column if extent else 0,
        "HistoryId": invocation.history_id, "ScriptName": file or "", "Line": extent.line if extent else "",
        "Statement": extent.text if extent else "", "PositionMessage": invocation.position_message,
        "PSScriptRoot": os.path.dirname(file) if file else "", "PSCommandPath": file,
        "InvocationName": invocation.invocation_name, "PipelineLength": 1, "PipelinePosition": 1,
        "ExpectingInput": invocation.expecting_input, "CommandOrigin": "Runspace",
    })  # fmt: skip


@net_class
class PSCmdlet(NetObject):
    """``$PSCmdlet`` of an advanced function."""

    net_name = f"{_AUTOMATION}PSScriptCmdlet"

    def __init__(self, frame: Frame, binder: Binder) -> None:
        self._frame, self._binder = frame, binder

    @property
    def my_invocation(self) -> object:
        return invocation_object(self._frame.invocation)

    @property
    def parameter_set_name(self) -> str:
        return self._binder.set_name()

    @property
    def session_state(self) -> object:
        return SessionState(self._frame.session)

    @property
    def host(self) -> object:
        return self._frame.scope.value("Host")

    def write_object(self, value: object, enumerate: bool = False) -> None:
        from .sequences import enumerate_value

        for item in enumerate_value(value) if enumerate else [value]:
            self._frame.out(item)

    def write_error(self, record: object) -> None:
        assert isinstance(record, ErrorRecord)
        record.invocation = record.invocation or self._frame.invocation
        record.activity = record.activity or self._frame.name
        if "," not in record.error_id:
            record.error_id += f",{self._frame.name}"
        self._frame.write_error(record)

    def throw_terminating_error(self, record: object) -> None:
        assert isinstance(record, ErrorRecord)
        record.activity = record.activity or self._frame.name
        record.invocation = record.invocation or self._frame.invocation
        if "," not in record.error_id:
            record.error_id += f",{self._frame.name}"
        error = PSTerminating(record, unwinds=True)
        error.until = self._frame
        raise error

    def write_warning(self, message: str) -> None:
        self._frame.informational("warning", message, self._frame.preference("WarningPreference"))

    def write_verbose(self, message: str) -> None:
        self._frame.informational("verbose", message, self._frame.preference("VerbosePreference"))

    def write_debug(self, message: str) -> None:
        self._frame.informational("debug", message, self._frame.preference("DebugPreference"))

    def should_process(self, target: str, action: str | None = None) -> bool:
        if not to_bool(self._frame.scope.value("WhatIfPreference", False)):
            return True
        from .commands.output import write_host_line

        operation = action or to_string(self._frame.name)
        write_host_line(self._frame, f'What if: Performing the operation "{operation}" on target "{target}".')
        return False

    def should_continue(self, *arguments: object) -> bool:
        return True

    def get_variable_value(self, name: str, default: object = None) -> object:
        return self._frame.scope.value(name, default)


@net_class
class CommandInvocationIntrinsics(NetObject):
    net_name = f"{_AUTOMATION}CommandInvocationIntrinsics"

    def new_script_block(self, text: str) -> object:
        from .dispatch import parse_block

        return parse_block(text)

    def invoke_script(self, *arguments: object) -> object:
        from .dispatch import parse_block

        block = next((value for value in arguments if isinstance(value, values.ScriptBlock)), None)
        if block is None:
            block = parse_block(to_string(next(value for value in arguments if isinstance(value, str))))
        collected = block_output(block, current().frames[-1], new_scope=bool(arguments and arguments[0] is True))
        return values.NetList("System.Collections.ObjectModel.Collection`1", collected)

    def expand_string(self, text: str) -> str:
        from .dispatch import parse_block
        from .expressions import evaluate
        from .parser import Parser
        from .scanner import joined
        from .syntax import Source

        parser = Parser(Source(text))
        parts = parser.expandable_parts(lambda scanner: False, doubled_quotes=False)
        del parse_block
        return to_string(evaluate(joined(parts, parser.extent(0), quoted=True), current().frames[-1]))

    def get_command(self, name: str, *kinds: object) -> object:
        from .command_objects import command_object
        from .dispatch import resolve

        found = resolve(name, current().frames[-1])
        return command_object(found, name) if found else None


@net_class
class PSVariableIntrinsics(NetObject):
    net_name = f"{_AUTOMATION}PSVariableIntrinsics"

    def get(self, name: str) -> object:
        from .commands.state import variable_object

        found = current().frames[-1].scope.find(name)
        return variable_object(found) if found else None

    def get_value(self, name: str, default: object = None) -> object:
        return current().frames[-1].scope.value(name, default)

    def set(self, name: object, value: object = None) -> None:
        current().frames[-1].scope.set(to_string(name), value)

    def remove(self, name: str) -> None:
        current().frames[-1].scope.variables.pop(name.lower(), None)


@net_class
class PathIntrinsics(NetObject):
    net_name = f"{_AUTOMATION}PathIntrinsics"

    def get_unresolved_provider_path_from_ps_path(self, path: str) -> str:
        return current().resolve(path)

    @property
    def current_location(self) -> object:
        from .commands.file_objects import path_info

        return path_info(current().location)

    def push_current_location(self, stack_name: str) -> None:
        current().named_locations.setdefault(stack_name, []).append(current().location)

    def pop_location(self, stack_name: str) -> object:
        stack = current().named_locations.get(stack_name)
        if stack:
            current().location = stack.pop()
        return self.current_location


@net_class
class SessionState(NetObject):
    net_name = f"{_AUTOMATION}SessionState"

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def language_mode(self) -> object:
        return LANGUAGE_MODES(self._session.language.value)

    @property
    def ps_variable(self) -> object:
        return PSVariableIntrinsics()

    @property
    def invoke_command(self) -> object:
        return CommandInvocationIntrinsics()

    @property
    def path(self) -> object:
        return PathIntrinsics()


@net_class
class EngineIntrinsics(NetObject):
    """``$ExecutionContext``"""

    net_name = f"{_AUTOMATION}EngineIntrinsics"

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def session_state(self) -> object:
        return SessionState(self._session)

    @property
    def invoke_command(self) -> object:
        return CommandInvocationIntrinsics()

    @property
    def host(self) -> object:
        return self._session.globals.value("Host")


@net_class
class CmdletBindingAttribute(NetObject):
    """What ``[CmdletBinding()]`` says, in a script block's Attributes."""

    net_name = f"{_AUTOMATION}CmdletBindingAttribute"

    def __init__(self, settings: typing.Mapping[str, object] | None = None) -> None:
        self._settings = settings or {}

    @property
    def supports_should_process(self) -> bool:
        return to_bool(self._settings.get("supportsshouldprocess", False))

    @property
    def default_parameter_set_name(self) -> object:
        return self._settings.get("defaultparametersetname")


@net_class
class Runspace(NetObject):
    """``[runspace]``"""

    net_name = f"{_AUTOMATION}Runspaces.Runspace"
    net_properties = ("Id", "Name", "InstanceId")

    def __init__(self, session: Session) -> None:
        self._session = session

    instance_id = property(lambda self: self._session.instance_id)
    id = property(lambda self: 1)
    name = property(lambda self: "Runspace1")
    default_runspace = calling.static_property(lambda: Runspace(current()))
