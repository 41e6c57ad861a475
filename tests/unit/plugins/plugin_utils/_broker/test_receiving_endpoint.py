# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who receives what was left in a session: its own broker, another one, once and again, against the test endpoint."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.shells import State
from ansible_collections.remoting.powershell.tests.unit.endpoint.server.clients import connect
from ansible_collections.remoting.powershell.tests.unit.endpoint.server.psrp_client import Client
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    PASSWORD,
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import (
    Gate,
    by_id,
    counting,
    ended,
    leave,
    name_of,
    receive,
)


def test_what_is_left_is_received_by_its_own_broker(broker: Broker, endpoint: Endpoint) -> None:
    left = leave(broker, "'one'; Write-Warning 'careful'; 2")
    assert (left.state, left.session["state"], left.session["name"]) == ("running", "Disconnected", "left")
    assert left.entries == []
    assert left.session["idle_timeout"] == 86400
    (shell,) = endpoint.shells
    assert (shell.state, shell.drop_output, shell.idle_timeout) == (State.DISCONNECTED, True, 86400)
    ended(endpoint)
    count = counting(endpoint)
    answer = receive(broker)
    wait_for(lambda: "Signal" in count())
    assert count() == {"Reconnect": 1, "Receive": 1, "Signal": 1}
    assert (answer.state, answer.session["state"], answer.session["reconnected"]) == ("completed", "Opened", True)
    assert answer.entries == [["output", "one"], ["warning", "careful"], ["output", 2]]
    assert not answer.finished.truncated
    wait_for(lambda: not shell.commands)


def test_a_second_receive_is_empty_and_knows_the_end(broker: Broker, endpoint: Endpoint) -> None:
    leave(broker, "'once'")
    assert receive(broker).output == ["once"]
    wait_for(lambda: endpoint.counters.actions["Signal"] == 1)
    count = counting(endpoint)
    again = receive(broker)
    assert (again.state, again.entries) == ("completed", [])
    assert count() == {}


def test_what_is_left_is_received_by_another_controller(broker: Broker, other: Broker, endpoint: Endpoint) -> None:
    leave(broker, "$a = 'kept'; 'one'; 2")
    ended(endpoint)
    count = counting(endpoint)
    answer = receive(other)
    wait_for(lambda: "Signal" in count())
    assert (answer.state, answer.output, answer.session["reconnected"]) == ("completed", ["one", 2], True)
    # Enumerate and Pull are the shells' and the commands'; Connect is the shell's and the command's.
    assert count()["Connect"] == 2
    assert sum(count().values()) <= 8
    assert (receive(other).state, receive(other).entries) == ("completed", [])
    assert other.run("$a", selector=messages.Selector(["left"]))[1] == ["kept"]
    with pytest.raises(PSSessionError, match=r"is Busy: another client .* Disconnect it there") as caught:
        receive(broker)
    assert caught.value.kind is ErrorKind.BUSY
    other.disconnect("left")
    assert receive(broker).state == "none"


def test_a_receive_waits_for_the_end(broker: Broker, gate: Gate) -> None:
    leave(broker, f"'first'; {gate.wait} 'last'")
    seen: list[typing.Any] = []

    def on_records(entries: list[typing.Any], _body: bytes) -> None:
        seen.extend(entries)
        gate.open()

    request = messages.Receive(broker.target(), messages.Selector(["left"]))
    finished = broker.client.run(request, on_records=on_records)
    assert (finished.state, seen) == ("completed", [["output", "first"], ["output", "last"]])


def test_who_does_not_wait_takes_nothing_while_it_runs(broker: Broker, other: Broker, gate: Gate) -> None:
    leave(broker, f"'first'; {gate.wait} 'last'")
    for someone in (broker, other, other, broker):
        answer = receive(someone, wait=False)
        assert (answer.state, answer.session["state"], answer.entries) == ("running", "Disconnected", [])
    gate.open()
    taken: list[typing.Any] = []

    def has_ended() -> bool:
        answer = receive(other, wait=False)
        taken.extend(answer.output)
        return answer.state == "completed"

    wait_for(has_ended)
    assert taken == ["first", "last"]


