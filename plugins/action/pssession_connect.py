# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connects to disconnected sessions; documented in plugins/modules (ansible worker)."""

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
    """pssession_connect."""

    ARGUMENT_SPEC = _selector.SEVERAL

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Connect-PSSession."""
        selected = self.selection(arguments)
        return self.ask(
            connection,
            selected,
            lambda target: messages.ConnectSessions(target, selected.selector, check=bool(self._task.check_mode)),
        )
