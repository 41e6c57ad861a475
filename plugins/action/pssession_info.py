# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the host's sessions; documented in plugins/modules (ansible worker)."""

from __future__ import annotations

import typing

from ..plugin_utils._action import SessionAction

if typing.TYPE_CHECKING:
    from ..connection.pssession import Connection
    from ..plugin_utils._wire import messages
else:
    from ..plugin_utils._cached import load

    (messages,) = load("_wire.messages")


class ActionModule(SessionAction):
    """pssession_info."""

    ARGUMENT_SPEC: typing.ClassVar[dict[str, dict[str, typing.Any]]] = {
        "scope": {"type": "str", "choices": ["current"], "default": "current"},
    }

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Asks the broker; nothing is sent to the host."""
        with connection.broker() as client:
            answer = client.request(messages.ListSessions(connection.target()))
        return {"changed": False, "sessions": answer.sessions, "broker": answer.broker}
