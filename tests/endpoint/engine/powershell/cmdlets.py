# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How cmdlets are declared, bound and run (test endpoint process)."""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing

from . import binding, syntax, typesystem, values
from .binding import Argument, Binder, Parameter
from .calling import wrap_io
from .command_objects import syntax_of
from .convert import to_bool, to_string
from .errors import Category, ConversionError, ErrorRecord, ExceptionObject, NetError, PipelineStopped, PSTerminating
from .pipeline import Stage
from .records import CommandInfo, InvocationInfo
from .sequences import as_list, enumerate_value
from .session import Frame
from .validation import validate_range

#: What cmdlets' ValidateRange attributes allow.
_RANGES: dict[tuple[str, str], tuple[int, int]] = {
    **{("Select-Object", name): (0, 2**31 - 1) for name in ("First", "Last", "Skip", "SkipLast")},
    ("Start-Sleep", "Seconds"): (0, 2147483), ("Start-Sleep", "Milliseconds"): (0, 2**31 - 1),
    ("Select-Object", "Index"): (0, 2**31 - 1), ("ConvertTo-Json", "Depth"): (0, 100),
    ("ConvertFrom-Json", "Depth"): (0, 2**31 - 1), ("Get-Random", "Count"): (1, 2**31 - 1),
    ("Write-Progress", "PercentComplete"): (-1, 100), ("Write-Progress", "Id"): (0, 2**31 - 1),
}  # fmt: skip
CMDLETS: dict[str, CmdletType] = {}
ALIASES: dict[str, str] = {}
_PARAMETER = re.compile(
    r"(?P<names>[\w|]+)(?::(?P<type>[\w.\[\]]+))?(?:@(?P<position>\d|\*))?(?P<flags>[!<~0]*)(?:\((?P<sets>[\w,!]+)\))?"
)


@dataclasses.dataclass(eq=False)
class CmdletType:
    """A cmdlet: its name, its parameters, what it does."""

    name: str
    parameters: list[Parameter]
    action: type[Cmdlet] | typing.Callable[[Call], typing.Iterable[object] | None]
    module: str
    default_set: str | None = None

    def __post_init__(self) -> None:
        for parameter in self.parameters:
            if bounds := _RANGES.get((self.name, parameter.name)):
                parameter.validators.append(validate_range(list(bounds)))

    @property
    def class_name(self) -> str:
        """The .NET class, as it stands in error ids."""
        return f"Microsoft.PowerShell.Commands.{self.name.replace('-', '')}Command"


def parse_parameters(text: str) -> list[Parameter]:
    """``Path|Alias:string[]@0!<~(Set)``: type; position (* for the rest); ! mandatory, < from the pipeline, ~ by its
    property's name, 0 allows null and empty; the parameter sets that it belongs to, with ! those it is mandatory in."""
    parameters = []
    for word in text.split():
        found = _PARAMETER.fullmatch(word)
        if not found:
            raise ValueError(word)
        name, *aliases = found["names"].split("|")
        kind = typesystem.find(found["type"]) if found["type"] and found["type"] != "object" else None
        flags, position = found["flags"], found["position"]
        parameters.append(Parameter(
            name, kind, tuple(aliases), int(position) if position and position != "*" else 99 if position else None,
            "!" in flags, "<" in flags, "~" in flags, position == "*", allow_null="0" in flags,
            allow_empty="0" in flags,
            sets=frozenset((found["sets"] or "").replace("!", "").split(",")) - {""},
            mandatory_sets=frozenset(re.findall(r"(\w+)!", found["sets"] or "")),
        ))  # fmt: skip
    return parameters


def cmdlet(
    name: str, parameters: str = "", aliases: str = "", module: str = "Utility", default_set: str | None = None
) -> typing.Callable[[typing.Any], typing.Any]:
    """Declares a cmdlet: a class with begin, process and end, or a function that gives its output."""

    def register(action: typing.Any) -> typing.Any:
        full_module = f"Microsoft.PowerShell.{module}"
        CMDLETS[name.lower()] = CmdletType(name, parse_parameters(parameters), action, full_module, default_set)
        ALIASES.update({alias.lower(): name for alias in aliases.split()})
        return action

    return register


