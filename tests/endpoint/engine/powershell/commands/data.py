# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON, CSV, dates, GUIDs and other data (test endpoint process)."""

from __future__ import annotations

import csv
import decimal
import io
import json
import typing
import uuid

from .. import convert, dates, members, numbers, operators, typesystem, values
from ..cmdlets import Call, cmdlet
from ..convert import to_number, to_string
from ..errors import Category, ErrorRecord, ExceptionObject
from ..formatting import lines_of, listing, table
from ..values import TICKS_PER_SECOND, unwrap
from .objects import Collecting, selected

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


@cmdlet(
    "ConvertTo-Json",
    "InputObject@0!<0 Depth:int Compress:switch AsArray:switch EnumsAsStrings:switch EscapeHandling:string",
)
class ConvertToJson(Collecting):
    def process(self, item: object) -> None:
        if self.call.stage.expects_input:
            self.items.append(item)

    def end(self) -> None:
        call = self.call
        single = not call.stage.expects_input
        value = call.get("InputObject") if single else self.items[0] if len(self.items) == 1 else self.items
        if call.flag("AsArray") and not isinstance(unwrap(value), list):
            value = [value]
        depth = call.get("Depth", 2)
        writer = JsonWriter(depth, call.flag("EnumsAsStrings"))
        text = json_text(writer.tree(value, 0), None if call.flag("Compress") else 0)
        if writer.truncated:
            warning = f"Resulting JSON is truncated as serialization has exceeded the set depth of {depth}."
            call.frame.with_output(call.stage.write, call.stage.streams).informational(
                "warning", warning, call.action("WarningAction", "WarningPreference")
            )
        call.write(text)


class JsonWriter:
    """Objects as dicts, lists and scalars, down to a depth; below, their text."""

    def __init__(self, depth: int, enums_as_text: bool = False) -> None:
        self.depth, self.enums_as_text, self.truncated = depth, enums_as_text, False

    def tree(self, value: object, level: int) -> object:
        plain = unwrap(value)
        if isinstance(value, values.PSObject) and not value.custom and value.members:
            return {"value": self.tree(plain, level + 1), **self._notes(value, level)}
        if plain is None or plain is values.NOTHING or isinstance(plain, bool):
            return None if plain is values.NOTHING else plain
        if isinstance(plain, (int, float, decimal.Decimal)):
            return plain
        if isinstance(plain, (str, uuid.UUID, values.Uri, values.Version)):
            return to_string(plain)
        if isinstance(plain, values.DateTime):
            return (
                dates.format_date(plain, "yyyy-MM-ddTHH:mm:ss.FFFFFFFK")
                .replace(".Z", "Z")
                .replace(".+", "+")
                .rstrip(".")
            )
        if isinstance(plain, values.EnumValue):
            return str(plain) if self.enums_as_text else plain.value
        if isinstance(plain, values.SwitchParameter):
            return {"IsPresent": plain.present}
        if level > self.depth:
            self.truncated = True
            return to_string(value)
        if isinstance(plain, values.Hashtable):
            return {to_string(key): self.tree(item, level + 1) for key, item in plain.items()}
        if isinstance(plain, (list, bytearray)):
            return [self.tree(item, level + 1) for item in plain]
        return self._notes(value, level)

    def _notes(self, value: object, level: int) -> dict[str, object]:
        return {
            name: self.tree(members.get_member(value, name), level + 1) for name, _ in members.property_names(value)
        }


def json_text(tree: object, indent: int | None) -> str:
    """The tree as PowerShell writes it; `indent` is None for one line."""
    if isinstance(tree, (dict, list)):
        brackets = "{}" if isinstance(tree, dict) else "[]"
        inner = None if indent is None else indent + 2
        colon = ":" if indent is None else ": "
        parts = (
            [f"{_json_string(key)}{colon}{json_text(item, inner)}" for key, item in tree.items()]
            if isinstance(tree, dict)
            else [json_text(item, inner) for item in tree]
        )
        if indent is None or not parts:
            return f"{brackets[0]}{','.join(parts)}{brackets[1]}"
        padding = " " * (indent + 2)
        return f"{brackets[0]}\n{padding}" + f",\n{padding}".join(parts) + f"\n{' ' * indent}{brackets[1]}"
    if tree is None or isinstance(tree, bool):
        return {None: "null", True: "true", False: "false"}[tree]
    if isinstance(tree, float):
        text = numbers.double_text(tree)
        return (
            f'"{text}"' if text in ("NaN", "∞", "-∞") else text if any(mark in text for mark in ".E") else f"{text}.0"
        )
    return _json_string(tree) if isinstance(tree, str) else to_string(tree)


