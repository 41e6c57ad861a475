# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluates expressions (test endpoint process)."""

from __future__ import annotations

import typing

from . import convert, drives, formats, members, operators, patterns, sequences, syntax, typesystem, values
from .convert import to_bool, to_string
from .errors import Category, ConversionError, NetError, runtime_error
from .scopes import is_scope, split_name, target_scope
from .sequences import as_list
from .session import Frame

_Evaluator = typing.Callable[[typing.Any, Frame], object]
_EVALUATORS: dict[type, _Evaluator] = {}
_REFERENCE = "System.Management.Automation.PSReference"
_COLLECTION = "System.Collections.ObjectModel.Collection`1"


def evaluates(kind: type) -> typing.Callable[[_Evaluator], _Evaluator]:
    def register(function: _Evaluator) -> _Evaluator:
        _EVALUATORS[kind] = function
        return function

    return register


def evaluate(node: syntax.Node, frame: Frame) -> object:
    """The value of an expression; null where a pipeline in it writes nothing.

    :raises PSTerminating: whatever goes wrong in it.
    """
    value = _EVALUATORS[type(node)](node, frame)
    return None if value is values.NOTHING else value


def statement_value(node: syntax.Node, frame: Frame) -> object:
    """The value of an expression that is a statement: one that only changes something has none."""
    if isinstance(node, syntax.IncDec):
        evaluate(node, frame)
        return values.NOTHING
    if isinstance(node, syntax.Cast) and node.type_name.lower() == "void":
        evaluate(node, frame)
        return values.NOTHING
    if isinstance(node, syntax.Paren) and isinstance(node.statement, syntax.Pipeline):
        return _EVALUATORS[syntax.Paren](node, frame)
    if isinstance(node, syntax.Variable):
        return read_variable(node, frame)
    if isinstance(node, syntax.Invocation):
        return _EVALUATORS[syntax.Invocation](node, frame)
    if isinstance(node, syntax.SubExpression):
        collected = collect(node.statements, frame)
        return collected or values.NOTHING
    return evaluate(node, frame)


def pipeline_input(node: syntax.Node, frame: Frame) -> typing.Iterable[object]:
    """What an expression at a pipeline's head feeds into it."""
    return sequences.enumerate_value(statement_value(node, frame))


def collect(statements: list[syntax.Node], frame: Frame) -> list[object]:
    """What statements write."""
    from .statements import run_statements

    collected: list[object] = []
    run_statements(statements, frame.with_output(collected.append))
    return collected


def value_of_statement(node: syntax.Node, frame: Frame) -> object:
    """What an assignment takes from its right side: an expression's value as it is, or what a statement writes."""
    expression = only_expression(node)
    if expression is not None:
        return _EVALUATORS[type(expression)](expression, frame)
    from .statements import run_statement

    if isinstance(node, syntax.Assignment):
        run_statement(node, frame)
        return (
            evaluate(node.target, frame)
            if not isinstance(node.target, syntax.Cast)
            else evaluate(node.target.operand, frame)
        )
    collected: list[object] = []
    run_statement(node, frame.with_output(collected.append))
    return collected[0] if len(collected) == 1 else collected if collected else values.NOTHING


def only_expression(node: syntax.Node) -> syntax.Node | None:
    """The expression that a statement consists of; None where it is anything more."""
    if isinstance(node, syntax.Pipeline) and len(node.elements) == 1:
        element = node.elements[0]
        if isinstance(element, syntax.CommandExpression) and not element.redirections:
            return element.expression
    return None


@evaluates(syntax.Number)
def _number(node: syntax.Number, frame: Frame) -> object:
    return frame.session.shared.literal(node.value)


@evaluates(syntax.Constant)
@evaluates(syntax.Bareword)
def _constant(node: syntax.Constant, frame: Frame) -> object:
    return node.value


@evaluates(syntax.Expandable)
def _expandable(node: syntax.Expandable, frame: Frame) -> object:
    separator = to_string(frame.scope.value("OFS", " "))
    parts = (part if isinstance(part, str) else to_string(evaluate(part, frame), separator) for part in node.parts)
    return "".join(parts)


