# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of numbers, dates, GUIDs and collections, and the static classes around them (test endpoint process)."""

from __future__ import annotations

import base64
import decimal
import math
import sys
import typing
import uuid

from . import convert, dates, members, numbers, operators, typesystem, values
from .convert import to_string
from .errors import ErrorRecord, ExceptionObject, NetError
from .members import static_property
from .operators import as_list
from .typesystem import NetObject, NetType, members_of, net_class, register_enum
from .values import TICKS_PER_DAY, TICKS_PER_SECOND, DateTime, EnumType, Hashtable, TimeSpan

_RANGE_ERRORS = {"System.Byte": "an unsigned byte", "System.Int32": "an Int32", "System.Int64": "an Int64"}


def _number_members(full_name: str, number_type: typing.Any) -> None:
    """Parse, TryParse, MinValue, MaxValue."""

    def parse(text: str, *options: object) -> object:
        try:
            value = int(text, 16) if any("hex" in to_string(option).lower() for option in options) else int(text)
        except ValueError:
            raise NetError(
                "System.FormatException", f"The input string '{text}' was not in a correct format."
            ) from None
        if number_type in numbers.INTEGERS and not numbers.fits(value, number_type):
            kind = _RANGE_ERRORS.get(full_name, full_name)
            raise NetError("System.OverflowException", f"Value was either too large or too small for {kind}.")
        return number_type(value)

    def try_parse(text: object, *rest: object) -> bool:
        from .commands.state import store_reference

        try:
            store_reference(rest[-1] if rest else None, parse(to_string(text)))
        except NetError:
            store_reference(rest[-1] if rest else None, number_type(0))
            return False
        return True

    low, high = numbers.INTEGERS.get(number_type, (0, 0))
    body: dict[str, object] = {
        "parse": staticmethod(parse),
        "try_parse": staticmethod(try_parse),
        "min_value": static_property(lambda: number_type(low)),
        "max_value": static_property(lambda: number_type(high)),
    }
    if number_type is numbers.BigInteger:
        body.update(
            net_properties=("IsPowerOfTwo", "IsZero", "IsOne", "IsEven", "Sign"),
            pow=staticmethod(lambda base, power: numbers.BigInteger(int(base) ** int(power))),
        )
        body.update({
            "is_power_of_two": property(lambda value: value > 0 and value & (value - 1) == 0),
            "is_zero": property(lambda value: value == 0), "is_one": property(lambda value: value == 1),
            "is_even": property(lambda value: value % 2 == 0),
            "sign": property(lambda value: (value > 0) - (value < 0)),
        })  # fmt: skip
    members_of(full_name)(type("IntegerMembers", (), body))


for _type in (*numbers.INTEGERS, numbers.BigInteger):
    _number_members(typesystem.type_of(_type(0)).full_name, _type)


