# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches what a disconnected session's pipeline wrote; documented in plugins/modules (ansible worker)."""

from __future__ import annotations

import math
import typing

from ansible.utils.display import Display

from ..plugin_utils._action import SessionAction

if typing.TYPE_CHECKING:
    from ..connection.pssession import Connection
    from ..plugin_utils import _pipeline, _results, _selector
    from ..plugin_utils._wire import errors, messages
else:
    from ..plugin_utils._cached import load

    _pipeline, _results, _selector = load("_pipeline", "_results", "_selector")
    errors, messages = load("_wire.errors", "_wire.messages")

display = Display()


class ActionModule(SessionAction):
    """pssession_receive."""

    ARGUMENT_SPEC: typing.ClassVar[dict[str, dict[str, typing.Any]]] = {
        **_selector.ONE,
        "remove": {"type": "bool", "default": False},
        "timeout": {"type": "float"},
        "wait": {"type": "bool", "default": True},
    }

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Receive-PSSession."""
        selected = self.selection(arguments)
        _selector.refuse_patterns(selected, "output is received of one session at a time")
        check_mode = bool(self._task.check_mode)
        if check_mode and arguments["wait"]:
            return {
                "changed": False,
                "skipped": True,
                "msg": "skipped, running in check mode; with wait set to false it would be received",
            }
        timeout = arguments["timeout"]
        if timeout is not None and not 0 < timeout < math.inf:
            raise errors.PSSessionError(
                errors.ErrorKind.USAGE,
                f"timeout is {timeout:g}: it must be a number of seconds, more than 0. To take nothing of what still "
                "runs, set wait to false.",
            )
        request = messages.Receive(
            connection.target(),
            selected.selector,
            wait=arguments["wait"],
            timeout=timeout,
            remove=arguments["remove"] and not check_mode,
            epilogue=_pipeline.epilogue(),
            max_output=_results.MAX_OUTPUT,
        )
        with connection.broker() as client:
            return _pipeline.receive(client, request, display.warning, self.screen(request.target.inventory_hostname))
