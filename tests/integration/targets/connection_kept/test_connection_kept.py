# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session for each host, however many tasks: what the endpoint counts, beside ansible.builtin.psrp."""

from __future__ import annotations

import typing

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

TASKS = 20
#: The protocol's limit on a request is part of how many requests there are; psrp's default is smaller than ours.
ENVELOPE = {"ansible_pssession_max_envelope_size": 512000, "ansible_psrp_max_envelope_size": 512000}
PING: dict[str, typing.Any] = {"name": "Ping", "ansible.windows.win_ping": {}}


def test_twenty_tasks_cost_one_session(endpoint: EndpointProcess, workspace: Workspace) -> None:
    with endpoint.counting("win1") as ours:
        outcome = workspace.play([PING] * TASKS, hosts="win1", vars=ENVELOPE)
        print(outcome.output)
        assert outcome.code == 0
        assert workspace.stop_brokers() == []
    assert ours["action.Create"] == ours["action.Delete"] == 1
    assert ours["action.Command"] == ours["action.Signal"] == TASKS
    assert ours["connections"] <= 2
    # Opening takes a few requests; each task then a Command and at most two Receives, and a Signal off its path.
    opening = ours["requests"] - ours["action.Command"] - ours["action.Signal"]
    assert opening <= 2 * TASKS + 8

    with endpoint.counting("win1") as psrp:
        outcome = workspace.play([PING] * TASKS, hosts="psrp1", vars=ENVELOPE)
        print(outcome.output)
        assert outcome.code == 0
    assert psrp["action.Create"] == psrp["connections"] == TASKS
    assert psrp["requests"] >= 6 * TASKS


def test_second_playbook_finds_the_session(endpoint: EndpointProcess, workspace: Workspace) -> None:
    with endpoint.counting("win1") as counts:
        first = workspace.ad_hoc("win1", "ansible.builtin.raw", "$global:left = 'by the first'")
        second = workspace.ad_hoc("win1", "ansible.builtin.raw", "$global:left")
    print(first.output, second.output)
    assert first.code == second.code == 0
    assert "by the first" in second.output
    assert counts["action.Create"] == 1
    assert len(workspace.brokers()) == 1


def test_two_hosts_have_a_session_each(endpoint: EndpointProcess, workspace: Workspace) -> None:
    leave = {"name": "Leave", "ansible.builtin.raw": "$global:who = '{{ inventory_hostname }}'"}
    find = {"name": "Find", "ansible.builtin.raw": '"who=$global:who"', "register": "found"}
    compare = {
        "name": "Compare",
        "ansible.builtin.assert": {"that": "found.stdout | trim == 'who=' ~ inventory_hostname"},
    }
    tasks: list[dict[str, typing.Any]] = [PING, leave, find, compare]
    outcome = workspace.play(tasks, hosts="windows")
    print(outcome.output)
    assert outcome.code == 0
    assert len(endpoint.shells("win1")) == len(endpoint.shells("win2")) == 1
    assert len(workspace.brokers()) == 1
