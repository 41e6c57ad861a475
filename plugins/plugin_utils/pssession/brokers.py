# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command asks the brokers, table and exit code included (command's own process)."""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import json
import os
import sys
import typing

from ansible import constants
from ansible.errors import AnsibleError

from .. import _client
from .._wire.errors import PSSessionError
from .._wire.messages import Done, ListSessions, RemoveSessions, Results, Selector, Sessions, Shutdown
from . import rich_view, table
from .failure import CommandFailed, NoSessionsThere
from .hosts import Hosts, directory_of

if typing.TYPE_CHECKING:
    from ...connection.pssession import Connection

#: A host, and what it says or why it does not.
Answer = tuple[str, typing.Any]


class Notes:
    """Shows what brokers have to say on the standard error, which no program reads.

    Args:
        verbosity: How many -v there are.
    """

    def __init__(self, verbosity: int) -> None:
        self._verbosity = verbosity

    def __call__(self, level: str, text: str) -> None:
        if level == "warning":
            complain(f"[WARNING]: {text}")
        elif len(level) <= self._verbosity:
            complain(text)


def complain(text: str) -> None:
    """A line for the user that is no part of the output."""
    sys.stdout.flush()
    print(text, file=sys.stderr, flush=True)


def selector(options: argparse.Namespace) -> Selector:
    """The sessions that the command line names."""
    return Selector(list(options.name), list(options.id), list(options.instance_id))


def sessions(options: argparse.Namespace) -> int:
    """Get-PSSession: those that brokers hold, or those of hosts."""
    hosts, notes = Hosts(options), Notes(options.verbosity)
    if options.pattern is None:
        rows, failed = _held_rows(hosts.socket_directories(), ListSessions(), notes), False
    else:
        ask = _asks_computer if options.computer else _asks_brokers
        answers = _each(hosts, options.pattern, notes, lambda connection: ask(connection, notes))
        rows = _once([row for _host, answer in answers if isinstance(answer, list) for row in answer])
        failed = _complain_of(answers)
    if options.json:
        print(json.dumps(rows, indent=2))
    elif rows:
        print(rich_view.table(rows) if _is_rich(options) else table.plain(rows))
    elif not failed:
        complain("No sessions.")
    return int(failed)


def remove(options: argparse.Namespace) -> int:
    """Remove-PSSession."""
    hosts, notes = Hosts(options), Notes(options.verbosity)
    scope: typing.Literal["computer", "current"] = "computer" if options.computer else "current"

    def ask(connection: Connection) -> Results:
        request = RemoveSessions(connection.target(), selector(options), scope, options.force)
        return typing.cast(Results, _ask(connection, request, notes))

    answers = _each(hosts, options.pattern, notes, ask)
    failed = _complain_of(answers)
    for host, answer in answers:
        if not isinstance(answer, Results):
            continue
        for result in answer.results:
            if result.error is not None:
                failed = True
                complain(f"{host}: {result.error.message}")
            else:
                print(f"{host}: removed {result.session.get('name')} ({result.session.get('instance_id')})")
        if not answer.results:
            print(f"{host}: no such session")
    return int(failed)


def status(options: argparse.Namespace) -> int:
    """The brokers of this user."""
    hosts, notes = Hosts(options), Notes(options.verbosity)
    facts = []
    for directory in hosts.socket_directories():
        with _running(directory, notes) as clients:
            for client in clients:
                answer: Sessions = client.request(ListSessions())
                facts.append({**answer.broker, "sessions": len(answer.sessions), "socket_dir": directory})
    if options.json:
        print(json.dumps(facts, indent=2))
    elif facts:
        print("\n\n".join(map(table.status, facts)))
    else:
        complain("No session broker runs. The next task that needs one starts it.")
    return 0


