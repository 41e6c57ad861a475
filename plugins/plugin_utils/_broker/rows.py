# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions as the modules return them (broker process)."""

from __future__ import annotations

import typing

from .troubles import SessionState

if typing.TYPE_CHECKING:
    from .session import Session

Row = dict[str, typing.Any]


def of_session(session: Session, in_use: bool) -> Row:
    """The row of a session that this broker holds."""
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
