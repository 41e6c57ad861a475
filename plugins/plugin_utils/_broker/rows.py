# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions as the modules return them (broker process)."""

from __future__ import annotations

import typing
import uuid

from .._transport import ShellDescription
from .._wire import target as targets
from .._wire.target import Target
from .session import Session, SessionState

Row = dict[str, typing.Any]
#: WSMan's word for a shell that has a client.
CONNECTED = "Connected"
#: What only the server knows of a session: names of fields and of columns.
TOLD = (
    "client_address",
    "inactivity",
    "max_idle_timeout",
    "memory",
    "output_buffering_mode",
    "process_id",
    "run_time",
)


def of_session(session: Session, in_use: bool = False) -> Row:
    """The row of a session that this broker holds."""
    session.notice()
    available = "Busy" if in_use else "Available"
    return {
        "id": session.number,
        "name": session.name,
        "computer_name": session.target.host,
        "inventory_hostname": session.target.inventory_hostname,
        "state": session.state.value,
        "availability": available if session.state is SessionState.OPENED else "None",
        "configuration_name": session.target.configuration_name,
        "instance_id": str(session.shell_id),
        "transport": session.target.transport,
        "idle_timeout": session.idle_timeout,
        "owner": session.target.user,
        "reconnected": session.reconnected,
        "recreated": session.recreated,
    }


def told(shell: ShellDescription) -> Row:
    """What only the server knows of a session; times in seconds, memory in bytes."""
    return {name: getattr(shell, name) for name in TOLD}


def of_shell(target: Target, shell: ShellDescription) -> Row:
    """The row of a session that only the server knows; as Get-PSSession -ComputerName shows it, it has no Id here."""
    return {
        "id": None,
        "name": shell.name,
        "computer_name": target.host,
        "inventory_hostname": target.inventory_hostname,
        # Of another client's session PowerShell shows whether one can connect to it, not how it is used.
        "state": SessionState.DISCONNECTED.value,
        "availability": "Busy" if shell.state == CONNECTED else "None",
        "configuration_name": shell.configuration_name,
        "instance_id": str(shell.shell_id),
        "transport": target.transport,
        "idle_timeout": None if shell.idle_timeout is None else int(shell.idle_timeout),
        "owner": shell.owner,
        "reconnected": False,
        "recreated": False,
        **told(shell),
    }


def predicted(target: Target, **changes: typing.Any) -> Row:
    """The row that a new session of a target would have, or that something would become."""
    name = target.session_name
    row = of_shell(target, ShellDescription(uuid.UUID(int=0), name=name, configuration_name=target.configuration_name))
    opened = {"instance_id": None, "owner": target.user, "state": "Opened", "availability": "Available"}
    kept = {"idle_timeout": targets.idle_timeout(target.idle_timeout, name)}
    return {**{key: value for key, value in row.items() if key not in TOLD}, **opened, **kept, **changes}
