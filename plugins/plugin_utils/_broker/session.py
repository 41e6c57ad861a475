# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One PSSession as the broker keeps it: opens, is reconnected, recreated and let go (broker process).

A session is used by one thread at a time, the one that leased it from the registry; it owns no thread itself. Clock and
connections are injected. Whatever a session does on the wire goes through `Courier.request`, so that every fault meets
the same rules (`recovery`).
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
import typing
import uuid

from .._psrp.errors import ProtocolError
from .._psrp.pool import PoolClient
from .._transport import FaultKind, ShellDescription, TransportError
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.record import replaced
from .._wire.target import Target
from . import opening, targets, troubles
from .courier import Connect, Courier, Fault
from .left import Left, listed
from .link import Connection
from .recovery import Decision, Phase
from .troubles import QuotaReached, SessionState

__all__ = ["QuotaReached", "Session", "SessionState"]

log = logging.getLogger("pssession.broker")


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
        #: It is more than its current user's: it has a name that was given, or it was left on purpose.
        self.kept = target.session_name is not None
        #: Its user named this very session: a lost one is an error then, and is not opened anew.
        self.selected = False
        #: Set by who removes it by force, whatever its user does with it: it is not opened again.
        self.removed = threading.Event()
        #: What its server said was not understood, so that it can only be connected to as by a new client.
        self.estranged = False
        #: The pipelines whose output waits on the server, in the server's order.
        self.left: list[Left] = []
        #: What the server told of the shell when it was made or found.
        self.told: ShellDescription | None = None
        #: Called when the shell has become ours, or is gone.
        self.shell_changed: typing.Callable[[Session], None] = lambda session: None
        #: Seconds that the server keeps it without its client; None: the server's default, which it did not tell.
        self.idle_timeout = targets.idle_timeout(target)
        self.courier = Courier(target, connect, self.reconnect, clock, sleep)
        self.sleep = sleep

    @property
    def stays(self) -> bool:
        """Whether it stays on the server when it is let go."""
        return self.kept and self.target.can_disconnect and not self.removed.is_set()

    @property
    def owes(self) -> bool:
        """Whether output of it waits here for its next user."""
        return any(left.undelivered for left in self.left)

    @property
    def fate(self) -> str:
        """What became of one that its user has lost, for messages."""
        if self.removed.is_set():
            return "was removed by force (pssession: state=absent)"
        return "is Broken and stays on its server (pssession: state=present)" if self.estranged else "was lost"

    def leased(self, target: Target) -> None:
        """A user begins: what is told of the session is told to him, with his timeouts and sizes."""
        self.reconnected = self.recreated = self.selected = False
        self.retarget(target, made=self.opened > 0)

    def retarget(self, target: Target, made: bool) -> None:
        """Takes on a user's timeouts and sizes, and where none is made yet, how he wants it to be made."""
        self.target = targets.retargeted(self.target, target, made)
        self.courier.retarget(self.target)
        if not made:
            self.idle_timeout = targets.idle_timeout(self.target)
        self.notice()

    def notice(self) -> None:
        """Notices that the shell has ended with its connection, which a stream tells without being asked."""
        if self.state is SessionState.OPENED and not self.target.can_disconnect and self.courier.main.broken:
            self.state = SessionState.BROKEN

    def ready(self) -> None:
        """Makes it usable before anything is started: opens, reconnects or recreates it; raises PSSessionError."""
        try:
            if self._is_old() and not self.kept and not self.selected:
                log.info("session %d is older than max_age", self.number)
                self.close()
            if self.state is SessionState.DISCONNECTED or (self.state is SessionState.BROKEN and self.estranged):
                self._come_back()
        except Fault as fault:
            if fault.cause.kind is FaultKind.BUSY:
                raise troubles.taken(str(self), fault) from None
            if fault.decision is not Decision.REOPEN:
                raise troubles.failure(fault) from None
            self.state = SessionState.BROKEN
        if self.state is not SessionState.OPENED:
            self.open()

    def open(self) -> None:
        """Opens a new shell in place of a lost one, if there was one; raises PSSessionError.

        One that its user selected is not replaced: its state is what it was selected for.
        """
        if self.removed.is_set():
            raise troubles.removed(str(self))
        if self.selected:
            self.state = SessionState.BROKEN
            raise self.lost()
        self.recreated = self.opened > 0
        self.state = SessionState.CLOSED
        self.left = []
        try:
            opened = opening.create(self.courier, self.clock, self.name, self.target)
        except Fault as fault:
            raise troubles.not_opened(fault, self.target) from None
        except ProtocolError as error:
            raise PSSessionError(ErrorKind.FAILED, f"{self} could not be opened: {error}") from None
        self.shell_id, self.told = opened.shell_id, opened.told
        self._is_opened(opened.pool)
        if self.removed.is_set():
            # Its removal came while it was opened, and had nothing to remove.
            self.discard()
            raise troubles.removed(str(self))

    def give_name(self, name: str) -> None:
        """Names it before it is opened: it is kept on the server from then on."""
        self.target = replaced(self.target, session_name=name)
        self.name, self.kept = name, True
        self.idle_timeout = self.target.idle_timeout

    def keep(self) -> None:
        """It stays on the server from now on when it is let go."""
        self.kept = True
        self.shell_changed(self)

    def adopt(self, found: ShellDescription) -> None:
        """Stands for a shell that was found on the server; `connect` takes it over."""
        self.target = targets.found(self.target, found)
        self.courier.retarget(self.target)
        self.give_name(self.target.session_name or self.name)
        self.shell_id, self.told = found.shell_id, found
        self.state = SessionState.DISCONNECTED

    def forget_shell(self) -> None:
        """Stands for no shell any more: the one that was adopted could not be taken over."""
        self.shell_id, self.told = uuid.uuid4(), None
        self.state = SessionState.CLOSED

    def connect(self) -> None:
        """Takes over a shell that another client left; raises PSSessionError, or Fault where a client holds it."""
        try:
            pool = opening.connect(self.courier, self.clock, self.shell_id)
            commands = opening.commands(self.courier, self.shell_id)
        except Fault as fault:
            if fault.cause.kind is FaultKind.BUSY:
                raise
            if fault.cause.kind is FaultKind.SHELL_NOT_FOUND:
                self.state, self.estranged = SessionState.BROKEN, False
                raise self.lost() from None
            raise troubles.failure(fault) from None
        except ProtocolError as error:
            raise PSSessionError(ErrorKind.FAILED, f"{self} could not be connected: {error}") from None
        self.left = listed(commands, self.left)
        self._is_opened(pool)
        self.reconnected = True

    def _is_old(self) -> bool:
        """Whether it is open for longer than its user wants; a max_age of 0 is no limit."""
        age = self.clock() - self._opened_at
        return self.state is SessionState.OPENED and 0 < self.target.max_age < age

    def _come_back(self) -> None:
        """Reconnects, or connects where another client had taken the shell and left it again; raises Fault."""
        if self.estranged:
            return self.connect()
        try:
            self.reconnect()
        except Fault as fault:
            if fault.cause.kind is not FaultKind.BUSY:
                raise
            self.connect()

    def reconnect(self) -> None:
        """Takes a disconnected shell of ours back; its state is kept. Raises Fault."""

        def call(way: Connection) -> None:
            try:
                way.reconnect(self.shell_id)
            except TransportError as error:
                # It is ours and connected: an answer was lost, or the server had not noticed that we were gone.
                if error.kind is not FaultKind.WRONG_STATE:
                    raise

        try:
            self.courier.request(Phase.RECONNECTING, call)
        except Fault as fault:
            if fault.cause.kind is FaultKind.BUSY:
                # Another client took it: whatever we thought, it is not connected to us.
                self.state = SessionState.DISCONNECTED
            raise
        self.pool.reconnected()
        self.state = SessionState.OPENED
        self.reconnected = True
        log.info("session %d reconnected", self.number)

    def disconnect(self, idle_timeout: int | None = None, output_buffering_mode: str | None = None) -> None:
        """Leaves the shell on the server for a later client; what is None stays as it was. Raises PSSessionError."""
        if self.state is not SessionState.OPENED:
            return

        def call(way: Connection) -> None:
            way.disconnect(self.shell_id, idle_timeout=idle_timeout, output_buffering_mode=output_buffering_mode)

        try:
            self.courier.request(Phase.IDLE, call)
        except Fault as fault:
            if fault.decision is Decision.REOPEN:
                self.state = SessionState.BROKEN
                raise self.lost() from None
            raise troubles.failure(fault) from None
        self.pool.disconnected()
        self.state = SessionState.DISCONNECTED
        self.idle_timeout = idle_timeout or self.idle_timeout
        if self.told and output_buffering_mode:
            self.told = dataclasses.replace(self.told, output_buffering_mode=output_buffering_mode)

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
        self.shell_changed(self)

    def lost_sight(self) -> None:
        """What ran may still run: a kept session is looked for again by its next user, any other one is removed."""
        if self.stays:
            self.state = SessionState.DISCONNECTED
        else:
            self.discard()

    def lost(self) -> PSSessionError:
        """The error for one whose shell is not there any more, though this very session was asked for."""
        if self.estranged:
            return troubles.estranged(str(self))
        return troubles.lost(str(self), self.state, self.target)

    def __str__(self) -> str:
        return f"The session {self.name!r} (Id {self.number}) on {self.target.host}"

    def _is_opened(self, pool: PoolClient) -> None:
        self.pool = pool
        self.opened += 1
        self._opened_at = self.last_used = self.clock()
        self.state, self.estranged = SessionState.OPENED, False
        if self.told is not None and self.told.idle_timeout is not None:
            self.idle_timeout = int(self.told.idle_timeout)
        log.info("session %d opened: %s, shell %s", self.number, self, self.shell_id)
        self.shell_changed(self)
