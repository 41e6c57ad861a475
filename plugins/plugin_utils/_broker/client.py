# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client of the broker: an ansible worker or the CLI, served by a thread of its own (broker process)."""

from __future__ import annotations

import contextlib
import enum
import logging
import socket
import threading
import typing

from .._wire import PROTOCOL, VERSION
from .._wire.errors import ErrorKind, PSSessionError, WireError
from .._wire.messages import (
    ANSWERS,
    REQUESTS,
    ConnectSessions,
    DisconnectSessions,
    Done,
    Failure,
    Finished,
    Hello,
    Input,
    ListSessions,
    Note,
    OpenSession,
    RemoveSessions,
    Reset,
    Result,
    Results,
    Sessions,
    Shutdown,
    Welcome,
)
from .._wire.messages import Run as RunMessage
from . import capability, jobs, listing, removing, requests
from .asking import Asker
from .group import Playbook
from .parallel import in_parallel, in_thread
from .running import Ending, Job, Run
from .session import QuotaReached, Session
from .shared import Shared

#: Seconds; the main loop answers at once, unless it ends at this moment.
_LOOP_ANSWERS = 5.0

log = logging.getLogger("pssession.broker")


class _Outcome(enum.Enum):
    DONE = enum.auto()
    #: The server's quota is reached: wait for another session and try there.
    AGAIN = enum.auto()


