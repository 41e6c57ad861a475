# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pool's life, with psrpcore's server half at the other end."""

from __future__ import annotations

import uuid

import psrpcore
import pytest
from psrpcore import types as ps

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import (
    StateError,
    ValueNotSupported,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pool import PoolClient
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import PipelineState, Record, ServerInfo
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    ServerHalf,
    by_stream,
    opened_pool,
)

WITH_INPUT = PipelineSpec([Command("a script")], expects_input=True)


def test_a_pool_opens_and_tells_of_the_server() -> None:
    half = opened_pool(application_arguments={"job": "1", "nested": {"a": 1}})
    assert half.pool.opened
    assert half.pool.server == ServerInfo("2.3", "5.1.17763.1007", "Desktop", "An OS 1.0")
    assert half.server.application_arguments == {"job": "1", "nested": {"a": 1}}
    assert half.server.runspace_pool_id == uuid.UUID(int=1)
    assert (half.server.min_runspaces, half.server.max_runspaces) == (1, 1)


def test_a_pool_opens_once() -> None:
    half = opened_pool()
    for opening in (half.pool.creation, half.pool.connection):
        with pytest.raises(StateError, match="open the pool"):
            opening()


def test_nothing_starts_before_the_pool_is_open() -> None:
    pool = PoolClient(uuid.uuid4())
    for action in (lambda: pool.start(WITH_INPUT), pool.request_key, pool.disconnected, pool.reconnected):
        with pytest.raises(StateError):
            action()


def test_a_pipeline_runs() -> None:
    half = opened_pool()
    commands = [
        Command("first", parameters=[("Name", "n"), (None, 5)], use_local_scope=True),
        Command("Get-Item", is_script=False, end_of_statement=True),
        Command("last", end_of_statement=True),
    ]
    pipeline, server = half.start(PipelineSpec(commands, add_to_history=True))
    assert pipeline.state is PipelineState.RUNNING
    first, second, third = server.metadata.commands
    assert (first.command_text, first.is_script, first.use_local_scope) == ("first", True, True)
    assert first.parameters == [("Name", "n"), (None, 5)]
    assert (second.command_text, second.is_script, second.end_of_statement) == ("Get-Item", False, True)
    assert third.command_text == "last"
    assert (server.metadata.add_to_history, server.metadata.no_input) == (True, True)
    server.write_output("done")
    server.complete()
    assert half.answer() == [
        Record(pipeline.pipeline_id, "output", "done"),
        Record(pipeline.pipeline_id, "state", {"state": "completed", "error": None}),
    ]
    assert pipeline.state is PipelineState.COMPLETED


def test_a_pipeline_needs_a_command() -> None:
    with pytest.raises(ValueNotSupported, match="needs a command"):
        opened_pool().pool.start(PipelineSpec([]))


def test_a_refused_parameter_leaves_nothing_behind() -> None:
    half = opened_pool()
    with pytest.raises(ValueNotSupported):
        half.pool.start(PipelineSpec([Command("x", parameters=[("p", object())])]))
    assert half.pool.take(1000) is None


def test_a_null_input_goes_as_input() -> None:
    half = opened_pool()
    pipeline, _server = half.start(WITH_INPUT)
    pipeline.input(None)
    pipeline.input([None])
    pipeline.end_input()
    events = half.deliver()
    assert [type(event) for event in events] == [
        psrpcore.PipelineInputEvent,
        psrpcore.PipelineInputEvent,
        psrpcore.EndOfPipelineInputEvent,
    ]
    assert [event.data for event in events[:2]] == [None, [None]]


def test_input_is_for_a_running_pipeline_that_expects_it() -> None:
    half = opened_pool()
    without, _server = half.start()
    with pytest.raises(StateError, match="send input"):
        without.input(1)
    without.end_input()
    pipeline, server = half.start(WITH_INPUT)
    pipeline.end_input()
    pipeline.end_input()
    assert len(half.deliver()) == 1
    with pytest.raises(StateError, match="end of input"):
        pipeline.input(1)
    server.complete()
    half.answer()
    with pytest.raises(StateError, match="completed"):
        pipeline.end_input()
    half.pool.close_pipeline(pipeline.pipeline_id)
    with pytest.raises(StateError, match="closed"):
        pipeline.input(1)


