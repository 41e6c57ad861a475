# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaves pipelines in disconnected sessions and receives them, as the modules do."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
import typing

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)


@dataclasses.dataclass
class Answer:
    """What a client got: the end, and the records before it."""

    finished: messages.Finished
    entries: list[typing.Any]

    @property
    def state(self) -> str:
        """The pipeline's."""
        return self.finished.state

    @property
    def session(self) -> dict[str, typing.Any]:
        """The session's row."""
        return self.finished.session

    @property
    def output(self) -> list[typing.Any]:
        """The output stream."""
        return [value for stream, value in self.entries if stream == "output"]


def leave(broker: Broker, script: str, name: str | None = "left", **changes: typing.Any) -> Answer:
    """Starts a script in a new session and leaves it there."""
    names = ("input", "values", "timeout", "temporary", "interactive", "selector")
    settings = {key: changes.pop(key) for key in names if key in changes}
    changes.setdefault("output_buffering_mode", "Drop")
    target = broker.target(session_name=name, **changes)
    entries: list[typing.Any] = []
    request = messages.Run(target, [messages.Command(script)], leave=True, **settings)
    finished = broker.client.run(request, on_records=lambda records, _body: entries.extend(records))
    return Answer(finished, entries)


def receive(broker: Broker, name: str | None = "left", **settings: typing.Any) -> Answer:
    """Receives from a session by name, or by another selector."""
    selector = settings.pop("selector", messages.Selector([name] if name else []))
    target = broker.target(**{key: settings.pop(key) for key in ("operation_timeout",) if key in settings})
    entries: list[typing.Any] = []
    request = messages.Receive(target, selector, **settings)
    finished = broker.client.run(request, on_records=lambda records, _body: entries.extend(records))
    return Answer(finished, entries)


def name_of(broker: Broker) -> str:
    """A name for what this broker is to receive."""
    return f"for {id(broker)}"


def by_id(answer: Answer) -> messages.Selector:
    """The very session of an answer."""
    return messages.Selector(instance_ids=[answer.session["instance_id"]])


@dataclasses.dataclass
class Gate:
    """A file on the computer that a script waits for."""

    path: pathlib.Path

    @property
    def wait(self) -> str:
        """The script that waits."""
        return f"while (-not (Test-Path '{self.path}')) {{ Start-Sleep -Milliseconds 20 }};"

    def open(self) -> None:
        """Lets it go on."""
        self.path.touch()


def ended(endpoint: Endpoint, count: int = 1) -> None:
    """Waits until so many commands in disconnected shells have ended."""
    wait_for(
        lambda: (
            sum(command.channel.done for shell in endpoint.shells for command in list(shell.commands.values())) >= count
        )
    )


def counting(endpoint: Endpoint) -> typing.Callable[[], dict[str, int]]:
    """Counts requests from now on."""
    before = collections.Counter(endpoint.counters.actions)
    return lambda: dict(collections.Counter(endpoint.counters.actions) - before)
