# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output that is more than a client takes, or more than it reads at the moment, against the test endpoint."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.output import Channel
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import (
    Answer,
    leave,
    receive,
)

#: Writes 1 MB of numbered texts for each number.
_TEXTS = "$text = 'x' * 1048576; foreach ($number in 1..{count}) {{ \"$number $text\" }}"


def _numbers(output: list[typing.Any]) -> list[int]:
    return [int(text.partition(" ")[0]) for text in output]


def test_a_command_that_writes_too_much_is_stopped_and_its_session_kept(broker: Broker, endpoint: Endpoint) -> None:
    broker.run("$kept = 'here'")
    taken: list[typing.Any] = []
    script = _TEXTS.format(count=1000) + "; $kept = 'gone'"
    request = messages.Run(broker.target(), [messages.Command(script)], shared=True, max_output=3 * 2**20)
    with pytest.raises(PSSessionError, match=r"wrote more than 3 MB.*was stopped.*write to a file") as caught:
        broker.client.run(request, on_records=lambda entries, body: taken.extend(entries))
    assert caught.value.kind is ErrorKind.TOO_LARGE
    assert _numbers([value for _stream, value in taken])[:3] == [1, 2, 3]
    assert len(taken) < 6
    assert broker.run("$kept")[1] == ["here"]
    wait_for(lambda: not endpoint.shells[0].commands)


def test_output_just_below_the_limit_is_no_failure(broker: Broker) -> None:
    request = messages.Run(broker.target(), [messages.Command("'x' * 1000")], shared=True, max_output=1)
    taken: list[typing.Any] = []
    finished = broker.client.run(request, on_records=lambda entries, body: taken.extend(entries))
    assert (finished.state, taken) == ("completed", [["output", "x" * 1000]])


def test_what_is_too_much_for_one_receive_comes_with_the_next(broker: Broker) -> None:
    leave(broker, _TEXTS.format(count=8), output_buffering_mode="Block")
    parts: list[Answer] = []
    while not parts or parts[-1].state == "running":
        parts.append(receive(broker, max_output=2 * 2**20))
    assert [part.state for part in parts[:-1]] == ["running"] * (len(parts) - 1)
    assert all("Receive again" in part.finished.warnings[0] for part in parts[:-1])
    assert (parts[-1].state, parts[-1].finished.warnings) == ("completed", [])
    assert [number for part in parts for number in _numbers(part.output)] == list(range(1, 9))
    assert len(parts) >= 3


def _stands_still(endpoint: Endpoint, channel: Channel) -> typing.Callable[[], bool]:
    """Whether the engine waits for room and nobody has received for a while."""
    seen = -1
    quiet = 0

    def check() -> bool:
        nonlocal seen, quiet
        receives = endpoint.counters.actions["Receive"]
        full = channel.size > channel.limit * 0.9 and channel.receiver is None
        quiet = quiet + 1 if full and receives == seen else 0
        seen = receives
        return quiet > 25

    return check


def test_nothing_is_received_while_the_client_does_not_read(broker: Broker, endpoint: Endpoint) -> None:
    broker.run("1")
    client = broker.another_client()
    request = messages.Run(broker.target(), [messages.Command(_TEXTS.format(count=40))], shared=True)
    before = endpoint.counters.actions["Receive"]
    messages.REQUESTS.send(client._socket, request)
    (shell,) = endpoint.shells
    # What ran before it is forgotten by a signal that may come late.
    wait_for(lambda: [command.state for command in shell.commands.values()] == ["Running"])
    (command,) = shell.commands.values()
    wait_for(_stands_still(endpoint, command.channel))
    # One answer of the server is on its way to the client, its first part in the socket's buffer.
    assert endpoint.counters.actions["Receive"] - before < 10
    numbers: list[int] = []
    while not isinstance((answer := client._answer()[0]), messages.Finished):
        numbers += _numbers([value for _stream, value in answer.entries])
    client.close()
    assert (answer.state, numbers) == ("completed", list(range(1, 41)))
    assert endpoint.counters.actions["Receive"] - before > 80


def test_a_session_is_kept_alive_while_its_client_does_not_read(broker: Broker, endpoint: Endpoint) -> None:
    endpoint.computers["TESTHOST"].quotas.min_idle_timeout_ms = 1000
    target = broker.target(idle_timeout=6)
    client = broker.another_client()
    messages.REQUESTS.send(client._socket, messages.Run(target, [messages.Command(_TEXTS.format(count=10))]))
    wait_for(lambda: [command.state for shell in endpoint.shells for command in shell.commands.values()] == ["Running"])
    (shell,) = endpoint.shells
    (command,) = shell.commands.values()
    wait_for(_stands_still(endpoint, command.channel))
    before = endpoint.counters.actions["Receive"]
    # Each is about the pool; four of them are further apart than the idle timeout.
    wait_for(lambda: endpoint.counters.actions["Receive"] >= before + 4)
    assert (endpoint.shells, shell.closed) == ([shell], False)
    numbers: list[int] = []
    while not isinstance((answer := client._answer()[0]), messages.Finished):
        numbers += _numbers([value for _stream, value in answer.entries])
    client.close()
    assert (answer.state, numbers) == ("completed", list(range(1, 11)))
