# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every folder of targets/ that has a test.yml: a playbook that must pass against the test endpoint."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

TARGETS = pathlib.Path(__file__).resolve().parent / "targets"


@pytest.mark.parametrize("target", sorted(path.parent.name for path in TARGETS.glob("*/test.yml")))
def test_target(target: str, workspace: Workspace) -> None:
    outcome = workspace.playbook(TARGETS / target / "test.yml", "-v")
    print(outcome.output)
    assert outcome.code == 0
    assert "PLAY RECAP" in outcome.output, "no host was in the play"
