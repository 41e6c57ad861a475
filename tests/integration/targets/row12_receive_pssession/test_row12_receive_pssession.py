# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receive-PSSession: commands go on while their session is disconnected, and what they wrote is fetched once."""

from __future__ import annotations

import pathlib
import typing

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.native import NativeClient
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, Task, module, running
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

#: Requests that receiving from a known session may take, further Receives aside; and finding it first.
MOST, FINDING = 3, 3
NIGHT = {"name": "night"}
REMOVE = module("remove", "pssession", {"name": "*", "scope": "computer", "state": "absent", "force": True})

#: Who finds the session busy waits no longer than a second.
IMPATIENT = {"ansible_pssession_busy_timeout": 1}


def _left(name: str, script: str, session_name: str = "night", **options: typing.Any) -> Task:
    """Starts a script in a new session and leaves it to itself."""
    given = {"script": script, "in_disconnected_session": True, "session_name": session_name, **options}
    return module(name, "pssession_invoke", given)


def _gated(gate: pathlib.Path, rest: str = "") -> str:
    """A script that writes something, and the rest only when the gate is open."""
    wait = f"while (-not (Test-Path -LiteralPath '{gate}')) {{ Start-Sleep -Milliseconds 50 }}"
    return f"'before'; {wait}; 'after'; {rest}"


def _costs(requests: dict[str, int]) -> int:
    """Requests but for further Receives."""
    return sum(requests.values()) - max(0, requests.get("Receive", 0) - 1)


def test_receive_while_it_runs_and_twice(stage: Stage, endpoint: EndpointProcess) -> None:
    gate = stage.workspace.scratch / "gate"
    outcome = "$Ansible.Changed = $false; $Ansible.Result = @{ answer = 42 }; Write-Warning -Message 'careful'"
    played = stage.play(
        [
            _left("left", _gated(gate, outcome)),
            module("listed", "pssession_info", {"name": "night"}),
            module("not_yet", "pssession_receive", {**NIGHT, "wait": False}),
            module("checked", "pssession_receive", NIGHT, check_mode=True),
            module("a_moment", "pssession_receive", {**NIGHT, "timeout": 1}),
            module("busy", "pssession_invoke", {**NIGHT, "script": "'never'"}, ignore_errors=True, vars=IMPATIENT),
            module("open_gate", "pssession_invoke", {"script": f"Set-Content -LiteralPath '{gate}' -Value 'open'"}),
            module("rest", "pssession_receive", NIGHT),
            module("twice", "pssession_receive", NIGHT),
            module("use", "pssession_invoke", {**NIGHT, "script": "'usable'"}),
            REMOVE,
        ]
    )
    left = played.row("left").result
    assert (left["state"], left["changed"], left["session"]["state"]) == ("running", True, "Disconnected")
    assert left["session"]["idle_timeout"] == 86400
    assert played.row("listed").result["sessions"][0]["state"] == "Disconnected"
    not_yet = played.row("not_yet")
    assert (not_yet.result["state"], not_yet.result["output"], not_yet.result["changed"]) == ("running", [], False)
    assert _costs(not_yet.requests) <= MOST + 1, not_yet.requests
    assert played.row("checked").status == "skipped"
    a_moment = played.row("a_moment").result
    assert (a_moment["state"], a_moment["output"]) == ("running", ["before"])
    assert a_moment["session"]["state"] == "Disconnected"
    busy = played.row("busy")
    assert busy.status == "failed"
    assert [word for word in ("night", "Busy", "pssession_receive") if word not in busy.message] == [], busy.message
    rest = played.row("rest")
    assert (rest.result["state"], rest.result["output"]) == ("completed", ["after"])
    assert (rest.result["changed"], rest.result["result"]) == (False, {"answer": 42})
    assert rest.result["warning"] == ["careful"]
    assert _costs(rest.requests) <= MOST, rest.requests
    twice = played.row("twice").result
    assert (twice["state"], twice["output"], twice["warning"]) == ("completed", [], [])
    assert played.row("use").result["output"] == ["usable"]


