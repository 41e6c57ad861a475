# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A broker of its own, and what tests ask it for."""

from __future__ import annotations

import collections
import contextlib
import os
import pathlib
import signal
import time
import typing

from ansible_collections.remoting.powershell.plugins.plugin_utils import _client
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

PASSWORD = "secret-of-the-test"


class Broker:
    """A broker of its own directory, and a client of it."""

    def __init__(self, directory: pathlib.Path, endpoint: Endpoint) -> None:
        self._directory = str(directory)
        self._endpoint = endpoint
        #: What was said to the users of all its clients.
        self.notes: list[str] = []
        self.client = self.another_client()

    def another_client(self, playbook_pid: int | None = None) -> _client.BrokerClient:
        """One more worker, of this process or of another playbook's."""
        playbook_pid = playbook_pid or os.getpid()
        return _client.connect(self._directory, playbook_pid, lambda level, text: self.notes.append(text), "debug")

    def target(self, **changes: typing.Any) -> Target:
        """The endpoint's one computer."""
        options = {"host": "127.0.0.1", "port": self._endpoint.port, "ssl": False, "auth": "ntlm", "user": "admin"}
        return Target(**{**options, "password": PASSWORD, "inventory_hostname": "web01", **changes})

    def run(self, script: str, **changes: typing.Any) -> tuple[messages.Finished, list[typing.Any]]:
        """Runs a script in the shared session; returns its end and its output."""
        output: list[typing.Any] = []
        names = ("timeout", "input", "values", "output", "selector")
        settings = {name: changes.pop(name) for name in names if name in changes}
        request = messages.Run(self.target(**changes), [messages.Command(script)], shared=True, **settings)
        finished = self.client.run(
            request, on_records=lambda entries, body: output.extend(v for stream, v in entries if stream == "output")
        )
        return finished, output

    def open(self, name: str | None = None, **changes: typing.Any) -> messages.Result:
        """Makes sure that there is a session of that name."""
        settings = {key: changes.pop(key) for key in ("adopt", "new", "check") if key in changes}
        request = messages.OpenSession(self.target(session_name=name, **changes), **settings)
        results: messages.Results = self.client.request(request)
        return results.results[0]

    def open_all(self, *names: str, **settings: typing.Any) -> list[messages.Result]:
        """Makes sure that there are sessions of these names, in one request."""
        return self._rows(messages.OpenSession(self.target(), list(names), **settings))

    def remove(self, *names: str, **settings: typing.Any) -> list[messages.Result]:
        """Removes sessions by name."""
        return self._rows(messages.RemoveSessions(self.target(), messages.Selector(list(names)), **settings))

    def disconnect(self, *names: str, **settings: typing.Any) -> list[messages.Result]:
        """Disconnects sessions by name."""
        return self._rows(messages.DisconnectSessions(self.target(), messages.Selector(list(names)), **settings))

    def connect(self, *names: str, **settings: typing.Any) -> list[messages.Result]:
        """Connects to sessions by name."""
        selector = settings.pop("selector", messages.Selector(list(names)))
        busy_timeout = settings.pop("busy_timeout", 240)
        return self._rows(messages.ConnectSessions(self.target(busy_timeout=busy_timeout), selector, **settings))

    def rows(
        self, scope: typing.Literal["current", "computer"] = "current", *names: str
    ) -> list[dict[str, typing.Any]]:
        """The rows of sessions, all or by name."""
        request = messages.ListSessions(self.target(), messages.Selector(list(names)), scope)
        answer: messages.Sessions = self.client.request(request)
        return answer.sessions

    def kill(self) -> None:
        """SIGKILL, as when a container ends."""
        pid = self._pid()
        os.kill(pid, signal.SIGKILL)
        self.client.close()
        self._ended(pid)

    def _rows(self, request: object) -> list[messages.Result]:
        answer: messages.Results = self.client.request(request)
        return answer.results

    def end(self) -> None:
        """Tells it to end and waits until it has."""
        pid = self._pid()
        self.client.request(messages.Shutdown())
        self.client.close()
        self._ended(pid)

    def _pid(self) -> int:
        answer: messages.Sessions = self.client.request(messages.ListSessions())
        return int(answer.broker["pid"])

    @staticmethod
    def _ended(pid: int) -> None:
        """Waits for a process that this one has started."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def wait_for(condition: typing.Callable[[], bool]) -> None:
    """Waits until something that must come has come."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


@contextlib.contextmanager
def counted(endpoint: Endpoint) -> typing.Iterator[dict[str, int]]:
    """The requests that were made within, by action."""
    before = collections.Counter(endpoint.counters.actions)
    counts: dict[str, int] = {}
    yield counts
    counts.update(collections.Counter(endpoint.counters.actions) - before)


def error_of(result: messages.Result) -> messages.Failure:
    """The error of a row that must have one."""
    assert result.error is not None, result
    return result.error
