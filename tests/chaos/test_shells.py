# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that vanish or turn Disconnected on the server, between two tasks or while something runs."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.tests.chaos.plays import (
    FIND,
    LEAVE,
    UNREACHABLE,
    Order,
    Stage,
    fault,
    invoke,
    invoked,
    raw,
    started,
)

SCRIPT = "'worked'"
RESTART: Order = ("restart", {})


@pytest.mark.parametrize(
    "order",
    [fault("shell-gone", "Command"), RESTART, ("advance", {"seconds": 400})],
    ids=["removed", "restarted", "expired"],
)
def test_session_that_vanished_between_tasks_is_recreated(stage: Stage, order: Order) -> None:
    with stage.counting() as counts:
        played = stage.play([LEAVE, invoke("work", SCRIPT, order), FIND])
    work = played.row("work")
    assert work.result["output"] == ["worked"]
    assert work.result["session"]["recreated"] is True
    assert work.result["session"]["reconnected"] is False
    assert played.row("find").status == "ok"
    assert not played.kept
    assert invoked(counts) == 1
    assert counts["shells_created"] == 2


@pytest.mark.parametrize("kind", ["shell-gone", "restart"])
def test_session_that_vanishes_while_a_command_runs(stage: Stage, kind: str) -> None:
    with stage.counting() as counts:
        work = raw("work", SCRIPT, fault(kind, "Receive"), ignore_unreachable=True)
        played = stage.play([LEAVE, work, FIND])
    assert played.row("work").status == "unreachable"
    assert "outcome is unknown" in played.row("work").message
    assert "not started again" in played.row("work").message
    assert started(counts, SCRIPT) == 1
    assert played.row("find").status == "ok"
    assert not played.kept
    assert counts["shells_created"] == 2


@pytest.mark.parametrize("action", ["Command", "Receive", "Signal"])
def test_session_that_turned_disconnected_is_reconnected(stage: Stage, action: str) -> None:
    with stage.counting() as counts:
        played = stage.play([LEAVE, invoke("work", SCRIPT, fault("disconnect-idle", action)), FIND])
    work = played.row("work")
    assert work.result["output"] == ["worked"]
    assert work.result["session"]["recreated"] is False
    if action != "Signal":  # that comes after the task's end
        assert work.result["session"]["reconnected"] is True
    assert played.kept
    assert invoked(counts) == 1
    assert counts["action.Create"] == counts["action.Reconnect"] == 1


def test_server_that_disconnects_idle_sessions(stage: Stage) -> None:
    stage.endpoint.manner("idle_disconnect", 60)
    with stage.counting() as counts:
        played = stage.play([LEAVE, raw("work", SCRIPT, ("advance", {"seconds": 70})), FIND])
    assert played.statuses == {"leave": "ok", "work": "ok", "find": "ok"}
    assert played.kept
    assert started(counts, SCRIPT) == 1
    assert counts["action.Create"] == counts["action.Reconnect"] == 1


@pytest.mark.parametrize(
    "order", [("advance", {"seconds": 150}), fault("http-400", "Command")], ids=["closed", "http-400"]
)
def test_connection_that_the_server_gave_up_while_idle(stage: Stage, order: Order) -> None:
    with stage.counting() as counts:
        played = stage.play([LEAVE, raw("work", SCRIPT, order), FIND])
    assert played.statuses == {"leave": "ok", "work": "ok", "find": "ok"}
    assert played.kept
    assert started(counts, SCRIPT) == 1
    assert counts["action.Create"] == 1


def test_session_that_cannot_be_recreated(stage: Stage) -> None:
    full = fault("quota", "Create", times=0, quota="max_shells_per_user")
    with stage.counting() as counts:
        played = stage.play([LEAVE, raw("work", SCRIPT, RESTART, full)])
        stage.endpoint.call("clear")
    assert played.outcome.code == UNREACHABLE or played.row("work").status == "failed"
    assert "maximum number of" in played.row("work").message
    assert started(counts, SCRIPT) == 0
