# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV, and Format-Table and Format-List (test endpoint process)."""

from __future__ import annotations

import csv
import io
import typing

from .. import members, values
from ..cmdlets import Call, cmdlet
from ..convert import to_string
from ..formatting import lines_of, table
from .objects import Collecting, selected


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


class _Formatted(Collecting):
    """Format-* write what only Out-* can read; here that is an object that holds the lines."""

    def shape(self, items: list[object]) -> list[str]:
        return lines_of(items)

    def end(self) -> None:
        if self.items:
            self.call.write(
                values.ObjectValue(
                    ["Microsoft.PowerShell.Commands.Internal.Format.FormatEntryData", "System.Object"],
                    {},
                    "\n".join(self.shape(self.items)),
                )
            )

    def cells(self) -> tuple[list[str], list[list[str]]]:
        keys = self.call.items("Property")
        if not keys:
            keys = [name for name, _ in members.property_names(self.items[0])]
        rows = [[to_string(selected(item, key, self.call.frame)) for key in keys] for item in self.items]
        return [to_string(key) for key in keys], rows


@cmdlet(
    "Format-Table",
    "Property:object[]@0 AutoSize:switch HideTableHeaders:switch Wrap:switch GroupBy View:string InputObject<0",
    aliases="ft",
)
class FormatTable(_Formatted):
    def shape(self, items: list[object]) -> list[str]:
        return table(*self.cells())
