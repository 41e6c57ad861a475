# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ansible.windows.win_ping (test endpoint process)."""

from __future__ import annotations

from .arguments import Option, Spec
from .call import Module, ModuleCall
from .results import ModuleCrashedError, Result


def _win_ping(call: ModuleCall) -> Result:
    data = call.arguments["data"]
    # PowerShell's -eq takes no notice of case.
    if data.lower() == "crash":
        raise ModuleCrashedError("boom")
    return {"ping": data}


win_ping = Module(_win_ping, Spec({"data": Option(default="pong")}))
