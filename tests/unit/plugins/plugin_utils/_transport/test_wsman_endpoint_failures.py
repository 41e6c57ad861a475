# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What WSManConnection says of the failures of a WSMan service, as the test endpoint plays them."""

from __future__ import annotations

import time
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    FaultKind,
)
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.echo_engine import (
    fragment,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.endpoint_connections import (
    KINDS,
    WAIT,
    Connections,
    failure,
    open_shell,
    quotas,
)


def wait_until_closed(endpoint: Endpoint) -> None:
    """A connection whose answer was just read may still count as busy, and is closed a little later."""
    deadline = time.monotonic() + 30
    while endpoint.connections:
        assert time.monotonic() < deadline
        time.sleep(0.01)
        endpoint.sweep()


@pytest.mark.parametrize("kind", ["http-ntlm", "https-ntlm", "http-credssp"])
def test_idle_connection_is_told_from_a_lost_request(kind: str, endpoint: Endpoint, connect: Connections) -> None:
    session_id = uuid.uuid4()
    connection = connect(kind, session_id)
    shell_id = open_shell(connection)
    requests = endpoint.counters.requests
    endpoint.clock.advance(125)
    wait_until_closed(endpoint)
    error = failure(lambda: connection.command(shell_id, uuid.uuid4(), fragment(b"echo")))
    assert (error.kind, error.may_have_arrived) == (FaultKind.LOST, False)
    assert connection.broken
    assert endpoint.counters.requests == requests
    assert endpoint.counters.connections == 1
    successor = connect(kind, session_id)
    successor.command(shell_id, command_id := uuid.uuid4(), fragment(b"echo"))
    assert successor.receive(shell_id, command_id).data == fragment(b"echo")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "expected", "may_have_arrived", "broken", "commands"),
    [
        ("drop-before", FaultKind.LOST, True, True, 0),
        ("drop-after", FaultKind.LOST, True, True, 1),
        ("cut", FaultKind.LOST, True, True, 1),
        ("http-400", FaultKind.REFUSED, True, True, 0),
        ("http-503", FaultKind.REFUSED, True, True, 0),
        ("quota", FaultKind.QUOTA, False, False, 0),
        ("shell-gone", FaultKind.SHELL_NOT_FOUND, False, False, 0),
        ("restart", FaultKind.SHELL_NOT_FOUND, False, False, 0),
        ("disconnect-idle", FaultKind.WRONG_STATE, False, False, 0),
    ],
)
def test_failure_of_a_command(
    kind: str,
    fault: str,
    expected: FaultKind,
    may_have_arrived: bool,
    broken: bool,
    commands: int,
    endpoint: Endpoint,
    connect: Connections,
) -> None:
    connection = connect(kind)
    shell_id = open_shell(connection)
    endpoint.faults.add(fault, action="Command", bytes=60)
    error = failure(lambda: connection.command(shell_id, uuid.uuid4(), fragment(b"echo")))
    assert (error.kind, error.may_have_arrived) == (expected, may_have_arrived)
    assert connection.broken == broken
    assert endpoint.counters.commands == commands


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.endswith("certificate")])
def test_wrong_password(kind: str, connect: Connections) -> None:
    connection = connect(kind, password="wrong-Secret")
    error = failure(lambda: connection.create(uuid.uuid4(), fragment(b"open")))
    assert (error.kind, error.may_have_arrived) == (FaultKind.AUTHENTICATION, False)
    assert "alice" in error.message
    assert kind.split("-")[1] in error.message
    assert "wrong-Secret" not in repr(error)


def test_authentication_that_the_computer_does_not_allow(endpoint: Endpoint, connect: Connections) -> None:
    endpoint.config.manners.allow_unencrypted = False
    error = failure(lambda: connect("http-basic").create(uuid.uuid4(), fragment(b"open")))
    assert error.kind is FaultKind.AUTHENTICATION


def test_unknown_configuration(connect: Connections) -> None:
    connection = connect(configuration_name="No.Such")
    error = failure(lambda: connection.create(uuid.uuid4(), fragment(b"open")))
    assert (error.kind, error.may_have_arrived) == (FaultKind.CONFIGURATION_NOT_FOUND, False)
    assert "No.Such" in error.message


def test_what_does_not_exist(connect: Connections) -> None:
    connection = connect()
    shell_id, nothing = open_shell(connection), uuid.uuid4()
    assert failure(lambda: connection.receive(shell_id, nothing)).kind is FaultKind.COMMAND_NOT_FOUND
    for call in (
        lambda: connection.receive(nothing, nothing),
        lambda: connection.receive(nothing, None),
        lambda: connection.command(nothing, nothing, fragment(b"echo")),
        lambda: connection.get_shell(nothing),
        lambda: connection.delete(nothing),
        lambda: connection.reconnect(nothing),
        lambda: connection.connect(nothing, fragment(b"x")),
    ):
        error = failure(call)
        assert (error.kind, error.may_have_arrived) == (FaultKind.SHELL_NOT_FOUND, False)
    assert not connection.broken


def test_ids_that_are_taken(connect: Connections) -> None:
    connection = connect()
    shell_id, command_id = open_shell(connection), uuid.uuid4()
    connection.command(shell_id, command_id, WAIT)
    again = failure(lambda: connection.command(shell_id, command_id, WAIT))
    assert (again.kind, again.may_have_arrived) == (FaultKind.ALREADY_EXISTS, False)
    assert failure(lambda: connection.create(shell_id, fragment(b"open"))).kind is FaultKind.ALREADY_EXISTS


@pytest.mark.parametrize("kind", ["http-basic", "http-ntlm"])
@pytest.mark.parametrize("manner", ["http-413", "fault"])
def test_message_that_is_too_large(manner: str, kind: str, endpoint: Endpoint, connect: Connections) -> None:
    endpoint.config.manners.oversize_answer = manner
    quotas(endpoint).max_envelope_size_kb = 150
    connection = connect(kind)
    shell_id = open_shell(connection)
    error = failure(lambda: connection.send(shell_id, None, fragment(b"x" * 200_000)))
    assert (error.kind, error.may_have_arrived) == (FaultKind.ENVELOPE_TOO_LARGE, False)
    assert "512000" in error.message
