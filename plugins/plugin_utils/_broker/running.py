# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pipeline's run in a session, from its Command to its terminate signal (broker process).

`Run.execute` and `Run.leave` block the thread that leased the session; `Run.stop` and `Run.answer` are called from
others.
"""

from __future__ import annotations

import contextlib
import logging
import typing

from .._psrp.errors import ProtocolError, PsrpError, StateError, ValueNotSupported
from .._psrp.host import HostCall
from .._psrp.pipeline import Pipeline
from .._psrp.records import PipelineState, Record
from .._transport import FaultKind
from .._wire.errors import ErrorKind, PSSessionError
from . import troubles, upkeep
from .commanding import STOP_GRACE, RemotePipeline
from .courier import Fault
from .delivering import OutputLimit
from .jobs import Ending, Job
from .left import Left
from .recovery import Phase
from .sending import Outbox, Sender, send_all
from .session import Session, SessionState

__all__ = ["Ending", "Job", "Run"]

#: Seconds that a session stays on the server by itself after a pipeline was left in it, where its user says nothing
#: and the server allows it: the time counts while the pipeline runs, too (about_Remote_Disconnected_Sessions).
LEFT_FOR = 86400

log = logging.getLogger("pssession.broker")


class Run:
    """One run of a job in a session that the caller has leased."""

    def __init__(self, session: Session, job: Job) -> None:
        self._session = session
        self._job = job
        self._remote = RemotePipeline(session, job)
        self._outbox: Outbox | None = None
        self._undeliverable = False
        self._asked_for_stop = False
        self._input_failure: Exception | None = None
        self._warnings: list[str] = []
        self._limit: OutputLimit | None = None

    @property
    def commanded(self) -> bool:
        """Whether the pipeline may have started."""
        return self._remote.commanded

    @property
    def sent(self) -> int:
        """How many parts of the input went on to the server."""
        return self._outbox.parts if self._outbox else 0

    def execute(self) -> Ending:
        """Runs the job to its end and returns how it ended; raises PSSessionError."""
        self._session.ready()
        cuts = self._session.courier.cuts
        sender: Sender | None = None
        with self._faults():
            try:
                pipeline = self._remote.start()
                outbox = self._outbox = Outbox(self._session, pipeline, self._remote.patience)
                if self._job.more is not None or outbox.more():
                    sender = Sender(self._session, pipeline, outbox, self._job.more, self._fail_input)
                final = self._receive_all(pipeline, outbox)
            finally:
                self._remote.over.set()
                if sender:
                    sender.join()
                self._session.last_used = self._session.clock()
        if self._session.courier.cuts > cuts:
            self._warnings.append(troubles.cut(self._session.target))
        return self._ending(final)

    def leave(self) -> Ending:
        """Starts the job, sends all of its input and disconnects the session; raises PSSessionError.

        Where nothing was started the session is removed: it was made for this job alone.
        """
        session, remote = self._session, self._remote
        try:
            session.ready()
            with self._faults():
                pipeline = remote.start()
                outbox = Outbox(session, pipeline, remote.patience)
                send_all(pipeline, outbox, session.courier.main, self._job.more)
                left = self._left(pipeline)
            remote.over.set()
            if remote.stop_reason is not None:
                raise PSSessionError(ErrorKind.STOPPED, f"The command was stopped: {remote.stop_reason}.")
        except BaseException:
            # Without all of its input it would never end.
            if session.state is SessionState.OPENED:
                session.close()
            elif remote.commanded and remote.pipeline is not None:
                session.left.append(Left(remote.pipeline.pipeline_id))
            raise
        session.left.append(left)
        self._disconnect()
        return Ending(PipelineState.RUNNING.value)

    def _left(self, pipeline: Pipeline) -> Left:
        """What is to be received later; asking whether it had started may have brought the first of it."""
        left = Left(pipeline.pipeline_id)
        if self._remote.first is not None:
            records = self._session.pool.feed(self._remote.first.data, pipeline.pipeline_id)
            left.undelivered = [record for record in records if record.pipeline_id == pipeline.pipeline_id]
        return left

    def _disconnect(self) -> None:
        """Leaves the session with what runs in it."""
        session, target = self._session, self._session.target
        longest = session.told.max_idle_timeout if session.told else None
        idle_timeout = target.idle_timeout or int(min(LEFT_FOR, longest or LEFT_FOR))
        try:
            session.disconnect(idle_timeout, target.output_buffering_mode or "Drop")
        except PSSessionError as error:
            raise PSSessionError(
                ErrorKind.UNKNOWN,
                f"The command was started in {session} (instance id {session.shell_id}), which could not be "
                f"disconnected, and may run on; it is not started again: {error.message}",
            ) from None

    def stop(self, reason: str, asked: bool = False) -> None:
        """Stops the pipeline on the server, or keeps it from starting; returns when the server was told.

        Args:
            reason: For the error that `execute` raises.
            asked: Its user wants it so, which is no error.
        """
        self._asked_for_stop = self._asked_for_stop or asked
        self._remote.stop(reason)

    def answer(self, call: HostCall, value: object, error: str | None) -> None:
        """Sends the user's answer to a host call over a connection of its own; see interactive.typed."""
        pipeline, outbox = self._remote.pipeline, self._outbox
        if pipeline is None or outbox is None:
            return
        try:
            try:
                self._session.pool.answer(pipeline, call, value, error)
            except ValueNotSupported as problem:
                self._session.pool.answer(pipeline, call, None, str(problem))
            outbox.flush(self._session.courier.side)
        except StateError:
            log.debug("session %d: the pipeline ended before it was answered", self._session.number)
        except (Fault, PsrpError) as problem:
            self._fail_input(problem)

    def finish(self) -> None:
        """Lets the server forget the pipeline; to be called after the answer has gone to the caller."""
        if self._session.state is SessionState.OPENED:
            self._remote.free()

    def _receive_all(self, pipeline: Pipeline, outbox: Outbox) -> Record:
        """Receives until the pipeline's final state, which it returns; raises Fault or ProtocolError."""
        session, remote = self._session, self._remote
        while True:
            received = remote.first or session.courier.request(
                Phase.RECEIVING,
                lambda way: way.receive(session.shell_id, pipeline.pipeline_id),
                patience=remote.patience,
            )
            remote.first = None
            try:
                records = session.pool.feed(received.data, pipeline.pipeline_id)
            except ProtocolError as error:
                self._deliver([record for record in error.records if record.pipeline_id == pipeline.pipeline_id])
                raise
            records = [record for record in records if record.pipeline_id == pipeline.pipeline_id]
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
        except OutputLimit as limit:
            self._undeliverable = True
            self._limit = limit
            self.stop("its client takes no more output")

    def _abandon_if_overdue(self) -> None:
        if self._remote.overdue:
            self._session.discard()
            raise PSSessionError(
                ErrorKind.STOPPED,
                f"The command was told to stop ({self._remote.stop_reason}) and did not within {STOP_GRACE:.0f} s. "
                f"{self._session} was removed with what ran in it.",
            )

    def _ending(self, final: Record) -> Ending:
        value = typing.cast("dict[str, typing.Any]", final.value)
        state = PipelineState(value["state"])
        if self._limit is not None:
            raise PSSessionError(
                ErrorKind.TOO_LARGE,
                f"The command wrote more than {self._limit}, the most that a task takes, and was stopped: what it had "
                "not done by then is not done. Give out less with Where-Object, Select-Object or Measure-Object, or "
                "write to a file on the host and fetch that.",
            )
        if state is PipelineState.STOPPED and self._input_failure:
            raise self._without_input(self._input_failure)
        if state is PipelineState.STOPPED and self._remote.stop_reason and not self._asked_for_stop:
            raise PSSessionError(ErrorKind.STOPPED, f"The command was stopped: {self._remote.stop_reason}.")
        return Ending(state.value, value.get("error"), self._warnings, sent=self.sent)

    def _fail_input(self, why: Exception) -> None:
        self._input_failure = why
        self.stop("its input could not be sent")

    def _without_input(self, why: Exception) -> PSSessionError:
        """The error for a pipeline that ended because it did not get all of its input."""
        pipeline = self._remote.pipeline
        if pipeline is None or not self._session.pool.is_created(pipeline.pipeline_id):
            return PSSessionError(ErrorKind.FAILED, f"Nothing was run: {why}")
        is_quota = isinstance(why, Fault) and why.cause.kind is FaultKind.DATA_QUOTA
        return PSSessionError(
            ErrorKind.STOPPED if is_quota else ErrorKind.UNKNOWN,
            f"The command was stopped because its input could not be sent: {str(why).rstrip('.')}. "
            "What it had done by then is unknown; it is not started again.",
        )

    @contextlib.contextmanager
    def _faults(self) -> typing.Iterator[None]:
        try:
            yield
        except Fault as fault:
            raise self._failure(fault) from None
        except PsrpError as error:
            raise self._protocol_failure(error) from None

    def _failure(self, fault: Fault) -> PSSessionError:
        """The error for a fault while a pipeline was being started or ran."""
        if fault.cause.kind is FaultKind.DATA_QUOTA:
            # The server has ended the pipeline; whether the session is still there shows when it is used again.
            return self._without_input(fault)
        if not self._remote.commanded:
            return troubles.failure(fault)
        if self._input_failure and fault.cause.kind in (FaultKind.COMMAND_NOT_FOUND, FaultKind.SHELL_NOT_FOUND):
            if fault.cause.kind is FaultKind.SHELL_NOT_FOUND:
                self._session.state = SessionState.BROKEN
            return self._without_input(self._input_failure)
        if fault.cause.kind is FaultKind.COMMAND_NOT_FOUND:
            # It ended, and the answer that told so was lost: nothing runs in the session, which is as good as ever.
            return _unknown(f"its last output was lost on the way. {self._session} is kept", fault.cause.message)
        if fault.cause.kind is FaultKind.SHELL_NOT_FOUND:
            self._session.state = SessionState.BROKEN
        else:
            self._session.lost_sight()
        return _unknown(f"{self._session} {self._session.fate} while it ran", fault.cause.message)

    def _protocol_failure(self, error: PsrpError) -> PSSessionError:
        """The error for bytes that the protocol does not allow, or for values that it cannot carry."""
        if not self._remote.commanded:
            return PSSessionError(ErrorKind.USAGE, f"Nothing was started: {error}.")
        upkeep.estrange(self._session)
        return _unknown(f"{self._session} {self._session.fate}", str(error))


def _unknown(what: str, why: str) -> PSSessionError:
    return PSSessionError(
        ErrorKind.UNKNOWN,
        f"The command was started and its outcome is unknown; it is not started again: {what}: {why}",
    )