@evaluates(syntax.Variable)
def read_variable(node: syntax.Variable, frame: Frame) -> object:
    """A variable, or an item of a drive such as ``$env:PATH``."""
    prefix, name = split_name(node.name)
    lowered = name.lower()
    if prefix is None or is_scope(prefix):
        if prefix is None and lowered in ("true", "false", "null", "?"):
            return {"true": True, "false": False, "null": None, "?": frame.session.success}[lowered]
        scope = target_scope(frame.scope, None if prefix in ("local", "private") else prefix)
        variable = scope.variables.get(lowered) if prefix and prefix != "using" else scope.find(name)
        if variable is None and lowered == "psitem":
            variable = scope.find("_")
        if variable is None:
            return _unset(node, name, frame)
        return variable.get()
    return drives.drive_value(frame, prefix, name)


def _unset(node: syntax.Variable, name: str, frame: Frame) -> object:
    if frame.scope.strict_mode:
        message = f"The variable '${node.name}' cannot be retrieved because it has not been set."
        raise runtime_error(message, "VariableIsUndefined", Category.InvalidOperation, name)
    return None


@evaluates(syntax.ArrayLiteral)
def _array_literal(node: syntax.ArrayLiteral, frame: Frame) -> object:
    return [evaluate(item, frame) for item in node.items]


@evaluates(syntax.ArrayExpression)
def _array_expression(node: syntax.ArrayExpression, frame: Frame) -> object:
    if len(node.statements) == 1 and (expression := only_expression(node.statements[0])):
        value = statement_value(expression, frame)
        if isinstance(value, list) and not isinstance(value, values.NetList):
            return list(value)
        return list(sequences.enumerate_value(value))
    return collect(node.statements, frame)


@evaluates(syntax.SubExpression)
def _sub_expression(node: syntax.SubExpression, frame: Frame) -> object:
    collected = collect(node.statements, frame)
    return collected[0] if len(collected) == 1 else collected if collected else values.NOTHING


@evaluates(syntax.Paren)
def _paren(node: syntax.Paren, frame: Frame) -> object:
    return value_of_statement(node.statement, frame)


@evaluates(syntax.HashLiteral)
def _hash_literal(node: syntax.HashLiteral, frame: Frame) -> object:
    name = "System.Collections.Specialized.OrderedDictionary" if node.ordered else "System.Collections.Hashtable"
    table = values.Hashtable((), name)
    for key_node, value_node in node.pairs:
        key = evaluate(key_node, frame)
        if key is None:
            message = "A null key is not allowed in a hash literal."
            raise runtime_error(message, "InvalidNullKey", Category.InvalidOperation)
        if key in table:
            message = f"Duplicate keys '{to_string(key)}' are not allowed in hash literals."
            raise runtime_error(message, "DuplicateKeyInHashLiteral", Category.InvalidOperation, key)
        value = value_of_statement(value_node, frame)
        table[key] = None if value is values.NOTHING else value
    return table


@evaluates(syntax.ScriptBlockExpression)
def _script_block(node: syntax.ScriptBlockExpression, frame: Frame) -> object:
    return values.ScriptBlock(node.block)


@evaluates(syntax.TypeLiteral)
def _type(node: syntax.TypeLiteral, frame: Frame) -> object:
    return find_type(node.name, frame)


def find_type(name: str, frame: Frame) -> typesystem.NetType:
    known = frame.session.classes.get(name.lower())
    return known if isinstance(known, typesystem.NetType) else typesystem.find(name)


@evaluates(syntax.Cast)
def _cast(node: syntax.Cast, frame: Frame) -> object:
    if node.attribute:
        return evaluate(node.operand, frame)
    target = find_type(node.type_name, frame)
    value = _EVALUATORS[type(node.operand)](node.operand, frame)
    if target.full_name == _REFERENCE:
        return _reference(node.operand, value, frame)
    return convert.cast(value, target)


def _reference(operand: syntax.Node, value: object, frame: Frame) -> values.ObjectValue:
    """``[ref]$x``: what is written to its Value is written to the variable."""
    from .assignment import assign

    held = typesystem.type_of(value).full_name if value is not None and value is not values.NOTHING else "System.Object"
    name = f"{_REFERENCE}`1[[{held}, {values.CORE_LIBRARY}]]"
    made = values.ObjectValue([name, _REFERENCE, "System.Object"], {"Value": value}, f"{_REFERENCE}`1[{held}]")
    if isinstance(operand, syntax.Variable):
        made.on_set = lambda _, changed: assign(operand, changed, frame)
    return made


