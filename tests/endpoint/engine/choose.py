# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which engine stands behind the endpoint (test endpoint process)."""

from __future__ import annotations

import os
import shutil
import subprocess
import typing

from .api import Engine
from .embedded import EmbeddedEngine
from .pwsh import PwshEngine

Preference = typing.Literal["auto", "embedded", "pwsh"]

#: Seconds that PowerShell has to tell its version; its first start after an installation takes some.
_VERSION_PATIENCE = 60.0


class NoEngineError(RuntimeError):
    """The engine that was asked for is not on this machine."""


def find_pwsh() -> str | None:
    """The path of PowerShell: PSSESSION_PWSH in the environment, else ``pwsh`` on PATH."""
    return os.environ.get("PSSESSION_PWSH") or shutil.which("pwsh")


def choose_engine(preference: Preference = "auto") -> Engine:
    """Gives the engine; ``auto`` takes a real PowerShell where there is one.

    :raises NoEngineError: a real one was asked for and there is none, or it does not start.
    """
    if preference == "embedded":
        return EmbeddedEngine()
    path = find_pwsh()
    if path:
        return PwshEngine([path, "-NoLogo", "-NoProfile", "-s"], f"PowerShell {_version(path)}")
    if preference == "pwsh":
        raise NoEngineError("no PowerShell here: put pwsh on PATH or its path in PSSESSION_PWSH")
    return EmbeddedEngine()


def _version(path: str) -> str:
    command = [path, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "$PSVersionTable.PSVersion.ToString()"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=_VERSION_PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoEngineError(f"{path} does not tell its version: {error}") from error
    return told.stdout.strip()
