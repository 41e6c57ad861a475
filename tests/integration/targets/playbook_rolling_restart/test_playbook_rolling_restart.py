# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/rolling_restart.yml: each computer restarts by itself, and its session is made again."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.playbooks import PLAYBOOKS
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace


def test_rolling_restart(workspace: Workspace, endpoint: EndpointProcess) -> None:
    if endpoint.engine != "embedded":
        pytest.skip("a real PowerShell would restart the computer that the tests run on")
    variables = {"restart_hosts": "windows", "restart_delay": 3, "restart_timeout": 60}
    with endpoint.counting() as counts:
        predicted = workspace.playbook(PLAYBOOKS / "rolling_restart.yml", "--check", "-e", json.dumps(variables))
        print(predicted.output)
    assert (predicted.code, counts["winrm_restarts"]) == (0, 0)
    with endpoint.counting() as counts:
        outcome = workspace.playbook(PLAYBOOKS / "rolling_restart.yml", "-e", json.dumps(variables))
    print(outcome.output)
    assert outcome.code == 0
    assert counts["winrm_restarts"] == 2
    assert len(set(re.findall(r"operations: ([\w-]{36})", outcome.output))) == 2
    remove = {"name": "*", "state": "absent"}
    assert workspace.play([{"remoting.powershell.pssession": remove}], hosts="windows").code == 0
