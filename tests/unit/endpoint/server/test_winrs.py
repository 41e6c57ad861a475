# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WinRS (cmd) shells: real processes behind Command, Send, Receive and Signal."""

from __future__ import annotations

import collections.abc
import os
import pathlib
import time
import typing

import pypsrp.exceptions
import pypsrp.shell
import pytest

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import connect
from .conftest import MakeEndpoint

Open = collections.abc.Callable[..., pypsrp.shell.WinRS]


@pytest.fixture
def open_shell(endpoint: Endpoint) -> collections.abc.Iterator[Open]:
    """Opens cmd shells, closed at the end."""
    shells: list[pypsrp.shell.WinRS] = []
    wsman = connect(endpoint)

    def make(**settings: typing.Any) -> pypsrp.shell.WinRS:
        shell = pypsrp.shell.WinRS(wsman, **settings)
        shell.open()
        shells.append(shell)
        return shell

    yield make
    for shell in shells:
        shell.close()
    wsman.close()


def finished(shell: pypsrp.shell.WinRS, command: str, arguments: list[str] | None = None) -> pypsrp.shell.Process:
    process = pypsrp.shell.Process(shell, command, arguments)
    process.invoke()
    return process


def test_output_and_exit_code(open_shell: Open) -> None:
    process = finished(open_shell(), "printf", ["out; printf err >&2; exit 5"])
    assert (process.rc, process.stdout, process.stderr) == (5, b"out", b"err")


def test_environment_and_folder(open_shell: Open, tmp_path: pathlib.Path) -> None:
    shell = open_shell(environment={"COLOUR": "red & blue"}, working_directory=str(tmp_path))
    process = finished(shell, 'printf "$COLOUR "; pwd -P')
    assert process.stdout == f"red & blue {tmp_path.resolve()}\n".encode()


def test_a_program_without_a_shell(open_shell: Open) -> None:
    process = pypsrp.shell.Process(open_shell(), "printf", ["%s", "$HOME; exit 3"], no_shell=True)
    process.invoke()
    assert (process.rc, process.stdout) == (0, b"$HOME; exit 3")


def test_input(open_shell: Open) -> None:
    process = pypsrp.shell.Process(open_shell(), "cat")
    process.begin_invoke()
    process.send(b"one\n", end=False)
    process.send(b"two\n", end=True)
    process.end_invoke()
    assert (process.rc, process.stdout) == (0, b"one\ntwo\n")


def test_much_output_in_small_answers(endpoint: Endpoint, open_shell: Open) -> None:
    process = finished(open_shell(), "head -c 3000000 /dev/zero")
    assert len(process.stdout) == 3_000_000


def test_ctrl_c(open_shell: Open) -> None:
    process = pypsrp.shell.Process(open_shell(), "trap 'exit 7' INT; echo ready; while :; do sleep 0.05; done")
    process.begin_invoke()
    while b"ready" not in process.stdout:
        process.poll_invoke()
    process.signal(pypsrp.shell.SignalCode.CTRL_C)
    process.end_invoke()
    assert process.rc == 7


def test_ctrl_c_of_a_program_that_does_not_mind(open_shell: Open) -> None:
    process = pypsrp.shell.Process(open_shell(), "sleep", ["60"], no_shell=True)
    process.begin_invoke()
    process.signal(pypsrp.shell.SignalCode.CTRL_C)
    process.end_invoke()
    assert process.rc == 0xC000013A


def test_an_unknown_signal(open_shell: Open) -> None:
    process = pypsrp.shell.Process(open_shell(), "sleep 60")
    process.begin_invoke()
    with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
        process.signal("http://example.org/explode")
    assert caught.value.code == 2150858810


def test_a_program_that_is_not_there(open_shell: Open) -> None:
    assert finished(open_shell(), "no-such-program-anywhere").rc == 127
    process = pypsrp.shell.Process(open_shell(), "no-such-program-anywhere", no_shell=True)
    with pytest.raises(pypsrp.exceptions.WSManFaultError, match="cannot run"):
        process.begin_invoke()


def test_a_closed_shell_leaves_no_process(endpoint: Endpoint, tmp_path: pathlib.Path) -> None:
    gone = tmp_path / "gone"
    with connect(endpoint) as wsman, pypsrp.shell.WinRS(wsman) as shell:
        process = pypsrp.shell.Process(shell, f"mkfifo {gone}; echo ready; cat {gone}")
        process.begin_invoke()
        while b"ready" not in process.stdout:
            process.poll_invoke()
        [command] = endpoint.shells[0].commands.values()
    assert command.channel.closed
    # The reader of the pipe has been killed with its group, so nobody is there to open it for.
    with pytest.raises(OSError, match="No such device"):
        _open_for_writing(gone)


def _open_for_writing(path: pathlib.Path) -> None:
    for _attempt in range(200):
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        time.sleep(0.01)


def test_cmd_shells_can_be_switched_off(make_endpoint: MakeEndpoint) -> None:
    with connect(make_endpoint(winrs=False)) as wsman, pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
        pypsrp.shell.WinRS(wsman).open()
    assert caught.value.code == 2150858811
