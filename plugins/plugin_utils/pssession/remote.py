# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session as the interactive command uses it: lines, prompt, completion (command's own process)."""

from __future__ import annotations

import dataclasses
import shutil
import threading
import typing

from .. import scripts
from .._client import BrokerClient, OnHostCall, OnRecords
from .._wire.errors import PSSessionError
from .._wire.messages import Command, Finished, ListSessions, Run, Selector
from .._wire.target import Target
from . import restricted

#: Seconds after which a completion is given up, so that a Tab does not hold up the user.
_COMPLETION_TIMEOUT = 10.0
#: What PowerShell shows where there is no prompt function, or it fails.
_LAST_PROMPT = "PS>"
#: The end of an interactive pipeline, as PowerShell's own client has it: formats and writes to the host.
_FORMATTED = Command("Out-Default", is_script=False)


@dataclasses.dataclass(frozen=True)
class Completions:
    """What may replace a part of a line.

    Attributes:
        start: Where the part begins.
        length: Its length.
        matches: Pairs of the text that replaces it and the text that a list shows.
    """

    start: int
    length: int
    matches: list[tuple[str, str]]


#: Asks for them, with a line and the cursor's place in it.
Complete = typing.Callable[[str, int], Completions]


class Remote:
    """Runs in one session what an interactive user needs; thread-safe, one thing at a time.

    Args:
        client: A connection to the session's broker.
        target: Who connects where.
        selector: The session.
    """

    def __init__(self, client: BrokerClient, target: Target, selector: Selector) -> None:
        self._client = client
        self._target = target
        self._selector = selector
        self._lock = threading.Lock()
        #: Whether the session has refused a script: it has no language (JEA).
        self._is_restricted = False

    def execute(self, line: str, on_host_call: OnHostCall, on_records: OnRecords) -> Finished:
        """Runs a line in the session's global scope; what it outputs is formatted there. Raises PSSessionError.

        Where the session runs no scripts, the line is sent as the commands that it consists of.
        """
        commands = restricted.commands_of(line) if self._is_restricted else None
        script = [Command(line, use_local_scope=False)]
        finished = self._run([*(commands or script), _FORMATTED], on_host_call, on_records, history=True)
        if self._is_restricted or not _is_refused(finished):
            return finished
        self._is_restricted = True
        commands = restricted.commands_of(line)
        return self._run([*commands, _FORMATTED], on_host_call, on_records, history=True) if commands else finished

    def prompt(self, on_host_call: OnHostCall) -> str:
        """What the remote prompt function returns; raises PSSessionError."""
        texts: list[str] = []

        def collect(entries: list[typing.Any], body: bytes = b"") -> None:
            texts.extend(str(value) for stream, value in entries if stream == "output")

        finished = self._run([Command("prompt", is_script=False)], on_host_call, collect)
        return texts[0] if texts and texts[0] and finished.state == "completed" else _LAST_PROMPT

    def complete(self, line: str, cursor: int) -> Completions:
        """What TabExpansion2 knows there, or of commands' names Get-Command where the session runs no scripts.

        Nothing where the session does not answer: the next line that is entered says what is wrong.
        """
        try:
            if not self._is_restricted:
                parameters = [["__pssession_line", line], ["__pssession_cursor", cursor]]
                # In a scope of its own: nothing of it stays in the session.
                script = Command(scripts.read("complete"), use_local_scope=True, parameters=parameters)
                finished, values = self._ask([script])
                if not _is_refused(finished):
                    return _completions(values, line, cursor)
                self._is_restricted = True
            word = restricted.command_at(line, cursor)
            if word is None:
                return Completions(cursor, 0, [])
            _finished, values = self._ask(restricted.names_like(word))
        except PSSessionError:
            return Completions(cursor, 0, [])
        names = sorted({value["Name"] for value in values if isinstance(value, dict) and "Name" in value})
        return Completions(cursor - len(word), len(word), [(name, name) for name in names])

    def is_lost(self) -> bool:
        """Whether the session is gone, or nobody can say."""
        try:
            with self._lock:
                rows = self._client.request(ListSessions(self._target, self._selector)).sessions
        except PSSessionError:
            return True
        return not any(row.get("state") == "Opened" for row in rows)

    def stop(self) -> None:
        """Stops what `execute` runs; a signal's handler may call it."""
        self._client.stop()

    def _ask(self, commands: list[Command]) -> tuple[Finished, list[typing.Any]]:
        """Runs something of which the user sees nothing; its end and its output. Raises PSSessionError."""
        values: list[typing.Any] = []

        def collect(entries: list[typing.Any], body: bytes = b"") -> None:
            values.extend(value for stream, value in entries if stream == "output")

        request = Run(self._target, commands, shared=True, selector=self._selector, timeout=_COMPLETION_TIMEOUT)
        with self._lock:
            return self._client.run(request, on_records=collect), values

    def _run(
        self, commands: list[Command], on_host_call: OnHostCall, on_records: OnRecords, history: bool = False
    ) -> Finished:
        request = Run(
            self._target,
            commands,
            shared=True,
            selector=self._selector,
            interactive=True,
            history=history,
            screen=list(shutil.get_terminal_size((120, 50))),
        )
        with self._lock:
            return self._client.run(request, on_records=on_records, on_host_call=on_host_call)


def _is_refused(finished: Finished) -> bool:
    """Whether a script was refused as a script."""
    error = finished.error
    return isinstance(error, dict) and error.get("fully_qualified_error_id") == restricted.REFUSED


def _completions(values: list[typing.Any], line: str, cursor: int) -> Completions:
    """Of the output of complete.ps1: start, length, then two texts for each match."""
    none = Completions(cursor, 0, [])
    if len(values) < 2 or not all(isinstance(value, int) for value in values[:2]):
        return none
    start, length = values[:2]
    if not (0 <= start <= len(line) and 0 <= length <= len(line) - start):
        return none
    texts = [str(value) for value in values[2:]]
    return Completions(start, length, list(zip(texts[::2], texts[1::2], strict=False)))
