# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells and their states: who may do what to them, and when they go."""

from __future__ import annotations

import collections.abc
import contextlib
import functools
import threading
import uuid

import pypsrp.exceptions
import pypsrp.powershell
import pypsrp.wsman
import pytest
from pypsrp.complex_objects import RunspacePoolState

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import RSP, begin, connect, create_cmd_shell, element, invoke, opened, run
from .conftest import MakeEndpoint
from .fake_engine import FakeEngine

Action = pypsrp.wsman.WSManAction


@contextlib.contextmanager
def fault(code: int) -> collections.abc.Iterator[None]:
    """The body gets this WSManFault."""
    with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
        yield
    assert caught.value.code == code


def disconnect(pool: pypsrp.powershell.RunspacePool, **children: str) -> None:
    body = element("Disconnect")
    for name, text in children.items():
        body.append(element(name, text))
    invoke(pool.connection, Action.DISCONNECT, body, ShellId=pool.id)
    pool.state = RunspacePoolState.DISCONNECTED


def found_by(endpoint: Endpoint, **settings: object) -> pypsrp.powershell.RunspacePool:
    """The one pool that a new client finds."""
    [pool] = pypsrp.powershell.RunspacePool.get_runspace_pools(connect(endpoint, **settings))
    return pool


def test_a_receive_without_output_times_out(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        with fault(2150858793):
            pool.shell.receive("stdout", timeout=1)
        assert run(pool, "echo a") == ["a"]


def test_a_receive_that_waits_sees_the_clock_move(endpoint: Endpoint) -> None:
    codes: list[int] = []
    with opened(endpoint) as pool:
        call = functools.partial(pool.shell.receive, "stdout", timeout=60)
        waiting = threading.Thread(target=lambda: codes.append(_code_of(call)))
        waiting.start()
        _until(lambda: endpoint.shells[0].pool.receiver is not None)
        endpoint.clock.advance(61)
        waiting.join(10)
        assert codes == [2150858793]


def test_a_receive_that_waits_ends_with_the_shell(endpoint: Endpoint) -> None:
    codes: list[int] = []
    with opened(endpoint) as pool:
        shell = endpoint.shells[0]
        waiting = threading.Thread(target=lambda: codes.append(_code_of(lambda: pool.shell.receive("stdout"))))
        waiting.start()
        _until(lambda: shell.pool.receiver is not None)
        with connect(endpoint) as other:
            invoke(other, Action.DELETE, ShellId=pool.id)
        waiting.join(10)
        assert codes == [995]
        with fault(2150858843):
            pool.shell.receive("stdout")
        pool.state = RunspacePoolState.CLOSED


def test_a_receive_that_waits_ends_with_a_disconnect(endpoint: Endpoint) -> None:
    codes: list[int] = []
    with opened(endpoint) as pool:
        waiting = threading.Thread(target=lambda: codes.append(_code_of(lambda: pool.shell.receive("stdout"))))
        waiting.start()
        _until(lambda: endpoint.shells[0].pool.receiver is not None)
        with connect(endpoint) as other:
            other.session_id = pool.connection.session_id
            invoke(other, Action.DISCONNECT, element("Disconnect"), ShellId=pool.id)
        waiting.join(10)
        assert codes == [2150859230]


def test_ids_that_are_taken_or_are_no_guids(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        again = pypsrp.powershell.RunspacePool(pool.connection)
        again.shell.id = pool.id
        with fault(2150859223):
            again.open()
        again.shell.id = "not a guid"
        with fault(2150859221):
            again.open()
        running = begin(pool, "hold")
        body = element("CommandLine", CommandId=running.id)
        with fault(2150859222):
            invoke(pool.connection, Action.COMMAND, body, ShellId=pool.id)
        with fault(2150859220):
            invoke(pool.connection, Action.COMMAND, element("CommandLine", CommandId="x"), ShellId=pool.id)
        assert endpoint.counters.commands == 1


def test_a_lost_command_can_be_asked_for(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        with fault(2150858843):
            pool.shell.receive("stdout", command_id=str(uuid.uuid4()))
        with connect(endpoint) as other, fault(2150858843):
            invoke(other, Action.RECEIVE, element("Receive"), ShellId=str(uuid.uuid4()))


def test_terminate_frees_a_command(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        pipeline = begin(pool, "echo a")
        pipeline.end_invoke()
        assert len(endpoint.shells[0].commands) == 1
        with fault(2150858843):
            pool.shell.receive("stdout", command_id=pipeline.id)
        pipeline.close()
        assert endpoint.shells[0].commands == {}


def test_a_shell_of_another_user_is_nobodys_business(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool, connect(endpoint, username="bob", password="builder") as bob:
        with fault(5):
            invoke(bob, Action.DELETE, ShellId=pool.id)
        assert pypsrp.powershell.RunspacePool.get_runspace_pools(bob) == []


def test_a_shell_of_another_client_is_busy(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        other = found_by(endpoint)
        with fault(2150859213):
            other.connect()
        with fault(2150859206):
            invoke(other.connection, Action.RECONNECT, ShellId=pool.id)
        receive = element("Receive")
        receive.append(element("DesiredStream", "stdout"))
        with fault(2150859206):
            invoke(other.connection, Action.RECEIVE, receive, ShellId=pool.id)
        assert run(pool, "echo mine") == ["mine"]


def test_other_clients_with_a_kind_server(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(other_clients_may_use=True)
    with opened(endpoint) as pool, connect(endpoint) as other:
        with fault(2150859206):
            invoke(other, Action.RECONNECT, ShellId=pool.id)
        pool.shell.wsman = pool.connection = other
        assert run(pool, "echo mine") == ["mine"]


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
    _until(lambda: endpoint.shells[0].state.value == "Disconnected")
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
        _until(lambda: command.state == "Done" or (command.channel.dropped == 0 and command.channel.ready))
        if not arrives:
            _until(lambda: command.state == "Done")
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


def test_an_engine_that_ends_takes_its_shell_along(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        dying = begin(pool, "die")
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            dying.end_invoke()
        assert caught.value.code in (2150859012, 2150858843)  # it waited already, or came too late
        assert endpoint.shells == []
        pool.state = RunspacePoolState.CLOSED


def _code_of(call: collections.abc.Callable[[], object]) -> int:
    try:
        call()
    except pypsrp.exceptions.WSManFaultError as error:
        return int(error.code)
    return 0


def _until(condition: collections.abc.Callable[[], bool]) -> None:
    """Waits for what another thread is about to do."""
    waited = threading.Event()
    for _attempt in range(1000):
        if condition():
            return
        waited.wait(0.01)
    raise AssertionError("it did not happen")
