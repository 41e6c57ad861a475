# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions there are, who uses them, and when they are let go (broker process).

All state is behind one lock; nothing here touches the network. A session that is to be removed is handed out by
`expired`, `drop` or `retire` as leased, so nobody else can use it any more, and its remover closes it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import typing

from .._wire.errors import ErrorKind, PSSessionError
from .._wire.target import Target
from .session import Session, SessionState

#: Seconds after which a session beyond a host's first one is removed when nobody uses it.
SURPLUS_IDLE = 30.0
#: What a user of sessions is known by: a playbook's pid and start time.
Playbook = tuple[int, int]


@dataclasses.dataclass
class _Group:
    """The sessions of one target key; the first one is the shared one."""

    target: Target
    sessions: list[Session] = dataclasses.field(default_factory=list)
    busy: dict[int, str] = dataclasses.field(default_factory=dict)
    playbooks: set[Playbook] = dataclasses.field(default_factory=set)
    #: When nobody uses the group any more it is let go at this time.
    expires: float | None = None
    #: The server's quota: no more sessions than this, 0 for as many as are wanted.
    limit: int = 0

    def free(self, shared: bool) -> Session | None:
        """A session that may be leased now."""
        candidates = self.sessions[:1] if shared else self.sessions
        return next((session for session in candidates if session.number not in self.busy), None)

    def may_grow(self, shared: bool) -> bool:
        """Whether one more session may be opened."""
        if self.target.session_name is not None:
            # There is one session of a name; who wants it waits for it.
            return not self.sessions
        limits = [limit for limit in (self.limit, self.target.max_sessions) if limit]
        return not self.sessions or (not shared and all(len(self.sessions) < limit for limit in limits))