def _parse_double(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise NetError("System.FormatException", f"The input string '{text}' was not in a correct format.") from None


def _float_members(kind: typing.Any, epsilon: float, greatest: float) -> type:
    def constant(value: float) -> static_property:
        return static_property(lambda: kind(value))

    return type("FloatMembers", (), {
        "parse": staticmethod(lambda text, *options: kind(_parse_double(to_string(text)))),
        "na_n": constant(math.nan), "positive_infinity": constant(math.inf), "negative_infinity": constant(-math.inf),
        "epsilon": constant(epsilon), "max_value": constant(greatest), "min_value": constant(-greatest),
        "is_na_n": staticmethod(lambda value: math.isnan(value)),
        "is_infinity": staticmethod(lambda value: math.isinf(value)),
    })  # fmt: skip


members_of("System.Double")(_float_members(float, 5e-324, sys.float_info.max))
members_of("System.Single")(_float_members(numbers.Single, 1.401298464324817e-45, 3.4028234663852886e38))


@members_of("System.Decimal")
class DecimalMembers:
    zero = static_property(lambda: decimal.Decimal(0))
    one = static_property(lambda: decimal.Decimal(1))

    @staticmethod
    def round(value: object, digits: int = 0) -> object:
        return Math.round(value, digits)

    @staticmethod
    def parse(text: str) -> object:
        return decimal.Decimal(text)


@members_of("System.Boolean")
class BooleanMembers:
    true_string = static_property(lambda: "True")
    false_string = static_property(lambda: "False")

    @staticmethod
    def parse(text: str) -> bool:
        if text.strip().lower() not in ("true", "false"):
            raise NetError("System.FormatException", f"String '{text}' was not recognized as a valid Boolean.")
        return text.strip().lower() == "true"


@members_of("System.Guid")
class GuidMembers:
    empty = static_property(lambda: uuid.UUID(int=0))

    def to_string(self: uuid.UUID, pattern: str = "d") -> str:  # type: ignore[misc]
        return operators.format_value(self, pattern)

    def to_byte_array(self: uuid.UUID) -> object:  # type: ignore[misc]
        return bytearray(self.bytes_le)

    @staticmethod
    def new_guid() -> object:
        return uuid.uuid4()

    @staticmethod
    def new(value: object = None) -> object:
        return uuid.UUID(int=0) if value is None else convert.cast(value, typesystem.find("guid"))

    @staticmethod
    def parse(text: str) -> object:
        return convert.cast(text, typesystem.find("guid"))


_COLORS = (
    "Black DarkBlue DarkGreen DarkCyan DarkRed DarkMagenta DarkYellow Gray "
    "DarkGray Blue Green Cyan Red Magenta Yellow White"
)
_TASK_STATES = (
    "Created WaitingForActivation WaitingToRun Running WaitingForChildrenToComplete RanToCompletion Canceled Faulted"
)
register_enum(EnumType("System.DateTimeKind", {"Unspecified": 0, "Utc": 1, "Local": 2}))
register_enum(
    EnumType(
        "System.DayOfWeek",
        {"Sunday": 0, "Monday": 1, "Tuesday": 2, "Wednesday": 3, "Thursday": 4, "Friday": 5, "Saturday": 6},
    )
)
register_enum(
    EnumType(
        "System.StringComparison",
        {
            "CurrentCulture": 0,
            "CurrentCultureIgnoreCase": 1,
            "InvariantCulture": 2,
            "InvariantCultureIgnoreCase": 3,
            "Ordinal": 4,
            "OrdinalIgnoreCase": 5,
        },
    )
)
register_enum(
    EnumType(
        "System.Reflection.BindingFlags",
        {"IgnoreCase": 1, "DeclaredOnly": 2, "Instance": 4, "Static": 8, "Public": 16, "NonPublic": 32},
        flags=True,
    )
)
register_enum(EnumType("System.StringSplitOptions", {"None": 0, "RemoveEmptyEntries": 1, "TrimEntries": 2}, flags=True))
register_enum(
    EnumType(
        "System.MidpointRounding",
        {"ToEven": 0, "AwayFromZero": 1, "ToZero": 2, "ToNegativeInfinity": 3, "ToPositiveInfinity": 4},
    )
)
register_enum(
    EnumType(
        "System.Text.RegularExpressions.RegexOptions",
        {
            "None": 0,
            "IgnoreCase": 1,
            "Multiline": 2,
            "ExplicitCapture": 4,
            "Compiled": 8,
            "Singleline": 16,
            "IgnorePatternWhitespace": 32,
        },
        flags=True,
    )
)
register_enum(
    EnumType(
        "System.ConsoleColor",
        {name: number for number, name in enumerate(_COLORS.split())},
    )
)
register_enum(
    EnumType(
        "System.Threading.Tasks.TaskStatus",
        {name: number for number, name in enumerate(_TASK_STATES.split())},
    )
)
register_enum(EnumType("System.EnvironmentVariableTarget", {"Process": 0, "User": 1, "Machine": 2}))
register_enum(EnumType("System.Base64FormattingOptions", {"None": 0, "InsertLineBreaks": 1}))


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

    def add_years(self: DateTime, years: int) -> object:
        return DateTimeMembers.add_months(self, years * 12)  # type: ignore[arg-type]

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
        try:
            return dates.parse(text)
        except ValueError:
            message = f"String '{text}' was not recognized as a valid DateTime."
            raise NetError("System.FormatException", message) from None

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
    net_properties = (
        "Ticks",
        "Days",
        "Hours",
        "Milliseconds",
        "Minutes",
        "Seconds",
        "TotalDays",
        "TotalHours",
        "TotalMilliseconds",
        "TotalMinutes",
        "TotalSeconds",
    )
    ticks = property(lambda value: numbers.Int64(value.__dict__["ticks"]))
    days = _span_part(TICKS_PER_DAY, 2**60)
    hours = _span_part(3600 * TICKS_PER_SECOND, 24)
    minutes = _span_part(60 * TICKS_PER_SECOND, 60)
    seconds = _span_part(TICKS_PER_SECOND, 60)
    milliseconds = _span_part(10_000, 1000)
    total_days = _total(TICKS_PER_DAY)
    total_hours = _total(3600 * TICKS_PER_SECOND)
    total_minutes = _total(60 * TICKS_PER_SECOND)
    total_seconds = _total(TICKS_PER_SECOND)
    total_milliseconds = _total(10_000)

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
        return dates.parse_span(text)


for _name, _unit in (("days", TICKS_PER_DAY), ("hours", 3600 * TICKS_PER_SECOND), ("minutes", 60 * TICKS_PER_SECOND),
                     ("seconds", TICKS_PER_SECOND), ("milliseconds", 10_000), ("ticks", 1)):  # fmt: skip
    setattr(
        TimeSpanMembers,
        f"from_{_name}",
        staticmethod(lambda amount, unit=_unit: TimeSpan(round(convert.to_number(amount) * unit))),
    )


@members_of("System.Version")
class VersionMembers:
    net_properties = ("Major", "Minor", "Build", "Revision", "MajorRevision", "MinorRevision")
    major = property(lambda value: value.parts[0])
    minor = property(lambda value: value.parts[1])
    build = property(lambda value: (*value.parts, -1, -1)[2])
    revision = property(lambda value: (*value.parts, -1, -1)[3])

    @staticmethod
    def new(*parts: object) -> object:
        return (
            convert.version_of(to_string(parts[0]))
            if len(parts) == 1
            else values.Version(tuple(convert.to_int(part) for part in parts))
        )

    @staticmethod
    def parse(text: str) -> object:
        return convert.version_of(text)


@members_of("System.Uri")
class UriMembers:
    net_properties = ("AbsoluteUri", "Scheme", "Host", "Port", "OriginalString")
    absolute_uri = property(lambda value: value.text)
    original_string = property(lambda value: value.text)
    scheme = property(lambda value: value.text.partition(":")[0])
    host = property(lambda value: value.text.partition("//")[2].partition("/")[0].partition(":")[0])

    @staticmethod
    def new(text: str, *rest: object) -> object:
        return values.Uri(text)


@members_of("System.Management.Automation.SwitchParameter")
class SwitchMembers:
    net_properties = ("IsPresent",)
    is_present = property(lambda value: value.present)
    present = static_property(lambda: values.SwitchParameter(True))

    def to_bool(self: values.SwitchParameter) -> bool:  # type: ignore[misc]
        return self.present

    @staticmethod
    def new(value: bool) -> object:
        return values.SwitchParameter(value)


@members_of("System.Array")
class ArrayMembers:
    length = property(len)
    count = property(len)
    long_length = property(lambda value: numbers.Int64(len(value)))
    rank = property(lambda value: 1)

    def clone(self: typing.Any) -> object:  # type: ignore[misc]
        return values.TypedArray(self.element, self) if isinstance(self, values.TypedArray) else self[:]

    def contains(self: typing.Any, value: object) -> bool:  # type: ignore[misc]
        return any(operators.equal(item, value, ignore_case=False) for item in self)

    def get_enumerator(self: typing.Any) -> object:  # type: ignore[misc]
        return iter(list(operators.enumerate_value(self)))

    def get_value(self: typing.Any, position: int) -> object:  # type: ignore[misc]
        return self[position]

    def get_length(self: typing.Any, dimension: int) -> int:  # type: ignore[misc]
        return len(self)

    def copy_to(self: typing.Any, target: typing.Any, start: int) -> None:  # type: ignore[misc]
        target[start : start + len(self)] = self

    @staticmethod
    def index_of(items: object, value: object) -> int:
        return next(
            (position for position, item in enumerate(as_list(items)) if operators.equal(item, value, False)), -1
        )

    @staticmethod
    def reverse(items: typing.Any) -> None:
        items[:] = items[::-1]

    @staticmethod
    def sort(items: typing.Any) -> None:
        items[:] = sorted(items, key=lambda item: item if not isinstance(item, str) else item.lower())

    @staticmethod
    def copy(source: typing.Any, *rest: typing.Any) -> None:
        start, target, offset, count = (0, rest[0], 0, rest[1]) if len(rest) == 2 else rest
        target[offset : offset + count] = source[start : start + count]

    @staticmethod
    def clear(items: typing.Any, start: int = 0, count: object = None) -> None:
        for position in range(start, start + (len(items) if count is None else convert.to_int(count))):
            items[position] = 0 if isinstance(items, bytearray) else None

    @staticmethod
    def resize(items: object, size: int) -> None:
        raise NetError("System.NotSupportedException", "Specified method is not supported.")


def _element(items: values.NetList, value: object) -> object:
    return convert.cast(value, typesystem.find(items.element)) if items.element else value


class ListMembers(ArrayMembers):
    """The lists that grow."""

    capacity = property(len)

    def add(self: values.NetList, value: object) -> object:  # type: ignore[misc]
        value = _element(self, value)
        if "HashSet" in self.type_name:
            if any(operators.equal(item, value, False) for item in self):
                return False
            self.append(value)
            return True
        self.append(value)
        return len(self) - 1 if self.type_name == "System.Collections.ArrayList" else values.NOTHING

    def add_range(self: values.NetList, added: object) -> object:  # type: ignore[misc]
        self.extend(_element(self, item) for item in as_list(added))
        return values.NOTHING

    def insert(self: values.NetList, position: int, value: object) -> object:  # type: ignore[misc]
        self[position:position] = [_element(self, value)]
        return values.NOTHING

    def remove(self: values.NetList, value: object) -> object:  # type: ignore[misc]
        for position, item in enumerate(self):
            if operators.equal(item, value, ignore_case=False):
                del self[position]
                break
        else:
            return False if "Generic" in self.type_name else values.NOTHING
        return True if "Generic" in self.type_name else values.NOTHING

    def remove_at(self: values.NetList, position: int) -> object:  # type: ignore[misc]
        if not 0 <= position < len(self):
            message = (
                "Index was out of range. Must be non-negative and less than the size of the collection. "
                "(Parameter 'index')"
            )
            raise NetError("System.ArgumentOutOfRangeException", message, ParamName="index")
        del self[position]
        return values.NOTHING

    def clear(self: values.NetList) -> object:  # type: ignore[misc,override]
        list.clear(self)
        return values.NOTHING

    def to_array(self: values.NetList) -> object:  # type: ignore[misc]
        return values.TypedArray(self.element, self) if self.element else list(self)

    def index_of(self: values.NetList, value: object) -> int:  # type: ignore[misc,override]
        return next((position for position, item in enumerate(self) if operators.equal(item, value, False)), -1)

    def reverse(self: values.NetList) -> object:  # type: ignore[misc,override]
        list.reverse(self)
        return values.NOTHING

    def sort(self: values.NetList) -> object:  # type: ignore[misc,override]
        ArrayMembers.sort(self)
        return values.NOTHING

    def enqueue(self: values.NetList, value: object) -> object:  # type: ignore[misc]
        self.append(value)
        return values.NOTHING

    def dequeue(self: values.NetList) -> object:  # type: ignore[misc]
        return _taken(self, 0, "Queue empty.")

    def push(self: values.NetList, value: object) -> object:  # type: ignore[misc]
        self.insert(0, value)
        return values.NOTHING

    def pop(self: values.NetList) -> object:  # type: ignore[misc]
        return _taken(self, 0, "Stack empty.")

    def peek(self: values.NetList) -> object:  # type: ignore[misc]
        return self[0]


def _taken(items: values.NetList, position: int, message: str) -> object:
    if not items:
        raise NetError("System.InvalidOperationException", message)
    return list.pop(items, position)


class TableMembers:
    """The dictionaries."""

    count = property(len)
    keys = property(lambda table: values.NetList("System.Collections.ArrayList", table.keys()))
    values = property(lambda table: values.NetList("System.Collections.ArrayList", table.values()))
    is_read_only = property(lambda table: False)

    def add(self: Hashtable, key: object, value: object) -> object:  # type: ignore[misc]
        if key in self:
            text = to_string(key)
            raise NetError(
                "System.ArgumentException",
                f"Item has already been added. Key in dictionary: '{text}'  Key being added: '{text}'",
                ParamName=None,
            )
        self[key] = convert.cast(value, typesystem.find(self.value_type)) if self.value_type else value
        return values.NOTHING

    def remove(self: Hashtable, key: object) -> object:  # type: ignore[misc]
        found = self.pop(key, values.NOTHING) is not values.NOTHING
        return found if self.value_type else values.NOTHING

    def contains_key(self: Hashtable, key: object) -> bool:  # type: ignore[misc]
        return key in self

    contains = contains_key

    def contains_value(self: Hashtable, value: object) -> bool:  # type: ignore[misc]
        return any(operators.equal(item, value, False) for item in self.values())

    def clear(self: Hashtable) -> object:  # type: ignore[misc]
        for key in list(self):
            del self[key]
        return values.NOTHING

    def clone(self: Hashtable) -> object:  # type: ignore[misc]
        return Hashtable(self.items(), self.type_name, self.ignore_case)

    def get_enumerator(self: Hashtable) -> object:  # type: ignore[misc]
        return iter([values.DictionaryEntry(key, value) for key, value in self.items()])

    def get_item(self: Hashtable, key: object) -> object:  # type: ignore[misc]
        return self.get(key)

    item = get_item

    def set_item(self: Hashtable, key: object, value: object) -> object:  # type: ignore[misc]
        self[key] = value
        return values.NOTHING

    def try_get_value(self: Hashtable, key: object, reference: object) -> bool:  # type: ignore[misc]
        from .commands.state import store_reference

        store_reference(reference, self.get(key))
        return key in self

    def insert(self: Hashtable, position: int, key: object, value: object) -> object:  # type: ignore[misc]
        pairs = list(self.items())
        pairs.insert(position, (key, value))
        TableMembers.clear(self)
        self.update(pairs)
        return values.NOTHING


for _collection in (
    "ArrayList",
    "Queue",
    "Stack",
    "Generic.List`1",
    "Generic.HashSet`1",
    "Generic.Queue`1",
    "Generic.Stack`1",
    "ObjectModel.Collection`1",
):
    members_of(f"System.Collections.{_collection}")(ListMembers)
for _collection in ("Hashtable", "Specialized.OrderedDictionary", "Generic.Dictionary`2", "Generic.SortedDictionary`2"):
    members_of(f"System.Collections.{_collection}")(TableMembers)
typesystem.register(NetType("System.Management.Automation.PSBoundParametersDictionary", members=TableMembers))
_AUTOMATION_LIBRARY = "System.Management.Automation, Version=7.6.5.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35"
_ATTRIBUTES = f"System.Collections.ObjectModel.Collection`1[[System.Attribute, {values.CORE_LIBRARY}]]"
typesystem.register(
    NetType("System.Management.Automation.PSVariableAttributeCollection", (_ATTRIBUTES, "System.Object"), ListMembers)
)
#: What methods and commands of PowerShell return several objects in.
OBJECT_COLLECTION = (
    f"System.Collections.ObjectModel.Collection`1[[System.Management.Automation.PSObject, {_AUTOMATION_LIBRARY}]]"
)
typesystem.register(NetType(OBJECT_COLLECTION, members=ListMembers))
typesystem.register(NetType("System.Management.Automation.PSMemberInfoIntegratingCollection`1", members=ListMembers))


class EntryMembers:
    net_properties = ("Key", "Value")
    key = property(lambda entry: entry.__dict__["key"])
    value = property(lambda entry: entry.__dict__["value"])
    name = property(lambda entry: entry.__dict__["key"])


members_of("System.Collections.DictionaryEntry")(EntryMembers)


class RecordMembers:
    """Records of the streams that are no errors."""

    message = property(lambda record: record.__dict__["message"])
    message_data = property(lambda record: record.__dict__["message"])
    tags = property(lambda record: values.NetList(items=record.__dict__["tags"]))
    source = property(lambda record: record.__dict__["source"])


for _record in ("WarningRecord", "VerboseRecord", "DebugRecord", "InformationRecord", "HostInformationMessage"):
    typesystem.register(NetType(f"System.Management.Automation.{_record}", members=RecordMembers))
members_of("System.Collections.Generic.KeyValuePair`2")(EntryMembers)


@net_class
class Math(NetObject):
    net_name = "System.Math"
    pi = static_property(lambda: math.pi)
    e = static_property(lambda: math.e)

    @staticmethod
    def round(value: object, *options: object) -> object:
        number = convert.to_number(value)
        digits = next((option for option in options if isinstance(option, int)), 0)
        away = any("away" in to_string(option).lower() for option in options)
        rounding = decimal.ROUND_HALF_UP if away else decimal.ROUND_HALF_EVEN
        exact = decimal.Decimal(repr(float(number))) if not isinstance(number, decimal.Decimal) else number
        result = exact.quantize(decimal.Decimal(1).scaleb(-digits), rounding)
        return result if isinstance(number, decimal.Decimal) else float(result)

    @staticmethod
    def floor(value: object) -> object:
        return float(math.floor(convert.to_number(value)))

    @staticmethod
    def ceiling(value: object) -> object:
        return float(math.ceil(convert.to_number(value)))

    @staticmethod
    def truncate(value: object) -> object:
        return float(math.trunc(convert.to_number(value)))

    @staticmethod
    def abs(value: object) -> object:
        number = convert.to_number(value)
        return type(number)(abs(number))

    @staticmethod
    def max(first: object, second: object) -> object:
        return first if convert.to_number(first) >= convert.to_number(second) else second

    @staticmethod
    def min(first: object, second: object) -> object:
        return first if convert.to_number(first) <= convert.to_number(second) else second

    @staticmethod
    def pow(base: float, power: float) -> float:
        return float(base**power)

    @staticmethod
    def sqrt(value: float) -> float:
        return math.sqrt(value) if value >= 0 else math.nan

    @staticmethod
    def log(value: float, *base: float) -> float:
        return math.log(value, *base)

    @staticmethod
    def log10(value: float) -> float:
        return math.log10(value)

    @staticmethod
    def sign(value: float) -> int:
        return (value > 0) - (value < 0)


@net_class
class Convert(NetObject):
    net_name = "System.Convert"

    @staticmethod
    def to_base64_string(data: bytearray, start: object = 0, count: object = None, *options: object) -> str:
        begin = 0 if isinstance(start, values.EnumValue) else convert.to_int(start)
        end = len(data) if count is None else begin + convert.to_int(count)
        return base64.b64encode(data[begin:end]).decode()

    @staticmethod
    def from_base64_string(text: str) -> object:
        try:
            return bytearray(base64.b64decode("".join(text.split()), validate=True))
        except ValueError:
            message = (
                "The input is not a valid Base-64 string as it contains a non-base 64 character, more "
                "than two padding characters, or an illegal character among the padding characters."
            )
            raise NetError("System.FormatException", message) from None

    @staticmethod
    def to_hex_string(data: bytearray) -> str:
        return data.hex().upper()

    @staticmethod
    def from_hex_string(text: str) -> object:
        return bytearray.fromhex(text)

    @staticmethod
    def to_string(value: object, base: object = None) -> str:
        if isinstance(base, int) and isinstance(value, int):
            return {2: f"{value:b}", 8: f"{value:o}", 16: f"{value:x}"}.get(base, str(value))
        return to_string(value)

    @staticmethod
    def change_type(value: object, target: object) -> object:
        return convert.cast(value, typing.cast(NetType, target))


def _convert_to(type_name: str) -> staticmethod:  # type: ignore[type-arg]
    def change(value: object, base: object = None) -> object:
        if isinstance(base, int) and isinstance(value, str):
            value = int(value, base)
        return convert.cast(value, typesystem.find(type_name))

    return staticmethod(change)


for _name in (
    "int16",
    "int32",
    "int64",
    "uint16",
    "uint32",
    "uint64",
    "byte",
    "sbyte",
    "boolean",
    "double",
    "single",
    "decimal",
    "char",
    "datetime",
):
    setattr(Convert, f"to_{_name}", _convert_to(_name))


@net_class
class BitConverter(NetObject):
    net_name = "System.BitConverter"
    is_little_endian = static_property(lambda: True)

    @staticmethod
    def to_string(data: bytearray, start: int = 0, count: object = None) -> str:
        end = len(data) if count is None else start + convert.to_int(count)
        return "-".join(f"{byte:02X}" for byte in data[start:end])

    @staticmethod
    def get_bytes(value: object) -> object:
        number = convert.to_number(value)
        size = {numbers.Int16: 2, numbers.UInt16: 2, numbers.Int64: 8, numbers.UInt64: 8}.get(type(number), 4)
        return bytearray((int(number) % 2 ** (8 * size)).to_bytes(size, "little"))

    @staticmethod
    def to_int32(data: bytearray, start: int = 0) -> int:
        return int.from_bytes(data[start : start + 4], "little", signed=True)

    @staticmethod
    def to_int64(data: bytearray, start: int = 0) -> object:
        return numbers.Int64(int.from_bytes(data[start : start + 8], "little", signed=True))


@members_of("System.Enum")
class EnumMembers:
    net_properties = ("value__",)
    value__ = property(lambda value: value.__dict__["value"])

    def has_flag(self: values.EnumValue, flag: object) -> bool:  # type: ignore[misc]
        other = typing.cast(values.EnumValue, convert.cast(flag, typesystem.type_of(self)))
        return self.value & other.value == other.value

    @staticmethod
    def get_names(enum_type: object) -> object:
        return values.TypedArray("System.String", typing.cast(EnumType, typing.cast(NetType, enum_type).enum).members)

    @staticmethod
    def get_values(enum_type: object) -> object:
        kind = typing.cast(EnumType, typing.cast(NetType, enum_type).enum)
        return [kind(value) for value in kind.members.values()]

    @staticmethod
    def parse(enum_type: object, text: str, *ignore_case: object) -> object:
        return convert.cast(text, typing.cast(NetType, enum_type))

    @staticmethod
    def is_defined(enum_type: object, value: object) -> bool:
        kind = typing.cast(EnumType, typing.cast(NetType, enum_type).enum)
        return to_string(value) in kind.members or value in kind.members.values()


@members_of("System.Type")
class TypeMembers:
    full_name = property(lambda value: value.__dict__["full_name"])
    name = property(lambda value: value.full_name.partition("[[")[0].rpartition(".")[2])
    namespace = property(lambda value: value.full_name.partition("[[")[0].rpartition(".")[0])
    base_type = property(lambda value: typesystem.lookup(value.bases[0]) if value.bases else None)
    is_enum = property(lambda value: value.enum is not None)
    is_array = property(lambda value: value.element is not None)
    is_value_type = property(lambda value: "System.ValueType" in value.bases)
    assembly_qualified_name = property(lambda value: value.qualified_name)

    def is_assignable_from(self: NetType, other: object) -> bool:  # type: ignore[misc]
        return self.full_name in typing.cast(NetType, other).type_names

    def is_subclass_of(self: NetType, other: object) -> bool:  # type: ignore[misc]
        return typing.cast(NetType, other).full_name in self.bases

    def is_instance_of_type(self: NetType, item: object) -> bool:  # type: ignore[misc]
        return typesystem.is_a(item, self)

    @staticmethod
    def get_type(name: str, *options: object) -> object:
        return typesystem.lookup(name)


@members_of("System.Exception")
class ExceptionMembers:
    message = property(lambda value: value.__dict__["message"])
    inner_exception = property(lambda value: value.inner)
    h_result = property(lambda value: value.hresult)
    stack_trace = property(lambda value: None)
    source = property(lambda value: None)
    help_link = property(lambda value: None)
    target_site = property(lambda value: None)
    data = property(lambda value: Hashtable(value.__dict__["data"].items(), "System.Collections.Hashtable"))
    error_record = property(lambda value: value.__dict__["error_record"])
    was_thrown_from_throw_statement = property(lambda value: value.thrown_by_script)

    def get_base_exception(self: ExceptionObject) -> object:  # type: ignore[misc]
        while self.inner:
            self = self.inner
        return self


@members_of("System.Management.Automation.ErrorRecord")
class ErrorRecordMembers:
    exception = property(lambda record: record.__dict__["exception"])
    target_object = property(lambda record: record.target)
    fully_qualified_error_id = property(lambda record: record.error_id)
    script_stack_trace = property(lambda record: record.__dict__["script_stack_trace"])
    net_properties = (
        "Exception",
        "TargetObject",
        "CategoryInfo",
        "FullyQualifiedErrorId",
        "ErrorDetails",
        "InvocationInfo",
        "ScriptStackTrace",
    )

    @staticmethod
    def new(exception: object, error_id: str, category: object, target: object) -> object:
        from .errors import Category

        number = typing.cast(
            values.EnumValue, convert.cast(category, typesystem.find("System.Management.Automation.ErrorCategory"))
        )
        return ErrorRecord(typing.cast(ExceptionObject, exception), error_id, Category(number.value), target)


def _category_info(record: ErrorRecord) -> values.ObjectValue:
    from .wire import category_message, category_target

    target_name, target_type = category_target(record)
    return values.ObjectValue(["System.Management.Automation.ErrorCategoryInfo", "System.Object"], {
        "Category": convert.cast(int(record.category), typesystem.find("System.Management.Automation.ErrorCategory")),
        "Activity": record.activity, "Reason": record.category_reason, "TargetName": target_name,
        "TargetType": target_type,
    }, category_message(record))  # fmt: skip


def _invocation(record: ErrorRecord) -> object:
    from .objects import invocation_object

    return invocation_object(record.invocation) if record.invocation else None


def _details(record: ErrorRecord) -> object:
    if record.details is None:
        return None
    properties: dict[str, object] = {"Message": record.details, "RecommendedAction": record.recommended_action or ""}
    return values.ObjectValue(
        ["System.Management.Automation.ErrorDetails", "System.Object"], properties, record.details
    )


def _set_details(record: ErrorRecord, value: object) -> None:
    record.details = to_string(members.get_member(value, "Message"))


ErrorRecordMembers.category_info = property(_category_info)  # type: ignore[attr-defined]
ErrorRecordMembers.invocation_info = property(_invocation)  # type: ignore[attr-defined]
ErrorRecordMembers.error_details = property(_details, _set_details)  # type: ignore[attr-defined]


def _register_categories() -> None:
    from .errors import Category

    register_enum(
        EnumType("System.Management.Automation.ErrorCategory", {category.name: category.value for category in Category})
    )


_register_categories()


@members_of("System.Management.Automation.ScriptBlock")
class ScriptBlockMembers:
    ast = property(
        lambda block: values.ObjectValue(
            ["System.Management.Automation.Language.ScriptBlockAst", "System.Object"],
            {"Extent": block.text},
            block.text,
        )
    )
    file = property(lambda block: block.tree.extent.source.file)
    is_filter = property(lambda block: False)

    @staticmethod
    def create(text: str) -> object:
        from .dispatch import parse_block

        return parse_block(text)

    def invoke(self: values.ScriptBlock, *arguments: object) -> object:  # type: ignore[misc]
        from .functions import block_output
        from .session import current

        collected = block_output(self, current().frames[-1], arguments)
        return values.NetList("System.Collections.ObjectModel.Collection`1", collected)

    def invoke_return_as_is(self: values.ScriptBlock, *arguments: object) -> object:  # type: ignore[misc]
        from .session import current

        return current().call_block(self, arguments)

    def get_new_closure(self: values.ScriptBlock) -> object:  # type: ignore[misc]
        from .scopes import Scope, Variable
        from .session import current

        frame = current().frames[-1]
        scope = Scope(frame.scope.top)
        for outer in reversed(list(frame.scope.chain())[:-1] or [frame.scope]):
            scope.variables.update(
                {
                    name: Variable(found.name, found.get())
                    for name, found in outer.variables.items()
                    if outer.kind != "global" or outer is frame.scope
                }
            )
        return values.ScriptBlock(self.tree, scope)


def _block_attributes(block: values.ScriptBlock) -> object:
    from .expressions import evaluate
    from .objects import CmdletBindingAttribute
    from .session import current

    frame = current().frames[-1]
    return values.NetList("System.Collections.Generic.List`1", [
        CmdletBindingAttribute({name: True if node is None else evaluate(node, frame) for name,
        node in attribute.named.items()})
        for attribute in block.tree.attributes if attribute.name.lower().rpartition(".")[2] in ("cmdletbinding",
        "cmdletbindingattribute")
    ])  # fmt: skip


ScriptBlockMembers.attributes = property(_block_attributes)  # type: ignore[attr-defined]
