# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of objects as Out-String and redirections show them: lists and tables (test endpoint process)."""

from __future__ import annotations

import typing

from . import members, values
from .convert import to_string
from .errors import ErrorRecord
from .records import InformationalRecord
from .values import unwrap

_TABLE_LIMIT = 4


def lines_of(items: typing.Sequence[object]) -> list[str]:
    """Text and numbers one a line; objects as a table, or as a list when they have many properties."""
    lines: list[str] = []
    group: list[object] = []
    for item in items:
        if _is_plain(item):
            lines += _objects(group)
            group = []
            lines += to_string(item).split("\n") if item is not None else []
        else:
            group.append(item)
    return lines + _objects(group)


def _is_plain(item: object) -> bool:
    if isinstance(item, (ErrorRecord, InformationalRecord)):
        return True
    plain = unwrap(item)
    if isinstance(plain, values.ObjectValue) and not plain.properties:
        return True
    return not isinstance(plain, (values.PSObject, values.Hashtable, values.ObjectValue)) and not members.adapted_names(
        plain
    )


def _columns(item: object) -> list[str]:
    if isinstance(item, values.Hashtable):
        return ["Name", "Value"]
    return [name for name, _ in members.property_names(item)]


def _objects(items: list[object]) -> list[str]:
    if not items:
        return []
    columns = _columns(items[0])
    if isinstance(items[0], values.Hashtable):
        rows = [
            [to_string(key), _cell(value)]
            for item in items
            if isinstance(item, values.Hashtable)
            for key, value in item.items()
        ]
        return table(columns, rows)
    rows = [[_cell(members.get_member(item, name)) for name in columns] for item in items]
    if len(columns) <= _TABLE_LIMIT:
        return table(columns, rows, [isinstance(members.get_member(items[0], name), (int, float)) for name in columns])
    return listing(columns, rows)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "{" + ", ".join(map(to_string, value)) + "}"
    return to_string(value)


def listing(columns: list[str], rows: list[list[str]]) -> list[str]:
    """``name : value``, a block an object."""
    width = max((len(name) for name in columns), default=0)
    lines = [""]
    for row in rows:
        lines += [f"{name.ljust(width)} : {cell}" for name, cell in zip(columns, row, strict=False)] + [""]
    return lines


def table(columns: list[str], rows: list[list[str]], right: typing.Sequence[bool] = ()) -> list[str]:
    """Columns under their names, numbers to the right."""
    widths = [max([len(name), *(len(row[index]) for row in rows)]) for index, name in enumerate(columns)]
    aligned = list(right) or [False] * len(columns)

    def line(cells: typing.Sequence[str]) -> str:
        parts = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(cells, widths, aligned, strict=False)
        )
        return " ".join(parts).rstrip()

    return ["", line(columns), line(["-" * len(name) for name in columns]), *(line(row) for row in rows), ""]
