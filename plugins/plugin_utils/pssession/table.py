# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of sessions and brokers as text (command's own process)."""

from __future__ import annotations

import typing

Row = typing.Mapping[str, typing.Any]

#: PowerShell's own table of sessions: heading, field, and whether it is aligned to the right.
COLUMNS = (
    ("Id", "id", True),
    ("Name", "name", False),
    ("ComputerName", "computer_name", False),
    ("State", "state", False),
    ("ConfigurationName", "configuration_name", False),
    ("Availability", "availability", True),
)


def cells(row: Row) -> list[str]:
    """A session's cells, in the order of COLUMNS; a session that no broker holds has no Id."""
    return ["" if row.get(field) is None else str(row[field]) for _heading, field, _right in COLUMNS]


def plain(rows: typing.Sequence[Row]) -> str:
    """The table as Format-Table shows it: headings, a line under each, cells as wide as the widest."""
    headings = [heading for heading, _field, _right in COLUMNS]
    lines = [headings, ["-" * len(heading) for heading in headings], *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    return "\n".join(_line(line, widths) for line in lines)


def status(broker: Row) -> str:
    """One broker's facts, a line for each, and its counters."""
    counters = broker.get("counters") or {}
    facts = {name: value for name, value in broker.items() if name != "counters"}
    width = max(map(len, (*facts, *counters)), default=0)
    return "\n".join(f"{name.replace('_', ' '):{width}}  {value}" for name, value in {**facts, **counters}.items())


def _line(line: typing.Sequence[str], widths: typing.Sequence[int]) -> str:
    parts = (
        text.rjust(width) if right else text.ljust(width)
        for text, width, (_heading, _field, right) in zip(line, widths, COLUMNS, strict=True)
    )
    return " ".join(parts).rstrip()
