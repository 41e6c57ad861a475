# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receive-PSSession: the output of a pipeline that was left in a disconnected session (broker process).

`Reception.execute` blocks the thread that leased the session, `Reception.stop` is called from others. The pipeline is
never stopped: whoever does not wait for its end leaves the session disconnected, with the pipeline in it. Each record
is delivered once: what a Receive has brought is given to the client, or kept for the next one where it is gone.
"""

from __future__ import annotations

import logging
import math
import threading
import typing

from .._psrp.errors import ProtocolError
from .._psrp.records import OutputFormat, PipelineState, Record
from .._transport import FaultKind, Received, Signal, TransportError
from .._wire.errors import ErrorKind, PSSessionError
from . import questions, troubles, upkeep
from .commanding import signal
from .courier import Fault
from .delivering import OutputLimit
from .jobs import Deliver, Ending
from .left import Left, waiting
from .link import Connection
from .recovery import Phase
from .session import Session, SessionState

#: Bytes from the server whose records are kept until the client has heard of the end, for the next one if it does not.
MOST_KEPT = 32 * 1024 * 1024
#: What a session that runs nothing and has nothing to tell is said to be in.
NONE = Ending("none")

log = logging.getLogger("pssession.broker")


class Reception:
    """One Receive of the first pipeline that was left in a session.

    Args:
        session: A session that the caller has leased.
        output: The form of the output.
        deliver: Takes the records; OSError where their client is gone, OutputLimit where it takes no more.
        wait: False: where the pipeline still runs, nothing is taken.
        timeout: Seconds after which a pipeline that still runs is left again.
    """

    def __init__(
        self, session: Session, output: OutputFormat, deliver: Deliver, wait: bool = True, timeout: float | None = None
    ) -> None:
        self._session = session
        self._output = output
        self._deliver = deliver
        self._wait = wait
        self._timeout = timeout
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        #: Whether a Receive may be waiting on the server.
        self._receiving = False
        #: Whether the server has given anything.
        self._came = False
        self._free: list[Left] = []
        self._warnings: list[str] = []
        #: The pipeline whose output is received, what the client was given of it, and the bytes that this came in.
        self._taken: Left | None = None
        self._given: list[Record] = []
        self._bytes = 0
        self._final: Record | None = None

    @property
    def brought_end(self) -> bool:
        """Whether a pipeline's end was received."""
        return bool(self._free)

    def execute(self) -> Ending:
        """Receives to the pipeline's end, or as long as it is wanted; raises PSSessionError, or what deliver raises."""
        session = self._session
        if not session.opened:
            return NONE
        # What was left in it is lost with its shell: a new one is no answer.
        session.selected = True
        session.ready()
        deadline = None if self._timeout is None else session.clock() + self._timeout
        while pipelines := waiting(session.left):
            left = pipelines[0]
            told = any(record.stream == "state" for record in left.undelivered)
            if not (self._wait or told or questions.available(session)):
                return self._leave(left)
            ending = self._take(left, deadline)
            if ending is not None:
                return ending
        ended = [left.ended_state for left in session.left]
        return Ending(ended[-1]) if ended and ended[-1] is not None else NONE

    def stop(self, _reason: str) -> None:
        """Ends the reception, not the pipeline: a Receive that waits on the server is ended by a Disconnect."""
        with self._lock:
            self._stopped.set()
            if not self._receiving:
                return
        session = self._session
        try:
            with session.courier.side.use() as connection:
                connection.disconnect(session.shell_id)
        except TransportError as error:
            log.info("session %d: a Receive could not be ended: %s", session.number, error)

    def finish(self) -> None:
        """Lets the server forget pipelines that have ended; to be called after the answer has gone to the caller."""
        session = self._session
        for left in self._free:
            session.pool.close_pipeline(left.pipeline_id)
            if session.state is SessionState.OPENED:
                signal(session, session.shell_id, left.pipeline_id, Signal.TERMINATE)

    def take_back(self) -> None:
        """Its client went away before it heard of the end: what it was given is the next one's."""
        left = self._taken
        if left is None or left not in self._session.left:
            return
        left.lost = left.lost or self._bytes > MOST_KEPT
        ended = [self._final] if self._final is not None else []
        left.undelivered = [*self._given, *left.undelivered, *ended]
        left.ended_state = None

    def _take(self, left: Left, deadline: float | None) -> Ending | None:
        """Delivers what comes of a pipeline; None where all of it was received by somebody else before."""
        session = self._session
        self._taken = left
        cuts = session.courier.cuts
        session.pool.expect_losses()
        session.pool.adopt(left.pipeline_id, self._output)
        try:
            if not left.connected:
                self._connect(left)
            final = self._receive(left, deadline)
        except Fault as fault:
            if fault.cause.kind is FaultKind.COMMAND_NOT_FOUND and session.courier.cuts == cuts and not self._came:
                self._ended(left, None)
                return None
            raise self._failure(left, fault) from None
        except ProtocolError as error:
            upkeep.estrange(session)
            raise self._unknown(f"{session} {session.fate}", str(error)) from None
        finally:
            session.pool.expect_losses(False)
            session.last_used = session.clock()
        truncated = session.pool.truncated(left.pipeline_id, hints=self._drops) or left.lost
        warnings = self._warnings
        if session.courier.cuts > cuts:
            warnings.append(troubles.cut(session.target))
        if final is None:
            ending = self._leave(left)
        else:
            value = typing.cast("dict[str, typing.Any]", final.value)
            ending = Ending(PipelineState(value["state"]).value, value.get("error"))
            self._ended(left, ending.state)
            self._final = final
        return Ending(ending.state, ending.error, warnings, truncated)

    def _receive(self, left: Left, deadline: float | None) -> Record | None:
        """Receives until the final state, which it returns, or until it is left; raises Fault or ProtocolError."""
        session = self._session
        records, left.undelivered = left.undelivered, []
        received: Received | None = None
        while True:
            final = next((record for record in records if record.stream == "state"), None)
            try:
                self._hand_over(left, records)
            except OutputLimit as limit:
                left.undelivered = records
                self._warnings.append(
                    f"The output is larger than {limit}, the most that a task takes: this is the first part of it. "
                    "Receive again for the rest."
                )
                return None
            if final is not None:
                return final
            if received is not None and received.done:
                raise ProtocolError("the pipeline ended without telling its state, so a part of its output is lost")
            if received is not None and deadline is not None and session.clock() >= deadline:
                return None
            received = self._request(left, deadline)
            if received is None:
                return None
            self._came = True
            self._bytes += len(received.data)
            try:
                records = session.pool.feed(received.data, left.pipeline_id)
            except ProtocolError as error:
                self._hand_over(left, [each for each in error.records if each.pipeline_id == left.pipeline_id])
                raise
            records = [record for record in records if record.pipeline_id == left.pipeline_id]

    def _request(self, left: Left, deadline: float | None) -> Received | None:
        """One Receive, that waits no longer than wanted; None where it was ended by `stop`."""
        session = self._session
        wait = session.target.operation_timeout
        if deadline is not None:
            wait = min(wait, max(1, math.ceil(deadline - session.clock())))

        def call(way: Connection) -> Received | None:
            try:
                return way.receive(session.shell_id, left.pipeline_id, operation_timeout=wait)
            except TransportError as error:
                if error.kind is FaultKind.WRONG_STATE and self._stopped.is_set():
                    return None
                raise

        with self._lock:
            if self._stopped.is_set():
                return None
            self._receiving = True
        try:
            return session.courier.request(Phase.RECEIVING, call)
        finally:
            with self._lock:
                self._receiving = False

    def _hand_over(self, left: Left, records: list[Record]) -> None:
        """Delivers records; where their client is gone they are kept, and the pipeline is left."""
        delivered = [record for record in records if record.stream != "state"]
        if not delivered:
            return
        try:
            self._deliver(delivered)
        except OSError:
            left.undelivered = records
            self._leave(left)
            raise
        self._given += delivered
        if self._bytes > MOST_KEPT:
            self._given.clear()

    def _connect(self, left: Left) -> None:
        """A client that took the shell over connects to each of its commands, too; raises Fault."""
        session = self._session
        session.courier.request(Phase.RECEIVING, lambda way: way.connect_command(session.shell_id, left.pipeline_id))
        left.connected = True

    def _leave(self, left: Left) -> Ending:
        """Disconnects the session with what runs in it; a `stop` may have done so already."""
        log.info("session %d: pipeline %s runs on", self._session.number, left.pipeline_id)
        self._session.disconnect()
        return Ending(PipelineState.RUNNING.value)

    def _ended(self, left: Left, state: str | None) -> None:
        """Keeps the last one that ended, for a second Receive; None: somebody else was told of its end."""
        left.ended_state = state
        self._session.left = [each for each in self._session.left if each is left or each.ended_state is None]
        if state is None:
            self._session.left.remove(left)
        self._free.append(left)

    @property
    def _drops(self) -> bool:
        """Whether the server drops output while nobody listens."""
        told = self._session.told
        mode = (told and told.output_buffering_mode) or self._session.target.output_buffering_mode
        return (mode or "").casefold() == "drop"

    def _failure(self, left: Left, fault: Fault) -> PSSessionError:
        session = self._session
        if fault.cause.kind is FaultKind.COMMAND_NOT_FOUND:
            self._ended(left, None)
            return self._unknown(f"the end of it was lost on the way. {session} is kept", fault.cause.message)
        if fault.cause.kind is FaultKind.SHELL_NOT_FOUND:
            session.state = SessionState.BROKEN
            return self._unknown(f"{session} is gone", fault.cause.message)
        session.lost_sight()
        return self._unknown(f"{session} cannot be reached; what runs in it runs on", fault.cause.message)

    @staticmethod
    def _unknown(what: str, why: str) -> PSSessionError:
        return PSSessionError(
            ErrorKind.UNKNOWN, f"The output of the command could not be received to its end: {what}: {why}"
        )
