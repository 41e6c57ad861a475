# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV, and Format-Table and Format-List (test endpoint process)."""

from __future__ import annotations

import csv
import functools
import io
import typing

from .. import members, patterns, values
from ..cmdlets import Call, cmdlet
from ..convert import to_string
from ..format_packets import packets
from ..formatting import is_number, kind_of, natural_view, rows_of
from ..session import Frame
from ..views import Column, View, cell_text, view_of
from .objects import Collecting, key_name, selected


def _csv_rows(items: list[object], columns: list[str]) -> typing.Iterator[list[str | None]]:
    for item in items:
        cells = [members.get_member(item, name) for name in columns]
        yield [None if cell is None else to_string(cell) for cell in cells]


def _csv_lines(call: Call, items: list[object]) -> typing.Iterator[str]:
    if not items:
        return
    columns = [name for name, _ in members.property_names(items[0])]
    delimiter = call.text("Delimiter", ",")
    quotes = call.text("UseQuotes", "Always").lower()
    rows: list[typing.Sequence[str | None]] = [columns, *_csv_rows(items, columns)]
    for row in rows:
        yield delimiter.join(_csv_cell(cell, delimiter, quotes) for cell in row)


def _csv_cell(cell: str | None, delimiter: str, quotes: str) -> str:
    """A cell; null has no quotes, whatever is asked."""
    if cell is None:
        return ""
    needed = any(mark in cell for mark in (delimiter, '"', "\n", "\r"))
    if quotes == "never" or (quotes == "asneeded" and not needed):
        return cell
    return '"' + cell.replace('"', '""') + '"'


@cmdlet(
    "ConvertTo-Csv", "InputObject!<0 Delimiter:string@1 NoTypeInformation|NTI:switch UseQuotes:string NoHeader:switch"
)
class ConvertToCsv(Collecting):
    def end(self) -> None:
        for line in list(_csv_lines(self.call, self.items))[1 if self.call.flag("NoHeader") else 0 :]:
            self.call.write(line)


@cmdlet(
    "Export-Csv",
    (
        "InputObject!<0 Path:string@0 LiteralPath:string Delimiter:string@1 NoTypeInformation|NTI:switch "
        "Encoding:string Append:switch Force:switch UseQuotes:string"
    ),
    aliases="epcsv",
)
class ExportCsv(Collecting):
    def end(self) -> None:
        path = self.call.session.resolve(self.call.text("Path") or self.call.text("LiteralPath"))
        append = self.call.flag("Append")
        with open(path, "a" if append else "w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in list(_csv_lines(self.call, self.items))[1 if append else 0 :])


def _from_csv(call: Call, lines: list[str]) -> typing.Iterator[object]:
    rows = list(
        csv.reader(
            io.StringIO("\n".join(line for line in lines if not line.startswith("#TYPE"))),
            delimiter=call.text("Delimiter", ","),
        )
    )
    header = call.texts("Header") or (rows.pop(0) if rows else [])
    for row in rows:
        if row:
            yield values.PSObject(zip(header, [*row, *([None] * len(header))], strict=False))


@cmdlet("ConvertFrom-Csv", "InputObject:object[]@0!<0 Delimiter:string@1 Header:string[]")
class ConvertFromCsv(Collecting):
    def process(self, item: object) -> None:
        self.items.extend(self.call.items("InputObject"))

    def end(self) -> None:
        lines = [line for item in self.items for line in to_string(item).splitlines()]
        for made in _from_csv(self.call, lines):
            self.call.write(made)


@cmdlet(
    "Import-Csv",
    "Path:string[]@0<~ LiteralPath:string[]~ Delimiter:string@1 Header:string[] Encoding:string",
    aliases="ipcsv",
)
def import_csv(call: Call) -> typing.Iterator[object]:
    from .items import paths_of

    for path in paths_of(call):
        with open(path, encoding="utf-8-sig") as file:
            yield from _from_csv(call, file.read().splitlines())


class _Formatting(Collecting):
    """Format-*: what it writes only Out-* can show."""

    def end(self) -> None:
        items = [part for item in self.items for part in rows_of(item)]
        # Text and numbers are shown as they are, whatever was asked for.
        for item in items if not self.call.has("Property") else ():
            if kind_of(item) is None:
                self.call.write(item)
        items = [item for item in items if self.call.has("Property") or kind_of(item) is not None]
        if items:
            for packet in packets(items, self.view(items[0])):
                self.call.write(packet)

    def view(self, first: object) -> View:
        """How the objects are to be shown."""
        raise NotImplementedError

    def columns(self, first: object, default: View) -> tuple[Column, ...]:
        """Those that -Property names, by name or computed."""
        if not self.call.has("Property"):
            return default.columns
        frame = self.call.frame
        names = [name for name, _ in members.property_names(first)]
        columns = []
        for key in self.call.items("Property"):
            pattern = patterns.wildcard(key) if isinstance(key, str) else None
            matching: list[object] = [name for name in names if pattern and pattern.match(name)]
            for name in matching or [key]:
                show = functools.partial(_cell, name, frame)
                right = is_number(selected(first, name, frame))
                settings = values.unwrap(name) if isinstance(values.unwrap(name), values.Hashtable) else {}
                side = to_string(typing.cast(typing.Any, settings).get("alignment")).lower()
                right = side == "right" if side else right
                columns.append(Column(key_name(name), right=right, compute=show))
        return tuple(columns)


def _cell(key: object, frame: Frame, item: object) -> str:
    return cell_text(selected(item, key, frame))


@cmdlet(
    "Format-Table",
    "Property:object[]@0 AutoSize:switch HideTableHeaders:switch Wrap:switch GroupBy View:string InputObject<0",
    aliases="ft",
)
class FormatTable(_Formatting):
    def view(self, first: object) -> View:
        default = view_of(first) or natural_view(first)
        group = None if self.call.has("Property") else default.group
        return View(self.columns(first, default), headless=self.call.flag("HideTableHeaders"), group=group)


@cmdlet("Format-List", "Property:object[]@0 GroupBy View:string Force:switch InputObject<0", aliases="fl")
class FormatList(_Formatting):
    def view(self, first: object) -> View:
        return View(self.columns(first, natural_view(first)), listed=True)
