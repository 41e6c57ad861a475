# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large output comes whole and in order, in bounded memory and no faster than it is taken."""

from __future__ import annotations

import pathlib
import signal
import sys
import time
import typing

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.processes import Process
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, invoke, module

#: What the broker may need above its base, in bytes.
_MOST = 150 * 2**20
_PATIENCE = 120
#: Looks in a row that find the same count: then nobody receives.
_LOOKS = 15

_SMALL = """
1..70000
foreach ($number in 1..20000) { "text $number" }
foreach ($number in 1..5000) { @{ id = $number; name = "name $number" } }
foreach ($number in 1..5000) { [PSCustomObject]@{ id = $number; name = "name $number"; on = $true } }
"""
#: Each of the texts has a million characters but for the number before it.
_LINE = "a line with h\u00e4\u00df, \u20ac, \u65e5\u672c\u8a9e and \U0001f600 " + "and many plain letters " * 20
_REPEATS = 1_000_000 // len(_LINE)
_TEXTS = 32
_LARGE = f"$text = '{_LINE}' * {_REPEATS}; foreach ($number in 1..{_TEXTS}) {{ \"$number $text\" }}"


def _peak(broker: Process) -> int:
    """The most memory that a process ever had, in bytes."""
    if sys.platform != "linux":
        pytest.skip("the memory of another process is read from /proc")
    status = pathlib.Path(f"/proc/{broker.pid}/status").read_text(encoding="utf-8")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024


def _broker(stage: Stage) -> Process:
    """The broker, which a first play has started and which has run a pipeline."""
    stage.play([invoke("first", "'first'")])
    (broker,) = stage.workspace.brokers()
    return broker


def test_a_hundred_thousand_objects_come_whole_and_in_order(stage: Stage) -> None:
    broker = _broker(stage)
    base = _peak(broker)
    row = stage.play([invoke("small", _SMALL)]).row("small")
    numbers = range(1, 5_001)
    assert row.result["output"] == [
        *range(1, 70_001),
        *(f"text {number}" for number in range(1, 20_001)),
        *({"id": number, "name": f"name {number}"} for number in numbers),
        *({"id": number, "name": f"name {number}", "on": True} for number in numbers),
    ]
    assert stage.workspace.brokers() == [broker]
    assert _peak(broker) - base < _MOST


def test_a_large_text_waits_on_the_host_while_its_task_stands_still(stage: Stage, endpoint: EndpointProcess) -> None:
    broker = _broker(stage)
    base = _peak(broker)
    before = endpoint.counted()["action.Receive"]
    started = stage.start([invoke("large", _LARGE)])
    _until(lambda: endpoint.counted()["action.Receive"] - before > 5)
    stopped = [process for process in stage.workspace.processes() if not process.is_broker]
    try:
        _signal(stopped, signal.SIGSTOP)
        received = endpoint.counted()["action.Receive"]
        _until(_stands_still(lambda: endpoint.counted()["action.Receive"]))
        # What the socket has room for was received still, the rest of the output waits.
        assert endpoint.counted()["action.Receive"] - received < 10
    finally:
        _signal(stopped, signal.SIGCONT)
    output = stage.finish(*started).row("large").result["output"]
    assert len(output) == _TEXTS
    assert all(text == f"{number} {_LINE * _REPEATS}" for number, text in enumerate(output, start=1))
    assert endpoint.counted()["action.Receive"] - before > 2 * _TEXTS
    assert _peak(broker) - base < _MOST


def test_what_was_left_on_the_host_is_received_whole(stage: Stage) -> None:
    options = {"script": "1..20000", "in_disconnected_session": True, "session_name": "left"}
    played = stage.play(
        [
            module("leave", "pssession_invoke", {**options, "output_buffering_mode": "block"}),
            module("receive", "pssession_receive", {"name": "left", "remove": True}),
        ]
    )
    result = played.row("receive").result
    assert (result["state"], result["output_truncated"]) == ("completed", False)
    assert result["output"] == list(range(1, 20_001))


def test_an_object_that_is_too_large_fails_its_task_and_keeps_the_session(stage: Stage) -> None:
    played = stage.play(
        [
            invoke("large", "$kept = 'here'; 'before'; 'x' * (17 * 1048576); 'after'", ignore_errors=True),
            invoke("next", "$kept"),
            {"name": "raw", "ansible.builtin.raw": "'x' * (17 * 1048576)", "ignore_errors": True},
        ]
    )
    large = played.row("large")
    assert (large.status, large.result["output"]) == ("failed", ["before", "after"])
    assert "16777216 are the most that are taken" in large.message
    assert "write to a file and fetch that" in large.message
    assert large.result["error"][0]["fully_qualified_error_id"] == "remoting.powershell.OutputTooLarge"
    assert played.row("next").result["output"] == ["here"]
    assert played.row("raw").status == "failed"
    assert "16777216 are the most that are taken" in played.row("raw").result["stderr"]


def _signal(processes: list[Process], number: signal.Signals) -> None:
    for process in processes:
        process.kill(number)


def _stands_still(count: typing.Callable[[], int]) -> typing.Callable[[], bool]:
    seen: list[int] = []

    def check() -> bool:
        seen.append(count())
        return len(seen) > _LOOKS and len(set(seen[-_LOOKS:])) == 1

    return check


def _until(condition: typing.Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)
