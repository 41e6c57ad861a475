# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pipeline on the server: commanded once, stopped, freed (broker process).

A pipeline is commanded under one CommandId that we chose: where a Command's fate is unclear the server is asked for
that id, and the Command is sent again only when the server does not know it.
"""

from __future__ import annotations

import logging
import threading
import uuid

from .._psrp.pipeline import Pipeline
from .._transport import FaultKind, Received, Signal, TransportError
from .._wire.errors import ErrorKind, PSSessionError
from . import questions
from .courier import RECOVERY, Fault
from .jobs import Job
from .link import Connection
from .recovery import CUT, Decision, Phase
from .session import Session, SessionState

#: Seconds that a pipeline may take to end after it was told to stop; then its session is removed.
STOP_GRACE = 30.0
#: How often a Command is sent under new or the same id before it is given up.
_COMMANDS = 4

log = logging.getLogger("pssession.broker")


class RemotePipeline:
    """What a job runs as in a session that the caller has leased; `start` is for one thread, `stop` for any.

    Attributes:
        pipeline: The client's half, None before `start` and after it failed.
        first: Output that came with the question whether the pipeline had started.
        commanded: Whether it may have started.
        stop_reason: Why it was told to stop; None: it was not.
        stopped_at: When it was.
        over: Set when it has ended: there is nothing to stop any more.
    """

    def __init__(self, session: Session, job: Job) -> None:
        self.pipeline: Pipeline | None = None
        self.first: Received | None = None
        self.commanded = False
        self.stop_reason: str | None = None
        self.stopped_at: float | None = None
        self.over = threading.Event()
        self._session = session
        self._job = job
        self._shell_id = session.shell_id
        self._repeated = False
        self._lock = threading.Lock()

    def start(self) -> Pipeline:
        """Commands it; what fits of its input rides along. Raises PSSessionError, Fault or PsrpError."""
        session, job = self._session, self._job
        for attempt in range(_COMMANDS):
            if not session.pool.key_exchanged and (job.host is not None or session.pool.needs_key(job.spec)):
                questions.exchange_key(session)
            pipeline = self.pipeline = session.pool.start(job.spec, job.output, job.host)
            try:
                for value in job.values:
                    pipeline.input(value)
                if job.spec.expects_input and job.more is None:
                    pipeline.end_input()
                self._shell_id = session.shell_id
                self._command(pipeline)
                break
            except Fault as fault:
                session.pool.close_pipeline(pipeline.pipeline_id)
                self.pipeline = None
                if fault.decision is Decision.REOPEN and attempt == 0:
                    session.open()
                elif not (fault.decision is Decision.SHRINK and session.courier.shrink()):
                    raise
        if self.stop_reason is not None:
            # The stop may have been faster than the Command.
            self.signal(Signal.STOP)
        return pipeline

    def stop(self, reason: str) -> bool:
        """Stops it on the server, or keeps it from starting; returns when the server was told, False if it is over."""
        with self._lock:
            if self.stop_reason is not None or self.over.is_set():
                return False
            self.stop_reason = reason
            self.stopped_at = self._session.clock()
            if not self.commanded:
                return True
        log.info("session %d: stopping the pipeline: %s", self._session.number, reason)
        self.signal(Signal.STOP)
        return True

    def free(self) -> None:
        """Lets the server forget it (terminate): without it ended commands count against its quotas."""
        session, pipeline = self._session, self.pipeline
        if pipeline is None:
            return
        session.pool.close_pipeline(pipeline.pipeline_id)
        # A Command that was sent twice leaves its identifier in use: the first one may be on its way still.
        known = self.commanded and not self._repeated
        if known and session.state is SessionState.OPENED and session.shell_id == self._shell_id:
            self.signal(Signal.TERMINATE)

    def patience(self) -> float:
        """Seconds that a fault is borne with while it runs; what is sent to one that is over is given up at once."""
        if self.over.is_set():
            return 0.0
        return STOP_GRACE if self.stopped_at is not None else RECOVERY

    @property
    def overdue(self) -> bool:
        """Whether it was told to stop and did not."""
        return self.stopped_at is not None and self._session.clock() - self.stopped_at > STOP_GRACE

    def signal(self, code: Signal) -> None:
        """Sends it a signal, if it has started."""
        if self.pipeline is not None:
            signal(self._session, self._shell_id, self.pipeline.pipeline_id, code)

    def _command(self, pipeline: Pipeline) -> None:
        """Sends the Command. Raises Fault: then it was not started."""
        session = self._session
        outgoing = session.pool.take(session.courier.main.max_payload, pipeline.pipeline_id)
        arguments = outgoing.data if outgoing else b""

        def call(way: Connection) -> None:
            way.command(session.shell_id, pipeline.pipeline_id, arguments)

        for attempt in range(_COMMANDS):
            with self._lock:
                if self.stop_reason is not None:
                    raise PSSessionError(ErrorKind.STOPPED, f"Nothing was started: {self.stop_reason}.")
                self.commanded = True
            self._repeated = attempt > 0
            try:
                return session.courier.request(Phase.STARTING, call)
            except Fault as fault:
                # From here on a stop finds nothing to signal, unless the question below finds it running.
                if fault.decision is not Decision.ASK or attempt == _COMMANDS - 1:
                    # One that was sent before may be on its way still, but not into a shell that is gone.
                    self.commanded = self._repeated and fault.cause.kind is not FaultKind.SHELL_NOT_FOUND
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
            self.first = self._session.courier.request(Phase.ASKING, ask, patience=self.patience)
        except Fault as fault:
            if fault.cause.kind is FaultKind.COMMAND_NOT_FOUND and not surely:
                return False
            raise
        return True


def signal(session: Session, shell_id: uuid.UUID, pipeline_id: uuid.UUID, code: Signal) -> None:
    """Sends a signal, twice where the first may be lost; a pipeline may be signalled any number of times."""
    for _attempt in range(2):
        try:
            with session.courier.side.use() as connection:
                connection.signal(shell_id, pipeline_id, code)
            return
        except TransportError as error:
            log.info("session %d: signal %s: %s", session.number, code.name, error)
            if error.kind is FaultKind.SHELL_NOT_FOUND and session.shell_id == shell_id:
                session.state = SessionState.BROKEN
            if not session.courier.side.broken:
                return
