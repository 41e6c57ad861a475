# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells without a client: disconnected, left behind, idle, full."""

from __future__ import annotations

import threading

import pypsrp.powershell
import pypsrp.wsman
import pytest
from pypsrp.complex_objects import RunspacePoolState

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import (
    RSP,
    begin,
    code_of,
    connect,
    create_cmd_shell,
    disconnect,
    element,
    fault,
    found_by,
    invoke,
    opened,
    run,
    until,
)
from .conftest import MakeEndpoint
from .fake_engine import FakeEngine

Action = pypsrp.wsman.WSManAction


def test_a_vanished_clients_shell_is_busy_until_a_timeout(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(vanished_client_timeout=100.0)
    with connect(endpoint) as first:
        pypsrp.powershell.RunspacePool(first).open()
    other = found_by(endpoint)
    with fault(2150859213):
        other.connect()
    endpoint.clock.advance(101)
    other = found_by(endpoint)
    other.connect()
    assert run(other, "echo mine") == ["mine"]


def test_a_vanished_clients_shell_with_a_kind_server(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(vanished_client_disconnects=True)
    with connect(endpoint) as first:
        pypsrp.powershell.RunspacePool(first).open()
    until(lambda: endpoint.shells[0].state.value == "Disconnected")
    other = found_by(endpoint)
    other.connect()
    assert run(other, "echo mine") == ["mine"]


def test_an_idle_shell_turns_disconnected_by_itself(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(idle_disconnect=60.0)
    with opened(endpoint) as pool:
        run(pool, "set x=kept")
        endpoint.clock.advance(61)
        assert pool.shell._get_shell()["State"] == "Disconnected"
        with fault(2150859204):
            begin(pool, "echo never")
        pool.state = RunspacePoolState.DISCONNECTED
        pool.connect()
        assert run(pool, "get x") == ["kept"]


@pytest.mark.parametrize("disconnected", [True, False])
def test_the_idle_timeout_ends_a_shell(endpoint: Endpoint, engine: FakeEngine, disconnected: bool) -> None:
    with opened(endpoint, operation_timeout=1) as pool:
        begin(pool, "hold")
        if disconnected:
            disconnect(pool, IdleTimeOut="PT300S")
        else:
            endpoint.shells[0].idle_timeout = 300.0
        endpoint.clock.advance(250)
        assert [session.closed for session in engine.sessions] == [False]
        endpoint.clock.advance(51)
        assert endpoint.shells == []
        assert [session.closed for session in engine.sessions] == [True]
        with fault(2150858843):
            pool.shell.receive("stdout")
        pool.state = RunspacePoolState.CLOSED


def test_idle_timeouts_have_a_range(endpoint: Endpoint) -> None:
    with opened(endpoint, operation_timeout=5) as pool:
        for text in ("PT59S", "P99999D"):
            with fault(2150858810):
                disconnect(pool, IdleTimeOut=text)
        with fault(2150858817):
            disconnect(pool, IdleTimeOut="soon")
        with fault(2150858810):
            pypsrp.powershell.RunspacePool(pool.connection, idle_timeout=10).open()


def test_disconnecting_twice_and_shells_that_can_not(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        disconnect(pool)
        with fault(2150859215):
            disconnect(pool)
    with connect(endpoint) as wsman:
        shell_id = create_cmd_shell(wsman)
        with fault(2150859205):
            invoke(wsman, Action.DISCONNECT, element("Disconnect"), RSP + "/cmd", ShellId=shell_id)


@pytest.mark.parametrize(("mode", "arrives"), [("Block", True), ("Drop", False)])
def test_what_a_full_buffer_does(make_endpoint: MakeEndpoint, engine: FakeEngine, mode: str, arrives: bool) -> None:
    endpoint = make_endpoint(output_buffer=100_000)
    with connect(endpoint) as first:
        pool = pypsrp.powershell.RunspacePool(first)
        pool.open()
        running = begin(pool, "hold\nbig 60000\nbig 60000\nbig 60000")
        disconnect(pool, BufferMode=mode)
        engine.release.set()
        command = endpoint.shells[0].commands[running.id]
        until(lambda: command.state == "Done" or (command.channel.dropped == 0 and command.channel.ready))
        if not arrives:
            until(lambda: command.state == "Done")
        assert (command.channel.dropped == 0) == arrives
        pool.state = RunspacePoolState.DISCONNECTED
        pool.connect()
        if arrives:
            assert [len(text) for text in running.end_invoke()] == [60000] * 3


def test_a_new_client_connects_to_a_command_before_it_receives(endpoint: Endpoint, engine: FakeEngine) -> None:
    with connect(endpoint) as first:
        pool = pypsrp.powershell.RunspacePool(first)
        pool.open()
        running = begin(pool, "hold\necho late")
        pool.disconnect()
    other = found_by(endpoint)
    other.connect()
    with fault(2150859230):
        other.shell.receive("stdout", command_id=running.id)
    engine.release.set()
    assert list(other.pipelines[running.id].connect()) == ["late"]


def test_a_new_client_of_a_kind_server_has_the_commands_too(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(connect_covers_commands=True)
    with connect(endpoint) as first:
        pool = pypsrp.powershell.RunspacePool(first)
        pool.open()
        running = begin(pool, "echo early\nhold")
        pool.disconnect()
    other = found_by(endpoint)
    other.connect()
    state, _code, streams = other.shell.receive("stdout", command_id=running.id)
    assert b"early" in streams["stdout"]
    assert not state.endswith("Done")


def test_a_receive_that_waits_ends_with_a_disconnect(endpoint: Endpoint) -> None:
    codes: list[int] = []
    with opened(endpoint) as pool:
        waiting = threading.Thread(target=lambda: codes.append(code_of(lambda: pool.shell.receive("stdout"))))
        waiting.start()
        until(lambda: endpoint.shells[0].pool.receiver is not None)
        with connect(endpoint) as other:
            other.session_id = pool.connection.session_id
            invoke(other, Action.DISCONNECT, element("Disconnect"), ShellId=pool.id)
        waiting.join(10)
        assert codes == [2150859230]
