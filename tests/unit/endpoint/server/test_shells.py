# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells and their states: who may do what to them, and when they go."""

from __future__ import annotations

import functools
import threading
import uuid

import pypsrp.exceptions
import pypsrp.powershell
import pypsrp.wsman
import pytest
from pypsrp.complex_objects import RunspacePoolState

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import (
    begin,
    code_of,
    connect,
    element,
    fault,
    found_by,
    invoke,
    opened,
    run,
    until,
)
from .conftest import MakeEndpoint

Action = pypsrp.wsman.WSManAction


def test_a_receive_without_output_times_out(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        with fault(2150858793):
            pool.shell.receive("stdout", timeout=1)
        assert run(pool, "echo a") == ["a"]


def test_a_receive_that_waits_sees_the_clock_move(endpoint: Endpoint) -> None:
    codes: list[int] = []
    with opened(endpoint) as pool:
        call = functools.partial(pool.shell.receive, "stdout", timeout=60)
        waiting = threading.Thread(target=lambda: codes.append(code_of(call)))
        waiting.start()
        until(lambda: endpoint.shells[0].pool.receiver is not None)
        endpoint.clock.advance(61)
        waiting.join(10)
        assert codes == [2150858793]


def test_a_receive_that_waits_ends_with_the_shell(endpoint: Endpoint) -> None:
    codes: list[int] = []
    with opened(endpoint) as pool:
        shell = endpoint.shells[0]
        waiting = threading.Thread(target=lambda: codes.append(code_of(lambda: pool.shell.receive("stdout"))))
        waiting.start()
        until(lambda: shell.pool.receiver is not None)
        with connect(endpoint) as other:
            invoke(other, Action.DELETE, ShellId=pool.id)
        waiting.join(10)
        assert codes == [995]
        with fault(2150858843):
            pool.shell.receive("stdout")
        pool.state = RunspacePoolState.CLOSED


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


def test_an_engine_that_ends_takes_its_shell_along(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        dying = begin(pool, "die")
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            dying.end_invoke()
        assert caught.value.code in (2150859012, 2150858843)  # it waited already, or came too late
        assert endpoint.shells == []
        pool.state = RunspacePoolState.CLOSED
