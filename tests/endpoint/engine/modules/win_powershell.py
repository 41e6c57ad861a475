# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ansible.windows.win_powershell (test endpoint process)."""

from __future__ import annotations

import datetime
import pathlib
import typing

from psrpcore.types import PSCredential, PSSecureString

from ..collected import CollectedHost, CollectedStreams
from ..powershell import CommandCall, PipelineStopped, PSTerminating, Runspace, values
from ..powershell.convert import to_bool, to_string
from ..powershell.errors import ParseError
from ..powershell.members import get_member
from ..powershell.parser import parse
from . import flatten
from .arguments import Option, Spec
from .call import Module, ModuleCall
from .results import ModuleFailedError, Result

_SETUP = pathlib.Path(__file__).parent / "scripts" / "win_powershell.ps1"
_ERROR_ACTIONS = {"silently_continue": "SilentlyContinue", "continue": "Continue", "stop": "Stop"}

_EMPTY: Result = {
    "result": {},
    "host_out": "",
    "host_err": "",
    "output": [],
    "error": [],
    "warning": [],
    "verbose": [],
    "debug": [],
    "information": [],
}


def _win_powershell(call: ModuleCall) -> Result:
    arguments = call.arguments
    for name, wanted, state in (("creates", True, "exists"), ("removes", False, "does not exist")):
        path = arguments[name]
        if path and pathlib.Path(call.path(path)).exists() is wanted:
            return {**_EMPTY, "msg": f"skipped, since {path} {state}"}
    text = _script(call)
    if arguments["executable"]:
        raise ModuleFailedError("the embedded engine runs no other PowerShell executable", _EMPTY)
    what_if = _supports_what_if(text)
    if call.check_mode and not what_if:
        return {**_EMPTY, "changed": True, "msg": "skipped, running in check mode"}
    host, streams = CollectedHost(), CollectedStreams()
    runspace = call.open_runspace(host)
    failed = False
    try:
        call.invoke(runspace, [_setup(call)], CollectedStreams())
        if arguments["chdir"]:
            call.invoke(runspace, [_set_location(call, arguments["chdir"])], streams)
        call.invoke(runspace, [CommandCall(text, True, _parameters(call, what_if))], streams)
    except PipelineStopped:
        raise
    except PSTerminating as error:
        failed = True
        streams.errors.append(error.error_record)
    return _result(call, runspace, host, streams, failed)


def _script(call: ModuleCall) -> str:
    if call.arguments["script"]:
        return str(call.arguments["script"])
    path = pathlib.Path(call.path(call.arguments["path"]))
    if not path.is_file():
        raise ModuleFailedError(f"Could not find or access '{call.arguments['path']}' on Windows host", _EMPTY)
    return path.read_text(encoding="utf-8-sig")


def _supports_what_if(text: str) -> bool:
    try:
        attributes = parse(text).attributes
    except ParseError:
        # It fails when it is run, and then says why.
        return False
    for attribute in attributes:
        for name, value in attribute.named.items():
            if attribute.name.lower() == "cmdletbinding" and name.lower() == "supportsshouldprocess":
                return value is None or value.extent.text.lower() == "$true"
    return False


def _setup(call: ModuleCall) -> CommandCall:
    parameters: list[tuple[str | None, object]] = [
        ("CheckMode", call.check_mode),
        ("Verbosity", int(call.meta("verbosity", 0))),
        ("ErrorAction", _ERROR_ACTIONS[call.arguments["error_action"].lower()]),
        ("Tmpdir", call.meta("tmpdir") or call.expand(call.meta("remote_tmp", ""))),
    ]
    return CommandCall(_SETUP.read_text(encoding="utf-8"), True, parameters)


def _set_location(call: ModuleCall, path: str) -> CommandCall:
    return CommandCall("Set-Location", False, [("LiteralPath", call.expand(path)), ("ErrorAction", "Stop")])


def _parameters(call: ModuleCall, what_if: bool) -> list[tuple[str | None, object]]:
    parameters: dict[str | None, object] = dict(call.arguments["parameters"] or {})
    for sensitive in call.arguments["sensitive_parameters"] or ():
        parameters[sensitive["name"]] = _sensitive(sensitive)
    if what_if:
        parameters.update(Confirm=False, WhatIf=call.check_mode)
    return list(parameters.items())


def _sensitive(sensitive: Result) -> object:
    """As a client would send it: a credential or a secure string."""
    if sensitive["username"]:
        return PSCredential(sensitive["username"], PSSecureString(sensitive["password"] or ""))
    return PSSecureString(sensitive["value"] or "")


def _result(
    call: ModuleCall, runspace: Runspace, host: CollectedHost, streams: CollectedStreams, failed: bool
) -> Result:
    depth = call.arguments["depth"]
    told = runspace.variable("Ansible")
    result: Result = {
        "result": flatten.flatten(get_member(told, "Result"), depth),
        "host_out": host.out,
        "host_err": host.err,
        "output": [flatten.flatten(value, depth - 1) for value in streams.outputs],
        "error": [flatten.error(record, depth) for record in streams.errors],
        "warning": [str(record) for record in streams.warnings],
        "verbose": [str(record) for record in streams.verboses],
        "debug": [str(record) for record in streams.debugs],
        "information": [_information(record, depth) for record in streams.informations],
        "changed": to_bool(get_member(told, "Changed")),
        "failed": failed or to_bool(get_member(told, "Failed")),
    }
    difference = get_member(told, "Diff")
    if isinstance(difference, values.Hashtable) and len(difference) and call.meta("diff", False):
        result["diff"] = {to_string(key): flatten.flatten(value, depth) for key, value in difference.items()}
    return result


def _information(record: typing.Any, depth: int) -> Result:
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "message_data": flatten.flatten(record.message, depth),
        "source": record.source,
        "time_generated": now.strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
        "tags": list(record.tags),
    }


win_powershell = Module(
    _win_powershell,
    Spec(
        {
            "arguments": Option("list", elements="str"),
            "chdir": Option(),
            "creates": Option(),
            "depth": Option("int", default=2),
            "error_action": Option(default="continue", choices=tuple(_ERROR_ACTIONS)),
            "executable": Option(),
            "parameters": Option("dict"),
            "path": Option(),
            "sensitive_parameters": Option(
                "list",
                elements="dict",
                options=Spec(
                    {
                        "name": Option(required=True),
                        "username": Option(),
                        "password": Option(no_log=True),
                        "value": Option(no_log=True),
                    },
                    mutually_exclusive=(("value", "username"), ("value", "password")),
                    required_one_of=(("username", "value"),),
                    required_together=(("username", "password"),),
                ),
            ),
            "remote_src": Option("bool", default=False),
            "removes": Option(),
            "script": Option(),
        },
        mutually_exclusive=(("path", "script"),),
        required_one_of=(("path", "script"),),
    ),
)
