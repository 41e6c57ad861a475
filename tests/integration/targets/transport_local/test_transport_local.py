# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions on the controller itself: the same playbooks, and what there is to say where they cannot be had."""

from __future__ import annotations

import pathlib
import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.program import powershell_program
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.stage import (
    FAILED,
    FIND,
    LEAVE,
    PING,
    Played,
    Stage,
    invoke,
)

TARGETS = pathlib.Path(__file__).parents[1]


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


def test_a_program_that_is_no_powershell(stage: Stage) -> None:
    use(stage, ansible_pssession_pwsh_path="/bin/false")
    message = play(stage, PING).row("ping").message
    assert "PowerShell on the local computer ended with exit status 1 without a word" in message
    assert "Is /bin/false a PowerShell (pwsh_path)?" in message
