# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's process against the test endpoint: what its clients get, and what the server is left with."""

from __future__ import annotations

import pathlib
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.shells import State
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    PASSWORD,
    Broker,
    wait_for,
)


def test_state_lives_from_one_run_to_the_next(broker: Broker, endpoint: Endpoint) -> None:
    broker.run("$a = 20; function Double($n) { $n * 2 }; Set-Alias dbl Double")
    finished, output = broker.run("dbl ($a + 1)")
    assert output == [42]
    assert (finished.state, finished.session["recreated"]) == ("completed", False)
    assert endpoint.counters.shells_created == 1


def test_a_run_costs_two_requests_and_a_terminate_behind_them(broker: Broker, endpoint: Endpoint) -> None:
    broker.run("1")
    wait_for(lambda: endpoint.counters.actions["Signal"] == 1)
    before = dict(endpoint.counters.actions)
    for number in range(5):
        assert broker.run(f"{number}")[1] == [number]
    wait_for(lambda: endpoint.counters.actions["Signal"] == 6)
    counts = {action: count - before.get(action, 0) for action, count in endpoint.counters.actions.items()}
    assert counts == {"Create": 0, "Command": 5, "Receive": 5, "Signal": 5}
    assert endpoint.counters.connections == 2


def test_a_hang_up_stops_what_runs(broker: Broker, endpoint: Endpoint) -> None:
    worker = broker.another_client()
    worker._socket.settimeout(1)
    with pytest.raises(PSSessionError):
        worker.run(messages.Run(broker.target(), [messages.Command("Start-Sleep 300; 'slept'")], shared=True))
    worker.close()
    assert broker.run("'awake'")[1] == ["awake"]
    assert endpoint.counters.shells_created == 1


def test_a_timeout_stops_the_pipeline_and_keeps_the_session(broker: Broker, endpoint: Endpoint) -> None:
    session = broker.run("$kept = 1")[0].session
    with pytest.raises(PSSessionError, match=r"timeout of 0\.5 s") as error:
        broker.run("Start-Sleep 300", timeout=0.5)
    assert (error.value.kind, error.value.session) == (ErrorKind.STOPPED, session)
    assert broker.run("$kept")[1] == [1]
    assert endpoint.counters.shells_created == 1


def test_input_larger_than_an_envelope_arrives_whole(broker: Broker) -> None:
    text = [f"{number:06}" + "x" * 1000 for number in range(1500)]
    script = "begin { $n = 0; $sum = 0 } process { $n++; $sum += $_.Length } end { $n; $sum }"
    assert broker.run(script, input="values", values=text)[1] == [1500, 1500 * 1006]


def test_chunks_arrive_as_base64_strings(broker: Broker) -> None:
    chunks = [bytes([number]) * 100_000 for number in range(20)]
    output: list[typing.Any] = []
    script = "process { [Convert]::FromBase64String($_).Length }"
    request = messages.Run(broker.target(), [messages.Command(script)], input="chunks")
    broker.client.run(request, chunks=iter(chunks), on_records=lambda entries, _body: output.extend(entries))
    assert output == [["output", 100_000]] * 20


def test_chunks_that_nobody_wants_are_taken_all_the_same(broker: Broker) -> None:
    request = messages.Run(broker.target(), [messages.Command("throw 'no'")], input="chunks")
    finished = broker.client.run(request, chunks=(b"x" * 100_000 for _number in range(50)))
    assert finished.state == "failed"
    assert broker.run("'next'")[1] == ["next"]


def test_a_reset_removes_the_session(broker: Broker, endpoint: Endpoint) -> None:
    broker.run("$a = 1")
    assert broker.client.request(messages.Reset(broker.target())).count == 1
    assert endpoint.shells == []
    finished, output = broker.run("$null -eq $a")
    assert output == [True]
    assert not finished.session["recreated"]


def test_a_lost_shell_is_told_to_whom_state_matters(broker: Broker, endpoint: Endpoint) -> None:
    broker.run("$a = 1")
    endpoint.restart()
    finished, output = broker.run("$null -eq $a")
    assert output == [True]
    assert finished.session["recreated"]
    assert "its state is gone" in finished.warnings[0]


def test_a_wrong_password_never_gets_the_open_session(broker: Broker, endpoint: Endpoint) -> None:
    broker.run("1")
    failures = endpoint.counters.authentication_failures
    with pytest.raises(PSSessionError, match="admin") as error:
        broker.run("1", password="wrong")
    assert error.value.kind is ErrorKind.UNREACHABLE
    assert endpoint.counters.authentication_failures - failures == 1
    assert broker.run("2")[1] == [2]


def test_a_named_session_is_left_and_found_again(broker: Broker, endpoint: Endpoint, tmp_path: pathlib.Path) -> None:
    first = Broker(tmp_path / "t", endpoint)
    first.run("$a = 'kept'", session_name="work")
    first.end()
    wait_for(lambda: [(s.settings.name, s.state) for s in endpoint.shells] == [("work", State.DISCONNECTED)])
    finished, output = broker.run("$a", session_name="work")
    assert output == ["kept"]
    assert (finished.session["reconnected"], finished.session["recreated"]) == (True, False)
    assert endpoint.counters.shells_created == 1


def test_one_name_is_one_session(broker: Broker, endpoint: Endpoint) -> None:
    other = broker.another_client()
    broker.run("$a = 1", session_name="work")
    records: list[typing.Any] = []
    request = messages.Run(broker.target(session_name="work"), [messages.Command("$a")])
    other.run(request, on_records=lambda entries, _body: records.extend(entries))
    other.close()
    assert records == [["output", 1]]
    assert len(endpoint.shells) == 1


def test_the_rows_tell_what_is_there(broker: Broker) -> None:
    broker.run("1")
    answer: messages.Sessions = broker.client.request(messages.ListSessions(broker.target()))
    row = answer.sessions[0]
    assert (row["name"], row["state"], row["availability"]) == ("Ansible1", "Opened", "Available")
    assert (row["owner"], row["idle_timeout"], row["configuration_name"]) == ("admin", 300, "Microsoft.PowerShell")
    assert answer.broker["counters"]["sessions_opened"] == 1
    assert PASSWORD not in str(answer)