def _json_string(text: str) -> str:
    return (
        '"'
        + "".join(
            _ESCAPES.get(character) or (f"\\u{ord(character):04x}" if character < " " else character)
            for character in text
        )
        + '"'
    )


@cmdlet("ConvertFrom-Json", "InputObject:string@0!<0 AsHashtable:switch Depth:int NoEnumerate:switch DateKind:string")
class ConvertFromJson(Collecting):
    def process(self, item: object) -> None:
        self.items.extend([self.call.text("InputObject")])

    def end(self) -> None:
        text = "\n".join(map(to_string, self.items))
        if not text.strip():
            return
        try:
            tree = json.loads(text, parse_int=_json_integer, object_pairs_hook=self._object, strict=False)
        except ValueError as error:
            message = f"Conversion from JSON failed with error: {error}"
            raise self.call.fail(
                message, "System.ArgumentException", Category.NotSpecified, None, "System.ArgumentException"
            ) from None
        value = _dated(tree)
        for item in [value] if self.call.flag("NoEnumerate") else operators.enumerate_value(value):
            self.call.write(item)

    def _object(self, pairs: list[tuple[str, object]]) -> object:
        if self.call.flag("AsHashtable"):
            return values.Hashtable(
                ((key, _dated(item)) for key, item in pairs),
                "System.Collections.Specialized.OrderedDictionary",
                ignore_case=False,
            )
        return values.PSObject((key, _dated(item)) for key, item in pairs)


def _json_integer(text: str) -> object:
    value = int(text)
    return numbers.Int64(value) if numbers.fits(value, numbers.Int64) else numbers.BigInteger(value)


def _dated(value: object) -> object:
    """Texts that are ISO dates become dates, in lists too."""
    if isinstance(value, list):
        return [_dated(item) for item in value]
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        try:
            parsed = dates.parse(value)
            return dates.to_utc(parsed) if value.endswith("Z") else parsed
        except ValueError:
            return value
    return value


def _csv_rows(items: list[object], columns: list[str]) -> typing.Iterator[list[str]]:
    for item in items:
        yield [to_string(members.get_member(item, name)) for name in columns]


def _csv_lines(call: Call, items: list[object]) -> typing.Iterator[str]:
    if not items:
        return
    columns = [name for name, _ in members.property_names(items[0])]
    delimiter = call.text("Delimiter", ",")
    quotes = call.text("UseQuotes", "Always").lower()
    quoting: typing.Any = {"always": csv.QUOTE_ALL, "asneeded": csv.QUOTE_MINIMAL, "never": csv.QUOTE_NONE}[quotes]
    for row in (columns, *_csv_rows(items, columns)):
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator="").writerow(row)
        yield buffer.getvalue()


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


@cmdlet("Format-List", "Property:object[]@0 GroupBy View:string Force:switch InputObject<0", aliases="fl")
class FormatList(_Formatted):
    def shape(self, items: list[object]) -> list[str]:
        return listing(*self.cells())


@cmdlet(
    "Get-Date",
    (
        "Date:datetime@0< Format:string UFormat:string Year:int Month:int Day:int Hour:int Minute:int "
        "Second:int AsUTC:switch UnixTimeSeconds:long DisplayHint:string"
    ),
)
def get_date(call: Call) -> typing.Iterator[object]:
    moment = call.get("Date") or dates.now()
    if call.has("UnixTimeSeconds"):
        moment = dates.from_timestamp(call.get("UnixTimeSeconds"))
    parts = dates.python_datetime(moment)
    given = {part: call.get(part) for part in ("Year", "Month", "Day", "Hour", "Minute", "Second") if call.has(part)}
    if given:
        wanted: typing.Any = {name.lower(): value for name, value in given.items()}
        parts = parts.replace(**wanted)
        moment = dates.from_parts(
            parts.year,
            parts.month,
            parts.day,
            parts.hour,
            parts.minute,
            parts.second,
            moment.ticks % TICKS_PER_SECOND,
            moment.kind,
        )
    if call.flag("AsUTC"):
        moment = dates.to_utc(moment)
    if call.has("UFormat"):
        yield (
            parts.strftime(call.text("UFormat").lstrip("+"))
            if "%s" not in call.text("UFormat")
            else str(int(dates.timestamp(moment)))
        )
    else:
        yield dates.format_date(moment, call.text("Format")) if call.has("Format") else moment


