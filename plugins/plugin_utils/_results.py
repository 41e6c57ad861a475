# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pipeline's records to what Ansible returns (ansible worker)."""

from __future__ import annotations

import json
import typing

from ._wire.messages import Finished

#: The tag of the information record with which invoke.ps1 says what became of ``$Ansible``.
OUTCOME_TAG = "remoting.powershell.outcome"
#: What a session in NoLanguage mode (JEA) says to a script, and one in RestrictedLanguage mode to that of ours.
_NO_LANGUAGE = ("ScriptsNotAllowed", "InvalidScriptBlockInDataSection")
#: The first part of the ids of errors that end a pipeline before its command, or its script, has begun.
_BEFORE_ALL = frozenset(
    (
        "AmbiguousParameter",
        "CommandNotFoundException",
        "MissingMandatoryParameter",
        "NamedParameterNotFound",
        "ParameterAlreadyBound",
        "PositionalParameterNotFound",
        "ScriptsNotAllowed",
    )
)
#: What the names of invoke.ps1's own variables begin with.
OUR_VARIABLES = "$__pssession"
#: Bytes of what the broker sends of one pipeline's output, as JSON. Ansible keeps a result several times over, here and
#: in the process of the playbook.
MAX_OUTPUT = 256 * 1024 * 1024
#: The id of the error that stands for an output object which is too large to convert (_psrp/streams.py).
TOO_LARGE = "remoting.powershell.OutputTooLarge"
#: Streams whose records are lists in a module's result.
_LISTS = ("output", "error", "warning", "verbose", "debug", "information")
_TEXTS = ("host_out", "host_err")
#: What a result has of an error record.
_ERROR_FIELDS = (
    "output",
    "exception",
    "category_info",
    "error_details",
    "fully_qualified_error_id",
    "target_object",
    "script_stack_trace",
    "pipeline_iteration_info",
)
#: The states of a pipeline that has ended; a disconnected one may be running, or none at all.
_ENDED = ("completed", "failed", "stopped")


class Collected:
    """Everything that a pipeline wrote, by stream."""

    def __init__(self) -> None:
        self._entries: dict[str, list[typing.Any]] = {}

    def add(self, entries: list[typing.Any], body: bytes = b"") -> None:
        """Takes the entries of one `Records` message."""
        for stream, value in entries:
            self._entries.setdefault(stream, []).append(value)

    def __getitem__(self, stream: str) -> list[typing.Any]:
        return self._entries.get(stream, [])

    def __bool__(self) -> bool:
        return bool(self._entries)

    def errors(self, finished: Finished) -> list[dict[str, typing.Any]]:
        """The error records, and last the one that ended the pipeline, if one did."""
        return [*self["error"], finished.error] if finished.error is not None else self["error"]

    def exit_code(self, finished: Finished) -> int:
        """What the script gave to ``exit``; without that 1 for a pipeline that did not complete, else 0."""
        code = self["exit"][-1] if self["exit"] else 0
        return code or int(finished.state != "completed")


def command_result(
    records: Collected, finished: Finished, verbosity: int, errors_end_lines: bool = True
) -> tuple[int, bytes, bytes]:
    """Exit code, stdout and stderr as ansible.builtin.psrp makes them of a pipeline with output `strings`.

    Args:
        records: What the pipeline wrote.
        finished: How it ended.
        verbosity: Ansible's; from 3 on errors have their stack trace.
        errors_end_lines: See Dialect.
    """
    stdout = "\r\n".join([*records["output"], *records["host_out"]])
    text = "text_with_stack" if verbosity >= 3 else "text"
    errors = [error[text] for error in records.errors(finished)]
    if errors_end_lines:
        stderr = "".join([*errors, *records["host_err"]])
    else:
        stderr = "\r\n".join([*(error.removesuffix("\r\n") for error in errors), *records["host_err"]])
    lacks = any(error.get("fully_qualified_error_id") == TOO_LARGE for error in records.errors(finished))
    return (
        records.exit_code(finished) or int(lacks),
        stdout.encode("utf-8", "surrogateescape"),
        stderr.encode("utf-8", "surrogateescape"),
    )


def module_result(records: Collected, finished: Finished) -> dict[str, typing.Any]:
    """The result of pssession_invoke, of a pipeline with output `objects`."""
    result, outcome = _streams(records, finished)
    ended_badly = finished.state != "completed"
    code = records.exit_code(finished)
    unbound = [error for error in records["error"] if _is_unbound(error)]
    too_large = [error for error in records["error"] if error.get("fully_qualified_error_id") == TOO_LARGE]
    fatal = [error["message"] for error in unbound + too_large]
    if outcome.get("cut") and not fatal:
        # The error that ended the script is the last of all, unless its preference is to write none.
        fatal = [_why(Finished("failed", {}, records["error"][-1] if records["error"] else None))]
    # Of several input objects some may have fitted.
    ran = not unbound or outcome.get("input", True)
    result.update(
        changed=ran and outcome.get("changed", not _has_not_begun(finished.error or {})),
        failed=outcome.get("failed", False) or code != 0 or bool(fatal),
        rc=code or outcome.get("rc") or int(bool(fatal)),
        had_errors=bool(result["error"]) or ended_badly,
    )
    if outcome.get("skipped"):
        result.update(skipped=True, msg=outcome["skipped"])
    if ended_badly:
        result["msg"] = _why(finished)
    elif code:
        result["msg"] = f"The script ended with exit code {code}."
    elif fatal:
        result["msg"] = fatal[0]
    elif result["failed"]:
        result["msg"] = "The script set $Ansible.Failed."
    return result


