# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parity playbook against the endpoint's stand-in modules; a workflow runs it against a real Windows."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

PARITY = pathlib.Path(__file__).resolve().parent / "parity.yml"
#: How many of its results the endpoint gives; windows.yml has the others.
STAND_INS = 8


def test_results_are_those_of_psrp(workspace: Workspace) -> None:
    outcome = workspace.playbook(PARITY, "-e", "parity_ours=win1", "-e", "parity_theirs=psrp1")
    print(outcome.output)
    assert outcome.code == 0
    assert f"COMPARED {STAND_INS}" in outcome.output


def test_a_difference_is_named(workspace: Workspace) -> None:
    """Against another computer, whose name a script prints."""
    outcome = workspace.playbook(PARITY, "-e", "parity_ours=win1", "-e", "parity_theirs=psrp2")
    print(outcome.output)
    assert outcome.code == 2
    assert "parity_raw: " in outcome.output
    assert "stdout is raw 2 on win1" in outcome.output
    assert outcome.output.count("failed: [localhost]") == 1


def test_sessions_and_roles(workspace: Workspace, endpoint: EndpointProcess) -> None:
    if endpoint.engine != "embedded":
        pytest.skip("a real PowerShell on Linux has no WSMan: drive for the role to read")
    outcome = workspace.playbook(PARITY.with_name("sessions.yml"), "-e", "on=win1")
    print(outcome.output)
    assert outcome.code == 0
