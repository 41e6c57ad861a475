# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""System.Data's tables, as far as scripts fill and read them (test endpoint process)."""

from __future__ import annotations

import typing

from . import convert, typesystem, values
from .errors import NetError
from .net_cultures import CultureInfo
from .typesystem import NetObject, NetType, net_class, register
from .values import Hashtable, NetList, ObjectValue, TypedArray

_DATA = "System.Data."
_INTERNAL = (f"{_DATA}InternalDataCollectionBase", "System.Object")


@net_class
class DataColumn(NetObject):
    net_name = f"{_DATA}DataColumn"
    net_properties = ("ColumnName", "DataType")

    def __init__(self, name: str = "", data_type: object = None) -> None:
        self._name = name
        self._type = data_type if isinstance(data_type, NetType) else typesystem.find("System.String")

    def __str__(self) -> str:
        return self._name

    column_name = property(lambda self: self._name)
    data_type = property(lambda self: self._type)


class DataRow(ObjectValue):
    """A row; its properties are its table's columns."""

    def __init__(self, table: DataTable, cells: typing.Sequence[object] = ()) -> None:
        names = [f"{_DATA}DataRow", "System.Object"]
        super().__init__(names, {}, names[0])
        for position, column in enumerate(table.columns.all()):
            self.set(column, cells[position] if position < len(cells) else None)
        self._columns = {str(column).lower(): column for column in table.columns.all()}
        self.on_set = lambda name, value: self.set(self._columns[name.lower()], value)

    def set(self, column: DataColumn, value: object) -> None:
        """Stores a cell as its column's type."""
        self.properties[str(column)] = None if value is None else convert.cast(value, column.data_type)

    def get_item(self, index: object) -> object:
        """``$row['name']`` and ``$row[0]``."""
        names = list(self.properties)
        name = names[index] if isinstance(index, int) else convert.to_string(index)
        found = [value for key, value in self.properties.items() if key.lower() == name.lower()]
        if not found:
            raise NetError("System.ArgumentException", f"Column '{name}' does not belong to table .")
        return found[0]


class DataTable(NetList):
    """A table; a pipeline sees its rows."""

    def __init__(self, name: str = "") -> None:
        super().__init__(f"{_DATA}DataTable")
        self.name = name
        self.columns = _Columns(f"{_DATA}DataColumnCollection")
        self.rows = _Rows(self)

    def row(self, cells: typing.Sequence[object] = ()) -> DataRow:
        """A row that is not in the table yet."""
        return DataRow(self, cells)


class _Columns(NetList):
    """A table's columns."""

    def all(self) -> list[DataColumn]:
        """The columns, which nothing else is among."""
        return [item for item in self if isinstance(item, DataColumn)]


class _Rows(NetList):
    """A table's rows, which are the table's own items."""

    def __init__(self, table: DataTable) -> None:
        super().__init__(f"{_DATA}DataRowCollection")
        self.table = table


class _ColumnsMembers:
    count = property(len)

    def add(self: _Columns, *arguments: object) -> object:  # type: ignore[misc]
        first = arguments[0] if arguments else ""
        column = first if isinstance(first, DataColumn) else DataColumn(convert.to_string(first), *arguments[1:])
        self.append(column)
        return column


class _RowsMembers:
    count = property(len)

    def add(self: _Rows, *cells: object) -> object:  # type: ignore[misc]
        first = cells[0] if cells else None
        row = first if isinstance(first, DataRow) else DataRow(self.table, cells)
        self.append(row)
        self.table.append(row)
        return values.NOTHING if row is first else row

    def clear(self: _Rows) -> object:  # type: ignore[misc]
        self[:] = self.table[:] = []
        return values.NOTHING


def _empty(kind: str) -> property:
    return property(lambda table: NetList(f"{_DATA}{kind}"))


class _TableMembers:
    net_properties = (
        "CaseSensitive", "IsInitialized", "RemotingFormat", "ChildRelations", "Columns", "Constraints", "DataSet",
        "DefaultView", "DisplayExpression", "ExtendedProperties", "HasErrors", "Locale", "MinimumCapacity",
        "ParentRelations", "PrimaryKey", "Rows", "TableName", "Namespace", "Prefix", "Site", "Container", "DesignMode",
        "ContainsListCollection",
    )  # fmt: skip

    @staticmethod
    def new(name: str = "") -> object:
        return DataTable(name)

    def new_row(self: DataTable) -> object:  # type: ignore[misc]
        return self.row()

    case_sensitive = has_errors = design_mode = contains_list_collection = property(lambda table: False)
    is_initialized = property(lambda table: True)
    remoting_format = property(lambda table: "Xml")
    child_relations = parent_relations = _empty("DataRelationCollection+DataTableRelationCollection")
    columns = property(lambda table: vars(table)["columns"])
    rows = property(lambda table: vars(table)["rows"])
    constraints = _empty("ConstraintCollection")
    data_set = site = container = property(lambda table: None)
    default_view = property(
        lambda table: NetList(f"{_DATA}DataView", [_row_view() for _ in table]),
    )
    display_expression = namespace = prefix = property(lambda table: "")
    extended_properties = property(lambda table: Hashtable((), f"{_DATA}PropertyCollection"))
    locale = property(lambda table: CultureInfo(""))
    minimum_capacity = property(lambda table: 50)
    primary_key = property(lambda table: TypedArray(f"{_DATA}DataColumn"))
    table_name = property(lambda table: vars(table)["name"])


def _row_view() -> ObjectValue:
    name = f"{_DATA}DataRowView"
    return ObjectValue([name, "System.Object"], {}, name)


_BY_VALUE = ("System.ComponentModel.MarshalByValueComponent", "System.Object")
register(NetType(f"{_DATA}DataTable", _BY_VALUE, _TableMembers))
register(NetType(f"{_DATA}DataView", _BY_VALUE))
register(NetType(f"{_DATA}DataColumnCollection", _INTERNAL, _ColumnsMembers))
register(NetType(f"{_DATA}DataRowCollection", _INTERNAL, _RowsMembers))
register(NetType(f"{_DATA}ConstraintCollection", _INTERNAL))
_RELATIONS = f"{_DATA}DataRelationCollection"
register(NetType(f"{_RELATIONS}+DataTableRelationCollection", (_RELATIONS, *_INTERNAL)))
register(NetType(f"{_DATA}PropertyCollection", ("System.Collections.Hashtable", "System.Object")))
