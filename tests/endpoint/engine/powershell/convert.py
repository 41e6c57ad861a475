# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The language's conversions: to truth and numbers, and casts (test endpoint process)."""

from __future__ import annotations

import decimal
import math
import re
import typing
import uuid
from xml.etree import ElementTree

from . import dates, numbers, typesystem, values
from .errors import ConversionError, ExceptionObject, NetError
from .texts import dotnet_string, to_string
from .typesystem import NetType
from .values import unwrap

__all__ = [
    "cast",
    "dotnet_string",
    "quoted",
    "to_array",
    "to_bool",
    "to_int",
    "to_integer",
    "to_number",
    "to_string",
    "version_of",
]

_RANGE_NAMES = {
    numbers.Byte: "an unsigned byte", numbers.SByte: "a signed byte", numbers.Int16: "an Int16",
    numbers.UInt16: "a UInt16", int: "an Int32", numbers.UInt32: "a UInt32", numbers.Int64: "an Int64",
    numbers.UInt64: "a UInt64",
}  # fmt: skip


def to_bool(value: object) -> bool:
    value = unwrap(value)
    if value is None or value is values.NOTHING:
        return False
    if isinstance(value, values.Char):
        return value != "\0"
    if isinstance(value, values.NetList) and value.kind != "LST":
        return True
    if isinstance(value, (list, bytearray)):
        return to_bool(value[0]) if len(value) == 1 else bool(value)
    if isinstance(value, (bool, str, int, float, decimal.Decimal, values.SwitchParameter)):
        return bool(value)
    if isinstance(value, values.EnumValue):
        return value.value != 0
    return True


def quoted(value: object) -> str:
    """A value in the message of a conversion that failed: lists are named by their type."""
    return f'"{dotnet_string(value) if isinstance(value, (list, bytearray)) else to_string(value)}"'


def to_number(value: object) -> typing.Any:
    """What arithmetic does with an operand: text becomes the number that it writes.

    :raises ConversionError: it is no number.
    """
    value = unwrap(value)
    if value is None or value is values.NOTHING:
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, values.Char):
        return ord(value)
    if isinstance(value, (int, float, decimal.Decimal)):
        return value
    if isinstance(value, values.EnumValue):
        return value.value
    if isinstance(value, values.SwitchParameter):
        return int(value.present)
    if isinstance(value, str):
        return _number_of_text(value, "System.Int32")
    raise _cannot(value, "System.Int32")


def _number_of_text(text: str, target: str) -> typing.Any:
    if not text.strip():
        return 0
    try:
        return numbers.number_of(text.strip())
    except (ValueError, decimal.DecimalException):
        message = f"The input string '{text}' was not in a correct format."
        raise ConversionError(
            f'Cannot convert value "{text}" to type "{target}". Error: "{message}"',
            "InvalidCastFromStringToInteger" if target not in ("System.Double", "System.Single", "System.Decimal")
            else "InvalidCastFromStringToDoubleOrSingle",
            ExceptionObject("System.FormatException", message),
        ) from None  # fmt: skip


def to_int(value: object) -> int:
    return int(cast(value, typesystem.find("System.Int32")))  # type: ignore[call-overload, no-any-return]


def _cannot(value: object, target: str) -> ConversionError:
    if value is None:
        return ConversionError(f'Cannot convert null to type "{target}".', "nullToObjectInvalidCast")
    source = typesystem.type_of(value).full_name
    message = f'Cannot convert the {quoted(value)} value of type "{source}" to type "{target}".'
    return ConversionError(message, "ConvertToFinalInvalidCastException")


def _failed(value: object, target: str, error: str, error_id: str, inner: str) -> ConversionError:
    message = f'Cannot convert value {quoted(value)} to type "{target}". Error: "{error}"'
    return ConversionError(message, error_id, ExceptionObject(inner, error))


