# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the host's sessions; documented in plugins/modules (ansible worker)."""

from __future__ import annotations

import typing

from ..plugin_utils._action import SessionAction

if typing.TYPE_CHECKING:
    from ..connection.pssession import Connection
    from ..plugin_utils import _selector
    from ..plugin_utils._wire import messages
else:
    from ..plugin_utils._cached import load

    _selector, messages = load("_selector", "_wire.messages")


class ActionModule(SessionAction):
    """pssession_info."""

    ARGUMENT_SPEC: typing.ClassVar[dict[str, dict[str, typing.Any]]] = {
        **_selector.SEVERAL,
        "configuration_name": {"type": "str"},
        "scope": {"type": "str", "choices": ["current", "computer"], "default": "current"},
        "state": {"type": "str", "choices": ["Opened", "Disconnected", "Broken", "Closed"]},
    }

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Get-PSSession."""
        selected = self.selection(arguments)
        request = messages.ListSessions(connection.target(), selected.selector, scope=arguments["scope"])
        with connection.broker() as client:
            answer = client.request(request)
        rows = [] if selected.nothing else answer.sessions
        for name in ("state", "configuration_name"):
            if (wanted := arguments[name]) is not None:
                rows = [row for row in rows if str(row[name]).casefold() == wanted.casefold()]
        return {"changed": False, "sessions": rows, "broker": answer.broker}
