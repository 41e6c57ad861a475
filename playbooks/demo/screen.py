# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo shows: a line for each step and each task, tables; colour on a terminal only (demo process)."""

from __future__ import annotations

import collections.abc
import os
import pathlib
import typing

from ansible_collections.remoting.powershell.playbooks.demo.playback import Task

_BOLD, _DIM, _GREEN, _RED, _YELLOW = "1", "2", "32", "31", "33"
_COLOURS = {"ok": _GREEN, "changed": _YELLOW, "skipping": _DIM, "fatal": _RED}
_INDENT = " " * 6
#: The width of a task's name, which leaves room for the states of two hosts.
_NAME = 40


class Screen:
    """Writes to a stream.

    Args:
        stream: Where to.
        steps: How many steps there will be.
    """

    def __init__(self, stream: typing.TextIO, steps: int) -> None:
        self._stream = stream
        self._steps = steps
        self._colour = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        unicode = "utf" in (stream.encoding or "").lower()
        self._tick, self._cross = ("✓", "✗") if unicode else ("+", "x")
        self.number = 0

    def title(self, text: str) -> None:
        """What all of this is."""
        self._line(self._paint(text, _BOLD))

    def step(self, text: str) -> None:
        """A step begins."""
        self.number += 1
        self._line()
        self._line(self._paint(f"[{self.number}/{self._steps}] {text}", _BOLD))

    def note(self, text: str) -> None:
        """Something to know about the step."""
        self._line(_INDENT + self._paint(text, _DIM))

    def done(self, text: str) -> None:
        """Something that was checked."""
        self._line(f"{_INDENT}{self._paint(self._tick, _GREEN)} {self._paint(text, _BOLD)}")

    def task(self, task: Task) -> None:
        """A task, its state on each host, what scripts wrote and, of a failed one, why."""
        mark = self._paint(self._cross, _RED) if task.failed else self._paint(self._tick, _GREEN)
        states = "".join(
            f"  {host} " + self._paint(f"{status:<8}", _COLOURS[status]) for host, status in sorted(task.status.items())
        )
        self._line(f"{_INDENT}{mark} {_shortened(task.name):<{_NAME}}{states}".rstrip())
        for host, result in sorted(task.results.items()):
            for value in result.get("output", []):
                self._line(f"{_INDENT}    {self._paint(f'{host}:', _DIM)} {value}")
            if task.status[host] == "fatal":
                self._line(f"{_INDENT}    {host}: {self._paint(str(result.get('msg', result)), _RED)}")

    def table(self, headings: collections.abc.Sequence[str], rows: list[list[object]]) -> None:
        """A table; numbers stand to the right."""
        widths = [max(len(str(row[column])) for row in [headings, *rows]) for column in range(len(headings))]
        numeric = [all(isinstance(row[column], int | float) for row in rows) for column in range(len(headings))]

        def line(cells: collections.abc.Sequence[object]) -> str:
            texts = zip(map(str, cells), widths, numeric, strict=True)
            return "  ".join(text.rjust(width) if right else text.ljust(width) for text, width, right in texts).rstrip()

        self._line()
        self._line(_INDENT + self._paint(line(headings), _BOLD))
        self._line(_INDENT + line(["-" * width for width in widths]))
        for row in rows:
            self._line(_INDENT + line(row))

    def failure(self, text: str, log: pathlib.Path) -> None:
        """What went wrong, and where more is found."""
        self._line()
        self._line(self._paint(text, _RED))
        self._line(f"More is in {_relative(log)}")

    def footer(self, text: str, logs: pathlib.Path) -> None:
        """Where to look next."""
        self._line()
        self._line(self._paint(f"{text}; what ansible printed is in {_relative(logs)}/demo-*.log.", _DIM))

    def _paint(self, text: str, colour: str) -> str:
        return f"\033[{colour}m{text}\033[0m" if self._colour else text

    def _line(self, text: str = "") -> None:
        print(text, file=self._stream, flush=True)


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 3] + "..."


def _relative(path: pathlib.Path) -> pathlib.Path:
    return path.relative_to(pathlib.Path.cwd()) if path.is_relative_to(pathlib.Path.cwd()) else path
