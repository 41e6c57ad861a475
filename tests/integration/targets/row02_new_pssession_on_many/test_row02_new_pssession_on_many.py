# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New-PSSession on many computers at once, and many tasks on one computer: nobody waits for anybody else.

No time is measured: the endpoint holds requests until as many have come as only those who do not wait can have sent.
"""

from __future__ import annotations

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess, inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, fault, module
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

HOSTS = 50
#: Requests are held for as long as it takes to start all workers, so nobody may lose patience meanwhile.
PATIENT = {"ansible_pssession_operation_timeout": 100, "ansible_pssession_read_timeout": 120}


def _held(endpoint: EndpointProcess) -> int:
    return int(endpoint.call("status")["requests_held"])


def test_sessions_on_fifty_computers(workspace: Workspace) -> None:
    names = [f"c{number}" for number in range(1, HOSTS + 1)]
    with EndpointProcess(names, ("--layout", "addresses")) as endpoint:
        workspace.write_inventory(inventory_groups(endpoint, str(workspace.sockets)))
        stage = Stage(workspace, endpoint)
        hold = fault("hold", "Create", times=0)
        with stage.counting(None) as counts:
            process, record = stage.start(
                [
                    module("make", "pssession", {"name": "Work"}, hold),
                    module("use", "pssession_invoke", {"name": "Work", "script": "'{{ inventory_hostname }}'"}),
                ],
                *("--forks", str(HOSTS)),
                hosts="windows",
                vars=PATIENT,
            )
            wait_for("all of the sessions to be asked for at once", lambda: _held(endpoint) == HOSTS)
            endpoint.call("clear")
            played = stage.finish(process, record)
        assert played.outcome.code == 0
        assert len(endpoint.shells()) == HOSTS
    assert counts["action.Create"] == HOSTS
    used = {row.host: row.result["output"] for row in played.rows if row.task == "use"}
    assert used == {f"win{number}": [f"win{number}"] for number in range(1, HOSTS + 1)}
    made = [row.result["session"] for row in played.rows if row.task == "make"]
    assert len({session["instance_id"] for session in made}) == len({session["id"] for session in made}) == HOSTS


def test_fifty_tasks_delegated_to_one_computer(stage: Stage, endpoint: EndpointProcess) -> None:
    quota = 8
    endpoint.quota("max_plugin_shells_per_user", quota)
    groups = inventory_groups(endpoint, str(stage.workspace.sockets))
    groups["many"] = {"hosts": {f"m{number}": {} for number in range(HOSTS)}}
    stage.workspace.write_inventory(groups)
    # A Command runs in a session of its own or waits for one: as many at once as there may be sessions.
    task = {
        "name": "work",
        "ansible.windows.win_ping": {},
        "delegate_to": "win1",
        "vars": {"orders": [fault("hold", "Command", times=0)]},
    }
    process, record = stage.start([task], "--forks", str(HOSTS), hosts="many", vars=PATIENT)
    wait_for("as many tasks as the quota allows to run", lambda: _held(endpoint) == quota)
    assert len(endpoint.shells("win1")) == quota
    endpoint.call("clear")
    played = stage.finish(process, record)
    assert played.outcome.code == 0
    assert [row.status for row in played.rows] == ["ok"] * HOSTS
    assert len(endpoint.shells("win1")) <= quota