class Client:
    """Serves one connection until it ends.

    Args:
        shared: What all clients share.
        connection: A connection whose peer was checked.
    """

    def __init__(self, shared: Shared, connection: socket.socket) -> None:
        self._shared = shared
        self._socket = connection
        #: What runs now, and what ran but was not terminated on the server yet.
        self._run: Run | None = None
        self._unfinished: Run | None = None
        self._lock = threading.Lock()
        #: What goes on for several sessions at once may have something to say at once.
        self._send_lock = threading.Lock()
        #: Whom it works for, known after `Hello`; no process has the pid 0.
        self.playbook: Playbook = (0, 0)

    def serve(self) -> None:
        """Answers requests, one after the other; whatever the peer sends, it only ever ends this connection."""
        try:
            with self._socket:
                if self._greet():
                    while (received := REQUESTS.receive(self._socket)) is not None:
                        self._dispatch(*received)
                        self._finish()
        except WireError as error:
            log.warning("a client was hung up on: %s", error)
        except OSError as error:
            log.info("a client is gone: %s", error)
        except Exception:
            log.exception("a client could not be served")
        finally:
            self._finish()
            self._shared.left(self)

    def stop(self, reason: str) -> None:
        """Stops what runs for this client; called from any thread, returns when the server was told."""
        with self._lock:
            run = self._run
        if run is not None:
            run.stop(reason)

    @property
    def busy(self) -> bool:
        """Whether something runs for this client."""
        return self._unfinished is not None

    def _greet(self) -> bool:
        received = REQUESTS.receive(self._socket)
        hello = received[0] if received else None
        if not isinstance(hello, Hello):
            return False
        if (hello.protocol, hello.version) != (PROTOCOL, VERSION):
            self._fail(PSSessionError(ErrorKind.USAGE, f"This session broker is of version {VERSION}, not yours."))
            return False
        self.playbook = (hello.playbook_pid, hello.playbook_started)
        self._shared.arrived(self)
        self._send(Welcome(PROTOCOL, VERSION, self._shared.pid))
        return True

    def _dispatch(self, message: typing.Any, body: bytes) -> None:
        try:
            capability.check(message)
            if isinstance(message, RunMessage):
                self._handle_run(message, body)
            elif isinstance(message, ListSessions):
                self._send(Sessions(listing.list_sessions(self._shared, message), self._shared.facts()))
            elif isinstance(message, (OpenSession, RemoveSessions, DisconnectSessions, ConnectSessions)):
                self._send(Results(self._results(message)))
            elif isinstance(message, Reset):
                self._send(Done(self._reset(message)))
            elif isinstance(message, Shutdown):
                # The answer first: the process does not wait for it.
                self._send(Done(len(self._shared.registry.sessions())))
                self._shared.shut_down()
            else:
                raise WireError(f"{type(message).__name__} is out of turn")
        except PSSessionError as error:
            self._fail(error)
        except (OSError, WireError):
            raise
        except Exception as error:
            log.exception("a request failed")
            self._fail(
                PSSessionError(
                    ErrorKind.UNKNOWN, f"The session broker met an error of its own: {error!r} (see its log)."
                )
            )

    def _finish(self) -> None:
        """Once the client has its answer, the server may forget what ran."""
        if self._unfinished is not None:
            self._unfinished.finish()
            self._unfinished = None

    def _handle_run(self, message: RunMessage, body: bytes) -> None:
        output = jobs.output(message)
        job = Job(
            spec=jobs.spec(message),
            output=output,
            deliver=lambda records: self._send(*jobs.answer(records, output)),
            values=jobs.values(message, body),
            chunks=self._chunks() if message.input == "chunks" else None,
        )
        while self._execute(message, job) is _Outcome.AGAIN:
            self._send(Note("v", f"{message.target.host} has no more sessions for this user: waiting for one in use."))

    def _execute(self, message: RunMessage, job: Job) -> _Outcome:
        lease = self._shared.selecting.lease(
            message.target, message.selector, self.playbook, message.shared, jobs.task(message), self._note
        )
        with lease as session:
            if session.left:
                session.ready()
                self._shared.selecting.await_left(session, self._note)
            run = self._unfinished = Run(session, job)
            self._shared.counters["pipelines"] += 1
            try:
                with self._watched(run, message):
                    ending = run.execute()
            except QuotaReached:
                if not self._shared.registry.limit(message.target, session):
                    raise
                return _Outcome.AGAIN
            self._finished(session, ending, message.shared)
            return _Outcome.DONE

    def _finished(self, session: Session, ending: Ending, shared: bool) -> None:
        self._shared.count(session)
        warnings = list(ending.warnings)
        if session.recreated and shared:
            warnings.append(f"{session} was lost since it was last used and was opened anew: its state is gone.")
        self._send(Finished(ending.state.value, session.row(), ending.error, warnings))

    @contextlib.contextmanager
    def _watched(self, run: Run, message: RunMessage) -> typing.Iterator[None]:
        """Stops the run when its client hangs up, its playbook dies or its time is over."""
        reactor = self._shared.reactor
        timer = None
        with self._lock:
            self._run = run
        if message.timeout is not None:
            reason = f"its timeout of {message.timeout:g} s is over"
            timer = reactor.later(message.timeout, lambda: self._stop_late(run, reason))
        if message.input != "chunks":
            reactor.watch(self._socket, lambda: self._hung_up(run))
        try:
            yield
        finally:
            with self._lock:
                self._run = None
            if timer is not None:
                timer.cancel()
            if message.input != "chunks":
                ended = threading.Event()
                reactor.unwatch(self._socket, ended.set)
                ended.wait(_LOOP_ANSWERS)

    @staticmethod
    def _stop_late(run: Run, reason: str) -> None:
        in_thread("timeout", lambda: run.stop(reason))

    def _hung_up(self, run: Run) -> None:
        """On the reactor's thread: the socket is readable though the client has nothing to say now."""
        self._shared.reactor.unwatch(self._socket)
        if not self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
            in_thread("hang-up", lambda: run.stop("its client went away"))

    def _chunks(self) -> typing.Iterator[bytes]:
        while True:
            received = REQUESTS.receive(self._socket)
            if received is None or not isinstance(received[0], Input):
                raise WireError("the input ended before its end")
            if received[0].end:
                return
            yield received[1]

    def _reset(self, message: Reset) -> int:
        sessions = self._shared.registry.drop(message.target)
        in_parallel(lambda session: session.close(), sessions)
        return len(sessions)

    def _results(self, message: OpenSession | RemoveSessions | DisconnectSessions | ConnectSessions) -> list[Result]:
        asker = Asker(self._shared, message.target, self.playbook, self._note)
        if isinstance(message, OpenSession):
            return [requests.open_session(asker, message)]
        if isinstance(message, RemoveSessions):
            return removing.remove_sessions(asker, message)
        if isinstance(message, DisconnectSessions):
            return requests.disconnect_sessions(asker, message)
        return requests.connect_sessions(asker, message)

    def _fail(self, error: PSSessionError) -> None:
        self._send(Failure(error.kind.value, error.message))

    def _note(self, level: str, text: str) -> None:
        self._send(Note(level, text))

    def _send(self, message: object, body: bytes = b"") -> None:
        with self._send_lock:
            ANSWERS.send(self._socket, message, body)
