# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small types of .NET that scripts hand on: versions, addresses, parts of dates (test endpoint process)."""

from __future__ import annotations

import html
import ipaddress
import re
import time
import typing
import urllib.parse

from . import convert, dates, numbers, typesystem
from .calling import static_property
from .convert import to_string
from .errors import NetError
from .typesystem import NetObject, net_class
from .values import CORE_LIBRARY, TICKS_PER_DAY, TICKS_PER_SECOND, DateTime, EnumType, TimeSpan

_VALUE_TYPE = ("System.ValueType", "System.Object")
#: Of the year 9999.
_LAST_TICK = 3_652_059 * TICKS_PER_DAY - 1


def _of_date(name: str) -> property:
    """A part that the date within the value has too."""
    return property(lambda self: getattr(typesystem.find("System.DateTime").members, name).fget(self.moment))


def _with_offset(text: str) -> tuple[DateTime, int]:
    """A date and how far its clock is ahead of UTC, which is this machine's where the text does not say.

    :raises NetError: it is no date.
    """
    zone = re.search(r"(Z|[-+]\d\d:?\d\d)$", text.strip())
    try:
        plain = dates.parse(text.strip()[: zone.start()] if zone else text)
    except ValueError:
        message = f"String '{text}' was not recognized as a valid DateTime."
        raise NetError("System.FormatException", message) from None
    if zone is None:
        return plain, dates.offset_ticks(plain)
    minutes = 0 if zone[1] == "Z" else int(zone[1][0] + "1") * (int(zone[1][1:3]) * 60 + int(zone[1][-2:]))
    return plain, minutes * 60 * TICKS_PER_SECOND


def _as(value: object, type_name: str) -> typing.Any:
    return convert.cast(value, typesystem.find(type_name))


def _date_of(text: str, kind: str) -> DateTime:
    """:raises NetError: it is no date."""
    try:
        return dates.parse(text)
    except ValueError:
        message = f"String '{text}' was not recognized as a valid {kind}."
        raise NetError("System.FormatException", message) from None


