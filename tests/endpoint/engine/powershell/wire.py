# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine values to and from the values that psrpcore serializes (test endpoint process).

The depth rule is PowerShell's for most types: an object's properties are kept, the objects in them become their text;
lists and tables are followed further.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import typing
import uuid

from psrpcore import types as psrp

from . import convert, dates, members, numbers, typesystem, values
from .errors import ErrorRecord, ExceptionObject
from .records import HostMessage, InformationalRecord, InformationRecord, InvocationInfo, ProgressRecord
from .typesystem import NetObject, NetType

_AUTOMATION = "System.Management.Automation."
_GENERIC = "System.Collections.Generic."
_STRING = f"[System.String, {values.CORE_LIBRARY}]"
_OBJECT = f"[System.Object, {values.CORE_LIBRARY}]"
_NUMBERS: dict[type, typing.Any] = {
    int: psrp.PSInt, numbers.SByte: psrp.PSSByte, numbers.Byte: psrp.PSByte, numbers.Int16: psrp.PSInt16,
    numbers.UInt16: psrp.PSUInt16, numbers.UInt32: psrp.PSUInt, numbers.Int64: psrp.PSInt64,
    numbers.UInt64: psrp.PSUInt64,
    decimal.Decimal: psrp.PSDecimal,
}  # fmt: skip
#: How many levels of objects keep their properties, the value itself included.
_DEPTH = 1
_LIMIT = 40


class _Local(datetime.tzinfo):
    """This machine's time zone at one moment; an offset of zero is still written as one, not as Z."""

    def __init__(self, offset: datetime.timedelta) -> None:
        self._offset = offset

    def utcoffset(self, when: datetime.datetime | None) -> datetime.timedelta:
        return self._offset

    def dst(self, when: datetime.datetime | None) -> None:
        return None

    def tzname(self, when: datetime.datetime | None) -> str:
        return "local"


class _DateTime(psrp.PSDateTime):
    """Written as .NET does: four digits for every year, no zeros at the end of a second's fraction."""

    def strftime(self, pattern: str) -> str:
        text = super().strftime(pattern.replace("%Y", f"{self.year:04}"))
        return text.rstrip("0") if pattern == ".%f" and not self.nanosecond else text


class _PassesForDouble(type):
    """psrpcore finds an element's name by the value's exact type, and leaves no other way to choose the text."""

    def __eq__(cls, other: object) -> bool:
        return other is cls or other is psrp.PSDouble

    def __hash__(cls) -> int:
        return hash(psrp.PSDouble)


class _Verbatim(str):
    """A text that stays as it is: psrpcore writes numbers in capitals."""

    def upper(self) -> str:
        return self


class _Blank(str):
    """An empty text that is written; psrpcore leaves out a ToString that is false."""

    def __bool__(self) -> bool:
        return True


class _Double(psrp.PSDouble, metaclass=_PassesForDouble):
    """Written as XML wants it: NaN, INF, -0."""

    def __str__(self) -> str:
        text = numbers.double_text(self)
        return _Verbatim({"∞": "INF", "-∞": "-INF"}.get(text, text))


def to_psrp(value: object) -> typing.Any:
    """A value as psrpcore takes it: what a stream's message holds."""
    return _Converter().convert(value, _DEPTH)


def blank(type_names: typing.Sequence[str], text: str | None = None) -> psrp.PSObject:
    made = psrp.PSObject()
    made.PSObject.type_names = list(type_names)
    if text is not None:
        made.PSObject.to_string = text or _Blank()
    return made


def _note(name: str, value: object) -> psrp.PSNoteProperty:
    return psrp.PSNoteProperty(name, value)


