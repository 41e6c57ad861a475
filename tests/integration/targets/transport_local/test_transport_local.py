# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions on the controller itself: the same playbooks, and what there is to say where they cannot be had."""

from __future__ import annotations

import pathlib
import re
import signal
import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.program import powershell_program
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.processes import Process
from ansible_collections.remoting.powershell.tests.integration.support.stage import (
    FAILED,
    FIND,
    LEAVE,
    PING,
    Played,
    Stage,
    invoke,
    module,
    raw,
)
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for

TARGETS = pathlib.Path(__file__).parents[1]
IGNORE = {"ignore_errors": True, "ignore_unreachable": True}


def use(stage: Stage, **variables: typing.Any) -> None:
    """Writes the inventory with the host ``here``, and ``win1`` the same one."""
    workspace = stage.workspace
    given = {
        "ansible_connection": "remoting.powershell.pssession",
        "ansible_pssession_transport": "local",
        "ansible_pssession_pwsh_path": powershell_program(workspace.root),
        "ansible_pssession_socket_dir": str(workspace.sockets),
        **variables,
    }
    groups = inventory_groups(stage.endpoint, str(workspace.sockets))
    hosts: dict[str, typing.Any] = {"here": {}, "win1": {}}
    workspace.write_inventory({"local": {"hosts": hosts, "vars": given}, "psrp": groups["psrp"]})


def play(stage: Stage, *tasks: dict[str, typing.Any]) -> Played:
    return stage.play(list(tasks), hosts="here")


@pytest.mark.parametrize("target", ["connection_raw", "connection_reset", "row08_invoke_command"])
def test_what_runs_over_wsman_runs_here(stage: Stage, target: str) -> None:
    use(stage)
    outcome = stage.workspace.playbook(TARGETS / target / "test.yml")
    print(outcome.output)
    assert outcome.code == 0


def test_a_session_is_kept_from_playbook_to_playbook(stage: Stage) -> None:
    use(stage)
    assert play(stage, LEAVE, PING, FIND).kept
    again = play(stage, FIND, invoke("pid", "$PID"))
    assert again.kept
    assert again.row("pid").result["session"]["computer_name"] == "localhost"


def test_the_hosts_address_and_user_do_not_matter(stage: Stage) -> None:
    use(stage, ansible_host="192.0.2.1", ansible_user="somebody", ansible_password="something", ansible_port=5986)
    assert play(stage, PING).row("ping").status == "ok"


def test_an_address_that_is_set_for_this_connection_is_refused(stage: Stage) -> None:
    use(stage, ansible_pssession_host="192.0.2.1")
    refused = play(stage, PING)
    assert refused.outcome.code == FAILED
    assert "ansible_pssession_host is set, but transport is 'local'" in refused.row("ping").message
    assert "it is one of ssh and wsman" in refused.row("ping").message


def powershell_processes(stage: Stage) -> list[Process]:
    """The PowerShells that the workspace's brokers have started, real ones or stand-ins."""
    return [each for each in stage.workspace.processes() if re.search(r"--stdio\b|\bpwsh\b.* -s\b", each.command)]


def test_each_session_is_a_process_that_ends_with_it(stage: Stage) -> None:
    use(stage)
    named = {"name": "work"}
    played = play(
        stage,
        LEAVE,
        module("named", "pssession", named),
        module("other", "pssession_invoke", {**named, "script": '"left=$global:left."'}),
    )
    assert played.row("other").result["output"] == ["left=."]
    session = played.row("named").result["session"]
    told = ("name", "state", "transport", "configuration_name", "idle_timeout")
    assert [session[name] for name in told] == ["work", "Opened", "local", "DefaultShell", None]
    assert len(powershell_processes(stage)) == 2
    assert play(stage, module("gone", "pssession", {**named, "state": "absent"}), FIND).kept
    wait_for("its PowerShell to end", lambda: len(powershell_processes(stage)) == 1)


def test_a_powershell_that_is_killed_leaves_the_outcome_unknown(stage: Stage) -> None:
    use(stage)
    marker = stage.workspace.scratch / "ran"
    script = f"Add-Content -Path '{marker}' -Value once; Start-Sleep 300"
    process, record = stage.start([LEAVE, raw("cut", script, **IGNORE), FIND], hosts="here")
    wait_for("the command runs", marker.exists)
    (powershell,) = powershell_processes(stage)
    powershell.kill(signal.SIGKILL)
    played = stage.finish(process, record)
    assert played.row("cut").status == "unreachable"
    assert "its outcome is unknown; it is not started again" in played.row("cut").message
    assert marker.read_text(encoding="utf-8").split() == ["once"]
    # A new session, and nothing was run twice.
    assert played.row("find").status == "ok"
    assert not played.kept


def test_what_the_transport_does_not_have_is_refused(stage: Stage) -> None:
    use(stage)
    tasks = {
        "disconnect": module("disconnect", "pssession_disconnect", {}, **IGNORE),
        "connect": module("connect", "pssession_connect", {"name": "work"}, **IGNORE),
        "left": module("left", "pssession_invoke", {"script": "1", "in_disconnected_session": True}, **IGNORE),
        "listed": module("listed", "pssession_info", {"scope": "computer"}, **IGNORE),
        "timeout": module("timeout", "pssession", {"name": "work", "idle_timeout": 600}, **IGNORE),
    }
    played = play(stage, *tasks.values())
    for name in tasks:
        assert played.row(name).status == "failed"
        assert re.search(r"transport local (cannot .* Use transport wsman|has no such)", played.row(name).message)
    assert powershell_processes(stage) == []


def test_a_program_that_is_no_powershell(stage: Stage) -> None:
    use(stage, ansible_pssession_pwsh_path="/bin/false")
    message = play(stage, PING).row("ping").message
    assert "PowerShell on the local computer ended with exit status 1 without a word" in message
    assert "Is /bin/false a PowerShell (pwsh_path)?" in message
