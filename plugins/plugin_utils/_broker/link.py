# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to the server that is replaced, never repaired (broker process)."""

from __future__ import annotations

import contextlib
import threading
import typing
import uuid

from .._transport import Received, ShellCreated, ShellDescription, ShellSettings, Signal

#: Seconds. http.sys closes a connection that was idle for 120 s, and with it goes the security context of NTLM and
#: Kerberos message encryption: what is sent on it then is answered by 400. So it is given up before.
MAX_IDLE = 90.0


class Connection(typing.Protocol):
    """What a transport gives: the WSMan shell operations as bytes. One thread at a time.

    Operations raise TransportError. Timeouts are in seconds; None leaves what the options or the shell say.

    Attributes:
        max_payload: The most bytes of fragments that one request carries.
        last_used: When something last went over it, by its clock.
        requests_sent: How many requests it has sent.
        broken: Whether nothing more can be sent over it.
    """

    max_payload: int
    last_used: float
    requests_sent: int

    @property
    def broken(self) -> bool: ...

    def create(self, shell_id: uuid.UUID, creation: bytes, settings: ShellSettings) -> ShellCreated: ...

    def command(self, shell_id: uuid.UUID, command_id: uuid.UUID, arguments: bytes) -> None: ...
    def send(self, shell_id: uuid.UUID, command_id: uuid.UUID | None, data: bytes, stream: str = "stdin") -> None: ...

    def receive(
        self, shell_id: uuid.UUID, command_id: uuid.UUID | None, operation_timeout: int | None = None
    ) -> Received: ...

    def signal(self, shell_id: uuid.UUID, command_id: uuid.UUID, signal: Signal) -> None: ...

    def disconnect(
        self, shell_id: uuid.UUID, *, idle_timeout: int | None = None, output_buffering_mode: str | None = None
    ) -> None: ...

    def reconnect(self, shell_id: uuid.UUID) -> None: ...
    def connect(self, shell_id: uuid.UUID, connection: bytes) -> bytes: ...
    def delete(self, shell_id: uuid.UUID) -> None: ...
    def connect_command(self, shell_id: uuid.UUID, command_id: uuid.UUID) -> None: ...
    def get_shell(self, shell_id: uuid.UUID) -> ShellDescription: ...
    def enumerate_shells(self) -> list[ShellDescription]: ...
    def enumerate_commands(self, shell_id: uuid.UUID) -> list[uuid.UUID]: ...
    def close(self) -> None: ...


class Link:
    """Holds at most one connection and hands it to one thread at a time.

    Args:
        connect: Makes a connection; it need not touch the network before its first request.
        clock: Seconds, monotonic.
        max_idle: Seconds without use after which a connection is given up.
    """

    def __init__(
        self,
        connect: typing.Callable[[], Connection],
        clock: typing.Callable[[], float],
        max_idle: float = MAX_IDLE,
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._max_idle = max_idle
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._requests = 0
        #: How many connections were made.
        self.connections = 0

    @contextlib.contextmanager
    def use(self) -> typing.Iterator[Connection]:
        """The connection, a new one where the old one is broken or was idle for too long."""
        with self._lock:
            self._drop_if(lambda connection: connection.broken or self._idle(connection) > self._max_idle)
            if self._connection is None:
                self._connection = self._connect()
                self.connections += 1
            yield self._connection

    @property
    def max_payload(self) -> int:
        """Bytes of fragments that one request may carry."""
        with self.use() as connection:
            return connection.max_payload

    def replace(self) -> None:
        """Gives up the connection, whatever it is worth."""
        with self._lock:
            self._drop_if(lambda connection: True)

    def close_idle(self) -> None:
        """Closes a connection that would not be used again; does not wait for one that is in use."""
        if self._lock.acquire(blocking=False):
            try:
                self._drop_if(lambda connection: self._idle(connection) > self._max_idle)
            finally:
                self._lock.release()

    @property
    def broken(self) -> bool:
        """Whether the connection was lost or refused; the next use makes a new one."""
        return self._connection is not None and self._connection.broken

    @property
    def requests(self) -> int:
        """How many requests went over this link."""
        connection = self._connection
        return self._requests + (connection.requests_sent if connection else 0)

    def _idle(self, connection: Connection) -> float:
        return self._clock() - connection.last_used

    def _drop_if(self, condition: typing.Callable[[Connection], bool]) -> None:
        if self._connection is not None and condition(self._connection):
            self._requests += self._connection.requests_sent
            self._connection.close()
            self._connection = None
