# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of objects as Out-Default, Out-String and redirections show them: lists and tables (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from . import dates, members, typesystem, values
from .convert import to_string
from .errors import ErrorRecord
from .format_packets import Packet
from .records import InformationalRecord
from .values import unwrap
from .views import Column, View, error_lines, view_of

#: Objects with more properties than this are shown as lists.
_TABLE_LIMIT = 4
#: No column is made narrower than this to fit the screen.
_NARROWEST = 5


@dataclasses.dataclass(frozen=True)
class Line:
    """One line; `error` for those that a host shows in the color of errors."""

    text: str
    error: bool = False


class Formatter:
    """Turns a stream of objects into lines, text at once and each run of like objects as one table or list.

    :param width: columns of the screen; None for any number.
    """

    def __init__(self, width: int | None = None) -> None:
        self._width = width
        self._kind: object = None
        self._view: View | None = None
        self._heading: str | None = None
        self._rows: list[list[str]] = []

    def feed(self, item: object) -> typing.Iterator[Line]:
        """The lines that are known once this object has come."""
        if isinstance(item, Packet):
            yield from self._take(item)
            return
        kind = kind_of(item)
        if kind is None or kind != self._kind:
            yield from self.end()
        if kind is None:
            yield from _plain_lines(item)
            return
        for part in rows_of(item):
            if self._view is None:
                self._kind, self._view = kind, view_of(part) or natural_view(part)
                self._heading = self._view.group(part) if self._view.group else None
            self._rows.append([column.cell(part) for column in self._view.columns])

    def _take(self, packet: Packet) -> typing.Iterator[Line]:
        """One packet of what Format-Table or Format-List wrote."""
        if packet.kind == "FormatEntryData":
            self._rows.append(packet.cells)
        elif packet.kind == "GroupStartData":
            self._heading = packet.heading
        elif packet.kind == "FormatStartData":
            yield from self.end()
            self._view = packet.view
        else:
            yield from self.end(self._view if packet.kind == "GroupEndData" else None)

    def end(self, next_view: View | None = None) -> typing.Iterator[Line]:
        """The lines of what still waits for more of its like."""
        view, rows, heading = self._view, self._rows, self._heading
        self._kind, self._view, self._heading, self._rows = None, next_view, None, []
        if view is not None and rows:
            lines = ["", f"    {heading}"] if heading else []
            lines += _listing(view, rows, self._width) if view.listed else _table(view, rows, self._width)
            yield from map(Line, lines)


def lines_of(items: typing.Iterable[object], width: int | None = None) -> list[str]:
    """Text and numbers one a line; objects as a table, or as a list when they have many properties."""
    formatter = Formatter(width)
    lines = [line.text for item in items for line in formatter.feed(item)]
    return lines + [line.text for line in formatter.end()]


def kind_of(item: object) -> object:
    """What objects of one table or list have in common; None for what is text."""
    plain = unwrap(item)
    if isinstance(item, (ErrorRecord, InformationalRecord)) or isinstance(
        plain, (values.DateTime, values.SecureString)
    ):
        return None
    view = view_of(item)
    if view:
        return (id(view), view.group(item) if view.group else None)
    if isinstance(plain, values.ObjectValue) and not plain.properties:
        return None
    known = isinstance(plain, (values.PSObject, values.Hashtable, values.ObjectValue))
    return tuple(typesystem.type_names(item)[:1]) if known or members.adapted_names(plain) else None


def _plain_lines(item: object) -> typing.Iterator[Line]:
    if isinstance(item, ErrorRecord):
        yield from (Line(line, error=True) for line in error_lines(item))
    elif isinstance(unwrap(item), values.DateTime):
        moment = typing.cast(values.DateTime, unwrap(item))
        yield from (Line(""), Line(dates.format_date(moment, "dddd, dd MMMM yyyy HH:mm:ss")), Line(""))
    elif item is not None:
        yield from (Line(line) for line in to_string(item).split("\n"))


def rows_of(item: object) -> list[object]:
    """A table's entries are shown, not the table itself."""
    plain = unwrap(item)
    if isinstance(plain, values.Hashtable):
        return [values.DictionaryEntry(key, value) for key, value in plain.items()]
    return [item]


def natural_view(item: object) -> View:
    """The properties of an object; numbers to the right."""
    names = [name for name, _ in members.property_names(item)]
    columns = tuple(Column(name, right=is_number(members.get_member(item, name))) for name in names)
    return View(columns, listed=len(names) > _TABLE_LIMIT)


def is_number(value: object) -> bool:
    """Whether a column that begins with this value goes to the right."""
    return isinstance(unwrap(value), (int, float)) and not isinstance(value, bool)


def _listing(view: View, rows: list[list[str]], width: int | None = None) -> list[str]:
    """``name : value``, a block an object."""
    labels = [column.label for column in view.columns]
    indent = max((len(name) for name in labels), default=0)
    room = max(width - indent - 3, _NARROWEST) if width else None
    lines = [""]
    for row in rows:
        for name, cell in zip(labels, row, strict=True):
            pieces = [piece for part in cell.split("\n") for piece in _pieces(part, room)]
            lines.append(f"{name.ljust(indent)} : {pieces[0]}")
            lines += [f"{' ' * indent}   {piece}" for piece in pieces[1:]]
        lines.append("")
    return lines


def _pieces(text: str, room: int | None) -> list[str]:
    return [text[start : start + room] for start in range(0, len(text) or 1, room)] if room else [text]


def _table(view: View, rows: list[list[str]], width: int | None = None) -> list[str]:
    """Columns under their names, those that do not fit cut short."""
    columns = view.columns
    rows = [[cell.replace("\n", " ") for cell in row] for row in rows]
    widths = [
        column.width or max([len(column.label), *(len(row[index]) for row in rows)])
        for index, column in enumerate(columns)
    ]
    while width and sum(widths) + len(widths) - 1 > width and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1

    def line(cells: typing.Sequence[str]) -> str:
        parts = []
        for cell, size, column in zip(cells, widths, columns, strict=True):
            text = cell if len(cell) <= size else cell[: size - 1] + "…"
            parts.append(text.rjust(size) if column.right else text.ljust(size))
        return " ".join(parts).rstrip()

    names = [column.label for column in columns]
    head = [] if view.headless else [line(names), line(["-" * len(name) for name in names])]
    return ["", *head, *(line(row) for row in rows), ""]
