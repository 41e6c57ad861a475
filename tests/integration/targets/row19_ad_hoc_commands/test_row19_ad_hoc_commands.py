# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ad-hoc commands: each is a process of its own, and they share a session all the same."""

from __future__ import annotations

import json

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

INVOKE = "remoting.powershell.pssession_invoke"


def test_two_commands_share_state(endpoint: EndpointProcess, workspace: Workspace) -> None:
    with endpoint.counting("win1") as counts:
        first = workspace.ad_hoc("win1", INVOKE, "script='$left = \"by the first\"; function Get-Left { $left }'")
        second = workspace.ad_hoc("win1", INVOKE, json.dumps({"script": "Get-Left"}))
    print(first.output, second.output)
    assert first.code == second.code == 0
    assert "by the first" in second.output
    assert counts["action.Create"] == 1


def test_named_session_from_command_to_command(endpoint: EndpointProcess, workspace: Workspace) -> None:
    steps = [
        ("pssession", "name=night"),
        (INVOKE.rpartition(".")[2], "name=night script='$left = 40 + 2'"),
        ("pssession_disconnect", "name=night idle_timeout=3600"),
        (INVOKE.rpartition(".")[2], "name=night script=$left"),
        ("pssession", "name=* scope=computer state=absent"),
    ]
    outputs = []
    for module, arguments in steps:
        outcome = workspace.ad_hoc("win1", f"remoting.powershell.{module}", arguments)
        print(outcome.output)
        assert outcome.code == 0, (module, arguments)
        outputs.append(outcome.output)
    assert "42" in outputs[3]
    assert endpoint.shells() == []
