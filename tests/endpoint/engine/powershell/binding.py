# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Binds arguments to the parameters of functions and cmdlets (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from . import convert, syntax, typesystem, values
from .errors import Category, ConversionError, ErrorRecord, ExceptionObject, PSTerminating
from .numbers import Int64
from .patterns import wildcard
from .records import CommandInfo, InvocationInfo
from .typesystem import NetType
from .validation import Validator

#: Stands for an argument that was not given.
MISSING = object()
_AUTOMATION = "System.Management.Automation."
COMMON = {
    "verbose": ("Verbose", True), "debug": ("Debug", True), "erroraction": ("ErrorAction", False),
    "warningaction": ("WarningAction", False), "informationaction": ("InformationAction", False),
    "progressaction": ("ProgressAction", False), "errorvariable": ("ErrorVariable", False),
    "warningvariable": ("WarningVariable", False), "informationvariable": ("InformationVariable", False),
    "outvariable": ("OutVariable", False), "outbuffer": ("OutBuffer", False),
    "pipelinevariable": ("PipelineVariable", False), "whatif": ("WhatIf", True), "confirm": ("Confirm", True),
}  # fmt: skip
_COMMON_ALIASES = {
    "ea": "erroraction", "ev": "errorvariable", "wa": "warningaction", "wv": "warningvariable",
    "infa": "informationaction",
    "iv": "informationvariable", "ov": "outvariable", "ob": "outbuffer", "pv": "pipelinevariable", "vb": "verbose",
    "db": "debug", "wi": "whatif", "cf": "confirm",
}  # fmt: skip


@dataclasses.dataclass
class Argument:
    """One argument of a call: a value, or a parameter's name with or without its value."""

    value: object
    extent: syntax.Extent | None = None
    name: str | None = None
    #: How it was written, for native commands.
    text: str | None = None
    bareword: bool = False


@dataclasses.dataclass
class Parameter:
    """A parameter of a function or cmdlet."""

    name: str
    type: NetType | None = None
    aliases: tuple[str, ...] = ()
    position: int | None = None
    mandatory: bool = False
    from_pipeline: bool = False
    from_property: bool = False
    remaining: bool = False
    default: syntax.Node | None = None
    validators: list[Validator] = dataclasses.field(default_factory=list)
    allow_null: bool = False
    allow_empty: bool = False
    #: The parameter sets it belongs to; empty for all.
    sets: frozenset[str] = frozenset()
    #: Those of them that it is mandatory in, if it is; empty for all.
    mandatory_sets: frozenset[str] = frozenset()

    @property
    def switch(self) -> bool:
        return self.type is not None and self.type.name == "SwitchParameter"


@dataclasses.dataclass
class Command:
    """What is bound for: its name, how its errors call it, and whether unknown arguments are errors."""

    info: CommandInfo
    parameters: list[Parameter]
    error_name: str
    strict: bool = True
    default_set: str | None = None


@dataclasses.dataclass
class Bound:
    #: By name, as declared.
    values: dict[str, object] = dataclasses.field(default_factory=dict)
    common: dict[str, object] = dataclasses.field(default_factory=dict)
    rest: list[object] = dataclasses.field(default_factory=list)

    def has(self, name: str) -> bool:
        return any(known.lower() == name.lower() for known in self.values)


def binding_error(
    command: Command,
    message: str,
    error_id: str,
    parameter: str | None = None,
    argument: Argument | None = None,
    parameter_type: NetType | None = None,
    category: Category = Category.InvalidArgument,
    kind: str = "ParameterBindingException",
    inner: ExceptionObject | None = None,
    extent: syntax.Extent | None = None,
) -> PSTerminating:
    """A failed binding as PowerShell reports it."""
    where = argument.extent if argument and argument.extent else extent
    exception = ExceptionObject(
        f"{_AUTOMATION}{kind}", message, inner, ParameterName=parameter, ParameterType=parameter_type,
        TypeSpecified=parameter_type, ErrorId=error_id, Line=Int64(where.line_number if where else 0),
        Offset=Int64(where.column if where else 0), CommandInvocation=f"{_AUTOMATION}InvocationInfo",
    )  # fmt: skip
    full_id = f"{error_id},{command.error_name}" if command.error_name.strip("&.") else error_id
    record = ErrorRecord(exception, full_id, category, activity=command.info.name)
    record.invocation = InvocationInfo(command.info, where)
    return PSTerminating(record)


