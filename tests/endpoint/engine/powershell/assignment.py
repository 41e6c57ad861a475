# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes to what stands left of an assignment: variables, members, elements (test endpoint process)."""

from __future__ import annotations

from . import convert, drives, members, syntax, typesystem, values
from .convert import to_string
from .errors import Category, ExceptionObject, NetError, runtime_error
from .expressions import evaluate, find_type, only_expression, position_of
from .scopes import Variable, is_scope, split_name, target_scope
from .sequences import as_list
from .session import Frame
from .validation import validator_of


def assign(node: syntax.Node, value: object, frame: Frame) -> None:
    """Writes to a variable, a member, an element, or several of them.

    :raises PSTerminating: that cannot be written.
    """
    if isinstance(node, syntax.Variable):
        _assign_variable(node, value, frame)
    elif isinstance(node, syntax.Cast):
        _assign_typed(node, value, frame)
    elif isinstance(node, syntax.ArrayLiteral):
        _assign_several(node.items, value, frame)
    elif isinstance(node, syntax.Paren) and (expression := only_expression(node.statement)):
        assign(expression, value, frame)
    elif isinstance(node, syntax.Member):
        _assign_member(node, None if value is values.NOTHING else value, frame)
    elif isinstance(node, syntax.Index):
        _assign_element(node, None if value is values.NOTHING else value, frame)
    else:
        message = (
            "The assignment expression is not valid. The input to an assignment operator must be an "
            "object that is able to accept assignments, such as a variable or a property."
        )
        raise runtime_error(message, "InvalidLeftHandSide", Category.ParserError)


def _assign_variable(node: syntax.Variable, value: object, frame: Frame) -> Variable | None:
    prefix, name = split_name(node.name)
    if prefix is None and name.lower() in ("true", "false", "null", "?"):
        if name.lower() == "null":
            return None
        message = f"Cannot overwrite variable {name} because it is read-only or constant."
        kind = "System.Management.Automation.SessionStateUnauthorizedAccessException"
        raise runtime_error(message, "VariableNotWritable", Category.WriteError, name, type_name=kind)
    if prefix is None or is_scope(prefix):
        return target_scope(frame.scope, prefix).set(name, value)
    drives.set_drive_value(frame, prefix, name, value)
    return None


def _assign_typed(node: syntax.Cast, value: object, frame: Frame) -> None:
    """``[type]$x = value`` also binds the variable to the type."""
    if node.attribute:
        assign(node.operand, value, frame)
        _guard_variable(node, frame)
        return
    target = find_type(node.type_name, frame)
    operand = node.operand
    value = convert.cast(value, target)
    while isinstance(operand, syntax.Cast):
        operand = operand.operand
    if isinstance(operand, syntax.Variable):
        prefix, name = split_name(operand.name)
        if prefix is None or is_scope(prefix):
            owner = target_scope(frame.scope, prefix)
            owner.variables.pop(name.lower(), None)
            owner.set(name, value).type = target
            return
    assign(operand, value, frame)


def _guard_variable(node: syntax.Cast, frame: Frame) -> None:
    """A validation attribute before a variable checks whatever is assigned to it from then on.

    :raises PSTerminating: what it has is refused.
    """
    operand: syntax.Node = node.operand
    while isinstance(operand, syntax.Cast):
        operand = operand.operand
    if not isinstance(operand, syntax.Variable) or node.attribute is None:
        return
    checked = validator_of(node.attribute, [evaluate(item, frame) for item in node.attribute.positional])
    variable = frame.scope.find(operand.name)
    if checked is None or variable is None:
        return

    def validate(value: object) -> None:
        if problem := checked(value):
            message = (
                f"The variable cannot be validated because the value {to_string(value)} is not a valid value for the "
                f"{variable.name} variable."
            )
            kind = "System.Management.Automation.ValidationMetadataException"
            error = runtime_error(message, "ValidateSetFailure", Category.MetadataError, type_name=kind)
            error.error_record.exception.inner = ExceptionObject(kind, problem)
            raise error

    variable.validate = validate
    validate(variable.value)


def _assign_several(targets: list[syntax.Node], value: object, frame: Frame) -> None:
    items = as_list(value)
    for position, target in enumerate(targets):
        if position == len(targets) - 1 and len(items) > len(targets):
            assign(target, items[position:], frame)
        else:
            assign(target, items[position] if position < len(items) else None, frame)


def _assign_member(node: syntax.Member, value: object, frame: Frame) -> None:
    target = evaluate(node.target, frame)
    name = to_string(evaluate(node.name, frame))
    if node.static:
        net_type = target if isinstance(target, typesystem.NetType) else typesystem.type_of(target)
        members.set_static(net_type, name, value)
        return
    members.set_member(target, name, value)


def _assign_element(node: syntax.Index, value: object, frame: Frame) -> None:
    target = values.unwrap(evaluate(node.target, frame))
    index = evaluate(node.index, frame)
    if target is None:
        raise runtime_error("Cannot index into a null array.", "NullArray", Category.InvalidOperation)
    if index is None:
        message = "Index operation failed; the array index evaluated to null."
        raise runtime_error(message, "NullArrayIndex", Category.InvalidOperation)
    if isinstance(target, values.Hashtable):
        if target.value_type:
            value = convert.cast(value, typesystem.find(target.value_type))
        target[index] = value
        return
    if isinstance(target, (list, bytearray)):
        position = position_of(target, index)
        if not -len(target) <= position < len(target):
            raise NetError("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
        element = getattr(target, "element", None)
        if isinstance(target, bytearray):
            value = convert.cast(value, typesystem.find("System.Byte"))
        elif element:
            value = convert.cast(value, typesystem.find(element))
        target[position] = value  # type: ignore[call-overload]
        return
    name = typesystem.type_of(target).full_name
    raise runtime_error(
        f"Unable to index into an object of type {name}.", "CannotIndex", Category.InvalidOperation, name
    )
