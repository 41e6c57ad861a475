# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules of this collection share: each is an action that talks to the session broker (ansible worker)."""

from __future__ import annotations

import os
import typing

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.parameters import remove_values
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display

if typing.TYPE_CHECKING:
    from ..connection.pssession import Connection
    from . import _selector, _several
    from ._client import BrokerClient
    from ._wire import errors, messages
    from ._wire.target import Target
else:
    from ._cached import load

    _selector, _several = load("_selector", "_several")
    errors, messages = load("_wire.errors", "_wire.messages")

display = Display()

_CONNECTION = "remoting.powershell.pssession"
#: In the place of what a script said as it failed.
_HIDDEN = "The task failed, and no_log hides how: a registered result has it in error, or in its results."
#: Connections whose variables ours reads as well.
_RELATED = ("psrp", "winrm")


class SessionAction(ActionBase):  # type: ignore[misc]
    """Checks the arguments, finds the host's connection and calls `act`."""

    #: The argument spec; a test compares it with the module's documentation.
    ARGUMENT_SPEC: typing.ClassVar[dict[str, dict[str, typing.Any]]] = {}
    #: mutually_exclusive, required_one_of and their like.
    CONSTRAINTS: typing.ClassVar[dict[str, typing.Any]] = {}

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Does the module's work and returns its result; `connection` has its options set."""
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, typing.Any] | None = None) -> dict[str, typing.Any]:
        """Called by ansible-core."""
        self._supports_check_mode = True
        self._supports_async = False
        result = typing.cast("dict[str, typing.Any]", super().run(tmp, task_vars))
        self._spell_choices()
        _validation, arguments = self.validate_argument_spec(self.ARGUMENT_SPEC, **self.CONSTRAINTS)
        connection = self._session_connection(task_vars or {})
        try:
            result.update(self.act(connection, arguments))
        except errors.PSSessionError as error:
            # Not AnsibleActionFail, which shows a traceback in ansible-core before 2.19.
            raise AnsibleError(error.message) from None
        finally:
            # The task's own connection is core's to close; closing hangs up and keeps the session.
            if connection is not self._connection:
                connection.close()
        if self._is_hidden():
            _hide(result)
        return result

    def _is_hidden(self) -> bool:
        return bool(self._play_context.no_log or self._task.no_log)

    def screen(self, host: str, secrets: typing.Iterable[str] = ()) -> typing.Callable[[str], None] | None:
        """Shows lines of a pipeline that runs on a host, with -v, secrets left out; None where nobody is to see any."""
        if not display.verbosity or self._is_hidden():
            return None
        return lambda line: display.v(remove_values(line, secrets), host=host)

    def selection(self, arguments: dict[str, typing.Any]) -> _selector.Selection:
        """The sessions that the task's selector names; raises PSSessionError (usage)."""
        return _selector.selection(arguments, self._task.args)

    def ask(
        self,
        connection: Connection,
        selected: _selector.Selection,
        request: typing.Callable[[Target], object],
    ) -> dict[str, typing.Any]:
        """The module's result of a request that is answered with one row for each session."""
        if selected.nothing:
            return _several.gathered([])
        target = connection.target()
        with connection.broker() as client:
            before = _states(client, target) if self._task.diff else None
            return _several.concluded(client.request(request(target)).results, selected.several, before)

    def _spell_choices(self) -> None:
        """Choices may be written in upper or lower case, as in PowerShell."""
        for name, option in self.ARGUMENT_SPEC.items():
            given = self._task.args.get(name)
            if isinstance(given, str):
                spelled = {choice.casefold(): choice for choice in option.get("choices", ())}
                self._task.args[name] = spelled.get(given.casefold(), given)

    def _session_connection(self, task_vars: dict[str, typing.Any]) -> Connection:
        """The host's own connection, or one of ours with the options that psrp's or winrm's variables give it."""
        transport = self._connection.transport
        if transport == _CONNECTION:
            return typing.cast("Connection", self._connection)
        if transport not in _RELATED:
            raise AnsibleError(
                f"{self._task.action} needs a PowerShell session, and the host's connection is {transport}. "
                f"Set ansible_connection to {_CONNECTION} in the host's variables."
            )
        connection = connection_loader.get(
            _CONNECTION, self._play_context, os.devnull, ansible_playbook_pid=str(os.getppid())
        )
        if connection is None:
            raise AnsibleError(f"The connection plugin {_CONNECTION} cannot be loaded.")
        task_keys = self._task.dump_attrs()
        if self._play_context.password:
            task_keys["password"] = self._play_context.password
        connection.set_options(task_keys=task_keys, var_options=self._variables_of(connection, task_vars))
        return typing.cast("Connection", connection)

    def _variables_of(self, connection: Connection, task_vars: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """The variables of a connection's options, of the host that the task runs on."""
        variables = task_vars
        if self._task.delegate_to:
            variables = task_vars.get("ansible_delegated_vars", {}).get(self._task.delegate_to, task_vars)
        names = constants.config.get_plugin_vars("connection", connection._load_name)
        before = self._templar.available_variables
        self._templar.available_variables = variables
        try:
            return {name: self._templar.template(variables[name]) for name in names if name in variables}
        finally:
            self._templar.available_variables = before


def _hide(result: dict[str, typing.Any]) -> None:
    """Marks what no_log is to keep from being shown and ansible-core would show."""
    rows = result.get("results", [])
    if result.get("failed") and any("error" in row for row in rows or [result]):
        # From ansible-core 2.19 on the message of a task that failed is shown all the same.
        result["msg"] = _HIDDEN
    for row in rows:
        # ansible-core 2.19 takes the rows for those of a loop, which are shown unless each says so.
        row["_ansible_no_log"] = True


def _states(client: BrokerClient, target: Target) -> dict[str, str]:
    """The states of all sessions of the host's user, by instance id."""
    listed = client.request(messages.ListSessions(target, scope="computer")).sessions
    return {str(row.get("instance_id")).lower(): str(row.get("state")) for row in listed}
