# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pipeline on an engine: input, output, hosts, secrets, stopping (test process)."""

from __future__ import annotations

import uuid

import psrpcore
from psrpcore.types import (
    ErrorCategoryInfo,
    ErrorRecord,
    HostInfo,
    HostMethodIdentifier,
    NETException,
    PSInvocationState,
    PSRPMessageType,
    PSSecureString,
)

from ansible_collections.remoting.powershell.tests.endpoint.engine.fragments import MAX_FRAGMENT
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import (
    EngineClient,
    outputs,
    script,
    state,
)

_HOST = HostInfo(IsHostNull=False, IsHostUINull=False, IsHostRawUINull=True, UseRunspaceHost=False)


def test_a_script_is_answered_and_the_pipeline_completes(client: EngineClient) -> None:
    events = client.run_events(script("$true"))
    assert outputs(events) == [True]
    assert state(events) == PSInvocationState.Completed


def test_a_command_with_parameters_is_run(client: EngineClient) -> None:
    command = psrpcore.Command("Write-Output").add_parameter("InputObject", "given")
    assert outputs(client.run_events(command)) == ["given"]


def test_a_pipeline_of_commands_passes_its_objects_on(client: EngineClient) -> None:
    commands = script("1, 2, 3"), psrpcore.Command("Select-Object").add_parameter("First", 2)
    assert outputs(client.run_events(*commands)) == [1, 2]


def test_statements_run_one_after_the_other(client: EngineClient) -> None:
    first, second = script("$a = 1; $a"), script("$a + 1")
    first.end_of_statement = True
    assert outputs(client.run_events(first, second)) == [1, 2]


def test_a_script_in_a_local_scope_leaves_nothing(client: EngineClient) -> None:
    local = script("$a = 1")
    local.use_local_scope = True
    client.run(local)
    assert outputs(client.run_events(script("$null -eq $a"))) == [True]


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
    assert outputs(client.events[powershell.pipeline_id]) == ["<a>", "<b>"]


def test_large_input_and_output_arrive_in_fragments_of_32_kib(client: EngineClient) -> None:
    text = "x" * 1_000_000
    sizes: list[int] = []
    original = client.sink.data

    def measured(pipeline_id: uuid.UUID | None, data: bytes) -> None:
        sizes.append(len(data))
        original(pipeline_id, data)

    client.sink.data = measured  # type: ignore[method-assign]
    assert outputs(client.run_events(script("$input"), input=[text])) == [text]
    assert len(sizes) > 30
    assert max(sizes) <= MAX_FRAGMENT


def test_exit_calls_the_host_and_completes(client: EngineClient) -> None:
    events = client.run_events(script("exit 3"))
    (call,) = [event for event in events if isinstance(event, psrpcore.PipelineHostCallEvent)]
    assert call.method_identifier == HostMethodIdentifier.SetShouldExit
    assert call.method_parameters == [3]
    assert state(events) == PSInvocationState.Completed


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
    assert outputs(client.events[powershell.pipeline_id]) == ["<typed>"]


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
    (told,) = outputs(client.events[powershell.pipeline_id])
    assert told.startswith("caught: ")
    assert "nobody is there" in told


def test_what_the_host_is_told_needs_no_answer(client: EngineClient) -> None:
    events = client.run_events(script("$Host.UI.WriteErrorLine('told')"), host=_HOST)
    (call,) = [event for event in events if isinstance(event, psrpcore.PipelineHostCallEvent)]
    assert call.method_identifier == HostMethodIdentifier.WriteErrorLine
    assert call.method_parameters == ["told"]
    assert state(events) == PSInvocationState.Completed


def test_a_pipeline_that_waits_for_the_host_can_be_stopped(client: EngineClient) -> None:
    powershell, _call = _ask(client, "$Host.UI.ReadLine()")
    client.session.stop_pipeline(powershell.pipeline_id)
    client.wait_end(powershell)
    assert state(client.events[powershell.pipeline_id]) == PSInvocationState.Stopped


def _exchange_keys(client: EngineClient) -> None:
    client.pool.exchange_key()
    client.flush(None)
    client.wait_until(lambda: any(one.kind == PSRPMessageType.EncryptedSessionKey for one in client.messages[None]))


def test_secure_strings_travel_both_ways_after_the_keys_were_exchanged(client: EngineClient) -> None:
    _exchange_keys(client)
    before = set(client.messages)
    given = script("param($Secret) $Secret", Secret=PSSecureString("geheim"))
    (answer,) = outputs(client.run_events(given))
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
    assert outputs(client.run_events(script("'alive'"))) == ["alive"]


def test_a_pipeline_that_waits_for_input_is_stopped(client: EngineClient) -> None:
    powershell = client.start(script("$input"), no_input=False)
    client.session.stop_pipeline(powershell.pipeline_id)
    client.wait_end(powershell)
    assert state(client.events[powershell.pipeline_id]) == PSInvocationState.Stopped


def test_closing_a_running_pipeline_frees_the_runspace(client: EngineClient) -> None:
    powershell = client.start(script("'begun'; while ($true) { Start-Sleep -Milliseconds 20 }"))
    client.wait_until(lambda: powershell.pipeline_id in client.messages)
    client.close_pipeline(powershell)
    assert outputs(client.run_events(script("'alive'"))) == ["alive"]
    assert powershell.pipeline_id not in client.ended
