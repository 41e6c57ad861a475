# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a script or a command in the host's session; documented in plugins/modules (ansible worker)."""

from __future__ import annotations

import typing

from ansible.utils.display import Display

from ..plugin_utils._action import SessionAction

if typing.TYPE_CHECKING:
    from ..connection.pssession import Connection
    from ..plugin_utils import _invoke
else:
    from ..plugin_utils._cached import load

    (_invoke,) = load("_invoke")

display = Display()


class ActionModule(SessionAction):
    """pssession_invoke."""

    ARGUMENT_SPEC = _invoke.ARGUMENT_SPEC
    CONSTRAINTS = _invoke.CONSTRAINTS

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Runs it in the host's shared session."""
        check_mode = bool(self._task.check_mode)
        if arguments["command"] and check_mode:
            return {"changed": False, "skipped": True, "msg": "skipped, running in check mode"}
        with connection.broker() as client:
            request = _invoke.request(connection.target(), arguments, check_mode, display.verbosity)
            return _invoke.run(client, request, display.warning)
