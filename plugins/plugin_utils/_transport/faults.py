# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a transport tells of a failed request (broker process).

The one thing that a caller must know of a failure, besides its text, is whether the server may have done what it was
asked: a Command that may have arrived is never sent again without asking the server first.
"""

from __future__ import annotations

import enum


class FaultKind(enum.Enum):
    """Why a request failed; what follows from it is the caller's decision."""

    #: A library or program of the controller that the transport or the authentication needs is not installed.
    MISSING_LIBRARY = "missing_library"
    #: No connection: refused, no route, unknown name, timed out while connecting, or the proxy's fault.
    UNREACHABLE = "unreachable"
    #: The TLS handshake failed, or the server's certificate or SSH host key was not accepted.
    TLS = "tls"
    #: The server does not accept the credentials, or there are none (also Kerberos errors).
    AUTHENTICATION = "authentication"
    #: Something answered that is no WSMan service, or over SSH no PowerShell.
    NOT_WSMAN = "not_wsman"
    #: The connection broke, timed out or brought an answer that cannot be used.
    LOST = "lost"
    #: The server answered without a SOAP fault that it did not take the request (HTTP 400, 503, 401 in mid-session).
    REFUSED = "refused"
    #: The shell does not exist: removed, expired, or never created.
    SHELL_NOT_FOUND = "shell_not_found"
    #: The shell has no such command: it never arrived, or has ended and its end was acknowledged.
    COMMAND_NOT_FOUND = "command_not_found"
    #: The shell or command exists already under the id that was asked for: an earlier request has arrived.
    ALREADY_EXISTS = "already_exists"
    #: The shell is in a state that does not allow this, mostly Disconnected.
    WRONG_STATE = "wrong_state"
    #: The shell is connected to another client.
    BUSY = "busy"
    #: A quota of the server is used up; the message carries its name.
    QUOTA = "quota"
    #: A client has sent PowerShell a larger object, or more data to one command, than the session configuration allows.
    DATA_QUOTA = "data_quota"
    #: The request, or the answer that the server would give, is larger than the envelope size allows.
    ENVELOPE_TOO_LARGE = "envelope_too_large"
    #: The computer has no session configuration of that name.
    CONFIGURATION_NOT_FOUND = "configuration_not_found"
    #: The credentials are right, but the user may not do this.
    ACCESS_DENIED = "access_denied"
    #: The server gave the operation up (fault 995, 1223), mostly because its shell was closed.
    ABORTED = "aborted"
    #: Any other fault of the server.
    OTHER = "other"


class TransportError(Exception):
    """A request that brought no answer of use.

    Args:
        kind: Why.
        message: What happened, where, and what to do about it; never a secret.
        code: The server's fault code (unsigned) or HTTP status, when there is one.
        may_have_arrived: False only when it is certain that the server did not process the request.
    """

    def __init__(
        self, kind: FaultKind, message: str, *, code: int | None = None, may_have_arrived: bool = False
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code = code
        self.may_have_arrived = may_have_arrived

    def __repr__(self) -> str:
        return (
            f"TransportError({self.kind}, {self.message!r}, code={self.code}, may_have_arrived={self.may_have_arrived})"
        )
