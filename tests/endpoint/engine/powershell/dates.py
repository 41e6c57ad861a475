# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates and time spans: parts, texts, formats (test endpoint process)."""

from __future__ import annotations

import datetime
import re
import time

from .values import TICKS_PER_DAY, TICKS_PER_SECOND, DateTime, TimeSpan

_EPOCH_TICKS = 621355968000000000
_ISO = re.compile(
    r"(?P<y>\d{4})-(?P<mo>\d\d?)-(?P<d>\d\d?)(?:[T ](?P<h>\d\d?):(?P<m>\d\d)(?::(?P<s>\d\d)(?:\.(?P<f>\d{1,7}))?)?)?"
    r"\s*(?P<z>Z|[-+]\d\d:?\d\d)?"
)
_AMERICAN = re.compile(
    r"(?P<mo>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})(?: (?P<h>\d\d?):(?P<m>\d\d)(?::(?P<s>\d\d)(?:\.(?P<f>\d{1,7}))?)?)?"
    r"(?: ?(?P<ap>[AaPp][Mm]))?(?P<z>Z)?"
)
_NAMED = re.compile(
    r"(?:[A-Za-z]+day,?\s+)?(?:(?P<d>\d\d?)[ -](?P<name>[A-Za-z]{3,9})[ -](?P<y>\d{4})|"
    r"(?P<name2>[A-Za-z]{3,9}) (?P<d2>\d\d?),? (?P<y2>\d{4}))(?P<rest>[T ].*)?"
)
_SPAN = re.compile(
    r"(?P<sign>-?)(?:(?P<d>\d+)(?:\.|:(?=\d+:\d+:)|$))?(?:(?P<h>\d+):(?P<m>\d+)(?::(?P<s>\d+)(?:\.(?P<f>\d{1,7}))?)?)?"
)
_FORMAT = re.compile(r"'[^']*'|\"[^\"]*\"|\\.|y+|M+|d+|h+|H+|m+|s+|f+|F+|t+|z+|K|.")
_STANDARD = {
    "d": "MM/dd/yyyy", "D": "dddd, dd MMMM yyyy", "g": "MM/dd/yyyy HH:mm", "G": "MM/dd/yyyy HH:mm:ss",
    "f": "dddd, dd MMMM yyyy HH:mm", "F": "dddd, dd MMMM yyyy HH:mm:ss", "t": "HH:mm", "T": "HH:mm:ss",
    "s": "yyyy-MM-ddTHH:mm:ss", "u": "yyyy-MM-dd HH:mm:ssZ", "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK", "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'", "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "M": "MMMM dd", "Y": "yyyy MMMM",
}  # fmt: skip
_UTC = datetime.timezone.utc


def from_parts(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, fraction: int = 0, kind: int = 0
) -> DateTime:
    """:param fraction: ticks within the second."""
    days = datetime.date(year, month, day).toordinal() - 1
    return DateTime(days * TICKS_PER_DAY + (hour * 3600 + minute * 60 + second) * TICKS_PER_SECOND + fraction, kind)


