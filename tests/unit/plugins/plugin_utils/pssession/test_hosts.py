# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of the inventory: every option means what it means in a playbook."""

from __future__ import annotations

import pathlib
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._cached import load

if typing.TYPE_CHECKING:
    from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession import arguments, failure, hosts
else:
    arguments, failure, hosts = load("pssession.arguments", "pssession.failure", "pssession.hosts")

pytestmark = pytest.mark.usefixtures("own_context")


def loaded(inventory: pathlib.Path, *options: str) -> hosts.Hosts:
    return hosts.Hosts(arguments.parse(["status", "-i", str(inventory), *options]))


def test_options_are_templated_variables(inventory: pathlib.Path) -> None:
    target = loaded(inventory).connection("web1").target()
    assert (target.host, target.port, target.user) == ("web1.example.com", 5985, "admin@example")
    assert target.inventory_hostname == "web1"


def test_hosts_of_winrm_get_ours(inventory: pathlib.Path) -> None:
    target = loaded(inventory).connection("old1").target()
    assert (target.host, target.port, target.auth) == ("old1", 5985, "ntlm")


def test_extra_variables_win(inventory: pathlib.Path) -> None:
    extra = ["-e", "ansible_user=bob", "-e", '{"ansible_pssession_busy_timeout": 7}']
    target = loaded(inventory, *extra).connection("web1").target()
    assert (target.user, target.busy_timeout) == ("bob", 7)


def test_the_user_of_the_command_line_is_a_default(inventory: pathlib.Path) -> None:
    own = loaded(inventory, "-u", "carol")
    assert own.connection("old1").target().user == "carol"
    assert own.connection("web1").target().user == "admin@example"


def test_the_password_is_asked_for(inventory: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "s3cret")
    target = loaded(inventory, "--ask-pass").connection("web1").target()
    assert target.password == "s3cret"
    assert "s3cret" not in repr(target)


@pytest.mark.parametrize(
    ("pattern", "names"), [("windows", ["web1", "web2"]), ("web1", ["web1"]), ("all:!windows", ["old1", "linux1"])]
)
def test_patterns(inventory: pathlib.Path, pattern: str, names: list[str]) -> None:
    assert loaded(inventory).matching(pattern) == names


def test_no_such_host(inventory: pathlib.Path) -> None:
    with pytest.raises(failure.CommandFailed, match=r"'web9' fits no host of the inventory \(.*inventory\.yml\)"):
        loaded(inventory).one("web9")


def test_one_host_is_entered(inventory: pathlib.Path) -> None:
    assert loaded(inventory).one("web2") == "web2"
    with pytest.raises(failure.CommandFailed, match=r"'windows' means 2 hosts \(web1, web2\)"):
        loaded(inventory).one("windows")


def test_other_connections_are_refused(inventory: pathlib.Path) -> None:
    with pytest.raises(
        failure.CommandFailed, match=r"linux1: .* the host's is ansible\.builtin\.ssh\. Set ansible_connection"
    ):
        loaded(inventory).connection("linux1")


def test_where_brokers_listen(inventory: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSSESSION_SOCKET_DIR", "/run/usual")
    assert loaded(inventory).socket_directories() == ["/run/other", "/run/usual"]
    assert hosts.directory_of(loaded(inventory).connection("web2")) == "/run/other"
    assert hosts.directory_of(loaded(inventory).connection("web1")) == "/run/usual"


def test_a_missing_connection_plugin_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts.connection_loader, "get", lambda *args, **kwargs: None)
    with pytest.raises(failure.CommandFailed, match="ANSIBLE_COLLECTIONS_PATH"):
        hosts.default_directory()
