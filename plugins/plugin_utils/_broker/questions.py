# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session asks its runspace pool's other half beside all pipelines (broker process).

Whoever asks has leased the session.
"""

from __future__ import annotations

import functools
import typing
import uuid

from .._psrp.errors import ProtocolError
from .._wire.errors import ErrorKind, PSSessionError
from . import troubles, upkeep
from .courier import Fault
from .link import Connection
from .recovery import Phase
from .session import Session

#: How often the server is asked what it has not answered.
_QUESTIONS = 3


def exchange_key(session: Session) -> None:
    """Agrees on the key under which SecureStrings travel (MS-PSRP 3.1.5.4.3); raises PSSessionError."""
    session.pool.request_key()
    for _attempt in range(_QUESTIONS):
        if _converse(session, lambda: session.pool.key_exchanged):
            return
    # A pool's key is asked for once: without it this one carries no secret.
    raise _estranged(session, "it gave no session key", ErrorKind.UNREACHABLE)


def available(session: Session) -> bool:
    """Whether nothing runs in it, by the server's word (one Send, one Receive); raises PSSessionError."""
    for _attempt in range(_QUESTIONS):
        session.pool.ask_available()
        if _converse(session, lambda: session.pool.available is not None):
            return bool(session.pool.available)
    raise PSSessionError(ErrorKind.UNREACHABLE, f"{session} does not say whether something runs in it.")


def _converse(session: Session, answered: typing.Callable[[], bool]) -> bool:
    """Sends what the pool has to say and receives until it has its answer; raises PSSessionError.

    Returns False where nothing came in the time that the server lets a Receive wait: the answer was lost on its way.
    """
    courier, pool = session.courier, session.pool
    try:
        limit = courier.main.max_payload
        while outgoing := pool.take(limit):
            send = functools.partial(_send, session.shell_id, outgoing.data, outgoing.stream)
            courier.request(Phase.OPENING, send)
        while not answered():
            received = courier.request(Phase.IDLE, lambda way: way.receive(session.shell_id, None))
            if not received.data:
                return False
            pool.feed(received.data)
        return True
    except Fault as fault:
        raise troubles.failure(fault) from None
    except ProtocolError as error:
        raise _estranged(session, str(error)) from None


def _estranged(session: Session, why: str, kind: ErrorKind = ErrorKind.FAILED) -> PSSessionError:
    """Gives the session up; nothing was started in it."""
    upkeep.estrange(session)
    if session.estranged:
        return PSSessionError(kind, f"{session.lost().message} Nothing was started ({why}).")
    return PSSessionError(kind, f"{session} was not understood and was removed: {why}; nothing was started.")


def _send(shell_id: uuid.UUID, data: bytes, stream: str, way: Connection) -> None:
    way.send(shell_id, None, data, stream)
