# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pssession_invoke's arguments to a `Run`, and its records to the module's result (ansible worker)."""

from __future__ import annotations

import typing

from . import _results, _values, scripts
from ._client import BrokerClient
from ._wire.messages import Command, Run
from ._wire.target import Target

_ERROR_ACTIONS = {"continue": "Continue", "silently_continue": "SilentlyContinue", "stop": "Stop"}

ARGUMENT_SPEC: dict[str, dict[str, typing.Any]] = {
    "arguments": {"type": "list", "elements": "raw"},
    "command": {"type": "str"},
    "error_action": {"type": "str", "choices": list(_ERROR_ACTIONS)},
    "input": {"type": "list", "elements": "raw"},
    "parameters": {"type": "dict"},
    "script": {"type": "str"},
    "sensitive_parameters": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "password": {"type": "str", "no_log": True},
            "username": {"type": "str"},
            "value": {"type": "str", "no_log": True},
        },
        "mutually_exclusive": [("value", "username"), ("value", "password")],
        "required_one_of": [("value", "username")],
        "required_together": [("username", "password")],
        # The values are marked one by one; the list itself holds no more than names.
        "no_log": False,
    },
    "timeout": {"type": "float"},
}
CONSTRAINTS: dict[str, typing.Any] = {
    "mutually_exclusive": [("script", "command")],
    "required_one_of": [("script", "command")],
}


def request(target: Target, arguments: dict[str, typing.Any], check_mode: bool, verbosity: int) -> Run:
    """The pipeline that the arguments ask for, in the session that all tasks of the host share.

    Args:
        target: Who connects where.
        arguments: As ARGUMENT_SPEC has validated them.
        check_mode: Whether the script may predict only.
        verbosity: Ansible's, for ``$Ansible.Verbosity``.

    Raises PSSessionError (usage) for a value that has no PowerShell form.
    """
    named = _named(arguments)
    positional = _values.to_wire(arguments["arguments"] or [])
    if arguments["command"]:
        command = _command(arguments, named, positional)
    else:
        command = _script(arguments, named, positional, check_mode, verbosity)
    values = arguments["input"]
    return Run(
        target,
        [command],
        input="none" if values is None else "values",
        values=_values.to_wire(values or []),
        output="objects",
        shared=True,
        timeout=arguments["timeout"],
    )


def run(client: BrokerClient, request: Run, warn: typing.Callable[[str], None]) -> dict[str, typing.Any]:
    """Runs the pipeline and returns the module's result; raises PSSessionError."""
    records = _results.Collected()
    finished = client.run(request, on_records=records.add)
    for warning in finished.warnings:
        warn(warning)
    return _results.module_result(records, finished)


def _named(arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
    named = typing.cast("dict[str, typing.Any]", _values.to_wire(arguments["parameters"] or {}))
    for secret in arguments["sensitive_parameters"] or []:
        if secret["value"] is not None:
            named[secret["name"]] = _values.secure_string(secret["value"])
        else:
            named[secret["name"]] = _values.credential(secret["username"], secret["password"])
    return named


def _command(arguments: dict[str, typing.Any], named: dict[str, typing.Any], positional: list[typing.Any]) -> Command:
    """A bare command, no script around it: what a session without a language takes (JEA)."""
    if arguments["error_action"]:
        named = {**named, "ErrorAction": _ERROR_ACTIONS[arguments["error_action"]]}
    parameters = [[None, value] for value in positional] + [list(pair) for pair in named.items()]
    return Command(str(arguments["command"]), is_script=False, parameters=parameters)


def _script(
    arguments: dict[str, typing.Any],
    named: dict[str, typing.Any],
    positional: list[typing.Any],
    check_mode: bool,
    verbosity: int,
) -> Command:
    """invoke.ps1 in the session's global scope, with everything that it needs in one parameter."""
    settings = {
        "Script": str(arguments["script"]),
        "Parameters": named,
        "Arguments": positional,
        "HasInput": arguments["input"] is not None,
        "ErrorAction": _ERROR_ACTIONS.get(arguments["error_action"], ""),
        "CheckMode": check_mode,
        "Verbosity": verbosity,
    }
    return Command(scripts.read("invoke"), use_local_scope=False, parameters=[["__pssession", settings]])
