# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of sessions, plain and by rich."""

from __future__ import annotations

import re

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession import rich_view, table

ROWS: list[dict[str, object]] = [
    {
        "id": 1,
        "name": "build [1]",
        "computer_name": "web1.example.com",
        "state": "Opened",
        "configuration_name": "Microsoft.PowerShell",
        "availability": "Available",
    },
    {
        "id": None,
        "name": "other",
        "computer_name": "web2",
        "state": "Disconnected",
        "configuration_name": "PrintOperators",
        "availability": "Busy",
    },
]
TABLE = """\
Id Name      ComputerName     State        ConfigurationName    Availability
-- ----      ------------     -----        -----------------    ------------
 1 build [1] web1.example.com Opened       Microsoft.PowerShell    Available
   other     web2             Disconnected PrintOperators               Busy"""


def test_is_powershells() -> None:
    assert table.plain(ROWS) == TABLE


def test_without_rows_there_are_headings() -> None:
    assert table.plain([]).splitlines() == [
        "Id Name ComputerName State ConfigurationName Availability",
        "-- ---- ------------ ----- ----------------- ------------",
    ]


def test_rich_says_the_same() -> None:
    pytest.importorskip("rich")
    shown = rich_view.table(ROWS)
    assert "\x1b[" in shown
    words = [line.split() for line in re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()]
    assert words == [line.split() for line in TABLE.splitlines() if not line.startswith("--")]


def test_status_has_a_line_for_each_fact_and_counter() -> None:
    text = table.status({"version": "0.1.0", "pid": 7, "counters": {"sessions_opened": 2}})
    assert [line.split("  ", 1) for line in text.splitlines()] == [
        ["version", "        0.1.0"],
        ["pid", "            7"],
        ["sessions opened", "2"],
    ]
