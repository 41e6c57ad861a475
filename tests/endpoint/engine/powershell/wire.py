# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records of the streams as PSRP carries them (MS-PSRP 2.2.3.19 and what follows) (test endpoint process)."""

from __future__ import annotations

import typing

from . import convert, dates, numbers, typesystem, values
from .clixml import Shape, shapes
from .errors import ErrorRecord, ExceptionObject
from .records import InformationalRecord, InformationRecord, InvocationInfo, ProgressRecord

_AUTOMATION = "System.Management.Automation."
_GENERIC = "System.Collections.Generic."
_STRING = f"[System.String, {values.CORE_LIBRARY}]"
_OBJECT = f"[System.Object, {values.CORE_LIBRARY}]"
_ENUM = ("System.Enum", "System.ValueType", "System.Object")
_COMMAND_TYPES = {"Alias": 1, "Function": 2, "Cmdlet": 8, "ExternalScript": 16, "Application": 32, "Script": 64}
_PARAMETERS = (f"{_GENERIC}Dictionary`2[{_STRING},{_OBJECT}]", "System.Object")
_ITERATION = (
    f"System.Collections.ObjectModel.ReadOnlyCollection`1[[System.Int32, {values.CORE_LIBRARY}]]", "System.Object",
)  # fmt: skip
_DATA = ("System.Collections.ListDictionaryInternal", "System.Object")

Fields = list[tuple[str, object]]


def _named(name: str, text: str, number: int) -> Shape:
    return Shape((_AUTOMATION + name, *_ENUM), text, number=number)


def _list(type_names: typing.Sequence[str], items: typing.Sequence[object]) -> Shape:
    return Shape(type_names, items=items)


def pipeline_state(state: int, error: ErrorRecord | None) -> Shape:
    """PIPELINE_STATE (MS-PSRP 2.2.2.21)."""
    fields: Fields = [("PipelineState", state)]
    return Shape(extended=fields if error is None else [*fields, ("ExceptionAsErrorRecord", error)])


@shapes(ExceptionObject)
def _exception(value: ExceptionObject) -> Shape:
    fields: Fields = list(value.properties.items())
    if value.is_a(f"{_AUTOMATION}PSInvalidCastException"):
        fields.append(("ErrorRecord", value.message))
    if value.is_a(f"{_AUTOMATION}RuntimeException"):
        fields += [("ErrorRecord", value.message), ("WasThrownFromThrowStatement", value.thrown_by_script)]
    fields += [
        ("TargetSite", None), ("Message", value.message), ("Data", Shape(_DATA, pairs=())),
        ("InnerException", value.inner), ("HelpLink", None), ("Source", None), ("HResult", value.hresult),
        ("StackTrace", None),
    ]  # fmt: skip
    return Shape(value.type_names, str(value), fields)


@shapes(ErrorRecord)
def _error_record(record: ErrorRecord) -> Shape:
    """As a message, as the end of a pipeline, or as an object among the output."""
    target_name, target_type = category_target(record)
    shared = (Shape(_PARAMETERS, pairs=()), _arguments())
    fields: Fields = [
        ("Exception", record.exception),
        ("TargetObject", record.target),
        ("FullyQualifiedErrorId", record.error_id),
        ("InvocationInfo", _invocation(record.invocation, shared) if record.invocation else None),
        ("ErrorCategory_Category", int(record.category)),
        ("ErrorCategory_Activity", record.activity),
        ("ErrorCategory_Reason", record.category_reason),
        ("ErrorCategory_TargetName", target_name),
        ("ErrorCategory_TargetType", target_type),
        ("ErrorCategory_Message", category_message(record)),
    ]
    if record.details is not None:
        fields.append(("ErrorDetails_Message", record.details))
        fields.append(("ErrorDetails_RecommendedAction", record.recommended_action or ""))
    extended = record.extended and record.invocation is not None
    fields.append(("SerializeExtendedInfo", extended))
    if extended:
        fields += _extended(typing.cast(InvocationInfo, record.invocation), shared)
        fields.append(("PipelineIterationInfo", _list(_ITERATION, record.pipeline_iteration)))
    if record.script_stack_trace is not None:
        fields.append(("ErrorDetails_ScriptStackTrace", record.script_stack_trace))
    if not record.final:
        fields.append(("PSMessageDetails", None))
    return Shape((f"{_AUTOMATION}ErrorRecord", "System.Object"), str(record), extended=fields)


def _arguments() -> Shape:
    return _list((f"{_GENERIC}List`1[{_OBJECT}]", "System.Object"), ())


def _invocation(value: InvocationInfo, shared: tuple[Shape, Shape]) -> Shape:
    extent, info = value.extent, value.command
    name = f"{_AUTOMATION}InvocationInfo"
    return Shape((name, "System.Object"), name, [
        ("MyCommand", (info.name or info.definition) if info else None),
        ("BoundParameters", shared[0]),
        ("UnboundArguments", shared[1]),
        ("ScriptLineNumber", extent.line_number if extent else 0),
        ("OffsetInLine", extent.column if extent else 0),
        ("HistoryId", numbers.Int64(value.history_id)),
        ("ScriptName", extent.source.file or "" if extent else ""),
        ("Line", extent.line if extent else ""),
        ("Statement", extent.text if extent else ""),
        ("PositionMessage", value.position_message),
        ("PSScriptRoot", ""),
        ("PSCommandPath", None),
        ("InvocationName", value.invocation_name),
        ("PipelineLength", 0),
        ("PipelinePosition", 0),
        ("ExpectingInput", value.expecting_input),
        ("CommandOrigin", "Internal"),
        ("DisplayScriptPosition", None),
    ])  # fmt: skip


