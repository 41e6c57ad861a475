# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accepts clients, keeps house, and ends the broker when nothing is left to do (broker process)."""

from __future__ import annotations

import collections
import logging
import os
import socket
import threading
import time
import typing

from .._wire import VERSION
from .._wire.place import peer_uid
from . import playbooks
from .client import Client
from .parallel import in_parallel, in_thread
from .reactor import Reactor
from .registry import Playbook, Registry
from .session import Session, SessionState

#: Seconds between two looks at what is idle or expired.
_TICK = 2.0
#: Seconds that a broker with nothing to keep waits for the next client.
_LINGER = 15.0
#: Seconds that running pipelines get to stop when the broker is told to end.
_LAST_STOPS = 10.0
#: A session is told that its client lives this many times within its idle timeout.
_KEEP_ALIVES = 3

log = logging.getLogger("pssession.broker")


class Server:
    """What all clients share.

    Args:
        listener: A listening Unix socket in a private directory.
        make: Makes a session of a number and a target.
    """

    def __init__(self, listener: socket.socket, make: typing.Callable[[int, typing.Any], Session]) -> None:
        self.pid = os.getpid()
        self.reactor = Reactor()
        self.registry = Registry(make, time.monotonic, changed=lambda: self.reactor.call(self._tidy))
        self.counters: collections.Counter[str] = collections.Counter()
        self._listener = listener
        self._playbooks = playbooks.Playbooks(self.reactor, self._playbook_ended)
        self._clients: set[Client] = set()
        self._lock = threading.Lock()
        self._started = self._last_busy = time.monotonic()
        self._tidying = False

    def run(self) -> None:
        """Serves until there is nothing left to keep or `shut_down` is called."""
        self._listener.setblocking(False)
        self.reactor.watch(self._listener, self._accept)
        self.reactor.later(_TICK, self._tick)
        self.reactor.run()

    def shut_down(self) -> int:
        """Ends `run` soon, after which `end` is to be called; returns how many sessions will be let go."""
        self.reactor.stop()
        return len(self.registry.sessions())

    def arrived(self, client: Client) -> None:
        """A client has said for whom it works."""
        playbook = client.playbook
        with self._lock:
            self._clients.add(client)
        self.reactor.call(lambda: self._playbooks.watch(playbook))

    def left(self, client: Client) -> None:
        """A client is gone."""
        with self._lock:
            self._clients.discard(client)
        # A worker may outlive its playbook, and what it used since would be kept for ever.
        if not playbooks.alive(client.playbook):
            self.registry.playbook_ended(client.playbook)

    def facts(self) -> dict[str, typing.Any]:
        """What the broker tells of itself; times in seconds."""
        sessions = self.registry.sessions()
        links = [link for session in sessions for link in (session.courier.main, session.courier.side)]
        return {
            "version": VERSION,
            "pid": self.pid,
            "uptime": round(time.monotonic() - self._started, 3),
            "threads": threading.active_count(),
            "playbooks": self._playbooks.living,
            "counters": {
                **self.counters,
                "sessions_opened": self.counters["sessions_opened"] + sum(session.opened for session in sessions),
                "requests": self.counters["requests"] + sum(link.requests for link in links),
                "connections": self.counters["connections"] + sum(link.connections for link in links),
            },
        }

    def count(self, session: Session) -> None:
        """Counts what became of a session on behalf of one run."""
        self.counters["reconnected"] += session.reconnected
        self.counters["recreated"] += session.recreated

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
        in_thread("client", Client(self, connection).serve)

    def _playbook_ended(self, playbook: Playbook) -> None:
        with self._lock:
            orphans = [client for client in self._clients if client.playbook == playbook]
        for client in orphans:
            in_thread("orphan", lambda client=client: client.stop("its playbook's process is gone"))  # type: ignore[misc]
        self.registry.playbook_ended(playbook)

    def _tick(self) -> None:
        self.reactor.later(_TICK, self._tick)
        for session in self.registry.sessions():
            session.courier.main.close_idle()
            session.courier.side.close_idle()
        self._tidy()
        if self._clients or self._playbooks.living or not self.registry.empty or self._tidying:
            self._last_busy = time.monotonic()
        elif time.monotonic() - self._last_busy > _LINGER:
            log.info("nothing is left to keep")
            self.shut_down()

    def _tidy(self) -> None:
        """Lets go of what nobody uses any more and keeps the rest alive, on threads of their own."""
        expired = self.registry.expired()
        if expired:
            in_thread("letting go", lambda: self._let_go(expired))
        if not self._tidying and any(self._needs_keep_alive(session) for session in self.registry.sessions()):
            self._tidying = True
            in_thread("keep-alive", self._keep_alive)

    def _keep_alive(self) -> None:
        try:
            with self.registry.idle(self._needs_keep_alive) as sessions:
                in_parallel(lambda session: session.keep_alive(), sessions)
        finally:
            self._tidying = False

    @staticmethod
    def _needs_keep_alive(session: Session) -> bool:
        interval = (session.idle_timeout or 7200) / _KEEP_ALIVES
        return session.state is SessionState.OPENED and session.clock() - session.last_used > interval

    def _let_go(self, sessions: list[Session]) -> None:
        in_parallel(lambda session: session.let_go(), sessions)
        for session in sessions:
            self.counters["sessions_opened"] += session.opened
            for link in (session.courier.main, session.courier.side):
                self.counters["requests"] += link.requests
                self.counters["connections"] += link.connections

    def end(self) -> None:
        """The last act, when nobody is let in any more: what runs is stopped, sessions are removed or disconnected."""
        with self._lock:
            clients = list(self._clients)
        in_parallel(lambda client: client.stop("the session broker is told to end"), clients)
        deadline = time.monotonic() + _LAST_STOPS
        self._let_go(self.registry.expired(everything=True))
        while any(client.busy for client in clients) and time.monotonic() < deadline:
            time.sleep(0.05)
        self._let_go(self.registry.expired(everything=True))
        log.info("the broker ends")
