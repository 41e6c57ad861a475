# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds or starts the session broker, calls it, and hands on its notes (runs in the ansible worker and in the CLI).

Imports nothing but the standard library and ``_wire``: a worker is forked for every task, so this must load fast.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import time
import typing

from ._wire import PROTOCOL, VERSION
from ._wire import place as places
from ._wire.errors import ErrorKind, PSSessionError, WireError
from ._wire.messages import (
    ANSWERS,
    REQUESTS,
    Failure,
    Finished,
    Hello,
    HostAnswer,
    HostCall,
    Input,
    Note,
    Receive,
    Records,
    Run,
    Stop,
    Welcome,
)

#: Called with a level (warning, v ... vvvvv) and a text.
Notify = typing.Callable[[str, str], None]
#: Called with the entries of one `Records` and its body.
OnRecords = typing.Callable[[list[typing.Any], bytes], None]
#: Answers a host call of an interactive pipeline; None where the user wants the pipeline stopped instead.
OnHostCall = typing.Callable[[HostCall], "HostAnswer | None"]

#: Seconds that a broker may take to start: an interpreter with cold caches on a busy controller.
_START_TIMEOUT = 60
#: How often a broker that hangs up at once is called again.
_GREETINGS = 5


class BrokerClient:
    """One connection to the broker; not thread-safe. Closing it stops what it still runs.

    Args:
        connection: A connected socket.
        notify: Gets what the broker has to say to the user.
    """

    def __init__(self, connection: socket.socket, notify: Notify) -> None:
        # A signal that comes just before a blocking call (core's timeout is SIGALRM) is noticed at the next wake-up.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 1, 0))
        self._socket = connection
        self._notify = notify
        self._sending = False
        self._stop_asked = False

    def close(self) -> None:
        """Hangs up; a call that goes on in another thread ends with an error."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def request(self, message: object) -> typing.Any:
        """Sends a request that has one answer and returns it; raises PSSessionError."""
        with self._reported():
            REQUESTS.send(self._socket, message)
            return self._answer()[0]

    def run(
        self,
        request: Run | Receive,
        body: bytes = b"",
        chunks: typing.Iterable[bytes] = (),
        values: typing.Iterable[list[typing.Any]] = (),
        on_records: OnRecords = lambda entries, body: None,
        on_host_call: OnHostCall | None = None,
    ) -> Finished:
        """Runs a pipeline, feeding it `chunks` or more `values` where its request says so, or receives one.

        Raises PSSessionError, usage where the request is larger than a message may be: then nothing was sent.
        An interactive run needs `on_host_call`, whose answer counts where the call expects one.
        """
        with self._reported():
            self._stop_asked = False
            self._send(request, body)
            if isinstance(request, Run) and request.goes_on:
                for chunk in chunks:
                    REQUESTS.send(self._socket, Input(), chunk)
                for part in values:
                    REQUESTS.send(self._socket, Input(values=part))
                REQUESTS.send(self._socket, Input(end=True))
            while True:
                answer, body = self._answer()
                if isinstance(answer, Finished):
                    return answer
                if isinstance(answer, HostCall) and on_host_call is not None:
                    self._reply(answer, on_host_call(answer))
                elif isinstance(answer, Records):
                    on_records(answer.entries, body)
                else:
                    raise WireError("not an answer to this request")

    def stop(self) -> None:
        """Asks the broker to stop the interactive pipeline that runs; a signal's handler may call it."""
        self._stop_asked = True
        if not self._sending:
            self._send_stop()

    def greet(self, playbook_pid: int) -> Welcome:
        """Says for which playbook process the calls are."""
        hello = Hello(PROTOCOL, VERSION, playbook_pid, places.process_started(playbook_pid))
        return typing.cast(Welcome, self.request(hello))

    def _reply(self, call: HostCall, answer: HostAnswer | None) -> None:
        if answer is None:
            self.stop()
            # A server may stop no pipeline that waits for its host.
            answer = HostAnswer(error="The user wants the pipeline stopped.")
        if call.expects_answer:
            self._send(answer)

    def _send(self, message: object, body: bytes = b"") -> None:
        """Sends a message whole, and what a signal's handler wanted to say in its midst after it."""
        try:
            data = REQUESTS.encode(message, body)
        except WireError as error:
            raise PSSessionError(
                ErrorKind.USAGE,
                f"What the task sends is too large, its parameters most likely: {error}. Pass it as input, in several "
                "values, or copy a file to the host.",
            ) from None
        self._sending = True
        try:
            self._socket.sendall(data)
        finally:
            self._sending = False
        self._send_stop()

    def _send_stop(self) -> None:
        if self._stop_asked:
            self._stop_asked = False
            REQUESTS.send(self._socket, Stop())

    def _answer(self) -> tuple[typing.Any, bytes]:
        while True:
            received = ANSWERS.receive(self._socket)
            if received is None:
                raise WireError("the broker closed the connection")
            answer, body = received
            if isinstance(answer, Note):
                self._notify(answer.level, answer.text)
            elif isinstance(answer, Failure):
                raise PSSessionError(ErrorKind(answer.kind), answer.message, answer.sent, answer.session)
            else:
                return answer, body

    @contextlib.contextmanager
    def _reported(self) -> typing.Iterator[None]:
        try:
            yield
        except (OSError, WireError) as error:
            raise PSSessionError(
                ErrorKind.UNKNOWN,
                f"The session broker is gone ({error}): what it ran may or may not have finished. "
                "The next task starts a new broker; the broker's log file in socket_dir tells why it ended.",
            ) from None