def python_datetime(value: DateTime) -> datetime.datetime:
    """The same point without its kind, cut to microseconds."""
    return datetime.datetime(1, 1, 1) + datetime.timedelta(microseconds=value.ticks // 10)


def from_timestamp(seconds: float, local: bool = True) -> DateTime:
    utc = DateTime(_EPOCH_TICKS + int(seconds * TICKS_PER_SECOND), 1)
    return to_local(utc) if local else utc


def from_nanoseconds(nanoseconds: int, local: bool = True) -> DateTime:
    utc = DateTime(_EPOCH_TICKS + nanoseconds // 100, 1)
    return to_local(utc) if local else utc


def timestamp(value: DateTime) -> float:
    return (to_utc(value).ticks - _EPOCH_TICKS) / TICKS_PER_SECOND


def now(utc: bool = False) -> DateTime:
    return from_nanoseconds(time.time_ns(), local=not utc)


def offset_ticks(value: DateTime) -> int:
    """How far this machine's clock is ahead of UTC at that time."""
    if value.ticks < _EPOCH_TICKS:
        return 0
    stamp = (value.ticks - _EPOCH_TICKS) // TICKS_PER_SECOND
    return int(time.localtime(stamp).tm_gmtoff) * TICKS_PER_SECOND


def to_local(value: DateTime) -> DateTime:
    return value if value.kind == 2 else DateTime(value.ticks + offset_ticks(value), 2)


def to_utc(value: DateTime) -> DateTime:
    return value if value.kind == 1 else DateTime(value.ticks - offset_ticks(value), 1)


def parse(text: str, kind: int | None = None) -> DateTime:
    """:raises ValueError: it is no date in a form that is known here."""
    plain = text.strip()
    if named := _NAMED.fullmatch(plain):
        month = _month(named["name"] or named["name2"])
        if not month:
            raise ValueError(text)
        plain = f"{named['y'] or named['y2']}-{month:02}-{int(named['d'] or named['d2']):02}{named['rest'] or ''}"
    elif re.fullmatch(r"\d{4}/\d\d?/\d\d?.*", plain):
        plain = plain.replace("/", "-", 2)
    elif re.fullmatch(r"\d\d?:\d\d(:\d\d)?( ?[AaPp][Mm])?", plain):
        today = python_datetime(now())
        plain = f"{today.month}/{today.day}/{today.year} {plain}"
    found = _ISO.fullmatch(plain) or _AMERICAN.fullmatch(plain)
    if not found:
        raise ValueError(text)
    hour = int(found["h"] or 0)
    meridiem = found.groupdict().get("ap")
    if meridiem:
        hour = hour % 12 + (12 if meridiem.lower() == "pm" else 0)
    fraction = int((found["f"] or "").ljust(7, "0"))
    date, clock = (
        (int(found["y"]), int(found["mo"]), int(found["d"])),
        (hour, int(found["m"] or 0), int(found["s"] or 0)),
    )
    value = from_parts(*date, *clock, fraction)
    zone = found["z"]
    if not zone:
        return value
    minutes = 0 if zone == "Z" else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[-2:]))
    return to_local(DateTime(value.ticks - minutes * 60 * TICKS_PER_SECOND, 1))


_EXACT = {
    "yyyy": r"(?P<y>\d{4})", "yy": r"(?P<yy>\d\d)", "MM": r"(?P<mo>\d\d)", "M": r"(?P<mo>\d\d?)", "dd": r"(?P<d>\d\d)",
    "d": r"(?P<d>\d\d?)", "HH": r"(?P<h>\d\d)", "H": r"(?P<h>\d\d?)", "hh": r"(?P<h>\d\d)", "h": r"(?P<h>\d\d?)",
    "mm": r"(?P<m>\d\d)", "m": r"(?P<m>\d\d?)", "ss": r"(?P<s>\d\d)", "s": r"(?P<s>\d\d?)", "tt": r"(?P<ap>[AP]M)",
    "MMM": r"(?P<name>[A-Za-z]{3})", "MMMM": r"(?P<name>[A-Za-z]+)", "K": r"(?P<z>Z|[-+]\d\d:\d\d)?",
    "zzz": r"(?P<z>[-+]\d\d:\d\d)", "ddd": "[A-Za-z]{3}", "dddd": "[A-Za-z]+",
}  # fmt: skip


def parse_exact(text: str, pattern: str) -> DateTime | None:
    """A date in one custom format; None where the text has not that form."""
    expression = ""
    for token in _FORMAT.findall(_STANDARD.get(pattern, pattern)):
        if token[0] in "fF":
            expression += f"(?P<f>\\d{{{len(token)}}})"
        else:
            expression += _EXACT.get(token) or re.escape(token.strip("'\""))
    found = re.fullmatch(expression, text, re.IGNORECASE)
    if not found:
        return None
    parts = found.groupdict()
    month = parts.get("mo") or _month(parts.get("name") or "") or 1
    hour = int(parts.get("h") or 0)
    if parts.get("ap"):
        hour = hour % 12 + (12 if parts["ap"].lower() == "pm" else 0)
    year = int(parts.get("y") or 0) or 2000 + int(parts.get("yy") or 0)
    iso = f"{year:04}-{int(month):02}-{int(parts.get('d') or 1):02} {hour:02}:{int(parts.get('m') or 0):02}"
    fraction = f".{parts['f']}" if parts.get("f") else ""
    return parse(f"{iso}:{int(parts.get('s') or 0):02}{fraction}{parts.get('z') or ''}")


