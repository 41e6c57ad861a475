# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small types of .NET that scripts hand on: versions, addresses, parts of dates (test endpoint process)."""

from __future__ import annotations

import ipaddress
import re
import typing

from . import dates, numbers, typesystem
from .calling import static_property
from .convert import to_string
from .errors import NetError
from .typesystem import NetObject, net_class
from .values import CORE_LIBRARY, TICKS_PER_DAY, TICKS_PER_SECOND, DateTime, EnumType, TimeSpan

_VALUE_TYPE = ("System.ValueType", "System.Object")


def _of_date(name: str) -> property:
    """A part that the date within the value has too."""
    return property(lambda self: getattr(typesystem.find("System.DateTime").members, name).fget(self.moment))


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
        first = parts[0]
        if not isinstance(first, DateTime):
            members: typing.Any = typesystem.find("System.DateTime").members
            first = members.new(*(part for part in parts if not isinstance(part, TimeSpan)))
        self.moment = DateTime(first.ticks)
        self.offset_ticks = offset.ticks if offset else 0 if first.kind == 1 else dates.offset_ticks(first)

    def __str__(self) -> str:
        sign, minutes = ("-" if self.offset_ticks < 0 else "+"), abs(self.offset_ticks) // TICKS_PER_SECOND // 60
        return f"{dates.format_date(self.moment)} {sign}{minutes // 60:02}:{minutes % 60:02}"

    def to_string(self, pattern: str = "") -> str:
        offset = str(self).rpartition(" ")[2]
        return f"{dates.format_date(self.moment, 'o')}{offset}" if pattern in ("o", "O") else str(self)

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

    day_number = property(lambda self: self.moment.ticks // TICKS_PER_DAY)
    year, month, day, day_of_week, day_of_year = map(_of_date, ("year", "month", "day", "day_of_week", "day_of_year"))


@net_class
class TimeOnly(NetObject):
    net_name = "System.TimeOnly"
    net_bases = _VALUE_TYPE
    net_properties = ("Hour", "Minute", "Second", "Millisecond", "Microsecond", "Nanosecond", "Ticks")

    def __init__(self, hour: int, minute: int, second: int = 0, millisecond: int = 0) -> None:
        self.moment = DateTime(((hour * 60 + minute) * 60 + second) * TICKS_PER_SECOND + millisecond * 10_000)

    def __str__(self) -> str:
        return dates.format_date(self.moment, "t")

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
    net_properties = (
        "AddressFamily", "IsIPv6Multicast", "IsIPv6LinkLocal", "IsIPv6SiteLocal", "IsIPv6Teredo", "IsIPv6UniqueLocal",
        "IsIPv4MappedToIPv6", "Address",
    )  # fmt: skip
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

    @staticmethod
    def parse(text: str) -> object:
        return IPAddress(text)

    address_family = property(lambda self: "InterNetwork" if self.value.version == 4 else "InterNetworkV6")
    is_ipv6_multicast = property(lambda self: self._is("is_multicast"))
    is_ipv6_link_local = property(lambda self: self._is("is_link_local"))
    is_ipv6_site_local = property(lambda self: self._is("is_site_local"))
    is_ipv6_teredo = property(lambda self: self._is("teredo"))
    is_ipv6_unique_local = property(lambda self: self._is("is_private"))
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
        return self.text

    display_name = property(lambda self: "")
    user = property(lambda self: self.text.partition("@")[0])
    host = property(lambda self: self.text.partition("@")[2])
    address = property(str)


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
class DBNull(NetObject):
    net_name = "System.DBNull"

    def __str__(self) -> str:
        return ""


_DB_NULL = DBNull()
DBNull.value = static_property(lambda: _DB_NULL)  # type: ignore[attr-defined]


@net_class
class NullString(NetObject):
    net_name = "System.Management.Automation.Language.NullString"

    def __str__(self) -> str:
        return ""


_NULL_STRING = NullString()
NullString.value = static_property(lambda: _NULL_STRING)  # type: ignore[attr-defined]


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