@evaluates(syntax.Unary)
def _unary(node: syntax.Unary, frame: Frame) -> object:
    value = evaluate(node.operand, frame)
    if node.operator == "not":
        return not to_bool(value)
    if node.operator == ",":
        return [value]
    if node.operator == "join":
        return "".join(to_string(item) for item in as_list(value))
    if node.operator.endswith("split"):
        return patterns.split_words(value)
    number = convert.to_number(value)
    if node.operator == "bnot":
        return operators.bitwise("bxor", number, -1)
    if node.operator == "+":
        return number
    return operators.arithmetic("-", type(number)(0), number) if number else -number


@evaluates(syntax.IncDec)
def _increment(node: syntax.IncDec, frame: Frame) -> object:
    from .assignment import assign

    old = evaluate(node.operand, frame)
    new = operators.arithmetic(node.operator[0], 0 if old is None else old, 1)
    assign(node.operand, new, frame)
    return new if node.prefix else (0 if old is None else old)


@evaluates(syntax.Binary)
def _binary(node: syntax.Binary, frame: Frame) -> object:
    name = node.operator
    left = evaluate(node.left, frame)
    if name == "and":
        return to_bool(left) and to_bool(evaluate(node.right, frame))
    if name == "or":
        return to_bool(left) or to_bool(evaluate(node.right, frame))
    if name == "??":
        return left if left is not None else evaluate(node.right, frame)
    right = evaluate(node.right, frame)
    if name in ("+", "-", "*", "/", "%"):
        return operators.arithmetic(name, left, right)
    if name == "xor":
        return to_bool(left) != to_bool(right)
    if name in ("band", "bor", "bxor", "shl", "shr"):
        return operators.bitwise(name, left, right)
    if name == "..":
        return operators.number_range(left, right)
    if name == "f":
        return formats.format_text(left, right)
    if name in ("is", "isnot", "as"):
        return _type_test(name, left, right, frame)
    return operators.comparison(name, left, right, lambda match: _set_matches(match, frame))


def _type_test(name: str, left: object, right: object, frame: Frame) -> object:
    target = right if isinstance(right, typesystem.NetType) else find_type(to_string(right), frame)
    if name == "as":
        try:
            return convert.cast(left, target)
        except ConversionError:
            return None
    return typesystem.is_a(left, target) == (name == "is")


def _set_matches(match: typing.Any, frame: Frame) -> None:
    table = values.Hashtable()
    for index, text in enumerate((match.group(), *match.groups())):
        name = next((key for key, number in match.re.groupindex.items() if number == index), index)
        if text is not None:
            table[name] = text
    frame.scope.set("Matches", table)


@evaluates(syntax.Ternary)
def _ternary(node: syntax.Ternary, frame: Frame) -> object:
    return evaluate(node.if_true if to_bool(evaluate(node.condition, frame)) else node.if_false, frame)


def _target(node: syntax.Member, frame: Frame) -> object:
    return evaluate(node.target, frame)


@evaluates(syntax.Member)
def _member(node: syntax.Member, frame: Frame) -> object:
    target = _target(node, frame)
    name = evaluate(node.name, frame)
    if node.null_conditional and target is None:
        return None
    strict = frame.scope.strict_mode
    if node.static:
        net_type = target if isinstance(target, typesystem.NetType) else typesystem.type_of(target)
        return members.get_static(net_type, to_string(name), strict)
    if isinstance(values.unwrap(target), values.Hashtable) and not isinstance(name, str):
        return typing.cast(values.Hashtable, values.unwrap(target)).get(name)
    return members.get_member(target, to_string(name), strict)


@evaluates(syntax.Invocation)
def _invocation(node: syntax.Invocation, frame: Frame) -> object:
    target = _target(node, frame)
    name = to_string(evaluate(node.name, frame))
    if node.null_conditional and target is None:
        return None
    arguments = [evaluate(argument, frame) for argument in node.arguments]
    if node.static:
        net_type = target if isinstance(target, typesystem.NetType) else typesystem.type_of(target)
        return members.invoke_static(net_type, name, arguments)
    if isinstance(target, list) and name.lower() in ("foreach", "where"):
        return _each(name.lower(), target, arguments)
    return members.invoke(target, name, arguments)


