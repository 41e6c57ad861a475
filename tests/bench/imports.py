# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What importing a connection plugin costs (benchmark process)."""

from __future__ import annotations

import json
import pathlib
import statistics
import subprocess
import sys

from .scene import PLUGINS, Scene
from .tables import Table

_WORKER = pathlib.Path(__file__).resolve().parent / "import_worker.py"
_MODULES = {
    "psrp": "ansible.plugins.connection.psrp",
    "pssession": "ansible_collections.remoting.powershell.plugins.connection.pssession",
}


def measure(scene: Scene, number: int) -> dict[str, list[dict[str, float]]]:
    """Import each plugin in so many fresh interpreters, taking turns, after once for Python's cache."""
    measured: dict[str, list[dict[str, float]]] = {plugin: [] for plugin in PLUGINS}
    for turn in range(number + 1):
        for plugin, rows in measured.items():
            done = subprocess.run(
                [sys.executable, str(_WORKER), _MODULES[plugin]],
                cwd=scene.space.scratch,
                env=scene.space.environment,
                capture_output=True,
                text=True,
                check=True,
            )
            if turn:
                rows.append(json.loads(done.stdout))
    return measured


def table(measured: dict[str, list[dict[str, float]]]) -> Table:
    """The median and the fastest."""
    rows = []
    for plugin, imports in measured.items():
        seconds = [one["seconds"] for one in imports]
        modules = f"{imports[0]['modules']:.0f}"
        rows.append((plugin, f"{statistics.median(seconds) * 1e3:.1f} ms", f"{min(seconds) * 1e3:.1f} ms", modules))
    number = len(measured["psrp"])
    notes = (
        "Processor time in a fresh interpreter in which ansible is imported already, with Python's cache of compiled "
        f"code filled; of {number} each. ansible-playbook imports its own plugins, psrp among them, once before it "
        "forks workers; a collection's are imported anew by the worker of each task. Aim for pssession: less than "
        "10 ms.",
    )
    return Table("The connection plugin's import", ("", "median", "fastest", "modules imported"), rows, notes)
