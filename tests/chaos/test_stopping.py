# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks, workers, playbooks and brokers that end while a pipeline runs: nothing runs on, and the next one works."""

from __future__ import annotations

import os
import signal
import subprocess
import typing

import pytest

from ansible_collections.remoting.powershell.tests.chaos.plays import (
    FIND,
    LEAVE,
    PING,
    Stage,
    fault,
    invoke,
    invoked,
    raw,
    running,
    started,
)
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for

SCRIPT = "Start-Sleep -Seconds 600"


@pytest.mark.parametrize("task", [raw, invoke])
def test_task_that_is_out_of_time(stage: Stage, task: typing.Callable[..., dict[str, typing.Any]]) -> None:
    with stage.counting() as counts:
        played = stage.play([LEAVE, task("sleep", SCRIPT, timeout=2, ignore_errors=True), FIND])
        assert running(stage.endpoint) == []
    assert played.row("sleep").status == "failed"
    assert played.row("find").status == "ok"
    assert started(counts, SCRIPT) + invoked(counts) == 1
    assert counts["action.Create"] <= 2


def _kill_group(process: subprocess.Popen[str], stage: Stage) -> None:
    """As when a container's memory is used up, but for the broker, which is in a session of its own."""
    os.killpg(process.pid, signal.SIGKILL)
    _kill_workers(process, stage)


def _kill_workers(process: subprocess.Popen[str], stage: Stage) -> None:
    for worker in stage.workspace.processes():
        if not worker.is_broker and worker.pid != process.pid:
            worker.kill(signal.SIGKILL)


@pytest.mark.parametrize("kill", [_kill_group, _kill_workers], ids=["group", "worker"])
def test_killed_worker_stops_its_pipeline(
    stage: Stage, kill: typing.Callable[[subprocess.Popen[str], Stage], None]
) -> None:
    with stage.counting() as counts:
        process, record = stage.start([LEAVE, raw("sleep", SCRIPT)])
        wait_for("the script to run", lambda: stage.runs(SCRIPT))
        kill(process, stage)
        wait_for("the pipeline to be stopped", lambda: not running(stage.endpoint))
        played = stage.finish(process, record)
        assert played.outcome.code != 0
        wait_for("ansible's processes to end", lambda: stage.workspace.processes() == stage.workspace.brokers())
        after = stage.play([FIND, PING])
        assert after.statuses == {"find": "ok", "ping": "ok"}
        assert after.kept
    assert started(counts, SCRIPT) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_broker_that_ends_while_a_pipeline_runs(stage: Stage, number: signal.Signals) -> None:
    with stage.counting() as counts:
        process, record = stage.start([raw("sleep", SCRIPT, ignore_unreachable=True, ignore_errors=True), PING])
        wait_for("the script to run", lambda: stage.runs(SCRIPT))
        (broker,) = stage.workspace.brokers()
        broker.kill(number)
        played = stage.finish(process, record)
        assert played.row("sleep").status != "ok"
        assert played.row("ping").status == "ok"
        if number == signal.SIGKILL:
            assert "may or may not have finished" in played.row("sleep").message
            # Nobody is left to stop it: the server does, when it has not heard of the session for its idle timeout.
            stage.endpoint.call("advance", seconds=310)
        wait_for("the pipeline to be stopped", lambda: not running(stage.endpoint))
    assert started(counts, SCRIPT) == 1


def test_playbook_that_is_interrupted_while_a_session_is_opened(stage: Stage) -> None:
    with stage.counting() as counts:
        stage.endpoint.call("fault", kind="delay", action="Create", seconds=2)
        process, record = stage.start([raw("sleep", SCRIPT)])
        wait_for("the session to be asked for", lambda: not stage.endpoint.call("status")["faults_pending"])
        os.killpg(process.pid, signal.SIGINT)
        assert stage.finish(process, record).outcome.code != 0
        assert stage.play([PING]).statuses == {"ping": "ok"}
    assert started(counts, SCRIPT) == 0
    assert counts["shells_created"] <= 2


def test_interrupt_while_the_stop_signal_is_lost(stage: Stage) -> None:
    with stage.counting() as counts:
        process, record = stage.start([raw("sleep", SCRIPT)])
        wait_for("the script to run", lambda: stage.runs(SCRIPT))
        resource, body = fault("drop-before", "Signal")
        stage.endpoint.call(resource, **body)
        os.killpg(process.pid, signal.SIGINT)
        wait_for("the pipeline to be stopped", lambda: not running(stage.endpoint))
        assert stage.finish(process, record).outcome.code != 0
    assert started(counts, SCRIPT) == 1
