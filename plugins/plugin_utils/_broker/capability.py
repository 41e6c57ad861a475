# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target's transport cannot do, said before anything is done (broker process)."""

from __future__ import annotations

import typing

from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import (
    ConnectSessions,
    DisconnectSessions,
    ListSessions,
    OpenSession,
    Receive,
    RemoveSessions,
    Run,
)
from .._wire.target import DEFAULT_SHELL

#: What a WSMan service does for the sessions that it keeps, and how a target is that does not ask for it.
_OF_A_SERVICE = {
    "configuration_name": DEFAULT_SHELL,
    "culture": None,
    "idle_timeout": None,
    "no_profile": False,
    "output_buffering_mode": None,
    "ui_culture": None,
}


def check(message: typing.Any) -> None:
    """Refuses a request for sessions that outlive their connection where there are none; raises PSSessionError."""
    target = getattr(message, "target", None)
    if target is None or target.can_disconnect:
        return
    for name, default in _OF_A_SERVICE.items():
        if (value := getattr(target, name)) != default:
            raise PSSessionError(
                ErrorKind.USAGE,
                f"{name} is {value!r}: transport {target.transport} has no such option, since no service keeps its "
                f"sessions. Remove {name}, or use transport wsman.",
            )
    what = _asks_for(message)
    if what is not None:
        raise PSSessionError(
            ErrorKind.USAGE,
            f"transport {target.transport} cannot {what}: a session over it lives in its connection, so that it cannot "
            "be left on the computer, found there or connected to. Use transport wsman for that.",
        )


def _asks_for(message: typing.Any) -> str | None:
    """What of a request needs sessions that the server keeps; None where nothing does."""
    if isinstance(message, DisconnectSessions):
        return "disconnect sessions"
    if isinstance(message, ConnectSessions):
        return "connect sessions"
    if isinstance(message, Receive):
        return "receive from disconnected sessions"
    if isinstance(message, Run) and message.leave:
        return "leave a command in a disconnected session (in_disconnected_session)"
    if isinstance(message, OpenSession) and message.adopt:
        return "adopt the session of another controller (adopt)"
    if isinstance(message, (ListSessions, RemoveSessions)) and message.scope == "computer":
        return "list the sessions of a computer (scope: computer)"
    return None
