# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WinRM's and PowerShell's limits: the fault of each, and what is left when it was hit."""

from __future__ import annotations

import contextlib
import typing

import pypsrp.exceptions
import pypsrp.powershell
import pypsrp.wsman
import pytest
from pypsrp.complex_objects import RunspacePoolState

from ansible_collections.remoting.powershell.tests.endpoint.config import Manners, Quotas, change

from .clients import begin, connect, create_cmd_shell, element, invoke, opened, run
from .conftest import MakeEndpoint
from .fake_engine import FakeEngine


@pytest.mark.parametrize(
    ("quota", "code"),
    [
        ("max_shells_per_user", 2150859173),
        ("max_plugin_shells_per_user", 2150859236),
        ("max_plugin_shells", 2150859238),
    ],
)
def test_one_shell_too_many(make_endpoint: MakeEndpoint, quota: str, code: int) -> None:
    endpoint = make_endpoint(**{quota: 2})
    with contextlib.ExitStack() as stack:
        for _number in range(2):
            stack.enter_context(opened(endpoint))
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught, opened(endpoint):
            raise AssertionError("opened")
        assert caught.value.code == code
        assert len(endpoint.shells) == 2
    with opened(endpoint) as pool:
        assert run(pool, "echo a") == ["a"]


def test_one_command_too_many(make_endpoint: MakeEndpoint) -> None:
    with opened(make_endpoint(max_concurrent_commands_per_shell=2)) as pool:
        commands = [begin(pool, "echo a") for _number in range(2)]
        for command in commands:
            command.end_invoke()
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            begin(pool, "echo b")
        assert caught.value.code == 2150859241
        commands[0].close()
        assert run(pool, "echo b") == ["b"]


def test_one_operation_too_many(make_endpoint: MakeEndpoint) -> None:
    with opened(make_endpoint(max_concurrent_operations_per_user=2)) as pool:
        for _number in range(2):
            run(pool, "echo a")
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            run(pool, "echo b")
        assert caught.value.code == 2150859174


def test_one_process_too_many(make_endpoint: MakeEndpoint) -> None:
    with connect(make_endpoint(max_processes_per_shell=1)) as wsman:
        shell_id = create_cmd_shell(wsman)
        uri = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
        for code in (None, 2150858815):
            line = element("CommandLine")
            line.append(element("Command", "sleep 60"))
            if code is None:
                invoke(wsman, pypsrp.wsman.WSManAction.COMMAND, line, uri, ShellId=shell_id)
            else:
                with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
                    invoke(wsman, pypsrp.wsman.WSManAction.COMMAND, line, uri, ShellId=shell_id)
                assert caught.value.code == code


RECEIVE_QUOTAS = [("max_received_object_mb", 1), ("max_received_data_per_command_mb", 3)]


@pytest.mark.parametrize(("quota", "objects"), RECEIVE_QUOTAS)
def test_powershells_receive_quotas_break_the_session(
    make_endpoint: MakeEndpoint, engine: FakeEngine, quota: str, objects: int
) -> None:
    endpoint = make_endpoint(**{quota: 0.5})
    with opened(endpoint) as pool:
        values = ["x" * (600_000 // objects) for _number in range(objects)]
        pipeline = pypsrp.powershell.PowerShell(pool)
        pipeline.add_script("input")
        with pytest.raises(pypsrp.exceptions.WSManFaultError, match=r"maximum.* is 524288") as caught:
            pipeline.invoke(values)
        assert caught.value.code == 0x80540FA0
        assert endpoint.shells == [] and engine.sessions[0].closed
        pool.state = RunspacePoolState.CLOSED


@pytest.mark.parametrize(("quota", "objects"), RECEIVE_QUOTAS)
def test_powershells_receive_quotas_break_the_pipeline_alone(
    make_endpoint: MakeEndpoint, engine: FakeEngine, quota: str, objects: int
) -> None:
    with opened(make_endpoint(**{quota: 0.5}, receive_quota_ends_session=False)) as pool:
        values = ["x" * (600_000 // objects) for _number in range(objects)]
        pipeline = pypsrp.powershell.PowerShell(pool)
        pipeline.add_script("input")
        with pytest.raises(pypsrp.exceptions.WSManFaultError, match="exceeded"):
            pipeline.invoke(values)
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            pool.shell.receive("stdout", command_id=pipeline.id)
        assert caught.value.code == 2150858843
        assert run(pool, "echo still here") == ["still", "here"]
        assert not engine.sessions[0].closed


def test_receive_quota_of_pool_data_breaks_the_session(make_endpoint: MakeEndpoint, engine: FakeEngine) -> None:
    endpoint = make_endpoint(max_received_object_mb=0.01)
    with opened(endpoint) as pool:
        huge = (1).to_bytes(8, "big") + bytes(8) + b"\x01" + (20_000).to_bytes(4, "big") + bytes(20_000)
        with pytest.raises(pypsrp.exceptions.WSManFaultError, match="exceeded"):
            pool.shell.send("stdin", huge)
        assert endpoint.shells == [] and engine.sessions[0].closed
        pool.state = RunspacePoolState.CLOSED


def test_receive_quotas_can_be_switched_off(make_endpoint: MakeEndpoint) -> None:
    with opened(make_endpoint(max_received_object_mb=0, max_received_data_per_command_mb=0)) as pool:
        assert [len(text) for text in run(pool, "input", "x" * 12_000_000)] == [12_000_000]


@pytest.mark.parametrize("answer", ["http-413", "fault"])
def test_a_request_over_the_envelope_limit(make_endpoint: MakeEndpoint, answer: str) -> None:
    endpoint = make_endpoint(max_envelope_size_kb=150, oversize_answer=answer)
    error: type[Exception] = pypsrp.exceptions.WinRMTransportError
    if answer == "fault":
        error = pypsrp.exceptions.WSManFaultError
    with opened(endpoint, max_envelope_size=512000) as pool, pytest.raises(error) as caught:
        run(pool, "echo " + "x" * 250_000)
    assert getattr(caught.value, "code") == (2150858790 if answer == "fault" else 413)  # noqa: B009
    with opened(endpoint, max_envelope_size=150_000) as pool:
        assert len(run(pool, "echo " + "x" * 250_000)[0]) == 250_000


def test_an_answer_never_exceeds_the_clients_envelope(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint()
    with opened(endpoint, max_envelope_size=100_000) as pool:
        before = endpoint.counters
        assert len(run(pool, "big 1000000")[0]) == 1_000_000
        after = endpoint.counters
    receives = after.actions["Receive"] - before.actions["Receive"]
    assert (after.bytes_out - before.bytes_out) / receives < 100_000


def test_a_client_whose_envelope_holds_no_fragment(make_endpoint: MakeEndpoint) -> None:
    with opened(make_endpoint(), max_envelope_size=30_000) as pool:
        pipeline = begin(pool, "big 100000")
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            pipeline.end_invoke()
        assert caught.value.code == 2150858824


@pytest.mark.parametrize(
    ("target", "name", "value"),
    [
        (Quotas(), "max_everything", 1),
        (Quotas(), "max_shells_per_user", "many"),
        (Quotas(), "max_shells_per_user", True),
        (Manners(), "allow_unencrypted", 1),
        (Manners(), "oversize_answer", 3),
    ],
)
def test_settings_that_there_are_not(target: typing.Any, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name if name != "max_everything" else "no setting"):
        change(target, name, value)
