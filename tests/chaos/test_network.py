# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad network between: connections that are cut, swallowed, slow, and servers that are busy; outcomes stay honest."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.tests.chaos.plays import (
    FIND,
    LEAVE,
    PING,
    UNREACHABLE,
    Stage,
    fault,
    raw,
    started,
)
from ansible_collections.remoting.powershell.tests.endpoint.proxy import Conditions, Proxy
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for

SCRIPT = "'worked'"
SLOW = "Start-Sleep -Seconds 3; 'worked'"
#: Seconds; a lost answer is noticed soon.
IMPATIENT = {
    "ansible_pssession_connection_timeout": 2,
    "ansible_pssession_operation_timeout": 1,
    "ansible_pssession_read_timeout": 2,
}


@pytest.fixture
def proxy(stage: Stage) -> typing.Iterator[Proxy]:
    """The network to win1."""
    with Proxy(stage.endpoint.ready["addresses"]["win1"], stage.endpoint.ready["http_ports"]["win1"]) as between:
        yield between


def _through(proxy: Proxy, **more: object) -> dict[str, object]:
    return {"ansible_port": proxy.port, **more}


def test_connections_that_are_cut_while_a_command_runs(stage: Stage, proxy: Proxy) -> None:
    with stage.counting() as counts:
        process, record = stage.start([LEAVE, raw("work", SLOW), FIND], vars=_through(proxy))
        wait_for("the script to run", lambda: stage.runs(SLOW))
        assert proxy.cut()
        played = stage.finish(process, record)
    assert played.statuses == {"leave": "ok", "work": "ok", "find": "ok"}
    assert "worked" in played.row("work").result["stdout"]
    assert played.kept
    assert started(counts, SLOW) == counts["action.Create"] == 1


def test_network_that_swallows_everything_for_a_while(stage: Stage, proxy: Proxy) -> None:
    with stage.counting() as counts:
        tasks = [LEAVE, raw("work", SLOW, ignore_unreachable=True), FIND]
        process, record = stage.start(tasks, vars=_through(proxy, **IMPATIENT))
        wait_for("the script to run", lambda: stage.runs(SLOW))
        before = proxy.traffic.connections
        proxy.set(drop=True)
        wait_for("somebody to notice", lambda: proxy.traffic.connections > before)
        proxy.set(drop=False)
        played = stage.finish(process, record)
    work = played.row("work")
    assert work.status == "ok" or "outcome is unknown" in work.message
    assert played.kept
    assert started(counts, SLOW) == counts["action.Create"] == 1


def test_host_that_does_not_answer(stage: Stage, proxy: Proxy) -> None:
    proxy.set(drop=True)
    played = stage.play([PING], vars=_through(proxy, **IMPATIENT))
    assert played.outcome.code == UNREACHABLE
    assert str(proxy.port) in played.row("ping").message
    assert "Traceback" not in played.outcome.output


def test_slow_network(stage: Stage) -> None:
    address, port = stage.endpoint.ready["addresses"]["win1"], stage.endpoint.ready["http_ports"]["win1"]
    script = f"'{'x' * 20000}'.Length"
    with (
        Proxy(address, port, conditions=Conditions(latency=0.02, throttle=50_000)) as proxy,
        stage.counting() as counts,
    ):
        played = stage.play([LEAVE, raw("work", script), FIND], vars=_through(proxy))
    assert played.statuses == {"leave": "ok", "work": "ok", "find": "ok"}
    assert "20000" in played.row("work").result["stdout"]
    assert started(counts, script) == counts["action.Create"] == 1


@pytest.mark.parametrize("action", ["Command", "Receive"])
def test_server_that_is_busy_for_a_while(stage: Stage, action: str) -> None:
    with stage.counting() as counts:
        played = stage.play([LEAVE, raw("work", SCRIPT, fault("http-503", action, times=3)), FIND])
    assert played.statuses == {"leave": "ok", "work": "ok", "find": "ok"}
    assert played.kept
    assert started(counts, SCRIPT) == counts["action.Create"] == 1


def test_command_that_arrives_late_runs_once(stage: Stage) -> None:
    with stage.counting() as counts:
        late = fault("delay", "Command", seconds=8)
        tasks = [
            LEAVE,
            raw("work", SCRIPT, late, ignore_unreachable=True),
            FIND,
            {"name": "wait", "ansible.builtin.pause": {"seconds": 4}},
        ]
        played = stage.play(tasks, vars=IMPATIENT)
    work = played.row("work")
    assert work.status == "ok" or "outcome is unknown" in work.message
    assert played.row("find").status == "ok"
    assert started(counts, SCRIPT) == 1


def test_answer_that_comes_late(stage: Stage) -> None:
    with stage.counting() as counts:
        late = fault("delay", "Receive", seconds=8)
        played = stage.play([LEAVE, raw("work", SCRIPT, late, ignore_unreachable=True), FIND], vars=IMPATIENT)
    work = played.row("work")
    assert work.status == "ok" or "outcome is unknown" in work.message
    assert played.kept
    assert started(counts, SCRIPT) == counts["action.Create"] == 1
