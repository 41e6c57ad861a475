# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enter-PSSession: reads lines, runs them in the session, until the user leaves (command's own process)."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import types
import typing

from .._client import BrokerClient
from .._selector import is_pattern
from .._wire import target as targets
from .._wire.errors import PSSessionError
from .._wire.messages import (
    ConnectSessions,
    DisconnectSessions,
    Failure,
    Finished,
    ListSessions,
    OpenSession,
    RemoveSessions,
    Result,
    Results,
    Selector,
)
from .._wire.record import replaced
from .._wire.target import Target
from . import editor, rich_view
from .arguments import selected
from .brokers import Notes, complain, selector
from .console import Console
from .failure import CommandFailed
from .host import UserHost
from .hosts import Hosts
from .progress import Line, View
from .questions import Questions
from .remote import Remote

if typing.TYPE_CHECKING:
    from ...connection.pssession import Connection

#: What leaves a session, as a whole input; a script's own exit is a host call.
_LEAVES = ("exit", "exit-pssession", "exsn")
#: How often Ctrl-C is pressed until the command gives up on a pipeline that does not stop.
_PATIENCE = 3
_STOPPING = b"\nThe pipeline is being stopped. Press Ctrl-C again to leave the session without waiting for it.\n"


def enter(options: argparse.Namespace) -> int:
    """Works in a session of one host; returns the exit code."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        # The terminal was closed, say: what is to be undone at the end is undone.
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    hosts = Hosts(options)
    name = hosts.one(options.host)
    console = Console(sys.stdout, sys.stderr, _is_colored(options), _progress(options))
    host = UserHost(console, Questions(console, editor.Keyboard(), name))
    connection = hosts.connection(name)
    with (
        entered(connection, options) as (target, only),
        contextlib.closing(connection.new_client(Notes(options.verbosity))) as client,
    ):
        remote = Remote(client, target, only)
        return Interactive(remote, host, console, editor.make(remote.complete, options.plain), name).run()


class Interactive:
    """The loop of prompt, line and output.

    Args:
        remote: The session.
        host: Answers its pipelines.
        console: Where their output goes.
        lines: Where the lines come from.
        name: What the user calls the host.
    """

    def __init__(self, remote: Remote, host: UserHost, console: Console, lines: editor.Editor, name: str) -> None:
        self._remote = remote
        self._host = host
        self._console = console
        self._lines = lines
        self._name = name

    def run(self) -> int:
        """Until the user leaves: 0, or the session is lost: 1."""
        while not self._host.left:
            try:
                line = self._lines.read(self._prompt)
            except KeyboardInterrupt:
                # Ctrl-C clears the line.
                self._console.write("\n")
                continue
            except EOFError:
                self._console.write("\n" if sys.stdin.isatty() else "")
                return 0
            except PSSessionError as error:
                if self._lost(error):
                    return 1
                continue
            if line.strip("; \t").lower() in _LEAVES:
                return 0
            if line.strip() and not self._run(line):
                return 1
        return 0

    def _prompt(self) -> str:
        with _Interrupts(self._remote, self._console):
            prompt = self._remote.prompt(self._host.answer)
        self._console.at_rest()
        return f"[{self._name}]: {prompt}"

    def _run(self, line: str) -> bool:
        """Runs a line; False where the session is lost."""
        try:
            with _Interrupts(self._remote, self._console):
                finished = self._remote.execute(line, self._host.answer, self._records)
        except PSSessionError as error:
            self._console.at_rest()
            return not self._lost(error)
        self._console.at_rest()
        self._report(finished)
        return True

    def _records(self, entries: list[typing.Any], body: bytes) -> None:
        for stream, value in entries:
            self._host.record(stream, value)

    def _report(self, finished: Finished) -> None:
        # That the user stopped it is no news to him.
        if finished.error is not None and finished.state != "stopped":
            self._host.record("error", finished.error)
        for warning in finished.warnings:
            complain(f"[WARNING]: {warning}")

    def _lost(self, error: PSSessionError) -> bool:
        """Reports a failure; says whether that was the end of the session."""
        self._console.error(error.message)
        if not self._remote.is_lost():
            return False
        self._console.error(f"The session on {self._name} is lost, and with it its state.")
        return True


class _Interrupts:
    """Ctrl-C stops the pipeline, not the command; where that does not help, a third one gives up.

    Args:
        remote: Where the pipeline runs.
        console: Goes on in a new line behind the mark that the terminal shows for Ctrl-C.
    """

    def __init__(self, remote: Remote, console: Console) -> None:
        self._remote = remote
        self._console = console
        self._pressed = 0
        self._before: typing.Any = None

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGINT, self._interrupted)

    def __exit__(self, *_error: object) -> None:
        signal.signal(signal.SIGINT, self._before)
        if self._pressed:
            self._console.write("\n")

    def _interrupted(self, number: int, frame: types.FrameType | None) -> None:
        self._pressed += 1
        if self._pressed >= _PATIENCE:
            raise CommandFailed("The pipeline did not stop; what became of it is unknown.", code=1)
        if self._pressed > 1:
            # Python's own files may be in the midst of writing.
            os.write(sys.stderr.fileno(), _STOPPING)
        self._remote.stop()


@contextlib.contextmanager
def entered(connection: Connection, options: argparse.Namespace) -> typing.Iterator[tuple[Target, Selector]]:
    """The session to work in, and the target to ask for it: an existing one, or a new one that is removed at the end.

    Raises CommandFailed where there is none, before anything is yielded.
    """
    notes = Notes(options.verbosity)
    target = connection.target()
    if not selected(options):
        # As Enter-PSSession -ComputerName: not the one that the inventory may name.
        configuration = options.configuration_name or target.configuration_name
        timeout = targets.idle_timeout(target.idle_timeout, None)
        target = replaced(target, session_name=None, configuration_name=configuration, idle_timeout=timeout)
    with contextlib.closing(connection.new_client(notes)) as client:
        if selected(options):
            result = _result(client.request(ConnectSessions(target, _one(client, target, selector(options)))))
        else:
            result = _result(client.request(OpenSession(target, new=True)))
    only = Selector(instance_ids=[str(result.session["instance_id"])])
    undo: typing.Any = None
    if not selected(options):
        undo = RemoveSessions(target, only, force=True)
    elif result.changed:
        # It was disconnected, and is left as it was found.
        undo = DisconnectSessions(target, only)
    try:
        yield target, only
    finally:
        if undo is not None:
            _leave(connection, undo, notes)


def _leave(connection: Connection, request: typing.Any, notes: Notes) -> None:
    """Over a connection of its own, since the other one may be in the midst of a pipeline that was given up."""
    try:
        with contextlib.closing(connection.new_client(notes)) as client:
            for result in client.request(request).results:
                if result.error is not None:
                    complain(f"The session could not be left as it should: {result.error.message}")
    except PSSessionError as error:
        complain(f"The session could not be left as it should: {error.message}")


def _one(client: BrokerClient, target: Target, asked: Selector) -> Selector:
    """The session that a wildcard means; what has none is for the broker to find. Raises CommandFailed."""
    if not any(is_pattern(name) for name in asked.names):
        return asked
    rows = client.request(ListSessions(target, asked)).sessions
    if len(rows) != 1:
        shown = "".join(f", {row['name']!r} (Id {row['id']}, {row['state']})" for row in rows)
        raise CommandFailed(
            f"--name {asked.names[0]!r} fits {len(rows)} sessions that are held here{shown}. One can be entered: "
            "name it with --id or --instance-id; pssession sessions lists them.",
            code=1,
        )
    return Selector(instance_ids=[str(rows[0]["instance_id"])])


def _result(results: Results) -> Result:
    """The one result; raises CommandFailed."""
    (result,) = results.results
    if isinstance(result.error, Failure):
        raise CommandFailed(result.error.message, code=1)
    return result


def _is_colored(options: argparse.Namespace) -> bool:
    return sys.stdout.isatty() and not options.plain


def _progress(options: argparse.Namespace) -> View:
    if _is_colored(options) and rich_view.AVAILABLE:
        return rich_view.Bars(sys.stdout)
    return Line(sys.stdout if sys.stdout.isatty() else sys.stderr)
