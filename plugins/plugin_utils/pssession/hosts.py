# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of the inventory as the connection plugin sees them in a playbook (command's own process)."""

from __future__ import annotations

import argparse
import getpass
import os
import typing

from ansible import constants, context
from ansible.cli import CLI
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader
from ansible.template import Templar
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

from .failure import CommandFailed, NoSessionsThere

if typing.TYPE_CHECKING:
    from ...connection.pssession import Connection

CONNECTION = "remoting.powershell.pssession"
#: Connections whose variables ours reads as well.
_RELATED = ("psrp", "winrm")
_BUILTIN = ("ansible.builtin.", "ansible.legacy.")
#: What core's own programs put there, and what is read of it.
_CONTEXT = ("ask_pass", "ask_vault_pass", "remote_user", "vault_ids", "vault_password_files", "verbosity")


class Hosts:
    """The inventory and the variables, loaded as ansible-playbook does.

    Args:
        options: The command line, see ``arguments``; asks for the passwords that it says are to be asked for.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._user = options.remote_user or constants.DEFAULT_REMOTE_USER
        _set_context(options)
        self._loader = DataLoader()
        secrets = CLI.setup_vault_secrets(
            self._loader,
            vault_ids=[*constants.DEFAULT_VAULT_IDENTITY_LIST, *options.vault_ids],
            vault_password_files=list(options.vault_password_files),
            ask_vault_pass=options.ask_vault_pass,
            auto_prompt=False,
        )
        # Cores before 2.19 know them by way of the loader only.
        self._loader.set_vault_secrets(secrets)
        self._password = getpass.getpass("Password: ") if options.ask_pass else None
        self._sources = options.inventory or _default_inventory()
        # Without any, core would complain, and some commands need none.
        found = bool(options.inventory) or any("," in source or os.path.exists(source) for source in self._sources)
        self._inventory = InventoryManager(loader=self._loader, sources=self._sources, parse=found)
        self._variables = VariableManager(
            loader=self._loader, inventory=self._inventory, version_info=CLI.version_info(gitinfo=False)
        )

    def matching(self, pattern: str) -> list[str]:
        """The names of a pattern's hosts; raises CommandFailed where there is none."""
        names = [host.name for host in self._inventory.get_hosts(pattern)]
        if not names:
            raise CommandFailed(
                f"HOST-PATTERN {pattern!r} fits no host of the inventory ({', '.join(self._sources)}). "
                "Name another inventory with -i, or see ansible-inventory --graph."
            )
        return names

    def one(self, name: str) -> str:
        """The one host of this name or pattern; raises CommandFailed."""
        names = self.matching(name)
        if len(names) > 1:
            shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            raise CommandFailed(f"HOST {name!r} means {len(names)} hosts ({shown}), and one can be entered. Name one.")
        return names[0]

    def connection(self, name: str) -> Connection:
        """A host's connection, with its options set; raises AnsibleError or CommandFailed."""
        variables = self._variables_of(name)
        templar = Templar(loader=self._loader, variables=variables)
        kind = str(templar.template(variables.get("ansible_connection", constants.DEFAULT_TRANSPORT)))
        if kind != CONNECTION and _short(kind) not in _RELATED:
            raise NoSessionsThere(
                f"{name}: a PowerShell session needs the connection {CONNECTION}, and the host's is {kind}. "
                f"Set ansible_connection to {CONNECTION} in the host's variables, or with -e."
            )
        connection = _new_connection()
        extras = {
            key: variables[key] for key in variables if key.startswith("ansible_pssession_") and kind == CONNECTION
        }
        keys = {"remote_user": self._user, **({"password": self._password} if self._password else {})}
        known = constants.config.get_plugin_vars("connection", connection._load_name)
        options = {key: templar.template(variables[key]) for key in known if key in variables}
        connection.set_options(task_keys=keys, var_options={**options, "_extras": extras})
        return connection

    def socket_directories(self) -> list[str]:
        """Every directory where brokers of this inventory's hosts may listen; the usual one is always among them."""
        found = {default_directory()}
        for host in self._inventory.get_hosts():
            variables = self._variables_of(host.name)
            if "ansible_pssession_socket_dir" in variables:
                templar = Templar(loader=self._loader, variables=variables)
                found.add(_absolute(str(templar.template(variables["ansible_pssession_socket_dir"]))))
        return sorted(found)

    def _variables_of(self, name: str) -> dict[str, typing.Any]:
        host = self._inventory.get_host(name)
        return typing.cast("dict[str, typing.Any]", self._variables.get_vars(host=host))


def default_directory() -> str:
    """The brokers' directory where no variable of a host says otherwise."""
    connection = _new_connection()
    connection.set_options(var_options={})
    return directory_of(connection)


def directory_of(connection: Connection) -> str:
    """The directory where a connection looks for its broker."""
    return _absolute(connection.get_option("socket_dir") or os.path.join(constants.ANSIBLE_HOME, "pssession"))


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _new_connection() -> Connection:
    connection = connection_loader.get(CONNECTION, PlayContext(), os.devnull, ansible_playbook_pid=str(os.getpid()))
    if connection is None:
        raise CommandFailed(
            f"ansible does not find the connection plugin {CONNECTION}: this program is outside of its collections "
            "path. Start it where the collection is installed, or name that place in ANSIBLE_COLLECTIONS_PATH."
        )
    return typing.cast("Connection", connection)


def _default_inventory() -> list[str]:
    sources = constants.DEFAULT_HOST_LIST
    return [sources] if isinstance(sources, str) else list(sources)


def _short(kind: str) -> str:
    for prefix in _BUILTIN:
        kind = kind.removeprefix(prefix)
    return kind


def _set_context(options: argparse.Namespace) -> None:
    """Core reads the command line of the running program from a global of its own."""
    values = {name: getattr(options, name) for name in _CONTEXT}
    # JSON is all that goes to the standard output, where core's own -v would go as well.
    Display().verbosity = 0 if getattr(options, "json", False) else options.verbosity
    context._init_global_context(
        argparse.Namespace(**values, extra_vars=tuple(options.extra_vars), connection_password_file=None, become=False)
    )