def connect(directory: str, playbook_pid: int, notify: Notify, log_level: str = "info") -> BrokerClient:
    """A connection to this user's broker, which is started if none runs.

    Args:
        directory: socket_dir, the private directory of the brokers.
        playbook_pid: The process whose life keeps the sessions: ansible-playbook, ansible or the CLI.
        notify: See BrokerClient.
        log_level: error, warning, info or debug, for a broker that is started here.

    Raises PSSessionError, usage where the directory cannot be used, failed where the broker does not start.
    """
    place = places.here(directory)
    for attempt in range(1, _GREETINGS + 1):
        try:
            return greeted(_connected(place) or _start(place, log_level), playbook_pid, notify)
        except PSSessionError as error:
            # A broker that ends at this very moment hangs up; nothing was asked of it yet.
            if error.kind is not ErrorKind.UNKNOWN or attempt == _GREETINGS:
                raise
            time.sleep(0.1)
    raise AssertionError("unreachable: the last attempt returns or raises")


def running(directory: str, playbook_pid: int, notify: Notify) -> list[BrokerClient]:
    """Connections to every broker that listens in the directory, whatever environment it serves; starts none."""
    folder = pathlib.Path(os.path.expanduser(directory))
    clients = []
    for path in sorted(folder.glob("*.sock")):
        if connection := _connected(places.Place(folder, path.stem)):
            clients.append(greeted(connection, playbook_pid, notify))
    return clients


def greeted(connection: socket.socket, playbook_pid: int, notify: Notify) -> BrokerClient:
    """A client that has said `Hello`; the connection is closed where that fails."""
    client = BrokerClient(connection, notify)
    try:
        client.greet(playbook_pid)
    except BaseException:
        client.close()
        raise
    return client


def _connected(place: places.Place) -> socket.socket | None:
    """A socket to a broker that listens at that place and is our own, or None where none does."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(place.socket))
        owner = places.peer_uid(connection)
    except OSError:
        connection.close()
        return None
    if owner != os.geteuid():
        connection.close()
        raise PSSessionError(
            ErrorKind.USAGE,
            f"The process that listens at {str(place.socket)!r} runs as uid {owner}; it is not trusted.",
        )
    return connection


def _start(place: places.Place, log_level: str) -> socket.socket:
    """Starts the broker, or waits for the one that another worker starts at this moment."""
    deadline = time.monotonic() + _START_TIMEOUT
    with open(place.start_lock, "a", opener=_private) as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if connection := _connected(place):
                    return connection
                if time.monotonic() > deadline:
                    raise _start_failed(place, f"another process has been starting it for {_START_TIMEOUT} s") from None
                time.sleep(0.02)
        if connection := _connected(place):
            return connection
        _launch(place, log_level)
        if connection := _connected(place):
            return connection
    raise _start_failed(place, "it does not listen")


def _launch(place: places.Place, log_level: str) -> None:
    """Executes a fresh interpreter, in a session of its own, and waits until it listens or says why it cannot."""
    program = pathlib.Path(__file__).parent / "_broker"
    arguments = ["--directory", str(place.directory), "--name", place.name, "--log-level", log_level]
    process = subprocess.Popen(
        [sys.executable, str(program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    with typing.cast("typing.IO[bytes]", process.stdout) as pipe:
        line = pipe.readline(65536)
    # The broker outlives us: there is nothing to wait for, and no warning to give about that.
    process.returncode = 0
    try:
        report = json.loads(line)
    except ValueError:
        raise _start_failed(place, "it ended without a word") from None
    if error := report.get("error"):
        raise _start_failed(place, error)


def _start_failed(place: places.Place, why: str) -> PSSessionError:
    return PSSessionError(
        ErrorKind.FAILED, f"The session broker could not be started: {why} (log: {str(place.log)!r})."
    )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