def received(records: Collected, finished: Finished) -> dict[str, typing.Any]:
    """The result of pssession_receive: before the end, and where all was delivered before, nothing was changed."""
    ended = finished.state in _ENDED
    if ended:
        result = module_result(records, finished)
        # What an earlier receive has delivered it has reported, too.
        result["changed"] = result["changed"] and bool(records)
    else:
        result, _outcome = _streams(records, finished)
        result.update(changed=False, failed=False, rc=None, had_errors=bool(result["error"]))
    result.update(state=finished.state, output_truncated=finished.truncated)
    return result


def _streams(records: Collected, finished: Finished) -> tuple[dict[str, typing.Any], dict[str, typing.Any]]:
    """What a pipeline wrote, by field, and what became of ``$Ansible``."""
    result: dict[str, typing.Any] = {name: list(records[name]) for name in _LISTS}
    result.update({name: "".join(records[name]) for name in _TEXTS})
    outcome = _take_outcome(result["information"])
    result["error"] = [_error_row(error, of_a_script=bool(outcome)) for error in records.errors(finished)]
    result["output"] = [
        _error_row(value, of_a_script=bool(outcome)) if _is_error(value) else value for value in result["output"]
    ]
    result.update(result=outcome.get("result", {}), session=finished.session)
    if outcome.get("diff"):
        result["diff"] = _diff(outcome["diff"])
    return result, outcome


def _diff(value: typing.Any) -> typing.Any:
    """What ``$Ansible.Diff`` says as callbacks can show it: one dictionary or several, what they print being text."""
    if isinstance(value, list) and all(isinstance(part, dict) for part in value):
        return [_diff(part) for part in value]
    if not isinstance(value, dict):
        return {"prepared": _as_text(value)}
    shown = {name: value[name] for name in ("before", "after", "prepared") if name in value}
    for name, part in shown.items():
        if name == "prepared" or not (part is None or isinstance(part, dict)):
            shown[name] = _as_text(part)
    return {**value, **shown}


def _as_text(value: typing.Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=4, ensure_ascii=False)


def _take_outcome(information: list[typing.Any]) -> dict[str, typing.Any]:
    """What the last record of invoke.ps1 says; the record itself is ours and not for the user."""
    outcome: dict[str, typing.Any] = {}
    for record in [record for record in information if OUTCOME_TAG in record["tags"]]:
        information.remove(record)
        outcome = json.loads(record["message_data"])
    return outcome


def _is_error(value: typing.Any) -> bool:
    """Whether a value of the output is an error record (``2>&1``), by the fields that the broker gives those alone."""
    return isinstance(value, dict) and value.keys() == {*_ERROR_FIELDS, "message", "command_name", "position"}


def _error_row(error: dict[str, typing.Any], of_a_script: bool) -> dict[str, typing.Any]:
    """An error record with the fields that are documented, without what invoke.ps1 adds to those of a script."""
    row = {name: error.get(name) for name in _ERROR_FIELDS}
    position = error.get("position")
    if position and OUR_VARIABLES in position:
        # An error of the script's top level is placed where invoke.ps1 runs the script, which tells the user nothing.
        row["output"] = error["output"].replace(f"{position}\r\n", "", 1)
    trace = row["script_stack_trace"]
    if of_a_script and trace:
        # The outermost call is that of the script itself, by invoke.ps1.
        row["script_stack_trace"] = "\n".join(trace.splitlines()[:-1])
    return row


def _is_unbound(error: dict[str, typing.Any]) -> bool:
    """Whether a record that ended no pipeline means that parameters, or an input object, did not fit the script.

    PowerShell does not end a script where a statement cannot bind parameters; of invoke.ps1 it is the one that runs
    the user's script.
    """
    binding = str((error.get("exception") or {}).get("type")).startswith(
        "System.Management.Automation.ParameterBinding"
    )
    return binding and OUR_VARIABLES in (error.get("position") or "")


def _has_not_begun(error: dict[str, typing.Any]) -> bool:
    """Whether what ended a pipeline that said nothing of ``$Ansible`` came before all that could change something.

    A command that begins and then meets such an error itself has a place in the stack.
    """
    identifier = str(error.get("fully_qualified_error_id")).partition(",")[0]
    return identifier in _BEFORE_ALL and not error.get("script_stack_trace")


def _why(finished: Finished) -> str:
    if finished.state == "stopped":
        return "The pipeline was stopped before it ended."
    error = finished.error or {}
    message = error.get("message")
    if error.get("fully_qualified_error_id") in _NO_LANGUAGE:
        return (
            f"The session configuration takes no scripts: {message} Use command with parameters and arguments in the "
            "place of script or path."
        )
    return f"The pipeline ended with an error: {message}" if message else "The pipeline ended with an error."
