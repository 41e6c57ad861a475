# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client of the broker: an ansible worker or the CLI, served by a thread of its own (broker process)."""

from __future__ import annotations

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
    Hello,
    HostAnswer,
    ListSessions,
    Note,
    OpenSession,
    Receive,
    RemoveSessions,
    Reset,
    Result,
    Results,
    Sessions,
    Shutdown,
    Stop,
    Welcome,
)
from .._wire.messages import Run as RunMessage
from . import capability, listing, removing, requests
from .asking import Asker
from .caller import Attendance, Caller
from .group import Playbook
from .parallel import in_parallel
from .run_requests import Runner
from .shared import Shared

log = logging.getLogger("pssession.broker")


class Client:
    """Serves one connection until it ends.

    Args:
        shared: What all clients share.
        connection: A connection whose peer was checked.
    """

    def __init__(self, shared: Shared, connection: socket.socket) -> None:
        self._shared = shared
        self._socket = connection
        self._attendance = Attendance(shared.reactor, connection)
        self._runner = Runner(shared, connection, self._attendance, self._send)
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
                        self._runner.finish()
        except WireError as error:
            log.warning("a client was hung up on: %s", error)
        except OSError as error:
            log.info("a client is gone: %s", error)
        except Exception:
            log.exception("a client could not be served")
        finally:
            self._runner.finish()
            self._shared.left(self)

    def stop(self, reason: str) -> None:
        """Stops what runs or waits for this client; called from any thread, returns when the server was told."""
        self._attendance.dismiss(reason)
        self._runner.stop(reason)

    @property
    def busy(self) -> bool:
        """Whether something runs for this client."""
        return self._runner.busy

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
                self._runner.run(message, body, self._caller())
            elif isinstance(message, Receive):
                self._runner.receive(message, self._caller())
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
            elif not isinstance(message, (HostAnswer, Stop)):
                # Those two may have met the end of what they were for.
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
        finally:
            self._attendance.end()

    def _reset(self, message: Reset) -> int:
        sessions = self._shared.registry.drop(message.target)
        in_parallel(lambda session: session.close(), sessions)
        return len(sessions)

    def _results(self, message: OpenSession | RemoveSessions | DisconnectSessions | ConnectSessions) -> list[Result]:
        asker = Asker(self._shared, message.target, self._caller())
        if isinstance(message, OpenSession):
            return requests.open_sessions(asker, message)
        if isinstance(message, RemoveSessions):
            return removing.remove_sessions(asker, message)
        if isinstance(message, DisconnectSessions):
            return requests.disconnect_sessions(asker, message)
        return requests.connect_sessions(asker, message)

    def _caller(self) -> Caller:
        return Caller(self.playbook, self._note, self._attendance)

    def _fail(self, error: PSSessionError) -> None:
        self._send(Failure(error.kind.value, error.message, error.sent, error.session))

    def _note(self, level: str, text: str) -> None:
        self._send(Note(level, text))

    def _send(self, message: object, body: bytes = b"") -> int:
        with self._send_lock:
            return ANSWERS.send(self._socket, message, body)