class Call:
    """One run of a cmdlet: its parameters, and where it writes."""

    def __init__(self, stage: CmdletStage) -> None:
        self.stage = stage
        self.frame = stage.frame
        self.session = stage.frame.session
        self.common: dict[str, object] = {}
        self.parameters: dict[str, object] = {}

    def get(self, name: str, default: typing.Any = None) -> typing.Any:
        return self.parameters.get(name.lower(), default)

    def has(self, name: str) -> bool:
        return name.lower() in self.parameters

    def text(self, name: str, default: str = "") -> str:
        return to_string(self.parameters[name.lower()]) if self.has(name) else default

    def flag(self, name: str) -> bool:
        return to_bool(self.parameters.get(name.lower(), False))

    def items(self, name: str) -> list[object]:
        return list(as_list(self.parameters.get(name.lower())))

    def texts(self, name: str) -> list[str]:
        return [to_string(item) for item in self.items(name)]

    def write(self, value: object) -> None:
        self.stage.write(value)

    def action(self, parameter: str, variable: str) -> str:
        """An action preference: the common parameter's, else the variable's."""
        if parameter in self.common:
            return to_string(self.common[parameter])
        return self.frame.preference(variable)

    @property
    def error_action(self) -> str:
        return self.action("ErrorAction", "ErrorActionPreference")

    def invocation(self) -> InvocationInfo:
        return InvocationInfo(self.stage.info, self.stage.extent, self.stage.name)

    def error(
        self,
        message: str,
        error_id: str,
        category: Category,
        target: object = None,
        type_name: str = "System.Management.Automation.RuntimeException",
        inner: ExceptionObject | None = None,
        **properties: object,
    ) -> ErrorRecord:
        """An error record of this cmdlet."""
        exception = ExceptionObject(type_name, message, inner, **properties)
        record = ErrorRecord(
            exception, f"{error_id},{self.stage.type.class_name}", category, target, self.stage.type.name
        )
        record.invocation = self.invocation()
        record.pipeline_iteration = (0, 1)
        return record

    def write_error(self, record: ErrorRecord) -> None:
        if self.stage.record_error:
            self.stage.record_error(record)
        self.frame.with_output(self.stage.write, self.stage.streams).write_error(record, self.error_action)

    def report(self, *arguments: typing.Any, **properties: typing.Any) -> None:
        """Writes an error, whose parts are those of `error`."""
        self.write_error(self.error(*arguments, **properties))

    def fail(self, *arguments: typing.Any, **properties: typing.Any) -> PSTerminating:
        """A terminating error, to be raised."""
        return PSTerminating(self.error(*arguments, **properties))

    def informational(self, kind: str, text: str) -> None:
        """A warning, or a verbose or debug message, as the common parameter or the preference wants it."""
        parameter = "WarningAction" if kind == "warning" else kind.capitalize()
        action = self.frame.preference(f"{kind.capitalize()}Preference")
        if parameter in self.common:
            value = self.common[parameter]
            switch = isinstance(value, values.SwitchParameter)
            action = ("Continue" if to_bool(value) else "SilentlyContinue") if switch else to_string(value)
        self.frame.with_output(self.stage.write, self.stage.streams).informational(kind, text, action)

    def should_process(self, target: str, action: str) -> bool:
        """False under -WhatIf, having said so; else what is done is told to who wants it verbose."""
        what_if = self.common.get("WhatIf", self.frame.scope.value("WhatIfPreference", False))
        text = f'Performing the operation "{action}" on target "{target}".'
        if to_bool(what_if):
            self.stage.host_line(f"What if: {text}")
            return False
        self.informational("verbose", text)
        return True


