# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions made for one run: left in the middle of it, or removed at its end, against the test endpoint."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import (
    Gate,
    leave,
    receive,
)


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


def test_a_session_in_which_something_runs_is_busy(broker: Broker, gate: Gate) -> None:
    leave(broker, f"{gate.wait} 'last'")
    with pytest.raises(PSSessionError, match="pssession_receive") as caught:
        broker.run("1", selector=messages.Selector(["left"]), busy_timeout=0)
    assert caught.value.kind is ErrorKind.BUSY
    gate.open()
    assert broker.run("'free'", selector=messages.Selector(["left"]))[1] == ["free"]
    assert receive(broker).output == ["last"]


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
        assert (error.kind, error.session, state) == (ErrorKind.STOPPED, None, None)
    assert ["output", "not new"] not in entries
    wait_for(lambda: len(endpoint.shells) == 1)
    assert len(broker.rows()) == 1
    assert endpoint.counters.shells_created == 2
