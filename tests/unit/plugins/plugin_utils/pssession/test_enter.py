# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop of pssession enter: lines in, output out, how it ends."""

from __future__ import annotations

import os
import signal
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._client import OnHostCall, OnRecords
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Finished, HostCall
from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.enter import Interactive
from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.failure import CommandFailed
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.pssession.seat import CTRL_C, CTRL_D, Seat

Action = typing.Callable[[OnHostCall, OnRecords], Finished]


def ended(state: str = "completed", error: typing.Any = None) -> Finished:
    return Finished(state, dict(SESSION), error)


class Remote:
    """A session whose lines do what they were told to."""

    def __init__(self, **actions: Action) -> None:
        self._actions = actions
        self.lines: list[str] = []
        self.stops = 0
        self.lost = False

    def execute(self, line: str, on_host_call: OnHostCall, on_records: OnRecords) -> Finished:
        self.lines.append(line)
        action = self._actions.get(line)
        return action(on_host_call, on_records) if action else ended()

    def prompt(self, on_host_call: OnHostCall) -> str:
        return f"PS {len(self.lines)}> "

    def is_lost(self) -> bool:
        return self.lost

    def stop(self) -> None:
        self.stops += 1


class Lines:
    """An editor at which lines are typed; shows its prompts."""

    def __init__(self, seat: Seat, *lines: str) -> None:
        self._seat = seat
        self._lines = list(lines)

    def read(self, prompt: typing.Callable[[], str]) -> str:
        self._seat.out.write(prompt())
        line = self._lines.pop(0)
        if line == CTRL_C:
            raise KeyboardInterrupt
        if line == CTRL_D:
            raise EOFError
        self._seat.out.write(f"{line}\n")
        return line


def run(seat: Seat, remote: Remote, *lines: str) -> int:
    return Interactive(typing.cast(typing.Any, remote), seat.host, seat.console, Lines(seat, *lines), "web1").run()


@pytest.mark.parametrize("word", ["exit", "EXIT", " exit ; ", "Exit-PSSession", "exsn", CTRL_D])
def test_leaving(word: str) -> None:
    seat, remote = Seat(), Remote()
    assert run(seat, remote, "$a = 1", "", word, "never") == 0
    assert remote.lines == ["$a = 1"]
    assert seat.screen.startswith("[web1]: PS 0> $a = 1\n[web1]: PS 1> \n[web1]: PS 1> ")


def test_ctrl_c_clears_the_line() -> None:
    seat, remote = Seat(), Remote()
    assert run(seat, remote, CTRL_C, "Get-Date", "exit") == 0
    assert remote.lines == ["Get-Date"]
    assert seat.screen.startswith("[web1]: PS 0> \n[web1]: PS 0> Get-Date\n")


def test_an_exit_of_the_remote_side_leaves() -> None:
    def leave(on_host_call: OnHostCall, on_records: OnRecords) -> Finished:
        on_host_call(HostCall("SetShouldExit", [3], False))
        return ended()

    seat, remote = Seat(), Remote(quit=leave)
    assert run(seat, remote, "quit", "never") == 0
    assert remote.lines == ["quit"]


def test_output_and_errors_are_shown() -> None:
    def say(on_host_call: OnHostCall, on_records: OnRecords) -> Finished:
        on_host_call(HostCall("WriteLine2", ["text"], False))
        on_records([["error", {"output": "first"}], ["warning", "careful"], ["information", {"tags": []}]], b"")
        return ended("failed", {"output": "last"})

    seat = Seat()
    assert run(seat, Remote(say=say), "say", "exit") == 0
    assert "text\nWARNING: careful\n" in seat.screen
    assert seat.errors == "first\nlast\n"


def test_ctrl_c_stops_the_pipeline_and_not_the_session() -> None:
    def sleep(on_host_call: OnHostCall, on_records: OnRecords) -> Finished:
        os.kill(os.getpid(), signal.SIGINT)
        return ended("stopped", {"output": "The pipeline has been stopped."})

    seat, remote = Seat(), Remote(sleep=sleep)
    before = signal.getsignal(signal.SIGINT)
    assert run(seat, remote, "sleep", "Get-Date", "exit") == 0
    assert seat.screen.startswith("[web1]: PS 0> sleep\n\n[web1]: PS 1> Get-Date\n")
    assert (remote.stops, remote.lines) == (1, ["sleep", "Get-Date"])
    assert seat.errors == ""
    assert signal.getsignal(signal.SIGINT) is before


def test_a_third_ctrl_c_gives_up(capfd: pytest.CaptureFixture[str]) -> None:
    def hang(on_host_call: OnHostCall, on_records: OnRecords) -> Finished:
        while True:
            os.kill(os.getpid(), signal.SIGINT)

    seat, remote = Seat(), Remote(hang=hang)
    with pytest.raises(CommandFailed, match="did not stop") as raised:
        run(seat, remote, "hang", "never")
    assert raised.value.code == 1
    assert remote.stops == 2
    assert "Press Ctrl-C again to leave" in capfd.readouterr().err


@pytest.mark.parametrize("lost", [True, False])
def test_a_failure_ends_it_only_where_the_session_is_lost(lost: bool) -> None:
    def fail(on_host_call: OnHostCall, on_records: OnRecords) -> Finished:
        raise PSSessionError(ErrorKind.UNKNOWN, "The connection broke.")

    seat, remote = Seat(), Remote(fail=fail)
    remote.lost = lost
    assert run(seat, remote, "fail", "exit") == int(lost)
    assert seat.errors.startswith("The connection broke.\n")
    assert ("The session on web1 is lost, and with it its state." in seat.errors) is lost


def test_a_prompt_that_cannot_be_asked_for_ends_a_lost_session() -> None:
    class Gone(Remote):
        def prompt(self, on_host_call: OnHostCall) -> str:
            raise PSSessionError(ErrorKind.UNREACHABLE, "No route.")

    seat, remote = Seat(), Gone()
    remote.lost = True
    assert run(seat, remote, "never") == 1
    assert "No route." in seat.errors
