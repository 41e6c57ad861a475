# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measuring, grouping, comparing (test endpoint process)."""

from __future__ import annotations

import decimal
import functools
import statistics
import typing

from .. import members, operators, values
from ..cmdlets import cmdlet
from ..convert import to_number, to_string
from ..errors import Category
from ..net_lists import OBJECT_COLLECTION
from .objects import Collecting, compared, selected


@cmdlet(
    "Measure-Object",
    "Property:string[]@0 Sum:switch Average:switch Maximum:switch Minimum:switch "
    "StandardDeviation:switch AllStats:switch "
    "Line:switch Word:switch Character:switch InputObject<0",
    aliases="measure",
)
class MeasureObject(Collecting):
    def end(self) -> None:
        if any(self.call.flag(name) for name in ("Line", "Word", "Character")):
            self.call.write(self._text_info())
            return
        for name in self.call.items("Property") or [None]:
            if name is not None and not any(members.find_property(item, to_string(name))[0] for item in self.items):
                self._report_missing(to_string(name))
                continue
            self.call.write(self._info(name))

    def _report_missing(self, name: str) -> None:
        message = (
            f'Cannot process argument because the value of argument "{name}" is not valid. Change the value of the '
            f'"{name}" argument and run the operation again.'
        )
        kind = "System.Management.Automation.PSArgumentException"
        record = self.call.error(message, "GenericMeasurePropertyNotFound", Category.InvalidArgument, None, kind)
        record.details = f'The property "{name}" cannot be found in the input for any objects.'
        self.call.write_error(record)

    def _info(self, name: object) -> values.ObjectValue:
        items = [item if name is None else members.get_member(item, to_string(name)) for item in self.items]
        items = [item for item in items if item is not None]
        every = self.call.flag("AllStats")
        wants = [name for name in ("Sum", "Average", "StandardDeviation") if every or self.call.flag(name)]
        sums = [float(to_number(item)) for item in items] if wants else []
        wanted: dict[str, object] = {"Count": len(items)}
        wanted["Average"] = sum(sums) / len(sums) if sums and (every or self.call.flag("Average")) else None
        wanted["Sum"] = float(sum(sums)) if sums and (every or self.call.flag("Sum")) else None
        wanted["Maximum"] = self._extreme(items, 1) if every or self.call.flag("Maximum") else None
        wanted["Minimum"] = self._extreme(items, -1) if every or self.call.flag("Minimum") else None
        spread = sums and "StandardDeviation" in wants
        wanted["StandardDeviation"] = (statistics.stdev(sums) if len(sums) > 1 else 0.0) if spread else None
        wanted["Property"] = None if name is None else to_string(name)
        return values.ObjectValue(
            [
                "Microsoft.PowerShell.Commands.GenericMeasureInfo",
                "Microsoft.PowerShell.Commands.MeasureInfo",
                "System.Object",
            ],
            wanted,
        )

    def _extreme(self, items: list[object], sign: int) -> object:
        result: object = None
        for item in items:
            if result is None or compared(item, result, True) * sign > 0:
                result = item
        return float(result) if isinstance(result, (int, decimal.Decimal)) and not isinstance(result, bool) else result

    def _text_info(self) -> values.ObjectValue:
        text = [to_string(item) for item in self.items]
        return values.ObjectValue(
            ["Microsoft.PowerShell.Commands.TextMeasureInfo", "Microsoft.PowerShell.Commands.MeasureInfo",
            "System.Object"],
            {
                "Lines": sum(max(1, line.count("\n") + 1) for line in text) if self.call.flag("Line") else None,
                "Words": sum(len(line.split()) for line in text) if self.call.flag("Word") else None,
                "Characters": sum(map(len, text)) if self.call.flag("Character") else None, "Property": None,
            },
        )  # fmt: skip


@cmdlet(
    "Group-Object",
    "Property:object[]@0 AsHashTable:switch AsString:switch NoElement:switch CaseSensitive:switch InputObject<0",
    aliases="group",
)
class GroupObject(Collecting):
    def end(self) -> None:
        groups: dict[object, tuple[list[typing.Any], list[object]]] = {}
        for item in self.items:
            found = (
                [item]
                if not self.call.has("Property")
                else [selected(item, key, self.call.frame) for key in self.call.items("Property")]
            )
            key = tuple(values.key_of(to_string(value), not self.call.flag("CaseSensitive")) for value in found)
            groups.setdefault(key, (found, []))[1].append(item)
        if self.call.flag("AsHashTable"):
            table = values.Hashtable()
            for found, items in groups.values():
                shared = to_string(found[0]) if self.call.flag("AsString") else found[0]
                table[shared] = values.NetList(OBJECT_COLLECTION, items)
            self.call.write(table)
            return
        by_key = functools.cmp_to_key(lambda first, second: compared(first, second, True))
        ordered = sorted(groups.values(), key=lambda group: by_key(group[0][0]))
        for found, items in ordered:
            self.call.write(_group(found, [] if self.call.flag("NoElement") else items, len(items)))


def _group(found: list[object], items: list[object], count: int) -> values.ObjectValue:
    collection = values.NetList(OBJECT_COLLECTION, items)
    kinds = ["Microsoft.PowerShell.Commands.GroupInfo", "System.Object"]
    return values.ObjectValue(
        kinds if len(items) == count else ["Microsoft.PowerShell.Commands.GroupInfoNoElement", *kinds],
        {
            "Values": values.NetList("System.Collections.ArrayList", found),
            "Count": count,
            "Group": collection,
            "Name": ", ".join(map(to_string, found)),
        },
    )


@cmdlet("Get-Unique", "AsString:switch OnType:switch InputObject<0", aliases="gu")
class GetUnique(Collecting):
    def end(self) -> None:
        for position, item in enumerate(self.items):
            if not position or not operators.equal(
                self.items[position - 1], item, ignore_case=self.call.flag("AsString")
            ):
                self.call.write(item)


@cmdlet("Tee-Object", "FilePath:string@0(File) Variable:string(Variable) Append:switch InputObject<0", aliases="tee")
class TeeObject(Collecting):
    def process(self, item: object) -> None:
        super().process(item)
        self.call.write(item)

    def end(self) -> None:
        if self.call.has("Variable"):
            self.call.frame.scope.set(self.call.text("Variable"), self.items[0] if len(self.items) == 1 else self.items)
