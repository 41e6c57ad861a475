# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that the embedded engine can do (test endpoint process)."""

from __future__ import annotations

from .asynchronous import async_status
from .call import Module
from .files import slurp, win_stat
from .ping import win_ping
from .win_powershell import win_powershell

#: By the short name; core itself takes the modules of these collections for one another on Windows.
MODULES: dict[str, Module] = {
    "async_status": async_status,
    "slurp": slurp,
    "win_ping": win_ping,
    "win_powershell": win_powershell,
    "win_stat": win_stat,
}

_COLLECTIONS = ("ansible.windows.", "ansible.builtin.", "ansible.legacy.")


def find_module(name: str) -> Module | None:
    """The module that a task called by its short or its full name."""
    for collection in _COLLECTIONS:
        name = name.removeprefix(collection)
    # core's own actions ask for ping or stat and mean win_ping or win_stat on Windows.
    return MODULES.get(name) or MODULES.get(f"win_{name}")
