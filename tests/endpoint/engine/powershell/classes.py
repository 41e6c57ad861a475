# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes that scripts define (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from . import convert, syntax, typesystem, values
from .errors import ExceptionObject, NetError, ParseError
from .expressions import evaluate, find_type, value_of_statement
from .functions import block_output
from .session import Frame, current
from .typesystem import NetType


@dataclasses.dataclass(eq=False)
class ClassBehaviour:
    """What a class of a script does: its properties, methods, constructors."""

    node: syntax.ClassDefinition
    frame: Frame
    base: ClassBehaviour | None
    net_type: NetType
    statics: dict[str, object] = dataclasses.field(default_factory=dict)

    def properties(self) -> list[syntax.ClassMember]:
        """Its own come first, as reflection gives them."""
        inherited = self.base.properties() if self.base else []
        return [*(member for member in self.node.members if member.block is None and not member.static), *inherited]

    def methods(self, name: str, static: bool = False) -> list[syntax.ClassMember]:
        own = [
            member
            for member in self.node.members
            if member.block and member.name.lower() == name.lower() and member.static == static
        ]
        return own or (self.base.methods(name, static) if self.base else [])

    def has_method(self, name: str, static: bool = False) -> bool:
        return bool(self.methods(name, static))

    def construct(self, arguments: typing.Sequence[object]) -> object:
        """:raises LookupError: no constructor takes so many arguments."""
        derived = "System.Exception" in self.net_type.type_names
        made: typing.Any = ScriptException(self) if derived else ClassInstance(self)
        for member in self.properties():
            kind = find_type(member.type_name, self.frame) if member.type_name else None
            value = value_of_statement(member.value, self.frame) if member.value else _default(kind)
            made.set(member.name, convert.cast(value, kind) if kind and value is not None else value)
        self._initialize(made, arguments)
        return made

    def _initialize_base(self, made: object, arguments: typing.Sequence[object]) -> None:
        if self.base:
            self.base._initialize(made, arguments)
        elif isinstance(made, ScriptException) and arguments:
            made.message = convert.to_string(arguments[0])
            made.inner = next((item for item in arguments[1:] if isinstance(item, ExceptionObject)), None)

    def _initialize(self, made: object, arguments: typing.Sequence[object]) -> None:
        constructors = [
            member for member in self.node.members if member.block and member.name.lower() == self.node.name.lower()
        ]
        chosen = next(
            (
                member
                for member in constructors
                if len(typing.cast(syntax.ScriptBlock, member.block).parameters) == len(arguments)
            ),
            None,
        )
        if chosen is None:
            if constructors or arguments:
                raise LookupError(self.node.name)
            self._initialize_base(made, [])
            return
        block = typing.cast(syntax.ScriptBlock, chosen.block)
        inner = self._argument_frame(block, arguments)
        self._initialize_base(made, [evaluate(node, inner) for node in chosen.base_arguments or []])
        block_output(values.ScriptBlock(block), self.frame, arguments, {"this": made})

    def _argument_frame(self, block: syntax.ScriptBlock, arguments: typing.Sequence[object]) -> Frame:
        from .scopes import Scope

        scope = Scope(self.frame.scope)
        for parameter, value in zip(block.parameters, arguments, strict=False):
            scope.set(parameter.name, value)
        return dataclasses.replace(self.frame, scope=scope)

    def call(self, target: object, name: str, arguments: typing.Sequence[object]) -> object:
        """Calls a method; only what it returns comes out.

        :raises NetError: no overload takes so many arguments.
        """
        methods = self.methods(name, static=target is None)
        chosen = next(
            (
                member
                for member in methods
                if len(typing.cast(syntax.ScriptBlock, member.block).parameters) == len(arguments)
            ),
            None,
        )
        if chosen is None:
            message = f'Cannot find an overload for "{name}" and the argument count: "{len(arguments)}".'
            raise NetError("System.Management.Automation.MethodException", message)
        variables = {} if target is None else {"this": target}
        block = values.ScriptBlock(typing.cast(syntax.ScriptBlock, chosen.block))
        with current().guarded():
            collected = block_output(block, current().frames[-1], arguments, variables)
        value = collected[-1] if len(collected) == 1 else collected or None
        if not chosen.type_name or chosen.type_name.lower() == "void":
            return values.NOTHING
        return convert.cast(value, find_type(chosen.type_name, self.frame))

    def converted(self, name: str, value: object) -> object:
        for member in self.properties():
            if member.name.lower() == name.lower() and member.type_name:
                return convert.cast(value, find_type(member.type_name, self.frame))
        return value

    def get_static(self, name: str) -> tuple[bool, object]:
        lowered = name.lower()
        return lowered in self.statics, self.statics.get(lowered)

    def set_static(self, name: str, value: object) -> bool:
        if name.lower() not in self.statics:
            return False
        self.statics[name.lower()] = value
        return True


class ScriptException(ExceptionObject):
    """An object of a script's class that derives from an exception of .NET."""

    def __init__(self, definition: ClassBehaviour) -> None:
        super().__init__("System.Exception", f"Exception of type '{definition.net_type.full_name}' was thrown.")
        self.definition = definition
        self.type_names = definition.net_type.type_names

    def set(self, name: str, value: object) -> None:
        """Gives a property of the class its first value."""
        self.properties[name] = value


class ClassInstance(values.PSObject):
    """An object of a script's class."""

    def __init__(self, definition: ClassBehaviour) -> None:
        super().__init__()
        self.definition = definition
        self.type_names = definition.net_type.type_names
        self.net_type = definition.net_type


def _default(kind: NetType | None) -> object:
    if kind is None or "System.ValueType" not in kind.bases:
        return None
    return (
        False
        if kind.name == "Boolean"
        else convert.cast(0, kind)
        if kind.full_name in typesystem.PYTHON_OF and kind.name not in ("Guid",)
        else None
    )


def _base_type(name: str, node: syntax.ClassDefinition, frame: Frame) -> NetType | None:
    """The class that another one derives from; interfaces are known by name alone.

    :raises PSTerminating: there is no such type.
    """
    known = frame.session.classes.get(name.lower()) or typesystem.lookup(name)
    if isinstance(known, NetType):
        return known
    if name.rpartition(".")[2].startswith("I"):
        return None
    raise ParseError(f"Unable to find type [{name}].", "TypeNotFound", node.extent).terminating()


def define_class(node: syntax.ClassDefinition, frame: Frame) -> None:
    """Makes a class known to the session."""
    known = _base_type(node.bases[0], node, frame) if node.bases else None
    base = known.definition if known else None
    bases = known.type_names if known else ["System.Object"]
    net_type = NetType(node.name, tuple(bases))
    behaviour = ClassBehaviour(node, frame, base, net_type)
    net_type.definition = behaviour
    frame.session.classes[node.name.lower()] = net_type
    for member in node.members:
        if member.static and member.block is None:
            behaviour.statics[member.name.lower()] = evaluate_static(member, frame)


def evaluate_static(member: syntax.ClassMember, frame: Frame) -> object:
    return value_of_statement(member.value, frame) if member.value else None
