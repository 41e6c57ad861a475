# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a session's requests and recovers from what can be recovered from (broker process)."""

from __future__ import annotations

import logging
import math
import typing
import uuid

from .._transport import TransportError
from .._wire.target import Target
from . import targets
from .link import MAX_IDLE, Connection, Link
from .recovery import Decision, Phase, decide

T = typing.TypeVar("T")
#: Makes a connection for a target, a WSMan SessionId (the same for all of a session) and an envelope size in bytes.
Connect = typing.Callable[[Target, uuid.UUID, int], Connection]

#: Seconds of trying to get back to a server after a cut, as PowerShell's robust sessions do.
RECOVERY = 240.0
#: Seconds between two tries; the last one is repeated.
_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
#: MaxEnvelopeSizekb of servers before Windows 8 and 2012, in bytes.
_SMALL_ENVELOPE = 153600

log = logging.getLogger("pssession.broker")


class Fault(Exception):
    """A request that failed for good, and what that means for the caller."""

    def __init__(self, decision: Decision, phase: Phase, cause: TransportError) -> None:
        super().__init__(cause.message)
        self.decision = decision
        self.phase = phase
        self.cause = cause


class Courier:
    """The two ways from a session to its server.

    Args:
        target: Who connects where and how.
        connect: Makes connections.
        reconnect: Takes the shell back when the server says that it is disconnected; raises Fault.
        clock: Seconds, monotonic.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        target: Target,
        connect: Connect,
        reconnect: typing.Callable[[], None],
        clock: typing.Callable[[], float],
        sleep: typing.Callable[[float], None],
    ) -> None:
        self._target = target
        self._connect = connect
        self._reconnect = reconnect
        self._clock = clock
        self._sleep = sleep
        self._client_id = uuid.uuid4()
        self._envelope = target.max_envelope_size
        #: How often the answer to a Receive was lost on its way.
        self.cuts = 0
        #: Everything that is on a task's path goes over `main`; what must not wait for it goes over `side`.
        max_idle = MAX_IDLE if target.can_disconnect else math.inf
        self.main = Link(self._connection, clock, max_idle)
        self.side = Link(self._connection, clock, max_idle)

    def retarget(self, target: Target) -> None:
        """Takes on a target of the same key; other timeouts or sizes are for new connections."""
        same = targets.same_connection(target, self._target)
        self._target = target
        # A stream ends the session with it.
        if not same and target.can_disconnect:
            self._envelope = min(self._envelope, target.max_envelope_size)
            self.hang_up()

    def hang_up(self) -> None:
        """Closes both connections; the next request opens new ones."""
        self.main.replace()
        self.side.replace()

    def shrink(self) -> bool:
        """Sends smaller envelopes from now on; False where they were small already."""
        smaller = self._envelope > _SMALL_ENVELOPE
        self._envelope = _SMALL_ENVELOPE
        self.hang_up()
        return smaller

    def request(
        self,
        phase: Phase,
        call: typing.Callable[[Connection], T],
        link: Link | None = None,
        patience: typing.Callable[[], float] = lambda: RECOVERY,
    ) -> T:
        """Makes one request and recovers from what can be recovered from.

        Args:
            phase: What it is for.
            call: Makes it; it is called again only where the rules say that this starts nothing twice.
            link: The way to go, `main` by default.
            patience: Seconds since the first fault after which it is given up.

        Raises Fault with the decision that is the caller's: ask, reopen, shrink, fail or give up.
        """
        link = link or self.main
        first_fault: float | None = None
        for number in range(1_000_000):
            try:
                with link.use() as connection:
                    return call(connection)
            except TransportError as error:
                decision = decide(phase, error)
                log.info("%s, %s: %s (%s) -> %s", self._target.host, phase.value, error, error.kind.name, decision.name)
                self.cuts += phase is Phase.RECEIVING and error.may_have_arrived
                first_fault = self._clock() if first_fault is None else first_fault
                if self._clock() - first_fault > patience() or decision not in (Decision.RETRY, Decision.RECONNECT):
                    raise Fault(self._final(decision, phase), phase, error) from None
                if decision is Decision.RECONNECT:
                    self._reconnect()
                self._sleep(_PAUSES[min(number, len(_PAUSES) - 1)])
        raise AssertionError("unreachable: patience is finite")

    def _connection(self) -> Connection:
        return self._connect(self._target, self._client_id, self._envelope)

    @staticmethod
    def _final(decision: Decision, phase: Phase) -> Decision:
        """What a decision to try again becomes when there is no more patience."""
        if decision not in (Decision.RETRY, Decision.RECONNECT):
            return decision
        return Decision.GIVE_UP if phase in (Phase.RECEIVING, Phase.ASKING, Phase.SENDING) else Decision.FAIL
