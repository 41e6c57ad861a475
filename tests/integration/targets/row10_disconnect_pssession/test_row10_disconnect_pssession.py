# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disconnect-PSSession: a session is left on its server with its state, its idle timeout and what runs in it."""

from __future__ import annotations

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, module, running
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for

#: Requests that disconnecting a known session may take.
MOST = 3
WORK = {"name": "Work"}


def test_disconnect(stage: Stage, endpoint: EndpointProcess) -> None:
    changed = {"idle_timeout": 600, "output_buffering_mode": "Drop"}
    played = stage.play(
        [
            module("make", "pssession", {"name": ["Work", "Other"]}),
            module("leave", "pssession_invoke", {**WORK, "script": "$left = 'kept'"}),
            module("implicit", "pssession_invoke", {"script": "$own = 'own'"}),
            module("predict", "pssession_disconnect", WORK, check_mode=True),
            module("disconnect", "pssession_disconnect", {**WORK, **changed}, diff=True),
            module("again", "pssession_disconnect", WORK),
            module("listed", "pssession_info", {"scope": "computer"}),
            module("own", "pssession_disconnect", {}),
            module("use", "pssession_invoke", {**WORK, "script": "$left"}),
            module("use_own", "pssession_invoke", {"script": "$own"}),
            module("several", "pssession_disconnect", {"name": ["Work", "nobody", "Other"]}, ignore_errors=True),
            module("wildcard", "pssession_disconnect", {"name": "*"}),
            module("remove", "pssession", {"name": "*", "state": "absent"}),
        ]
    )
    assert played.row("predict").result["changed"]
    assert played.row("predict").asked == {}
    disconnected = played.row("disconnect")
    assert disconnected.result["changed"]
    assert sum(disconnected.requests.values()) <= MOST, disconnected.requests
    session = disconnected.result["session"]
    assert (session["state"], session["availability"], session["idle_timeout"]) == ("Disconnected", "None", 600)
    assert "Disconnected" in disconnected.result["diff"]["after"]
    again = played.row("again")
    assert (again.result["changed"], again.asked) == (False, {})
    (listed,) = (row for row in played.row("listed").result["sessions"] if row["name"] == "Work")
    assert (listed["state"], listed["idle_timeout"], listed["output_buffering_mode"]) == ("Disconnected", 600, "Drop")

    assert played.row("own").result["session"]["state"] == "Disconnected"
    assert played.row("use").result["output"] == ["kept"]
    assert played.row("use").result["session"]["state"] == "Opened"
    assert played.row("use_own").result["output"] == ["own"]
    several = played.row("several")
    assert several.status == "failed"
    assert "nobody" in several.message
    states = [row["session"].get("state") for row in several.result["results"] if not row.get("failed")]
    assert states == ["Disconnected", "Disconnected"]
    changes = {row["session"]["name"]: row["changed"] for row in played.row("wildcard").result["results"]}
    assert (changes.pop("Work"), changes.pop("Other"), list(changes.values())) == (False, False, [True])


def test_idle_timeout_over_the_server_s_maximum(stage: Stage, endpoint: EndpointProcess) -> None:
    endpoint.quota("max_idle_timeout_ms", 900_000)
    endpoint.quota("idle_timeout_ms", 900_000)
    played = stage.play(
        [
            module("make", "pssession", {**WORK, "idle_timeout": 901}, ignore_errors=True),
            module("make_shorter", "pssession", WORK),
            module("disconnect", "pssession_disconnect", {**WORK, "idle_timeout": 901}, ignore_errors=True),
            module("use", "pssession_invoke", {**WORK, "script": "'still connected'"}),
            module("most", "pssession_disconnect", {**WORK, "idle_timeout": 900}),
            module("expired", "pssession_connect", WORK, ("advance", {"seconds": 901}), ignore_errors=True),
            module("made_anew", "pssession", WORK),
            module("remove", "pssession", {**WORK, "state": "absent"}),
        ]
    )
    for name in ("make", "disconnect"):
        row = played.row(name)
        assert row.status == "failed"
        assert [word for word in ("idle_timeout", "901", "900") if word not in row.message] == [], row.message
    assert played.row("disconnect").asked == {}
    assert played.row("use").result["output"] == ["still connected"]
    assert played.row("most").result["session"]["idle_timeout"] == 900
    expired = played.row("expired")
    assert expired.status == "failed"
    assert [word for word in ("Work", "Broken", "state=present") if word not in expired.message] == [], expired.message
    assert played.row("made_anew").result["session"]["recreated"]


def test_busy_session(stage: Stage, endpoint: EndpointProcess) -> None:
    gate = stage.workspace.scratch / "gate"
    wait = f"while (-not (Test-Path -LiteralPath '{gate}')) {{ Start-Sleep -Milliseconds 50 }}; 'done'"
    busy = {"ansible_pssession_busy_timeout": 1}
    first = stage.start(
        [
            module("make", "pssession", WORK),
            module("slow", "pssession_invoke", {**WORK, "script": wait}),
            module("remove", "pssession", {**WORK, "state": "absent"}),
        ]
    )
    wait_for("the script to run", lambda: running(endpoint))
    second = stage.play(
        [
            module("disconnect", "pssession_disconnect", WORK, ignore_errors=True),
            module("invoke", "pssession_invoke", {**WORK, "script": "'never'"}, ignore_errors=True),
            module("receive", "pssession_receive", WORK, ignore_errors=True),
            module("remove", "pssession", {**WORK, "state": "absent"}, ignore_errors=True),
            module("listed", "pssession_info", WORK),
        ],
        vars=busy,
    )
    gate.touch()
    finished = stage.finish(*first)
    for name in ("disconnect", "invoke", "receive", "remove"):
        row = second.row(name)
        assert row.status == "failed"
        assert [word for word in ("Work", "Id") if word not in row.message] == [], row.message
        assert "busy" in row.message.lower(), row.message
    assert second.row("listed").result["sessions"][0]["availability"] == "Busy"
    assert finished.row("slow").result["output"] == ["done"]
    assert finished.row("remove").result["changed"]
