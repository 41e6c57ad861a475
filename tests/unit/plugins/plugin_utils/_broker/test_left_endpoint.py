# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipelines that are left in a disconnected session, and whoever receives them, against the test endpoint."""

from __future__ import annotations

import collections
import dataclasses
import pathlib
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


@pytest.fixture(name="gate")
def _gate(tmp_path: pathlib.Path) -> typing.Iterator[Gate]:
    gate = Gate(tmp_path / "gate")
    yield gate
    gate.open()


@pytest.fixture(name="other")
def _other(tmp_path: pathlib.Path, endpoint: Endpoint) -> typing.Iterator[Broker]:
    """Another controller: a broker in another directory."""
    broker = Broker(tmp_path / "o", endpoint)
    yield broker
    broker.end()


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


def test_who_does_not_wait_asks_again_when_the_answer_is_lost(broker: Broker, endpoint: Endpoint, gate: Gate) -> None:
    leave(broker, f"{gate.wait} 'last'", operation_timeout=1)
    endpoint.faults.add("drop-after", action="Receive")
    answer = receive(broker, wait=False, operation_timeout=1)
    assert (answer.state, answer.session["state"]) == ("running", "Disconnected")


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


def test_a_session_without_a_name_gets_one(broker: Broker) -> None:
    left = leave(broker, "'x'", name=None)
    assert left.session["name"].startswith("Session")
    assert receive(broker, name=left.session["name"]).output == ["x"]


def test_all_of_the_input_is_sent_before_it_is_left(broker: Broker) -> None:
    text = [f"{number:06}" + "x" * 1000 for number in range(1500)]
    leave(broker, "begin { $n = 0 } process { $n++ } end { $n }", input="values", values=text)
    assert receive(broker).output == [1500]
    chunks = (b"y" * 1000 for _number in range(20))
    target = broker.target(session_name="chunks", output_buffering_mode="Drop")
    script = messages.Command("process { [Convert]::FromBase64String($_).Length }")
    broker.client.run(messages.Run(target, [script], input="chunks", leave=True), chunks=chunks)
    assert receive(broker, name="chunks").output == [1000] * 20


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"timeout": 5.0}, "timeout"),
        ({"temporary": True}, "temporary"),
        ({"interactive": True}, "interactive"),
        ({"selector": messages.Selector(["x"])}, "takes no selector"),
    ],
)
def test_what_does_not_go_with_leaving_is_refused(
    broker: Broker, endpoint: Endpoint, settings: dict[str, typing.Any], text: str
) -> None:
    with pytest.raises(PSSessionError, match=text) as caught:
        leave(broker, "1", **settings)
    assert caught.value.kind is ErrorKind.USAGE
    assert endpoint.counters.shells_created == 0


def test_what_cannot_start_leaves_no_session(broker: Broker, endpoint: Endpoint) -> None:
    endpoint.faults.add("quota", action="Command", quota="max_concurrent_commands_per_shell")
    with pytest.raises(PSSessionError):
        leave(broker, "1")
    assert endpoint.shells == []
    assert broker.rows() == []


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


def test_a_session_in_which_something_runs_is_busy(broker: Broker, gate: Gate) -> None:
    leave(broker, f"{gate.wait} 'last'")
    with pytest.raises(PSSessionError, match="pssession_receive") as caught:
        broker.run("1", selector=messages.Selector(["left"]), busy_timeout=0)
    assert caught.value.kind is ErrorKind.BUSY
    gate.open()
    assert broker.run("'free'", selector=messages.Selector(["left"]))[1] == ["free"]
    assert receive(broker).output == ["last"]


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
    ended(endpoint)
    answer = receive(broker)
    assert (answer.state, answer.output) == ("completed", ["survives"])


def test_a_run_delivers_what_came_before_its_stop(broker: Broker) -> None:
    entries: list[typing.Any] = []
    request = messages.Run(broker.target(), [messages.Command("'before'; Start-Sleep 300")], timeout=0.5)
    with pytest.raises(PSSessionError, match="timeout"):
        broker.client.run(request, on_records=lambda records, _body: entries.extend(records))
    assert entries == [["output", "before"]]


@pytest.mark.parametrize(
    ("script", "timeout", "state"),
    [("'x'", None, "completed"), ("throw 'x'", None, "failed"), ("Start-Sleep 300", 0.5, None)],
)
def test_a_temporary_session_is_gone_afterwards(
    broker: Broker, endpoint: Endpoint, script: str, timeout: float | None, state: str | None
) -> None:
    broker.run("$a = 'shared'")
    target = broker.target()
    request = messages.Run(
        target, [messages.Command(f"if ($a) {{ 'not new' }}; {script}")], temporary=True, timeout=timeout
    )
    entries: list[typing.Any] = []
    try:
        finished = broker.client.run(request, on_records=lambda records, _body: entries.extend(records))
        assert (finished.state, finished.session["state"]) == (state, "Closed")
    except PSSessionError as error:
        assert (error.kind, state) == (ErrorKind.STOPPED, None)
    assert ["output", "not new"] not in entries
    wait_for(lambda: len(endpoint.shells) == 1)
    assert len(broker.rows()) == 1
    assert endpoint.counters.shells_created == 2
