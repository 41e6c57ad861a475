# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records to a module's result."""

from __future__ import annotations

import json
import typing

import pytest
from ansible.plugins.callback import CallbackBase

from ansible_collections.remoting.powershell.plugins.plugin_utils._results import (
    OUTCOME_TAG,
    TOO_LARGE,
    Collected,
    command_result,
    module_result,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Finished

SESSION = {"id": 1}


def result(*entries: list[typing.Any], state: str = "completed", error: typing.Any = None) -> dict[str, typing.Any]:
    """The result of a pipeline that wrote these entries."""
    records = Collected()
    records.add(list(entries))
    return module_result(records, Finished(state, dict(SESSION), error))


def outcome(**fields: typing.Any) -> list[typing.Any]:
    """The record that invoke.ps1 ends with."""
    values = {"changed": True, "failed": False, "result": {}, "diff": {}, "skipped": "", **fields}
    return ["information", {"tags": [OUTCOME_TAG], "message_data": json.dumps(values)}]


def test_each_stream_has_its_field() -> None:
    information = {"tags": [], "message_data": "i"}
    found = result(
        ["output", 1],
        ["warning", "w"],
        ["host_out", "a\r\n"],
        ["output", {"b": None}],
        ["verbose", "v"],
        ["debug", "d"],
        ["information", information],
        ["host_out", "b"],
        ["host_err", "e"],
        ["progress", {}],
        outcome(),
    )
    assert found == {
        "changed": True,
        "failed": False,
        "output": [1, {"b": None}],
        "error": [],
        "warning": ["w"],
        "verbose": ["v"],
        "debug": ["d"],
        "information": [information],
        "host_out": "a\r\nb",
        "host_err": "e",
        "result": {},
        "rc": 0,
        "had_errors": False,
        "session": SESSION,
    }


def test_the_script_says_what_became_of_it() -> None:
    found = result(outcome(changed=False, failed=True, result=[1], diff={"before": "a", "after": "b"}))
    assert (found["changed"], found["failed"], found["result"]) == (False, True, [1])
    assert found["diff"] == {"before": "a", "after": "b"}
    assert found["msg"] == "The script set $Ansible.Failed."


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([{"before": "a", "after": 1}, {"x": 2}], [{"before": "a", "after": "1"}, {"x": 2}]),
        ({"before": None, "after": {"a": 1}}, {"before": None, "after": {"a": 1}}),
        ({"before": [1], "prepared": {}}, {"before": "[\n    1\n]", "prepared": "{}"}),
        ("text", {"prepared": "text"}),
        ([1], {"prepared": "[\n    1\n]"}),
    ],
)
def test_a_difference_of_any_form_can_be_shown(given: object, shown: object) -> None:
    found = result(outcome(diff=given))["diff"]
    assert found == shown
    assert isinstance(CallbackBase()._get_diff(found), str)


def test_a_terminating_error_fails_and_keeps_what_was_said_before() -> None:
    error = {"output": "boom\r\n", "message": "boom", "position": "At line:1"}
    found = result(["output", 1], outcome(changed=False), state="failed", error=error)
    assert (found["failed"], found["had_errors"], found["rc"], found["changed"]) == (True, True, 1, False)
    assert found["msg"] == "The pipeline ended with an error: boom"
    assert [record["output"] for record in found["error"]] == ["boom\r\n"]
    assert "position" not in found["error"][0]


def test_an_error_that_does_not_end_the_script_is_no_failure() -> None:
    found = result(["error", {"output": "oh", "message": "oh"}], outcome())
    assert (found["failed"], found["had_errors"], found["rc"]) == (False, True, 0)


def test_a_place_in_our_own_script_is_not_shown() -> None:
    ours = "At line:51 char:13\n+ . $__pssessionBlock @__pssessionNamed\n+ ~~~"
    theirs = "At line:2 char:1\n+ Get-It\n+ ~~~"
    errors = [{"output": f"oh\r\n{place}\r\n    + Category", "position": place} for place in (ours, theirs)]
    found = result(*(["error", error] for error in errors), outcome())
    assert [row["output"] for row in found["error"]] == ["oh\r\n    + Category", errors[1]["output"]]


def test_the_stack_ends_with_the_script_and_not_with_ours() -> None:
    trace = "at deep, <No file>: line 1\nat <ScriptBlock>, <No file>: line 2\nat <ScriptBlock>, <No file>: line 113"
    error = ["error", {"output": "", "message": "", "script_stack_trace": trace}]
    assert result(error, outcome())["error"][0]["script_stack_trace"] == trace.rpartition("\n")[0]
    assert result(error)["error"][0]["script_stack_trace"] == trace


def test_an_error_among_the_output_has_the_fields_of_one() -> None:
    fields = ("category_info", "command_name", "error_details", "exception", "fully_qualified_error_id", "message")
    more = ("output", "pipeline_iteration_info", "position", "script_stack_trace", "target_object")
    record = {**dict.fromkeys((*fields, *more)), "script_stack_trace": "at f\nat ours", "message": "m", "output": "m"}
    theirs = {"message": "m", "position": 1}
    found = result(["output", record], ["output", theirs], ["error", record], outcome())
    assert found["output"] == [found["error"][0], theirs]
    assert found["output"][0]["script_stack_trace"] == "at f"


