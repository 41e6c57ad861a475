# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What processes take of memory and processor (benchmark process and those that it starts; Linux only)."""

from __future__ import annotations

import os
import pathlib

_PROCESSES = pathlib.Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
#: Of proc_pid_stat(5), counted from the field after the command's name: the session, and the four times.
_SESSION, _TIMES = 3, slice(11, 15)
#: Written to clear_refs it makes the peak what is resident now (proc_pid_clear_refs(5)).
_FORGET_PEAK = "5"


def resident(pid: int) -> int:
    """Bytes that a process has in memory now."""
    return _status(pid, "VmRSS")


def peak(pid: int) -> int:
    """The most bytes that a process had in memory since `forget_peak`."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Have the kernel take a process's peak anew."""
    (_PROCESSES / str(pid) / "clear_refs").write_text(_FORGET_PEAK, encoding="ascii")


def processor_seconds(session: int) -> float:
    """Processor time of all processes of a session (the leader's pid), and of their children that have ended."""
    ticks = 0
    for entry in _PROCESSES.iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if int(fields[_SESSION]) == session:
                ticks += sum(int(field) for field in fields[_TIMES])
    return ticks / _TICK


def _status(pid: int, name: str) -> int:
    for line in (_PROCESSES / str(pid) / "status").read_text(encoding="utf-8", errors="replace").splitlines():
        key, _colon, value = line.partition(":")
        if key == name:
            return int(value.split()[0]) * 1024
    raise ValueError(f"process {pid} has no {name}")
