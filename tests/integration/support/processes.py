# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of a test, found by the HOME that they were started with (pytest process)."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import time

_STOP_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class Process:
    """A running process."""

    pid: int
    command: str

    @property
    def is_broker(self) -> bool:
        """Whether it is a session broker, which is started by the path of its package."""
        return "/plugin_utils/_broker " in self.command

    def kill(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal; a process that has ended in the meantime is fine."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass


def with_home(home: pathlib.Path) -> list[Process]:
    """Every running process whose HOME is this folder, by pid."""
    return with_variable("HOME", str(home))


def with_variable(name: str, value: str) -> list[Process]:
    """Every running process that was started with a variable of this value, by pid."""
    entry = f"{name}={value}"
    if sys.platform == "linux":
        found = [_read(folder, entry) for folder in pathlib.Path("/proc").iterdir() if folder.name.isdigit()]
    else:
        listing = subprocess.run(["ps", "eww", "-axo", "pid=,command="], capture_output=True, text=True, check=True)
        rows = [line.strip().partition(" ") for line in listing.stdout.splitlines() if f"{entry} " in line + " "]
        found = [Process(int(pid), command.strip()) for pid, _space, command in rows]
    return sorted((process for process in found if process), key=lambda process: process.pid)


def _read(folder: pathlib.Path, entry: str) -> Process | None:
    try:
        environment = (folder / "environ").read_bytes().split(b"\0")
        if os.fsencode(entry) not in environment:
            return None
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:  # it has ended, or belongs to somebody else
        return None
    # One that has ended and was not waited for yet has neither.
    return Process(int(folder.name), command) if command else None


def wait_until_gone(processes: list[Process], home: pathlib.Path) -> list[Process]:
    """Wait for the processes to end; returns those that did not within half a minute."""
    deadline = time.monotonic() + _STOP_SECONDS
    while True:
        left = [process for process in processes if process in with_home(home)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)
