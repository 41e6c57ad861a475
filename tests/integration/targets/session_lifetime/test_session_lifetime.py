# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long an implicit session lives: with its playbooks, ``persist`` seconds longer, and never without its broker."""

from __future__ import annotations

import signal
import typing

import pytest

from ansible_collections.remoting.powershell.tests.integration.support import processes
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

LEAVE: dict[str, typing.Any] = {"name": "Leave", "ansible.builtin.raw": "$global:left = 'kept'"}
FIND: dict[str, typing.Any] = {"name": "Find", "ansible.builtin.raw": '"left=$global:left."', "register": "found"}
KEPT: dict[str, typing.Any] = {
    "name": "Kept",
    "ansible.builtin.assert": {"that": "found.stdout | trim == 'left=kept.'"},
}
SHORT = {"ansible_pssession_persist": 1}


def test_pause_longer_than_persist_keeps_the_session(endpoint: EndpointProcess, workspace: Workspace) -> None:
    pause: dict[str, typing.Any] = {"name": "Pause", "ansible.builtin.pause": {"seconds": 4}}
    with endpoint.counting("win1") as counts:
        outcome = workspace.play([LEAVE, pause, FIND, KEPT], vars=SHORT)
    print(outcome.output)
    assert outcome.code == 0
    assert counts["action.Create"] == 1


def test_session_is_gone_after_persist(endpoint: EndpointProcess, workspace: Workspace) -> None:
    outcome = workspace.play([LEAVE], vars=SHORT)
    print(outcome.output)
    assert outcome.code == 0
    wait_for("the session to be removed", lambda: not endpoint.shells("win1"))


def test_persist_0_leaves_nothing(endpoint: EndpointProcess, workspace: Workspace) -> None:
    with endpoint.counting("win1") as counts:
        outcome = workspace.play([LEAVE, FIND, KEPT], vars={"ansible_pssession_persist": 0})
        print(outcome.output)
        assert outcome.code == 0
        wait_for("the session to be removed", lambda: not endpoint.shells("win1"))
    assert counts["action.Create"] == counts["action.Delete"] == 1


@pytest.mark.leaves_shells
def test_after_a_killed_broker_the_next_task_works(endpoint: EndpointProcess, workspace: Workspace) -> None:
    first = workspace.play([LEAVE])
    (broker,) = workspace.brokers()
    broker.kill(signal.SIGKILL)
    assert processes.wait_until_gone([broker], workspace.home) == []
    with endpoint.counting("win1") as counts:
        second = workspace.play([FIND])
    print(first.output, second.output)
    assert first.code == second.code == 0
    assert counts["action.Create"] == 1
    assert "left=." in second.output or "kept" not in second.output