class _Converter:
    """One message; an object that occurs twice is the same one in it."""

    def __init__(self) -> None:
        self.seen: dict[int, typing.Any] = {}
        self.kept: list[object] = []
        #: What is being converted just now.
        self.open: set[int] = set()
        self.nesting = 0

    def convert(self, value: object, depth: int) -> typing.Any:
        simple, made = _primitive(value)
        if simple:
            return made
        known = self.seen.get(id(value))
        if id(value) in self.open or self.nesting > _LIMIT:
            # psrpcore cannot write a table or list that holds itself.
            return convert.dotnet_string(value)
        if known is not None:
            return known
        self.nesting += 1
        self.kept.append(value)
        self.open.add(id(value))
        try:
            return self._complex(value, depth)
        finally:
            self.nesting -= 1
            self.open.discard(id(value))

    def _complex(self, value: object, depth: int) -> typing.Any:
        if isinstance(value, values.PSObject):
            return self._ps_object(value, depth)
        if isinstance(value, values.Hashtable):
            return self._table(value, depth)
        if isinstance(value, (values.NetList, list)):
            return self._list(value, depth)
        for kind, method in (
            (ErrorRecord, self.error_record), (InformationalRecord, self._informational), (InformationRecord,
            self._information),
            (ProgressRecord, self._progress), (HostMessage, self._host_message),
        ):  # fmt: skip
            if isinstance(value, kind):
                return typing.cast(typing.Any, method)(value)
        if isinstance(value, values.SecureString):
            return psrp.PSSecureString(value.secret)
        depth = getattr(value, "net_depth", None) or depth
        if depth < 1:
            return convert.dotnet_string(value)
        return self._object(value, depth)

    def _ps_object(self, value: values.PSObject, depth: int) -> typing.Any:
        if value.custom:
            if depth < 0:
                return convert.dotnet_string(value)
            names = typesystem.type_names(value)
            made = blank(names, None)
            self.seen[id(value)] = made
            if type_text := self._method_text(value):
                made.PSObject.to_string = type_text
        else:
            made = self.convert(value.base, depth)
            if isinstance(made, (bool, type(None))):
                return made
            if not isinstance(made, psrp.PSObject):
                made = psrp.PSString(made) if isinstance(made, str) else made
        adapted = getattr(value, "definition", None) is not None
        for member in value.members.values():
            if isinstance(member, values.ScriptMethod):
                continue
            item = members.get_member(value, member.name)
            entry = _note(member.name, self.convert(item, depth))
            (made.PSObject.adapted_properties if adapted else made.PSObject.extended_properties).append(entry)
        return made

    @staticmethod
    def _method_text(value: values.PSObject) -> str | None:
        definition = getattr(value, "definition", None)
        if definition is None and "tostring" not in value.members:
            return None
        return convert.dotnet_string(value)

    def _table(self, value: values.Hashtable, depth: int) -> typing.Any:
        made = psrp.PSDict()
        made.PSObject.type_names = typesystem.type_names(value)
        self.seen[id(value)] = made
        if depth < 0:
            return convert.dotnet_string(value)
        for key, item in value.items():
            made[self.convert(key, 0)] = self.convert(item, depth)
        return made

    def _list(self, value: list[object], depth: int) -> typing.Any:
        name = value.type_name if isinstance(value, values.NetList) else ""
        made: typing.Any
        kind: typing.Any = psrp.PSList
        if "HashSet" in name or name.endswith("Stack"):
            kind = psrp.PSIEnumerable if "HashSet" in name else psrp.PSStack
        if depth < 0:
            return convert.to_string(value) if not name else convert.dotnet_string(value)
        if name.endswith("Queue"):
            made = psrp.PSQueue()
            for item in value:
                made.put(self.convert(item, depth))
        else:
            made = kind()
            self.seen[id(value)] = made
            made.extend(self.convert(item, depth) for item in value)
        made.PSObject.type_names = typesystem.type_names(value)
        return made

    def _object(self, value: object, depth: int) -> typing.Any:
        names = typesystem.type_names(value)
        if isinstance(value, values.EnumValue):
            return _enumeration(names, str(value), value.value)
        if isinstance(value, ExceptionObject):
            return self._exception(value)
        made = blank(names, convert.dotnet_string(value) if not isinstance(value, NetType) else value.full_name)
        self.seen[id(value)] = made
        properties: dict[str, object] = {}
        extended: dict[str, object] = {}
        if isinstance(value, values.ObjectValue):
            properties, extended = value.properties, value.extended
        elif isinstance(value, NetObject) or members.adapted_names(value):
            properties = {name: members.get_member(value, name) for name in members.adapted_names(value)}
            extended = {name: members.get_member(value, name) for name in getattr(value, "net_extended", ())}
        made.PSObject.adapted_properties = [
            _note(name, self.convert(item, depth - 1)) for name, item in properties.items()
        ]
        made.PSObject.extended_properties = [
            _note(name, self.convert(item, depth - 1)) for name, item in extended.items()
        ]
        return made

    def _exception(self, value: ExceptionObject) -> typing.Any:
        made = blank(value.type_names, str(value))
        self.seen[id(value)] = made
        entries: list[tuple[str, object]] = [(name, self.convert(item, 0)) for name, item in value.properties.items()]
        if value.is_a(f"{_AUTOMATION}PSInvalidCastException"):
            entries.append(("ErrorRecord", value.message))
        if value.is_a(f"{_AUTOMATION}RuntimeException"):
            entries += [("ErrorRecord", value.message), ("WasThrownFromThrowStatement", value.thrown_by_script)]
        data = psrp.PSDict()
        data.PSObject.type_names = ["System.Collections.ListDictionaryInternal", "System.Object"]
        inner = self._exception(value.inner) if value.inner else None
        entries += [
            ("TargetSite", None), ("Message", value.message), ("Data", data), ("InnerException", inner), ("HelpLink",
            None),
            ("Source", None), ("HResult", psrp.PSInt(value.hresult)), ("StackTrace", None),
        ]  # fmt: skip
        made.PSObject.adapted_properties = [_note(name, item) for name, item in entries]
        return made

    def error_record(self, record: ErrorRecord) -> typing.Any:
        """An error record: as a message, as the end of a pipeline, or as an object among the output."""
        made = blank([f"{_AUTOMATION}ErrorRecord", "System.Object"], str(record))
        self.seen[id(record)] = made
        target_name, target_type = category_target(record)
        shared = (_parameters({}, typed=False), _arguments())
        entries: list[tuple[str, object]] = [
            ("Exception", self._exception(record.exception)),
            ("TargetObject", self.convert(record.target, 0)),
            ("FullyQualifiedErrorId", record.error_id),
            ("InvocationInfo", self._invocation(record.invocation, shared) if record.invocation else None),
            ("ErrorCategory_Category", psrp.PSInt(int(record.category))),
            ("ErrorCategory_Activity", record.activity),
            ("ErrorCategory_Reason", record.category_reason),
            ("ErrorCategory_TargetName", target_name),
            ("ErrorCategory_TargetType", target_type),
            ("ErrorCategory_Message", category_message(record)),
        ]
        if record.details is not None:
            entries += [
                ("ErrorDetails_Message", record.details),
                ("ErrorDetails_RecommendedAction", record.recommended_action or ""),
            ]
        extended = record.extended and record.invocation is not None
        entries.append(("SerializeExtendedInfo", extended))
        if extended:
            entries += self._extended(typing.cast(InvocationInfo, record.invocation), shared)
            entries.append(("PipelineIterationInfo", _iteration(record.pipeline_iteration)))
        if record.script_stack_trace is not None:
            entries.append(("ErrorDetails_ScriptStackTrace", record.script_stack_trace))
        if not record.final:
            entries.append(("PSMessageDetails", None))
        made.PSObject.extended_properties = [_note(name, item) for name, item in entries]
        return made

    @staticmethod
    def _invocation(value: InvocationInfo, shared: tuple[object, object]) -> typing.Any:
        made = blank([f"{_AUTOMATION}InvocationInfo", "System.Object"], f"{_AUTOMATION}InvocationInfo")
        extent, info = value.extent, value.command
        entries: list[tuple[str, object]] = [
            ("MyCommand", (info.name or info.definition) if info else None),
            ("BoundParameters", shared[0]),
            ("UnboundArguments", shared[1]),
            ("ScriptLineNumber", psrp.PSInt(extent.line_number if extent else 0)),
            ("OffsetInLine", psrp.PSInt(extent.column if extent else 0)),
            ("HistoryId", psrp.PSInt64(value.history_id)),
            ("ScriptName", extent.source.file or "" if extent else ""),
            ("Line", extent.line if extent else ""),
            ("Statement", extent.text if extent else ""),
            ("PositionMessage", value.position_message),
            ("PSScriptRoot", ""),
            ("PSCommandPath", None),
            ("InvocationName", value.invocation_name),
            ("PipelineLength", psrp.PSInt(0)),
            ("PipelinePosition", psrp.PSInt(0)),
            ("ExpectingInput", value.expecting_input),
            ("CommandOrigin", "Internal"),
            ("DisplayScriptPosition", None),
        ]
        made.PSObject.adapted_properties = [_note(name, item) for name, item in entries]
        return made

    @staticmethod
    def _extended(value: InvocationInfo, shared: tuple[object, object]) -> list[tuple[str, object]]:
        """The InvocationInfo_* members."""
        extent, info = value.extent, value.command
        origin = "Internal" if value.origin else "Runspace"
        iteration = psrp.PSList(
            [psrp.PSInt(0), psrp.PSInt(1 if info and info.kind == "Function" else 0)] if value.origin == 0 else []
        )
        iteration.PSObject.type_names = ["System.Int32[]", "System.Array", "System.Object"]
        entries: list[tuple[str, object]] = [
            ("BoundParameters", shared[0]),
            ("CommandOrigin", _enumeration([f"{_AUTOMATION}CommandOrigin", *_ENUM], origin, value.origin)),
            ("ExpectingInput", value.expecting_input), ("InvocationName", value.invocation_name),
            ("Line", extent.line if extent else ""), ("OffsetInLine", psrp.PSInt(extent.column if extent else 0)),
            ("HistoryId", psrp.PSInt64(value.history_id)), ("PipelineIterationInfo", iteration),
            ("PipelineLength", psrp.PSInt(value.pipeline_length)), ("PipelinePosition",
            psrp.PSInt(value.pipeline_position)),
            ("PSScriptRoot", ""), ("PSCommandPath", None), ("PositionMessage", value.position_message),
            ("ScriptLineNumber", psrp.PSInt(extent.line_number if extent else 0)),
            ("ScriptName", extent.source.file or "" if extent else ""), ("UnboundArguments", shared[1]),
        ]  # fmt: skip
        made = [(f"InvocationInfo_{name}", item) for name, item in entries] + [("SerializeExtent", False)]
        if info:
            number = {"Alias": 1, "Function": 2, "Cmdlet": 8, "ExternalScript": 16, "Application": 32, "Script": 64}[
                info.kind
            ]
            made += [
                ("CommandInfo_CommandType", _enumeration([f"{_AUTOMATION}CommandTypes", *_ENUM], info.kind, number)),
                ("CommandInfo_Definition", info.definition),
                ("CommandInfo_Name", info.name),
                (
                    "CommandInfo_Visibility",
                    _enumeration([f"{_AUTOMATION}SessionStateEntryVisibility", *_ENUM], "Public", 0),
                ),
            ]
        return made

    def _named(self, value: InvocationInfo) -> dict[str, object]:
        return {name: self.convert(item, 1) for name, item in value.bound_parameters.items()}

    def _informational(self, record: InformationalRecord) -> typing.Any:
        name = f"{record.kind.capitalize()}Record"
        made = blank([_AUTOMATION + name, f"{_AUTOMATION}InformationalRecord", "System.Object"], record.message)
        whole = record.invocation.command is not None
        entries: list[tuple[str, object]] = [
            ("InformationalRecord_Message", record.message),
            ("InformationalRecord_SerializeInvocationInfo", whole),
        ]
        if whole:
            entries += self._extended(
                record.invocation, (_parameters(self._named(record.invocation), typed=True), _arguments())
            )
            entries.append(("InformationalRecord_PipelineIterationInfo", _iteration(record.pipeline_iteration)))
        made.PSObject.extended_properties = [_note(key, item) for key, item in entries]
        return made

    def _information(self, record: InformationRecord) -> typing.Any:
        tags = psrp.PSList(record.tags)
        tags.PSObject.type_names = [f"{_GENERIC}List`1[{_STRING}]", "System.Object"]
        made = blank([])
        made.PSObject.extended_properties = [_note(name, item) for name, item in (
            ("MessageData", self.convert(record.message, 1)), ("Source", record.source),
            ("TimeGenerated", _date(dates.now())), ("Tags", tags), ("User", record.user), ("Computer", record.computer),
            ("ProcessId", psrp.PSUInt(record.process_id)), ("NativeThreadId", psrp.PSUInt(1)), ("ManagedThreadId",
            psrp.PSUInt(1)),
        )]  # fmt: skip
        return made

    @staticmethod
    def _host_message(message: HostMessage) -> typing.Any:
        made = blank([f"{_AUTOMATION}HostInformationMessage", "System.Object"], message.message)
        made.PSObject.adapted_properties = [_note(name, item) for name, item in (
            ("Message", message.message), ("NoNewLine", message.no_new_line),
            ("ForegroundColor", message.foreground), ("BackgroundColor", message.background),
        )]  # fmt: skip
        return made

    @staticmethod
    def _progress(record: ProgressRecord) -> typing.Any:
        made = blank([])
        kind = ("Completed", 1) if record.completed else ("Processing", 0)
        made.PSObject.extended_properties = [_note(name, item) for name, item in (
            ("Activity", record.activity), ("ActivityId", psrp.PSInt(record.activity_id)),
            ("StatusDescription", record.status), ("CurrentOperation", record.operation),
            ("ParentActivityId", psrp.PSInt(record.parent_id)), ("PercentComplete", psrp.PSInt(record.percent)),
            ("Type", _enumeration([f"{_AUTOMATION}ProgressRecordType", *_ENUM], *kind)),
            ("SecondsRemaining", psrp.PSInt(record.seconds)),
        )]  # fmt: skip
        return made


