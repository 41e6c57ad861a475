# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that goes on in a disconnected shell, with the embedded PowerShell behind it."""

from __future__ import annotations

import collections.abc
import pathlib
import uuid

import psrpcore
import pytest
from psrpcore.types import HostInfo, PSInvocationState

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine

from .clients import RSP, begin, connect, element, enumerate_body, fault, invoke, opened, run, until
from .conftest import MakeEndpoint
from .psrp_client import Action, Client

_GONE = 2150858843
#: More than the buffer of these tests holds.
_MUCH = "foreach ($n in 1..60) { \"$n \" + 'x' * 2000 }"


@pytest.fixture
def endpoint(make_endpoint: MakeEndpoint) -> Endpoint:
    return make_endpoint(engine=EmbeddedEngine(), output_buffer=50_000)


def _opened(endpoint: Endpoint, **children: str) -> Client:
    client = Client(connect(endpoint, operation_timeout=5))
    client.open(**children)
    return client


def _found(endpoint: Endpoint, left: Client) -> Client:
    """Another client that has connected to the shell of one that left it."""
    client = Client(connect(endpoint, operation_timeout=5), left.pool.runspace_pool_id)
    client.connect()
    return client


def _waiting_for(path: pathlib.Path) -> str:
    return f"while (-not (Test-Path -LiteralPath '{path}')) {{ Start-Sleep -Milliseconds 10 }}"


def _end(client: Client) -> PSInvocationState:
    [end] = [event for event in client.events if isinstance(event, psrpcore.PipelineStateEvent)]
    return end.state


def _command_is(endpoint: Endpoint, pipeline_id: uuid.UUID, state: str) -> collections.abc.Callable[[], bool]:
    return lambda: endpoint.shells[0].commands[str(pipeline_id).upper()].state == state


def test_the_available_runspaces_tell_whether_something_runs(endpoint: Endpoint, tmp_path: pathlib.Path) -> None:
    first = _opened(endpoint)
    assert first.available_runspaces() == 1
    running = first.command(_waiting_for(tmp_path / "go"))
    first.disconnect()
    second = _found(endpoint, first)
    assert second.available_runspaces() == 0
    (tmp_path / "go").touch()
    until(_command_is(endpoint, running.pipeline_id, "Done"))
    assert second.available_runspaces() == 1


def test_a_command_that_ended_meanwhile_is_delivered_once(endpoint: Endpoint, tmp_path: pathlib.Path) -> None:
    first = _opened(endpoint)
    running = first.command(f"'early'; {_waiting_for(tmp_path / 'go')}; 'late'; throw 'the end'")
    other = first.command("'second in the queue'")
    while not any(isinstance(event, psrpcore.PipelineOutputEvent) for event in first.events):
        first.receive(running.pipeline_id)
    first.disconnect()
    (tmp_path / "go").touch()
    until(_command_is(endpoint, other.pipeline_id, "Done"))

    second = _found(endpoint, first)
    assert second.commands() == {running.pipeline_id: "Done", other.pipeline_id: "Done"}
    second.adopt(running.pipeline_id)
    assert second.output(running.pipeline_id) == ["late"]
    assert _end(second) is PSInvocationState.Failed
    with fault(_GONE):
        second.receive(running.pipeline_id)
    second.events.clear()
    second.adopt(other.pipeline_id)
    assert second.output(other.pipeline_id) == ["second in the queue"]


@pytest.mark.parametrize("listed", [True, False])
def test_a_command_that_was_delivered_may_still_be_listed(endpoint: Endpoint, listed: bool) -> None:
    endpoint.config.manners.lists_delivered_commands = listed
    client = _opened(endpoint)
    running = client.command("1")
    assert client.output(running.pipeline_id) == [1]
    assert client.commands() == ({running.pipeline_id: "Done"} if listed else {})
    body = element("Signal", CommandId=str(running.pipeline_id).upper())
    body.append(element("Code", f"{RSP}/signal/terminate"))
    invoke(client.wsman, Action.SIGNAL, body, ShellId=client.shell_id)
    assert client.commands() == {}


