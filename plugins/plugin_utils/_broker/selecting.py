# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which session a request gets: a held one, one that the server has, or a new one (broker process)."""

from __future__ import annotations

import contextlib
import logging
import typing

from .._transport import ShellDescription
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import Selector
from .._wire.target import Target
from . import questions, troubles
from .caller import Caller
from .finding import Finder
from .left import waiting
from .registry import Registry
from .rows import CONNECTED
from .session import QuotaReached, Session, SessionState
from .wanted import Wanted, fitting, named, one_of, unknown, wanted

#: Seconds between two questions whether a pipeline that was left in a session has ended, or the server has a place for
#: a new session; the last one is repeated.
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)

log = logging.getLogger("pssession.broker")


class Selecting:
    """Leases sessions by what a user says of them.

    Args:
        registry: What this broker holds.
        finder: Looks on the servers.
        closed: Called with a session that is gone, for its counts.
    """

    def __init__(self, registry: Registry, finder: Finder, closed: typing.Callable[[Session], None]) -> None:
        self._registry = registry
        self._finder = finder
        self._closed = closed

    @contextlib.contextmanager
    def lease(
        self, target: Target, selector: Selector, caller: Caller, shared: bool, task: str
    ) -> typing.Iterator[Session]:
        """One session for one thread's exclusive use; `Session.ready` makes it usable.

        Args:
            target: Who connects where.
            selector: The session that is meant, held here or, by exact name or instance id, on the server; it is
                connected to then. None at all is one of the target's own, made where there is none.
            caller: His playbook keeps the session while it lives; he is told what is waited for.
            shared: See Registry.lease; of no meaning where the selector names a session.
            task: What is run, for whoever finds the session busy.

        Raises PSSessionError: usage where several fit, failed where none does or it is broken, busy after the
        target's busy_timeout or where another client holds it, stopped where the caller goes away while he waits.
        """
        if selector.implicit:
            with self._registry.lease(target, caller, shared, task) as session:
                if session.kept and not session.opened:
                    self.take_back(session, caller)
                yield session
            return
        session = self._selected(target, wanted(selector), caller, task)
        try:
            yield session
        finally:
            self._registry.release(session)

    @contextlib.contextmanager
    def lease_new(self, target: Target, caller: Caller, task: str, temporary: bool = False) -> typing.Iterator[Session]:
        """A new session, whatever others there are; `Session.ready` opens it.

        Args:
            temporary: It is removed at the end. Else it is kept on the server by its name, a default one where the
                target has none.
        """
        session = self._registry.create(target)
        if not temporary and target.session_name is None:
            session.give_name(f"Session{session.number}")
        self._registry.add(session, caller.playbook, task, private=temporary)
        try:
            yield session
        except BaseException:
            # Who made it for a pipeline that was not left in it has no use for it.
            if not session.left:
                session.close()
            raise
        finally:
            if temporary:
                session.close()
            self._release_new(session)

    def take_back(self, session: Session, caller: Caller, adopt: bool = True, strict: bool = False) -> bool:
        """Connects a named session, not opened yet, to its shell that an earlier broker left on the server.

        Args:
            adopt: Also to one that is not ours, if no client holds it.
            strict: See left_behind.

        Returns False where there is none. Raises PSSessionError.
        """
        found = self.left_behind(session, adopt, strict)
        if found is not None:
            session.adopt(found)
            try:
                self._finder.connect(session, caller)
            except BaseException:
                session.forget_shell()
                raise
        return found is not None

    def left_behind(self, session: Session, adopt: bool, strict: bool) -> ShellDescription | None:
        """The shell that `take_back` would connect to; one Enumerate.

        Args:
            adopt: See take_back.
            strict: A name means one session whatever its configuration: another one than asked for is an error.
        """
        target, entry = session.target, named(session.name)
        shells = [s for s in self._finder.others(target, session.courier) if entry.names(s.name, s.shell_id)]
        mine = [s for s in shells if self._finder.is_ours(s) or (adopt and s.state != CONNECTED)]
        asked = [shell for shell in mine if _has_configuration(shell, target)]
        ours = [shell for shell in asked if self._finder.is_ours(shell)]
        if ours:
            # One that nobody holds rather than one that has to be waited for.
            return min(ours, key=lambda shell: shell.state == CONNECTED)
        if strict and mine and not asked:
            raise other_configuration(session.name, target, mine[0].configuration_name or "")
        return self._finder.one(entry, target, asked)

    def open_new(self, session: Session, caller: Caller) -> None:
        """Opens a new session; where the server's quota leaves no place for it, waits for one.

        Raises PSSessionError: busy after the target's busy_timeout, stopped where the caller goes away meanwhile.
        """
        deadline = session.clock() + session.target.busy_timeout
        for number in range(1_000_000):
            try:
                return session.ready()
            except QuotaReached as refused:
                if session.clock() >= deadline:
                    raise troubles.no_place(refused, session.target) from None
            text = f"{session.target.host} has no more sessions for this user: waiting until one is removed."
            caller.pause_again(number, text, _PAUSES, session.sleep)
        raise AssertionError("unreachable: busy_timeout is finite")

    def await_left(self, session: Session, caller: Caller) -> None:
        """Waits until no pipeline that was left in a session runs in it any more.

        Raises PSSessionError: busy after the target's busy_timeout, stopped where the caller goes away meanwhile.
        """
        deadline = session.clock() + session.target.busy_timeout
        for number in range(1_000_000):
            if not waiting(session.left) or questions.available(session):
                return
            if session.clock() >= deadline:
                raise PSSessionError(
                    ErrorKind.BUSY,
                    f"{session} is Busy: a command that was left in it is still running after busy_timeout "
                    f"({session.target.busy_timeout} s). Fetch its output with pssession_receive, which waits for it.",
                )
            text = f"{session} runs a command that was left in it: waiting for its end."
            caller.pause_again(number, text, _PAUSES, session.sleep)

    def _selected(self, target: Target, entries: list[Wanted], caller: Caller, task: str) -> Session:
        """Leases the one session that the entries mean."""
        while True:
            session = self._registry.acquire_one(target, caller, lambda held: one_of(entries, held), task)
            if session is None:
                session = self._found(target, entries, caller, task)
            if session is None:
                # Somebody else found it first: it is held by now.
                continue
            session.selected = True
            if session.state in (SessionState.OPENED, SessionState.DISCONNECTED):
                return session
            self._registry.release(session)
            raise session.lost()

    def _found(self, target: Target, entries: list[Wanted], caller: Caller, task: str) -> Session | None:
        """Takes over a session that only the server knows; None where another thread was faster."""
        if not (len(entries) == 1 and entries[0].exact):
            raise unknown(entries, target, self._registry.held(target))
        session = self._registry.scout(target)
        try:
            there = self._finder.shells(target, session.courier)
            found = self._finder.one(entries[0], target, self._finder.free(there))
            if found is not None:
                session.adopt(found)
            elif not fitting(entries, held := self._registry.held(target)):
                raise self._finder.elsewhere(entries[0], target, there) or unknown(entries, target, held)
            # None: another thread took it over while the server was asked.
            if found is None or not self._registry.add(session, caller.playbook, task):
                session.courier.hang_up()
                return None
            self._finder.connect(session, caller)
        except BaseException:
            session.courier.hang_up()
            self._registry.release(session, forget=True)
            raise
        return session

    def _release_new(self, session: Session) -> None:
        gone = session.state in (SessionState.CLOSED, SessionState.BROKEN)
        if gone:
            session.courier.hang_up()
            self._closed(session)
        self._registry.release(session, forget=gone)


def _has_configuration(shell: ShellDescription, target: Target) -> bool:
    return (shell.configuration_name or "").casefold() == target.configuration_name.casefold()


def other_configuration(name: str, target: Target, there: str) -> PSSessionError:
    """The error for a name that belongs to a session of another configuration than was asked for."""
    return PSSessionError(
        ErrorKind.FAILED,
        f"The session {name!r} on {target.host} has the configuration {there!r}, not {target.configuration_name!r}: "
        "a session's configuration is chosen when it is made. Remove it first (pssession: state=absent), use another "
        "name, or ask for its configuration_name.",
    )
