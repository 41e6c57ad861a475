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
from .._wire.target import Target, idle_timeout
from . import opening
from .courier import Connect, Courier, Fault
from .link import Connection
from .recovery import CUT, Decision, Phase

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
        return idle_timeout(self.target.idle_timeout, self.target.session_name)

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
        if self.state is not SessionState.OPENED and not self._take_back():
            self.open()

    def open(self) -> None:
        """Opens a new shell in place of a lost one, if there was one; raises PSSessionError."""
        self.recreated = self.opened > 0
        self.state = SessionState.CLOSED
        try:
            opened = opening.create(self.courier, self.clock, self.name, self.idle_timeout, self.target.no_profile)
        except Fault as fault:
            raise self.failure(fault) from None
        except ProtocolError as error:
            raise PSSessionError(ErrorKind.FAILED, f"{self} could not be opened: {error}") from None
        self._is_opened(*opened)

    def _take_back(self) -> bool:
        """Connects to the shell of a named session that an earlier broker of this user left on the server."""
        if self.target.session_name is None or self.opened:
            return False
        try:
            found = opening.connect(self.courier, self.clock, self.name, self.target.configuration_name)
        except Fault as fault:
            raise self.failure(fault) from None
        except ProtocolError as error:
            raise PSSessionError(ErrorKind.FAILED, f"{self} could not be connected: {error}") from None
        if found is not None:
            self._is_opened(*found)
            self.reconnected = True
        return found is not None

    def exchange_key(self) -> None:
        """Agrees on the key under which SecureStrings travel (MS-PSRP 3.1.5.4.3); raises PSSessionError."""
        self.pool.request_key()
        try:
            limit = self.courier.main.max_payload
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
            log.warning("session %d: keep-alive failed: %s", self.number, error)
            if isinstance(error, ProtocolError):
                self.discard()
            elif error.decision is Decision.REOPEN:
                self.state = SessionState.BROKEN

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
        if self.state in (SessionState.OPENED, SessionState.DISCONNECTED):
            self.discard()
        self.state = SessionState.CLOSED
        self.courier.hang_up()

    def discard(self) -> None:
        """Removes the shell with what runs in it; afterwards the session is broken, and opened anew when it is used."""
        self.state = SessionState.BROKEN
        opening.remove(self.courier, self.shell_id)

    def lost_sight(self) -> None:
        """What ran may still run: a named session is looked for again by its next user, any other one is removed."""
        if self.target.session_name is not None:
            self.state = SessionState.DISCONNECTED
        else:
            self.discard()

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

    def _is_opened(self, shell_id: uuid.UUID, pool: PoolClient) -> None:
        self.shell_id, self.pool = shell_id, pool
        self.opened += 1
        self._opened_at = self.last_used = self.clock()
        self.state = SessionState.OPENED
        log.info("session %d opened: %s, shell %s", self.number, self, self.shell_id)
