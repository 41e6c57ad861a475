# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The language's operators on values (test endpoint process)."""

from __future__ import annotations

import decimal
import math
import operator as python_operator
import re
import typing

from . import convert, numbers, typesystem, values
from .convert import to_bool, to_number, to_string
from .errors import Category, ConversionError, ExceptionObject, NetError, runtime_error
from .patterns import regex, replacement, split, wildcard
from .sequences import as_list, sequence
from .values import unwrap

_RANKS: list[type] = [int, numbers.UInt32, numbers.Int64, numbers.UInt64, numbers.BigInteger, decimal.Decimal, float]


def _rank(value: object) -> int:
    if isinstance(value, float):
        return _RANKS.index(float)
    if isinstance(value, decimal.Decimal):
        return _RANKS.index(decimal.Decimal)
    return _RANKS.index(type(value)) if type(value) in _RANKS else 0


def arithmetic(symbol: str, left: object, right: object) -> object:
    """``+ - * / %`` with what they mean for text, lists, tables, dates."""
    left, right = unwrap(left), unwrap(right)
    special = _SPECIAL.get(symbol)
    if special is not None:
        done, result = special(left, right)
        if done:
            return result
    try:
        first, second = to_number(left), to_number(right)
    except ConversionError as error:
        if error.error_id.startswith("InvalidCast"):
            raise
        raise _no_operator(symbol, left, right) from None
    rank = max(_rank(first), _rank(second))
    if _RANKS[rank] is float:
        return _floating(symbol, float(first), float(second))
    if _RANKS[rank] is decimal.Decimal:
        return _exact(symbol, decimal.Decimal(first), decimal.Decimal(second))
    return _integers(symbol, int(first), int(second), _RANKS[rank])


def _no_operator(symbol: str, left: object, right: object) -> Exception:
    name = {"+": "op_Addition", "-": "op_Subtraction", "*": "op_Multiply", "/": "op_Division", "%": "op_Modulus"}[
        symbol
    ]
    source = typesystem.type_of(left if left is not None else right).full_name
    message = f"Method invocation failed because [{source}] does not contain a method named '{name}'."
    return runtime_error(message, "MethodNotFound", Category.InvalidOperation, name)


def _divide_by_zero() -> Exception:
    inner = ExceptionObject("System.DivideByZeroException", "Attempted to divide by zero.")
    return runtime_error(inner.message, "RuntimeException", Category.NotSpecified, inner=inner)


def _floating(symbol: str, first: float, second: float) -> float:
    if symbol in "/%" and second == 0:
        if symbol == "%" or first == 0 or math.isnan(first):
            return math.nan
        return math.copysign(math.inf, first) * math.copysign(1, second)
    if symbol == "%":
        return math.fmod(first, second)
    try:
        result: float = _PYTHON[symbol](first, second)
    except OverflowError:
        return math.inf
    return result


def _exact(symbol: str, first: decimal.Decimal, second: decimal.Decimal) -> decimal.Decimal:
    if symbol in "/%" and not second:
        raise _divide_by_zero()
    with decimal.localcontext(numbers.DECIMAL_CONTEXT):
        result: decimal.Decimal = first % second if symbol == "%" else _PYTHON[symbol](first, second)
    if abs(result) >= 2**96:
        inner = ExceptionObject("System.OverflowException", "Value was either too large or too small for a Decimal.")
        raise runtime_error(inner.message, "RuntimeException", Category.NotSpecified, inner=inner)
    return result


def _integers(symbol: str, first: int, second: int, number_type: type) -> object:
    if symbol in "/%":
        if second == 0:
            raise _divide_by_zero()
        quotient = abs(first) // abs(second) * (1 if (first < 0) == (second < 0) else -1)
        rest = first - quotient * second
        if symbol == "/" and rest and number_type is not numbers.BigInteger:
            return first / second
        result = quotient if symbol == "/" else rest
    else:
        result = _PYTHON[symbol](first, second)
    if number_type is numbers.BigInteger:
        return numbers.BigInteger(result)
    if numbers.fits(result, number_type):
        return number_type(result)
    if number_type is int:
        return float(result)
    return float(result)


_PYTHON: dict[str, typing.Callable[[typing.Any, typing.Any], typing.Any]] = {
    "+": python_operator.add, "-": python_operator.sub, "*": python_operator.mul, "/": python_operator.truediv,
}  # fmt: skip