class Binder:
    """One call's binding."""

    def __init__(self, command: Command, extent: syntax.Extent | None) -> None:
        self.command, self.extent = command, extent
        self.bound = Bound()

    def bind(self, arguments: typing.Sequence[Argument]) -> Bound:
        """Binds what was written; pipeline input comes later.

        :raises PSTerminating: an argument does not fit.
        """
        positional: list[Argument] = []
        pending = list(arguments)
        while pending:
            argument = pending.pop(0)
            if argument.name is None:
                positional.append(argument)
            else:
                self._bind_named(argument, pending, positional)
        self._bind_positional(positional)
        return self.bound

    def _bind_named(self, argument: Argument, pending: list[Argument], positional: list[Argument]) -> None:
        parameter = self._find(argument)
        if parameter is None:
            if self.command.strict and self._bind_common(argument, pending):
                return
            if self.command.strict:
                message = f"A parameter cannot be found that matches parameter name '{argument.name}'."
                raise binding_error(self.command, message, "NamedParameterNotFound", argument.name, argument)
            positional.append(Argument(f"-{argument.name}", argument.extent))
            if argument.value is not MISSING:
                positional.append(Argument(argument.value, argument.extent))
            return
        if self.bound.has(parameter.name):
            message = (
                f"Cannot bind parameter because parameter '{parameter.name}' is specified more than once. "
                "To provide multiple values to parameters that can accept multiple values, use the array "
                'syntax. For example, "-parameter value1,value2,value3".'
            )
            raise binding_error(self.command, message, "ParameterAlreadyBound", parameter.name, argument)
        # Null, too, means that it is there: AddParameter of the API with a name alone is such a call.
        if parameter.switch and (argument.value is MISSING or argument.value is None):
            self.set(parameter, values.SwitchParameter(True), argument)
            return
        self.set(parameter, self._value_for(argument, pending, parameter.name, parameter.type), argument)

    def _value_for(self, argument: Argument, pending: list[Argument], name: str, kind: NetType | None) -> object:
        if argument.value is not MISSING:
            return argument.value
        if not pending or pending[0].name is not None:
            type_name = kind.full_name if kind else "System.Object"
            message = (
                f"Missing an argument for parameter '{name}'. Specify a parameter of type '{type_name}' and try again."
            )
            raise binding_error(self.command, message, "MissingArgument", name, argument, kind)
        following = pending.pop(0)
        argument.extent = following.extent or argument.extent
        return following.value

    def _find(self, argument: Argument) -> Parameter | None:
        name = str(argument.name).lower()
        for parameter in self.command.parameters:
            if parameter.name.lower() == name or name in (alias.lower() for alias in parameter.aliases):
                return parameter
        if self.command.strict and (name in COMMON or name in _COMMON_ALIASES):
            return None
        matching = [parameter for parameter in self.command.parameters if parameter.name.lower().startswith(name)]
        if len(matching) > 1 and self.command.strict:
            raise self._ambiguous(argument, [parameter.name for parameter in matching])
        return matching[0] if len(matching) == 1 else None

    def _ambiguous(self, argument: Argument, names: list[str]) -> PSTerminating:
        matches = " ".join(f"-{name}" for name in names)
        message = (
            f"Parameter cannot be processed because the parameter name '{argument.name}' is ambiguous. "
            f"Possible matches include: {matches}."
        )
        return binding_error(self.command, message, "AmbiguousParameter", argument.name, argument)

    def _bind_common(self, argument: Argument, pending: list[Argument]) -> bool:
        name = str(argument.name).lower()
        matching = [key for key in COMMON if key.startswith(_COMMON_ALIASES.get(name, name))]
        if not matching:
            return False
        certain = [key for key in matching if key not in ("whatif", "confirm")]
        if len(certain) > 1 and name not in COMMON and name not in _COMMON_ALIASES:
            raise self._ambiguous(argument, [COMMON[key][0] for key in certain])
        full_name, switch = COMMON[matching[0]]
        if switch:
            value: object = values.SwitchParameter(
                True if argument.value is MISSING else convert.to_bool(argument.value)
            )
        else:
            value = self._value_for(argument, pending, full_name, None)
        if full_name.endswith("Action") and value is not None:
            action = typesystem.find("System.Management.Automation.ActionPreference")
            value = str(self._converted(Parameter(full_name, action), value, argument))
        self.bound.common[full_name] = value
        return True

    def _bind_positional(self, positional: list[Argument]) -> None:
        remaining = next((parameter for parameter in self.command.parameters if parameter.remaining), None)
        pending = list(positional)
        positions = {parameter.position for parameter in self.command.parameters if not parameter.remaining}
        for position in sorted(position for position in positions if position is not None):
            if not pending:
                break
            if self._bind_position(position, pending[0]):
                pending.pop(0)
        if pending and remaining and not self.bound.has(remaining.name):
            self.set(remaining, [argument.value for argument in pending], pending[0])
            return
        if pending and self.command.strict:
            message = (
                f"A positional parameter cannot be found that accepts argument '{convert.to_string(pending[0].value)}'."
            )
            raise binding_error(
                self.command, message, "PositionalParameterNotFound", None, pending[0], extent=self.extent
            )
        self.bound.rest = [argument.value for argument in pending]

    def _bind_position(self, position: int, argument: Argument) -> bool:
        """Gives the argument to the parameter at that position; of several sets' the first that can take it."""
        active = self.active_sets()
        candidates = [
            parameter
            for parameter in self.command.parameters
            if parameter.position == position
            and not self.bound.has(parameter.name)
            and (not parameter.sets or parameter.sets & active)
        ]
        candidates.sort(key=lambda parameter: self.command.default_set not in parameter.sets)
        for parameter in candidates[:-1]:
            try:
                self.set(parameter, argument.value, argument)
            except PSTerminating:
                continue
            return True
        if candidates:
            self.set(candidates[-1], argument.value, argument)
        return bool(candidates)

    def active_sets(self) -> set[str]:
        """The parameter sets that are still possible with what is bound."""
        every = set().union(*(parameter.sets for parameter in self.command.parameters))
        for parameter in self.command.parameters:
            if parameter.sets and self.bound.has(parameter.name):
                every &= parameter.sets
        return every

    def _in_active_set(self, parameter: Parameter) -> bool:
        active = self.active_sets()
        if self.command.default_set in active:
            active = {self.command.default_set}
        return not parameter.sets or bool(parameter.sets & active)

    def _missing(self, parameter: Parameter) -> bool:
        if not parameter.mandatory or self.bound.has(parameter.name) or not self._in_active_set(parameter):
            return False
        return not parameter.mandatory_sets or bool(parameter.mandatory_sets & self.active_sets())

    def set_name(self) -> str:
        active = self.active_sets()
        if self.command.default_set and (self.command.default_set in active or not active):
            return self.command.default_set
        return sorted(active)[0] if active else "__AllParameterSets"

    def set(self, parameter: Parameter, value: object, argument: Argument | None = None) -> None:
        """Converts, checks and keeps a value."""
        self.bound.values[parameter.name] = self.checked(parameter, value, argument)

    def checked(self, parameter: Parameter, value: object, argument: Argument | None = None) -> object:
        value = None if value is values.NOTHING else value
        if parameter.type:
            value = self._converted(parameter, value, argument)
        self._check_mandatory(parameter, value, argument)
        for validator in parameter.validators:
            if problem := validator(value):
                raise self.invalid(parameter, problem, argument)
        return value

    def invalid(self, parameter: Parameter, problem: str, argument: Argument | None = None) -> PSTerminating:
        """The error of a value that a parameter's validation refuses."""
        message = f"Cannot validate argument on parameter '{parameter.name}'. {problem}"
        inner = ExceptionObject(f"{_AUTOMATION}ValidationMetadataException", problem)
        return binding_error(
            self.command, message, "ParameterArgumentValidationError", parameter.name, argument, parameter.type,
            Category.InvalidData, "ParameterBindingValidationException", inner, self.extent,
        )  # fmt: skip

    def _converted(self, parameter: Parameter, value: object, argument: Argument | None) -> object:
        kind = typing.cast(NetType, parameter.type)
        try:
            if kind.full_name == "System.Management.Automation.ScriptBlock" and isinstance(value, str):
                raise ConversionError(
                    f'Cannot convert the "{value}" value of type "System.String" to type "{kind.full_name}".', ""
                )
            if kind.full_name == "System.Boolean" and isinstance(values.unwrap(value), str):
                raise ConversionError(
                    'Cannot convert value "System.String" to type "System.Boolean". Boolean parameters accept only '
                    "Boolean values and numbers, such as $True, $False, 1 or 0.",
                    "",
                )
            return convert.cast(value, kind)
        except ConversionError as error:
            if self.command.info.kind == "Cmdlet" or parameter.name.lower() in COMMON:
                message, error_id = (
                    f"Cannot bind parameter '{parameter.name}'. {error}",
                    "CannotConvertArgumentNoMessage",
                )
                kind_name, category = "ParameterBindingException", Category.InvalidArgument
            else:
                message = f"Cannot process argument transformation on parameter '{parameter.name}'. {error}"
                error_id, category = "ParameterArgumentTransformationError", Category.InvalidData
                kind_name = "ParameterBindingArgumentTransformationException"
            raise binding_error(
                self.command,
                message,
                error_id,
                parameter.name,
                argument,
                kind,
                category,
                kind_name,
                error.exception,
                self.extent,
            ) from None

    def _check_mandatory(self, parameter: Parameter, value: object, argument: Argument | None) -> None:
        if not parameter.mandatory or not self.command.strict:
            return
        problem = ""
        if value is None and not parameter.allow_null:
            problem, suffix = "null", "NullNotAllowed"
        elif _holds_empty_text(parameter, value) and not parameter.allow_empty:
            problem, suffix = "an empty string", "EmptyStringNotAllowed"
        elif isinstance(value, list) and not value and not parameter.allow_empty:
            problem, suffix = "an empty array", "EmptyArrayNotAllowed"
        if problem:
            message = f"Cannot bind argument to parameter '{parameter.name}' because it is {problem}."
            raise binding_error(
                self.command, message, f"ParameterArgumentValidationError{suffix}", parameter.name, argument,
                parameter.type,
                Category.InvalidData, "ParameterBindingValidationException", extent=self.extent,
            )  # fmt: skip

    def check_complete(self, has_input: bool) -> None:
        """:raises PSTerminating: a mandatory parameter has no value, and no input will bring it, or no set has all."""
        if self.command.strict and any(parameter.sets for parameter in self.command.parameters):
            if not self.active_sets():
                message = (
                    "Parameter set cannot be resolved using the specified named parameters. One or more parameters "
                    "issued cannot be used together or an insufficient number of parameters were provided."
                )
                raise binding_error(self.command, message, "AmbiguousParameterSet", extent=self.extent)
        missing = [
            parameter.name
            for parameter in self.command.parameters
            if self._missing(parameter)
            and not (has_input and (parameter.from_pipeline or parameter.from_property))
        ]  # fmt: skip
        if missing:
            message = (
                f"Cannot process command because of one or more missing mandatory parameters: {' '.join(missing)}."
            )
            raise binding_error(
                self.command, message, "MissingMandatoryParameter", f" {' '.join(missing)}", extent=self.extent
            )

    def bind_input(self, item: object) -> dict[str, object]:
        """What one object of the pipeline brings.

        :raises PSTerminating: no parameter takes it.
        """
        from .members import find_property

        found: dict[str, object] = {}
        open_parameters = [parameter for parameter in self.command.parameters if not self.bound.has(parameter.name)]
        for parameter in open_parameters:
            if parameter.from_pipeline and self._in_active_set(parameter):
                try:
                    found[parameter.name] = self.checked(parameter, item)
                    return found
                except PSTerminating:
                    if not any(other.from_property for other in open_parameters):
                        raise
        for parameter in open_parameters:
            for name in (parameter.name, *parameter.aliases) if parameter.from_property else ():
                has, value = find_property(item, name)
                if has:
                    found[parameter.name] = self.checked(parameter, value)
                    break
        return found


def _holds_empty_text(parameter: Parameter, value: object) -> bool:
    """Whether a text is empty, or one in a list of texts; what has no type may be."""
    kind = parameter.type
    if kind is None or (kind.element or kind).full_name != "System.String":
        return False
    return value == "" if isinstance(value, str) else isinstance(value, list) and "" in value


__all__ = ["MISSING", "Argument", "Binder", "Bound", "Command", "Parameter", "typesystem", "wildcard"]
