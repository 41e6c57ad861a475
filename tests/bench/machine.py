# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On what the numbers were measured; nothing that tells whose machine it is (benchmark process)."""

from __future__ import annotations

import importlib.metadata
import os
import platform


def describe(engine: str) -> str:
    """One paragraph: the machine, the versions, what answered."""
    engine_text = {
        "pwsh": "a real PowerShell (pwsh) behind the test endpoint",
        "embedded": "the test endpoint's embedded evaluator, which is no Windows: it starts a session in "
        "milliseconds and stands in for Ansible's module runner",
    }.get(engine, engine)
    try:
        processors = len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        processors = os.cpu_count() or 1
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("ansible-core", "pypsrp", "psrpcore")
    )
    return (
        f"Machine: {processors} CPUs ({platform.system()}, {platform.machine()}). "
        f"Python {platform.python_version()}, {versions}. Engine: {engine_text}."
    )


def load() -> str:
    """How many processes want a processor: the mean of the last minute, and of the last five."""
    one, five, _fifteen = os.getloadavg()
    return f"{one:.1f} in the last minute, {five:.1f} in the last five"
