# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session lives on its server until it is removed or timed out: it survives whatever is killed on the controller."""

from __future__ import annotations

import signal
import subprocess

import pytest

from ansible_collections.remoting.powershell.tests.integration.support import processes
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, module
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for

WORK = {"name": "Work"}
MAKE = module("make", "pssession", {**WORK, "idle_timeout": 3600})
LEAVE = module("left", "pssession_invoke", {**WORK, "script": "$left = 'kept'"})
FIND = module("found", "pssession_invoke", {**WORK, "script": "$left"})
REMOVE = module("remove", "pssession", {"name": "*", "scope": "computer", "state": "absent", "force": True})
#: Longer than the endpoint waits for a client that vanished.
MISSED = 300


def _kill_broker(stage: Stage) -> None:
    (broker,) = stage.workspace.brokers()
    broker.kill(signal.SIGKILL)
    assert processes.wait_until_gone([broker], stage.workspace.home) == []


def test_killed_broker(stage: Stage, endpoint: EndpointProcess) -> None:
    """On a server that notices at once that a client has gone: each module finds the session by its name."""
    endpoint.manner("vanished_client_disconnects", True)
    made = stage.play([MAKE, LEAVE]).row("make").result["session"]
    finders = [FIND, module("found", "pssession", WORK), module("found", "pssession_connect", WORK)]
    with endpoint.counting("win1") as counts:
        for number, task in enumerate(finders, start=1):
            _kill_broker(stage)
            rest = [module("state", "pssession_invoke", {**WORK, "script": "$left"})]
            played = stage.play([task, *rest, *([REMOVE] if number == len(finders) else [])])
            session = played.row("found").result["session"]
            assert (session["instance_id"], session["state"]) == (made["instance_id"], "Opened")
            assert played.row("state").result["output"] == ["kept"]
    assert counts["action.Create"] == 0


def test_killed_broker_that_the_server_does_not_miss_yet(stage: Stage, endpoint: EndpointProcess) -> None:
    """The server takes the vanished client for one that is there: it is waited for, or that is said."""
    made = stage.play([MAKE, LEAVE]).row("make").result["session"]
    _kill_broker(stage)
    impatient = stage.play(
        [
            module("found", "pssession_invoke", {**WORK, "script": "$left"}, ignore_errors=True),
            module("present", "pssession", WORK, ignore_errors=True),
        ],
        vars={"ansible_pssession_busy_timeout": 1},
    )
    for name in ("found", "present"):
        row = impatient.row(name)
        assert row.status == "failed"
        words = ("Work", made["instance_id"], "busy_timeout", "1 s")
        assert [word for word in words if word not in row.message] == [], row.message
    assert len(endpoint.shells("win1")) == 1, "nothing may be made in its place"

    before = endpoint.counted("win1")["action.Connect"]
    patient = stage.start([FIND, REMOVE])
    wait_for("the session to be asked for", lambda: endpoint.counted("win1")["action.Connect"] > before)
    endpoint.call("advance", seconds=MISSED)
    played = stage.finish(*patient)
    assert played.row("found").result["output"] == ["kept"]
    assert played.row("found").result["session"]["instance_id"] == made["instance_id"]


def test_session_that_expired_after_its_broker_was_killed(stage: Stage, endpoint: EndpointProcess) -> None:
    stage.play([MAKE, LEAVE])
    _kill_broker(stage)
    endpoint.call("advance", seconds=3601)
    played = stage.play(
        [
            module("use", "pssession_invoke", {**WORK, "script": "$left"}, ignore_errors=True),
            module("make", "pssession", WORK),
            module("empty", "pssession_invoke", {**WORK, "script": '"[$left]"'}),
            REMOVE,
        ]
    )
    use = played.row("use")
    assert use.status == "failed"
    assert [word for word in ("Work", "state=present") if word not in use.message] == [], use.message
    assert played.row("make").result["changed"]
    assert played.row("empty").result["output"] == ["[]"]


@pytest.mark.parametrize("broker_too", [False, True], ids=["playbook", "both"])
def test_killed_playbook(stage: Stage, endpoint: EndpointProcess, broker_too: bool) -> None:
    """What the playbook was running ends; the session and its state stay."""
    endpoint.manner("vanished_client_disconnects", True)
    mark = stage.workspace.scratch / "begun"
    script = f"Set-Content -LiteralPath '{mark}' -Value 'begun'; Start-Sleep -Seconds 600"
    process, _record = stage.start([MAKE, LEAVE, module("slow", "pssession_invoke", {**WORK, "script": script})])
    wait_for("the script to run", mark.exists)
    (shell,) = endpoint.shells("win1")
    (broker,) = stage.workspace.brokers()
    if broker_too:  # first: it would stop the script as soon as it misses the playbook
        broker.kill(signal.SIGKILL)
    process.send_signal(signal.SIGKILL)
    if broker_too:
        assert processes.wait_until_gone([broker], stage.workspace.home) == []
    _reap(stage, process)
    find = {**FIND, "ignore_errors": True}
    after = stage.play([find, REMOVE], vars={"ansible_pssession_busy_timeout": 1})
    if broker_too:
        # Nobody was left to stop the script.
        assert after.row("found").status == "failed"
        assert [word for word in ("Work", "Busy", "pssession_receive") if word not in after.row("found").message] == []
        return
    found = after.row("found").result
    assert found["output"] == ["kept"]
    assert found["session"]["instance_id"].upper() == shell["shell_id"]


def _reap(stage: Stage, process: subprocess.Popen[str]) -> None:
    """Ends what a killed ansible-playbook leaves: workers that wait for their answers."""
    stage.workspace.finish(process)
    wait_for("ansible's processes to end", lambda: stage.workspace.processes() == stage.workspace.brokers())