_ENUM = ("System.Enum", "System.ValueType", "System.Object")


_make_enum: typing.Any = enum.Enum


def _enumeration(type_names: typing.Sequence[str], text: str, number: int) -> typing.Any:
    """A value of an enumeration: its text and its number in one object.  psrpcore makes that of Python's enums only."""
    named: typing.Any = {text: psrp.PSInt(number)}
    kind: typing.Any = _make_enum("Enumeration", named)
    kind.PSObject = blank(type_names).PSObject
    return kind[text]


def _parameters(bound: dict[str, object], typed: bool) -> typing.Any:
    made = psrp.PSDict(bound)
    names = [f"{_GENERIC}Dictionary`2[{_STRING},{_OBJECT}]", "System.Object"]
    made.PSObject.type_names = [f"{_AUTOMATION}PSBoundParametersDictionary", *names] if typed else names
    return made


def _arguments() -> typing.Any:
    made = psrp.PSList()
    made.PSObject.type_names = [f"{_GENERIC}List`1[{_OBJECT}]", "System.Object"]
    return made


def _iteration(counts: tuple[int, ...]) -> typing.Any:
    made = psrp.PSList([psrp.PSInt(count) for count in counts])
    name = f"System.Collections.ObjectModel.ReadOnlyCollection`1[[System.Int32, {values.CORE_LIBRARY}]]"
    made.PSObject.type_names = [name, "System.Object"]
    return made


