# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo as a program: what it shows, how it ends, and that nothing is left of it."""

from __future__ import annotations

import collections.abc
import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest

from ansible_collections.remoting.powershell.tests.integration.support import processes
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for

RUN = pathlib.Path(__file__).resolve().parents[2] / "playbooks" / "demo" / "run.py"
PATIENCE = 240

#: Starts the demo with further arguments.
Start = collections.abc.Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: pathlib.Path) -> collections.abc.Iterator[Start]:
    """Starts the demo; afterwards neither a process of it nor its workspace may be left."""
    mark = ("VIRTUAL_ENV", str(tmp_path))  # what it starts inherits this, and nothing else has it

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(RUN), "--logs", str(tmp_path), *arguments],
            env={**os.environ, **environment, mark[0]: mark[1]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    yield start
    left = processes.with_variable(*mark)
    for process in left:
        process.kill(signal.SIGKILL)
    logs = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("demo-*.log")}
    print(*(f"--- {name}\n{text}" for name, text in logs.items()), sep="\n")
    assert left == []
    inventories = [
        pathlib.Path(path) for text in logs.values() for path in re.findall(r"-i (\S+/inventory\.json)", text)
    ]
    assert not any(path.parent.exists() for path in inventories)


def _row(output: str, heading: str) -> list[int]:
    """The numbers in one line of the summary."""
    (line,) = [line for line in output.splitlines() if line.strip().startswith(heading)]
    return [int(number) for number in line.split()[-2:]]


def test_shows_kept_sessions(start: Start) -> None:
    process = start()
    output, _none = process.communicate(timeout=PATIENCE)
    print(output)
    assert process.returncode == 0
    assert "\033" not in output, "colour is for terminals"
    assert "stands in for Ansible's module runner" in output
    listed = re.findall(r"(\d) +Ansible(\d) +127\.0\.0\.\d +Opened +Microsoft\.PowerShell +Available", output)
    assert listed == [("1", "1"), ("2", "2")]
    ours, psrp = _row(output, "module tasks")
    assert ours == psrp
    assert _row(output, "sessions opened") == [2, psrp]
    assert "no process left" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(start: Start, tmp_path: pathlib.Path, number: signal.Signals) -> None:
    process = start()
    log = tmp_path / "demo-leave_state.log"
    # A session broker and sessions are there from the playbook before this one.
    wait_for("the second playbook to run", lambda: log.exists() and "TASK" in log.read_text(encoding="utf-8"))
    process.send_signal(number)
    output, _none = process.communicate(timeout=PATIENCE)
    print(output)
    assert process.returncode == 130
    assert "Interrupted" in output
    assert "Traceback" not in output
    assert "removed" in (tmp_path / "demo-broker.log").read_text(encoding="utf-8"), "sessions were not removed"


def test_step_that_fails(start: Start, tmp_path: pathlib.Path) -> None:
    process = start("--engine", "pwsh", PSSESSION_PWSH="/bin/false")
    output, _none = process.communicate(timeout=PATIENCE)
    print(output)
    assert process.returncode == 1
    assert "Step 1 of 6 failed" in output
    assert "/bin/false" in output
    assert str(tmp_path / "demo-endpoint.log") in output
    assert "Traceback" not in output
