# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells of a WSMan service: one method for each operation of [MS-WSMV] that PowerShell remoting uses (broker process).

Bytes in, bytes out: the fragments of PSRP are opaque here.  Nothing is sent twice, and no state of a shell is kept; a
failed request is told with :class:`TransportError`, and what it means for a session is the caller's to decide.
"""

from __future__ import annotations

import collections.abc
import time
import typing
import uuid
import xml.etree.ElementTree as ET

from ._exchange import Exchange, FaultReceivedError
from ._wsman_answers import read_command_id, read_connected, read_created, read_received, read_shell
from ._wsman_enumeration import Page, enumerate_body, pull_body, read_page
from ._wsman_faults import OPERATION_TIMED_OUT, Asked, to_error
from ._wsman_requests import (
    ACTIONS,
    COMMAND_RESOURCE,
    SHELL_RESOURCE,
    command_body,
    connect_body,
    connect_command_body,
    disconnect_body,
    receive_body,
    send_body,
    shell_body,
    signal_body,
    upper,
)
from ._wsman_types import (
    AS_CONFIGURED,
    Received,
    ShellCreated,
    ShellDescription,
    ShellSettings,
    Signal,
    WSManOptions,
)
from ._wsman_xml import POWERSHELL, SHELL, SOAP, MalformedError, guid, tag
from .faults import FaultKind, TransportError

__all__ = [
    "Received",
    "ShellCreated",
    "ShellDescription",
    "ShellSettings",
    "Signal",
    "WSManConnection",
    "WSManOptions",
]

T = typing.TypeVar("T")

#: After these nothing is known of the connection, or it is known to be of no use.
_BREAKING = frozenset(
    {
        FaultKind.UNREACHABLE,
        FaultKind.TLS,
        FaultKind.AUTHENTICATION,
        FaultKind.NOT_WSMAN,
        FaultKind.LOST,
        FaultKind.REFUSED,
        FaultKind.MISSING_LIBRARY,
    }
)
# Create and Connect name the version of PSRP that the client speaks at most, and a service must understand it.
_PROTOCOL_VERSION = ("protocolversion", "2.3", True)
_NO_PROFILE = ("WINRS_NOPROFILE", "TRUE", True)
_NO_COMMAND_SHELL = ("WINRS_SKIP_CMD_SHELL", "False", False)
_KEEP_ALIVE = ("WSMAN_CMDSHELL_OPTION_KEEPALIVE", "True", False)
# What a request may hold besides its data and what pypsrp reckons with: names, options, an encoded name's entities.
_ENVELOPE_RESERVE = 2048
# A server that never ends an enumeration must not keep a thread for ever; 32,000 shells fit on one page.
_MAX_PAGES = 100


class WSManConnection:
    """One authenticated TCP connection to a WSMan service.

    Not thread-safe: used by one thread at a time, also because a server takes no second request on an encrypted
    connection while it holds one.  Replaced when broken, never repaired.  A connection of a PSSession carries the
    session's id, by which the server knows its client: Reconnect is for the same client only.

    Args:
        options: Where and how to connect; nothing is sent before the first request.
        session_id: The wsmv:SessionId of every request.
        clock: Seconds, for :attr:`last_used`.

    Raises:
        TransportError: MISSING_LIBRARY, or AUTHENTICATION when options exclude each other.
    """

    def __init__(
        self, options: WSManOptions, session_id: uuid.UUID, clock: collections.abc.Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._clock = clock
        self._exchange = Exchange(options, session_id)
        self._resource_uri = f"{POWERSHELL}/{options.configuration_name}"
        #: Bytes of fragments that one request may carry (they travel as base64).
        self.max_payload = self._exchange.max_payload - (_ENVELOPE_RESERVE + len(self._resource_uri)) * 3 // 4
        #: The clock's time at which the last request ended, however it did.
        self.last_used = clock()
        #: The connection must be replaced; every further request fails.
        self.broken = False
        #: SOAP requests; those that only authenticate are not counted.
        self.requests_sent = 0

    def create(self, shell_id: uuid.UUID, creation: bytes, settings: ShellSettings = AS_CONFIGURED) -> ShellCreated:
        """Create a shell (a runspace pool) under an id of our choice.

        Args:
            creation: The fragments of SESSION_CAPABILITY and INIT_RUNSPACEPOOL; what does not fit is sent later.
            settings: How it is made and kept.
        """
        options = [_PROTOCOL_VERSION, *([_NO_PROFILE] if settings.no_profile else [])]
        asked, body = self._asked("Create", shell_id=shell_id), shell_body(shell_id, creation, settings)
        return self._ask(asked, body, read_created, options=options, selects=False)

    def command(self, shell_id: uuid.UUID, command_id: uuid.UUID, arguments: bytes) -> None:
        """Create a command (a pipeline); ``arguments`` are the first fragments of CREATE_PIPELINE."""
        asked = self._asked("Command", shell_id, command_id)
        given = self._ask(asked, command_body(command_id, arguments), read_command_id, options=[_NO_COMMAND_SHELL])
        if given not in (None, command_id):
            message = f"The server runs command {given} where {command_id} was asked for"
            raise TransportError(FaultKind.OTHER, message, may_have_arrived=True)

    def send(self, shell_id: uuid.UUID, command_id: uuid.UUID | None, data: bytes, stream: str = "stdin") -> None:
        """Send fragments to a command, or to the shell; host responses go to the stream ``pr``."""
        self._ask(self._asked("Send", shell_id, command_id), send_body(command_id, data, stream), _nothing)

    def receive(
        self, shell_id: uuid.UUID, command_id: uuid.UUID | None, operation_timeout: int | None = None
    ) -> Received:
        """Wait for fragments of a command, or of the shell.

        Args:
            operation_timeout: Seconds that the server may wait for data; the option's when None.
        """
        asked = self._asked("Receive", shell_id, command_id)
        try:
            return self._ask(
                asked,
                receive_body(command_id),
                read_received,
                options=[_KEEP_ALIVE],
                operation_timeout=operation_timeout,
            )
        except TransportError as error:
            if error.code != OPERATION_TIMED_OUT:
                raise
            return Received(b"", False)

    def signal(self, shell_id: uuid.UUID, command_id: uuid.UUID, signal: Signal) -> None:
        """Stop a pipeline, or free its command."""
        self._ask(self._asked("Signal", shell_id, command_id), signal_body(command_id, signal), _nothing)

    def disconnect(
        self, shell_id: uuid.UUID, *, idle_timeout: int | None = None, output_buffering_mode: str | None = None
    ) -> None:
        """Disconnect a shell; it and its commands go on.  What is None stays as Create set it."""
        body = disconnect_body(idle_timeout, output_buffering_mode)
        self._ask(self._asked("Disconnect", shell_id), body, _nothing)

    def reconnect(self, shell_id: uuid.UUID) -> None:
        """Reconnect a shell that a connection with the same session id has disconnected."""
        self._ask(self._asked("Reconnect", shell_id), None, _nothing)

    def connect(self, shell_id: uuid.UUID, connection: bytes) -> bytes:
        """Connect to a disconnected shell of another client of the same user.

        Args:
            connection: The fragments of SESSION_CAPABILITY and CONNECT_RUNSPACEPOOL.

        Returns:
            The fragments of the answer; what does not fit is received later.
        """
        asked = self._asked("Connect", shell_id)
        return self._ask(asked, connect_body(connection), read_connected, options=[_PROTOCOL_VERSION])

    def connect_command(self, shell_id: uuid.UUID, command_id: uuid.UUID) -> None:
        """Connect to a command of a shell that was connected to; its output can then be received."""
        self._ask(self._asked("Connect", shell_id, command_id), connect_command_body(command_id), _nothing)

    def delete(self, shell_id: uuid.UUID) -> None:
        """Remove a shell and everything in it."""
        self._ask(self._asked("Delete", shell_id), None, _nothing)

    def enumerate_shells(self) -> list[ShellDescription]:
        """All PowerShell shells that the user may see on the computer, whoever made them."""
        items = self._enumerate(SHELL_RESOURCE, None)
        shells = [self._read(read_shell, item) for item in items if item.tag == tag(SHELL, "Shell")]
        return [shell for shell in shells if shell.configuration_name is not None]

    def enumerate_commands(self, shell_id: uuid.UUID) -> list[uuid.UUID]:
        """The ids of a shell's commands that have not been freed."""
        items = self._enumerate(COMMAND_RESOURCE, shell_id)
        ids = (guid(item.findtext(tag(SHELL, "CommandId"))) for item in items)
        return [command_id for command_id in ids if command_id is not None]

    def get_shell(self, shell_id: uuid.UUID) -> ShellDescription:
        """What the server tells of one shell, also of a disconnected one."""

        def read(body: ET.Element) -> ShellDescription:
            shell = body.find(tag(SHELL, "Shell"))
            if shell is None:
                raise MalformedError("the answer to Get has no Shell")
            return read_shell(shell)

        return self._ask(self._asked("Get", shell_id), None, read, resource_uri=SHELL_RESOURCE)

    def close(self) -> None:
        """Close the TCP connection; nothing is sent, shells stay as they are."""
        self.broken = True
        self._exchange.close()

    def _enumerate(self, resource_uri: str, shell_id: uuid.UUID | None) -> list[ET.Element]:
        asked = self._asked("Enumerate", shell_id)
        body = enumerate_body(shell_id)
        page: Page = self._ask(asked, body, read_page, resource_uri=resource_uri, selects=False)
        items = page.items
        for _number in range(_MAX_PAGES):
            if page.context is None:
                return items
            body = pull_body(page.context)
            page = self._ask(self._asked("Pull", shell_id), body, read_page, resource_uri=resource_uri, selects=False)
            items.extend(page.items)
        raise TransportError(FaultKind.OTHER, f"Enumerate at {self._options.host!r} does not end")

    def _asked(self, operation: str, shell_id: uuid.UUID | None = None, command_id: uuid.UUID | None = None) -> Asked:
        options = self._options
        return Asked(
            host=options.host,
            port=options.port,
            user=options.user,
            configuration_name=options.configuration_name,
            max_envelope_size=options.max_envelope_size,
            operation=operation,
            shell_id=shell_id,
            command_id=command_id,
        )

    def _ask(
        self,
        asked: Asked,
        body: ET.Element | None,
        read: collections.abc.Callable[[ET.Element], T],
        *,
        resource_uri: str | None = None,
        options: collections.abc.Sequence[tuple[str, str, bool]] = (),
        selects: bool = True,
        operation_timeout: int | None = None,
    ) -> T:
        """Send one request and read its answer; every failure is a TransportError."""
        if self.broken:
            raise TransportError(FaultKind.LOST, f"The connection to {asked.host!r} is closed")
        self.requests_sent += 1
        failure: TransportError | None = None
        try:
            envelope = self._exchange.invoke(
                ACTIONS[asked.operation],
                resource_uri or self._resource_uri,
                body,
                options,
                upper(asked.shell_id) if selects and asked.shell_id is not None else None,
                operation_timeout or self._options.operation_timeout,
            )
        except FaultReceivedError as error:
            failure = to_error(error.fault, asked)
            self._exchange.answered = True
        except TransportError as error:
            failure = error
        finally:
            self.last_used = self._clock()
        if failure is not None:
            self.broken = failure.kind in _BREAKING
            raise failure
        element = envelope.find(tag(SOAP, "Body"))
        answer = self._read(read, element if element is not None else ET.Element("none"))
        self._exchange.answered = True
        return answer

    def _read(self, read: collections.abc.Callable[[ET.Element], T], element: ET.Element) -> T:
        try:
            return read(element)
        except MalformedError as error:
            failure = self._exchange.unusable(error)
        self.broken = True
        raise failure


def _nothing(body: ET.Element) -> None:
    """The answers that say no more than that it was done."""
