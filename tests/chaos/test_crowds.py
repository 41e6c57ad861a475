# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many at once: playbooks, hosts, and tasks that are delegated to one host, also where its quota is small."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.tests.chaos.plays import FIND, LEAVE, PING, Stage, raw, started
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess, inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

SCRIPT = "Start-Sleep -Milliseconds 500; 'worked'"
HOSTS = 30
DELEGATES = 10


def test_two_playbooks_at_once(stage: Stage) -> None:
    with stage.counting() as counts:
        first = stage.start([LEAVE, raw("work", SCRIPT), PING])
        second = stage.start([LEAVE, raw("work", SCRIPT), PING])
        for played in (stage.finish(*first), stage.finish(*second)):
            assert played.statuses == {"leave": "ok", "work": "ok", "ping": "ok"}
        assert len(stage.workspace.brokers()) == 1
    assert started(counts, SCRIPT) == 2
    assert counts["action.Create"] <= 2


def test_many_hosts_at_once(workspace: Workspace) -> None:
    names = [f"c{number}" for number in range(1, HOSTS + 1)]
    with EndpointProcess(names, ("--layout", "addresses")) as endpoint:
        workspace.write_inventory(inventory_groups(endpoint, str(workspace.sockets)))
        stage = Stage(workspace, endpoint)
        with stage.counting(None) as counts:
            played = stage.play([LEAVE, FIND], "--forks", str(HOSTS), hosts="windows")
            assert [row.status for row in played.rows] == ["ok"] * 2 * HOSTS
            assert all("left=kept." in row.result["stdout"] for row in played.rows if row.task == "find")
            assert len(workspace.brokers()) == 1
        assert endpoint.shells() == []
    assert counts["action.Create"] == counts["action.Delete"] == HOSTS
    assert counts["connections"] <= 2 * HOSTS


@pytest.mark.parametrize("quota", [None, 3])
def test_many_tasks_on_one_host_at_once(stage: Stage, quota: int | None) -> None:
    if quota is not None:
        stage.endpoint.quota("max_shells_per_user", quota)
    groups = inventory_groups(stage.endpoint, str(stage.workspace.sockets))
    groups["many"] = {"hosts": {f"m{number}": {} for number in range(DELEGATES)}}
    stage.workspace.write_inventory(groups)
    with stage.counting() as counts:
        task = raw("work", SCRIPT, delegate_to="win1")
        played = stage.play([task], "--forks", str(DELEGATES), hosts="many")
    assert [row.status for row in played.rows] == ["ok"] * DELEGATES
    assert started(counts, SCRIPT) == DELEGATES
    assert 1 < counts["shells_created"] <= (quota or DELEGATES)
