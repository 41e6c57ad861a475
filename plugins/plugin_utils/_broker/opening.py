# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a session gets its shell, and how it gives it back (broker process).

Nothing runs in a shell that is being opened, so one of which an answer was lost is removed and another one tried.
"""

from __future__ import annotations

import dataclasses
import logging
import typing
import uuid

from .._psrp.errors import ProtocolError
from .._psrp.pool import PoolClient
from .._transport import FaultKind, ShellCreated, ShellDescription, ShellSettings, TransportError
from .._wire.target import Target, idle_timeout
from . import targets
from .courier import RECOVERY, Courier, Fault
from .link import Connection
from .recovery import Decision, Phase

#: How many shells are tried when the connection breaks while one is opened.
_TRIES = 3
#: How often a Delete is sent whose answer was lost: doing it twice does no harm.
_DELETES = 3

log = logging.getLogger("pssession.broker")

Clock = typing.Callable[[], float]


@dataclasses.dataclass(frozen=True)
class Shell:
    """A new shell, what speaks with the runspace pool in it, and what the server told of it."""

    shell_id: uuid.UUID
    pool: PoolClient
    told: ShellDescription | None


def create(courier: Courier, clock: Clock, name: str, target: Target) -> Shell:
    """A new shell with an opened runspace pool; raises Fault or ProtocolError, and then leaves none behind."""
    seconds = idle_timeout(target.idle_timeout, target.session_name)
    settings = ShellSettings(name, seconds, target.output_buffering_mode, target.no_profile)
    for attempt in range(1, _TRIES + 1):
        shell_id = uuid.uuid4()
        pool = PoolClient(shell_id, targets.application_arguments(target, name))
        creation = pool.creation()
        sent = False

        def call(way: Connection, shell_id: uuid.UUID = shell_id, creation: bytes = creation) -> ShellCreated:
            return way.create(shell_id, creation, settings)

        try:
            created = courier.request(Phase.OPENING, call)
            sent = True
            _await_opened(courier, clock, shell_id, pool)
            return Shell(shell_id, pool, created.description)
        except Fault as fault:
            # One that was surely not made needs no removal: wrong credentials would be tried a second time.
            if sent or fault.cause.may_have_arrived:
                remove(courier, shell_id)
            if fault.decision is not Decision.ASK or attempt == _TRIES:
                raise
        except ProtocolError:
            remove(courier, shell_id)
            raise
    raise AssertionError("unreachable: the last try returns or raises")


def connect(courier: Courier, clock: Clock, shell_id: uuid.UUID) -> PoolClient:
    """What speaks with a shell that another client left on the server, connected.

    Raises Fault, also where a client holds it, or ProtocolError.
    """
    for attempt in range(1, _TRIES + 1):
        pool = PoolClient(shell_id)
        connection = pool.connection()

        def call(way: Connection, connection: bytes = connection) -> bytes:
            return way.connect(shell_id, connection)

        try:
            pool.feed(courier.request(Phase.OPENING, call))
            _await_opened(courier, clock, shell_id, pool)
            return pool
        except Fault as fault:
            # The server lets the same client connect again.
            if fault.decision is not Decision.ASK or attempt == _TRIES:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def commands(courier: Courier, shell_id: uuid.UUID) -> list[uuid.UUID]:
    """The commands of a shell that were not freed, in the server's order; raises Fault."""
    return courier.request(Phase.IDLE, lambda way: way.enumerate_commands(shell_id))


def remove(courier: Courier, shell_id: uuid.UUID) -> None:
    """Removes a shell; never raises: one that cannot be removed now is ended by its idle timeout."""
    for _attempt in range(_DELETES):
        try:
            with courier.main.use() as connection:
                connection.delete(shell_id)
            log.info("shell %s removed", shell_id)
            return
        except TransportError as error:
            log.info("shell %s not removed: %s", shell_id, error)
            # Lost with a connection that had been closed before: it never went out.
            if not error.may_have_arrived and error.kind is not FaultKind.LOST:
                return


def _await_opened(courier: Courier, clock: Clock, shell_id: uuid.UUID, pool: PoolClient) -> None:
    give_up_at = clock() + RECOVERY
    while not pool.opened:
        received = courier.request(Phase.OPENING, lambda way: way.receive(shell_id, None))
        pool.feed(received.data)
        if pool.broken or clock() > give_up_at:
            raise ProtocolError(pool.broken or f"the server did not open it within {RECOVERY:.0f} s")