@net_class
class DateTimeOffset(NetObject):
    net_name = "System.DateTimeOffset"
    net_bases = _VALUE_TYPE
    net_properties = (
        "DateTime", "UtcDateTime", "LocalDateTime", "Date", "Day", "DayOfWeek", "DayOfYear", "Hour", "Millisecond",
        "Microsecond", "Nanosecond", "Minute", "Month", "Offset", "TotalOffsetMinutes", "Second", "Ticks", "UtcTicks",
        "TimeOfDay", "Year",
    )  # fmt: skip

    def __init__(self, *parts: object) -> None:
        offset = next((part for part in parts if isinstance(part, TimeSpan)), None)
        first = parts[0] if parts else DateTime(0, 1)
        if isinstance(first, str):
            self.moment, self.offset_ticks = _with_offset(first)
            return
        if not isinstance(first, DateTime):
            members: typing.Any = typesystem.find("System.DateTime").members
            first = members.new(*(part for part in parts if not isinstance(part, TimeSpan)))
        self.moment = DateTime(first.ticks)
        self.offset_ticks = offset.ticks if offset else 0 if first.kind == 1 else dates.offset_ticks(first)

    def __str__(self) -> str:
        sign, minutes = ("-" if self.offset_ticks < 0 else "+"), abs(self.offset_ticks) // TICKS_PER_SECOND // 60
        return f"{dates.format_date(self.moment)} {sign}{minutes // 60:02}:{minutes % 60:02}"

    @staticmethod
    def parse(text: str, *options: object) -> object:
        return DateTimeOffset(text)

    def to_string(self, pattern: str = "") -> str:
        offset = str(self).rpartition(" ")[2]
        return f"{dates.format_date(self.moment, 'o')}{offset}" if pattern in ("o", "O") else str(self)

    min_value = static_property(lambda: DateTimeOffset(DateTime(0, 1)))
    max_value = static_property(lambda: DateTimeOffset(DateTime(_LAST_TICK, 1)))
    unix_epoch = static_property(lambda: DateTimeOffset(dates.from_parts(1970, 1, 1, kind=1)))
    now = static_property(lambda: DateTimeOffset(dates.now()))
    utc_now = static_property(lambda: DateTimeOffset(dates.now(utc=True)))
    date_time = property(lambda self: self.moment)
    utc_date_time = property(lambda self: DateTime(self.moment.ticks - self.offset_ticks, 1))
    local_date_time = property(lambda self: dates.to_local(self.utc_date_time))
    offset = property(lambda self: TimeSpan(self.offset_ticks))
    total_offset_minutes = property(lambda self: self.offset_ticks // TICKS_PER_SECOND // 60)
    utc_ticks = property(lambda self: numbers.Int64(self.moment.ticks - self.offset_ticks))
    microsecond = property(lambda self: self.moment.ticks // 10 % 1000)
    nanosecond = property(lambda self: self.moment.ticks % 10 * 100)
    date, day, day_of_week, day_of_year = map(_of_date, ("date", "day", "day_of_week", "day_of_year"))
    hour, minute, second, millisecond = map(_of_date, ("hour", "minute", "second", "millisecond"))
    month, year, ticks, time_of_day = map(_of_date, ("month", "year", "ticks", "time_of_day"))

    def to_unix_time_seconds(self) -> object:
        return numbers.Int64(int(dates.timestamp(self.utc_date_time)))


@net_class
class DateOnly(NetObject):
    net_name = "System.DateOnly"
    net_bases = _VALUE_TYPE
    net_properties = ("Year", "Month", "Day", "DayOfWeek", "DayOfYear", "DayNumber")

    def __init__(self, year: int, month: int, day: int) -> None:
        self.moment = dates.from_parts(year, month, day)

    def __str__(self) -> str:
        return dates.format_date(self.moment, "d")

    min_value = static_property(lambda: DateOnly(1, 1, 1))
    max_value = static_property(lambda: DateOnly(9999, 12, 31))

    @staticmethod
    def from_date_time(moment: object) -> object:
        parts = dates.python_datetime(_as(moment, "System.DateTime"))
        return DateOnly(parts.year, parts.month, parts.day)

    @staticmethod
    def parse(text: str) -> object:
        return DateOnly.from_date_time(_date_of(text, "DateOnly"))

    day_number = property(lambda self: self.moment.ticks // TICKS_PER_DAY)
    year, month, day, day_of_week, day_of_year = map(_of_date, ("year", "month", "day", "day_of_week", "day_of_year"))


@net_class
class TimeOnly(NetObject):
    net_name = "System.TimeOnly"
    net_bases = _VALUE_TYPE
    net_properties = ("Hour", "Minute", "Second", "Millisecond", "Microsecond", "Nanosecond", "Ticks")

    def __init__(self, hour: object = 0, minute: int = 0, second: int = 0, millisecond: int = 0) -> None:
        if isinstance(hour, numbers.Int64):
            self.moment = DateTime(int(hour))
            return
        minutes = typing.cast(int, hour) * 60 + minute
        self.moment = DateTime((minutes * 60 + second) * TICKS_PER_SECOND + millisecond * 10_000)

    def __str__(self) -> str:
        return dates.format_date(self.moment, "t")

    min_value = static_property(lambda: TimeOnly())
    max_value = static_property(lambda: TimeOnly(numbers.Int64(TICKS_PER_DAY - 1)))

    @staticmethod
    def from_date_time(moment: object) -> object:
        return TimeOnly(numbers.Int64(_as(moment, "System.DateTime").ticks % TICKS_PER_DAY))

    @staticmethod
    def from_time_span(span: object) -> object:
        return TimeOnly(numbers.Int64(_as(span, "System.TimeSpan").ticks))

    @staticmethod
    def parse(text: str) -> object:
        return TimeOnly.from_date_time(_date_of(text, "TimeOnly"))

    microsecond = property(lambda self: self.moment.ticks // 10 % 1000)
    nanosecond = property(lambda self: self.moment.ticks % 10 * 100)
    hour, minute, second, millisecond, ticks = map(_of_date, ("hour", "minute", "second", "millisecond", "ticks"))


@net_class
class SemanticVersion(NetObject):
    net_name = "System.Management.Automation.SemanticVersion"
    net_properties = ("Major", "Minor", "Patch", "PreReleaseLabel", "BuildLabel")

    def __init__(self, text: object, *rest: object) -> None:
        plain = ".".join(to_string(part) for part in (text, *rest))
        found = re.fullmatch(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([\w.-]+))?(?:\+([\w.-]+))?", plain)
        if not found:
            message = f"Cannot process argument because the value of argument \"version\" is not valid: '{plain}'."
            raise NetError("System.Management.Automation.PSArgumentException", message)
        self.numbers = tuple(int(part or 0) for part in found.groups()[:3])
        self.labels = found.group(4), found.group(5)

    def __str__(self) -> str:
        pre, build = self.labels
        return ".".join(map(str, self.numbers)) + (f"-{pre}" if pre else "") + (f"+{build}" if build else "")

    major = property(lambda self: self.numbers[0])
    minor = property(lambda self: self.numbers[1])
    patch = property(lambda self: self.numbers[2])
    pre_release_label = property(lambda self: self.labels[0])
    build_label = property(lambda self: self.labels[1])

    def compare_to(self, other: object) -> int:
        """A release comes after its pre-releases."""
        second = SemanticVersion(*to_string(other).split(".")[:3]) if not isinstance(other, SemanticVersion) else other
        keys = [(item.numbers, item.labels[0] is None, item.labels[0] or "") for item in (self, second)]
        return (keys[0] > keys[1]) - (keys[0] < keys[1])


@net_class
class IPAddress(NetObject):
    net_name = "System.Net.IPAddress"
    #: Members of PowerShell's type data.
    net_extended = ("IPAddressToString",)

    def __init__(self, text: str) -> None:
        try:
            self.value = ipaddress.ip_address(text)
        except ValueError:
            raise NetError("System.FormatException", "An invalid IP address was specified.") from None

    def __str__(self) -> str:
        return str(self.value)

    def _is(self, name: str) -> bool:
        return self.value.version == 6 and bool(getattr(self.value, name, False))

    @property
    def net_properties(self) -> tuple[str, ...]:  # type: ignore[override]
        """Those that throw for the other family's addresses are left out, as the serializer does."""
        kinds = ("Multicast", "LinkLocal", "SiteLocal", "Teredo", "UniqueLocal")
        tests = (*(f"IsIPv6{kind}" for kind in kinds), "IsIPv4MappedToIPv6")
        own = (*tests, "Address") if self.value.version == 4 else ("ScopeId", *tests)
        return ("AddressFamily", *own)

    def get_address_bytes(self) -> object:
        return bytearray(self.value.packed)

    @staticmethod
    def parse(text: str) -> object:
        return IPAddress(text)

    loopback = static_property(lambda: IPAddress("127.0.0.1"))
    any = static_property(lambda: IPAddress("0.0.0.0"))  # noqa: S104 - nothing is bound to it
    broadcast = none = static_property(lambda: IPAddress("255.255.255.255"))
    ipv6_loopback = static_property(lambda: IPAddress("::1"))
    ipv6_any = ipv6_none = static_property(lambda: IPAddress("::"))
    scope_id = property(lambda self: numbers.Int64(int(getattr(self.value, "scope_id", None) or 0)))
    address_family = property(lambda self: "InterNetwork" if self.value.version == 4 else "InterNetworkV6")
    is_ipv6_multicast = property(lambda self: self._is("is_multicast"))
    is_ipv6_link_local = property(lambda self: self._is("is_link_local"))
    is_ipv6_site_local = property(lambda self: self._is("is_site_local"))
    is_ipv6_teredo = property(lambda self: self._is("teredo"))
    is_ipv6_unique_local = property(lambda self: self.value.version == 6 and self.value.packed[0] & 0xFE == 0xFC)
    is_ipv4_mapped_to_ipv6 = property(lambda self: self._is("ipv4_mapped"))
    address = property(lambda self: numbers.Int64(int.from_bytes(self.value.packed[:4], "little")))
    ip_address_to_string = property(str)


@net_class
class MailAddress(NetObject):
    net_name = "System.Net.Mail.MailAddress"
    net_properties = ("DisplayName", "User", "Host", "Address")

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        name, address = self._parts()
        return f'"{name}" <{address}>' if name else address

    def _parts(self) -> tuple[str, str]:
        """The name before the angle brackets, and the address."""
        found = re.fullmatch(r'\s*"?([^"<]*?)"?\s*<([^>]*)>\s*', self.text)
        return (found[1], found[2]) if found else ("", self.text)

    display_name = property(lambda self: self._parts()[0])
    user = property(lambda self: self._parts()[1].partition("@")[0])
    host = property(lambda self: self._parts()[1].partition("@")[2])
    address = property(lambda self: self._parts()[1])


@net_class
class IntPtr(NetObject):
    net_name = "System.IntPtr"
    net_bases = _VALUE_TYPE

    def __init__(self, value: int) -> None:
        self.value = value

    def __str__(self) -> str:
        return str(self.value)

    zero = static_property(lambda: IntPtr(0))
    size = static_property(lambda: 8)


@net_class
class Stopwatch(NetObject):
    net_name = "System.Diagnostics.Stopwatch"
    net_properties = ("IsRunning", "Elapsed", "ElapsedMilliseconds", "ElapsedTicks")

    def __init__(self) -> None:
        self._before = 0
        self._since: int | None = None

    @staticmethod
    def start_new() -> object:
        watch = Stopwatch()
        watch.start()
        return watch

    def _nanoseconds(self) -> int:
        return self._before + (time.monotonic_ns() - self._since if self._since is not None else 0)

    def start(self) -> None:
        if self._since is None:
            self._since = time.monotonic_ns()

    def stop(self) -> None:
        self._before, self._since = self._nanoseconds(), None

    def reset(self) -> None:
        self._before, self._since = 0, None

    def restart(self) -> None:
        self._before, self._since = 0, time.monotonic_ns()

    is_running = property(lambda self: self._since is not None)
    elapsed = property(lambda self: TimeSpan(self._nanoseconds() // 100))
    elapsed_milliseconds = property(lambda self: numbers.Int64(self._nanoseconds() // 1_000_000))
    elapsed_ticks = property(lambda self: numbers.Int64(self._nanoseconds()))


@net_class
class WebUtility(NetObject):
    net_name = "System.Net.WebUtility"

    @staticmethod
    def url_encode(text: str) -> str:
        return urllib.parse.quote_plus(text, safe="!()*-._")

    @staticmethod
    def url_decode(text: str) -> str:
        return urllib.parse.unquote_plus(text)

    @staticmethod
    def html_encode(text: str) -> str:
        return html.escape(text).replace("&#x27;", "&#39;")

    @staticmethod
    def html_decode(text: str) -> str:
        return html.unescape(text)


class _Nothing(NetObject):
    """A type of one value, which stands for nothing."""

    def __str__(self) -> str:
        return ""


@net_class
class DBNull(_Nothing):
    net_name = "System.DBNull"
    value = static_property(lambda: _DB_NULL)


@net_class
class NullString(_Nothing):
    net_name = "System.Management.Automation.Language.NullString"
    value = static_property(lambda: _NULL_STRING)


_DB_NULL: DBNull = DBNull()
_NULL_STRING: NullString = NullString()


_TASK_STATES = typesystem.register_enum(EnumType("System.Threading.Tasks.TaskStatus", {name: number for number, name in
    enumerate(("Created", "WaitingForActivation", "WaitingToRun", "Running", "WaitingForChildrenToComplete",
               "RanToCompletion", "Canceled", "Faulted"))}))  # fmt: skip


@net_class
class Task(NetObject):
    """One that is done: nothing runs beside a script here."""

    net_name = "System.Threading.Tasks.Task"
    net_properties = (
        "Id", "Exception", "Status", "IsCanceled", "IsCompleted", "IsCompletedSuccessfully", "CreationOptions",
        "AsyncState", "IsFaulted",
    )  # fmt: skip

    id = property(lambda self: 1)
    status = property(lambda self: _TASK_STATES.find("RanToCompletion"))
    exception = async_state = property(lambda self: None)
    is_canceled = is_faulted = property(lambda self: False)
    is_completed = is_completed_successfully = property(lambda self: True)
    creation_options = property(lambda self: "None")
    completed_task = static_property(lambda: Task())


@net_class
class Enumerable(NetObject):
    net_name = "System.Linq.Enumerable"

    @staticmethod
    def range(start: int, count: int) -> object:
        return iter(range(start, start + count))

    @staticmethod
    def to_array(items: object) -> object:
        from .sequences import enumerate_value

        return list(enumerate_value(items))


class _TupleValue(NetObject):
    """A tuple; each combination of types is a type of its own."""

    net_name = "System.Tuple"

    def __init__(self, *items: object) -> None:
        self.items = items
        kinds = ",".join(f"[{typesystem.type_of(item).full_name}, {CORE_LIBRARY}]" for item in items)
        self.net_name = f"System.Tuple`{len(items)}[{kinds}]"
        self.net_properties = (*(f"Item{position}" for position in range(1, len(items) + 1)), "Length")
        if typesystem.lookup(self.net_name) is None:
            typesystem.register(typesystem.NetType(self.net_name, members=_TupleValue))

    def __str__(self) -> str:
        return f"({', '.join(to_string(item) for item in self.items)})"

    length = property(lambda self: len(self.items))

    @staticmethod
    def create(*items: object) -> object:
        return _TupleValue(*items)


def _item(position: int) -> property:
    return property(lambda self: self.items[position])


for _position in range(7):
    setattr(_TupleValue, f"item{_position + 1}", _item(_position))
net_class(_TupleValue)
