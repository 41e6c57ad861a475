# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runspace pools of an engine: queues, limits, other clients, and what must not bring them down (test process)."""

from __future__ import annotations

import threading
import typing
import uuid

import psrpcore
import pytest
from psrpcore.types import PSInvocationState, RunspacePoolState

from ansible_collections.remoting.powershell.tests.endpoint.engine.api import Engine, ShellInfo
from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine, EmbeddedSession
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import (
    EngineClient,
    QueueSink,
    outputs,
    script,
    state,
)


def test_pipelines_beyond_the_runspaces_wait_their_turn(client: EngineClient) -> None:
    first = client.start(script("$input | Out-Null; 'first'"), no_input=False)
    second = client.start(script("'second'"))
    third = client.start(script("'third'"))
    client.session.stop_pipeline(third.pipeline_id)
    client.wait_end(third)
    assert state(client.events[third.pipeline_id]) == PSInvocationState.Stopped
    assert second.pipeline_id not in client.messages
    first.send_eof()
    client.flush(first.pipeline_id)
    client.wait_end(second)
    assert outputs(client.events[first.pipeline_id]) == ["first"]
    assert outputs(client.events[second.pipeline_id]) == ["second"]


def test_two_runspaces_run_two_pipelines_at_once(engine: Engine) -> None:
    client = EngineClient(engine, min_runspaces=1, max_runspaces=2)
    waiting = client.start(script("$input"), no_input=False)
    assert outputs(client.run_events(script("'meanwhile'"))) == ["meanwhile"]
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
    assert outputs(client.run_events(script("$null -eq $Global:kept"))) == [True]


def test_another_client_connects_to_the_pool(client: EngineClient) -> None:
    client.run(script("$Global:kept = 1"))
    client.pool = psrpcore.ClientRunspacePool(runspace_pool_id=client.pool.runspace_pool_id)
    client.pool.connect()
    client.flush(None)
    client.wait_until(lambda: client.pool.state == RunspacePoolState.Opened)
    assert client.pool.max_runspaces == 1
    assert outputs(client.run_events(script("$Global:kept"))) == [1]


def test_a_session_that_gets_nonsense_ends(client: EngineClient) -> None:
    header = (1).to_bytes(8, "big") + (0).to_bytes(8, "big") + b"\x03" + (60).to_bytes(4, "big")
    client.session.send(None, header + b"\xff" * 60)
    client.wait_until(lambda: client.exit_reason is not None)


def test_the_pool_says_who_it_is(client: EngineClient) -> None:
    assert client.pool.state == RunspacePoolState.Opened
    table = client.pool.application_private_data["PSVersionTable"]
    assert table["PSEdition"] == "Core"


def test_a_script_sees_who_opened_the_session() -> None:
    arguments = {"remoting.powershell": {"name": "nightly", "job": 7, "more": {"user": "eva"}}}
    info = ShellInfo(uuid.uuid4(), "ADATUM\\eva", "COMPUTER", "Support", culture="de-AT", ui_culture="en-GB")
    client = EngineClient(EmbeddedEngine(), info=info, application_arguments=arguments)
    text = """
$told = $PSSenderInfo.ApplicationArguments['REMOTING.powershell']
$told.name, $told['job'], $told.more.user, $told.GetType().Name
$PSSenderInfo.ConnectedUser, $PSSenderInfo.UserInfo.Identity.Name, $PSSenderInfo.ConfigurationName
$PSCulture, (Get-Culture).Name, [cultureinfo]::CurrentCulture.LCID, $Host.CurrentCulture.DisplayName
$PSUICulture, (Get-UICulture).Name, $Host.CurrentUICulture.TwoLetterISOLanguageName
"""
    assert outputs(client.run_events(script(text))) == [
        *("nightly", 7, "eva", "PSPrimitiveDictionary"),
        *("ADATUM\\eva", "ADATUM\\eva", "Support"),
        *("de-AT", "de-AT", 3079, "German (Austria)"),
        *("en-GB", "en-GB", "en"),
    ]
    client.close()


def test_an_error_of_the_evaluator_fails_its_pipeline_only(monkeypatch: pytest.MonkeyPatch) -> None:
    client = EngineClient(EmbeddedEngine())
    with monkeypatch.context() as patched:
        patched.setattr(Runspace, "invoke", lambda *arguments: [].pop())
        events = client.run_events(script("1"))
    assert state(events) == PSInvocationState.Failed
    assert "IndexError" in str(events[-1].reason)
    assert outputs(client.run_events(script("1"))) == [1]
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
    assert state(client.events[powershell.pipeline_id]) == PSInvocationState.Stopped
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


def test_command_metadata_is_refused_by_name(client: EngineClient) -> None:
    asked = psrpcore.ClientGetCommandMetadata(client.pool, "Get-*")
    asked.start()
    payload = client.pool.data_to_send()
    assert payload is not None
    client.session.create_pipeline(asked.pipeline_id, payload.data)
    client.wait_until(lambda: asked.pipeline_id in client.ended)
    last = client.events[asked.pipeline_id][-1]
    assert isinstance(last, psrpcore.PipelineStateEvent)
    assert last.state == PSInvocationState.Failed
    assert "GET_COMMAND_METADATA" in str(last.reason)
