# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes sure that there is a session, or that there is none; documented in plugins/modules (ansible worker)."""

from __future__ import annotations

import typing

from ..plugin_utils._action import SessionAction

if typing.TYPE_CHECKING:
    from ..connection.pssession import Connection
    from ..plugin_utils import _creation, _selector
    from ..plugin_utils._wire import errors, messages
    from ..plugin_utils._wire.target import Target
else:
    from ..plugin_utils._cached import load

    _creation, _selector = load("_creation", "_selector")
    errors, messages = load("_wire.errors", "_wire.messages")


class ActionModule(SessionAction):
    """pssession."""

    ARGUMENT_SPEC: typing.ClassVar[dict[str, dict[str, typing.Any]]] = {
        **_selector.SEVERAL,
        **_creation.ARGUMENT_SPEC,
        "adopt": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
        "scope": {"type": "str", "choices": ["current", "computer"], "default": "current"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """New-PSSession or Remove-PSSession."""
        selected = self.selection(arguments)
        if arguments["state"] == "absent":
            return self._absent(connection, selected, arguments)
        if selected.selector.ids or selected.selector.instance_ids:
            return self._connected(connection, selected, arguments)
        _selector.refuse_patterns(selected, "a session that is made needs a name of its own")
        return self._present(connection, selected, arguments)

    def _absent(
        self, connection: Connection, selected: _selector.Selection, arguments: dict[str, typing.Any]
    ) -> dict[str, typing.Any]:
        return self.ask(
            connection,
            selected,
            lambda target: messages.RemoveSessions(
                target,
                selected.selector,
                scope=arguments["scope"],
                force=arguments["force"],
                check=bool(self._task.check_mode),
            ),
        )

    def _connected(
        self, connection: Connection, selected: _selector.Selection, arguments: dict[str, typing.Any]
    ) -> dict[str, typing.Any]:
        """An Id or an instance id names a session that exists, so there is nothing to make."""
        for name in _creation.ARGUMENT_SPEC:
            if arguments[name] is not None:
                raise errors.PSSessionError(
                    errors.ErrorKind.USAGE,
                    f"{name} is {arguments[name]!r}, which is decided when a session is made; "
                    f"{_selector.described(selected.selector)} names one that exists. Remove {name}, or use name.",
                )
        return self.ask(
            connection,
            selected,
            lambda target: messages.ConnectSessions(target, selected.selector, check=bool(self._task.check_mode)),
        )

    def _present(
        self, connection: Connection, selected: _selector.Selection, arguments: dict[str, typing.Any]
    ) -> dict[str, typing.Any]:
        idle_timeout = connection.get_option("idle_timeout")

        names = [_selector.literal(name) for name in selected.selector.names]

        def open_sessions(base: Target) -> messages.OpenSession:
            target = _creation.target(base, idle_timeout, names[0] if names else None, arguments)
            several = names if selected.several else []
            return messages.OpenSession(target, several, adopt=arguments["adopt"], check=bool(self._task.check_mode))

        return self.ask(connection, selected, open_sessions)