@cmdlet("New-TimeSpan", "Start:datetime@0 End:datetime@1 Days:int Hours:int Minutes:int Seconds:int Milliseconds:int")
def new_time_span(call: Call) -> typing.Iterator[object]:
    if call.has("Start") or call.has("End"):
        yield values.TimeSpan((call.get("End") or dates.now()).ticks - (call.get("Start") or dates.now()).ticks)
        return
    seconds = sum(
        call.get(name, 0) * size for name, size in (("Days", 86400), ("Hours", 3600), ("Minutes", 60), ("Seconds", 1))
    )
    yield values.TimeSpan(seconds * TICKS_PER_SECOND + call.get("Milliseconds", 0) * 10_000)


@cmdlet("New-Guid", "Empty:switch")
def new_guid(call: Call) -> typing.Iterator[object]:
    yield uuid.UUID(int=0) if call.flag("Empty") else uuid.uuid4()


@cmdlet(
    "Select-String",
    (
        "Pattern:string[]@0! Path:string[]@1 LiteralPath|PSPath:string[]~ InputObject<0 "
        "SimpleMatch:switch CaseSensitive:switch Quiet:switch AllMatches:switch NotMatch:switch "
        "List:switch Raw:switch"
    ),
    aliases="sls",
)
def select_string(call: Call) -> typing.Iterator[object]:
    import re

    from .items import paths_of

    patterns = [re.escape(text) if call.flag("SimpleMatch") else text for text in call.texts("Pattern")]
    compiled = [operators.regex(pattern, 0 if call.flag("CaseSensitive") else re.IGNORECASE) for pattern in patterns]
    sources: list[tuple[str, list[str]]] = (
        [("InputStream", to_string(call.get("InputObject")).splitlines())] if call.has("InputObject") else []
    )
    for path in paths_of(call):
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            sources.append((path, file.read().splitlines()))
    for path, lines in sources:
        for number, line in enumerate(lines, 1):
            found = next(
                (
                    (pattern, match)
                    for pattern, text in zip(compiled, call.texts("Pattern"), strict=False)
                    if (match := pattern.search(line))
                ),
                None,
            )
            if bool(found) == call.flag("NotMatch"):
                continue
            if call.flag("Quiet") or call.flag("Raw"):
                yield True if call.flag("Quiet") else line
                continue
            yield _match_info(path, number, line, found, call)


def _match_info(path: str, number: int, line: str, found: typing.Any, call: Call) -> object:
    from ..net_text import Match

    matches = (
        [Match(match) for match in (found[0].finditer(line) if call.flag("AllMatches") else [found[1]])]
        if found
        else []
    )
    name = path.rpartition("/")[2]
    text = line if path == "InputStream" else f"{name}:{number}:{line}"
    return values.ObjectValue(["Microsoft.PowerShell.Commands.MatchInfo", "System.Object"], {
        "IgnoreCase": not call.flag("CaseSensitive"), "LineNumber": numbers.UInt64(number), "Line": line,
        "Filename": name, "Path": path,
        "Pattern": call.texts("Pattern")[0], "Context": None,
        "Matches": values.TypedArray("System.Text.RegularExpressions.Match", matches),
    }, text)  # fmt: skip


@cmdlet("ConvertFrom-StringData", "StringData:string@0!< Delimiter:string@1")
def convert_from_string_data(call: Call) -> typing.Iterator[object]:
    pairs = (
        line.partition("=")
        for line in call.text("StringData").splitlines()
        if "=" in line and not line.strip().startswith("#")
    )
    yield values.Hashtable((key.strip(), value.strip()) for key, _, value in pairs)


@cmdlet("ConvertTo-SecureString", "String:string@0!< AsPlainText:switch Force:switch Key:byte[]", module="Security")
def convert_to_secure_string(call: Call) -> typing.Iterator[object]:
    yield values.SecureString(call.text("String"))


@cmdlet("Get-Error", "Newest:int InputObject<0")
def get_error(call: Call) -> typing.Iterator[object]:
    yield from call.session.errors[: call.get("Newest", 1)]


@cmdlet("Get-Culture", "Name:string[]@0")
def get_culture(call: Call) -> typing.Iterator[object]:
    yield values.ObjectValue(
        ["System.Globalization.CultureInfo", "System.Object"],
        {"LCID": 127, "Name": "", "DisplayName": "Invariant Language (Invariant Country)"},
        "",
    )


__all__ = ["ErrorRecord", "ExceptionObject", "convert", "json_text", "to_number", "typesystem"]
