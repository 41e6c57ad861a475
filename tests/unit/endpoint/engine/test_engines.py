# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine does beyond answering a script: input, hosts, secrets, stopping, queues (test process).

Each test runs on the embedded engine and on the same one behind standard input and output, as ``pwsh -s`` would be.
"""

from __future__ import annotations

import collections.abc
import sys
import threading
import typing
import uuid

import psrpcore
import pytest
from psrpcore.types import (
    ErrorCategoryInfo,
    ErrorRecord,
    HostInfo,
    HostMethodIdentifier,
    NETException,
    PSInvocationState,
    PSRPMessageType,
    PSSecureString,
    RunspacePoolState,
)

from ansible_collections.remoting.powershell.tests.endpoint.engine.api import Engine
from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine, EmbeddedSession
from ansible_collections.remoting.powershell.tests.endpoint.engine.fragments import MAX_FRAGMENT
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace
from ansible_collections.remoting.powershell.tests.endpoint.engine.pwsh import PwshEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, QueueSink, script

STAND_IN = [
    sys.executable,
    "-m",
    "ansible_collections.remoting.powershell.tests.endpoint",
    "--stdio",
    "--engine",
    "embedded",
]
_HOST = HostInfo(IsHostNull=False, IsHostUINull=False, IsHostRawUINull=True, UseRunspaceHost=False)


@pytest.fixture(params=["embedded", "stdio"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Engine:
    if request.param == "embedded":
        return EmbeddedEngine()
    monkeypatch.setenv("PYTHONPATH", ":".join(entry for entry in sys.path if entry))
    return PwshEngine(STAND_IN, "stand-in")


@pytest.fixture
def client(engine: Engine) -> collections.abc.Iterator[EngineClient]:
    opened = EngineClient(engine)
    yield opened
    opened.close()


def _outputs(events: list[typing.Any]) -> list[typing.Any]:
    return [event.data for event in events if isinstance(event, psrpcore.PipelineOutputEvent)]


def _state(events: list[typing.Any]) -> PSInvocationState:
    assert isinstance(events[-1], psrpcore.PipelineStateEvent)
    return events[-1].state


def test_a_script_is_answered_and_the_pipeline_completes(client: EngineClient) -> None:
    events = client.run_events(script("$true"))
    assert _outputs(events) == [True]
    assert _state(events) == PSInvocationState.Completed


def test_a_command_with_parameters_is_run(client: EngineClient) -> None:
    command = psrpcore.Command("Write-Output").add_parameter("InputObject", "given")
    assert _outputs(client.run_events(command)) == ["given"]


def test_a_pipeline_of_commands_passes_its_objects_on(client: EngineClient) -> None:
    commands = script("1, 2, 3"), psrpcore.Command("Select-Object").add_parameter("First", 2)
    assert _outputs(client.run_events(*commands)) == [1, 2]


def test_statements_run_one_after_the_other(client: EngineClient) -> None:
    first, second = script("$a = 1; $a"), script("$a + 1")
    first.end_of_statement = True
    assert _outputs(client.run_events(first, second)) == [1, 2]


def test_a_script_in_a_local_scope_leaves_nothing(client: EngineClient) -> None:
    local = script("$a = 1")
    local.use_local_scope = True
    client.run(local)
    assert _outputs(client.run_events(script("$null -eq $a"))) == [True]


def test_input_comes_as_it_is_sent(client: EngineClient) -> None:
    powershell = client.start(script('process { "<$_>" }'), no_input=False)
    powershell.send("a")
    client.flush(powershell.pipeline_id)
    client.wait_until(lambda: len(client.messages.get(powershell.pipeline_id, ())) == 1)
    powershell.send("b")
    client.flush(powershell.pipeline_id)
    powershell.send_eof()
    client.flush(powershell.pipeline_id)
    client.wait_end(powershell)
    assert _outputs(client.events[powershell.pipeline_id]) == ["<a>", "<b>"]


def test_large_input_and_output_arrive_in_fragments_of_32_kib(client: EngineClient) -> None:
    text = "x" * 1_000_000
    sizes: list[int] = []
    original = client.sink.data

    def measured(pipeline_id: uuid.UUID | None, data: bytes) -> None:
        sizes.append(len(data))
        original(pipeline_id, data)

    client.sink.data = measured  # type: ignore[method-assign]
    assert _outputs(client.run_events(script("$input"), input=[text])) == [text]
    assert len(sizes) > 30
    assert max(sizes) <= MAX_FRAGMENT


def test_exit_calls_the_host_and_completes(client: EngineClient) -> None:
    events = client.run_events(script("exit 3"))
    (call,) = [event for event in events if isinstance(event, psrpcore.PipelineHostCallEvent)]
    assert call.method_identifier == HostMethodIdentifier.SetShouldExit
    assert call.method_parameters == [3]
    assert _state(events) == PSInvocationState.Completed


def _ask(client: EngineClient, text: str) -> tuple[psrpcore.ClientPowerShell, psrpcore.PipelineHostCallEvent]:
    powershell = client.start(script(text), host=_HOST)
    calls: list[psrpcore.PipelineHostCallEvent] = []

    def asked() -> bool:
        events = client.events.get(powershell.pipeline_id, [])
        calls[:] = [event for event in events if isinstance(event, psrpcore.PipelineHostCallEvent)]
        return bool(calls)

    client.wait_until(asked)
    return powershell, calls[0]


def test_the_host_is_asked_and_its_answer_is_used(client: EngineClient) -> None:
    powershell, call = _ask(client, "'<' + $Host.UI.ReadLine() + '>'")
    assert call.method_identifier == HostMethodIdentifier.ReadLine
    powershell.host_response(call.ci, "typed")
    client.flush(powershell.pipeline_id)
    client.wait_end(powershell)
    assert _outputs(client.events[powershell.pipeline_id]) == ["<typed>"]


def test_an_error_of_the_host_is_an_error_of_the_script(client: EngineClient) -> None:
    powershell, call = _ask(client, 'try { $Host.UI.ReadLine() } catch { "caught: $_" }')
    refusal = ErrorRecord(
        Exception=NETException(Message="nobody is there"),
        CategoryInfo=ErrorCategoryInfo(),
        FullyQualifiedErrorId="Refused",
    )
    powershell.host_response(call.ci, error_record=refusal)
    client.flush(powershell.pipeline_id)
    client.wait_end(powershell)
    (told,) = _outputs(client.events[powershell.pipeline_id])
    assert told.startswith("caught: ")
    assert "nobody is there" in told


def test_what_the_host_is_told_needs_no_answer(client: EngineClient) -> None:
    events = client.run_events(script("$Host.UI.WriteErrorLine('told')"), host=_HOST)
    (call,) = [event for event in events if isinstance(event, psrpcore.PipelineHostCallEvent)]
    assert call.method_identifier == HostMethodIdentifier.WriteErrorLine
    assert call.method_parameters == ["told"]
    assert _state(events) == PSInvocationState.Completed


def test_a_pipeline_that_waits_for_the_host_can_be_stopped(client: EngineClient) -> None:
    powershell, _call = _ask(client, "$Host.UI.ReadLine()")
    client.session.stop_pipeline(powershell.pipeline_id)
    client.wait_end(powershell)
    assert _state(client.events[powershell.pipeline_id]) == PSInvocationState.Stopped


def _exchange_keys(client: EngineClient) -> None:
    client.pool.exchange_key()
    client.flush(None)
    client.wait_until(lambda: any(one.kind == PSRPMessageType.EncryptedSessionKey for one in client.messages[None]))


def test_secure_strings_travel_both_ways_after_the_keys_were_exchanged(client: EngineClient) -> None:
    _exchange_keys(client)
    before = set(client.messages)
    given = script("param($Secret) $Secret", Secret=PSSecureString("geheim"))
    (answer,) = _outputs(client.run_events(given))
    assert isinstance(answer, PSSecureString)
    assert answer.decrypt() == "geheim"
    assert set(client.messages) == before


def test_a_running_pipeline_is_stopped_and_the_next_one_runs(client: EngineClient) -> None:
    powershell = client.start(script("'begun'; while ($true) { Start-Sleep -Milliseconds 20 }"))
    client.wait_until(lambda: powershell.pipeline_id in client.messages)
    client.session.stop_pipeline(powershell.pipeline_id)
    client.wait_end(powershell)
    last = client.events[powershell.pipeline_id][-1]
    assert isinstance(last, psrpcore.PipelineStateEvent)
    assert last.state == PSInvocationState.Stopped
    assert last.reason is not None
    assert last.reason.FullyQualifiedErrorId == "PipelineStopped"
    client.close_pipeline(powershell)
    assert _outputs(client.run_events(script("'alive'"))) == ["alive"]


def test_a_pipeline_that_waits_for_input_is_stopped(client: EngineClient) -> None:
    powershell = client.start(script("$input"), no_input=False)
    client.session.stop_pipeline(powershell.pipeline_id)
    client.wait_end(powershell)
    assert _state(client.events[powershell.pipeline_id]) == PSInvocationState.Stopped


def test_closing_a_running_pipeline_frees_the_runspace(client: EngineClient) -> None:
    powershell = client.start(script("'begun'; while ($true) { Start-Sleep -Milliseconds 20 }"))
    client.wait_until(lambda: powershell.pipeline_id in client.messages)
    client.close_pipeline(powershell)
    assert _outputs(client.run_events(script("'alive'"))) == ["alive"]
    assert powershell.pipeline_id not in client.ended


def test_pipelines_beyond_the_runspaces_wait_their_turn(client: EngineClient) -> None:
    first = client.start(script("$input | Out-Null; 'first'"), no_input=False)
    second = client.start(script("'second'"))
    third = client.start(script("'third'"))
    client.session.stop_pipeline(third.pipeline_id)
    client.wait_end(third)
    assert _state(client.events[third.pipeline_id]) == PSInvocationState.Stopped
    assert second.pipeline_id not in client.messages
    first.send_eof()
    client.flush(first.pipeline_id)
    client.wait_end(second)
    assert _outputs(client.events[first.pipeline_id]) == ["first"]
    assert _outputs(client.events[second.pipeline_id]) == ["second"]


def test_two_runspaces_run_two_pipelines_at_once(engine: Engine) -> None:
    client = EngineClient(engine, min_runspaces=1, max_runspaces=2)
    waiting = client.start(script("$input"), no_input=False)
    assert _outputs(client.run_events(script("'meanwhile'"))) == ["meanwhile"]
    waiting.send_eof()
    client.flush(waiting.pipeline_id)
    client.wait_end(waiting)
    client.close()


def _availability(client: EngineClient) -> typing.Any:
    client.events[None].clear()
    client.flush(None)
    client.wait_until(lambda: bool(client.events[None]))
    return client.events[None][0]


def test_runspaces_are_counted_and_their_limit_is_changed(client: EngineClient) -> None:
    client.pool.get_available_runspaces()
    assert _availability(client).count == 1
    client.pool.set_max_runspaces(3)
    assert _availability(client).success is True
    client.pool.get_available_runspaces()
    assert _availability(client).count == 3


def test_a_reset_takes_the_variables_away(client: EngineClient) -> None:
    client.run(script("$Global:kept = 1"))
    client.pool.reset_runspace_state()
    assert _availability(client).success is True
    assert _outputs(client.run_events(script("$null -eq $Global:kept"))) == [True]


def test_another_client_connects_to_the_pool(client: EngineClient) -> None:
    client.run(script("$Global:kept = 1"))
    client.pool = psrpcore.ClientRunspacePool(runspace_pool_id=client.pool.runspace_pool_id)
    client.pool.connect()
    client.flush(None)
    client.wait_until(lambda: client.pool.state == RunspacePoolState.Opened)
    assert client.pool.max_runspaces == 1
    assert _outputs(client.run_events(script("$Global:kept"))) == [1]


def test_a_session_that_gets_nonsense_ends(client: EngineClient) -> None:
    header = (1).to_bytes(8, "big") + (0).to_bytes(8, "big") + b"\x03" + (60).to_bytes(4, "big")
    client.session.send(None, header + b"\xff" * 60)
    client.wait_until(lambda: client.exit_reason is not None)


def test_the_pool_says_who_it_is(client: EngineClient) -> None:
    assert client.pool.state == RunspacePoolState.Opened
    table = client.pool.application_private_data["PSVersionTable"]
    assert table["PSEdition"] == "Core"


def test_an_error_of_the_evaluator_fails_its_pipeline_only(monkeypatch: pytest.MonkeyPatch) -> None:
    client = EngineClient(EmbeddedEngine())
    with monkeypatch.context() as patched:
        patched.setattr(Runspace, "invoke", lambda *arguments: [][0])
        events = client.run_events(script("1"))
    assert _state(events) == PSInvocationState.Failed
    assert "IndexError" in str(events[-1].reason)
    assert _outputs(client.run_events(script("1"))) == [1]
    client.close()


class _StuckSink(QueueSink):
    """A client that reads nothing of one pipeline."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck = threading.Event()
        self.released = threading.Event()

    def data(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        if pipeline_id is not None and not self.released.is_set():
            self.stuck.set()
            self.released.wait()
        super().data(pipeline_id, data)


def test_a_client_that_reads_nothing_holds_up_neither_a_stop_nor_the_pool() -> None:
    sink = _StuckSink()
    client = EngineClient(EmbeddedEngine(), sink)
    powershell = client.start(script("while ($true) { 'x' }"))
    assert sink.stuck.wait(30)
    client.pool.get_available_runspaces()
    assert _availability(client).count == 0
    client.session.stop_pipeline(powershell.pipeline_id)
    sink.released.set()
    client.wait_end(powershell)
    assert _state(client.events[powershell.pipeline_id]) == PSInvocationState.Stopped
    client.close()


def test_no_thread_is_left_when_nothing_runs() -> None:
    client = EngineClient(EmbeddedEngine())
    client.run(script("1"))
    assert isinstance(client.session, EmbeddedSession)
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("pipeline-")]
    for thread in threading.enumerate():
        if thread.name in names:
            thread.join(30)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pipeline-")]
    client.close()
