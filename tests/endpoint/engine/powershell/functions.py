# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls script blocks and functions (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from . import binding, syntax, typesystem, values
from .api import Streams
from .binding import Argument, Binder, Parameter
from .convert import to_bool, to_string
from .errors import ExitSignal, PSTerminating, ReturnSignal
from .pipeline import Redirected, Stage, both
from .records import CommandInfo, InvocationInfo
from .scopes import Scope, Variable
from .sequences import as_list
from .session import Frame
from .validation import validator_of

_PREFERENCES = {
    "ErrorAction": "ErrorActionPreference", "WarningAction": "WarningPreference",
    "ProgressAction": "ProgressPreference",
    "InformationAction": "InformationPreference", "Verbose": "VerbosePreference", "Debug": "DebugPreference",
    "WhatIf": "WhatIfPreference", "Confirm": "ConfirmPreference",
}  # fmt: skip


def parameters_of(tree: syntax.ScriptBlock, frame: Frame) -> list[Parameter]:
    """A block's parameters with what their attributes say."""
    made = [_parameter(definition, frame) for definition in tree.parameters]
    if not any(parameter.position is not None for parameter in made):
        position = 0
        for parameter in made:
            if not parameter.switch and not parameter.remaining:
                parameter.position = position
                position += 1
    return made


def _parameter(definition: syntax.ParameterDefinition, frame: Frame) -> Parameter:
    from .expressions import evaluate

    kind = typesystem.find(definition.type_name) if definition.type_name else None
    parameter = Parameter(definition.name, kind, default=definition.default)
    for attribute in definition.attributes:
        name = attribute.name.lower().rpartition(".")[2]
        if name == "parameter":
            _apply(
                parameter,
                {key: True if node is None else evaluate(node, frame) for key, node in attribute.named.items()},
            )
        elif name == "alias":
            parameter.aliases += tuple(to_string(evaluate(node, frame)) for node in attribute.positional)
        elif name in ("allownull", "allowemptystring", "allowemptycollection"):
            parameter.allow_null |= name == "allownull"
            parameter.allow_empty |= name != "allownull"
        elif validator := validator_of(attribute, [evaluate(node, frame) for node in attribute.positional]):
            parameter.validators.append(validator)
    return parameter


def _apply(parameter: Parameter, settings: dict[str, object]) -> None:
    parameter.mandatory |= to_bool(settings.get("mandatory", False))
    parameter.from_pipeline |= to_bool(settings.get("valuefrompipeline", False))
    parameter.from_property |= to_bool(settings.get("valuefrompipelinebypropertyname", False))
    parameter.remaining |= to_bool(settings.get("valuefromremainingarguments", False))
    if "position" in settings:
        parameter.position = typing.cast(int, settings["position"])
    if "parametersetname" in settings:
        parameter.sets |= {to_string(settings["parametersetname"])}


def is_advanced(tree: syntax.ScriptBlock) -> bool:
    """CmdletBinding, or any [Parameter()], makes a function behave as a cmdlet."""
    named = [attribute.name.lower() for attribute in tree.attributes]
    named += [attribute.name.lower() for parameter in tree.parameters for attribute in parameter.attributes]
    return any(name.rpartition(".")[2] in ("cmdletbinding", "parameter") for name in named)


