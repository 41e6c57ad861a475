# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove-PSSession: held sessions and those that only the server knows (broker process)."""

from __future__ import annotations

import uuid

from .._transport import ShellDescription
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import Failure, RemoveSessions, Result
from . import opening, questions, rows, troubles, upkeep
from .asking import Asker
from .courier import Courier, Fault
from .finding import held_by_another
from .left import waiting
from .parallel import each
from .recovery import Decision, Phase
from .registry import HOUSEKEEPING, REMOVAL
from .session import Session, SessionState
from .wanted import fitting, named, wanted

_TASK = "pssession: state=absent"
_CLOSED = {"state": "Closed", "availability": "None"}


class Remover:
    """Does one `RemoveSessions`.

    Args:
        asker: Who asks.
        message: What is to be removed, and how.
    """

    def __init__(self, asker: Asker, message: RemoveSessions) -> None:
        self._asker = asker
        self._message = message
        self._registry = asker.shared.registry

    def results(self) -> list[Result]:
        """One row for each session that fits, in the selector's order; raises PSSessionError as the server says."""
        target, entries = self._message.target, wanted(self._message.selector)
        if not entries and target.session_name is not None:
            entries = [named(target.session_name)]
        if not entries:
            return each(self._held, self._registry.own(target))
        held = self._registry.held(target)
        computer = self._message.scope == "computer"
        asked = [entry for entry in entries if entry.exact or (entry.pattern and computer)]
        with self._asker.shared.scout(target) as scout:
            finder = self._asker.shared.finder
            # What is held for another address of the computer is removed as another client's is.
            shells = finder.free(finder.shells(target, scout.courier), target) if asked else []
            meant: dict[uuid.UUID, Session | ShellDescription] = {}
            for entry in entries:
                there: list[Session | ShellDescription] = [*fitting([entry], held)]
                there += [shell for shell in shells if entry in asked and entry.names(shell.name, shell.shell_id)]
                for item in there:
                    meant.setdefault(item.shell_id, item)

            def remove(item: Session | ShellDescription) -> Result:
                return self._held(item) if isinstance(item, Session) else self._found(item, scout.courier)

            return each(remove, list(meant.values()))

    def _held(self, session: Session) -> Result:
        try:
            removed = self._remove_held(session)
        except PSSessionError as error:
            return Result(rows.of_session(session), error=Failure(error.kind.value, error.message))
        return Result({**rows.of_session(session), **_CLOSED}, changed=removed)

    def _found(self, shell: ShellDescription, courier: Courier) -> Result:
        row = rows.of_shell(self._message.target, shell)
        try:
            self._remove_found(shell, courier)
        except PSSessionError as error:
            return Result(row, error=Failure(error.kind.value, error.message))
        return Result({**row, **_CLOSED}, changed=True)

    def _remove_held(self, session: Session) -> bool:
        """False where another task has removed it meanwhile."""
        running = self._registry.take(session, _TASK)
        if running == _TASK or (running == HOUSEKEEPING and not self._message.force):
            if not self._awaited(session):
                return False
            running = None
        if running == REMOVAL and session.state is SessionState.CLOSED:
            return False
        if running is not None:
            if not self._message.force:
                raise _busy(str(session), f"{running} is running in it")
            if not self._message.check:
                # Its user learns from the server that it is gone, or from the session, and finishes with it.
                session.removed.set()
                self._registry.discard(session)
                upkeep.remove(session, session.courier.side)
            return True
        gone = False
        try:
            if not self._message.force:
                self._check_left(session)
            if not self._message.check:
                upkeep.remove(session)
                gone = True
        finally:
            if gone:
                session.courier.hang_up()
                self._asker.shared.count_out(session)
            self._registry.release(session, forget=gone)
        return True

    def _awaited(self, session: Session) -> bool:
        """Leases a session once what is nobody's work has ended in it; False where it is gone then."""
        leased = self._registry.acquire_one(
            self._message.target,
            self._asker.caller,
            lambda held: [other for other in held if other is session],
            _TASK,
        )
        return leased is not None

    def _remove_found(self, shell: ShellDescription, courier: Courier) -> None:
        target = self._message.target
        if not self._message.force:
            if shell.state == rows.CONNECTED:
                raise held_by_another(shell.name or "", target, shell)
            self._check_commands(shell, courier)
        if not self._message.check:
            try:
                courier.request(Phase.IDLE, lambda way: way.delete(shell.shell_id))
            except Fault as fault:
                if fault.decision is not Decision.REOPEN:
                    raise troubles.failure(fault) from None

    def _check_commands(self, shell: ShellDescription, courier: Courier) -> None:
        """What runs in a session that nobody holds is somebody's work: it is asked for through a session of its own."""
        try:
            if not opening.commands(courier, shell.shell_id):
                return
        except Fault as fault:
            if fault.decision is Decision.REOPEN:
                return
            raise troubles.failure(fault) from None
        if self._message.check:
            return
        with self._asker.shared.scout(self._message.target) as visitor:
            visitor.adopt(shell)
            try:
                visitor.connect()
            except Fault as fault:
                raise troubles.failure(fault) from None
            self._refuse_running(visitor)

    def _check_left(self, session: Session) -> None:
        if not waiting(session.left) or self._message.check:
            return
        if session.state not in (SessionState.OPENED, SessionState.DISCONNECTED):
            return
        was = session.state
        session.selected = True
        session.ready()
        self._refuse_running(session, leave=was is SessionState.DISCONNECTED)

    def _refuse_running(self, session: Session, leave: bool = True) -> None:
        if questions.available(session):
            return
        if leave:
            session.disconnect()
        raise _busy(str(session), "a command that was left in it is running")


def remove_sessions(asker: Asker, message: RemoveSessions) -> list[Result]:
    """Does what the message asks for; raises PSSessionError where the server cannot be asked at all."""
    return Remover(asker, message).results()


def _busy(session: str, why: str) -> PSSessionError:
    return PSSessionError(
        ErrorKind.BUSY, f"{session} is Busy: {why}. It is not removed; wait for its end, or set force=true."
    )
