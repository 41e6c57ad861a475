# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pipeline's run in a session, from its Command to its terminate signal (broker process).

`Run.execute` blocks the thread that leased the session; `Run.stop` is called from others. A pipeline is commanded under
one CommandId that we chose: where a Command's fate is unclear the server is asked for that id, and the Command is sent
again only when the server does not know it.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import typing

from .._psrp.errors import ProtocolError, PsrpError
from .._psrp.pipeline import Pipeline, PipelineSpec
from .._psrp.records import OutputFormat, PipelineState, Record
from .._transport import FaultKind, Received, Signal, TransportError
from .._wire.errors import ErrorKind, PSSessionError
from .courier import RECOVERY, Fault
from .link import Connection
from .recovery import CUT, Decision, Phase
from .sending import Outbox, Sender
from .session import Session, SessionState

#: Seconds that a pipeline may take to end after it was told to stop; then its session is removed.
STOP_GRACE = 30.0
#: How often a Command is sent under new or the same id before it is given up.
_COMMANDS = 4

log = logging.getLogger("pssession.broker")


@dataclasses.dataclass(frozen=True)
class Job:
    """What to run and where its records go."""

    spec: PipelineSpec
    output: OutputFormat
    #: Called with what each Receive brought, on the thread that executes; it may block to slow the server down.
    deliver: typing.Callable[[list[Record]], None]
    #: Input that is known now, as JSON values.
    values: typing.Sequence[object] = ()
    #: Input that is still to come, as bytes; each goes as one base64 string.
    chunks: typing.Iterator[bytes] | None = None


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a pipeline ended."""

    state: PipelineState
    error: typing.Any
    warnings: list[str]


class Run:
    """One run of a job in a session that the caller has leased."""

    def __init__(self, session: Session, job: Job) -> None:
        self._session = session
        self._job = job
        self._pipeline: Pipeline | None = None
        self._shell_id = session.shell_id
        self._first: Received | None = None
        self._commanded = False
        self._repeated = False
        self._stop_reason: str | None = None
        self._stopped_at: float | None = None
        self._stop_lock = threading.Lock()
        self._over = threading.Event()
        self._undeliverable = False
        self._input_failure: str | None = None
        self._warnings: list[str] = []

    def execute(self) -> Ending:
        """Runs the job to its end and returns how it ended; raises PSSessionError."""
        self._session.ready()
        cuts = self._session.courier.cuts
        sender: Sender | None = None
        try:
            pipeline = self._start()
            outbox = Outbox(self._session, pipeline, self._patience)
            if self._stop_reason is not None:
                # The stop may have been faster than the Command.
                self._signal(Signal.STOP)
            if self._job.chunks is not None or outbox.more():
                sender = Sender(self._session, pipeline, outbox, self._job.chunks, self._fail_input)
            final = self._receive_all(pipeline, outbox)
        except Fault as fault:
            raise self._failure(fault) from None
        except PsrpError as error:
            raise self._protocol_failure(error) from None
        finally:
            self._over.set()
            if sender:
                sender.join()
            self._session.last_used = self._session.clock()
        if self._session.courier.cuts > cuts:
            self._warnings.append(
                f"The connection to {self._session.target.host} broke while output was received. It was made anew and "
                "the command ran on, but a part of its output may be missing."
            )
        return self._ending(final)

    def stop(self, reason: str) -> None:
        """Stops the pipeline on the server, or keeps it from starting; returns when the server was told."""
        with self._stop_lock:
            if self._stop_reason is not None or self._over.is_set():
                return
            self._stop_reason = reason
            self._stopped_at = self._session.clock()
            if not self._commanded:
                return
        log.info("session %d: stopping the pipeline: %s", self._session.number, reason)
        self._signal(Signal.STOP)

    def finish(self) -> None:
        """Lets the server forget the pipeline (terminate): without it ended commands count against its quotas.

        To be called after the answer has gone to the caller.
        """
        session, pipeline = self._session, self._pipeline
        if pipeline is None:
            return
        session.pool.close_pipeline(pipeline.pipeline_id)
        # A Command that was sent twice leaves its identifier in use: the first one may be on its way still.
        known = self._commanded and not self._repeated
        if known and session.state is SessionState.OPENED and session.shell_id == self._shell_id:
            self._signal(Signal.TERMINATE)

    def _start(self) -> Pipeline:
        session, spec = self._session, self._job.spec
        if session.pool.needs_key(spec):
            session.exchange_key()
        for attempt in range(_COMMANDS):
            pipeline = self._pipeline = session.pool.start(spec, self._job.output)
            try:
                for value in self._job.values:
                    pipeline.input(value)
                if spec.expects_input and self._job.chunks is None:
                    pipeline.end_input()
                self._shell_id = session.shell_id
                self._command(pipeline)
                return pipeline
            except Fault as fault:
                session.pool.close_pipeline(pipeline.pipeline_id)
                self._pipeline = None
                if fault.decision is Decision.REOPEN and attempt == 0:
                    session.open()
                elif not (fault.decision is Decision.SHRINK and session.courier.shrink()):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _command(self, pipeline: Pipeline) -> None:
        """Commands the pipeline; what fits of its input rides along. Raises Fault: then it was not started."""
        session = self._session
        outgoing = session.pool.take(session.courier.main.max_payload, pipeline.pipeline_id)
        arguments = outgoing.data if outgoing else b""

        def call(way: Connection) -> None:
            way.command(session.shell_id, pipeline.pipeline_id, arguments)

        for attempt in range(_COMMANDS):
            with self._stop_lock:
                if self._stop_reason is not None:
                    raise PSSessionError(ErrorKind.STOPPED, f"Nothing was started: {self._stop_reason}.")
                self._commanded = True
            self._repeated = attempt > 0
            try:
                return session.courier.request(Phase.STARTING, call)
            except Fault as fault:
                # From here on a stop finds nothing to signal, unless the question below finds it running.
                if fault.decision is not Decision.ASK or attempt == _COMMANDS - 1:
                    # One that was sent before may be on its way still, but not into a shell that is gone.
                    self._commanded = self._repeated and fault.cause.kind is not FaultKind.SHELL_NOT_FOUND
                    raise
                if self._arrived(pipeline, surely=fault.cause.kind is FaultKind.ALREADY_EXISTS):
                    return

    def _arrived(self, pipeline: Pipeline, surely: bool) -> bool:
        """Asks the server whether it runs the pipeline; what the question brings is the first of its output.

        That it knows no such command means "no" only where it cannot have told the end of it before: it did so where
        the Command has `surely` arrived, and it may have in an answer to this question that was lost.
        """

        def ask(way: Connection) -> Received:
            nonlocal surely
            try:
                return way.receive(self._session.shell_id, pipeline.pipeline_id, operation_timeout=1)
            except TransportError as error:
                surely = surely or (error.kind in CUT and error.may_have_arrived)
                raise

        try:
            self._first = self._session.courier.request(Phase.ASKING, ask, patience=self._patience)
        except Fault as fault:
            if fault.cause.kind is FaultKind.COMMAND_NOT_FOUND and not surely:
                return False
            raise
        return True

    def _receive_all(self, pipeline: Pipeline, outbox: Outbox) -> Record:
        """Receives until the pipeline's final state, which it returns; raises Fault or ProtocolError."""
        session = self._session
        while True:
            received = self._first or session.courier.request(
                Phase.RECEIVING,
                lambda way: way.receive(session.shell_id, pipeline.pipeline_id),
                patience=self._patience,
            )
            self._first = None
            records = [r for r in session.pool.feed(received.data) if r.pipeline_id == pipeline.pipeline_id]
            final = next((record for record in records if record.stream == "state"), None)
            self._deliver([record for record in records if record.stream != "state"])
            if final is not None:
                return final
            if received.done:
                raise ProtocolError("the pipeline ended without telling its state, so a part of its output is lost")
            outbox.flush(session.courier.main)
            self._abandon_if_overdue()

    def _deliver(self, records: list[Record]) -> None:
        if not records or self._undeliverable:
            return
        try:
            self._job.deliver(records)
        except OSError:
            self._undeliverable = True
            self.stop("its client is gone")

    def _abandon_if_overdue(self) -> None:
        stopped_at = self._stopped_at
        if stopped_at is not None and self._session.clock() - stopped_at > STOP_GRACE:
            self._session.discard()
            raise PSSessionError(
                ErrorKind.STOPPED,
                f"The command was told to stop ({self._stop_reason}) and did not within {STOP_GRACE:.0f} s. "
                f"{self._session} was removed with what ran in it.",
            )

    def _patience(self) -> float:
        return STOP_GRACE if self._stopped_at is not None else RECOVERY

    def _signal(self, signal: Signal) -> None:
        """Sends a signal, twice where the first may be lost; a pipeline may be signalled any number of times."""
        pipeline, session = self._pipeline, self._session
        if pipeline is None:
            return
        for _attempt in range(2):
            try:
                with session.courier.side.use() as connection:
                    connection.signal(self._shell_id, pipeline.pipeline_id, signal)
                return
            except TransportError as error:
                log.info("session %d: signal %s: %s", session.number, signal.name, error)
                if error.kind is FaultKind.SHELL_NOT_FOUND and session.shell_id == self._shell_id:
                    session.state = SessionState.BROKEN
                if not session.courier.side.broken:
                    return

    def _ending(self, final: Record) -> Ending:
        value = typing.cast("dict[str, typing.Any]", final.value)
        state = PipelineState(value["state"])
        if state is PipelineState.STOPPED and self._input_failure:
            raise PSSessionError(
                ErrorKind.UNKNOWN,
                f"The command was stopped because its input could not be sent: {self._input_failure}. "
                "What it had done by then is unknown.",
            )
        if state is PipelineState.STOPPED and self._stop_reason:
            raise PSSessionError(ErrorKind.STOPPED, f"The command was stopped: {self._stop_reason}.")
        return Ending(state, value.get("error"), self._warnings)

    def _fail_input(self, why: str) -> None:
        self._input_failure = why
        self.stop("its input could not be sent")

    def _failure(self, fault: Fault) -> PSSessionError:
        """The error for a fault while a pipeline was being started or ran."""
        if not self._commanded:
            return self._session.failure(fault)
        if fault.cause.kind is FaultKind.COMMAND_NOT_FOUND:
            # It ended, and the answer that told so was lost: nothing runs in the session, which is as good as ever.
            return self._unknown(f"its last output was lost on the way. {self._session} is kept", fault.cause.message)
        if fault.cause.kind is FaultKind.SHELL_NOT_FOUND:
            self._session.state = SessionState.BROKEN
        else:
            self._session.lost_sight()
        return self._unknown(f"{self._session} was lost while it ran", fault.cause.message)

    def _protocol_failure(self, error: PsrpError) -> PSSessionError:
        """The error for bytes that the protocol does not allow, or for values that it cannot carry."""
        if not self._commanded:
            return PSSessionError(ErrorKind.USAGE, f"Nothing was started: {error}.")
        self._session.discard()
        return self._unknown(f"{self._session} was lost while it ran", str(error))

    @staticmethod
    def _unknown(what: str, why: str) -> PSSessionError:
        return PSSessionError(
            ErrorKind.UNKNOWN,
            f"The command was started and its outcome is unknown; it is not started again: {what}: {why}",
        )