@pytest.mark.parametrize("at", ["Create", "Disconnect"])
def test_block_suspends_the_pipeline_until_somebody_receives(endpoint: Endpoint, at: str) -> None:
    first = _opened(endpoint, **({"BufferMode": "Block"} if at == "Create" else {}))
    running = first.command(_MUCH)
    first.disconnect(**({"BufferMode": "Block"} if at == "Disconnect" else {}))
    second = _found(endpoint, first)
    channel = endpoint.shells[0].commands[str(running.pipeline_id).upper()].channel
    until(lambda: channel.size + 2100 > channel.limit)
    assert second.available_runspaces() == 0
    second.adopt(running.pipeline_id)
    second.events.clear()
    assert [str(line).split()[0] for line in second.output(running.pipeline_id)] == [str(n) for n in range(1, 61)]
    assert _end(second) is PSInvocationState.Completed


@pytest.mark.parametrize("at", ["Create", "Disconnect"])
def test_drop_loses_the_oldest_output_and_keeps_the_end(endpoint: Endpoint, at: str, tmp_path: pathlib.Path) -> None:
    first = _opened(endpoint, **({"BufferMode": "Drop", "IdleTimeOut": "PT90S"} if at == "Create" else {}))
    running = first.command(f"{_waiting_for(tmp_path / 'go')}; {_MUCH}")
    first.disconnect(**({"BufferMode": "Drop", "IdleTimeOut": "PT90S"} if at == "Disconnect" else {}))
    (tmp_path / "go").touch()
    until(_command_is(endpoint, running.pipeline_id, "Done"))
    assert endpoint.shells[0].idle_timeout == 90
    second = _found(endpoint, first)
    second.adopt(running.pipeline_id)
    second.events.clear()
    kept = [int(str(line).split()[0]) for line in second.output(running.pipeline_id)]
    assert kept == list(range(61 - len(kept), 61))
    assert 0 < len(kept) < 30
    assert _end(second) is PSInvocationState.Completed


def test_a_question_waits_for_the_client_that_connects(endpoint: Endpoint, tmp_path: pathlib.Path) -> None:
    first = _opened(endpoint)
    host = HostInfo(IsHostNull=False, IsHostUINull=False, IsHostRawUINull=True, UseRunspaceHost=False)
    running = first.command(f"{_waiting_for(tmp_path / 'go')}; 'hello ' + $Host.UI.ReadLine()", host)
    first.disconnect()
    (tmp_path / "go").touch()
    second = _found(endpoint, first)
    pipeline = second.adopt(running.pipeline_id)
    second.events.clear()
    while not second.events:
        second.receive(running.pipeline_id)
    [asked] = second.events
    assert isinstance(asked, psrpcore.PipelineHostCallEvent)
    pipeline.host_response(asked.ci, "Eva")
    second.send("pr", running.pipeline_id)
    assert second.output(running.pipeline_id) == ["hello Eva"]


def test_two_clients_cannot_hold_one_shell(endpoint: Endpoint) -> None:
    first = _opened(endpoint)
    other = Client(connect(endpoint), first.pool.runspace_pool_id)
    with fault(2150859213):
        other.connect()
    first.disconnect()
    second = _found(endpoint, first)
    with fault(2150859206):
        first.command("'mine'")
    with fault(2150859206):
        invoke(first.wsman, Action.RECONNECT, element("Reconnect"), ShellId=first.shell_id)
    assert second.available_runspaces() == 1


def test_the_cultures_are_those_of_creates_headers(endpoint: Endpoint) -> None:
    with opened(endpoint, locale="sv-SE", data_locale="de-DE") as pool:
        assert run(pool, "$PSCulture; $PSUICulture") == ["de-DE", "sv-SE"]


def test_what_an_enumeration_tells_of_a_left_shell(endpoint: Endpoint) -> None:
    endpoint.computers["TESTHOST"].quotas.max_idle_timeout_ms = 3_600_000
    with opened(endpoint) as pool:
        begin(pool, _MUCH)
        left = _opened(endpoint)
        left.disconnect(IdleTimeOut="PT3600S", BufferMode="Drop")
        with fault(2150858810):
            _opened(endpoint, IdleTimeOut="PT3601S")
        answer = invoke(pool.connection, Action.ENUMERATE, enumerate_body(most=10, ShellId=left.shell_id), RSP)
        [shell] = answer.iter(f"{{{RSP}}}Shell")
    told = {child.tag.rpartition("}")[2]: child.text for child in shell}
    assert told["State"] == "Disconnected"
    assert (told["IdleTimeOut"], told["MaxIdleTimeOut"]) == ("PT3600.000S", "PT3600.000S")
    assert told["BufferMode"] == "Drop"