def _month(name: str) -> int:
    """The month whose name begins so; 0 for none."""
    names = [datetime.date(2000, number, 1).strftime("%B").lower() for number in range(1, 13)]
    found = [number for number, full in enumerate(names, 1) if len(name) >= 3 and full.startswith(name.lower())]
    return found[0] if found else 0


def parse_span(text: str) -> TimeSpan:
    """:raises ValueError: it is no time span."""
    found = _SPAN.fullmatch(text.strip())
    if not found or not (found["d"] or found["h"]):
        raise ValueError(text)
    seconds = (
        int(found["d"] or 0) * 86400 + int(found["h"] or 0) * 3600 + int(found["m"] or 0) * 60 + int(found["s"] or 0)
    )
    ticks = seconds * TICKS_PER_SECOND + int((found["f"] or "").ljust(7, "0"))
    return TimeSpan(-ticks if found["sign"] else ticks)


def span_text(value: TimeSpan) -> str:
    """The constant format: ``[-][d.]hh:mm:ss[.fffffff]``."""
    seconds, fraction = divmod(abs(value.ticks), TICKS_PER_SECOND)
    days, rest = divmod(seconds, 86400)
    text = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    if days:
        text = f"{days}.{text}"
    if fraction:
        text += f".{fraction:07}"
    return f"-{text}" if value.ticks < 0 else text


def format_span(value: TimeSpan, pattern: str) -> str:
    if pattern in ("", "c", "g", "G"):
        return span_text(value)
    return format_date(DateTime(abs(value.ticks) % TICKS_PER_DAY), pattern.replace("h", "H").replace("d", "")).strip()


def format_date(value: DateTime, pattern: str = "G") -> str:
    """A standard or custom format, in the invariant culture."""
    pattern = _STANDARD.get(pattern, pattern)
    moment = python_datetime(value)
    fraction = f"{value.ticks % TICKS_PER_SECOND:07}"
    return "".join(_format_part(token, value, moment, fraction) for token in _FORMAT.findall(pattern))


def _format_part(token: str, value: DateTime, moment: datetime.datetime, fraction: str) -> str:
    letter, width = token[0], len(token)
    if letter in "'\"":
        return token[1:-1]
    if letter == "\\":
        return token[1:]
    if letter == "y":
        return f"{moment.year:04}" if width > 2 else f"{moment.year % 100:0{width}}"
    if letter in "Md" and width > 2:
        return moment.strftime({"M3": "%b", "M4": "%B", "d3": "%a", "d4": "%A"}[f"{letter}{min(width, 4)}"])
    if letter in "fF":
        digits = fraction[:width]
        return digits if letter == "f" else digits.rstrip("0")
    if letter == "t":
        return ("AM" if moment.hour < 12 else "PM")[:width]
    if letter in "zK":
        return _zone(value, letter, width)
    numbers = {"M": moment.month, "d": moment.day, "H": moment.hour, "h": moment.hour % 12 or 12, "m": moment.minute}
    number = numbers.get(letter, moment.second if letter == "s" else None)
    return token if number is None else f"{number:0{min(width, 2)}}"


def _zone(value: DateTime, letter: str, width: int) -> str:
    if letter == "K" and value.kind == 0:
        return ""
    if letter == "K" and value.kind == 1:
        return "Z"
    minutes = 0 if value.kind == 1 else offset_ticks(value) // TICKS_PER_SECOND // 60
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    hours = f"{sign}{minutes // 60:02}"
    return f"{hours}:{minutes % 60:02}" if letter == "K" or width > 2 else hours
