# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the protocol layer (broker process).

Nothing else leaves this package: whatever a library underneath raises is turned into one of these.
"""

from __future__ import annotations

import typing

if typing.TYPE_CHECKING:
    from .records import Record


class PsrpError(Exception):
    """Base of the protocol layer's errors."""


class ProtocolError(PsrpError):
    """The peer sent what the protocol does not allow, or something is missing between two fragments.

    The pool that raised it is broken: what its pipelines did since is unknown.

    Attributes:
        records: What was understood of the same bytes before the fault.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.records: list[Record] = []


class ValueTooLarge(ProtocolError):
    """A value that the protocol allows, and that nobody wants: only a few bytes, but references without measure.

    As part of a pipeline's output it is reported as an error of that pipeline, and breaks nothing.
    """


class StateError(PsrpError):
    """The call does not fit the state of the pool or pipeline.

    Args:
        action: What was asked for, as in "send input".
        state: The state that does not allow it.
    """

    def __init__(self, action: str, state: str) -> None:
        super().__init__(f"cannot {action}: the state is {state}")
        self.action = action
        self.state = state


class SessionKeyRequired(StateError):
    """The pipeline carries a SecureString and the session key was not exchanged yet (MS-PSRP 3.1.1.1.1)."""

    def __init__(self) -> None:
        super().__init__("send a SecureString", "without a session key")


class ValueNotSupported(PsrpError):
    """A value cannot be sent to PowerShell; the message names the type, never the value."""


class MissingLibraryError(PsrpError):
    """psrpcore, or something that it needs, cannot be imported; the message says what to install."""
