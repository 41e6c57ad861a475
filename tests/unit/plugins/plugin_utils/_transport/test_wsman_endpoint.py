# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WSManConnection against the test endpoint: every action, over every kind of connection, and what is counted."""

from __future__ import annotations

import dataclasses
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    FaultKind,
    ShellSettings,
    Signal,
    WSManConnection,
    WSManOptions,
)
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.echo_engine import (
    OPENED,
    EchoEngine,
    fragment,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.endpoint_connections import (
    KINDS,
    STATELESS,
    WAIT,
    Connections,
    failure,
    open_shell,
    quotas,
)


@pytest.mark.parametrize("kind", KINDS)
def test_all_actions(kind: str, endpoint: Endpoint, engine: EchoEngine, connect: Connections) -> None:
    connection = connect(kind)
    shell_id = open_shell(connection)
    first, second = uuid.uuid4(), uuid.uuid4()

    connection.command(shell_id, first, fragment(b"echo"))
    answer = connection.receive(shell_id, first)
    assert (answer.data, answer.done) == (fragment(b"echo"), True)
    connection.signal(shell_id, first, Signal.TERMINATE)
    assert engine.sessions[0].closed == [first]

    connection.command(shell_id, second, WAIT)
    assert connection.enumerate_commands(shell_id) == [second]
    connection.send(shell_id, None, fragment(b"to the pool"))
    assert connection.receive(shell_id, None).data == fragment(b"to the pool")
    connection.disconnect(shell_id, idle_timeout=700, output_buffering_mode="Drop")
    shell = connection.get_shell(shell_id)
    assert (shell.state, shell.idle_timeout, shell.output_buffering_mode) == ("Disconnected", 700.0, "Drop")
    connection.reconnect(shell_id)
    assert connection.get_shell(shell_id).state == "Connected"
    large = fragment(bytes(range(256)) * 1000)
    connection.send(shell_id, second, large, stream="pr")
    answer = connection.receive(shell_id, second)
    assert (answer.data, answer.done) == (large, True)
    assert [shell.shell_id for shell in connection.enumerate_shells()] == [shell_id]
    connection.delete(shell_id)
    assert connection.enumerate_shells() == []

    counters = endpoint.counters
    assert counters.requests == connection.requests_sent == 18
    assert counters.connections == 1
    assert counters.faults == 0
    if kind not in STATELESS:
        assert counters.authentications == 1


def test_stop(engine: EchoEngine, connect: Connections) -> None:
    connection = connect()
    shell_id, command_id = open_shell(connection), uuid.uuid4()
    connection.command(shell_id, command_id, WAIT)
    connection.signal(shell_id, command_id, Signal.STOP)
    assert connection.receive(shell_id, command_id).data == fragment(b"stopped")
    assert engine.sessions[0].stopped == [command_id]


def test_create_carries_its_options(endpoint: Endpoint, engine: EchoEngine, connect: Connections) -> None:
    connection = connect(configuration_name="PowerShell.7")
    created = connection.create(
        shell_id := uuid.uuid4(),
        fragment(b"open"),
        ShellSettings("Name \u00e4 <&\"'>", idle_timeout=600, output_buffering_mode="Drop", no_profile=True),
    )
    assert created.description is not None
    assert created.description == dataclasses.replace(created.description, memory=None, child_processes=None)
    listed = connection.enumerate_shells()[0]
    for shell in (created.description, listed):
        assert shell.shell_id == shell_id
        assert (shell.name, shell.configuration_name) == ("Name \u00e4 <&\"'>", "PowerShell.7")
        assert (shell.idle_timeout, shell.output_buffering_mode) == (600.0, "Drop")
        assert (shell.owner, shell.client_address, shell.state) == ("alice", "127.0.0.1", "Connected")
    assert engine.shells[0].no_profile
    assert str(shell_id).upper() in {shell.shell_id for shell in endpoint.shells}


def test_receive_that_times_out_is_no_failure(connect: Connections) -> None:
    connection = connect()
    shell_id, command_id = open_shell(connection), uuid.uuid4()
    connection.command(shell_id, command_id, WAIT)
    answer = connection.receive(shell_id, command_id, operation_timeout=1)
    assert (answer.data, answer.done) == (b"", False)
    assert not connection.broken


def test_another_client_connects_and_receives_what_was_buffered(connect: Connections) -> None:
    creator = connect()
    shell_id, command_id = open_shell(creator), uuid.uuid4()
    creator.command(shell_id, command_id, WAIT)
    other = connect("https-ntlm")
    assert failure(lambda: other.connect(shell_id, OPENED)).kind is FaultKind.BUSY
    assert failure(lambda: other.receive(shell_id, command_id)).kind is FaultKind.BUSY
    creator.send(shell_id, command_id, fragment(b"result"))
    creator.disconnect(shell_id)
    assert failure(lambda: creator.receive(shell_id, command_id)).kind is FaultKind.WRONG_STATE
    assert failure(lambda: creator.disconnect(shell_id)).kind is FaultKind.WRONG_STATE
    assert other.connect(shell_id, OPENED)
    assert other.enumerate_commands(shell_id) == [command_id]
    other.connect_command(shell_id, command_id)
    answer = other.receive(shell_id, command_id)
    assert (answer.data, answer.done) == (fragment(b"result"), True)


def test_reconnect_is_for_the_client_that_disconnected_whatever_its_connection(connect: Connections) -> None:
    session_id = uuid.uuid4()
    first = connect(session_id=session_id)
    shell_id = open_shell(first)
    first.disconnect(shell_id)
    first.close()
    assert failure(lambda: connect().reconnect(shell_id)).kind is FaultKind.BUSY
    connect(session_id=session_id).reconnect(shell_id)
    assert connect().get_shell(shell_id).state == "Connected"


def test_shells_are_listed_page_by_page(endpoint: Endpoint, connect: Connections) -> None:
    connection = connect()
    shells = {open_shell(connection) for _number in range(3)}
    quotas(endpoint).max_batch_items = 1
    assert {shell.shell_id for shell in connection.enumerate_shells()} == shells
    assert (endpoint.counters.actions["Enumerate"], endpoint.counters.actions["Pull"]) == (1, 2)


@pytest.mark.parametrize("size", [153600, 512000])
def test_largest_payload_fits_into_every_request(size: int, endpoint: Endpoint, connect: Connections) -> None:
    quotas(endpoint).max_envelope_size_kb = size // 1024
    connection = connect(max_envelope_size=size)
    payload = fragment(b"x" * (connection.max_payload - len(fragment(b""))))
    assert len(payload) == connection.max_payload
    assert connection.max_payload > size * 3 // 4 - 4096
    shell_id, first, second = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    connection.create(shell_id, payload, ShellSettings("&" * 255, 86400, "Block", no_profile=True))
    connection.command(shell_id, first, payload)
    connection.command(shell_id, second, WAIT)
    connection.send(shell_id, second, payload)


def test_every_request_names_the_session(endpoint: Endpoint, connect: Connections) -> None:
    session_id = uuid.uuid4()
    first, second = connect(session_id=session_id), connect("https-basic", session_id)
    shell_id, command_id = open_shell(first), uuid.uuid4()
    second.command(shell_id, command_id, fragment(b"echo"))
    assert first.receive(shell_id, command_id).done
    assert endpoint.counters.connections == 2


def test_last_used_follows_the_clock(connect: Connections, endpoint: Endpoint) -> None:
    times = iter(range(100))
    options = WSManOptions(
        host="127.0.0.1", port=endpoint.port, ssl=False, user="alice", password="Secret-1", auth="ntlm"
    )
    connection = WSManConnection(options, uuid.uuid4(), clock=lambda: next(times))
    assert connection.last_used == 0
    shell_id = open_shell(connection)
    assert connection.last_used == 2
    failure(lambda: connection.delete(uuid.uuid4()))
    assert connection.last_used == 3
    connection.delete(shell_id)
    connection.close()
    assert failure(lambda: connection.delete(shell_id)).kind is FaultKind.LOST
    assert (connection.last_used, connection.requests_sent) == (4, 4)
