# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How bytes get to a computer's PowerShell and back (broker process); knows nothing of what they mean."""

from __future__ import annotations

from ._out_of_process import Line
from ._pypsrp import require
from .faults import FaultKind, TransportError
from .local import LocalOptions, LocalProgram
from .ssh import SSHOptions, SSHProgram
from .wsman import Received, ShellCreated, ShellDescription, ShellSettings, Signal, WSManConnection, WSManOptions

__all__ = [
    "FaultKind",
    "Line",
    "LocalOptions",
    "LocalProgram",
    "Received",
    "SSHOptions",
    "SSHProgram",
    "ShellCreated",
    "ShellDescription",
    "ShellSettings",
    "Signal",
    "TransportError",
    "WSManConnection",
    "WSManOptions",
    "require",
]