class Registry:
    """All sessions of a broker.

    Args:
        make: Makes a session, not yet opened, of a number and a target.
        clock: Seconds, monotonic.
        changed: Called, without the lock, when `next_expiry` may have become earlier.
    """

    def __init__(
        self,
        make: typing.Callable[[int, Target], Session],
        clock: typing.Callable[[], float],
        changed: typing.Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._clock = clock
        self._changed = changed
        self._condition = threading.Condition()
        self._groups: dict[str, _Group] = {}
        self._retired: list[Session] = []
        self._numbers = 0

    @contextlib.contextmanager
    def lease(self, target: Target, playbook: Playbook, shared: bool, task: str) -> typing.Iterator[Session]:
        """A session of the target for one thread's exclusive use.

        Args:
            target: Who connects where; its secrets are compared with those that the session was opened with.
            playbook: Keeps the session while it lives.
            shared: The host's one session whose state scripts share; else any, a further one where all are busy.
            task: What is run, for whoever finds the session busy.

        Raises PSSessionError (busy) after the target's busy_timeout.
        """
        session = self._acquire(target, playbook, shared, task)
        try:
            yield session
        finally:
            self._release(target.key(), session)

    def limit(self, target: Target, session: Session) -> bool:
        """The server refused to open a further session: True where others of the group can be waited for."""
        with self._condition:
            group = self._groups.get(target.key())
            if group is None or session not in group.sessions or len(group.sessions) == 1:
                return False
            group.sessions.remove(session)
            group.limit = len(group.sessions)
            return True

    def drop(self, target: Target) -> list[Session]:
        """Takes all of a target's sessions out; those in use are for their users to finish with, then retired."""
        with self._condition:
            group = self._groups.pop(target.key(), None)
            return self._retire(group) if group else []

    def playbook_ended(self, playbook: Playbook) -> None:
        """A playbook's process is gone; what only it used expires after the target's persist."""
        with self._condition:
            for group in self._groups.values():
                if playbook in group.playbooks:
                    group.playbooks.discard(playbook)
                    if not group.playbooks:
                        group.expires = self._clock() + group.target.persist
        self._changed()

    def expired(self, everything: bool = False) -> list[Session]:
        """Sessions to remove now: their group's time is over, they are surplus, or their options are outdated."""
        now = self._clock()
        with self._condition:
            gone = self._retired
            self._retired = []
            for key, group in list(self._groups.items()):
                if everything or (group.expires is not None and group.expires <= now and not group.busy):
                    gone += self._retire(self._groups.pop(key))
                else:
                    gone += self._surplus(group, now)
            return gone

    @contextlib.contextmanager
    def idle(self, shorter: typing.Callable[[Session], bool]) -> typing.Iterator[list[Session]]:
        """Leases all sessions that nobody uses and that satisfy a condition, for housekeeping."""
        taken: list[tuple[str, Session]] = []
        with self._condition:
            for key, group in self._groups.items():
                for session in group.sessions:
                    if session.number not in group.busy and shorter(session):
                        group.busy[session.number] = "keep-alive"
                        taken.append((key, session))
        try:
            yield [session for _key, session in taken]
        finally:
            for key, session in taken:
                self._release(key, session)

    def rows(self, target: Target | None = None) -> list[dict[str, typing.Any]]:
        """Rows of all sessions, or of those that lead to a target's host as its user."""
        with self._condition:
            return [
                {**session.row(), "availability": self._availability(group, session)}
                for group in self._groups.values()
                for session in group.sessions
                if target is None or group.target.is_same_host(target)
                if session.opened
            ]

    def sessions(self) -> list[Session]:
        """Every session that is held."""
        with self._condition:
            return [session for group in self._groups.values() for session in group.sessions]

    @property
    def empty(self) -> bool:
        """Whether nothing is held and nothing is left to remove."""
        with self._condition:
            return not self._groups and not self._retired

    def _acquire(self, target: Target, playbook: Playbook, shared: bool, task: str) -> Session:
        deadline = self._clock() + target.busy_timeout
        with self._condition:
            while True:
                group = self._group(target)
                group.playbooks.add(playbook)
                group.expires = None
                session = group.free(shared)
                if session is None and group.may_grow(shared):
                    self._numbers += 1
                    session = self._make(self._numbers, target)
                    group.sessions.append(session)
                if session is not None:
                    group.busy[session.number] = task
                    session.retarget(target)
                    return session
                if not self._condition.wait(max(0.0, deadline - self._clock())):
                    raise self._busy(group, target)

    def _group(self, target: Target) -> _Group:
        key = target.key()
        group = self._groups.get(key)
        if group is not None and not group.target.same_secrets(target):
            # Other credentials never reach a session that was opened with these.
            self._retired += self._retire(group)
            group = None
        if group is None:
            group = self._groups[key] = _Group(target)
        group.target = target
        return group

    def _release(self, key: str, session: Session) -> None:
        with self._condition:
            group = self._groups.get(key)
            if group is not None and session in group.sessions:
                group.busy.pop(session.number, None)
            else:
                self._retired.append(session)
            self._condition.notify_all()
        self._changed()

    @staticmethod
    def _retire(group: _Group) -> list[Session]:
        """The group's free sessions; a busy one comes back through `_release` when its user is done."""
        free = [session for session in group.sessions if session.number not in group.busy]
        group.sessions = []
        return free

    @staticmethod
    def _surplus(group: _Group, now: float) -> list[Session]:
        surplus = [
            session
            for session in group.sessions[1:]
            if session.number not in group.busy and now - session.last_used > SURPLUS_IDLE
        ]
        group.sessions = [session for session in group.sessions if session not in surplus]
        return surplus

    @staticmethod
    def _availability(group: _Group, session: Session) -> str:
        if session.state is not SessionState.OPENED:
            return "None"
        return "Busy" if session.number in group.busy else "Available"

    @staticmethod
    def _busy(group: _Group, target: Target) -> PSSessionError:
        running = ", ".join(sorted(set(group.busy.values())))
        return PSSessionError(
            ErrorKind.BUSY,
            f"No session on {target.host} became free within busy_timeout ({target.busy_timeout} s): {running} is "
            "running. Wait for it, or set busy_timeout or max_sessions higher.",
        )
