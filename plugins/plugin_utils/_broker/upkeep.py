# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking whether a session is there, keeping it alive, removing it (broker process).

Whoever calls these has leased the session.
"""

from __future__ import annotations

import logging

from .._psrp.errors import ProtocolError
from .._wire.errors import PSSessionError
from . import troubles
from .courier import Fault
from .group import SERVERS_IDLE_TIMEOUT
from .link import Link
from .recovery import Decision, Phase
from .session import Session, SessionState

#: A session is told that its client lives this many times within its idle timeout.
_KEEP_ALIVES = 3
log = logging.getLogger("pssession.broker")


def interval(session: Session) -> float:
    """Seconds without a request after which a session is to be kept alive."""
    return (session.idle_timeout or SERVERS_IDLE_TIMEOUT) / _KEEP_ALIVES


def verify(session: Session) -> None:
    """Asks the server whether the shell is there and connected, where we think so; raises PSSessionError."""
    if session.state is not SessionState.OPENED and not session.estranged:
        return
    try:
        shell = session.courier.request(Phase.IDLE, lambda way: way.get_shell(session.shell_id))
    except Fault as fault:
        if fault.decision is not Decision.REOPEN:
            raise troubles.failure(fault) from None
        session.state, session.estranged = SessionState.BROKEN, False
    else:
        if session.estranged or shell.state == SessionState.DISCONNECTED.value:
            session.state = SessionState.DISCONNECTED


def remove(session: Session, link: Link | None = None) -> None:
    """Removes the shell with what runs in it; raises PSSessionError where the server does not do so."""
    if session.state in (SessionState.OPENED, SessionState.DISCONNECTED) or session.estranged:
        try:
            session.courier.request(Phase.IDLE, lambda way: way.delete(session.shell_id), link)
        except Fault as fault:
            if fault.decision is not Decision.REOPEN:
                raise troubles.failure(fault) from None
        log.info("session %d removed", session.number)
    session.state, session.estranged = SessionState.CLOSED, False
    session.shell_changed(session)


def estrange(session: Session) -> None:
    """Gives up a shell whose words were not understood: a kept one stays on its server, any other is removed.

    Its next user connects to it as a new client does, whom the server tells everything from the beginning.
    """
    if not session.stays:
        session.discard()
        return
    session.state, session.estranged = SessionState.BROKEN, True
    try:
        session.courier.request(Phase.IDLE, lambda way: way.disconnect(session.shell_id), patience=lambda: 0.0)
    except Fault as fault:
        log.info("session %d stays connected for the server: %s", session.number, fault)
    session.courier.hang_up()


def let_go(session: Session) -> None:
    """Disconnects a kept session, so that any client of its user finds it again, and removes any other."""
    if session.stays:
        try:
            session.disconnect()
        except PSSessionError as error:
            log.warning("%s was not disconnected: %s", session, error)
        session.state = SessionState.CLOSED
    session.close()


def keep_alive(session: Session) -> None:
    """Tells the server that its client lives, and learns whether the shell does; starts nothing, raises nothing."""
    try:
        received = session.courier.request(
            Phase.IDLE, lambda way: way.receive(session.shell_id, None, operation_timeout=1)
        )
        session.pool.feed(received.data)
        session.last_used = session.clock()
    except (Fault, ProtocolError) as error:
        log.warning("session %d: keep-alive failed: %s", session.number, error)
        if isinstance(error, ProtocolError):
            estrange(session)
        elif error.decision is Decision.REOPEN:
            session.state = SessionState.BROKEN


def rest(session: Session) -> None:
    """Disconnects a session that nobody works with, so that any client of its user can have it; raises nothing."""
    try:
        session.disconnect()
    except PSSessionError as error:
        log.warning("%s was not disconnected: %s", session, error)
        # It is tried again, but not at once.
        session.last_used = session.clock()
