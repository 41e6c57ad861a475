# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rich shows where it is installed and the output is a terminal (command's own process)."""

from __future__ import annotations

import typing

from .progress import Activity
from .table import COLUMNS, Row, cells

try:
    import rich.console
    import rich.markup
    import rich.progress
    import rich.table
except ImportError:
    AVAILABLE = False
else:
    AVAILABLE = True

_STATES = {"Opened": "green", "Disconnected": "yellow", "Broken": "red", "Closed": "red"}
#: Columns of the table: the terminal wraps what is wider than itself, and no cell is ever cut.
_WIDEST = 1000


def table(rows: typing.Sequence[Row]) -> str:
    """The table of sessions, as the text that a terminal shows."""
    shown = rich.table.Table(box=None, header_style="bold green", pad_edge=False)
    for heading, _field, right in COLUMNS:
        shown.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for row in rows:
        shown.add_row(*map(rich.markup.escape, cells(row)), style=_STATES.get(str(row.get("state")), ""))
    console = rich.console.Console(force_terminal=True, width=_WIDEST)
    with console.capture() as capture:
        console.print(shown)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


class Bars:
    """Write-Progress as bars below the output, gone when they are done; see progress.View.

    Args:
        file: The terminal.
    """

    def __init__(self, file: typing.TextIO) -> None:
        self._console = rich.console.Console(file=file)
        self._tasks: dict[int, typing.Any] = {}
        self._progress: typing.Any = None

    def show(self, activity: Activity) -> None:
        """Draws the bar of an activity anew, or removes it."""
        if activity.completed:
            self._remove(activity)
            return
        if self._progress is None:
            self._progress = self._start()
        text = f"{activity.activity}: {activity.detail}" if activity.detail else activity.activity
        facts: dict[str, typing.Any] = {
            "description": rich.markup.escape(text),
            "completed": activity.percent or 0,
            "total": None if activity.percent is None else 100,
        }
        if activity.id in self._tasks:
            self._progress.update(self._tasks[activity.id], **facts)
        else:
            self._tasks[activity.id] = self._progress.add_task(**facts)
        self._progress.refresh()

    def clear(self) -> None:
        """Takes the bars off the screen; the next activity brings new ones."""
        if self._progress is not None:
            self._progress.stop()
        self._progress = None
        self._tasks.clear()

    def _remove(self, activity: Activity) -> None:
        if activity.id in self._tasks:
            self._progress.remove_task(self._tasks.pop(activity.id))
            self._progress.refresh()
        if not self._tasks:
            self.clear()

    def _start(self) -> typing.Any:
        columns = (rich.progress.TextColumn("{task.description}"), rich.progress.BarColumn())
        # Drawn when there is news, by nobody else: a thread would draw into what the pipeline writes.
        progress = rich.progress.Progress(
            *columns,
            rich.progress.TaskProgressColumn(),
            console=self._console,
            transient=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        progress.start()
        return progress
