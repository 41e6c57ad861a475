# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the broker's threads share: sessions, playbooks, clients and counters (broker process)."""

from __future__ import annotations

import collections
import contextlib
import os
import threading
import time
import typing

from .._wire import VERSION
from .._wire.target import Target
from . import playbooks
from .finding import Finder
from .group import Playbook
from .ledger import Ledger
from .link import Link
from .parallel import in_thread
from .reactor import Reactor
from .registry import Registry
from .selecting import Selecting
from .session import Session


class Served(typing.Protocol):
    """A client, as far as others need to know it."""

    #: Whom it works for.
    playbook: Playbook

    @property
    def busy(self) -> bool:
        """Whether something runs for it."""

    def stop(self, reason: str) -> None:
        """Stops what runs for it."""


class Shared:
    """Everything that outlives one client's connection.

    Args:
        make: Makes a session of a number and a target.
        changed: Called when something may have to be let go.
        ledger: Which sessions on servers are ours.
    """

    def __init__(
        self,
        make: typing.Callable[[int, Target], Session],
        changed: typing.Callable[[], None],
        ledger: Ledger,
    ) -> None:
        def noted(number: int, target: Target) -> Session:
            session = make(number, target)
            session.shell_changed = ledger.note
            return session

        self.pid = os.getpid()
        self.reactor = Reactor()
        self.ledger = ledger
        self.registry = Registry(noted, time.monotonic, changed)
        self.finder = Finder(self.registry, ledger)
        self.selecting = Selecting(self.registry, self.finder, self.count_out)
        self.counters: collections.Counter[str] = collections.Counter()
        self._playbooks = playbooks.Playbooks(self.reactor, self._playbook_ended)
        self._clients: set[Served] = set()
        self._lock = threading.Lock()
        self._started = time.monotonic()

    @property
    def clients(self) -> list[Served]:
        """Who is connected now."""
        with self._lock:
            return list(self._clients)

    @property
    def idle(self) -> bool:
        """Whether there is nobody to serve and nothing to keep."""
        return not self.clients and not self._playbooks.living and self.registry.empty

    def arrived(self, client: Served) -> None:
        """A client has said for whom it works."""
        playbook = client.playbook
        with self._lock:
            self._clients.add(client)
        self.reactor.call(lambda: self._playbooks.watch(playbook))

    def left(self, client: Served) -> None:
        """A client is gone."""
        with self._lock:
            self._clients.discard(client)
        # A worker may outlive its playbook, and what it used since would be kept for ever.
        if not playbooks.alive(client.playbook):
            self.registry.playbook_ended(client.playbook)

    @contextlib.contextmanager
    def scout(self, target: Target) -> typing.Iterator[Session]:
        """Asks a target's server something that no session of ours is needed for."""
        scout = self.registry.scout(target)
        try:
            yield scout
        finally:
            scout.courier.hang_up()
            self.count_out(scout)

    def count(self, session: Session) -> None:
        """Counts what became of a session on behalf of one run."""
        self.counters["reconnected"] += session.reconnected
        self.counters["recreated"] += session.recreated

    def count_out(self, session: Session) -> None:
        """Keeps the counts of a session that was let go."""
        self.counters.update(_counts(session))

    def facts(self) -> dict[str, typing.Any]:
        """What the broker tells of itself; times in seconds."""
        counters = collections.Counter(self.counters)
        for session in self.registry.sessions():
            counters.update(_counts(session))
        return {
            "version": VERSION,
            "pid": self.pid,
            "uptime": round(time.monotonic() - self._started, 3),
            "threads": threading.active_count(),
            "playbooks": self._playbooks.living,
            "counters": {name: counters[name] for name in sorted({*_COUNTERS, *counters})},
        }

    def shut_down(self) -> None:
        """Ends the broker soon; safe in a signal handler."""
        self.reactor.stop()

    def _playbook_ended(self, playbook: Playbook) -> None:
        for client in self.clients:
            if client.playbook == playbook:
                in_thread("orphan", _stopping(client))
        self.registry.playbook_ended(playbook)


_COUNTERS = ("connections", "pipelines", "reconnected", "recreated", "requests", "sessions_opened")


def _stopping(client: Served) -> typing.Callable[[], None]:
    return lambda: client.stop("its playbook's process is gone")


def _counts(session: Session) -> dict[str, int]:
    links: tuple[Link, ...] = (session.courier.main, session.courier.side)
    return {
        "sessions_opened": session.opened,
        "requests": sum(link.requests for link in links),
        "connections": sum(link.connections for link in links),
    }
