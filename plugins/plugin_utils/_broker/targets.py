# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session takes from a target when it is made, found, or used by somebody else (broker process)."""

from __future__ import annotations

import functools
import getpass
import os
import socket
import typing

from .._transport import ShellDescription
from .._wire import target as wire
from .._wire.record import fields, replaced
from .._wire.target import CREATION, IDENTITY, SECRETS, Target

#: The entry of ours in $PSSenderInfo.ApplicationArguments.
OWN_ARGUMENT = "remoting.powershell"
#: What no connection depends on; a change of it needs no new one.
_NOT_CONNECTING = frozenset(
    (
        "application_arguments",
        "busy_timeout",
        "idle_timeout",
        "inventory_hostname",
        "max_age",
        "max_sessions",
        "no_profile",
        "output_buffering_mode",
        "persist",
        "session_name",
    )
)


def retargeted(own: Target, given: Target, made: bool = True) -> Target:
    """A session's target for a new user of it: what decides who connects where stays.

    Args:
        own: The session's target.
        given: The user's.
        made: There is a session; how it was made stays, too.
    """
    kept = {*IDENTITY, *SECRETS, *CREATION} if made else {*IDENTITY, *SECRETS}.difference(CREATION)
    return replaced(given, **{name: getattr(own, name) for name in kept})


def found(target: Target, shell: ShellDescription) -> Target:
    """The target of a session whose shell was found on the server."""
    return replaced(
        target,
        session_name=shell.name or target.session_name or str(shell.shell_id),
        configuration_name=shell.configuration_name or target.configuration_name,
        idle_timeout=None if shell.idle_timeout is None else int(shell.idle_timeout),
        output_buffering_mode=shell.output_buffering_mode,
    )


def idle_timeout(target: Target) -> int | None:
    """Seconds that the server keeps a new session without its client; None where it decides or keeps none."""
    return wire.idle_timeout(target.idle_timeout, target.session_name) if target.can_disconnect else None


def same_connection(one: Target, other: Target) -> bool:
    """Whether a connection that was made for one target is good for another one of the same session."""
    return all(getattr(one, name) == getattr(other, name) for name in fields(one) if name not in _NOT_CONNECTING)


def application_arguments(target: Target, name: str) -> dict[str, typing.Any]:
    """What $PSSenderInfo.ApplicationArguments shows in a session: what its maker gave, and who that was."""
    return {**(target.application_arguments or {}), OWN_ARGUMENT: {"name": name, **_maker()}}


@functools.cache
def _maker() -> dict[str, str]:
    """Controller, user and, where AWX says it, job; for people who look at a computer's sessions."""
    maker = {"controller": socket.gethostname()}
    try:
        maker["user"] = getpass.getuser()
    except (KeyError, OSError):
        # A container's arbitrary uid has no entry in the password file.
        maker["user"] = str(os.geteuid())
    if job := os.environ.get("JOB_ID"):
        maker["job"] = job
    return maker
