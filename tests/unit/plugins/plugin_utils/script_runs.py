# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the PowerShell files of the collection with the embedded evaluator of the test endpoint."""

from __future__ import annotations

import json
import threading
import typing

from ansible_collections.remoting.powershell.plugins.plugin_utils import _invoke, scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.values import from_json
from ansible_collections.remoting.powershell.plugins.plugin_utils._results import OUTCOME_TAG
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Command, Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import (
    CommandCall,
    PSTerminating,
    Runspace,
)
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.values import Hashtable, PSObject

TARGET = Target("web1", 5986, True)


class Written:
    """What one pipeline wrote."""

    def __init__(self) -> None:
        self.outputs: list[typing.Any] = []
        self.errors: list[typing.Any] = []
        self.outcomes: list[dict[str, typing.Any]] = []
        self.code: int | None = None
        #: The message of the error that ended it.
        self.failure: str | None = None

    def output(self, value: object) -> None:
        self.outputs.append(value)

    def error(self, record: typing.Any) -> None:
        self.errors.append(record)

    def information(self, record: typing.Any) -> None:
        assert OUTCOME_TAG in [str(tag) for tag in record.tags]
        self.outcomes.append(json.loads(str(record.message)))

    def warning(self, record: object) -> None:
        raise AssertionError(f"a warning: {record}")

    verbose = debug = progress = warning

    def exit(self, code: int) -> None:
        self.code = code

    @property
    def texts(self) -> list[str]:
        """The output as texts."""
        return [str(value) for value in self.outputs]


def run(runspace: Runspace, command: Command, values: typing.Sequence[object] = ()) -> Written:
    """Runs one command in a runspace."""
    written = Written()
    parameters = [(name, from_json(value)) for name, value in command.parameters]
    call = CommandCall(command.text, command.is_script, parameters, command.use_local_scope)
    try:
        runspace.invoke([[call]], [from_json(value) for value in values], written, threading.Event(), True)
    except PSTerminating as error:
        written.failure = str(error.error_record.exception.message)
    return written


def invoke(runspace: Runspace, script: str, check_mode: bool = False, **arguments: typing.Any) -> Written:
    """Runs a script as pssession_invoke does."""
    defaults = {name: option.get("default") for name, option in _invoke.ARGUMENT_SPEC.items()}
    given = {**defaults, "script": script, **arguments}
    request: Run = _invoke.request(TARGET, given, check_mode, 2)
    written = run(runspace, request.commands[0], request.values)
    if not written.outcomes:
        finished = run(runspace, Command(scripts.read("finish"), use_local_scope=False))
        assert (finished.outputs, finished.errors) == ([], [])
        written.outcomes = finished.outcomes
    return written


#: What an object is called that was left for remoting to serialize.
OBJECT = "an object"


def plain(value: typing.Any) -> typing.Any:
    """A value of the evaluator as one of Python's."""
    if isinstance(value, Hashtable):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, PSObject):
        return OBJECT if value.base is None else plain(value.base)
    return str(value) if isinstance(value, str) else value
