# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of GUIDs, versions, URIs and switches; the enumerations that scripts name (test endpoint process)."""

from __future__ import annotations

import re
import urllib.parse
import uuid

from . import convert, formats, numbers, typesystem, values
from .calling import static_property
from .convert import to_string
from .typesystem import members_of, register_enum
from .values import EnumType


@members_of("System.Guid")
class GuidMembers:
    empty = static_property(lambda: uuid.UUID(int=0))

    def to_string(self: uuid.UUID, pattern: str = "d") -> str:  # type: ignore[misc]
        return formats.format_value(self, pattern)

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


def _low_half(number: int) -> numbers.Int16:
    low = number & 0xFFFF
    return numbers.Int16(low - 0x10000 if low > 0x7FFF else low)


@members_of("System.Version")
class VersionMembers:
    net_properties = ("Major", "Minor", "Build", "Revision", "MajorRevision", "MinorRevision")
    major = property(lambda value: value.parts[0])
    minor = property(lambda value: value.parts[1])
    build = property(lambda value: (*value.parts, -1, -1)[2])
    revision = property(lambda value: (*value.parts, -1, -1)[3])
    major_revision = property(lambda value: numbers.Int16((*value.parts, -1, -1)[3] >> 16))
    minor_revision = property(lambda value: _low_half((*value.parts, -1, -1)[3]))

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


_PORTS = {"http": 80, "https": 443, "ftp": 21, "file": -1}


def _parts(value: values.Uri) -> urllib.parse.SplitResult:
    return urllib.parse.urlsplit(value.text)


@members_of("System.Uri")
class UriMembers:
    net_properties = (
        "AbsolutePath", "AbsoluteUri", "LocalPath", "Authority", "IsDefaultPort", "IsFile", "PathAndQuery", "Segments",
        "Host", "Port", "Query", "Fragment", "Scheme", "OriginalString", "DnsSafeHost", "IsAbsoluteUri", "UserInfo",
    )  # fmt: skip
    absolute_uri = property(lambda value: _parts(value).geturl() if _parts(value).path else f"{value.text}/")
    original_string = property(lambda value: value.text)
    scheme = property(lambda value: _parts(value).scheme)
    host = dns_safe_host = property(lambda value: _parts(value).hostname or "")
    port = property(lambda value: _parts(value).port or _PORTS.get(_parts(value).scheme, -1))
    absolute_path = local_path = property(lambda value: _parts(value).path or "/")
    query = property(lambda value: f"?{_parts(value).query}" if _parts(value).query else "")
    fragment = property(lambda value: f"#{_parts(value).fragment}" if _parts(value).fragment else "")
    path_and_query = property(
        lambda value: (_parts(value).path or "/") + (f"?{_parts(value).query}" if _parts(value).query else "")
    )
    authority = property(lambda value: _parts(value).netloc.rpartition("@")[2])
    user_info = property(lambda value: _parts(value).netloc.rpartition("@")[0])
    segments = property(
        lambda value: values.TypedArray("System.String", re.findall(r"/|[^/]+/?", _parts(value).path or "/"))
    )
    is_absolute_uri = property(lambda value: bool(_parts(value).scheme))
    is_file = property(lambda value: _parts(value).scheme == "file")
    is_default_port = property(lambda value: _parts(value).port in (None, _PORTS.get(_parts(value).scheme)))

    @staticmethod
    def new(text: str, *rest: object) -> object:
        return values.Uri(text)

    @staticmethod
    def escape_data_string(text: str) -> str:
        return urllib.parse.quote(text, safe="-._~")

    @staticmethod
    def unescape_data_string(text: str) -> str:
        return urllib.parse.unquote(text)


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
