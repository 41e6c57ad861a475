# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write-Progress: records, the one line, rich's bars."""

from __future__ import annotations

import io
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession import rich_view
from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.progress import Activity, Line


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def activity(**changes: typing.Any) -> Activity:
    fields = {"id": 1, "activity": "Copy", "status": "half", "percent": 50}
    return Activity(**{**fields, **changes})


CALL = {
    "Activity": "Copy",
    "ActivityId": 4,
    "StatusDescription": "some",
    "CurrentOperation": "a.txt",
    "ParentActivityId": -1,
    "PercentComplete": 40,
    "Type": 0,
    "SecondsRemaining": -1,
}
RECORD = {
    "activity": "Copy",
    "activity_id": 4,
    "status_description": "some",
    "current_operation": "a.txt",
    "parent_activity_id": -1,
    "percent_complete": 40,
    "record_type": "Processing",
    "seconds_remaining": -1,
}


@pytest.mark.parametrize("fields", [CALL, RECORD])
def test_a_call_and_a_record_say_the_same(fields: dict[str, typing.Any]) -> None:
    assert Activity.parse(fields) == Activity(4, "Copy", "some", "a.txt", 40, False)


@pytest.mark.parametrize("done", [{**CALL, "Type": 1}, {**RECORD, "record_type": "Completed"}])
def test_the_end(done: dict[str, typing.Any]) -> None:
    parsed = Activity.parse(done)
    assert parsed is not None
    assert parsed.completed


@pytest.mark.parametrize(("given", "shown"), [(-1, None), (0, 0), (100, 100), (250, 100), (None, None)])
def test_percent(given: int | None, shown: int | None) -> None:
    parsed = Activity.parse({**CALL, "PercentComplete": given})
    assert parsed is not None
    assert parsed.percent == shown


@pytest.mark.parametrize("value", [None, "text", {}, {"Activity": "Copy"}, {"ActivityId": 1, "Activity": ""}])
def test_anything_else_is_no_activity(value: typing.Any) -> None:
    assert Activity.parse(value) is None


def test_the_line_is_replaced_and_taken_away() -> None:
    terminal = Terminal()
    line = Line(terminal)
    line.show(activity())
    assert terminal.getvalue() == "[oooooooooo          ]  50 % Copy: half"
    line.show(activity(percent=None, status="done soon"))
    line.show(activity(completed=True))
    assert terminal.getvalue().endswith("\r\x1b[KCopy: done soon\r\x1b[K")
    line.clear()
    assert terminal.getvalue().count("\x1b[K") == 2


def test_without_a_terminal_each_status_is_said_once() -> None:
    file = io.StringIO()
    line = Line(file)
    for percent in (10, 20, 30):
        line.show(activity(percent=percent))
    line.show(activity(status="all", percent=100))
    line.show(activity(completed=True))
    line.clear()
    assert file.getvalue() == "Copy: half\nCopy: all\n"


def test_bars_show_and_go() -> None:
    pytest.importorskip("rich")
    terminal = Terminal()
    bars = rich_view.Bars(terminal)
    bars.clear()
    assert terminal.getvalue() == ""
    bars.show(activity(activity="Copy [all]"))
    bars.show(activity(id=2, activity="Check", percent=None))
    assert "Copy [all]: half" in terminal.getvalue()
    assert "50%" in terminal.getvalue()
    assert "Check: half" in terminal.getvalue()
    bars.show(activity(id=2, completed=True))
    bars.show(activity(completed=True))
    # The bars' lines are erased, and the cursor is shown again.
    assert terminal.getvalue().rpartition("\x1b[2K")[2].strip("\r") == "\x1b[?25h"
    assert terminal.getvalue().count("\x1b[?25l") == terminal.getvalue().count("\x1b[?25h") == 1
