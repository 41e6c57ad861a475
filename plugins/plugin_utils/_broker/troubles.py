# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of a session, and the errors that its users read (broker process)."""

from __future__ import annotations

import enum
import typing

from .._transport import FaultKind
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.target import Target
from .courier import Fault
from .recovery import CUT, Phase


class SessionState(enum.Enum):
    """PowerShell's words for a PSSession's state."""

    CLOSED = "Closed"
    OPENED = "Opened"
    DISCONNECTED = "Disconnected"
    BROKEN = "Broken"


class QuotaReached(PSSessionError):
    """The server does not let this user have another session or command for the moment."""


def failure(fault: Fault) -> PSSessionError:
    """The error for a fault before which nothing was started."""
    kind = fault.cause.kind
    if kind is FaultKind.QUOTA:
        return QuotaReached(ErrorKind.FAILED, fault.cause.message)
    if kind is FaultKind.BUSY:
        return PSSessionError(ErrorKind.BUSY, fault.cause.message)
    if kind in (FaultKind.MISSING_LIBRARY, FaultKind.OTHER) or (fault.phase is Phase.STARTING and kind not in CUT):
        return PSSessionError(ErrorKind.FAILED, fault.cause.message)
    return PSSessionError(ErrorKind.UNREACHABLE, fault.cause.message)


def not_opened(fault: Fault, target: Target) -> PSSessionError:
    """The error for a session that could not be made; names the option where the server names what it stands for."""
    error = failure(fault)
    if fault.cause.kind is FaultKind.OTHER and "idletimeout" in fault.cause.message.lower():
        # The fault has a code of many uses, and its text comes in the computer's language, but for this word.
        return PSSessionError(
            ErrorKind.FAILED, f"{target.host} does not allow the idle_timeout {target.idle_timeout}: {error.message}"
        )
    return error


def none_free(running: typing.Iterable[str], target: Target) -> PSSessionError:
    """The error for a host all of whose sessions stay in use."""
    return PSSessionError(
        ErrorKind.BUSY,
        f"No session on {target.host} became free within busy_timeout ({target.busy_timeout} s): "
        f"{', '.join(sorted(set(running)))} is running. Wait for it, or set busy_timeout or max_sessions higher.",
    )


def not_free(session: str, running: str, target: Target) -> PSSessionError:
    """The error for one session that stays in use."""
    return PSSessionError(
        ErrorKind.BUSY,
        f"{session} did not become free within busy_timeout ({target.busy_timeout} s): {running} is running. "
        "Wait for it, or set busy_timeout higher.",
    )


def no_place(refused: PSSessionError, target: Target) -> PSSessionError:
    """The error for a new session for which the server's quota leaves no place."""
    return PSSessionError(
        ErrorKind.BUSY,
        f"No place for a new session on {target.host} became free within busy_timeout ({target.busy_timeout} s): "
        f"{refused.message}",
    )


def lost(session: str, state: SessionState, target: Target) -> PSSessionError:
    """The error for a session whose shell is not there any more, though this very one was asked for."""
    why = "it expired or was removed on the server" if target.can_disconnect else "it ended with its connection"
    return PSSessionError(
        ErrorKind.FAILED,
        f"{session} is {state.value}: {why}, and its state is lost. Make it anew with pssession: state=present.",
    )


def estranged(session: str) -> PSSessionError:
    """The error for one that is still on its server, but of no use to this broker as it is."""
    return PSSessionError(
        ErrorKind.FAILED,
        f"{session} is Broken: what its server said was not understood. It is still there: pssession: state=present "
        "connects to it again, with its state, and state=absent removes it.",
    )


def removed(session: str) -> PSSessionError:
    """The error for one that was taken away from its user before he had started anything."""
    return PSSessionError(
        ErrorKind.FAILED,
        f"{session} was removed by force meanwhile (pssession: state=absent): nothing was started in it.",
    )


def cut(target: Target) -> str:
    """The warning that goes with what was received over a connection that broke meanwhile."""
    return (
        f"The connection to {target.host} broke while output was received. It was made anew and the command ran on, "
        "but a part of its output may be missing."
    )


def taken(session: str, fault: Fault) -> PSSessionError:
    """The error for a session of ours that another client has connected to while it was disconnected."""
    return PSSessionError(
        ErrorKind.BUSY,
        f"{session} is Busy: another client has connected to it meanwhile. Disconnect it there, or remove it with "
        f"pssession: state=absent force=true. ({fault.cause.message})",
    )
