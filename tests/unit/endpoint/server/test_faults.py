# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request: each befalls the requests that it was meant for, and no other."""

from __future__ import annotations

import threading

import pypsrp.exceptions
import pypsrp.powershell
import pytest
import requests
from pypsrp.complex_objects import RunspacePoolState

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.faults import FaultList

from .clients import begin, opened, run, until
from .conftest import MakeEndpoint


def test_matching_by_action_shell_computer_and_number() -> None:
    faults = FaultList()
    faults.add("delay", action="Command", after=1, times=2)
    faults.add("drop-before", shell_id="ABC", computer="web01")
    seen = [[fault.kind for fault in faults.take("Command", "x", "web02")] for _number in range(5)]
    assert seen == [[], ["delay"], ["delay"], [], []]
    assert [fault.kind for fault in faults.take("Send", "abc", "web01")] == ["drop-before"]
    assert len(faults) == 0


@pytest.mark.parametrize(
    "settings", [{"kind": "explode"}, {"kind": "delay", "seconds": -1}, {"kind": "cut", "after": -1}]
)
def test_failures_that_there_are_not(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no failure|not negative"):
        FaultList().add(**settings)  # type: ignore[arg-type]


def test_requests_are_held_until_all_is_cleared(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        endpoint.faults.add("hold", action="Command", times=0)
        before = endpoint.counters.commands
        pipeline = pypsrp.powershell.PowerShell(pool)
        pipeline.add_script("echo a")
        thread = threading.Thread(target=pipeline.begin_invoke)
        thread.start()
        until(lambda: endpoint.faults.held == 1)
        assert endpoint.counters.commands == before
        endpoint.faults.clear()
        thread.join()
        assert endpoint.faults.held == 0
        assert pipeline.end_invoke() == ["a"]


@pytest.mark.parametrize(("kind", "processed"), [("drop-before", 0), ("drop-after", 1), ("cut", 1)])
def test_a_command_whose_answer_is_lost(endpoint: Endpoint, kind: str, processed: int) -> None:
    with opened(endpoint) as pool:
        endpoint.faults.add(kind, action="Command", bytes=400)
        pipeline = pypsrp.powershell.PowerShell(pool)
        pipeline.add_script("echo a")
        with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            pipeline.begin_invoke()
        assert endpoint.counters.commands == processed
        assert (pipeline.id in endpoint.shells[0].commands) == bool(processed)


def test_a_lost_receive_is_lost(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        pipeline = begin(pool, "echo a\nhold")
        endpoint.faults.add("drop-after", action="Receive")
        with pytest.raises(requests.exceptions.ConnectionError):
            pool.shell.receive("stdout", command_id=pipeline.id)
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            pool.shell.receive("stdout", command_id=pipeline.id, timeout=1)
        assert caught.value.code == 2150858793


def test_a_lost_receive_is_given_again_by_a_kind_server(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(redeliver_lost_output=True)
    with opened(endpoint) as pool:
        endpoint.faults.add("drop-after", action="Receive")
        pipeline = begin(pool, "echo a")
        with pytest.raises(requests.exceptions.ConnectionError):
            pipeline.poll_invoke()
        pipeline.end_invoke()
        assert list(pipeline.output) == ["a"]


def test_http_statuses(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        for status in (400, 503):
            endpoint.faults.add(f"http-{status}", action="Command")
            with pytest.raises(pypsrp.exceptions.WinRMTransportError) as caught:
                begin(pool, "echo a")
            assert caught.value.code == status
        assert run(pool, "echo a") == ["a"]
        assert endpoint.counters.commands == 1


def test_a_quota_on_request(endpoint: Endpoint) -> None:
    endpoint.faults.add("quota", action="Create", quota="max_plugin_shells")
    with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught, opened(endpoint):
        raise AssertionError("opened")
    assert caught.value.code == 2150859238
    with opened(endpoint) as pool:
        assert run(pool, "echo a") == ["a"]


@pytest.mark.parametrize(
    ("kind", "code"), [("restart", 2150858843), ("shell-gone", 2150858843), ("disconnect-idle", 2150859204)]
)
def test_what_may_befall_a_shell(endpoint: Endpoint, kind: str, code: int) -> None:
    with opened(endpoint) as pool:
        endpoint.faults.add(kind, action="Command")
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            begin(pool, "echo a")
        assert caught.value.code == code
        assert endpoint.counters.commands == 0
        assert len(endpoint.shells) == (kind == "disconnect-idle")
        pool.state = RunspacePoolState.CLOSED


def test_a_slow_create(endpoint: Endpoint) -> None:
    endpoint.faults.add("delay", action="Create", seconds=0.05)
    with opened(endpoint) as pool:
        assert run(pool, "echo a") == ["a"]
    assert len(endpoint.faults) == 0