def _extended(value: InvocationInfo, shared: tuple[object, object]) -> Fields:
    """The InvocationInfo_* and CommandInfo_* members."""
    extent, info = value.extent, value.command
    origin = _named("CommandOrigin", "Internal" if value.origin else "Runspace", value.origin)
    iteration = [0, 1 if info and info.kind == "Function" else 0] if value.origin == 0 else []
    fields: Fields = [
        ("BoundParameters", shared[0]), ("CommandOrigin", origin), ("ExpectingInput", value.expecting_input),
        ("InvocationName", value.invocation_name), ("Line", extent.line if extent else ""),
        ("OffsetInLine", extent.column if extent else 0), ("HistoryId", numbers.Int64(value.history_id)),
        ("PipelineIterationInfo", _list(("System.Int32[]", "System.Array", "System.Object"), iteration)),
        ("PipelineLength", value.pipeline_length), ("PipelinePosition", value.pipeline_position),
        ("PSScriptRoot", ""), ("PSCommandPath", None), ("PositionMessage", value.position_message),
        ("ScriptLineNumber", extent.line_number if extent else 0),
        ("ScriptName", extent.source.file or "" if extent else ""), ("UnboundArguments", shared[1]),
    ]  # fmt: skip
    made: Fields = [(f"InvocationInfo_{name}", item) for name, item in fields]
    made.append(("SerializeExtent", False))
    if info:
        made += [
            ("CommandInfo_CommandType", _named("CommandTypes", info.kind, _COMMAND_TYPES[info.kind])),
            ("CommandInfo_Definition", info.definition),
            ("CommandInfo_Name", info.name),
            ("CommandInfo_Visibility", _named("SessionStateEntryVisibility", "Public", 0)),
        ]
    return made


@shapes(InformationalRecord)
def _informational(record: InformationalRecord) -> Shape:
    names = (f"{_AUTOMATION}{record.kind.capitalize()}Record", f"{_AUTOMATION}InformationalRecord", "System.Object")
    whole = record.invocation.command is not None
    fields: Fields = [
        ("InformationalRecord_Message", record.message),
        ("InformationalRecord_SerializeInvocationInfo", whole),
    ]
    if whole:
        bound = list(record.invocation.bound_parameters.items())
        parameters = Shape((f"{_AUTOMATION}PSBoundParametersDictionary", *_PARAMETERS), pairs=bound)
        fields += _extended(record.invocation, (parameters, _arguments()))
        iteration = _list(_ITERATION, record.pipeline_iteration)
        fields.append(("InformationalRecord_PipelineIterationInfo", iteration))
    return Shape(names, record.message, extended=fields)


def information_message(record: InformationRecord) -> Shape:
    """INFORMATION_RECORD (MS-PSRP 2.2.2.26)."""
    return Shape(extended=[
        ("MessageData", record.message),
        ("Source", record.source),
        ("TimeGenerated", dates.now()),
        ("Tags", _list((f"{_GENERIC}List`1[{_STRING}]", "System.Object"), record.tags)),
        ("User", record.user),
        ("Computer", record.computer),
        ("ProcessId", numbers.UInt32(record.process_id)),
        ("NativeThreadId", numbers.UInt32(1)),
        ("ManagedThreadId", numbers.UInt32(1)),
    ])  # fmt: skip


@shapes(ProgressRecord)
def _progress(record: ProgressRecord) -> Shape:
    kind = ("Completed", 1) if record.completed else ("Processing", 0)
    return Shape(extended=[
        ("Activity", record.activity),
        ("ActivityId", record.activity_id),
        ("StatusDescription", record.status),
        ("CurrentOperation", record.operation),
        ("ParentActivityId", record.parent_id),
        ("PercentComplete", record.percent),
        ("Type", _named("ProgressRecordType", *kind)),
        ("SecondsRemaining", record.seconds),
    ])  # fmt: skip


def category_target(record: ErrorRecord) -> tuple[str, str]:
    """The target's name and type in an error's category."""
    target = record.target
    name = record.target_name
    if name is None:
        name = convert.to_string(target) if target is not None else ""
    kind = record.target_type
    if kind is None:
        # A property bag has no type of its own, and so is named after what it is made of.
        bag = isinstance(target, values.PSObject) and target.custom and not target.exact_type
        kind = "PSObject" if bag else typesystem.type_of(target).name if target is not None else ""
    return name, kind


def category_message(record: ErrorRecord) -> str:
    """``ObjectNotFound: (name:type) [activity], reason``"""
    name, kind = category_target(record)
    return (
        f"{record.category.name}: ({_shortened(name)}:{_shortened(kind)}) "
        f"[{_shortened(record.activity)}], {record.category_reason}"
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:16]}…{text[-15:]}"
