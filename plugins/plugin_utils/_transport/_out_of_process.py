# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells over a stream, with the methods of a WSMan connection (broker process).

A shell is a child with one runspace pool in it, and ends with the stream to it: it cannot be disconnected, connected or
found by another client, and when the stream breaks the shell is gone.
"""

from __future__ import annotations

import collections.abc
import threading
import time
import uuid

from ._program import Program
from ._stream import Stream
from ._wsman_types import AS_CONFIGURED, Received, ShellCreated, ShellDescription, ShellSettings, Signal
from .faults import FaultKind, TransportError

#: Bytes of fragments in one packet; what WSMan's default envelope holds at most, and that is what servers are used to.
MAX_PAYLOAD = 256 * 1024


class Line:
    """The way to one session's shell, for all connections that are made of it.

    A session sends its stop while it waits for output, over another connection.  Over WSMan those are two; here they
    are two handles of one stream, which ends when the last of them is closed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stream: Stream | None = None
        self._handles = 0

    def connect(self, program: Program, operation_timeout: int) -> StreamConnection:
        """A connection; the program is started by its `create`, unless it has been started by that of another."""
        with self._lock:
            if self._stream is None or self._stream.ended:
                last_words = self._stream.last_words if self._stream else None
                self._stream = Stream(program, last_words)
                self._handles = 0
            self._handles += 1
            return StreamConnection(self, self._stream, operation_timeout)

    def let_go(self, stream: Stream) -> None:
        """A connection was closed."""
        with self._lock:
            if stream is self._stream:
                self._handles -= 1
                if self._handles:
                    return
                self._stream = None
        stream.end()


class StreamConnection:
    """One handle of a session's stream, with the methods of WSManConnection; see there.

    Args:
        line: What made it.
        stream: The stream, not started before `create`.
        operation_timeout: Seconds that a `receive` waits when it is not told.
        clock: Seconds, for :attr:`last_used`.
    """

    def __init__(
        self,
        line: Line,
        stream: Stream,
        operation_timeout: int,
        clock: collections.abc.Callable[[], float] = time.monotonic,
    ) -> None:
        self._line = line
        self._stream = stream
        self._operation_timeout = operation_timeout
        self._clock = clock
        self._closed = False
        self.max_payload = MAX_PAYLOAD
        self.last_used = clock()
        self.requests_sent = 0

    @property
    def broken(self) -> bool:
        """Whether the shell, if there was one, has ended; every further request fails."""
        return self._closed or self._stream.ended

    def create(self, shell_id: uuid.UUID, creation: bytes, settings: ShellSettings = AS_CONFIGURED) -> ShellCreated:
        """Start the program with a runspace pool in it.

        The settings are those of a WSMan service and have no meaning here: nobody but its client keeps such a shell.
        """
        self._count()
        self._stream.open(shell_id, creation)
        return ShellCreated(shell_id, None)

    def command(self, shell_id: uuid.UUID, command_id: uuid.UUID, arguments: bytes) -> None:
        """Create a command (a pipeline); ``arguments`` are the first fragments of CREATE_PIPELINE."""
        self._shell(shell_id).command(command_id, arguments)

    def send(self, shell_id: uuid.UUID, command_id: uuid.UUID | None, data: bytes, stream: str = "stdin") -> None:
        """Send fragments to a command, or to the shell; host responses go to the stream ``pr``."""
        self._shell(shell_id).send(command_id, data, stream == "pr")

    def receive(
        self, shell_id: uuid.UUID, command_id: uuid.UUID | None, operation_timeout: int | None = None
    ) -> Received:
        """Wait for fragments of a command, or of the shell; that a pipeline has ended is said by them alone."""
        shell = self._shell(shell_id)
        try:
            return Received(shell.receive(command_id, operation_timeout or self._operation_timeout), False)
        finally:
            self.last_used = self._clock()

    def signal(self, shell_id: uuid.UUID, command_id: uuid.UUID, signal: Signal) -> None:
        """Stop a pipeline, or free its command."""
        self._shell(shell_id).signal(command_id, "Close" if signal is Signal.TERMINATE else "Signal")

    def delete(self, shell_id: uuid.UUID) -> None:
        """Remove the shell and everything in it."""
        if self._stream.shell_id == shell_id:
            self._count()
            self._stream.end()

    def disconnect(
        self, shell_id: uuid.UUID, *, idle_timeout: int | None = None, output_buffering_mode: str | None = None
    ) -> None:
        """Refused."""
        raise self._impossible("disconnect a shell")

    def reconnect(self, shell_id: uuid.UUID) -> None:
        """Refused."""
        raise self._impossible("reconnect a shell")

    def connect(self, shell_id: uuid.UUID, connection: bytes) -> bytes:
        """Refused."""
        raise self._impossible("connect to a shell")

    def connect_command(self, shell_id: uuid.UUID, command_id: uuid.UUID) -> None:
        """Refused."""
        raise self._impossible("connect to a command")

    def enumerate_shells(self) -> list[ShellDescription]:
        """Refused."""
        raise self._impossible("list shells")

    def enumerate_commands(self, shell_id: uuid.UUID) -> list[uuid.UUID]:
        """Refused."""
        raise self._impossible("list commands")

    def get_shell(self, shell_id: uuid.UUID) -> ShellDescription:
        """Whether the shell is there; nothing more is known of it."""
        stream = self._shell(shell_id)
        if stream.ended:
            raise stream.gone()
        return ShellDescription(shell_id, state="Connected")

    def close(self) -> None:
        """Close this handle; the shell ends with the last one."""
        if not self._closed:
            self._closed = True
            self._line.let_go(self._stream)

    def _shell(self, shell_id: uuid.UUID) -> Stream:
        self._count()
        if self._closed or self._stream.shell_id != shell_id:
            raise self._stream.gone()
        return self._stream

    def _count(self) -> None:
        self.requests_sent += 1
        self.last_used = self._clock()

    def _impossible(self, what: str) -> TransportError:
        return TransportError(FaultKind.OTHER, f"A stream to {self._stream.place} cannot {what}; a WSMan service can")