def to_integer(value: object, number_type: type, target: str) -> int:
    """An integer of that type, rounded half to even.

    :raises ConversionError: it is no number or does not fit.
    """
    value = unwrap(value)
    number = (
        _number_of_text(value, target)
        if isinstance(value, str) and not isinstance(value, values.Char)
        else to_number(value)
    )
    if isinstance(number, float) and not math.isfinite(number):
        whole = 2**200
    else:
        whole = round(number)
    if number_type is not numbers.BigInteger and not numbers.fits(whole, number_type):
        name = f"Value was either too large or too small for {_RANGE_NAMES[number_type]}."
        raise _failed(value, target, name, "InvalidCastIConvertible", "System.OverflowException")
    return typing.cast(int, number_type(whole))


def cast(value: object, target: NetType) -> object:
    """``[target]$value``.

    :raises ConversionError: PowerShell has no such conversion.
    """
    name = target.full_name
    if name in ("System.Object", "System.Array") or (
        target.definition is None and value is not None and _fits(value, target)
    ):
        if isinstance(unwrap(value), (int, float, decimal.Decimal, values.DateTime)) and name != "System.Array":
            return value if name == "System.Object" else unwrap(value)
        return value if name != "System.Array" or isinstance(unwrap(value), (list, bytearray)) else [value]
    plain = unwrap(value)
    if plain is values.NOTHING:
        plain = None
    if converter := _CONVERTERS.get(name):
        return converter(plain)
    python = typesystem.PYTHON_OF.get(name)
    if python in numbers.INTEGERS or python is numbers.BigInteger:
        return to_integer(plain, python, name)
    if target.element:
        return to_array(plain, target.element)
    if target.enum:
        return _to_enum(plain, target.enum)
    if plain is None:
        if target.bases and "System.ValueType" in target.bases and not name.startswith("System.Nullable"):
            raise _cannot(None, name)
        return None
    if name.startswith("System.Nullable"):
        return cast(plain, target.arguments[0])
    return _to_object(plain, target)


def _fits(value: object, target: NetType) -> bool:
    plain = unwrap(value)
    if target.full_name == "System.String":
        return isinstance(plain, str) and not isinstance(plain, values.Char)
    if target.full_name == "System.Management.Automation.PSObject":
        return isinstance(value, values.PSObject)
    return typesystem.is_a(plain, target)


def to_array(value: object, element: NetType) -> object:
    items: typing.Iterable[object]
    if isinstance(value, (list, bytearray)):
        items = value
    elif isinstance(value, str) and element.full_name == "System.Char":
        items = [values.Char(character) for character in value]
    elif value is None:
        return None
    else:
        items = [value]
    if element.full_name == "System.Byte":
        return (
            bytearray(to_integer(item, numbers.Byte, element.full_name) for item in items)
            if not isinstance(items, bytearray)
            else items
        )
    converted = [cast(_element(item, value), element) for item in items]
    return converted if element.full_name == "System.Object" else values.TypedArray(element.full_name, converted)


def _element(item: object, container: object) -> object:
    return numbers.Byte(item) if isinstance(container, bytearray) else item  # type: ignore[call-overload]


def _to_enum(value: object, enum_type: values.EnumType) -> object:
    if isinstance(value, str):
        found = enum_type.find(value)
        if found:
            return found
        names = ",".join(enum_type.members)
        error = (
            f"Unable to match the identifier name {value} to a valid enumerator name. Specify one of the following "
            f"enumerator names and try again:\n{names.replace(',', ', ')}"
        )
        raise _failed(
            value, enum_type.name, error, "SubstringDisambiguationEnumParseThrewAnException", "System.ArgumentException"
        )
    if isinstance(value, (int, values.EnumValue, float)) and not isinstance(value, bool):
        return enum_type(int(value))
    if isinstance(value, list):
        return _to_enum(",".join(map(to_string, value)), enum_type)
    raise _cannot(value, enum_type.name)


