# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run and Receive for one client (broker process)."""

from __future__ import annotations

import contextlib
import logging
import math
import socket
import threading
import typing

from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import Finished, Receive
from .._wire.messages import Run as RunMessage
from . import jobs, rows
from .caller import Attendance, Caller
from .conversing import Conversation
from .delivering import Delivery, Send, kept_alive
from .epilogue import Epilogue
from .feeding import Feed
from .jobs import Ending, Job
from .left import waiting
from .parallel import in_thread
from .receiving import Reception
from .running import Run
from .session import QuotaReached, Session, SessionState
from .shared import Shared

#: Seconds that an epilogue may take, which nobody watches.
_EPILOGUE = 60.0

log = logging.getLogger("pssession.broker")


class Runner:
    """Runs and receives pipelines, one at a time.

    Args:
        shared: What all clients share.
        connection: The client's socket.
        attendance: Tells of its hang-up between a request and the answer.
        send: Sends a message and its body to the client.
    """

    def __init__(self, shared: Shared, connection: socket.socket, attendance: Attendance, send: Send) -> None:
        self._shared = shared
        self._socket = connection
        self._attendance = attendance
        self._send = send
        self._lock = threading.Lock()
        #: What goes on now, and what ended but was not freed on the server yet.
        self._current: Run | Reception | None = None
        self._unfinished: Run | Reception | None = None

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self._unfinished is not None

    def stop(self, reason: str) -> None:
        """Stops what runs, or the reception; called from any thread, returns when the server was told."""
        with self._lock:
            current = self._current
        if current is not None:
            current.stop(reason)

    def finish(self) -> None:
        """Once the client has its answer, the server may forget what ran."""
        if self._unfinished is not None:
            self._unfinished.finish()
            self._unfinished = None

    def run(self, message: RunMessage, body: bytes, caller: Caller) -> None:
        """Answers a Run; raises PSSessionError."""
        feed = Feed(self._socket) if message.goes_on else None
        try:
            while self._run(message, body, feed, caller):
                text = f"{message.target.host} has no more sessions for this user: waiting for one in use."
                caller.notify("v", text)
        except PSSessionError:
            # A client that sends more input listens only after the last of it.
            for _values in feed or ():
                continue
            raise

    def receive(self, message: Receive, caller: Caller) -> None:
        """Answers a Receive; raises PSSessionError."""
        if message.timeout is not None and not 0 <= message.timeout < math.inf:
            raise PSSessionError(ErrorKind.USAGE, f"A timeout of {message.timeout:g} s is no time.")
        output = jobs.output(message)
        lease = self._shared.selecting.lease(message.target, message.selector, caller, True, "pssession_receive")
        with lease as session:
            self._attendance.end()
            caller.check()
            deliver = self._delivery(message)
            epilogue = Epilogue(message.epilogue, deliver)
            reception = Reception(session, output, epilogue.deliver, message.wait, message.timeout)
            try:
                alive = kept_alive(session, deliver, self._shared.reactor)
                with self._going_on(reception), self._watched(reception), alive:
                    ending = reception.execute()
                if reception.brought_end:
                    self._complete(reception, session, epilogue)
                if message.remove and ending.state != "running" and not self._attendance.gone:
                    session.close()
                    self._shared.registry.discard(session)
                self._finished(deliver, session, ending)
            except OSError:
                reception.take_back()
                raise

    def _run(self, message: RunMessage, body: bytes, feed: Feed | None, caller: Caller) -> bool:
        """Answers a Run; True where the server's quota is reached and a session in use is to be waited for."""
        jobs.check(message)
        deliver = self._delivery(message)
        talk = Conversation(self._socket, self._say, deliver) if message.interactive else None
        epilogue = Epilogue(message.epilogue, talk.deliver if talk else deliver)
        job = Job(
            spec=jobs.spec(message),
            output=jobs.output(message),
            deliver=epilogue.deliver,
            values=jobs.values(message, body),
            more=feed,
            host=jobs.host(message),
        )
        with self._lease(message, caller) as session:
            try:
                self._prepare(message, session, caller)
                with kept_alive(session, deliver, self._shared.reactor):
                    ending = self._execute(message, session, job, talk, epilogue)
            except QuotaReached:
                if not self._shared.registry.limit(message.target, session):
                    raise
                return True
            if not message.temporary:
                self._finished(deliver, session, ending, message.shared)
        if message.temporary:
            # Its user hears of the end when nothing is left of it.
            self._finished(deliver, session, ending)
        return False

    def _lease(self, message: RunMessage, caller: Caller) -> contextlib.AbstractContextManager[Session]:
        selecting, task = self._shared.selecting, jobs.task(message)
        if message.temporary or message.leave:
            return selecting.lease_new(message.target, caller, task, temporary=message.temporary)
        return selecting.lease(message.target, message.selector, caller, message.shared, task)

    def _prepare(self, message: RunMessage, session: Session, caller: Caller) -> None:
        """Waits for what a run has to wait for in its session; a pipeline is not started for nobody."""
        if message.temporary or message.leave:
            self._shared.selecting.open_new(session, caller)
        elif waiting(session.left):
            session.ready()
            self._shared.selecting.await_left(session, caller)
        # From here on somebody else listens to the client.
        self._attendance.end()
        caller.check()

    def _execute(
        self,
        message: RunMessage,
        session: Session,
        job: Job,
        talk: Conversation | None,
        epilogue: Epilogue,
    ) -> Ending:
        run = Run(session, job)
        self._shared.counters["pipelines"] += 1
        try:
            with self._going_on(run), self._timed(run, message.timeout):
                if talk is not None:
                    with talk.listening(run):
                        return run.execute()
                with self._watched(run):
                    return run.leave() if message.leave else run.execute()
        except PSSessionError as error:
            error.sent = run.sent
            error.session = None if message.temporary else rows.of_session(session)
            raise
        finally:
            if run.commanded and not message.leave:
                self._complete(run, session, epilogue)

    def _complete(self, work: Run | Reception, session: Session, epilogue: Epilogue) -> None:
        """Does what a pipeline that was ended left undone, while nobody else can use the session."""
        job = epilogue.job()
        if job is None or session.state is not SessionState.OPENED:
            return
        work.finish()
        run = Run(session, job)
        with self._going_on(run), self._timed(run, _EPILOGUE):
            try:
                run.execute()
            except PSSessionError as error:
                log.info("session %d: the epilogue of its script: %s", session.number, error.message)

    def _finished(self, delivery: Delivery, session: Session, ending: Ending, shared: bool = False) -> None:
        self._shared.count(session)
        warnings = list(ending.warnings)
        if session.recreated and shared:
            warnings.append(f"{session} was lost since it was last used and was opened anew: its state is gone.")
        delivery.finish(
            Finished(ending.state, rows.of_session(session), ending.error, warnings, ending.truncated, ending.sent)
        )

    @contextlib.contextmanager
    def _going_on(self, work: Run | Reception) -> typing.Iterator[None]:
        with self._lock:
            self._current = self._unfinished = work
        try:
            yield
        finally:
            with self._lock:
                self._current = None

    @contextlib.contextmanager
    def _timed(self, run: Run, timeout: float | None) -> typing.Iterator[None]:
        """Stops a run when its time is over."""
        if timeout is None:
            yield
            return
        reason = f"its timeout of {timeout:g} s is over"

        def stop() -> None:
            in_thread("timeout", lambda: run.stop(reason))

        timer = self._shared.reactor.later(timeout, stop)
        try:
            yield
        finally:
            timer.cancel()

    @contextlib.contextmanager
    def _watched(self, work: Run | Reception) -> typing.Iterator[None]:
        """Stops it when its client hangs up."""

        def hung_up() -> None:
            in_thread("hang-up", lambda: work.stop("its client went away"))

        with self._attendance.watched(hung_up):
            yield

    def _delivery(self, message: RunMessage | Receive) -> Delivery:
        return Delivery(self._send, jobs.output(message), message.max_output)

    def _say(self, message: object) -> None:
        self._send(message, b"")
