# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions that only the server knows: found by Enumerate, taken over by Connect (broker process)."""

from __future__ import annotations

import dataclasses
import logging

from .._transport import ShellDescription
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.target import Target
from . import troubles
from .caller import Caller
from .courier import Courier, Fault
from .ledger import Ledger
from .recovery import Phase
from .registry import Registry
from .session import Session
from .wanted import Wanted, ambiguous, describe

#: Seconds between two tries to connect to a session that its vanished client still holds; the last one is repeated.
_PAUSES = (0.5, 1.0, 2.0, 5.0)

log = logging.getLogger("pssession.broker")


@dataclasses.dataclass(frozen=True)
class Finder:
    """Looks for sessions on servers.

    Args:
        registry: What this broker holds.
        ledger: What is ours.
    """

    registry: Registry
    ledger: Ledger

    def shells(self, target: Target, courier: Courier) -> list[ShellDescription]:
        """Every PSSession of the user on the target's computer, one Enumerate; raises PSSessionError."""
        if not target.can_disconnect:
            # Nobody but its client can have a session over a stream.
            return []
        before = self.registry.shells()
        try:
            shells = courier.request(Phase.IDLE, lambda way: way.enumerate_shells())
        except Fault as fault:
            raise troubles.failure(fault) from None
        there = {shell.shell_id for shell in shells}
        # What was made while the server answered is not in its answer.
        self.ledger.seen(target, there | (self.registry.shells() - before))
        return shells

    def others(self, target: Target, courier: Courier) -> list[ShellDescription]:
        """Those that this broker does not hold; raises PSSessionError."""
        return self.free(self.shells(target, courier))

    def free(self, shells: list[ShellDescription], target: Target | None = None) -> list[ShellDescription]:
        """Those of the shells that this broker does not hold, or not as this target's."""
        held = self.registry.shells(target)
        return [shell for shell in shells if shell.shell_id not in held]

    def elsewhere(self, entry: Wanted, target: Target, shells: list[ShellDescription]) -> PSSessionError | None:
        """The error for a session that this broker holds, but not as the target's; None where it holds none."""
        there = {shell.shell_id for shell in shells}
        for session in self.registry.sessions():
            if session.shell_id in there and entry.names(session.name, session.shell_id):
                return PSSessionError(
                    ErrorKind.FAILED,
                    f"The session {session.name!r} on {target.host} is held by this controller for "
                    f"{session.target.inventory_hostname or 'a host'} as {session}, with another address or other "
                    "credentials. Ask for it through that host, or give both hosts the same ones.",
                )
        return None

    def is_ours(self, shell: ShellDescription) -> bool:
        """Whether a broker of this place made it or took it over."""
        return shell.shell_id in self.ledger

    def one(self, entry: Wanted, target: Target, shells: list[ShellDescription]) -> ShellDescription | None:
        """The shell that is meant; ours where others have the name, too. Raises PSSessionError (usage) for several."""
        fitting = [shell for shell in shells if entry.names(shell.name, shell.shell_id)]
        ours = [shell for shell in fitting if self.is_ours(shell)]
        chosen = ours if len(ours) == 1 else fitting
        if len(chosen) > 1:
            raise ambiguous([entry], target, [describe(shell) for shell in chosen])
        return chosen[0] if chosen else None

    def connect(self, session: Session, caller: Caller) -> None:
        """Takes a shell over that a session has adopted; raises PSSessionError.

        One of ours whose broker was killed is still connected for the server until it misses its client: that is
        waited for, up to busy_timeout.
        """
        ours = session.shell_id in self.ledger
        deadline = session.clock() + session.target.busy_timeout
        for number in range(1_000_000):
            try:
                return session.connect()
            except Fault as fault:
                if not ours:
                    raise _held_by_another(session, fault) from None
                if session.clock() >= deadline:
                    raise _still_held(session, fault) from None
            text = f"{session} is still connected to a client that is gone: waiting for the server to notice."
            caller.pause_again(number, text, _PAUSES, session.sleep)
        raise AssertionError("unreachable: busy_timeout is finite")


def held_by_another(name: str, target: Target, shell: ShellDescription) -> PSSessionError:
    """The error for a session that another client uses at the moment."""
    address = f" at {shell.client_address}" if shell.client_address else ""
    return PSSessionError(
        ErrorKind.BUSY,
        f"The session {name!r} on {target.host} (instance id {shell.shell_id}) is Busy: it is connected to another "
        f"client{address}. Disconnect it there, or remove it with pssession: state=absent force=true.",
    )


def _held_by_another(session: Session, fault: Fault) -> PSSessionError:
    shell = session.told or ShellDescription(session.shell_id)
    error = held_by_another(session.name, session.target, shell)
    return PSSessionError(error.kind, f"{error.message} ({fault.cause.message})")


def _still_held(session: Session, fault: Fault) -> PSSessionError:
    return PSSessionError(
        ErrorKind.BUSY,
        f"The session {session.name!r} on {session.target.host} (instance id {session.shell_id}) was made or used by "
        "this controller and is still connected for the server: its client was killed, or another controller took it. "
        f"It did not become free within busy_timeout ({session.target.busy_timeout} s). The server gives it free after "
        "a time of its own: try again later, set busy_timeout higher, or remove it with pssession: state=absent "
        f"force=true. ({fault.cause.message})",
    )