def _to_object(value: object, target: NetType) -> object:
    """Collections, classes with a constructor for the value, and properties out of a table."""
    from . import construct, members, operators

    if target.full_name.startswith("System.Collections."):
        made = construct.construct(target, [])
        if isinstance(made, values.NetList):
            items = value if isinstance(value, list) else [value]
            given = [cast(item, target.arguments[0]) if target.arguments else item for item in items]
            distinct = "HashSet" in target.full_name
            for item in given:
                if not distinct or not any(operators.equal(item, known, False) for known in made):
                    made.append(item)
            return made
        if isinstance(made, values.Hashtable) and isinstance(value, values.Hashtable):
            made.update(value)
            return made
    if isinstance(value, values.Hashtable):
        try:
            made = construct.construct(target, [])
        except LookupError:
            raise _cannot(value, target.full_name) from None
        for key, item in value.items():
            if not members.find_member(made, to_string(key))[0]:
                raise _no_such_property(made, to_string(key), target)
            members.set_member(made, to_string(key), item)
        return made
    try:
        return construct.construct(target, [value])
    except NetError as error:
        text = error.exception.message
        raise _failed(
            value, target.full_name, text, "InvalidCastParseTargetInvocation", error.exception.type_names[0]
        ) from None
    except LookupError:
        raise _cannot(value, target.full_name) from None


def _no_such_property(made: object, name: str, target: NetType) -> ConversionError:
    from . import members

    settable = []
    for known, _kind in members.property_names(made):
        declared = target.definition.type_of(known) if target.definition else None
        settable.append(f"[{known} <{declared or 'System.Object'}>]")
    message = f"The property '{name}' was not found for the '{target.full_name}' object. "
    message += f"The settable properties are: {', '.join(settable)}."
    inner = ExceptionObject("System.InvalidOperationException", message)
    return ConversionError(
        f'Cannot create object of type "{target.full_name}". {message}', "ObjectCreationError", inner
    )