class BlockStage(Stage):
    """A function, script or script block in a pipeline."""

    def __init__(
        self,
        caller: Frame,
        block: values.ScriptBlock,
        arguments: typing.Sequence[Argument],
        info: CommandInfo | None = None,
        extent: syntax.Extent | None = None,
        new_scope: bool = True,
        invocation_name: str = "",
    ) -> None:
        self.caller, self.block, self.arguments = caller, block, arguments
        self.info = info or CommandInfo("Script", "", block.text)
        self.extent, self.new_scope = extent, new_scope
        self.tree = block.tree
        self.advanced = is_advanced(self.tree)
        self.invocation_name = invocation_name or self.info.name
        self.variables: dict[str, object] = {}
        self.collected: list[object] = []
        self.processed = 0
        self.exited = False
        #: Preference variables of the caller's scope that common parameters of this call hide until its end.
        self.hidden: dict[str, Variable | None] = {}

    def begin(self) -> None:
        session = self.caller.session
        parent = self.block.closure or self.caller.scope
        scope = Scope(parent) if self.new_scope or self.block.closure else self.caller.scope
        if self.info.kind == "ExternalScript" and self.new_scope:
            scope.kind = "script"
        invocation = InvocationInfo(self.info, self.extent, self.invocation_name)
        invocation.expecting_input = self.expects_input and not self.input_is_lazy
        name = self.info.name or "<ScriptBlock>"
        self.frame = Frame(session, scope, self.write, self.streams, invocation, name)
        default_set = next((to_string(node.value) for attribute in self.tree.attributes
                            for key, node in attribute.named.items()
                            if key == "defaultparametersetname" and isinstance(node, syntax.Constant)),
                            None)  # fmt: skip
        error_name = self.info.name or self.invocation_name
        parameters = parameters_of(self.tree, self.caller)
        command = binding.Command(self.info, parameters, error_name, self.advanced, default_set)
        self.binder = Binder(command, self.extent)
        bound = self.binder.bind(self.arguments)
        self.binder.check_complete(self.expects_input)
        invocation.bound_parameters = {**bound.values, **bound.common}
        invocation.unbound_arguments = bound.rest
        self.out_variable_names(bound.common, self.caller.scope)
        if self.record_error:
            handlers = {"error": both(self.record_error, self.streams.error)}
            self.streams = typing.cast(Streams, Redirected(self.streams, handlers))
        self.frame.out, self.frame.streams = self.write, self.streams
        self._define(scope, bound)
        self._run("begin")

    def _define(self, scope: Scope, bound: binding.Bound) -> None:
        """Puts parameters and automatic variables into the scope."""
        from .expressions import evaluate
        from .objects import PSCmdlet, invocation_object

        for name, value in bound.common.items():
            if preference := _PREFERENCES.get(name):
                flag = "Continue" if to_bool(value) else "SilentlyContinue"
                if not self.new_scope:
                    self.hidden[preference.lower()] = scope.variables.get(preference.lower())
                scope.variables[preference.lower()] = Variable(
                    preference, flag if name in ("Verbose", "Debug") else value
                )
        self.bound_table = values.Hashtable(
            {**bound.values, **bound.common}.items(), "System.Management.Automation.PSBoundParametersDictionary"
        )
        for name, value in {
            "PSBoundParameters": self.bound_table, "args": list(bound.rest),
            "MyInvocation": invocation_object(self.frame.invocation),
            **({"PSCmdlet": PSCmdlet(self.frame, self.binder)} if self.advanced else {}), **self.variables,
        }.items():  # fmt: skip
            if self.new_scope or name not in ("MyInvocation", "args", "PSBoundParameters") or self.arguments:
                scope.variables[name.lower()] = Variable(name, value)
        self.caller.session.enter(self.frame)
        try:
            for parameter in self.binder.command.parameters:
                if self.binder.bound.has(parameter.name):
                    value = bound.values[parameter.name]
                elif parameter.default is not None:
                    value = evaluate(parameter.default, self.frame)
                    if parameter.type:
                        value = self.binder.checked(
                            dataclasses.replace(parameter, validators=[], mandatory=False), value
                        )
                else:
                    value = _initial(parameter)
                scope.variables[parameter.name.lower()] = Variable(parameter.name, value, type=parameter.type)
        finally:
            self.caller.session.leave()

    def process(self, item: object) -> None:
        self.processed += 1
        if "process" not in self.tree.blocks:
            self.collected.append(item)
            if not self.advanced:
                return
        if self.advanced:
            scope = self.frame.scope
            for name, value in self.binder.bind_input(item).items():
                scope.variables[name.lower()] = Variable(name, value)
                self.bound_table[name] = value
        if "process" in self.tree.blocks:
            self._run("process", item, [item])

    def end(self) -> None:
        if "process" in self.tree.blocks and not self.expects_input:
            self._run("process")
        item = self.collected[-1] if self.collected and self.advanced else None
        self._run("end", item, self.collected)

    def _run(self, name: str, item: object = None, items: typing.Sequence[object] = ()) -> None:
        from .statements import run_statements

        statements = self.tree.blocks.get(name)
        if statements is None or self.exited:
            return
        scope, session = self.frame.scope, self.caller.session
        overridden = {key: scope.variables.get(key) for key in ("_", "input")}
        if self.expects_input or name == "process":
            if name == "process" or (self.advanced and item is not None):
                scope.variables["_"] = Variable("_", item if self.processed else self.caller.scope.value("_"))
            if not self.input_is_lazy:
                scope.variables["input"] = Variable("input", iter(list(items)))
        if self.input_is_lazy and name == "end":
            scope.variables["input"] = Variable("input", self.lazy_input)
        session.enter(self.frame)
        try:
            run_statements(statements, self.frame)
        except ReturnSignal:
            return
        except PSTerminating as error:
            if error.until is self.frame:
                error.unwinds = False
            raise
        except ExitSignal as signal:
            if self.info.kind != "ExternalScript":
                raise
            # A script file's exit ends that script alone.
            self.exited = True
            session.globals.set("LASTEXITCODE", signal.code)
            session.success = signal.code == 0
        finally:
            session.leave()
            if not self.new_scope:
                _restore(scope, overridden)

    def close(self) -> None:
        if self.hidden:
            _restore(self.frame.scope, self.hidden)

    #: The pipeline's own input, which $input reads as it comes.
    lazy_input: typing.Iterable[object] = ()
    input_is_lazy = False


def _restore(scope: Scope, variables: dict[str, Variable | None]) -> None:
    for name, variable in variables.items():
        if variable is None:
            scope.variables.pop(name, None)
        else:
            scope.variables[name] = variable


def _initial(parameter: Parameter) -> object:
    """What a parameter that was not given holds."""
    if parameter.type is None:
        return None
    if parameter.switch:
        return values.SwitchParameter(False)
    if parameter.type.full_name == "System.String":
        return ""
    if parameter.type.full_name in typesystem.PYTHON_OF and "System.ValueType" in parameter.type.bases:
        from .convert import cast
        from .errors import ConversionError

        try:
            return cast(0, parameter.type)
        except ConversionError:
            return None
    return None


def invoke_block(
    block: values.ScriptBlock,
    caller: Frame,
    arguments: typing.Sequence[object] = (),
    variables: typing.Mapping[str, object] | None = None,
    new_scope: bool = True,
) -> object:
    """Calls a block and gives what it wrote as one value."""
    collected = block_output(block, caller, arguments, variables, new_scope)
    return collected[0] if len(collected) == 1 else collected if collected else values.NOTHING


def block_output(
    block: values.ScriptBlock,
    caller: Frame,
    arguments: typing.Sequence[object] = (),
    variables: typing.Mapping[str, object] | None = None,
    new_scope: bool = True,
) -> list[object]:
    """Calls a block and collects what it wrote."""
    collected: list[object] = []
    stage = BlockStage(caller, block, [Argument(value) for value in arguments], new_scope=new_scope)
    stage.write, stage.streams = collected.append, caller.streams
    stage.variables = dict(variables or {})
    stage.begin()
    stage.end()
    return collected


__all__ = ["BlockStage", "as_list", "block_output", "invoke_block"]
