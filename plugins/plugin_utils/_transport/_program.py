# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stream starts and speaks with, and how it ends (broker process)."""

from __future__ import annotations

import dataclasses
import typing

from ._child import Child
from .faults import TransportError


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a child ended."""

    #: As subprocess has it: negative for a signal.
    status: int
    #: What it wrote to standard error, and the last line of its output that was none of the protocol's.
    errors: str
    text: str
    #: PowerShell had answered before.
    answered: bool
    #: Why it was ended, where that was our doing.
    reason: str | None


class Program(typing.Protocol):
    """What a child runs: a local PowerShell, or an SSH client."""

    #: What messages call it.
    place: str
    #: Seconds that PowerShell may be silent while it owes an answer, and those that it gets for its first word.
    silence: float
    opening: float

    def start(self) -> Child:
        """Starts it; raises TransportError."""

    def settled(self) -> None:
        """It has answered, or has ended: what was prepared for its start is of no more use."""

    def failure(self, ended: Ended) -> TransportError:
        """Why there is no session, or no session any more."""


def how(status: int) -> str:
    """How a child ended, in words."""
    return f"by signal {-status}" if status < 0 else f"with exit status {status}"


def said(ended: Ended) -> str:
    """What a child said last, to go on a sentence; on one line and of limited length."""
    words = [" ".join(text.split()) for text in (ended.errors, ended.text)]
    text = "; ".join(word for word in words if word)
    return f": {text[-1000:]}" if text else ""