def binding_error(position: str | None) -> list[typing.Any]:
    """A parameter that could not be bound."""
    kind = "System.Management.Automation.ParameterBindingException"
    return ["error", {"output": "", "message": "no such", "exception": {"type": kind}, "position": position}]


def test_a_script_whose_parameters_could_not_be_bound_did_not_run() -> None:
    ours = "At line:99 char:9\n+         . $__pssessionBlock @__pssessionPositional\n+ ~~~"
    found = result(binding_error(ours), outcome(input=False))
    assert (found["failed"], found["msg"], found["rc"], found["changed"]) == (True, "no such", 1, False)
    # Other objects of the input may have fitted.
    assert result(binding_error(ours), outcome(input=True))["changed"] is True
    for theirs in ("At line:2 char:1\n+ Get-It -No 1", None):
        assert result(binding_error(theirs), outcome())["failed"] is False


def test_a_script_that_was_cut_has_failed() -> None:
    error = ["error", {"output": "", "message": "oh", "exception": None, "position": None}]
    found = result(["output", 1], error, outcome(cut=True))
    assert (found["failed"], found["rc"], found["changed"]) == (True, 1, True)
    assert found["msg"] == "The pipeline ended with an error: oh"
    assert result(outcome(cut=True))["msg"] == "The pipeline ended with an error."
    assert result(error, outcome(cut=False))["failed"] is False


def test_output_that_is_too_large_is_a_failure() -> None:
    error = {"output": "", "message": "too large", "fully_qualified_error_id": TOO_LARGE}
    found = result(["error", error], outcome())
    assert (found["failed"], found["msg"], found["had_errors"]) == (True, "too large", True)


@pytest.mark.parametrize(
    ("code", "native", "failed", "rc"),
    [(0, None, False, 0), (3, None, True, 3), (0, 4, False, 4), (5, 4, True, 5), (-1, None, True, -1)],
)
def test_exit_with_another_code_than_0_is_a_failure(code: int, native: int | None, failed: bool, rc: int) -> None:
    found = result(["exit", code], outcome(rc=native))
    assert (found["failed"], found["rc"], "msg" in found) == (failed, rc, failed)


def test_a_native_commands_code_is_no_failure() -> None:
    found = result(outcome(rc=3))
    assert (found["failed"], found["rc"]) == (False, 3)


@pytest.mark.parametrize("identifier", ["ScriptsNotAllowed", "InvalidScriptBlockInDataSection"])
def test_a_session_without_a_language_says_what_to_use(identifier: str) -> None:
    error = {"output": "", "message": "no-language mode.", "fully_qualified_error_id": identifier}
    found = result(state="failed", error=error)
    assert "no-language mode. Use command with parameters" in found["msg"]


@pytest.mark.parametrize(
    ("identifier", "trace", "changed"),
    [
        ("CommandNotFoundException", None, False),
        ("NamedParameterNotFound,Microsoft.PowerShell.Commands.GetItemCommand", "", False),
        ("ScriptsNotAllowed", None, False),
        # The command is a function, and calls one that is not there.
        ("CommandNotFoundException", "at f, <No file>: line 1", True),
        ("PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand", None, True),
    ],
)
def test_a_command_that_did_not_begin_changed_nothing(identifier: str, trace: str | None, changed: bool) -> None:
    error = {"output": "", "message": "m", "fully_qualified_error_id": identifier, "script_stack_trace": trace}
    found = result(state="failed", error=error)
    assert (found["failed"], found["changed"]) == (True, changed)


def test_a_stopped_pipeline_failed() -> None:
    found = result(state="stopped")
    assert (found["failed"], found["changed"]) == (True, True)
    assert found["msg"] == "The pipeline was stopped before it ended."


def test_a_skipped_script_changed_nothing() -> None:
    found = result(outcome(changed=False, skipped="skipped, running in check mode"))
    assert (found["skipped"], found["changed"], found["msg"]) == (True, False, "skipped, running in check mode")


def test_a_command_without_an_outcome_changed_something() -> None:
    assert result(["output", 1])["changed"] is True


def test_stderr_has_the_line_ends_of_psrp_in_each_version_of_core() -> None:
    records = Collected()
    records.add([["error", {"text": "a\r\n"}], ["error", {"text": "b\r\n"}]])
    finished = Finished("completed", dict(SESSION))
    assert command_result(records, finished, 0)[2] == b"a\r\nb\r\n"
    assert command_result(records, finished, 0, errors_end_lines=False)[2] == b"a\r\nb"
    records.add([["host_err", "c"]])
    assert command_result(records, finished, 0)[2] == b"a\r\nb\r\nc"
    assert command_result(records, finished, 0, errors_end_lines=False)[2] == b"a\r\nb\r\nc"


def test_a_command_whose_output_is_not_whole_failed() -> None:
    records = Collected()
    records.add([["output", "a"], ["error", {"text": "b\r\n", "fully_qualified_error_id": TOO_LARGE}]])
    assert command_result(records, Finished("completed", dict(SESSION)), 0) == (1, b"a", b"b\r\n")