def stop(options: argparse.Namespace) -> int:
    """Asks the brokers to end; returns when each has said that it will."""
    hosts, notes = Hosts(options), Notes(options.verbosity)
    stopped = 0
    for directory in hosts.socket_directories():
        with _running(directory, notes) as clients:
            for client in clients:
                answer: Done = client.request(Shutdown())
                sessions = _counted(answer.count, "session")
                print(f"The session broker in {_shown(directory)} ends; it lets go of {sessions}.")
                stopped += 1
    if not stopped:
        complain("No session broker runs.")
    return 0


def _shown(directory: str) -> str:
    """A path as people write it."""
    home = os.path.expanduser("~")
    return directory.replace(home, "~", 1) if directory.startswith(f"{home}{os.sep}") else directory


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _is_rich(options: argparse.Namespace) -> bool:
    return not options.plain and sys.stdout.isatty() and rich_view.AVAILABLE


def _asks_computer(connection: Connection, notes: Notes) -> list[dict[str, typing.Any]]:
    answer: Sessions = _ask(connection, ListSessions(connection.target(), Selector(), "computer"), notes)
    return answer.sessions


def _asks_brokers(connection: Connection, notes: Notes) -> list[dict[str, typing.Any]]:
    """Starts no broker, as there are no sessions where none runs."""
    return _held_rows([directory_of(connection)], ListSessions(connection.target()), notes)


def _ask(connection: Connection, request: object, notes: Notes) -> typing.Any:
    with contextlib.closing(connection.new_client(notes)) as client:
        return client.request(request)


def _held_rows(directories: typing.Iterable[str], request: ListSessions, notes: Notes) -> list[dict[str, typing.Any]]:
    rows: list[dict[str, typing.Any]] = []
    for directory in directories:
        with _running(directory, notes) as clients:
            for client in clients:
                rows += client.request(request).sessions
    return rows


def _once(rows: list[dict[str, typing.Any]]) -> list[dict[str, typing.Any]]:
    """Without what several names of one computer have in common; a row of a broker that holds the session wins."""
    kept: dict[typing.Any, dict[str, typing.Any]] = {}
    for row in rows:
        key = row.get("instance_id") or len(kept)
        if key not in kept or kept[key].get("id") is None:
            kept[key] = row
    return list(kept.values())


@contextlib.contextmanager
def _running(directory: str, notes: Notes) -> typing.Iterator[list[_client.BrokerClient]]:
    with contextlib.ExitStack() as stack:
        clients = _client.running(directory, os.getpid(), notes)
        for client in clients:
            stack.callback(client.close)
        yield clients


def _each(hosts: Hosts, pattern: str, notes: Notes, ask: typing.Callable[[Connection], typing.Any]) -> list[Answer]:
    """Asks for every host of the pattern, as many at once as ansible has forks; failures are answers, too.

    Hosts that have no PowerShell are left out, unless there are no others.
    """
    connections: list[Answer] = []
    others: list[Answer] = []
    for name in hosts.matching(pattern):
        # One after the other, since templates are not made for threads.
        try:
            connections.append((name, hosts.connection(name)))
        except NoSessionsThere as error:
            others.append((name, error))
        except (AnsibleError, CommandFailed) as error:
            connections.append((name, error))
    if not connections:
        return others
    for _name, why in others:
        notes("v", str(why))

    def answer(entry: Answer) -> Answer:
        name, connection = entry
        if isinstance(connection, Exception):
            return entry
        try:
            return name, ask(connection)
        except (AnsibleError, PSSessionError) as error:
            return name, error

    with concurrent.futures.ThreadPoolExecutor(max_workers=constants.DEFAULT_FORKS) as pool:
        return list(pool.map(answer, connections))


def _complain_of(answers: typing.Iterable[Answer]) -> bool:
    """Reports the failures; returns whether there were any."""
    failed = False
    for name, answer in answers:
        if isinstance(answer, Exception):
            failed = True
            complain(f"{name}: {answer}".replace(f"{name}: {name}: ", f"{name}: ", 1))
    return failed
