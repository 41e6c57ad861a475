# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of dates and time spans (test endpoint process)."""

from __future__ import annotations

import calendar
import math
import typing

from . import convert, dates, numbers, operators, typesystem, values
from .calling import static_property
from .convert import to_string
from .errors import NetError
from .typesystem import members_of
from .values import TICKS_PER_DAY, TICKS_PER_SECOND, DateTime, TimeSpan


def _date_part(unit: int, modulus: int) -> property:
    return property(lambda value: value.ticks // unit % modulus)


@members_of("System.DateTime")
class DateTimeMembers:
    min_value = static_property(lambda: DateTime(0))
    max_value = static_property(lambda: DateTime(3155378975999999999))
    now = static_property(lambda: dates.now())
    utc_now = static_property(lambda: dates.now(utc=True))
    today = static_property(lambda: DateTime(dates.now().ticks // TICKS_PER_DAY * TICKS_PER_DAY, 2))
    unix_epoch = static_property(lambda: DateTime(621355968000000000, 1))
    net_properties = (
        "Date",
        "Day",
        "DayOfWeek",
        "DayOfYear",
        "Hour",
        "Kind",
        "Millisecond",
        "Minute",
        "Month",
        "Second",
        "Ticks",
        "TimeOfDay",
        "Year",
    )
    ticks = property(lambda value: numbers.Int64(value.__dict__["ticks"]))
    year = property(lambda value: dates.python_datetime(value).year)
    month = property(lambda value: dates.python_datetime(value).month)
    day = property(lambda value: dates.python_datetime(value).day)
    hour = _date_part(3600 * TICKS_PER_SECOND, 24)
    minute = _date_part(60 * TICKS_PER_SECOND, 60)
    second = _date_part(TICKS_PER_SECOND, 60)
    millisecond = _date_part(10_000, 1000)
    day_of_year = property(lambda value: dates.python_datetime(value).timetuple().tm_yday)
    day_of_week = property(
        lambda value: convert.cast((value.ticks // TICKS_PER_DAY + 1) % 7, typesystem.find("System.DayOfWeek"))
    )
    kind = property(lambda value: convert.cast(value.__dict__["kind"], typesystem.find("System.DateTimeKind")))
    date = property(lambda value: DateTime(value.ticks // TICKS_PER_DAY * TICKS_PER_DAY, value.__dict__["kind"]))
    time_of_day = property(lambda value: TimeSpan(value.ticks % TICKS_PER_DAY))

    @staticmethod
    def new(*parts: object) -> object:
        kind = next((int(part.value) for part in parts if isinstance(part, values.EnumValue)), 0)
        whole = [
            convert.to_integer(part, numbers.Int64, "System.Int64")
            for part in parts
            if not isinstance(part, values.EnumValue)
        ]
        if len(whole) < 3:
            return DateTime(int(whole[0]), kind) if whole else DateTime(0)
        clock = [int(part) for part in whole[:6]]
        try:
            start = dates.from_parts(*clock[:3])
            hour, minute, second = (*clock[3:], 0, 0, 0)[:3]
            milliseconds = ((hour * 60 + minute) * 60 + second) * 1000 + (int(whole[6]) if len(whole) > 6 else 0)
            return DateTime(start.ticks + milliseconds * 10_000, kind)
        except ValueError:
            message = "Year, Month, and Day parameters describe an un-representable DateTime."
            raise NetError("System.ArgumentOutOfRangeException", message, ParamName=None) from None

    def add(self: DateTime, span: object) -> object:  # type: ignore[misc]
        return DateTime(self.ticks + typing.cast(TimeSpan, span).ticks, self.kind)

    def subtract(self: DateTime, other: object) -> object:  # type: ignore[misc]
        return operators.arithmetic("-", self, other)

    def add_months(self: DateTime, months: int) -> object:  # type: ignore[misc]
        import calendar

        date = dates.python_datetime(self)
        year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
        day = min(date.day, calendar.monthrange(year, month + 1)[1])
        return DateTime(dates.from_parts(year, month + 1, day).ticks + self.ticks % TICKS_PER_DAY, self.kind)

    def add_years(self: DateTime, years: int) -> object:  # type: ignore[misc]
        return DateTimeMembers.add_months(self, years * 12)

    def to_universal_time(self: DateTime) -> object:  # type: ignore[misc]
        return dates.to_utc(self)

    def to_local_time(self: DateTime) -> object:  # type: ignore[misc]
        return dates.to_local(self)

    def to_file_time(self: DateTime) -> object:  # type: ignore[misc]
        return numbers.Int64(dates.to_utc(self).ticks - 504911232000000000)

    to_file_time_utc = to_file_time

    def to_short_date_string(self: DateTime) -> str:  # type: ignore[misc]
        return dates.format_date(self, "d")

    @staticmethod
    def parse(text: str, *options: object) -> object:
        return convert.cast(text, typesystem.find("System.DateTime"))

    @staticmethod
    def parse_exact(text: str, pattern: object, provider: object = None, *options: object) -> object:
        for item in pattern if isinstance(pattern, list) else [pattern]:
            parsed = dates.parse_exact(text, to_string(item))
            if parsed is not None:
                return parsed
        message = f"String '{text}' was not recognized as a valid DateTime."
        raise NetError("System.FormatException", message)

    @staticmethod
    def is_leap_year(year: int) -> bool:
        return calendar.isleap(year)

    @staticmethod
    def days_in_month(year: int, month: int) -> int:
        return calendar.monthrange(year, month)[1]

    @staticmethod
    def from_file_time_utc(ticks: object) -> object:
        return DateTime(convert.to_number(ticks) + 504911232000000000, 1)

    @staticmethod
    def from_file_time(ticks: object) -> object:
        return dates.to_local(DateTime(convert.to_number(ticks) + 504911232000000000, 1))

    @staticmethod
    def specify_kind(value: object, kind: object) -> object:
        return DateTime(
            typing.cast(DateTime, value).ticks,
            typing.cast(values.EnumValue, convert.cast(kind, typesystem.find("System.DateTimeKind"))).value,
        )


for _name, _unit in (("days", TICKS_PER_DAY), ("hours", 3600 * TICKS_PER_SECOND), ("minutes", 60 * TICKS_PER_SECOND),
                     ("seconds", TICKS_PER_SECOND), ("milliseconds", 10_000), ("ticks", 1)):  # fmt: skip
    setattr(
        DateTimeMembers,
        f"add_{_name}",
        lambda value, amount, unit=_unit: DateTime(value.ticks + round(convert.to_number(amount) * unit), value.kind),
    )


def _total(unit: int) -> property:
    return property(lambda value: value.ticks / unit)


def _span_part(unit: int, modulus: int) -> property:
    return property(lambda value: int(math.fmod(abs(value.ticks) // unit, modulus)) * (-1 if value.ticks < 0 else 1))


@members_of("System.TimeSpan")
class TimeSpanMembers:
    zero = static_property(lambda: TimeSpan(0))
    max_value = static_property(lambda: TimeSpan(2**63 - 1))
    min_value = static_property(lambda: TimeSpan(-(2**63)))
    net_properties = (
        "Ticks",
        "Days",
        "Hours",
        "Milliseconds",
        "Microseconds",
        "Nanoseconds",
        "Minutes",
        "Seconds",
        "TotalDays",
        "TotalHours",
        "TotalMilliseconds",
        "TotalMicroseconds",
        "TotalNanoseconds",
        "TotalMinutes",
        "TotalSeconds",
    )
    ticks = property(lambda value: numbers.Int64(value.__dict__["ticks"]))
    days = _span_part(TICKS_PER_DAY, 2**60)
    hours = _span_part(3600 * TICKS_PER_SECOND, 24)
    minutes = _span_part(60 * TICKS_PER_SECOND, 60)
    seconds = _span_part(TICKS_PER_SECOND, 60)
    milliseconds = _span_part(10_000, 1000)
    microseconds = _span_part(10, 1000)
    nanoseconds = property(lambda value: int(math.fmod(value.ticks, 10)) * 100)
    total_days = _total(TICKS_PER_DAY)
    total_hours = _total(3600 * TICKS_PER_SECOND)
    total_minutes = _total(60 * TICKS_PER_SECOND)
    total_seconds = _total(TICKS_PER_SECOND)
    total_milliseconds = _total(10_000)
    total_microseconds = _total(10)
    total_nanoseconds = property(lambda value: float(value.ticks * 100))

    @staticmethod
    def new(*parts: int) -> object:
        whole = [convert.to_integer(part, numbers.Int64, "System.Int64") for part in parts]
        if len(whole) == 1:
            return TimeSpan(int(whole[0]))
        days, *clock = whole if len(whole) > 3 else [0, *whole]
        hours, minutes, seconds, *rest = clock
        total = ((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds)
        return TimeSpan(total * TICKS_PER_SECOND + (int(rest[0]) if rest else 0) * 10_000)

    def add(self: TimeSpan, other: object) -> object:  # type: ignore[misc]
        return TimeSpan(self.ticks + typing.cast(TimeSpan, other).ticks)

    def negate(self: TimeSpan) -> object:  # type: ignore[misc]
        return TimeSpan(-self.ticks)

    @staticmethod
    def parse(text: str) -> object:
        try:
            return dates.parse_span(text)
        except ValueError:
            message = f"String '{text}' was not recognized as a valid TimeSpan."
            raise NetError("System.FormatException", message) from None


for _name, _unit in (("days", TICKS_PER_DAY), ("hours", 3600 * TICKS_PER_SECOND), ("minutes", 60 * TICKS_PER_SECOND),
                     ("seconds", TICKS_PER_SECOND), ("milliseconds", 10_000), ("ticks", 1)):  # fmt: skip
    setattr(
        TimeSpanMembers,
        f"from_{_name}",
        staticmethod(lambda amount, unit=_unit: TimeSpan(round(convert.to_number(amount) * unit))),
    )
