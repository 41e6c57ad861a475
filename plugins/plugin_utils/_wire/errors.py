# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failures that cross the socket (both processes)."""

from __future__ import annotations

import enum
import typing


class ErrorKind(str, enum.Enum):
    """What a failure means for the caller."""

    #: The host cannot be reached or refuses the credentials; nothing was started.
    UNREACHABLE = "unreachable"
    #: The host or the broker answered that it will not do it; nothing was started.
    FAILED = "failed"
    #: The session was held by somebody else for longer than busy_timeout; nothing was started.
    BUSY = "busy"
    #: The request itself was wrong; nothing was sent to the host.
    USAGE = "usage"
    #: Something was started and its outcome cannot be known. It is never started again.
    UNKNOWN = "unknown"
    #: The pipeline was stopped because its client went away or its time was up.
    STOPPED = "stopped"
    #: The pipeline was stopped because it wrote more than its client takes.
    TOO_LARGE = "too_large"


class PSSessionError(Exception):
    """A failure with the text that the user reads.

    Args:
        kind: What it means for the caller.
        message: What happened, to which host or session, and what to do.
        sent: How many parts of a pipeline's input had gone on to its server.
        session: The row of the session that a pipeline was run in and that stays.
    """

    def __init__(
        self, kind: ErrorKind, message: str, sent: int = 0, session: dict[str, typing.Any] | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.sent = sent
        self.session = session


def usage_error(message: str) -> PSSessionError:
    """The error for a request that is wrong: the message names the option, its value and the remedy."""
    return PSSessionError(ErrorKind.USAGE, message)


class WireError(Exception):
    """Bytes that are no frame or no message of ours; the connection that sent them is closed."""


class FrameTooLarge(WireError):
    """A frame over the limits; where it was to be sent, nothing was."""
