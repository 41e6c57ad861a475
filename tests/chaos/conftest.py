# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the chaos tests: those of the integration tests, and a stage on which playbooks meet failures."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.tests.chaos.plays import Stage
from ansible_collections.remoting.powershell.tests.integration.conftest import (
    endpoint,
    endpoint_process,
    workspace,
)
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

__all__ = ["endpoint", "endpoint_process", "workspace"]


@pytest.fixture(name="stage")
def make_stage(workspace: Workspace, endpoint: EndpointProcess) -> Stage:
    """Playbooks against the endpoint."""
    return Stage(workspace, endpoint)
