# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded engine does what ansible-core's manifests ask (test process)."""

from __future__ import annotations

import base64
import collections.abc
import dataclasses
import hashlib
import json
import pathlib
import time
import typing

import psrpcore
import pytest
from psrpcore.types import PSInvocationState

from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine import payloads
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, script

Framing = collections.abc.Callable[..., list[str]]


@dataclasses.dataclass
class Ran:
    """What came of one task."""

    outputs: list[typing.Any]
    exit_codes: list[int]
    state: PSInvocationState
    reason: str

    @property
    def result(self) -> dict[str, typing.Any]:
        (text,) = self.outputs
        loaded: dict[str, typing.Any] = json.loads(text)
        return loaded


class Runner:
    """Sends payloads to one session."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self.client = EngineClient(EmbeddedEngine())

    def task(self, module: str | None = None, **options: typing.Any) -> Ran:
        arguments = options.pop("arguments", None)
        return self.send(self._framing(module, arguments, **options))

    def send(self, objects: list[str]) -> Ran:
        events = self.client.run_events(script("throw 'the bootstrap was interpreted'"), input=objects)
        calls = [event for event in events if isinstance(event, psrpcore.PipelineHostCallEvent)]
        return Ran(
            [event.data for event in events if isinstance(event, psrpcore.PipelineOutputEvent)],
            [call.method_parameters[0] for call in calls],
            events[-1].state,
            str(events[-1].reason),
        )

    def evaluate(self, text: str) -> list[typing.Any]:
        events = self.client.run_events(script(text))
        return [event.data for event in events if isinstance(event, psrpcore.PipelineOutputEvent)]


@pytest.fixture(params=[payloads.one_string, payloads.lines], ids=["2.16-2.18", "2.19-2.21"])
def runner(request: pytest.FixtureRequest) -> collections.abc.Iterator[Runner]:
    opened = Runner(request.param)
    yield opened
    opened.client.close()


def test_win_ping_answers_pong(runner: Runner) -> None:
    ran = runner.task("ansible.windows.win_ping")
    assert ran.result == {"changed": False, "ping": "pong", "invocation": {"module_args": {"data": "pong"}}}
    assert ran.exit_codes == [0]
    assert ran.state == PSInvocationState.Completed


def test_win_ping_answers_what_it_is_given(runner: Runner) -> None:
    assert runner.task("win_ping", arguments={"data": "hey"}).result["ping"] == "hey"


def test_win_ping_crashes_when_it_is_told_to(runner: Runner) -> None:
    ran = runner.task("ansible.windows.win_ping", arguments={"data": "crash"})
    assert ran.result["failed"] is True
    assert ran.result["msg"] == "Unhandled exception while executing module: boom"
    assert ran.exit_codes == [1]


def test_the_invocation_is_left_out_where_core_says_so(runner: Runner) -> None:
    ran = runner.task("ansible.windows.win_ping", arguments={"_ansible_inject_invocation": False})
    assert "invocation" not in ran.result


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"path": "/x", "nope": 1},
            "Unsupported parameters for (ansible.windows.win_stat) module: nope. Supported parameters include: "
            "path, get_checksum, get_size, checksum_algorithm, follow, dest, name",
        ),
        ({}, "missing required arguments: path"),
        (
            {"path": "/x", "checksum_algorithm": "crc"},
            "value of checksum_algorithm must be one of: md5, sha1, sha256, sha384, sha512. Got no match for: crc",
        ),
        (
            {"path": "/x", "follow": "perhaps"},
            "argument for follow is of type System.String and we were unable to convert to bool: The value 'perhaps' "
            "is not a valid boolean. Valid booleans include: y, yes, on, 1, true, t, 1.0, n, no, off, 0, false, f, 0.0",
        ),
    ],
)
def test_bad_arguments_are_refused_as_the_module_refuses_them(
    runner: Runner, arguments: dict[str, typing.Any], message: str
) -> None:
    ran = runner.task("ansible.windows.win_stat", arguments=arguments)
    assert ran.result["failed"] is True
    assert ran.result["changed"] is False
    assert ran.result["msg"] == message
    assert ran.exit_codes == [1]


def test_win_stat_tells_about_a_file(runner: Runner, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(b"some text")
    facts = runner.task("ansible.windows.win_stat", arguments={"dest": str(file)}).result["stat"]
    assert facts["exists"] is True
    assert (facts["isreg"], facts["isdir"], facts["islnk"]) == (True, False, False)
    assert (facts["size"], facts["extension"], facts["filename"]) == (9, ".txt", "notes.txt")
    assert facts["checksum"] == hashlib.sha1(b"some text", usedforsecurity=False).hexdigest()
    assert facts["lastwritetime"] == file.stat().st_mtime


def test_win_stat_tells_about_a_folder(runner: Runner, tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    facts = runner.task("ansible.windows.win_stat", arguments={"path": str(tmp_path)}).result["stat"]
    assert (facts["exists"], facts["isdir"], facts["isreg"], facts["size"]) == (True, True, False, 5)
    assert "checksum" not in facts


def test_win_stat_follows_links_only_when_asked(runner: Runner, tmp_path: pathlib.Path) -> None:
    (tmp_path / "target").write_bytes(b"1")
    (tmp_path / "link").symlink_to("target")
    arguments = {"path": str(tmp_path / "link")}
    seen = runner.task("ansible.windows.win_stat", arguments=arguments).result["stat"]
    followed = runner.task("ansible.windows.win_stat", arguments={**arguments, "follow": True}).result["stat"]
    assert (seen["islnk"], seen["lnk_target"]) == (True, "target")
    assert (followed["islnk"], followed["filename"]) == (False, "target")


def test_win_stat_of_nothing(runner: Runner, tmp_path: pathlib.Path) -> None:
    ran = runner.task("ansible.windows.win_stat", arguments={"path": str(tmp_path / "none")})
    assert ran.result["stat"] == {"exists": False}


@pytest.mark.parametrize("name", ["slurp", "ansible.builtin.slurp", "ansible.windows.slurp"])
def test_slurp_reads_a_file(runner: Runner, tmp_path: pathlib.Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"\0\xff")
    ran = runner.task(name, arguments={"src": str(tmp_path / "file")})
    assert ran.result == {"changed": False, "content": base64.b64encode(b"\0\xff").decode(), "encoding": "base64"}


def test_slurp_refuses_what_is_no_file(runner: Runner, tmp_path: pathlib.Path) -> None:
    folder = runner.task("slurp", arguments={"src": str(tmp_path)}).result
    nothing = runner.task("slurp", arguments={"path": str(tmp_path / "none")}).result
    without = runner.task("slurp").result
    assert (folder["failed"], folder["msg"]) == (True, f"Path {tmp_path} is a directory")
    assert (nothing["failed"], nothing["msg"]) == (True, f"Path {tmp_path / 'none'} is not found")
    assert (without["failed"], without["msg"]) == (True, "Get-AnsibleParam: Missing required argument: src")


def test_the_environment_is_set_for_the_task_and_stays_in_the_process(runner: Runner, tmp_path: pathlib.Path) -> None:
    (tmp_path / "there").touch()
    arguments = {"path": "%PLACE%\\there"}
    ran = runner.task("ansible.windows.win_stat", arguments=arguments, environment={"PLACE": str(tmp_path)})
    assert ran.result["stat"]["exists"] is True
    assert runner.evaluate("$env:PLACE") == [str(tmp_path)]


def test_an_unknown_module_is_refused_by_name(runner: Runner) -> None:
    ran = runner.task("ansible.windows.win_copy")
    assert ran.result["failed"] is True
    assert "ansible.windows.win_copy" in ran.result["msg"]
    assert "win_ping" in ran.result["msg"]
    assert ran.exit_codes == [1]


def test_a_newer_powershell_than_there_is_cannot_be_had(runner: Runner) -> None:
    ran = runner.task("ansible.windows.win_ping", min_powershell="8.0")
    assert ran.result["failed"] is True
    assert "requires a minimum PowerShell version of 8.0" in ran.result["msg"]
    assert runner.task("ansible.windows.win_ping", min_powershell="5.1").result["ping"] == "pong"


def _wait_for_job(runner: Runner, directory: pathlib.Path, job_id: str) -> dict[str, typing.Any]:
    arguments = {"jid": job_id, "mode": "status", "_async_dir": str(directory)}
    for _attempt in range(500):
        status = runner.task("ansible.legacy.async_status", arguments=arguments).result
        if status["finished"]:
            return status
        time.sleep(0.02)
    pytest.fail("the job never finished")


def test_an_async_task_runs_on_and_its_result_is_fetched_once(runner: Runner, tmp_path: pathlib.Path) -> None:
    directory = tmp_path / "jobs"
    started = runner.task("ansible.windows.win_ping", async_job=(str(directory), "j77", 30)).result
    assert (started["started"], started["finished"]) == (True, False)
    assert started["ansible_job_id"].startswith("j77.")
    assert started["results_file"] == str(directory / started["ansible_job_id"])
    status = _wait_for_job(runner, directory, started["ansible_job_id"])
    assert (status["ping"], status["changed"]) == ("pong", False)
    arguments = {"jid": started["ansible_job_id"], "mode": "cleanup", "_async_dir": str(directory)}
    assert runner.task("async_status", arguments=arguments).result["erased"] == started["results_file"]
    assert list(directory.iterdir()) == []
    gone = runner.task("async_status", arguments=arguments).result
    assert (gone["failed"], gone["msg"]) == (True, f"could not find job at '{directory}'")


def test_an_async_task_that_takes_too_long_is_given_up(runner: Runner, tmp_path: pathlib.Path) -> None:
    job = (str(tmp_path), "j78", 0.05)
    arguments = {"script": "Start-Sleep -Seconds 3600"}
    started = runner.task("ansible.windows.win_powershell", arguments=arguments, async_job=job).result
    status = _wait_for_job(runner, tmp_path, started["ansible_job_id"])
    assert (status["failed"], status["msg"]) == (True, "timed out waiting for module completion")


def test_a_users_script_is_interpreted_and_its_output_is_one_text(runner: Runner) -> None:
    ran = runner.task(script="'one'; Write-Host 'two'; 3")
    assert ran.outputs == ["one\r\ntwo\r\n3"]
    assert ran.state == PSInvocationState.Completed


def test_a_users_script_leaves_nothing_in_the_session(runner: Runner) -> None:
    runner.task(script="$Global:left = 1; function Global:Get-Left { 1 }")
    assert runner.evaluate("$null -eq $left; $null -eq (Get-Command Get-Left -ErrorAction SilentlyContinue)") == [
        True,
        True,
    ]


def test_the_status_of_a_users_script_is_that_of_its_last_program(runner: Runner) -> None:
    ran = runner.task(script="/bin/sh -c 'exit 4'")
    assert ran.exit_codes == [4]


def test_a_become_user_is_who_the_script_sees(runner: Runner) -> None:
    assert runner.task(script="$env:USERNAME", become_user="bob").outputs == ["bob"]


@pytest.fixture
def lines_runner() -> collections.abc.Iterator[Runner]:
    opened = Runner(payloads.lines)
    yield opened
    opened.client.close()


def test_a_script_of_core_is_interpreted_with_its_parameters(lines_runner: Runner) -> None:
    text = '[CmdletBinding()] param([string]$First, [int]$Second) "$First/$($Second + 1)"'
    ran = lines_runner.send(payloads.action("join.ps1", text, {"First": "a", "Second": 2}))
    assert ran.outputs == ["a/3"]


def test_a_script_of_core_gets_the_input_that_follows(lines_runner: Runner) -> None:
    text = 'param([Parameter(ValueFromPipeline)][string]$InputObject) process { "<$InputObject>" }'
    ran = lines_runner.send([*payloads.action("each.ps1", text, {}, has_input=True), "a", "b"])
    assert ran.outputs == ["<a>", "<b>"]


def test_an_error_in_a_script_of_core_is_a_failure_as_json(lines_runner: Runner) -> None:
    ran = lines_runner.send(payloads.action("fail.ps1", "Write-Error 'no such thing'; 'not reached'", {}))
    assert ran.result["failed"] is True
    assert ran.result["msg"] == "failure during exec_wrapper: no such thing"
    assert ran.exit_codes == [1]


def test_input_that_only_looks_like_a_manifest_goes_to_the_script(lines_runner: Runner) -> None:
    near = [
        [f"text{payloads.SEPARATOR}text"],
        [f'text{payloads.SEPARATOR}{{"actions": []}}'],
        ['{"name": 1, "script": 2, "params": 3}', "next"],
        ['{"name": 1}', payloads.SEPARATOR, "{}"],
    ]
    for objects in near:
        events = lines_runner.client.run_events(script("$input"), input=objects)
        outputs = [event.data for event in events if isinstance(event, psrpcore.PipelineOutputEvent)]
        assert outputs == objects


def test_a_manifest_with_an_action_that_nobody_knows_fails(lines_runner: Runner) -> None:
    actions = [{"name": "novel_wrapper.ps1", "params": {}}, {"name": "module_wrapper.ps1", "params": {}}]
    ran = lines_runner.send(payloads.manifest_lines(actions, {}, None))
    assert ran.state == PSInvocationState.Failed
    assert "novel_wrapper.ps1" in ran.reason
