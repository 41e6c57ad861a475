# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables, functions and aliases by scope (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from . import convert, syntax, values
from .errors import Category, ConversionError, runtime_error
from .typesystem import NetType

_SCOPE_NAMES = ("global", "script", "local", "private", "using")


@dataclasses.dataclass(eq=False)
class Variable:
    """System.Management.Automation.PSVariable"""

    name: str
    value: object
    #: "", "ReadOnly", "Constant", "AllScope".
    options: str = ""
    type: NetType | None = None
    description: str = ""
    #: Where the value is computed on reading, as for $PWD.
    getter: typing.Callable[[], object] | None = None
    #: Checks of a parameter or of ``[ValidateSet()]$x``.
    validate: typing.Callable[[object], None] | None = None

    def get(self) -> object:
        return self.getter() if self.getter else self.value

    def assign(self, value: object, force: bool = False) -> None:
        """:raises PSTerminating: it cannot be written, or not with that value."""
        if self.getter or "Constant" in self.options or ("ReadOnly" in self.options and not force):
            message = f"Cannot overwrite variable {self.name} because it is read-only or constant."
            name = "System.Management.Automation.SessionStateUnauthorizedAccessException"
            raise runtime_error(message, "VariableNotWritable", Category.WriteError, self.name, type_name=name)
        if self.type:
            value = self._converted(value)
        if self.validate:
            self.validate(value)
        self.value = value

    def _converted(self, value: object) -> object:
        try:
            return convert.cast(value, typing.cast(NetType, self.type))
        except ConversionError as error:
            name = "System.Management.Automation.ArgumentTransformationMetadataException"
            metadata = Category.MetadataError
            raise runtime_error(
                str(error), "RuntimeException", metadata, inner=error.exception, type_name=name
            ) from None


@dataclasses.dataclass(eq=False)
class Function:
    """A function of the session."""

    name: str
    block: values.ScriptBlock


class Scope:
    """One level of names; a child sees its parents' but writes its own."""

    def __init__(self, parent: Scope | None, kind: str = "local") -> None:
        self.parent = parent
        #: "global", "script" or "local".
        self.kind = kind
        self.variables: dict[str, Variable] = {}
        self.functions: dict[str, Function] = {}
        self.aliases: dict[str, str] = {}
        #: Set-StrictMode's version; None asks the parent.
        self.strict: int | None = None

    def chain(self) -> typing.Iterator[Scope]:
        scope: Scope | None = self
        while scope:
            yield scope
            scope = scope.parent

    @property
    def top(self) -> Scope:
        return list(self.chain())[-1]

    def named(self, name: str) -> Scope:
        """The scope of that name or number.

        :raises PSTerminating: there is none.
        """
        lowered = name.lower()
        chain = list(self.chain())
        if lowered == "global":
            return chain[-1]
        if lowered == "script":
            return next((scope for scope in chain if scope.kind == "script"), chain[-1])
        if lowered.isdigit() and int(lowered) < len(chain):
            return chain[int(lowered)]
        if lowered in ("local", "private"):
            return self
        message = f"The scope number '{name}' exceeds the number of active scopes."
        raise runtime_error(message, "ScopeIDExceedsAvailableScopes", Category.InvalidArgument, name)

    def find(self, name: str) -> Variable | None:
        lowered = name.lower()
        for scope in self.chain():
            if lowered in scope.variables:
                return scope.variables[lowered]
        return None

    def value(self, name: str, default: object = None) -> object:
        variable = self.find(name)
        return variable.get() if variable else default

    def set(self, name: str, value: object, force: bool = False) -> Variable:
        """Writes the scope's own variable; those for all scopes (such as $Error) are written where they are."""
        existing = self.variables.get(name.lower())
        if existing is None:
            outer = self.find(name)
            existing = outer if outer and ("AllScope" in outer.options or "Constant" in outer.options) else None
        if existing:
            existing.assign(value, force)
            return existing
        variable = Variable(name, value)
        self.variables[name.lower()] = variable
        return variable

    def function(self, name: str) -> Function | None:
        lowered = name.lower()
        return next((scope.functions[lowered] for scope in self.chain() if lowered in scope.functions), None)

    def alias(self, name: str) -> str | None:
        lowered = name.lower()
        return next((scope.aliases[lowered] for scope in self.chain() if lowered in scope.aliases), None)

    @property
    def strict_mode(self) -> int:
        return next((scope.strict for scope in self.chain() if scope.strict is not None), 0)


def split_name(name: str) -> tuple[str | None, str]:
    """``global:x`` as scope or drive and name."""
    prefix, colon, rest = name.partition(":")
    return (prefix.lower(), rest) if colon and prefix else (None, rest if colon else name)


def is_scope(prefix: str | None) -> bool:
    return prefix in _SCOPE_NAMES


def target_scope(scope: Scope, prefix: str | None) -> Scope:
    return scope if prefix is None or prefix == "using" else scope.named(prefix)


def define_function(scope: Scope, name: str, tree: syntax.ScriptBlock) -> None:
    prefix, plain = split_name(name)
    owner = target_scope(scope, prefix if is_scope(prefix) else None)
    plain = plain if is_scope(prefix) or prefix is None else name
    owner.functions[plain.lower()] = Function(plain, values.ScriptBlock(tree))
