# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One PSSession as the broker keeps it: opens, is reconnected, recreated and let go (broker process).

A session is used by one thread at a time, the one that leased it from the registry; it owns no thread itself. Clock and
connections are injected. Whatever a session does on the wire goes through `Courier.request`, so that every fault meets
the same rules (`recovery`).
"""

from __future__ import annotations

import enum
import functools
import logging
import time
import typing
import uuid

from .._psrp.errors import ProtocolError
from .._psrp.pool import PoolClient
from .._transport import FaultKind, TransportError
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import Target
from .courier import RECOVERY, Connect, Courier, Fault
from .link import Connection
from .recovery import CUT, Decision, Phase

#: How many shells are tried when the connection breaks while one is opened.
_OPENINGS = 3
#: How often a Delete is sent whose answer was lost: doing it twice does no harm.
_DELETES = 3
#: Seconds; what a killed controller leaves on a server is gone after it.
IMPLICIT_IDLE_TIMEOUT = 300

log = logging.getLogger("pssession.broker")


class SessionState(enum.Enum):
    """PowerShell's words for a PSSession's state."""

    CLOSED = "Closed"
    OPENED = "Opened"
    DISCONNECTED = "Disconnected"
    BROKEN = "Broken"


class QuotaReached(PSSessionError):
    """The server does not let this user have another session or command for the moment."""


def _send_to_pool(shell_id: uuid.UUID, data: bytes, stream: str, way: Connection) -> None:
    way.send(shell_id, None, data, stream)


class Session:
    """A runspace pool with one runspace on a server.

    Args:
        number: Its Id, unique in this broker.
        target: Who connects where and how.
        connect: Makes connections.
        clock: Seconds, monotonic.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        number: int,
        target: Target,
        connect: Connect,
        clock: typing.Callable[[], float] = time.monotonic,
        sleep: typing.Callable[[float], None] = time.sleep,
    ) -> None:
        self.number = number
        self.name = target.session_name or f"Ansible{number}"
        self.target = target
        self.state = SessionState.CLOSED
        self.clock = clock
        self.shell_id = uuid.uuid4()
        self.pool = PoolClient(self.shell_id)
        self.last_used = clock()
        #: What happened to it on behalf of the current user: its state was kept, or is lost.
        self.reconnected = False
        self.recreated = False
        #: How often a shell was opened.
        self.opened = 0
        self._opened_at = 0.0
        self.courier = Courier(target, connect, self.reconnect, clock, sleep)

    @property
    def idle_timeout(self) -> int | None:
        """Seconds that the server keeps it without its client; None leaves a named one to the server's default."""
        if self.target.idle_timeout is None and self.target.session_name is None:
            return IMPLICIT_IDLE_TIMEOUT
        return self.target.idle_timeout

    def ready(self) -> None:
        """Makes it usable before anything is started: opens, reconnects or recreates it; raises PSSessionError."""
        self.reconnected = self.recreated = False
        try:
            if self.state is SessionState.OPENED and self.clock() - self._opened_at > self.target.max_age:
                log.info("session %d is older than max_age", self.number)
                self.close()
            if self.state is SessionState.DISCONNECTED:
                self.reconnect()
        except Fault as fault:
            if fault.decision is not Decision.REOPEN:
                raise self.failure(fault) from None
            self.state = SessionState.BROKEN
        if self.state is not SessionState.OPENED:
            self.open()

    def open(self) -> None:
        """Opens a new shell in place of a lost one, if there was one; raises PSSessionError."""
        self.recreated = self.opened > 0
        for attempt in range(1, _OPENINGS + 1):
            self.shell_id = uuid.uuid4()
            self.pool = PoolClient(self.shell_id, {"remoting.powershell": {"name": self.name}})
            try:
                self._open()
                break
            except Fault as fault:
                self.discard()
                # Nothing runs in it yet: a shell of which an answer was lost is better removed than asked for.
                if fault.decision is not Decision.ASK or attempt == _OPENINGS:
                    raise self.failure(fault) from None
            except ProtocolError as error:
                self.discard()
                raise PSSessionError(ErrorKind.FAILED, f"{self} could not be opened: {error}") from None
        self.opened += 1
        self._opened_at = self.last_used = self.clock()
        self.state = SessionState.OPENED
        log.info("session %d opened: %s, shell %s", self.number, self, self.shell_id)

    def exchange_key(self) -> None:
        """Agrees on the key under which SecureStrings travel (MS-PSRP 3.1.5.4.3); raises PSSessionError."""
        self.pool.request_key()
        try:
            with self.courier.main.use() as connection:
                limit = connection.max_payload
            while outgoing := self.pool.take(limit):
                data, stream = outgoing.data, outgoing.stream
                self.courier.request(Phase.OPENING, functools.partial(_send_to_pool, self.shell_id, data, stream))
            while not self.pool.key_exchanged:
                received = self.courier.request(Phase.IDLE, lambda way: way.receive(self.shell_id, None))
                self.pool.feed(received.data)
        except Fault as fault:
            raise self.failure(fault) from None

    def reconnect(self) -> None:
        """Takes a disconnected shell of ours back; its state is kept. Raises Fault."""
        tried = False

        def call(way: Connection) -> None:
            nonlocal tried
            try:
                way.reconnect(self.shell_id)
            except TransportError as error:
                # The first one may have arrived though its answer was lost: then there is nothing to reconnect.
                if not (tried and error.kind is FaultKind.WRONG_STATE):
                    tried = True
                    raise

        self.courier.request(Phase.RECONNECTING, call)
        self.pool.reconnected()
        self.state = SessionState.OPENED
        self.reconnected = True
        log.info("session %d reconnected", self.number)

    def disconnect(self) -> None:
        """Leaves the shell on the server for a later client; raises PSSessionError."""
        if self.state is not SessionState.OPENED:
            return
        try:
            self.courier.request(
                Phase.IDLE, lambda way: way.disconnect(self.shell_id, idle_timeout=self.target.idle_timeout)
            )
        except Fault as fault:
            raise self.failure(fault) from None
        self.pool.disconnected()
        self.state = SessionState.DISCONNECTED

    def keep_alive(self) -> None:
        """Tells the server that its client lives, and learns whether the shell does; starts nothing, raises nothing."""
        try:
            received = self.courier.request(
                Phase.IDLE, lambda way: way.receive(self.shell_id, None, operation_timeout=1)
            )
            self.pool.feed(received.data)
            self.last_used = self.clock()
        except (Fault, ProtocolError) as error:
            if not isinstance(error, Fault) or error.decision is Decision.REOPEN:
                self.state = SessionState.BROKEN
            log.warning("session %d: keep-alive failed: %s", self.number, error)

    def retarget(self, target: Target) -> None:
        """Takes on a target of the same key; other timeouts or sizes are for new connections."""
        self.target = target
        self.courier.retarget(target)

    def let_go(self) -> None:
        """Disconnects a named session, so that any client of its user finds it again, and removes any other."""
        if self.target.session_name is not None:
            try:
                self.disconnect()
                self.state = SessionState.CLOSED
            except PSSessionError as error:
                log.warning("%s was not disconnected: %s", self, error)
        self.close()

    def close(self) -> None:
        """Removes the shell from the server and hangs up; never raises: what stays is ended by its idle timeout."""
        if self.state is not SessionState.CLOSED:
            self.discard()
            self.state = SessionState.CLOSED
        self.courier.hang_up()

    def discard(self) -> None:
        """Removes the shell, whatever its state; afterwards the session is broken."""
        self.state = SessionState.BROKEN
        for _attempt in range(_DELETES):
            try:
                with self.courier.main.use() as connection:
                    connection.delete(self.shell_id)
                log.info("session %d: shell %s removed", self.number, self.shell_id)
                return
            except TransportError as error:
                log.info("session %d: shell %s not removed: %s", self.number, self.shell_id, error)
                if not error.may_have_arrived:
                    return

    def failure(self, fault: Fault) -> PSSessionError:
        """The error that the user reads for a fault before which nothing was started."""
        kind = fault.cause.kind
        if kind is FaultKind.QUOTA:
            return QuotaReached(ErrorKind.FAILED, fault.cause.message)
        if kind is FaultKind.MISSING_LIBRARY or (fault.phase is Phase.STARTING and kind not in CUT):
            return PSSessionError(ErrorKind.FAILED, fault.cause.message)
        return PSSessionError(ErrorKind.UNREACHABLE, fault.cause.message)

    def row(self) -> dict[str, typing.Any]:
        """The session as the modules return it; availability is the registry's to say."""
        return {
            "id": self.number,
            "name": self.name,
            "computer_name": self.target.host,
            "inventory_hostname": self.target.inventory_hostname,
            "state": self.state.value,
            "configuration_name": self.target.configuration_name,
            "instance_id": str(self.shell_id),
            "transport": self.target.transport,
            "idle_timeout": self.idle_timeout,
            "owner": self.target.user,
            "reconnected": self.reconnected,
            "recreated": self.recreated,
        }

    def __str__(self) -> str:
        return f"The session {self.name!r} (Id {self.number}) on {self.target.host}"

    def _open(self) -> None:
        creation = self.pool.creation()

        def create(way: Connection) -> None:
            way.create(
                self.shell_id,
                creation,
                name=self.name,
                idle_timeout=self.idle_timeout,
                output_buffering_mode=None,
                no_profile=self.target.no_profile,
            )

        self.courier.request(Phase.OPENING, create)
        give_up_at = self.clock() + RECOVERY
        while not self.pool.opened:
            received = self.courier.request(Phase.OPENING, lambda way: way.receive(self.shell_id, None))
            self.pool.feed(received.data)
            if self.pool.broken or self.clock() > give_up_at:
                raise ProtocolError(self.pool.broken or f"the server did not open it within {RECOVERY:.0f} s")

    def _receive(self, phase: Phase) -> None:
        """A short Receive for the pool: it tells whether the shell lives, and tells the server that we do."""
        received = self.courier.request(phase, lambda way: way.receive(self.shell_id, None, operation_timeout=1))
        self.pool.feed(received.data)
