# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session broker for tests of the worker's side: speaks the wire and answers what it was told to."""

from __future__ import annotations

import dataclasses
import socket
import threading
import typing

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import PROTOCOL, VERSION, place
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    ANSWERS,
    REQUESTS,
    Done,
    Finished,
    Hello,
    Input,
    Receive,
    Records,
    Result,
    Results,
    Run,
    Welcome,
)

SESSION = {"id": 1, "name": "WinRM1", "reconnected": False, "recreated": False}


@dataclasses.dataclass
class Seen:
    """One request as it came."""

    message: typing.Any
    body: bytes
    #: The input of a request whose input comes in chunks.
    chunks: list[bytes] = dataclasses.field(default_factory=list)


class FakeBroker:
    """Listens where the client looks for the broker of this user and environment.

    Args:
        directory: socket_dir.
    """

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.seen: list[Seen] = []
        self.hellos: list[Hello] = []
        #: What to answer, in order: lists of messages, or of pairs of a message and its body; after them the default.
        self.answers: list[list[typing.Any]] = []
        #: Makes the answers of a request where their order is not known, or None where the above count.
        self.answer_with: typing.Callable[[typing.Any], list[typing.Any]] | None = None
        #: Set whenever a client has hung up.
        self.hung_up = threading.Event()
        #: Set while a request waits for an answer that does not come.
        self.waiting = threading.Event()
        self._connections: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(place.here(directory).socket))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Ends every connection."""
        for connection in [self._listener, *self._connections]:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()

    def answer_run(
        self,
        entries: typing.Sequence[typing.Any] = (),
        body: bytes = b"",
        state: str = "completed",
        error: typing.Any = None,
        warnings: typing.Sequence[str] = (),
        truncated: bool = False,
    ) -> None:
        """Sets the answer to the next `Run` or `Receive`."""
        records = [(Records([list(entry) for entry in entries]), body)] if entries or body else []
        self.answers.append([*records, Finished(state, dict(SESSION), error, list(warnings), truncated)])

    def answer_results(self, *results: Result) -> None:
        """Sets the answer to the next request that is answered with a row for each session."""
        self.answers.append([Results(list(results))])

    def never_answer(self) -> None:
        """Lets the next request wait for ever."""
        self.answers.append([])

    @property
    def runs(self) -> list[Run]:
        """The `Run` messages that came."""
        return [seen.message for seen in self.seen if isinstance(seen.message, Run)]

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while (received := REQUESTS.receive(connection)) is not None:
                self._answer(connection, *received)
        except OSError:
            pass
        self.hung_up.set()

    def _answer(self, connection: socket.socket, message: typing.Any, body: bytes) -> None:
        if isinstance(message, Hello):
            self.hellos.append(message)
            ANSWERS.send(connection, Welcome(PROTOCOL, VERSION, 1))
            return
        seen = Seen(message, body)
        if isinstance(message, Run) and message.input == "chunks":
            seen.chunks = list(self._chunks(connection))
        self.seen.append(seen)
        default = Finished("completed", dict(SESSION)) if isinstance(message, (Run, Receive)) else Done(1)
        if self.answer_with:
            answers = self.answer_with(message)
        else:
            answers = self.answers.pop(0) if self.answers else [default]
        if not answers:
            self.waiting.set()
        for answer in answers:
            ANSWERS.send(connection, *(answer if isinstance(answer, tuple) else (answer,)))

    @staticmethod
    def _chunks(connection: socket.socket) -> typing.Iterator[bytes]:
        while (received := REQUESTS.receive(connection)) is not None:
            message, body = received
            assert isinstance(message, Input)
            if message.end:
                return
            yield body
