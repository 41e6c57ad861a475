# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends a file by the connection's own method, as the actions of core and of ansible.windows do (ansible worker)."""

from __future__ import annotations

import typing

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]
    """Takes src and dest."""

    _requires_connection = True

    def run(self, tmp: str | None = None, task_vars: dict[str, typing.Any] | None = None) -> dict[str, typing.Any]:
        """Sends it; what the connection raises is the task's failure."""
        result: dict[str, typing.Any] = super().run(tmp, task_vars)
        self._connection.put_file(self._task.args["src"], self._task.args["dest"])
        result["changed"] = True
        return result