def _to_char(value: object) -> object:
    if isinstance(value, str) and len(value) == 1:
        return values.Char(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return values.Char(chr(to_integer(value, numbers.UInt16, "System.Char")))
    error = "String must be exactly one character long."
    raise _failed(value, "System.Char", error, "InvalidCastParseTargetInvocation", "System.FormatException")


def _to_double(number_type: type[float]) -> typing.Callable[[object], object]:
    name = typesystem.type_of(number_type(0)).full_name

    def convert(value: object) -> object:
        if isinstance(value, str) and value.strip().lower() in ("nan", "infinity", "-infinity", "∞", "-∞"):
            return number_type(value.strip().lower().replace("∞", "inf"))
        number = _number_of_text(value, name) if isinstance(value, str) else to_number(value)
        return number_type(number)

    return convert


def _to_decimal(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?\d+\.\d+\s*", value):
        return decimal.Decimal(value)  # which keeps the places that are given
    number = _number_of_text(value, "System.Decimal") if isinstance(value, str) else to_number(value)
    return decimal.Decimal(numbers.double_text(number)) if isinstance(number, float) else decimal.Decimal(number)


def _parsed(
    target: str,
    parse: typing.Callable[[str], object],
    message: str,
    error_id: str = "InvalidCastParseTargetInvocationWithFormatProvider",
    inner: str = "System.FormatException",
) -> typing.Callable[[object], object]:
    def convert(value: object) -> object:
        if not isinstance(value, str):
            raise _cannot(value, target)
        try:
            return parse(value)
        except ValueError:
            raise _failed(value, target, message.format(value), error_id, inner) from None

    return convert


def _to_datetime(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return values.DateTime(value)
    message = "String '{0}' was not recognized as a valid DateTime."
    if isinstance(value, str) and (word := re.search(r"[A-Za-z]", value)):
        message = (
            "The string '{0}' was not recognized as a valid DateTime. There is an unknown word starting at index "
            f"'{word.start()}'."
        )
    return _parsed("System.DateTime", dates.parse, message)(value)


def _to_timespan(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return values.TimeSpan(value)
    message = "String '{0}' was not recognized as a valid TimeSpan."
    return _parsed("System.TimeSpan", dates.parse_span, message)(value)


_VERSION_PROBLEM = "Version string portion was too short or too long. (Parameter 'input')"


def _to_version(value: object) -> object:
    parse = _parsed(
        "System.Version", version_of, _VERSION_PROBLEM, "InvalidCastParseTargetInvocation", "System.ArgumentException"
    )
    return None if value is None else parse(to_string(value) if isinstance(value, (float, decimal.Decimal)) else value)


def _to_xml(value: object) -> object:
    text = to_string(value)
    try:
        ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        from .net_xml import problem_of

        message = problem_of(text, str(error).partition(":")[0])
        raise _failed(value, "System.Xml.XmlDocument", message, "InvalidCastToXmlDocument", "System.Xml.XmlException") \
            from None  # fmt: skip
    return values.XmlDocument(text)


def version_of(text: str) -> values.Version:
    if not re.fullmatch(r"\d+(\.\d+){1,3}", text.strip()):
        raise ValueError(_VERSION_PROBLEM)
    return values.Version(tuple(int(part) for part in text.strip().split(".")))


def _to_guid(value: object) -> object:
    message = "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
    return (
        uuid.UUID(bytes_le=bytes(value))
        if isinstance(value, bytearray)
        else _parsed("System.Guid", uuid.UUID, message)(value)
    )


def _to_custom_object(value: object) -> object:
    if isinstance(value, values.Hashtable):
        names = [(to_string(key), item) for key, item in value.items()]
        made = values.PSObject([pair for pair in names if pair[0].lower() != "pstypename"])
        made.type_names = [to_string(item) for name, item in names if name.lower() == "pstypename"]
        return made
    return value


def _to_switch(value: object) -> object:
    return value if isinstance(value, values.SwitchParameter) else values.SwitchParameter(to_bool(value))


def _to_boolean(value: object) -> object:
    if isinstance(value, str):
        error = (
            'Cannot convert value {} to type "System.Boolean". Boolean parameters accept only Boolean values and '
            "numbers, such as $True, $False, 1 or 0."
        )
        if isinstance(value, values.Char):
            raise ConversionError(error.format(quoted(value)), "InvalidCastFromStringToBoolean")
    return to_bool(value)


def _to_type(value: object) -> object:
    found = typesystem.lookup(value) if isinstance(value, str) else None
    if found is None:
        raise _cannot(value, "System.Type")
    return found


def _to_hashtable(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, values.Hashtable):
        return values.Hashtable(value.items())
    raise _cannot(value, "System.Collections.Hashtable")


def _to_ordered(value: object) -> object:
    if isinstance(value, values.Hashtable):
        return values.Hashtable(value.items(), "System.Collections.Specialized.OrderedDictionary")
    raise _cannot(value, "System.Collections.Specialized.OrderedDictionary")


_CONVERTERS: dict[str, typing.Callable[[object], object]] = {
    "System.String": to_string,
    "System.Boolean": _to_boolean,
    "System.Char": _to_char,
    "System.Double": _to_double(float),
    "System.Single": _to_double(numbers.Single),
    "System.Decimal": _to_decimal,
    "System.DateTime": _to_datetime,
    "System.TimeSpan": _to_timespan,
    "System.Guid": _to_guid,
    "System.Version": _to_version,
    "System.Uri": lambda value: None if value is None else values.Uri(to_string(value)),
    "System.Xml.XmlDocument": _to_xml,
    "System.Void": lambda value: None,
    "System.Type": _to_type,
    "System.Collections.Hashtable": _to_hashtable,
    "System.Collections.Specialized.OrderedDictionary": _to_ordered,
    "System.Management.Automation.PSObject": _to_custom_object,
    "System.Management.Automation.SwitchParameter": _to_switch,
}
