# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accepts clients, keeps house, and ends the broker when nothing is left to do (broker process)."""

from __future__ import annotations

import logging
import os
import socket
import time
import typing

from .._wire.place import peer_uid
from .._wire.target import Target
from . import upkeep
from .client import Client
from .group import Group
from .ledger import Ledger
from .parallel import in_parallel, in_thread
from .session import Session, SessionState
from .shared import Shared

#: Seconds between two looks at what is idle or expired.
_TICK = 2.0
#: Seconds that a broker with nothing to keep waits for the next client.
_LINGER = 15.0
#: Seconds that running pipelines get to stop, and seconds that all of the end may take.
_LAST_STOPS = 10.0
_LAST_ACT = 25.0

log = logging.getLogger("pssession.broker")


class Server:
    """The broker's main thread.

    Args:
        listener: A listening Unix socket in a private directory.
        make: Makes a session of a number and a target.
        ledger: Which sessions on servers are ours.
    """

    def __init__(self, listener: socket.socket, make: typing.Callable[[int, Target], Session], ledger: Ledger) -> None:
        self.shared = Shared(make, lambda: self._reactor.call(self._tidy), ledger)
        self._reactor = self.shared.reactor
        self._registry = self.shared.registry
        self._listener = listener
        self._last_busy = time.monotonic()
        self._keeping_house = False

    def run(self) -> None:
        """Serves until there is nothing left to keep or the reactor is stopped; `end` is to be called then."""
        self._listener.setblocking(False)
        self._reactor.watch(self._listener, self._accept)
        self._reactor.later(_TICK, self._tick)
        self._reactor.run()

    def end(self) -> None:
        """The last act, when nobody is let in any more: what runs is stopped, sessions are removed or disconnected."""
        in_thread("end", self._end).join(_LAST_ACT)
        log.info("the broker ends")

    def _accept(self) -> None:
        try:
            connection, _address = self._listener.accept()
        except OSError as error:
            log.info("a connection could not be accepted: %s", error)
            return
        connection.setblocking(True)
        uid = peer_uid(connection)
        if uid != os.geteuid():
            log.warning("a process of uid %d was refused", uid)
            connection.close()
            return
        in_thread("client", Client(self.shared, connection).serve)

    def _tick(self) -> None:
        self._reactor.later(_TICK, self._tick)
        for session in self._registry.sessions():
            session.courier.main.close_idle()
            session.courier.side.close_idle()
        self._tidy()
        if not self.shared.idle or self._keeping_house:
            self._last_busy = time.monotonic()
        elif time.monotonic() - self._last_busy > _LINGER:
            log.info("nothing is left to keep")
            self.shared.shut_down()

    def _tidy(self) -> None:
        """Lets go of what nobody uses any more and keeps the rest alive, on threads of their own."""
        expired = self._registry.expired()
        if expired:
            in_thread("letting go", lambda: self._let_go(expired))
        if not self._keeping_house and self._registry.any_idle(_needs_care):
            self._keeping_house = True
            in_thread("housekeeping", self._keep_house)

    def _keep_house(self) -> None:
        try:
            with self._registry.idle(needs_keep_alive) as sessions:
                in_parallel(upkeep.keep_alive, sessions)
            with self._registry.idle(_may_rest) as sessions:
                in_parallel(upkeep.rest, sessions)
        finally:
            self._keeping_house = False

    def _let_go(self, sessions: list[Session]) -> None:
        in_parallel(upkeep.let_go, sessions)
        for session in sessions:
            self.shared.count_out(session)

    def _end(self) -> None:
        clients = self.shared.clients
        deadline = time.monotonic() + _LAST_STOPS
        in_parallel(lambda client: client.stop("the session broker is told to end"), clients)
        self._let_go(self._registry.expired(everything=True))
        while any(client.busy for client in clients) and time.monotonic() < deadline:
            time.sleep(0.05)
        self._let_go(self._registry.expired(everything=True))


def _needs_care(group: Group, session: Session) -> bool:
    return needs_keep_alive(group, session) or _may_rest(group, session)


def needs_keep_alive(_group: Group, session: Session) -> bool:
    """A disconnected one is not kept alive: its idle timeout is how its user wants it to end."""
    idle = session.clock() - session.last_used
    return session.state is SessionState.OPENED and idle > upkeep.interval(session)


def _may_rest(group: Group, session: Session) -> bool:
    return group.may_rest(session, session.clock())