def _add(left: object, right: object) -> tuple[bool, object]:
    if isinstance(left, str) and (not isinstance(left, values.Char) or isinstance(right, str)):
        return True, to_string(left) + to_string(right)
    items = sequence(left)
    if items is not None:
        return True, [*items, *(sequence(right) or ([right] if sequence(right) is None else []))]
    if isinstance(left, values.Hashtable):
        if not isinstance(right, values.Hashtable):
            message = "A hash table can only be added to another hash table."
            raise runtime_error(message, "AddHashTableToNonHashTable", Category.InvalidOperation)
        return True, _joined_tables(left, right)
    if left is None:
        return True, right if not isinstance(right, (list, bytearray)) or isinstance(right, values.NetList) else list(
            as_list(right)
        )
    if isinstance(left, (values.DateTime, values.TimeSpan)) and isinstance(right, values.TimeSpan):
        if isinstance(left, values.DateTime):
            return True, values.DateTime(left.ticks + right.ticks, left.kind)
        return True, values.TimeSpan(left.ticks + right.ticks)
    return False, None


def _joined_tables(left: values.Hashtable, right: values.Hashtable) -> values.Hashtable:
    result = values.Hashtable(left.items(), left.type_name, left.ignore_case)
    for key, value in right.items():
        if key in result:
            text = to_string(key)
            message = f"Item has already been added. Key in dictionary: '{text}'  Key being added: '{text}'"
            raise NetError("System.ArgumentException", message, ParamName=None)
        result[key] = value
    return result


def _subtract(left: object, right: object) -> tuple[bool, object]:
    if isinstance(left, values.DateTime):
        if isinstance(right, values.DateTime):
            return True, values.TimeSpan(left.ticks - right.ticks)
        if isinstance(right, values.TimeSpan):
            return True, values.DateTime(left.ticks - right.ticks, left.kind)
    if isinstance(left, values.TimeSpan) and isinstance(right, values.TimeSpan):
        return True, values.TimeSpan(left.ticks - right.ticks)
    return False, None


def _multiply(left: object, right: object) -> tuple[bool, object]:
    if isinstance(left, str) and not isinstance(left, values.Char):
        return True, str(left) * _times(right)
    items = sequence(left)
    if items is not None:
        return True, items * _times(right)
    return False, None


def _times(value: object) -> int:
    times = convert.to_int(value)
    if times < 0:
        message = "Specified argument was out of the range of valid values. (Parameter 'times')"
        raise NetError("System.ArgumentOutOfRangeException", message, ParamName="times", ActualValue=None)
    return times


_SPECIAL: dict[str, typing.Callable[[object, object], tuple[bool, object]]] = {
    "+": _add, "-": _subtract, "*": _multiply,
}  # fmt: skip


def bitwise(name: str, left: object, right: object) -> object:
    left, right = unwrap(left), unwrap(right)
    first, second = (round(to_number(item)) for item in (left, right))
    if isinstance(left, values.EnumValue) and name.startswith("b"):
        return left.type(_BITWISE[name](first, second))
    kinds = [type(to_number(item)) for item in ((left,) if name.startswith("sh") else (left, right))]
    number_type = max((kind for kind in kinds), key=lambda kind: _RANKS.index(kind) if kind in _RANKS else 0)
    number_type = (
        number_type
        if number_type in numbers.INTEGERS and number_type in _RANKS
        else numbers.Int64
        if abs(first) > 2**31
        else int
    )
    bits = {int: 32, numbers.UInt32: 32}.get(number_type, 64)
    result = _BITWISE[name](first, second & (bits - 1) if name.startswith("sh") else second) & (2**bits - 1)
    if number_type in (int, numbers.Int64) and result >= 2 ** (bits - 1):
        result -= 2**bits
    return number_type(result)


_BITWISE: dict[str, typing.Callable[[int, int], int]] = {
    "band": python_operator.and_, "bor": python_operator.or_, "bxor": python_operator.xor,
    "shl": python_operator.lshift, "shr": python_operator.rshift,
}  # fmt: skip


def equal(left: object, right: object, ignore_case: bool = True) -> bool:
    """-eq for two single values; the right one is converted to the left one's type."""
    left, right = unwrap(left), unwrap(right)
    left = None if left is values.NOTHING else left
    right = None if right is values.NOTHING else right
    if left is None or right is None:
        return left is right
    if isinstance(left, str) and not (isinstance(left, values.Char) and not isinstance(right, str)):
        text = to_string(right)
        return left.lower() == text.lower() if ignore_case else str(left) == text
    if isinstance(left, bool):
        return left == to_bool(right)
    if isinstance(left, (int, float, decimal.Decimal, values.SwitchParameter)):
        try:
            return bool(to_number(left) == to_number(right))
        except ConversionError:
            return False
    if isinstance(left, values.EnumValue) and not isinstance(right, values.EnumValue):
        try:
            return convert.cast(right, typesystem.type_of(left)) == left
        except ConversionError:
            return False
    if type(left) is not type(right) and not isinstance(left, (list, values.Hashtable)):
        try:
            right = convert.cast(right, typesystem.type_of(left))
        except ConversionError:
            return False
    if isinstance(left, (values.DateTime, values.TimeSpan, values.Version, values.EnumValue, values.Uri)) or hasattr(
        left, "hex"
    ):
        return left == right
    return left is right


