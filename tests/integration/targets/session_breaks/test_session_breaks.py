# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What breaks between two tasks, and tasks that are broken off: the next one works, and nothing runs on."""

from __future__ import annotations

import os
import signal
import subprocess
import typing

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

PING: dict[str, typing.Any] = {"name": "Ping", "ansible.windows.win_ping": {}}
SLEEP: dict[str, typing.Any] = {"name": "Sleep", "ansible.builtin.raw": "Start-Sleep -Seconds 600"}
FAILED = 2


def _running(endpoint: EndpointProcess) -> list[str]:
    """The identifiers of the commands that run on the endpoint."""
    commands = [shell["commands"] for shell in endpoint.shells()]
    return [name for each in commands for name, state in each.items() if state == "Running"]


def test_connection_that_the_server_closed(endpoint: EndpointProcess, workspace: Workspace) -> None:
    first = workspace.play([PING])
    endpoint.call("advance", seconds=150)
    with endpoint.counting("win1") as counts:
        second = workspace.play([PING])
    print(first.output, second.output)
    assert first.code == second.code == 0
    assert counts["action.Create"] == 0
    assert counts["action.Command"] == 1


def test_server_that_was_restarted(endpoint: EndpointProcess, workspace: Workspace) -> None:
    first = workspace.play([PING])
    endpoint.call("restart")
    with endpoint.counting("win1") as counts:
        second = workspace.play([PING])
    print(first.output, second.output)
    assert first.code == second.code == 0
    assert counts["action.Create"] == 1


def test_shell_that_turned_disconnected_by_itself(endpoint: EndpointProcess, workspace: Workspace) -> None:
    leave = {"name": "Leave", "ansible.builtin.raw": "$global:left = 'kept'"}
    first = workspace.play([leave])
    endpoint.call("fault", kind="disconnect-idle", action="Command")
    with endpoint.counting("win1") as counts:
        second = workspace.ad_hoc("win1", "ansible.builtin.raw", "$global:left")
    print(first.output, second.output)
    assert first.code == second.code == 0
    assert "kept" in second.output
    assert counts["action.Create"] == 0


def test_task_that_is_out_of_time(endpoint: EndpointProcess, workspace: Workspace) -> None:
    outcome = workspace.play([{**SLEEP, "timeout": 3, "ignore_errors": True}, PING])
    print(outcome.output)
    assert outcome.code == 0
    wait_for("the pipeline to be stopped", lambda: not _running(endpoint))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_playbook_that_is_ended(endpoint: EndpointProcess, workspace: Workspace, number: signal.Signals) -> None:
    play = workspace.scratch / "play.json"
    play.write_text(workspace.as_json([SLEEP]), encoding="utf-8")
    process = workspace.start("ansible-playbook", str(play))
    wait_for("the script to run", lambda: _running(endpoint))
    _end(process, number)
    wait_for("the pipeline to be stopped", lambda: not _running(endpoint))
    # After SIGKILL the workers of ansible-playbook live until they have their answers, and hold its output open.
    outcome = workspace.finish(process)
    print(outcome.output)
    assert outcome.code != 0
    wait_for("ansible's processes to end", lambda: workspace.processes() == workspace.brokers())
    after = workspace.play([PING])
    print(after.output)
    assert after.code == 0


def _end(process: subprocess.Popen[str], number: signal.Signals) -> None:
    if number == signal.SIGINT:  # Ctrl-C reaches the whole group
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)


def test_command_whose_answer_was_lost_runs_once(endpoint: EndpointProcess, workspace: Workspace) -> None:
    counter = workspace.scratch / "count.txt"
    script = f"Add-Content -LiteralPath '{counter}' -Value 'run'; 'done'"
    first = workspace.play([PING])
    endpoint.call("fault", kind="drop-after", action="Command")
    second = workspace.ad_hoc("win1", "ansible.builtin.raw", script)
    print(first.output, second.output)
    assert counter.read_text().split() == ["run"]
    assert second.code == 0 or "unknown" in second.output.lower()