def _each(name: str, items: list[object], arguments: list[object]) -> object:
    """The ForEach and Where that every collection has."""
    from .session import current

    if name == "where" and len(arguments) > 1:
        return _where(items, *arguments)
    result = values.NetList("System.Collections.ObjectModel.Collection`1")
    for item in list(items):
        action = arguments[0]
        if not isinstance(action, values.ScriptBlock):
            found = members.get_member(item, to_string(action))
            result.extend(as_list(found))
            continue
        value = current().call_block(action, arguments[1:], item=item)
        if name == "where":
            result.extend([item] if to_bool(value) else [])
        else:
            result.extend(sequences.enumerate_value(value))
    return result


def _where(items: list[object], block: object, mode: object, count: object = 0) -> object:
    """Where with a mode: the first or the last ones, those before, those from the first match on, or both groups."""
    from .session import current

    found = [to_bool(current().call_block(typing.cast(values.ScriptBlock, block), (), item=item)) for item in items]
    kind, number = to_string(mode).lower(), convert.to_int(count)
    kept = [item for item, matches in zip(items, found, strict=True) if matches]
    start = found.index(True) if kept else len(items)
    if kind == "split":
        kept = kept[: number or None]
        rest = [item for item in items if not any(item is one for one in kept)]
        return [values.NetList(_COLLECTION, kept), values.NetList(_COLLECTION, rest)]
    groups = {
        "first": kept[: number or 1], "last": kept[-(number or 1) :], "skipuntil": items[start:][: number or None],
        "until": items[:start][: number or None],
    }  # fmt: skip
    return values.NetList(_COLLECTION, groups.get(kind, kept[: number or None]))


@evaluates(syntax.Index)
def _index(node: syntax.Index, frame: Frame) -> object:
    target = values.unwrap(evaluate(node.target, frame))
    index = evaluate(node.index, frame)
    if target is None:
        raise runtime_error("Cannot index into a null array.", "NullArray", Category.InvalidOperation)
    if isinstance(target, values.Hashtable):
        strict = frame.scope.strict_mode >= 3
        if strict and target.value_type and not isinstance(index, list) and index not in target:
            message = f"The given key '{to_string(index)}' was not present in the dictionary."
            raise NetError("System.Collections.Generic.KeyNotFoundException", message)
        return _table_item(target, index)
    if isinstance(target, values.NetList) and target.type_name.endswith("PSMemberInfoIntegratingCollection`1"):
        name = to_string(index).lower()
        return next((item for item in target if to_string(members.get_member(item, "Name")).lower() == name), None)
    if hasattr(target, "get_item"):
        return target.get_item(index)
    if isinstance(target, (list, bytearray, str)):
        if isinstance(index, list) and not (isinstance(target, values.TypedArray) and target.lengths):
            found = [_item(target, position, frame) for position in index]
            return [item for item in found if item is not None]
        return _item(target, index, frame)
    if index in (0, -1):
        return target
    name = typesystem.type_of(target).full_name
    raise runtime_error(
        f'Unable to index into an object of type "{name}".', "CannotIndex", Category.InvalidOperation, name
    )


def _table_item(table: values.Hashtable, index: object) -> object:
    if isinstance(index, list):
        return [table.get(key) for key in index]
    if table.ordered and isinstance(index, int) and index not in table:
        return table.at(index) if -len(table) <= index < len(table) else None
    return table.get(index)


def position_of(target: typing.Any, index: object) -> int:
    """Where an item stands; an array of several dimensions has an index for each."""
    if isinstance(index, list) and isinstance(target, values.TypedArray) and target.lengths:
        return target.position([convert.to_int(part) for part in index])
    return convert.to_int(index)


def _item(target: typing.Any, index: object, frame: Frame) -> object:
    position = position_of(target, index)
    if not -len(target) <= position < len(target):
        if frame.scope.strict_mode >= 3:
            if isinstance(target, values.NetList):
                message = (
                    "Index was out of range. Must be non-negative and less than the size of the collection. "
                    "(Parameter 'index')"
                )
                raise NetError("System.ArgumentOutOfRangeException", message, ParamName="index", ActualValue=None)
            raise NetError("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
        return None
    item: object = target[position]
    if isinstance(target, bytearray):
        from .numbers import Byte

        return Byte(typing.cast(int, item))
    return values.Char(item) if isinstance(target, str) else item


__all__ = ["NetError", "collect", "evaluate", "pipeline_input", "statement_value", "value_of_statement"]
