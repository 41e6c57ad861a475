# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do after a fault: a pure decision, so that nothing is ever started twice (broker process).

Every request of a session is sent in one of the phases below. What a fault means depends on the phase: before a
pipeline is commanded anything may be made anew, while one may be running nothing may.
"""

from __future__ import annotations

import enum

from .._transport import FaultKind, TransportError


class Phase(enum.Enum):
    """What a request is sent for."""

    #: Create, and the Receives until the runspace pool is open.
    OPENING = "opening the session"
    #: Reconnect, keep-alive: nothing runs, nothing is being started.
    IDLE = "using the session"
    #: Reconnect of a disconnected shell; doing it twice does no harm.
    RECONNECTING = "reconnecting the session"
    #: Command: starts a pipeline.
    STARTING = "starting the command"
    #: Asks whether a Command or a Create arrived.
    ASKING = "asking whether the command had started"
    #: Receive of a running pipeline, or a signal to it: what may be sent again.
    RECEIVING = "receiving the command's output"
    #: Send to a running pipeline.
    SENDING = "sending the command's input"


class Decision(enum.Enum):
    """What the session does next."""

    #: Send the same request again, over a new connection.
    RETRY = enum.auto()
    #: Ask whether the request arrived, then retry or go on.
    ASK = enum.auto()
    #: Reconnect the disconnected shell, then send the same request again.
    RECONNECT = enum.auto()
    #: The shell is gone and nothing had started: open a new one.
    REOPEN = enum.auto()
    #: Send smaller envelopes.
    SHRINK = enum.auto()
    #: Fail: nothing was started.
    FAIL = enum.auto()
    #: Fail: the session is gone or what runs in it cannot be known.
    GIVE_UP = enum.auto()


#: Faults that tell nothing but that the way to the server is cut or was refused for the moment.
CUT = frozenset(
    {FaultKind.LOST, FaultKind.REFUSED, FaultKind.UNREACHABLE, FaultKind.TLS, FaultKind.AUTHENTICATION}
    | {FaultKind.NOT_WSMAN, FaultKind.ABORTED}
)


def decide(phase: Phase, fault: TransportError) -> Decision:
    """What a fault in a phase leads to; the caller bounds how long it retries."""
    kind = fault.kind
    if phase in (Phase.RECEIVING, Phase.ASKING, Phase.SENDING):
        if kind is FaultKind.WRONG_STATE:
            return Decision.RECONNECT
        # Input that arrived twice would be input twice, and there is no way to ask.
        twice = phase is Phase.SENDING and fault.may_have_arrived
        return Decision.RETRY if kind in CUT and not twice else Decision.GIVE_UP
    if phase is Phase.RECONNECTING:
        if kind is FaultKind.SHELL_NOT_FOUND:
            return Decision.REOPEN
        return Decision.RETRY if kind is FaultKind.LOST or (kind in CUT and fault.may_have_arrived) else Decision.FAIL
    if kind is FaultKind.ENVELOPE_TOO_LARGE:
        return Decision.SHRINK if phase is Phase.STARTING else Decision.FAIL
    if kind is FaultKind.ALREADY_EXISTS:
        return Decision.ASK
    if kind is FaultKind.SHELL_NOT_FOUND:
        return Decision.FAIL if phase is Phase.OPENING else Decision.REOPEN
    if kind is FaultKind.WRONG_STATE:
        return Decision.RECONNECT
    if kind in CUT and fault.may_have_arrived:
        return Decision.RETRY if phase is Phase.IDLE else Decision.ASK
    # A kept connection that broke before it carried anything tells nothing of the session, and nothing has arrived.
    kept = kind is FaultKind.LOST or (kind is FaultKind.REFUSED and phase is not Phase.OPENING)
    return Decision.RETRY if kept else Decision.FAIL
