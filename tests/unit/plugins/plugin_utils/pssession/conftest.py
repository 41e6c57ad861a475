# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory, and the command's modules as the command itself imports them."""

from __future__ import annotations

import io
import pathlib
import typing

import pytest
from ansible import context
from ansible.cli import CLI
from ansible.plugins import loader
from ansible.utils.context_objects import GlobalCLIArgs
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars, load_options_vars

from ansible_collections.remoting.powershell.plugins.plugin_utils._cached import load

INVENTORY = """
windows:
  hosts:
    web1:
      ansible_host: web1.example.com
      site: example
    web2:
      ansible_pssession_socket_dir: /run/other
  vars:
    ansible_connection: remoting.powershell.pssession
    ansible_user: "admin@{{ site | default('home') }}"
    ansible_pssession_protocol: http
old:
  hosts:
    old1:
      ansible_connection: winrm
      ansible_winrm_transport: ntlm
      ansible_port: 5985
others:
  hosts:
    linux1:
      ansible_connection: ansible.builtin.ssh
"""

#: Runs the command line and returns its exit code.
Command = typing.Callable[..., int]


@pytest.fixture
def inventory(tmp_path: pathlib.Path) -> pathlib.Path:
    """An inventory of hosts with our connection, with winrm, and with ssh."""
    path = tmp_path / "inventory.yml"
    path.write_text(INVENTORY, encoding="utf-8")
    return path


@pytest.fixture
def own_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives back the globals of core that a program sets once for its life."""
    monkeypatch.setattr(context, "CLIARGS", context.CLIARGS)
    monkeypatch.setattr(GlobalCLIArgs, "_Singleton__instance", None)
    monkeypatch.setattr(Display(), "verbosity", Display().verbosity)
    monkeypatch.setattr(CLI, "setup_vault_secrets", staticmethod(lambda *args, **kwargs: []))
    monkeypatch.setattr(load_extra_vars, "extra_vars", None, raising=False)
    monkeypatch.setattr(load_options_vars, "options_vars", None, raising=False)


@pytest.fixture
def command(own_context: None, inventory: pathlib.Path, socket_dir: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in this process, with the inventory; its brokers are those of a directory of the test's own."""
    (program,) = load("pssession.program")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setenv("PSSESSION_SOCKET_DIR", socket_dir)
    monkeypatch.setattr(program, "_own_collections", list)
    # The tests' own start has done that, and it can be done once.
    monkeypatch.setattr(loader, "init_plugin_loader", lambda paths: None)

    def run(*arguments: str) -> int:
        return int(program.main([arguments[0], "-i", str(inventory), *arguments[1:]]))

    return run