def test_who_does_not_wait_takes_all_when_it_has_ended(broker: Broker, endpoint: Endpoint) -> None:
    leave(broker, "'done'")
    ended(endpoint)
    answer = receive(broker, wait=False)
    assert (answer.state, answer.output, answer.session["state"]) == ("completed", ["done"], "Opened")


def test_a_timeout_delivers_what_came_and_lets_it_run(broker: Broker, endpoint: Endpoint, gate: Gate) -> None:
    leave(broker, f"'first'; {gate.wait} 'last'")
    answer = receive(broker, timeout=0.2)
    assert (answer.state, answer.output, answer.session["state"]) == ("running", ["first"], "Disconnected")
    (shell,) = endpoint.shells
    assert shell.state is State.DISCONNECTED
    gate.open()
    answer = receive(broker)
    assert (answer.state, answer.output) == ("completed", ["last"])


def test_a_timeout_at_another_controller_loses_nothing_either(broker: Broker, other: Broker, gate: Gate) -> None:
    leave(broker, f"'first'; {gate.wait} 'last'")
    assert receive(other, timeout=0.2).output == ["first"]
    gate.open()
    answer = receive(broker)
    assert (answer.state, answer.output) == ("completed", ["last"])
    assert not answer.finished.truncated


def test_a_failure_is_received_with_its_error(broker: Broker, other: Broker, endpoint: Endpoint) -> None:
    for receiver in (broker, other):
        leave(broker, "'before'; throw 'it went wrong'", name=name_of(receiver))
        answer = receive(receiver, name=name_of(receiver))
        assert (answer.state, answer.output) == ("failed", ["before"])
        assert "it went wrong" in answer.finished.error["message"]
        assert receive(receiver, name=name_of(receiver)).state == "failed"


def test_remove_removes_what_has_ended_only(broker: Broker, endpoint: Endpoint, gate: Gate) -> None:
    leave(broker, f"{gate.wait} 'last'")
    answer = receive(broker, timeout=0.2, remove=True)
    assert (answer.state, len(endpoint.shells)) == ("running", 1)
    assert (receive(broker, wait=False, remove=True).state, len(endpoint.shells)) == ("running", 1)
    gate.open()
    ended(endpoint)
    count = counting(endpoint)
    answer = receive(broker, remove=True)
    assert (answer.state, answer.output, answer.session["state"]) == ("completed", ["last"], "Closed")
    assert endpoint.shells == []
    assert count() == {"Reconnect": 1, "Receive": 1, "Delete": 1}
    assert broker.rows() == []


def test_remove_removes_also_what_was_received_before(broker: Broker, endpoint: Endpoint) -> None:
    leave(broker, "1")
    receive(broker)
    assert receive(broker, remove=True).state == "completed"
    assert endpoint.shells == []


def test_where_nothing_was_left_there_is_none(broker: Broker, endpoint: Endpoint) -> None:
    answer = receive(broker, name=None)
    assert (answer.state, answer.entries, endpoint.shells) == ("none", [], [])
    broker.open("idle")
    assert receive(broker, name="idle").state == "none"


def test_two_sessions_of_one_name_are_told_apart(broker: Broker, other: Broker) -> None:
    first, second = leave(broker, "'first'"), leave(broker, "'second'")
    assert first.session["instance_id"] != second.session["instance_id"]
    for someone in (broker, other):
        with pytest.raises(PSSessionError, match=r"instance_id") as caught:
            receive(someone)
        assert caught.value.kind is ErrorKind.USAGE
    assert receive(broker, selector=by_id(second)).output == ["second"]
    assert receive(other, selector=by_id(first)).output == ["first"]


def test_pipelines_of_one_session_never_mix(broker: Broker, endpoint: Endpoint) -> None:
    """Another kind of client may leave several; a Receive takes the first one of which something is left."""
    wsman = connect(endpoint, username="admin", password=PASSWORD, auth="ntlm", encryption="auto")
    native = Client(wsman)
    native.open("native")
    native.command("'a1'; 'a2'")
    native.command("'b1'; throw 'b2'")
    native.disconnect()
    wsman.close()
    ended(endpoint, 2)
    answers = [receive(broker, name="native") for _number in range(3)]
    assert [(answer.state, answer.output) for answer in answers] == [
        ("completed", ["a1", "a2"]),
        ("failed", ["b1"]),
        ("failed", []),
    ]
    receive(broker, name="native", remove=True)
    assert endpoint.shells == []
