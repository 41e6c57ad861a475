# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests a task costs in a kept session, and with ansible.builtin.psrp: the figures that are promised."""

from __future__ import annotations

import collections
import typing

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

TASKS = 20
PING: dict[str, typing.Any] = {"name": "Ping", "ansible.windows.win_ping": {}}
#: psrp's default is smaller than ours, and how many requests there are depends on it.
ENVELOPE = {"ansible_pssession_max_envelope_size": 512000, "ansible_psrp_max_envelope_size": 512000}


def _counted(endpoint: EndpointProcess, workspace: Workspace, host: str, tasks: int) -> collections.Counter[str]:
    with endpoint.counting("win1") as counts:
        outcome = workspace.play([PING] * tasks, hosts=host, vars=ENVELOPE)
        print(outcome.output)
        assert outcome.code == 0
        assert workspace.stop_brokers() == []
    return counts


def test_figures_of_a_kept_session(endpoint: EndpointProcess, workspace: Workspace) -> None:
    one = _counted(endpoint, workspace, "win1", 1)
    many = _counted(endpoint, workspace, "win1", 1 + TASKS)
    assert one["action.Create"] == many["action.Create"] == 1
    assert many["connections"] <= 2
    # The terminate signal is off the task's path: it goes over the second connection, after the answer.
    more = many - one
    assert more["action.Signal"] == more["action.Command"] == TASKS
    assert more["requests"] - more["action.Signal"] <= 3 * TASKS
    assert set(more) >= {"action.Command", "action.Receive", "action.Signal"}

    psrp = _counted(endpoint, workspace, "psrp1", TASKS)
    assert psrp["action.Create"] == psrp["connections"] == TASKS
    assert psrp["requests"] >= 6 * TASKS