def test_receive_in_another_job(stage: Stage, elsewhere: Workspace, endpoint: EndpointProcess) -> None:
    """The job that started the work is gone, with its broker; what ended meanwhile is there, also what failed."""
    first = stage.play(
        [
            _left("good", "1..3; $Ansible.Changed = $false"),
            _left("bad", "'before'; throw 'no way'", "bad"),
            _left("far", "'far'", "far"),
            module("plain", "pssession", {"name": "idle"}),
            module("leave", "pssession_disconnect", {"name": "idle"}),
        ]
    )
    assert first.outcome.code == 0
    assert stage.workspace.stop_brokers() == []
    wait_for("the work to end", lambda: not running(endpoint))
    by_new_broker = stage.play(
        [
            module("received", "pssession_receive", NIGHT),
            module("failed", "pssession_receive", {"name": "bad"}, ignore_errors=True),
            module("nothing", "pssession_receive", {"name": "idle"}),
            module("twice", "pssession_receive", NIGHT),
            module("done", "pssession_receive", {**NIGHT, "remove": True}),
            module("leave", "pssession_disconnect", {"name": "bad"}),
        ]
    )
    by_another_controller = Stage(elsewhere, endpoint).play(
        [
            module("received", "pssession_receive", {"name": "far"}),
            module("delivered", "pssession_receive", {"name": "bad"}),
            REMOVE,
        ]
    )
    for played, expected in ((by_new_broker, [1, 2, 3]), (by_another_controller, ["far"])):
        received = played.row("received")
        assert (received.result["state"], received.result["output"]) == ("completed", expected)
        assert _costs(received.requests) <= MOST + FINDING, received.requests
    assert by_new_broker.row("received").result["changed"] is False
    failed = by_new_broker.row("failed")
    assert failed.status == "failed"
    assert (failed.result["state"], failed.result["output"]) == ("failed", ["before"])
    assert "no way" in failed.message
    assert failed.result["error"][-1]["exception"]["message"] == "no way"
    nothing = by_new_broker.row("nothing")
    assert (nothing.status, nothing.result["state"], nothing.result["output"]) == ("ok", "none", [])
    assert by_new_broker.row("twice").result["output"] == []
    assert by_another_controller.row("delivered").result["output"] == []


def test_several_never_mix_and_a_session_is_removed(stage: Stage, endpoint: EndpointProcess) -> None:
    names = [f"n{number}" for number in range(6)]
    played = stage.play(
        [
            *(_left(name, f"foreach ($i in 1..200) {{ '{name}' }}", name) for name in names),
            *(module(f"{name}_got", "pssession_receive", {"name": name, "remove": True}) for name in reversed(names)),
        ]
    )
    for name in names:
        got = played.row(f"{name}_got").result
        assert (got["state"], got["output"]) == ("completed", [name] * 200)
        assert got["session"]["state"] == "Closed"
    assert endpoint.shells() == []


def test_output_that_the_server_dropped_is_told(stage: Stage, endpoint: EndpointProcess) -> None:
    endpoint.manner("output_buffer", 64 * 1024)
    lines, mark = 4000, stage.workspace.scratch / "mark"
    wait = f"while (-not (Test-Path -LiteralPath '{mark}')) {{ Start-Sleep -Milliseconds 50 }}"
    script = f"foreach ($i in 1..{lines}) {{ 'line ' + $i + 'x' * 100 }}; $Ansible.Result = 'the end'"
    played = stage.play(
        [
            _left("left", f"{script}; Set-Content -LiteralPath '{mark}' -Value 'written'"),
            module("written", "pssession_invoke", {"script": wait}),
            module("got", "pssession_receive", {**NIGHT, "remove": True}),
        ]
    )
    got = played.row("got").result
    assert got["state"] == "completed"
    assert got["output_truncated"] is True
    assert 0 < len(got["output"]) < lines
    assert got["output"][-1].startswith(f"line {lines}x")
    assert got["result"] == "the end"


def test_what_a_native_client_left(stage: Stage, endpoint: EndpointProcess) -> None:
    with NativeClient(endpoint) as native:
        native.open()
        native.begin("'native'; 5 + 5")
        native.disconnect()
        by_id = {"instance_id": native.instance_id}
        played = stage.play(
            [
                module("got", "pssession_receive", by_id),
                module("remove", "pssession", {**by_id, "state": "absent"}),
            ]
        )
        assert played.row("got").result["output"] == ["native", 10]
        assert played.row("got").result["state"] == "completed"
        assert endpoint.shells() == []
