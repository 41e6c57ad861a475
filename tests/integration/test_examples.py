# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks of playbooks/examples run as they are, against the test endpoint."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.local import local_powershell
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "playbooks" / "examples"
#: Playbooks that follow one another on the same hosts; after the last one no session is left.
RUNS = (
    ("named_session", "temporary_session", "session_options", "one_session_for_a_play"),
    ("leave_session", "list_sessions", "take_up_session"),
    ("nightly_start", "nightly_collect"),
)
#: They need what only somebody's own network has.
ONLY_CHECKED = ("keep_a_login", "restricted_endpoint")


def test_each_example_has_a_test() -> None:
    known = {name for run in RUNS for name in run} | {"local_session", "clean_up_sessions", *ONLY_CHECKED}
    assert {path.stem for path in EXAMPLES.glob("*.yml")} == known | {"inventory"}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run[0])
def test_examples(endpoint: EndpointProcess, workspace: Workspace, run: tuple[str, ...]) -> None:
    outcome = workspace.finish(workspace.start("ansible-playbook", *(str(EXAMPLES / f"{name}.yml") for name in run)))
    print(outcome.output)
    assert outcome.code == 0
    assert outcome.output.count("PLAY [") == len(run)
    assert [shell for shell in endpoint.shells() if not str(shell["name"]).startswith("Ansible")] == []


def test_clean_up(endpoint: EndpointProcess, workspace: Workspace) -> None:
    left = workspace.playbook(EXAMPLES / "leave_session.yml", "--limit", "win1")
    early = workspace.playbook(EXAMPLES / "clean_up_sessions.yml", "--limit", "win1")
    (kept,) = endpoint.shells("win1")
    endpoint.call("advance", seconds=3700)
    late = workspace.playbook(EXAMPLES / "clean_up_sessions.yml", "--limit", "win1")
    print(left.output, early.output, late.output)
    assert left.code == early.code == late.code == 0
    assert kept["state"] == "Disconnected"
    assert endpoint.shells("win1") == []


def test_local_session(workspace: Workspace) -> None:
    variables = {
        "ansible_pssession_pwsh_path": local_powershell(workspace),
        "ansible_pssession_socket_dir": str(workspace.sockets),
    }
    arguments = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
    outcome = workspace.playbook(EXAMPLES / "local_session.yml", *arguments)
    print(outcome.output)
    assert outcome.code == 0


@pytest.mark.parametrize("name", ONLY_CHECKED)
def test_syntax(workspace: Workspace, name: str) -> None:
    outcome = workspace.playbook(EXAMPLES / f"{name}.yml", "--syntax-check")
    print(outcome.output)
    assert outcome.code == 0
