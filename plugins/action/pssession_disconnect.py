# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaves sessions on their server; documented in plugins/modules (ansible worker)."""

from __future__ import annotations

import typing

from ..plugin_utils._action import SessionAction

if typing.TYPE_CHECKING:
    from ..connection.pssession import Connection
    from ..plugin_utils import _creation, _selector
    from ..plugin_utils._wire import messages
else:
    from ..plugin_utils._cached import load

    _creation, _selector, messages = load("_creation", "_selector", "_wire.messages")


class ActionModule(SessionAction):
    """pssession_disconnect."""

    ARGUMENT_SPEC: typing.ClassVar[dict[str, dict[str, typing.Any]]] = {
        **_selector.SEVERAL,
        "idle_timeout": {"type": "int"},
        "output_buffering_mode": {"type": "str", "choices": list(_creation.BUFFERING_MODES)},
    }

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Disconnect-PSSession."""
        selected = self.selection(arguments)
        _creation.check_idle_timeout(arguments["idle_timeout"])
        return self.ask(
            connection,
            selected,
            lambda target: messages.DisconnectSessions(
                target,
                selected.selector,
                idle_timeout=arguments["idle_timeout"],
                output_buffering_mode=arguments["output_buffering_mode"],
                check=bool(self._task.check_mode),
            ),
        )
