# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How bytes get to a computer's PowerShell and back (broker process); knows nothing of what they mean."""

from __future__ import annotations

from ._pypsrp import require
from .faults import FaultKind, TransportError
from .wsman import Received, ShellCreated, ShellDescription, Signal, WSManConnection, WSManOptions

__all__ = [
    "FaultKind",
    "Received",
    "ShellCreated",
    "ShellDescription",
    "Signal",
    "TransportError",
    "WSManConnection",
    "WSManOptions",
    "require",
]
