# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes that scripts define (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from . import convert, syntax, typesystem, values
from .calling import argument_error
from .errors import Category, ConversionError, ExceptionObject, ParseError, runtime_error
from .expressions import evaluate, find_type, value_of_statement
from .functions import block_output
from .session import Frame, current
from .typesystem import NetType
from .validation import problem_of


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
        chosen = self._overload(constructors, arguments)
        if chosen is None:
            if constructors or arguments:
                raise LookupError(self.node.name)
            self._initialize_base(made, [])
            return
        arguments = self._converted_arguments(chosen, arguments)
        block = typing.cast(syntax.ScriptBlock, chosen.block)
        inner = self._argument_frame(block, arguments)
        self._initialize_base(made, [evaluate(node, inner) for node in chosen.base_arguments or []])
        block_output(values.ScriptBlock(block), self.frame, arguments, {"this": made})

    def _types(self, member: syntax.ClassMember) -> list[NetType | None]:
        parameters = typing.cast(syntax.ScriptBlock, member.block).parameters
        return [find_type(item.type_name, self.frame) if item.type_name else None for item in parameters]

    def _overload(
        self, members: typing.Sequence[syntax.ClassMember], arguments: typing.Sequence[object]
    ) -> syntax.ClassMember | None:
        """The method or constructor that takes so many arguments; of several the one whose types fit best."""
        found = [item for item in members if len(self._types(item)) == len(arguments)]
        if len(found) < 2:
            return found[0] if found else None

        def fits(member: syntax.ClassMember) -> int:
            pairs = zip(self._types(member), arguments, strict=True)
            return sum(2 if kind and typesystem.is_a(value, kind) else kind is None for kind, value in pairs)

        return max(found, key=fits)

    def _converted_arguments(self, member: syntax.ClassMember, arguments: typing.Sequence[object]) -> list[object]:
        """:raises PSTerminating: one of them is none of its parameter's type."""
        made: list[object] = []
        parameters = typing.cast(syntax.ScriptBlock, member.block).parameters
        for parameter, kind, value in zip(parameters, self._types(member), arguments, strict=True):
            try:
                made.append(convert.cast(value, kind) if kind else value)
            except ConversionError as error:
                name = ".ctor" if member.name.lower() == self.node.name.lower() else member.name
                kind_name = typing.cast(NetType, kind).full_name
                raise argument_error(parameter.name, value, name, kind_name, error) from None
        return made

    def _argument_frame(self, block: syntax.ScriptBlock, arguments: typing.Sequence[object]) -> Frame:
        from .scopes import Scope

        scope = Scope(self.frame.scope)
        for parameter, value in zip(block.parameters, arguments, strict=False):
            scope.set(parameter.name, value)
        return dataclasses.replace(self.frame, scope=scope)

    def call(self, target: object, name: str, arguments: typing.Sequence[object]) -> object:
        """Calls a method; only what it returns comes out.

        :raises PSTerminating: no overload takes so many arguments, or none of such types.
        """
        chosen = self._overload(self.methods(name, static=target is None), arguments)
        if chosen is None:
            message = f'Cannot find an overload for "{name}" and the argument count: "{len(arguments)}".'
            kind = "System.Management.Automation.MethodException"
            raise runtime_error(message, "MethodCountCouldNotFindBest", Category.NotSpecified, type_name=kind)
        arguments = self._converted_arguments(chosen, arguments)
        variables = {} if target is None else {"this": target}
        block = values.ScriptBlock(typing.cast(syntax.ScriptBlock, chosen.block))
        with current().guarded():
            collected = block_output(block, current().frames[-1], arguments, variables)
        value = collected[-1] if len(collected) == 1 else collected or None
        if not chosen.type_name or chosen.type_name.lower() == "void":
            return values.NOTHING
        return convert.cast(value, find_type(chosen.type_name, self.frame))

    def type_of(self, name: str) -> str | None:
        """The full name of a property's type."""
        found = next((member for member in self.properties() if member.name.lower() == name.lower()), None)
        return find_type(found.type_name, self.frame).full_name if found and found.type_name else None

    def hides(self, name: str) -> bool:
        """Whether a property is declared hidden: it is there for who knows its name."""
        return any(member.hidden for member in self.properties() if member.name.lower() == name.lower())

    def converted(self, name: str, value: object) -> object:
        """The value as the property's type asks for it.

        :raises ConversionError: it cannot be made that, or the property's attributes refuse it.
        """
        for member in self.properties():
            if member.name.lower() == name.lower():
                value = convert.cast(value, find_type(member.type_name, self.frame)) if member.type_name else value
                if problem := problem_of(member.attributes, value, self.frame):
                    raise ConversionError(problem, "ValidateFailure")
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
