# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write-Progress: what a record says, and one line that shows it without rich (command's own process)."""

from __future__ import annotations

import dataclasses
import shutil
import typing

#: ProgressRecordType (MS-PSRP 2.2.5.1.25), by number or by name.
_COMPLETED = (1, "Completed")
_WIDTH = 20


@dataclasses.dataclass(frozen=True)
class Activity:
    """One report of an activity's progress.

    Attributes:
        id: Its number; reports of one activity have the same.
        activity: What goes on.
        status: How far it is, in words.
        operation: The step within it.
        percent: 0 to 100, None where nobody knows.
        completed: It is over and no longer shown.
    """

    id: int
    activity: str
    status: str = ""
    operation: str = ""
    percent: int | None = None
    completed: bool = False

    @property
    def detail(self) -> str:
        """Status and step in one."""
        return "; ".join(filter(None, (self.status, self.operation)))

    @classmethod
    def parse(cls, record: typing.Any) -> Activity | None:
        """Of a progress record, whose fields are called as in PowerShell or as in `Records`; None for anything else."""
        if not isinstance(record, dict):
            return None
        fields = {str(name).replace("_", "").lower(): value for name, value in record.items()}
        number, percent = fields.get("activityid"), fields.get("percentcomplete")
        if not isinstance(number, int) or not fields.get("activity"):
            return None
        return cls(
            number,
            str(fields["activity"]),
            str(fields.get("statusdescription") or ""),
            str(fields.get("currentoperation") or ""),
            min(percent, 100) if isinstance(percent, int) and percent >= 0 else None,
            fields.get("recordtype", fields.get("type")) in _COMPLETED,
        )


class View(typing.Protocol):
    """Shows progress below what is written, and makes room for it."""

    def show(self, activity: Activity) -> None:
        """Shows the state of an activity."""

    def clear(self) -> None:
        """Makes room for other output."""


class Line:
    """The latest report in one line; where there is no terminal each new status is a line of its own.

    Args:
        file: Where to write.
    """

    def __init__(self, file: typing.TextIO) -> None:
        self._file = file
        self._is_terminal = file.isatty()
        self._shown = ""

    def show(self, activity: Activity) -> None:
        """Replaces the line."""
        text = f"{activity.activity}: {activity.detail}" if activity.detail else activity.activity
        if not self._is_terminal:
            if not activity.completed and text != self._shown:
                self._file.write(f"{text}\n")
                self._shown = text
            return
        self.clear()
        if activity.completed:
            return
        if activity.percent is not None:
            done = activity.percent * _WIDTH // 100
            text = f"[{'o' * done}{' ' * (_WIDTH - done)}] {activity.percent:3} % {text}"
        self._shown = text[: shutil.get_terminal_size().columns - 1]
        self._file.write(self._shown)
        self._file.flush()

    def clear(self) -> None:
        """Takes the line off the screen."""
        if self._is_terminal and self._shown:
            self._file.write("\r\x1b[K")
            self._file.flush()
            self._shown = ""
