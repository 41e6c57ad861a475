# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for ansible-core's exec wrapper and a few of its modules (test endpoint process).

The wrapper needs .NET: it compiles C# and starts processes.  So the embedded engine does not interpret it, but reads
the manifest that core sends beside it, and does what the manifest asks.  Actions that are plain PowerShell are
interpreted; modules that are listed in :data:`.library.MODULES` are done in Python.
"""

from __future__ import annotations

from .manifest import BadManifestError, Manifest, read_manifest
from .runner import ManifestRunner, OpenRunspace

__all__ = ["BadManifestError", "Manifest", "ManifestRunner", "OpenRunspace", "read_manifest"]
