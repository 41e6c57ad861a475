# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates, GUIDs, searches in text (test endpoint process)."""

from __future__ import annotations

import typing
import uuid

from .. import dates, numbers, patterns, values
from ..cmdlets import Call, cmdlet
from ..convert import to_string
from ..net_cultures import CultureInfo
from ..typesystem import register_enum
from ..values import TICKS_PER_SECOND

_HINTS = register_enum(
    values.EnumType("Microsoft.PowerShell.Commands.DisplayHintType", {"Date": 0, "Time": 1, "DateTime": 2})
)
#: Names that -Format has for dates within names of files.
_FILE_FORMATS = {
    "filedate": "yyyyMMdd", "filedateuniversal": "yyyyMMddZ", "filedatetime": "yyyyMMddTHHmmssffff",
    "filedatetimeuniversal": "yyyyMMddTHHmmssffffZ",
}  # fmt: skip


@cmdlet(
    "Get-Date",
    (
        "Date:datetime@0< Format:string UFormat:string Year:int Month:int Day:int Hour:int Minute:int "
        "Second:int Millisecond:int AsUTC:switch UnixTimeSeconds:long "
        "DisplayHint:Microsoft.PowerShell.Commands.DisplayHintType"
    ),
)
def get_date(call: Call) -> typing.Iterator[object]:
    moment = call.get("Date") or dates.now()
    if call.has("UnixTimeSeconds"):
        moment = dates.from_timestamp(call.get("UnixTimeSeconds"))
    parts = dates.python_datetime(moment)
    given = {part: call.get(part) for part in ("Year", "Month", "Day", "Hour", "Minute", "Second") if call.has(part)}
    if given or call.has("Millisecond"):
        wanted: typing.Any = {name.lower(): value for name, value in given.items()}
        parts = parts.replace(**wanted)
        moment = dates.from_parts(
            parts.year,
            parts.month,
            parts.day,
            parts.hour,
            parts.minute,
            parts.second,
            call.get("Millisecond") * 10_000 if call.has("Millisecond") else moment.ticks % TICKS_PER_SECOND,
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
    elif call.has("Format"):
        pattern = call.text("Format")
        if pattern.lower().endswith("universal"):
            moment = dates.to_utc(moment)
        yield dates.format_date(moment, _FILE_FORMATS.get(pattern.lower(), pattern))
    else:
        hint = call.get("DisplayHint") or _HINTS(2)
        yield values.PSObject([("DisplayHint", hint)], base=moment)


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

    expressions = [re.escape(text) if call.flag("SimpleMatch") else text for text in call.texts("Pattern")]
    compiled = [patterns.regex(pattern, 0 if call.flag("CaseSensitive") else re.IGNORECASE) for pattern in expressions]
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
    from ..net_regex import Match

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


@cmdlet("Get-Error", "Newest:int InputObject<0")
def get_error(call: Call) -> typing.Iterator[object]:
    yield from call.session.errors[: call.get("Newest", 1)]


@cmdlet("Get-Culture", "Name:string[]@0<")
def get_culture(call: Call) -> typing.Iterator[object]:
    for name in call.texts("Name") or [call.session.origin.culture]:
        yield CultureInfo(name)


@cmdlet("Get-UICulture")
def get_ui_culture(call: Call) -> typing.Iterator[object]:
    yield CultureInfo(call.session.origin.ui_culture)
