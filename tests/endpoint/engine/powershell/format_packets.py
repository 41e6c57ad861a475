# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Format-Table and Format-List write: packets that only Out-* can show (test endpoint process)."""

from __future__ import annotations

import typing

from . import typesystem, values
from .views import Column, View

_FORMAT = "Microsoft.PowerShell.Commands.Internal.Format."
_CONTROL = ("ControlInfoData", "PacketInfoData", "FormatInfoData")
#: Each kind's mark in PowerShell, and its bases.
_KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "FormatStartData": ("033ecb2bc07a4d43b5ef94ed5a35d280", ("StartData", *_CONTROL)),
    "FormatEndData": ("cf522b78d86c486691226b40aa69e95c", _CONTROL),
    "GroupStartData": ("9e210fe47d09416682b841769c78b8a3", ("StartData", *_CONTROL)),
    "GroupEndData": ("4ec4f0187cb04f4cb6973460dfe252df", _CONTROL),
    "FormatEntryData": ("27c87ef9bbda4f709f6b4002fa4af63c", _CONTROL[1:]),
    "TableHeaderInfo": ("e3b7a39c089845d388b2e84c5d38f5dd", ("ShapeInfo", "FormatInfoData")),
    "TableColumnInfo": ("7572aa4155ec4558817a615acf7dd92e", ("FormatInfoData",)),
    "TableRowEntry": ("0e59526e2dd441aa91e7fc952caf4a36", ("FormatEntryInfo", "FormatInfoData")),
    "ListViewHeaderInfo": ("830bdcb24c1642258724e441512233a4", ("ShapeInfo", "FormatInfoData")),
    "ListViewEntry": ("cf58f450baa848ef8eb3504008be6978", ("FormatEntryInfo", "FormatInfoData")),
    "ListViewField": ("b761477330ce4fb2a665999879324d73", ("FormatInfoData",)),
    "FormatPropertyField": ("78b102e894f742aca8c1d6737b6ff86a", ("FormatValue", "FormatInfoData")),
}
_MARK = "ClassId2e4f51ef21dd47e99d3c952918aff9cd"
_LEFT, _RIGHT = 1, 3


class Packet(values.ObjectValue):
    """One packet, with what Out-* needs of it."""

    #: Packets are serialized whole.
    net_depth = 1

    def __init__(self, kind: str, **properties: object) -> None:
        mark, bases = _KINDS[kind]
        names = [*(_FORMAT + name for name in (kind, *bases)), "System.Object"]
        super().__init__(names, {_MARK: mark, **properties})
        self.kind = kind
        #: How the objects that follow are shown (FormatStartData).
        self.view: View | None = None
        #: What stands above those of a group (GroupStartData).
        self.heading: str | None = None
        #: The texts of one object (FormatEntryData).
        self.cells: list[str] = []


def packets(items: list[object], view: View) -> typing.Iterator[Packet]:
    """The packets that show some objects in a view."""
    start = Packet(
        "FormatStartData", pageHeaderEntry=None, pageFooterEntry=None, autosizeInfo=None, shapeInfo=_shape(view),
        groupingEntry=None,
    )  # fmt: skip
    start.view = view
    yield start
    heading: str | None = None
    for position, item in enumerate(items):
        above = view.group(item) if view.group else None
        if position == 0 or above != heading:
            if position:
                yield Packet("GroupEndData", groupingEntry=None)
            group = Packet("GroupStartData", shapeInfo=None, groupingEntry=None)
            group.heading = heading = above
            yield group
        yield _entry(view, [column.cell(item) for column in view.columns])
    yield Packet("GroupEndData", groupingEntry=None)
    yield Packet("FormatEndData", groupingEntry=None)


def _list(kind: str, items: typing.Iterable[object]) -> values.NetList:
    element = f"{_FORMAT}{kind}, {values.AUTOMATION_LIBRARY}"
    name = typesystem.known_generic(f"System.Collections.Generic.List`1[[{element}]]", "System.Collections.ArrayList")
    return values.NetList(name, items)


def _shape(view: View) -> Packet:
    if view.listed:
        return Packet("ListViewHeaderInfo")
    columns = _list("TableColumnInfo", map(_column, view.columns))
    return Packet("TableHeaderInfo", hideHeader=view.headless, repeatHeader=False, tableColumnInfoList=columns)


def _column(column: Column) -> Packet:
    alignment = _RIGHT if column.right else _LEFT
    named = column.source in ("", column.label)
    return Packet(
        "TableColumnInfo", width=column.width or 0, alignment=alignment, label=None if named else column.label,
        propertyName=column.source or column.label, HeaderMatchesProperty=named,
    )  # fmt: skip


def _entry(view: View, cells: list[str]) -> Packet:
    fields = [Packet("FormatPropertyField", propertyValue=cell, alignment=0) for cell in cells]
    if view.listed:
        labels = (column.label for column in view.columns)
        named = [
            Packet("ListViewField", label=None, propertyName=label, formatPropertyField=field)
            for label, field in zip(labels, fields, strict=True)
        ]
        info = Packet("ListViewEntry", listViewFieldList=_list("ListViewField", named))
    else:
        rows = _list("FormatPropertyField", fields)
        info = Packet("TableRowEntry", formatPropertyFieldList=rows, multiLine=False)
    entry = Packet("FormatEntryData", formatEntryInfo=info, outOfBand=False, writeStream="None")
    entry.cells = cells
    return entry
