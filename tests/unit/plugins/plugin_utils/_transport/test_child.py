# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Child processes: what they say and leave, and that nothing of them stays."""

from __future__ import annotations

import collections.abc
import os
import pathlib
import time

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._child import Child

_PATIENCE = 60


@pytest.fixture
def start() -> collections.abc.Iterator[collections.abc.Callable[[str], Child]]:
    """Starts shell scripts, and ends those that a test has not."""
    started: list[Child] = []

    def make(script: str) -> Child:
        started.append(Child(["/bin/sh", "-c", script]))
        return started[-1]

    yield make
    for child in started:
        if child._process.returncode is None:
            child.end(0)


def read_all(child: Child) -> bytes:
    """Everything that it says to its end."""
    said = b""
    deadline = time.monotonic() + _PATIENCE
    while (data := child.read(_PATIENCE)) is not None:
        said += data
        assert time.monotonic() < deadline
    return said


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for has."""
    try:
        status = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8") if os.path.isdir("/proc/1") else ""
        os.kill(pid, 0)
    except (ProcessLookupError, FileNotFoundError):
        return True
    return status.rpartition(")")[2].split()[:1] == ["Z"]


def test_what_it_says_and_how_it_ends(start: collections.abc.Callable[[str], Child]) -> None:
    child = start('read line; echo "got $line"; echo trouble >&2; exit 3')
    assert child.write(memoryview(b"this\n")) == 5
    assert read_all(child) == b"got this\n"
    assert child.end(_PATIENCE) == 3
    assert child.errors == "trouble\n"


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="the system does not tell of a child's end")
def test_its_own_end_is_not_overtaken(start: collections.abc.Callable[[str], Child]) -> None:
    for _number in range(20):
        child = start("exec 1>&-; exec 2>&-; exit 9")
        assert read_all(child) == b""
        assert child.end(_PATIENCE) == 9


def test_much_on_standard_error_is_kept_in_part(start: collections.abc.Callable[[str], Child]) -> None:
    child = start(
        "echo first >&2; i=0; while [ $i -lt 3000 ]; do echo 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxx' >&2; "
        "i=$((i+1)); done; echo last >&2"
    )
    read_all(child)
    child.end(_PATIENCE)
    assert child.errors.startswith("first\n")
    assert child.errors.endswith("last\n")
    assert len(child.errors) < 10000


def test_all_that_it_started_ends_with_it(start: collections.abc.Callable[[str], Child]) -> None:
    child = start("trap '' TERM HUP; sleep 300 & echo $!; sleep 300")
    grandchild = int(child.read(_PATIENCE) or b"0")
    assert not gone(grandchild)
    assert child.end(0) == -9
    deadline = time.monotonic() + _PATIENCE
    while not gone(grandchild):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_pipe_that_is_full_takes_nothing_and_does_not_block(start: collections.abc.Callable[[str], Child]) -> None:
    child = start("exec sleep 300")
    rest = memoryview(bytes(8 * 1024 * 1024))
    while written := child.write(rest):
        rest = rest[written:]
    assert len(rest) > 0
    assert child.read(0, writing=True) == b""


def test_waking_ends_the_wait(start: collections.abc.Callable[[str], Child]) -> None:
    child = start("exec sleep 300")
    child.wake()
    assert child.read(None) == b""


def test_an_end_is_seen_though_somebody_else_holds_the_streams(start: collections.abc.Callable[[str], Child]) -> None:
    child = start("sleep 300 & exit 4")
    assert read_all(child) == b""
    assert child.end(_PATIENCE) == 4


def test_variables_are_added_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKEN", "1")
    monkeypatch.setenv("LEFT", "2")
    child = Child(["/bin/sh", "-c", 'echo "$ADDED-$TAKEN-$LEFT"; pwd'], {"ADDED": "3", "TAKEN": None}, "/")
    assert read_all(child) == b"3--2\n/\n"
    child.end(_PATIENCE)


def test_what_cannot_be_started() -> None:
    with pytest.raises(OSError, match="nonexistent"):
        Child(["/nonexistent/program"])