def category_target(record: ErrorRecord) -> tuple[str, str]:
    """The target's name and type in an error's category."""
    target = record.target
    name = record.target_name
    if name is None:
        name = convert.to_string(target) if target is not None else ""
    kind = record.target_type
    if kind is None:
        kind = typesystem.type_of(target).name if target is not None else ""
    return name, kind


def category_message(record: ErrorRecord) -> str:
    """``ObjectNotFound: (name:type) [activity], reason``"""
    name, kind = category_target(record)
    return (
        f"{record.category.name}: ({_shortened(name)}:{_shortened(kind)}) "
        f"[{_shortened(record.activity)}], {record.category_reason}"
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:16]}…{text[-15:]}" if len(text) > 40 else text


def _date(value: values.DateTime) -> typing.Any:
    moment = dates.python_datetime(value)
    zone: datetime.tzinfo | None = None
    if value.kind == 1:
        zone = datetime.timezone.utc
    elif value.kind == 2:
        zone = _Local(datetime.timedelta(microseconds=dates.offset_ticks(value) // 10))
    return _DateTime(moment.replace(tzinfo=zone), nanosecond=value.ticks % 10 * 100)


def _primitive(value: object) -> tuple[bool, typing.Any]:
    """A value that one element of CLIXML holds."""
    kind = type(value)
    if value is None or value is values.NOTHING:
        return True, None
    if kind in (bool, str):
        return True, psrp.PSString(value) if kind is str else value
    if kind in _NUMBERS:
        return True, _NUMBERS[kind](value)
    if isinstance(value, float):
        return True, psrp.PSSingle(value) if isinstance(value, numbers.Single) else _Double(value)
    if isinstance(value, values.Char):
        return True, psrp.PSChar(ord(value))
    if isinstance(value, bytearray):
        return True, psrp.PSByteArray(bytes(value))
    if isinstance(value, values.DateTime):
        return True, _date(value)
    if isinstance(value, values.TimeSpan):
        return True, psrp.PSDuration(nanoseconds=value.ticks * 100)
    if isinstance(value, uuid.UUID):
        return True, psrp.PSGuid(str(value))
    for known, wire_type in (
        (values.Uri, psrp.PSUri),
        (values.XmlDocument, psrp.PSXml),
        (values.ScriptBlock, psrp.PSScriptBlock),
    ):
        if isinstance(value, known):
            return True, wire_type(typing.cast(typing.Any, value).text)
    if isinstance(value, values.Version):
        return True, psrp.PSVersion(str(value))
    return False, None
