# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How PowerShell shows the types that have a view of their own, and errors (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from . import dates, members, typesystem, values
from .convert import to_string
from .errors import Category, ErrorRecord
from .values import unwrap

_AUTOMATION = "System.Management.Automation."
#: How many items of a list are shown ($FormatEnumerationLimit).
_ENUMERATION_LIMIT = 4


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a table; without a width it is as wide as its longest cell."""

    label: str
    width: int | None = None
    right: bool = False
    #: The property that it shows, the label's if empty.
    source: str = ""
    #: Instead: what it makes of an object.
    compute: typing.Callable[[object], str] | None = None

    def cell(self, item: object) -> str:
        if self.compute:
            return self.compute(item)
        return cell_text(members.find_member(item, self.source or self.label)[1])


@dataclasses.dataclass(frozen=True)
class View:
    """A table, or with `listed` a list of properties."""

    columns: tuple[Column, ...]
    listed: bool = False
    #: A table without its column's names.
    headless: bool = False
    #: The heading of the group that an object belongs to.
    group: typing.Callable[[object], str] | None = None


def cell_text(value: object) -> str:
    """A property's value in a table or a list."""
    if isinstance(value, values.Hashtable):
        value = [values.DictionaryEntry(key, item) for key, item in value.items()]
    if isinstance(value, list):
        shown = [_item_text(item) for item in value[:_ENUMERATION_LIMIT]]
        return "{" + ", ".join(shown) + ("…}" if len(value) > _ENUMERATION_LIMIT else "}")
    return to_string(value)


def _item_text(value: object) -> str:
    return (
        f"[{to_string(value.key)}, {to_string(value.value)}]"
        if isinstance(value, values.DictionaryEntry)
        else (to_string(value))
    )


def _megabytes(name: str) -> typing.Callable[[object], str]:
    return lambda item: f"{typing.cast(int, members.get_member(item, name) or 0) / 2**20:.2f}"


def _written(item: object) -> str:
    moment = typing.cast(values.DateTime, members.get_member(item, "LastWriteTime"))
    return f"{dates.format_date(moment, 'd'):>10}  {dates.format_date(moment, 'HH:mm'):>8}"


def _directory(item: object) -> str:
    return "Directory: " + to_string(members.get_member(item, "PSParentPath")).partition("::")[2]


def _command_name(item: object) -> str:
    name, definition = (to_string(members.get_member(item, part)) for part in ("Name", "Definition"))
    return f"{name} -> {definition}" if to_string(members.get_member(item, "CommandType")) == "Alias" else name


def _is_serializable(item: object) -> str:
    """What is no value and no text is rarely that."""
    kind = unwrap(item)
    plain = isinstance(kind, typesystem.NetType) and ("System.ValueType" in kind.bases or kind.name == "String")
    return str(plain)


def _table(*columns: Column | str) -> View:
    return View(tuple(Column(column) if isinstance(column, str) else column for column in columns))


_PAIRS = _table(Column("Name", 30, source="Key"), "Value")
_FILES = View(
    (
        Column("Mode", 7),
        Column("LastWriteTime", 26, right=True, compute=_written),
        Column("Length", 14, right=True),
        Column("Name"),
    ),
    group=_directory,
)
_VIEWS: dict[str, View] = {
    "System.Collections.DictionaryEntry": _PAIRS,
    "System.Collections.Generic.KeyValuePair`2": _table("Key", "Value"),
    "System.IO.FileSystemInfo": _FILES,
    "System.Diagnostics.Process": _table(
        Column("PM(M)", 8, True, compute=_megabytes("VirtualMemorySize64")),
        Column("WS(M)", 10, True, compute=_megabytes("WorkingSet64")),
        Column("Id", 7, True),
        Column("SI", 3, True),
        "ProcessName",
    ),
    "System.ServiceProcess.ServiceController": _table(Column("Status", 8), Column("Name", 18), "DisplayName"),
    "System.Globalization.CultureInfo": _table(Column("LCID", 16), Column("Name", 16), "DisplayName"),
    "System.Guid": _table(Column("Guid", compute=to_string)),
    "System.Version": _table(Column("Major", 6), Column("Minor", 6), Column("Build", 6), Column("Revision", 8)),
    "System.RuntimeType": _table(
        Column("IsPublic", 8, compute=lambda item: "True"),
        Column("IsSerial", 8, compute=_is_serializable),
        Column("Name", 40),
        "BaseType",
    ),
    "Microsoft.PowerShell.Commands.GroupInfo": _table(Column("Count", 5, True), Column("Name", 25), "Group"),
    "System.TimeSpan": View(
        tuple(
            Column(name)
            for name in "Days Hours Minutes Seconds Milliseconds Ticks TotalDays TotalHours TotalMinutes TotalSeconds "
            "TotalMilliseconds".split()
        ),
        listed=True,
    ),
    f"{_AUTOMATION}PSVariable": _table(Column("Name", 30), "Value"),
    f"{_AUTOMATION}PathInfo": _table("Path"),
    f"{_AUTOMATION}CommandInfo": _table(
        Column("CommandType", 15), Column("Name", 50, compute=_command_name), Column("Version", 10), "Source"
    ),
    f"{_AUTOMATION}PSModuleInfo": _table(
        Column("ModuleType", 10), Column("Version", 10), Column("Name", 35), "ExportedCommands"
    ),
}


def view_of(item: object) -> View | None:
    """The view that one of a value's types has."""
    plain = unwrap(item)
    if plain is None or isinstance(plain, (str, bool, int, float)):
        return None
    return next((_VIEWS[name] for name in typesystem.type_names(item) if name in _VIEWS), None)


def error_lines(record: ErrorRecord) -> list[str]:
    """The concise view of PowerShell 7, without colors."""
    invocation = record.invocation
    extent = invocation.extent if invocation else None
    message = str(record)
    somewhere = extent is not None and (extent.source.file is not None or "\n" in extent.source.text.strip())
    if extent is None or not (somewhere or record.category is Category.ParserError):
        return f"{_subject(record)}: {message}".split("\n")
    number = f"{extent.line_number:4}"
    length = max(1, min(extent.end - extent.start, len(extent.line) - extent.column + 1))
    return [
        *(
            [f"{_subject(record)}: {extent.source.file}:{extent.line_number}"]
            if extent.source.file
            else [f"{_subject(record)}: "]
        ),
        "Line |",
        f"{number} | {extent.line}",
        f"     | {' ' * (extent.column - 1)}{'~' * length}",
        *(f"     | {line}" for line in message.split("\n")),
    ]


def _subject(record: ErrorRecord) -> str:
    """What an error's line begins with: a throw statement's "Exception", else who reported it."""
    if record.exception.thrown_by_script:
        return "Exception"
    command = record.invocation.command if record.invocation else None
    if command and command.name:
        return command.name
    return record.activity or (record.target_name or "") or record.category_reason
