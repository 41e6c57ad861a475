# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PowerShell on the controller itself, over pipes (broker process)."""

from __future__ import annotations

import dataclasses
import os
import shutil

from ._child import Child
from ._program import Ended, how, said
from .faults import FaultKind, TransportError

__all__ = ["LocalOptions", "LocalProgram"]

#: What PowerShell is called: version 7 anywhere, its preview, Windows PowerShell (which WSL has on its path).
NAMES = ("pwsh", "pwsh-preview", "powershell", "powershell.exe")
#: Speak the protocol over standard input and output; the user's profile is no part of a session.
ARGUMENTS = ("-NoLogo", "-NoProfile", "-s")
_INSTALL = "https://learn.microsoft.com/powershell/scripting/install/installing-powershell"


@dataclasses.dataclass(frozen=True)
class LocalOptions:
    """Which PowerShell to start; times are in seconds."""

    #: A program's name or path; None looks for PowerShell's usual names on the path.
    pwsh_path: str | None = None
    connection_timeout: int = 30
    read_timeout: int = 30


class LocalProgram:
    """What a stream starts for a session on this computer."""

    def __init__(self, options: LocalOptions) -> None:
        self._options = options
        self.place = "the local computer"
        self.silence = float(options.read_timeout)
        self.opening = float(options.connection_timeout + options.read_timeout)

    def start(self) -> Child:
        """Start PowerShell; TransportError MISSING_LIBRARY where there is none, or it cannot be started."""
        program = self._find()
        try:
            return Child([program, *ARGUMENTS], directory=_home())
        except OSError as error:
            message = f"PowerShell cannot be started on the local computer: {program}: {error.strerror}"
            raise TransportError(FaultKind.MISSING_LIBRARY, f"{message}. Is pwsh_path right?") from None

    def settled(self) -> None:
        """Nothing was prepared for its start."""

    def failure(self, ended: Ended) -> TransportError:
        """Why there is no session, or no session any more."""
        what = "PowerShell on the local computer"
        words = said(ended)
        if ended.reason is not None:
            return TransportError(FaultKind.UNREACHABLE, f"{what} was ended: {ended.reason}{words}")
        if ended.answered:
            return TransportError(FaultKind.UNREACHABLE, f"{what} ended {how(ended.status)}{words}")
        hint = f"Is {self._find()} a PowerShell (pwsh_path)?"
        return TransportError(FaultKind.NOT_WSMAN, f"{what} ended {how(ended.status)} without a word{words}. {hint}")

    def _find(self) -> str:
        asked = self._options.pwsh_path
        for name in (asked,) if asked else NAMES:
            if found := shutil.which(os.path.expanduser(name)):
                return found
        what = f"pwsh_path is {asked!r}, which is no program" if asked else "No PowerShell was found on the path"
        raise TransportError(
            FaultKind.MISSING_LIBRARY,
            f"{what} on the controller. Install PowerShell ({_INSTALL}), or set pwsh_path to it. "
            "(transport local is the controller itself; a remote computer is reached with wsman or ssh.)",
        )


def _home() -> str | None:
    """Where a session starts, as one over SSH does."""
    home = os.path.expanduser("~")
    return home if os.path.isdir(home) else None