def compare(left: object, right: object, ignore_case: bool = True) -> int:
    """Less than, equal to or greater than zero.

    :raises PSTerminating: the values cannot be ordered.
    """
    left, right = unwrap(left), unwrap(right)
    if left is None or right is None:
        if left is None and right is None:
            return 0
        other = right if left is None else left
        sign = -1 if left is None else 1
        return sign * (1 if not isinstance(other, (int, float)) or other >= 0 else -1)
    if isinstance(left, str) and not isinstance(left, values.Char):
        first, second = left, to_string(right)
        return _order(_collation(first, ignore_case), _collation(second, ignore_case))
    if isinstance(left, (int, float, decimal.Decimal, values.EnumValue, values.Char)):
        if isinstance(left, values.EnumValue) and isinstance(right, str):
            right = convert.cast(right, typesystem.type_of(left))
        return _order(to_number(left), to_number(right))
    if isinstance(left, (values.DateTime, values.TimeSpan, values.Version)):
        return _order(left, convert.cast(right, typesystem.type_of(left)))
    if hasattr(left, "compare_to"):
        return int(left.compare_to(right))
    name = typesystem.type_of(left).full_name
    message = f'Cannot compare "{to_string(left)}" because it is not IComparable.'
    raise runtime_error(message, "NotIcomparable", Category.InvalidOperation, target=name)


def _collation(text: str, ignore_case: bool) -> object:
    return text.lower() if ignore_case else [(character.lower(), character.isupper()) for character in text]


def _order(first: typing.Any, second: typing.Any) -> int:
    return int(first > second) - int(first < second)


_ORDER: dict[str, typing.Callable[[int], bool]] = {
    "gt": lambda order: order > 0, "ge": lambda order: order >= 0,
    "lt": lambda order: order < 0, "le": lambda order: order <= 0,
}  # fmt: skip


def comparison(name: str, left: object, right: object, matched: typing.Callable[[re.Match[str]], None]) -> object:
    """The comparison operators; on a list they give the elements that match.

    :param name: in lower case, with its c or i.
    :param matched: takes the match of -match, for $Matches.
    """
    ignore_case = not (name.startswith("c") and name != "contains")
    plain = name[1:] if name[0] in "ci" and name not in ("contains", "in") else name
    if plain in ("contains", "notcontains"):
        return any(equal(item, right, ignore_case) for item in as_list(left)) == (plain == "contains")
    if plain in ("in", "notin"):
        return any(equal(item, left, ignore_case) for item in as_list(right)) == (plain == "in")
    if plain == "split":
        return split(left, right, ignore_case)
    if plain == "join":
        return to_string(right).join(to_string(item) for item in as_list(left))
    if plain == "replace":
        return _replace(left, right, ignore_case)
    items = sequence(left)
    test = _test(plain, right, ignore_case, matched if items is None else lambda match: None)
    return test(left) if items is None else [item for item in items if test(item)]


def _test(
    name: str, right: object, ignore_case: bool, matched: typing.Callable[[re.Match[str]], None]
) -> typing.Callable[[object], bool]:
    if name in ("eq", "ne"):
        return lambda item: equal(item, right, ignore_case) == (name == "eq")
    if name in _ORDER:
        return lambda item: _ORDER[name](compare(item, right, ignore_case))
    negative = name.startswith("not")
    if name.endswith("like"):
        pattern = wildcard(to_string(right), ignore_case)
        return lambda item: bool(pattern.match(to_string(item))) != negative
    expression = regex(right, re.IGNORECASE if ignore_case else 0)

    def search(item: object) -> bool:
        found = expression.search(to_string(item))
        if found and not negative:
            matched(found)
        return bool(found) != negative

    return search


def _replace(left: object, right: object, ignore_case: bool) -> object:
    parameters = as_list(right)
    expression = regex(parameters[0] if parameters else "", re.IGNORECASE if ignore_case else 0)
    new = parameters[1] if len(parameters) > 1 else ""
    if isinstance(new, values.ScriptBlock):
        from .net_regex import Match
        from .session import current

        block = new

        def call(match: re.Match[str]) -> str:
            return to_string(current().call_block(block, item=Match(match)))

        expand: typing.Callable[[re.Match[str]], str] = call
    else:
        expand = replacement(to_string(new))
    items = sequence(left)
    if items is None:
        return expression.sub(expand, to_string(left))
    return [expression.sub(expand, to_string(item)) for item in items]


def number_range(left: object, right: object) -> list[object]:
    """``left..right``, of numbers or of characters."""
    if (
        isinstance(left, str)
        and isinstance(right, str)
        and len(left) == 1
        and len(right) == 1
        and not (left + right).isdigit()
    ):
        first, last = ord(left), ord(right)
        return [
            values.Char(chr(code))
            for code in range(first, last + (1 if last >= first else -1), 1 if last >= first else -1)
        ]
    first, last = convert.to_int(left), convert.to_int(right)
    step = 1 if last >= first else -1
    return list(range(first, last + step, step))
