# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that cannot be reached, or refuse: unreachable or failed, as psrp has it, with the remedy, no stack trace."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

#: ansible's exit codes: 2 a task failed, 4 a host is unreachable.
FAILED, UNREACHABLE = 2, 4


def _vars(**options: object) -> list[str]:
    return [word for name, value in options.items() for word in ("-e", f"{name}={value}")]


@pytest.mark.parametrize(
    ("host", "options", "said"),
    [
        ("win1", {"ansible_password": "wrong"}, "password"),
        ("win1", {"ansible_port": 9}, "port 9"),
        ("win1", {"ansible_host": "nowhere.invalid"}, "nowhere.invalid"),
        ("tls1", {"ansible_pssession_ca_cert": "/etc/hostname"}, "cert"),
    ],
    ids=["password", "port", "name", "certificate"],
)
def test_unreachable(
    workspace: Workspace, endpoint: EndpointProcess, host: str, options: dict[str, object], said: str
) -> None:
    outcome = workspace.ad_hoc(host, "ansible.windows.win_ping", "", *_vars(**options))
    print(outcome.output)
    assert outcome.code == UNREACHABLE
    assert said in outcome.output
    assert "Traceback" not in outcome.output
    assert endpoint.password not in outcome.output
    assert endpoint.shells() == []


def test_changed_password_never_reuses_a_session(workspace: Workspace) -> None:
    right = workspace.ad_hoc("win1", "ansible.windows.win_ping", "")
    wrong = workspace.ad_hoc("win1", "ansible.windows.win_ping", "", *_vars(ansible_password="wrong"))
    again = workspace.ad_hoc("win1", "ansible.windows.win_ping", "")
    print(right.output, wrong.output, again.output)
    assert (right.code, wrong.code, again.code) == (0, UNREACHABLE, 0)


@pytest.mark.parametrize("mode", [0o755, 0o777])
def test_socket_directory_that_others_may_enter(workspace: Workspace, mode: int) -> None:
    workspace.sockets.chmod(mode)
    outcome = workspace.ad_hoc("win1", "ansible.windows.win_ping", "")
    print(outcome.output)
    assert outcome.code in (FAILED, UNREACHABLE)
    assert "socket_dir" in outcome.output
    assert f"{mode:04o}" in outcome.output
    assert "Traceback" not in outcome.output
    assert workspace.brokers() == []


def test_socket_directory_with_a_long_name(workspace: Workspace) -> None:
    long = workspace.root / ("x" * 100)
    outcome = workspace.ad_hoc("win1", "ansible.windows.win_ping", "", *_vars(ansible_pssession_socket_dir=long))
    print(outcome.output)
    assert outcome.code in (FAILED, UNREACHABLE)
    assert "is too long" in outcome.output
    assert "Traceback" not in outcome.output
    assert not long.exists()


def test_unknown_option_is_named(workspace: Workspace) -> None:
    outcome = workspace.ad_hoc("win1", "ansible.windows.win_ping", "", *_vars(ansible_pssession_persits=5))
    print(outcome.output)
    assert outcome.code == 0
    assert "ansible_pssession_persits" in outcome.output
