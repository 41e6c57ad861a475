# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PowerShell for the local computer, or what stands in for it (pytest process)."""

from __future__ import annotations

import shlex
import sys

from ...endpoint.engine.choose import find_pwsh
from .workspace import Workspace

_ENDPOINT = "ansible_collections.remoting.powershell.tests.endpoint"


def local_powershell(workspace: Workspace) -> str:
    """PowerShell where there is one, else a program that speaks on its standard streams as ``pwsh -s`` does."""
    if (found := find_pwsh()) is not None:
        return str(found)
    script = workspace.root / "pwsh"
    command = shlex.join([sys.executable, "-m", _ENDPOINT, "--stdio", "--engine", "embedded"])
    script.write_text(f"#!/bin/sh\nexec {command}\n", encoding="utf-8")
    script.chmod(0o700)
    return str(script)
