# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes as engines: how they end, and which engine is chosen (test process)."""

from __future__ import annotations

import collections.abc
import pathlib
import sys
import time
import uuid

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine import pwsh
from ansible_collections.remoting.powershell.tests.endpoint.engine.api import ShellInfo
from ansible_collections.remoting.powershell.tests.endpoint.engine.choose import NoEngineError, choose_engine
from ansible_collections.remoting.powershell.tests.endpoint.engine.pwsh import PwshEngine, PwshSession
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import PATIENCE, QueueSink

_INFO = ShellInfo(uuid.UUID(int=7), "tester", "COMPUTER", "Microsoft.PowerShell")


def _open(program: str, sink: QueueSink) -> PwshSession:
    return PwshEngine([sys.executable, "-c", program], "program").open(_INFO, b"", sink)


def _exit_reason(sink: QueueSink) -> str:
    kind, _target, reason = sink.events.get(timeout=PATIENCE)
    assert kind == "exited"
    return str(reason)


def _is_alive(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_process_that_ends_by_itself_takes_the_shell_with_it() -> None:
    sink = QueueSink()
    session = _open("import sys; sys.exit('out of memory')", sink)
    assert _exit_reason(sink) == "the engine's process ended with status 1: out of memory"
    session.close()


def test_a_process_that_writes_something_else_is_ended() -> None:
    sink = QueueSink()
    session = _open("print('Welcome', flush=True); import time; time.sleep(3600)", sink)
    assert "not an element of the out-of-process protocol" in _exit_reason(sink)
    session.close()
    assert not _is_alive(session.pid)


def test_a_program_that_is_not_there_cannot_be_opened() -> None:
    with pytest.raises(OSError, match="no-such-program"):
        PwshEngine(["/no-such-program"], "program").open(_INFO, b"", QueueSink())


def _wait_until(reached: collections.abc.Callable[[], bool]) -> None:
    for _attempt in range(PATIENCE * 100):
        if reached():
            return
        time.sleep(0.01)
    pytest.fail("it never came to that")


_STUBBORN = """
import signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
with open(sys.argv[1], "w") as file:
    file.write(str(child.pid))
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("<DataAck PSGuid='00000000-0000-0000-0000-000000000000' />", flush=True)
time.sleep(3600)
"""


def test_closing_ends_a_process_that_does_not_listen_and_its_children(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pwsh, "END_PATIENCE", 0.05)
    note = tmp_path / "pid"
    sink = QueueSink()
    session = PwshEngine([sys.executable, "-c", _STUBBORN, str(note)], "program").open(_INFO, b"", sink)
    _wait_until(lambda: note.exists() and note.read_text() != "")
    child = int(note.read_text())
    session.close()
    assert not _is_alive(session.pid)
    _wait_until(lambda: not _is_alive(child))
    assert sink.events.empty()


def _fake_pwsh(folder: pathlib.Path, body: str) -> pathlib.Path:
    program = folder / "pwsh"
    program.write_text(f"#!{sys.executable}\n{body}\n")
    program.chmod(0o755)
    return program


def test_a_real_powershell_is_chosen_where_there_is_one(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PSSESSION_PWSH", str(_fake_pwsh(tmp_path, "print('7.4.1')")))
    assert choose_engine("auto").name == "PowerShell 7.4.1"
    assert choose_engine("pwsh").name == "PowerShell 7.4.1"
    assert choose_engine("embedded").name == "embedded"


def test_the_path_is_searched(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PSSESSION_PWSH", raising=False)
    _fake_pwsh(tmp_path, "print('7.4.2')")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert choose_engine().name == "PowerShell 7.4.2"


def test_without_powershell_the_embedded_engine_stands_in(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PSSESSION_PWSH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert choose_engine("auto").name == "embedded"
    with pytest.raises(NoEngineError, match="PSSESSION_PWSH"):
        choose_engine("pwsh")


def test_a_powershell_that_does_not_start_is_named(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _fake_pwsh(tmp_path, "raise SystemExit(3)")
    monkeypatch.setenv("PSSESSION_PWSH", str(program))
    with pytest.raises(NoEngineError, match=str(program)):
        choose_engine("auto")
