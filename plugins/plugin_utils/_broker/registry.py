# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions there are, who uses them, and when they are let go (broker process).

All state is behind one lock; nothing here touches the network. A session that is to be removed is handed out by
`expired`, `drop` or `retire` as leased, so nobody else can use it any more, and its remover closes it.
"""

from __future__ import annotations

import contextlib
import threading
import typing
import uuid

from .._wire.target import Target
from . import troubles
from .caller import Caller
from .group import Group, Groups, Playbook
from .rows import Row, of_session
from .session import Session

#: What the broker itself does in sessions that nobody uses; it ends soon.
HOUSEKEEPING = "keep-alive"
#: What is done in a session that nobody can get any more.
REMOVAL = "its removal"
#: Says which of some sessions are meant; it may raise PSSessionError where one is wanted and several fit.
Choose = typing.Callable[[list[Session]], list[Session]]


class Registry:
    """All sessions of a broker.

    Args:
        make: Makes a session, not yet opened, of a number and a target.
        clock: Seconds, monotonic.
        changed: Called, without the lock, when something may have to be let go earlier than was known.
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
        self._groups = Groups()
        self._retired: list[Session] = []
        self._numbers = 0

    @contextlib.contextmanager
    def lease(self, target: Target, caller: Caller, shared: bool, task: str) -> typing.Iterator[Session]:
        """A session of the target for one thread's exclusive use, opened or not.

        Args:
            target: Who connects where; its secrets are compared with those that the session was opened with.
            caller: His playbook keeps the session while it lives.
            shared: The host's one session whose state scripts share; else any, a further one where all are busy.
            task: What is run, for whoever finds the session busy.

        Raises PSSessionError: busy after the target's busy_timeout, stopped where the caller goes away meanwhile.
        """
        session = self._acquire(target, caller, shared, task)
        try:
            yield session
        finally:
            self.release(session)

    def acquire_one(self, target: Target, caller: Caller, choose: Choose, task: str) -> Session | None:
        """Leases the one session of the target's host that `choose` picks, waiting for it; None where it picks none.

        Raises what `choose` raises, and PSSessionError as `lease` does.
        """
        deadline = self._clock() + target.busy_timeout
        with self._condition:
            while chosen := choose(self._groups.held(target)):
                session = chosen[0]
                group = typing.cast(Group, self._groups.of(session))
                if session.number not in group.busy:
                    return self._lease(group, session, target, caller.playbook, task)
                if not self._wait(deadline, caller):
                    raise troubles.not_free(str(session), group.busy[session.number], target)
        return None

    def create(self, target: Target) -> Session:
        """A session with an Id of its own that nobody can find before `add`."""
        with self._condition:
            return self._new(target)

    def reserve(self, targets: typing.Iterable[Target], playbook: Playbook) -> None:
        """Gives Ids in the targets' order to sessions for those that have none yet; whoever leases one opens it."""
        with self._condition:
            for target in targets:
                group = self._group(target)
                group.use(playbook)
                if not group.sessions:
                    group.sessions.append(self._new(target))

    def scout(self, target: Target) -> Session:
        """A session without an Id, to ask the server with, or to `add` when there is something to adopt."""
        return self._make(0, target)

    def add(self, session: Session, playbook: Playbook, task: str, private: bool = False) -> bool:
        """Leases a session that is not held yet; False where another one has the same shell.

        Args:
            private: Nobody gets it but who added it.
        """
        key = f"{session.target.key()}/{session.number}" if private else session.target.key()
        with self._condition:
            if any(session.shell_id == other.shell_id for other in self._groups.sessions()):
                return False
            if not session.number:
                self._numbers += 1
                session.number = self._numbers
            group = self._groups.get(key)
            if group is None or not group.target.same_secrets(session.target):
                group = self._regroup(key, session.target)
            group.sessions.append(session)
            self._lease(group, session, session.target, playbook, task)
            return True

    def release(self, session: Session, forget: bool = False) -> None:
        """Ends a lease; one to `forget` was closed by its user, or never opened."""
        with self._condition:
            group = self._groups.of(session)
            if forget:
                self._groups.forget(session)
            elif group is None:
                self._retired.append(session)
            else:
                group.busy.pop(session.number, None)
            self._condition.notify_all()
        self._changed()

    def limit(self, target: Target, session: Session) -> bool:
        """The server refused to open a further session: True where others of the group can be waited for."""
        with self._condition:
            group = self._groups.get(target.key())
            return group is not None and group.limit_to_others(session)

    def drop(self, target: Target) -> list[Session]:
        """Takes all of a target's sessions out; those in use are for their users to finish with, then retired."""
        with self._condition:
            group = self._groups.pop(self._groups.key(target), None)
            return group.retire() if group else []

    def discard(self, session: Session) -> None:
        """Takes one session out, in use or not; its user finishes with it."""
        with self._condition:
            self._groups.forget(session)
            self._condition.notify_all()

    def playbook_ended(self, playbook: Playbook) -> None:
        """A playbook's process is gone; what only it used expires after the target's persist."""
        with self._condition:
            for group in self._groups.values():
                group.leave(playbook, self._clock())
        self._changed()

    def expired(self, everything: bool = False) -> list[Session]:
        """Sessions to remove now: their group's time is over, they are surplus, or their options are outdated."""
        now = self._clock()
        with self._condition:
            gone = self._retired
            self._retired = []
            for key, group in list(self._groups.items()):
                if everything or group.expired(now):
                    gone += self._groups.pop(key).retire()
                else:
                    gone += group.surplus(now)
            return gone

    @contextlib.contextmanager
    def idle(
        self, wanted: typing.Callable[[Group, Session], bool], task: str = HOUSEKEEPING
    ) -> typing.Iterator[list[Session]]:
        """Leases all sessions that nobody uses and that satisfy a condition, for housekeeping."""
        with self._condition:
            taken = list(self._groups.idle(wanted))
            for group, session in taken:
                group.busy[session.number] = task
        try:
            yield [session for _group, session in taken]
        finally:
            for _group, session in taken:
                self.release(session)

    def any_idle(self, wanted: typing.Callable[[Group, Session], bool]) -> bool:
        """Whether `idle` would lease anything."""
        with self._condition:
            return any(self._groups.idle(wanted))

    def held(self, target: Target) -> list[Session]:
        """The sessions on a target's host as its user, with its secrets, that are open or being opened."""
        with self._condition:
            return self._groups.held(target)

    def own(self, target: Target) -> list[Session]:
        """The target's own sessions, the named ones or the implicit ones, the first one first."""
        with self._condition:
            group = self._groups.get(self._groups.key(target))
            if group is None or not group.target.same_secrets(target):
                return []
            return group.live()

    def busy_with(self, session: Session, playbook: Playbook) -> str | None:
        """What is done in a session, which the playbook keeps from now on, too; None where nothing is."""
        with self._condition:
            group = self._groups.of(session)
            if group is None:
                return None
            group.use(playbook)
            return group.busy.get(session.number)

    def take(self, session: Session, task: str) -> str | None:
        """Leases a held session if it is free; else says what is done in it."""
        with self._condition:
            group = self._groups.of(session)
            running = REMOVAL if group is None else group.busy.get(session.number)
            if group is not None and running is None:
                group.busy[session.number] = task
                session.leased(session.target)
            return running

    def rows(self, target: Target | None = None) -> list[Row]:
        """Rows of all sessions, or of those that lead to a target's host as its user."""
        with self._condition:
            sessions = self._groups.sessions() if target is None else self._groups.held(target)
            busy = {number for group in self._groups.values() for number in group.busy}
            return [of_session(session, session.number in busy) for session in sessions if session.opened]

    def sessions(self) -> list[Session]:
        """Every session that is held."""
        with self._condition:
            return self._groups.sessions()

    def shells(self, target: Target | None = None) -> set[uuid.UUID]:
        """The shells of all sessions that are held, or of those of a target's host."""
        with self._condition:
            sessions = self._groups.sessions() if target is None else self._groups.held(target)
            return {session.shell_id for session in sessions}

    @property
    def empty(self) -> bool:
        """Whether nothing is held and nothing is left to remove."""
        with self._condition:
            return not self._groups and not self._retired

    def _acquire(self, target: Target, caller: Caller, shared: bool, task: str) -> Session:
        deadline = self._clock() + target.busy_timeout
        with self._condition:
            while True:
                group = self._group(target)
                group.use(caller.playbook)
                session = group.free(shared)
                if session is None and group.may_grow(shared):
                    session = self._new(target)
                    group.sessions.append(session)
                if session is not None:
                    return self._lease(group, session, target, caller.playbook, task)
                if not self._wait(deadline, caller):
                    raise troubles.none_free(group.busy.values(), target)

    def _wait(self, deadline: float, caller: Caller) -> bool:
        """Waits until something has changed; False when the time is over. Raises PSSessionError (stopped)."""
        caller.waits(self._wake)
        in_time = self._condition.wait(max(0.0, deadline - self._clock()))
        caller.check_waiting()
        return in_time

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def _new(self, target: Target) -> Session:
        self._numbers += 1
        return self._make(self._numbers, target)

    def _group(self, target: Target) -> Group:
        key = self._groups.key(target)
        group = self._groups.get(key)
        if group is None or not group.target.same_secrets(target):
            # Other credentials never reach a session that was opened with these.
            return self._regroup(key, target)
        if key == target.key():
            group.target = target
        return group

    def _regroup(self, key: str, target: Target) -> Group:
        if key in self._groups:
            self._retired += self._groups[key].retire()
        group = self._groups[key] = Group(target)
        return group

    def _lease(self, group: Group, session: Session, target: Target, playbook: Playbook, task: str) -> Session:
        group.use(playbook)
        group.busy[session.number] = task
        session.leased(target)
        return session
