# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a script or a command in sessions; documented in plugins/modules (ansible worker)."""

from __future__ import annotations

import functools
import typing

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.utils.display import Display

from ..plugin_utils._action import SessionAction

if typing.TYPE_CHECKING:
    from ..connection.pssession import Connection
    from ..plugin_utils import _invoke, _masking, _pipeline, _selector, _several
    from ..plugin_utils._wire import errors, messages, record
    from ..plugin_utils._wire.target import Target
else:
    from ..plugin_utils._cached import load

    _invoke, _masking, _pipeline = load("_invoke", "_masking", "_pipeline")
    _selector, _several = load("_selector", "_several")
    errors, messages, record = load("_wire.errors", "_wire.messages", "_wire.record")

display = Display()
#: What names one session, and what is known of it.
_Chosen = tuple["messages.Selector", "dict[str, typing.Any]"]


class ActionModule(SessionAction):
    """pssession_invoke."""

    ARGUMENT_SPEC = _invoke.ARGUMENT_SPEC
    CONSTRAINTS = _invoke.CONSTRAINTS

    def act(self, connection: Connection, arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
        """Invoke-Command."""
        if self._play_context.become:
            raise AnsibleActionFail(
                f"become (become_user: {self._play_context.become_user}) does not work here: a session is that of the "
                "user who connects. Set become: false on this task, or connect as the other user."
            )
        selected = self.selection(arguments)
        _invoke.check(arguments, selected)
        check_mode = bool(self._task.check_mode)
        if check_mode and (arguments["command"] or arguments["in_disconnected_session"]):
            # Neither a bare command nor a session that stays can only predict.
            return {"changed": False, "skipped": True, "msg": "skipped, running in check mode"}
        if arguments["path"]:
            arguments["script"] = self._text_of(arguments["path"])
            _invoke.check_script(arguments["script"], f"path is {arguments['path']!r}, which")
        hidden = _masking.secrets(_invoke.secrets(arguments))
        request = _invoke.request(connection.target(), arguments, check_mode, display.verbosity)
        try:
            result = self._run(connection, selected, request, self.screen(request.target.inventory_hostname, hidden))
        except AnsibleError as error:
            raise type(error)(_masking.masked_text(error.message, hidden)) from None
        return _masking.masked(result, hidden)

    def _run(
        self,
        connection: Connection,
        selected: _selector.Selection,
        request: messages.Run,
        show: typing.Callable[[str], None] | None,
    ) -> dict[str, typing.Any]:
        if not selected.several:
            with connection.broker() as client:
                return _pipeline.run(
                    client, record.replaced(request, selector=selected.selector), display.warning, show
                )
        # Lines of several sessions at once would tell nobody anything: they are in the results.
        chosen = self._expanded(connection, selected, request.target)
        warnings: list[str] = []
        jobs = [
            functools.partial(_pipeline.run, request=record.replaced(request, selector=selector), warn=warnings.append)
            for selector, _session in chosen
        ]
        answers = _several.at_once(connection, jobs)
        for warning in warnings:
            display.warning(warning)
        rows = []
        for answer, (_asked, known) in zip(answers, chosen, strict=True):
            if isinstance(answer, errors.PSSessionError):
                rows.append(_several.failure(answer, known))
            else:
                rows.append({**answer, "session": answer["session"] or known})
        return _several.gathered(rows)

    def _expanded(self, connection: Connection, selected: _selector.Selection, target: Target) -> list[_Chosen]:
        """Each session by itself and once, in the order of the selector."""
        selector = selected.selector
        chosen: list[_Chosen] = [(messages.Selector(ids=[number]), {"id": number}) for number in selector.ids]
        chosen += [(messages.Selector(instance_ids=[text]), {"instance_id": text}) for text in selector.instance_ids]
        for name in selector.names:
            if _selector.is_pattern(name):
                fitting = self._held(connection, target, name)
            else:
                fitting = [(messages.Selector(names=[name]), {"name": _selector.literal(name)})]
            chosen += [one for one in fitting if not any(_are_same(one, other) for other in chosen)]
        return chosen

    @staticmethod
    def _held(connection: Connection, target: Target, pattern: str) -> list[_Chosen]:
        """A wildcard means the sessions that the broker holds."""
        wanted = messages.Selector(names=[pattern])
        with connection.broker() as client:
            rows = client.request(messages.ListSessions(target, wanted)).sessions
        if not rows:
            display.warning(f"No session that is held fits {_selector.described(wanted)}.")
        return [(messages.Selector(instance_ids=[row["instance_id"]]), row) for row in rows]

    def _text_of(self, path: str) -> str:
        """A script file of the controller, found and decrypted as ansible.builtin.copy does."""
        real = self._loader.get_real_file(self._find_needle("files", path))
        try:
            with open(real, "rb") as file:
                return _invoke.decoded(file.read(), path)
        finally:
            self._loader.cleanup_tmp_file(real)


def _are_same(one: _Chosen, other: _Chosen) -> bool:
    """Whether two of a selector's entries mean one session: a name that a wildcard means, too."""
    (_asked, known), (_other, theirs) = one, other
    if known.get("instance_id") and theirs.get("instance_id"):
        return bool(known["instance_id"] == theirs["instance_id"])
    return str(known.get("name")).casefold() == str(theirs.get("name")).casefold()