class Cmdlet:
    """A cmdlet that keeps something between objects."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def begin(self) -> None:
        """Before the first object."""

    def process(self, item: object) -> None:
        """For each object of the pipeline, or once with None."""

    def end(self) -> None:
        """After the last object."""


class _FunctionCmdlet(Cmdlet):
    """A cmdlet that is a function: run for each object, or once."""

    def process(self, item: object) -> None:
        result = typing.cast(typing.Any, self.call.stage.type.action)(self.call)
        if result is not None:
            for value in result:
                self.call.write(value)


class CmdletStage(Stage):
    """A cmdlet in a pipeline."""

    def __init__(
        self,
        cmdlet_type: CmdletType,
        frame: Frame,
        arguments: typing.Sequence[Argument],
        extent: syntax.Extent | None,
        name: str,
    ) -> None:
        self.type, self.frame, self.arguments, self.extent, self.name = cmdlet_type, frame, arguments, extent, name
        self.info = CommandInfo("Cmdlet", cmdlet_type.name, syntax_of(cmdlet_type))
        command = binding.Command(
            self.info, cmdlet_type.parameters, cmdlet_type.class_name, True, cmdlet_type.default_set
        )
        self.binder = Binder(command, extent)
        self.call = Call(self)
        self.ran = False

    def host_line(self, text: str) -> None:
        from .commands.output import write_host_message

        write_host_message(self.call, text)

    def begin(self) -> None:
        bound = self.binder.bind(self.arguments)
        self._apply_defaults()
        self.binder.check_complete(self.expects_input)
        self.call.common = bound.common
        self.call.parameters = {name.lower(): value for name, value in bound.values.items()}
        self.out_variable_names(bound.common, self.frame.scope)
        kind: typing.Any = self.type.action if inspect.isclass(self.type.action) else _FunctionCmdlet
        self.action: Cmdlet = kind(self.call)
        self._guard(self.action.begin)

    def _apply_defaults(self) -> None:
        table = self.frame.scope.value("PSDefaultParameterValues")
        for key, value in table.items() if isinstance(table, values.Hashtable) else ():
            pattern, _, name = to_string(key).partition(":")
            parameter = next((known for known in self.type.parameters if known.name.lower() == name.lower()), None)
            if parameter and not self.binder.bound.has(name) and binding.wildcard(pattern).match(self.type.name):
                self.binder.set(parameter, value)
            elif name.lower() in binding.COMMON and binding.wildcard(pattern).match(self.type.name):
                self.binder.bound.common.setdefault(binding.COMMON[name.lower()][0], value)

    def process(self, item: object) -> None:
        self.ran = True
        if not any(parameter.from_pipeline or parameter.from_property for parameter in self.type.parameters):
            if not inspect.isclass(self.type.action):
                raise self._no_input(item)
        try:
            brought = self.binder.bind_input(item)
        except PSTerminating as error:
            self.call.write_error(error.error_record)
            return
        if not brought and not inspect.isclass(self.type.action):
            self.call.write_error(self._no_input(item).error_record)
            return
        names = {name.lower(): value for name, value in brought.items()}
        self.call.parameters.update(names)
        self._guard(self.action.process, item)
        for name in names:
            self.call.parameters.pop(name, None)

    def _no_input(self, item: object) -> PSTerminating:
        message = (
            "The input object cannot be bound to any parameters for the command either because the "
            "command does not take pipeline input or the input and its properties do not match any of "
            "the parameters that take pipeline input."
        )
        kind = "System.Management.Automation.ParameterBindingException"
        return PSTerminating(self.call.error(message, "InputObjectNotBound", Category.InvalidArgument, item, kind))

    def end(self) -> None:
        if not self.ran and not self.expects_input:
            self._guard(self.action.process, self.call.get("InputObject"))
        self._guard(self.action.end)

    def _guard(self, action: typing.Callable[..., None], *arguments: object) -> None:
        """Gives errors of .NET and of conversions the form that cmdlets give them."""
        try:
            action(*arguments)
        except PipelineStopped:
            raise
        except PSTerminating as error:
            record = error.error_record
            if record.invocation is None and record.activity == self.type.name:
                record.invocation = self.call.invocation()
            raise
        except (NetError, ConversionError, OSError) as error:
            exception = wrap_io(error).exception if isinstance(error, OSError) else error.exception
            record = ErrorRecord(
                exception,
                f"{exception.type_names[0].rpartition('.')[2]},{self.type.class_name}",
                Category.InvalidOperation,
            )
            record.activity, record.invocation = self.type.name, self.call.invocation()
            raise PSTerminating(record) from None


__all__ = ["CMDLETS", "Call", "Cmdlet", "CmdletStage", "CmdletType", "cmdlet", "enumerate_value"]
