# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame of the integration tests itself: it must find what a test leaves behind."""

from __future__ import annotations

import subprocess
import sys

from ansible_collections.remoting.powershell.tests.integration.support import processes
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace


def test_process_with_the_home_is_found_and_killed() -> None:
    space = Workspace()
    sleeper = subprocess.Popen([sys.executable, "-c", "input()"], env=space.environment, stdin=subprocess.PIPE)
    try:
        assert [process.pid for process in space.processes()] == [sleeper.pid]
        assert space.brokers() == []
    finally:
        left = space.remove()
        sleeper.wait()
    assert [process.pid for process in left] == [sleeper.pid]
    assert processes.with_home(space.home) == []
    assert not space.root.exists()


def test_endpoint_counts_what_cores_psrp_does(endpoint: EndpointProcess, workspace: Workspace) -> None:
    with endpoint.counting("win1") as counts:
        outcome = workspace.ad_hoc("psrp1", "ansible.builtin.raw", "'hello'")
    print(outcome.output)
    assert outcome.code == 0
    assert "hello" in outcome.output
    assert counts["action.Create"] == counts["action.Delete"] == 1
    assert counts["requests"] > counts["action.Command"] >= 1
    assert endpoint.shells() == []


def test_settings_are_reset(endpoint_process: EndpointProcess) -> None:
    endpoint_process.manner("idle_disconnect", 30)
    endpoint_process.quota("max_plugin_shells_per_user", 1)
    endpoint_process.reset()
    assert endpoint_process.shells() == []
    endpoint_process.reset()
