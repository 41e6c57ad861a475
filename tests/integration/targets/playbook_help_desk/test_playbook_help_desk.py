# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/help_desk.yml: a JEA endpoint is made and used; what it does not show is not to be had."""

from __future__ import annotations

import json

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess, inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.playbooks import PLAYBOOKS
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace


def test_help_desk() -> None:
    variables = {"help_desk_hosts": "win1", "help_desk_services": ["sshd"], "help_desk_service": "sshd"}
    # An endpoint of its own, since a registered session configuration stays.
    with EndpointProcess(("win1",)) as endpoint:
        if endpoint.engine != "embedded":
            pytest.skip("session configurations are registered on Windows, and the real engine here runs on Linux")
        workspace = Workspace()
        try:
            workspace.write_inventory(inventory_groups(endpoint, str(workspace.sockets)))
            predicted = workspace.playbook(PLAYBOOKS / "help_desk.yml", "--check", "-e", json.dumps(variables))
            print(predicted.output)
            assert predicted.code == 0
            outcome = workspace.playbook(PLAYBOOKS / "help_desk.yml", "-e", json.dumps(variables))
            print(outcome.output)
            assert outcome.code == 0
            hidden = workspace.play(
                [{"remoting.powershell.pssession_invoke": {"command": "Get-Process"}}],
                vars={"ansible_pssession_configuration_name": "HelpDesk"},
            )
            print(hidden.output)
            assert hidden.code != 0
            assert "Get-Process" in hidden.output
        finally:
            deaf = workspace.stop_brokers()
            left = workspace.remove()
        assert (deaf, left) == ([], [])