@pytest.mark.parametrize("limit", [22, 23, 97, 1000, 512_000])
def test_messages_travel_at_any_envelope_size(limit: int) -> None:
    half = ServerHalf(PoolClient(uuid.uuid4()), fragment_size=limit)
    half.open()
    pipeline = half.pool.start(WITH_INPUT)
    pipeline.input("in " * 50)
    pipeline.end_input()
    events = half.deliver(limit)
    assert [type(event).__name__ for event in events] == [
        "CreatePipelineEvent",
        "PipelineInputEvent",
        "EndOfPipelineInputEvent",
    ]
    server = half.run(pipeline.pipeline_id)
    server.write_output("out " * 50)
    assert by_stream(half.answer(), "output") == ["out " * 50]


def test_pipelines_may_be_interleaved() -> None:
    half = opened_pool()
    half.fragment_size = 100
    pairs = [half.start(WITH_INPUT) for _number in range(3)]
    for number, (pipeline, server) in enumerate(pairs):
        pipeline.input(number)
        server.write_output(f"{number}" * 100)
    for number, event in enumerate(half.deliver()):
        assert (event.pipeline_id, event.data) == (pairs[number][0].pipeline_id, number)
    for _pipeline, server in reversed(pairs):
        server.complete()
    records = half.answer()
    assert [(each.pipeline_id, each.value) for each in records if each.stream == "output"] == [
        (pipeline.pipeline_id, f"{number}" * 100) for number, (pipeline, _server) in enumerate(pairs)
    ]
    assert all(pipeline.state is PipelineState.COMPLETED for pipeline, _server in pairs)


def test_a_stopped_pipeline() -> None:
    half = opened_pool()
    pipeline, server = half.start()
    server.begin_stop()
    server.stop()
    (state,) = by_stream(half.answer(), "state")
    assert isinstance(state, dict)
    assert (state["state"], state["error"]["fully_qualified_error_id"]) == ("stopped", "PipelineStopped")
    assert pipeline.state is PipelineState.STOPPED


def test_a_closed_pipelines_late_messages_are_ignored() -> None:
    half = opened_pool()
    pipeline, server = half.start(WITH_INPUT)
    pipeline.input("never sent")
    half.pool.close_pipeline(pipeline.pipeline_id)
    assert half.pool.take(10_000) is None
    server.write_output("late")
    server.host_call(ps.HostMethodIdentifier.ReadLine)
    server.complete()
    assert half.answer() == []
    assert half.pool.take(10_000) is None


# --- another client's pool ------------------------------------------------------------------------------------------


def test_a_pool_is_taken_over_with_what_runs_in_it() -> None:
    first = opened_pool()
    pipeline, server = first.start()
    first.server.disconnect()
    first.server.connect()
    second = PoolClient(uuid.UUID(int=1))
    first.pool = second
    first.receive(second.connection(), None)
    first.answer()
    assert second.opened
    adopted = second.adopt(pipeline.pipeline_id)
    assert adopted.state is PipelineState.RUNNING
    server.write_output("still there")
    server.host_call(ps.HostMethodIdentifier.ReadLine)
    server.complete()
    records = first.answer()
    assert by_stream(records, "output") == ["still there"]
    assert by_stream(records, "host_call_refused") == ["ReadLine"]
    assert adopted.state is PipelineState.COMPLETED
    with pytest.raises(StateError):
        adopted.input(1)


def test_a_pipeline_goes_on_over_a_disconnect() -> None:
    half = opened_pool()
    half.fragment_size = 60
    pipeline, server = half.start()
    server.write_output("x" * 100)
    payloads = [half.server.data_to_send(60) for _number in range(4)]
    half.pool.feed(payloads[0].data)
    half.pool.disconnected()
    assert not half.pool.opened
    with pytest.raises(StateError, match="Disconnected"):
        half.pool.start(WITH_INPUT)
    half.pool.reconnected()
    records = [record for payload in payloads[1:] if payload for record in half.pool.feed(payload.data)]
    assert by_stream([*records, *half.answer()], "output") == ["x" * 100]
    assert pipeline.state is PipelineState.RUNNING
