# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Left pipelines when answers, output, clients, brokers or sessions are lost, against the test endpoint."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.shells import State
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import (
    Gate,
    ended,
    leave,
    name_of,
    receive,
)


def test_who_does_not_wait_asks_again_when_the_answer_is_lost(broker: Broker, endpoint: Endpoint, gate: Gate) -> None:
    leave(broker, f"{gate.wait} 'last'", operation_timeout=1)
    endpoint.faults.add("drop-after", action="Receive")
    answer = receive(broker, wait=False, operation_timeout=1)
    assert (answer.state, answer.session["state"]) == ("running", "Disconnected")


@pytest.mark.parametrize("action", ["Command", "Disconnect"])
def test_a_lost_answer_leaves_it_once(broker: Broker, endpoint: Endpoint, gate: Gate, action: str) -> None:
    endpoint.faults.add("drop-after", action=action)
    leave(broker, f"'first'; {gate.wait} 'last'")
    assert [shell.state for shell in endpoint.shells] == [State.DISCONNECTED]
    assert endpoint.counters.actions["Command"] == 1
    gate.open()
    answer = receive(broker)
    assert (answer.state, answer.output) == ("completed", ["first", "last"])


@pytest.mark.parametrize("action", ["Reconnect", "Connect", "Enumerate"])
def test_a_lost_answer_loses_no_output(broker: Broker, other: Broker, endpoint: Endpoint, action: str) -> None:
    leave(broker, "'first'; 'last'")
    ended(endpoint)
    endpoint.faults.add("drop-after", action=action)
    answer = receive(broker if action == "Reconnect" else other)
    assert (answer.state, answer.output) == ("completed", ["first", "last"])


LONG = "1..300 | ForEach-Object { [string]$_ + 'x' * 10000 }; 'end'"


def test_drop_loses_the_oldest_and_says_so(broker: Broker, other: Broker, endpoint: Endpoint) -> None:
    for receiver in (broker, other):
        leave(broker, LONG, name=name_of(receiver))
        ended(endpoint)
        answer = receive(receiver, name=name_of(receiver))
        assert answer.state == "completed"
        assert answer.finished.truncated
        assert answer.output[-1] == "end"
        numbers = [int(text.rstrip("x")) for text in answer.output[:-1]]
        assert numbers == list(range(numbers[0], 301))
        assert numbers[0] > 1
        assert receive(receiver, name=name_of(receiver), remove=True).state == "completed"


def test_block_loses_nothing(broker: Broker, endpoint: Endpoint) -> None:
    leave(broker, LONG, output_buffering_mode="Block")
    answer = receive(broker)
    assert (answer.state, len(answer.output), answer.finished.truncated) == ("completed", 301, False)


def test_a_client_that_goes_away_leaves_it_running(broker: Broker, endpoint: Endpoint, gate: Gate) -> None:
    leave(broker, f"'first'; {gate.wait} 'last'")
    worker = broker.another_client()
    worker._socket.settimeout(0.5)
    with pytest.raises(PSSessionError):
        worker.run(messages.Receive(broker.target(), messages.Selector(["left"])))
    worker.close()
    wait_for(lambda: [shell.state for shell in endpoint.shells] == [State.DISCONNECTED])
    gate.open()
    answer = receive(broker)
    assert (answer.state, answer.output[-1]) == ("completed", "last")


def test_a_broker_that_ends_leaves_it_running(broker: Broker, other: Broker, endpoint: Endpoint, gate: Gate) -> None:
    leave(other, f"'first'; {gate.wait} 'last'")
    seen: list[typing.Any] = []

    def on_records(entries: list[typing.Any], _body: bytes) -> None:
        """The broker is told to end while it receives."""
        seen.extend(entries)
        ender = other.another_client()
        ender.request(messages.Shutdown())
        ender.close()

    request = messages.Receive(other.target(), messages.Selector(["left"]))
    finished = other.client.run(request, on_records=on_records)
    assert (finished.state, finished.session["state"], seen) == ("running", "Disconnected", [["output", "first"]])
    wait_for(lambda: [shell.state for shell in endpoint.shells] == [State.DISCONNECTED])
    gate.open()
    assert receive(broker).output == ["last"]
    other.client = other.another_client()


def test_a_lost_session_is_an_error_and_no_empty_answer(broker: Broker, endpoint: Endpoint) -> None:
    leave(broker, "'x'")
    endpoint.restart()
    with pytest.raises(PSSessionError, match="its state is lost"):
        receive(broker)
    assert endpoint.counters.shells_created == 1


def test_an_answer_that_is_lost_is_told(broker: Broker, endpoint: Endpoint) -> None:
    leave(broker, "1..50")
    ended(endpoint)
    endpoint.faults.add("drop-after", action="Receive")
    with pytest.raises(PSSessionError, match="could not be received") as caught:
        receive(broker)
    assert caught.value.kind is ErrorKind.UNKNOWN
    assert receive(broker).state == "none"
    assert broker.run("'usable'", selector=messages.Selector(["left"]))[1] == ["usable"]


def test_a_broker_that_is_killed_does_not_take_it_along(broker: Broker, other: Broker, endpoint: Endpoint) -> None:
    leave(other, "'survives'")
    other.kill()
    ended(endpoint)
    answer = receive(broker)
    assert (answer.state, answer.output) == ("completed", ["survives"])
    other.client = other.another_client()
