# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of numbers, Math and Convert (test endpoint process)."""

from __future__ import annotations

import base64
import decimal
import math
import sys
import typing

from . import convert, numbers, typesystem, values
from .calling import static_property
from .convert import to_string
from .errors import NetError
from .typesystem import NetObject, NetType, members_of, net_class

_RANGE_ERRORS = {"System.Byte": "an unsigned byte", "System.Int32": "an Int32", "System.Int64": "an Int64"}


def _number_members(full_name: str, number_type: typing.Any) -> None:
    """Parse, TryParse, MinValue, MaxValue."""

    def parse(text: str, *options: object) -> object:
        try:
            value = int(text, 16) if any("hex" in to_string(option).lower() for option in options) else int(text)
        except ValueError:
            raise NetError(
                "System.FormatException", f"The input string '{text}' was not in a correct format."
            ) from None
        if number_type in numbers.INTEGERS and not numbers.fits(value, number_type):
            kind = _RANGE_ERRORS.get(full_name, full_name)
            raise NetError("System.OverflowException", f"Value was either too large or too small for {kind}.")
        return number_type(value)

    def try_parse(text: object, *rest: object) -> bool:
        from .commands.state import store_reference

        try:
            store_reference(rest[-1] if rest else None, parse(to_string(text)))
        except NetError:
            store_reference(rest[-1] if rest else None, number_type(0))
            return False
        return True

    low, high = numbers.INTEGERS.get(number_type, (0, 0))
    body: dict[str, object] = {
        "parse": staticmethod(parse),
        "try_parse": staticmethod(try_parse),
        "min_value": static_property(lambda: number_type(low)),
        "max_value": static_property(lambda: number_type(high)),
    }
    if number_type is numbers.BigInteger:
        body.update(
            net_properties=("IsPowerOfTwo", "IsZero", "IsOne", "IsEven", "Sign"),
            pow=staticmethod(lambda base, power: numbers.BigInteger(int(base) ** int(power))),
        )
        body.update({
            "is_power_of_two": property(lambda value: value > 0 and value & (value - 1) == 0),
            "is_zero": property(lambda value: value == 0), "is_one": property(lambda value: value == 1),
            "is_even": property(lambda value: value % 2 == 0),
            "sign": property(lambda value: (value > 0) - (value < 0)),
        })  # fmt: skip
    members_of(full_name)(type("IntegerMembers", (), body))


for _type in (*numbers.INTEGERS, numbers.BigInteger):
    _number_members(typesystem.type_of(_type(0)).full_name, _type)


def _parse_double(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise NetError("System.FormatException", f"The input string '{text}' was not in a correct format.") from None


def _float_members(kind: typing.Any, epsilon: float, greatest: float) -> type:
    def constant(value: float) -> static_property:
        return static_property(lambda: kind(value))

    return type("FloatMembers", (), {
        "parse": staticmethod(lambda text, *options: kind(_parse_double(to_string(text)))),
        "na_n": constant(math.nan), "positive_infinity": constant(math.inf), "negative_infinity": constant(-math.inf),
        "epsilon": constant(epsilon), "max_value": constant(greatest), "min_value": constant(-greatest),
        "is_na_n": staticmethod(lambda value: math.isnan(value)),
        "is_infinity": staticmethod(lambda value: math.isinf(value)),
    })  # fmt: skip


members_of("System.Double")(_float_members(float, 5e-324, sys.float_info.max))
members_of("System.Single")(_float_members(numbers.Single, 1.401298464324817e-45, 3.4028234663852886e38))


@members_of("System.Decimal")
class DecimalMembers:
    zero = static_property(lambda: decimal.Decimal(0))
    one = static_property(lambda: decimal.Decimal(1))
    max_value = static_property(lambda: decimal.Decimal(2**96 - 1))
    min_value = static_property(lambda: decimal.Decimal(1 - 2**96))

    @staticmethod
    def round(value: object, digits: int = 0) -> object:
        return Math.round(value, digits)

    @staticmethod
    def parse(text: str) -> object:
        return decimal.Decimal(text)


@members_of("System.Boolean")
class BooleanMembers:
    true_string = static_property(lambda: "True")
    false_string = static_property(lambda: "False")

    @staticmethod
    def parse(text: str) -> bool:
        if text.strip().lower() not in ("true", "false"):
            raise NetError("System.FormatException", f"String '{text}' was not recognized as a valid Boolean.")
        return text.strip().lower() == "true"


@net_class
class Math(NetObject):
    net_name = "System.Math"
    pi = static_property(lambda: math.pi)
    e = static_property(lambda: math.e)

    @staticmethod
    def round(value: object, *options: object) -> object:
        number = convert.to_number(value)
        digits = next((option for option in options if isinstance(option, int)), 0)
        away = any("away" in to_string(option).lower() for option in options)
        rounding = decimal.ROUND_HALF_UP if away else decimal.ROUND_HALF_EVEN
        if isinstance(number, decimal.Decimal):
            return number.quantize(decimal.Decimal(1).scaleb(-digits), rounding)
        # .NET rounds the product, with what multiplying has made of it.
        scaled = decimal.Decimal(float(number) * 10.0**digits)
        return float(scaled.quantize(decimal.Decimal(1), rounding)) / 10.0**digits

    @staticmethod
    def floor(value: object) -> object:
        return float(math.floor(convert.to_number(value)))

    @staticmethod
    def ceiling(value: object) -> object:
        return float(math.ceil(convert.to_number(value)))

    @staticmethod
    def truncate(value: object) -> object:
        return float(math.trunc(convert.to_number(value)))

    @staticmethod
    def abs(value: object) -> object:
        number = convert.to_number(value)
        if isinstance(number, int) and type(number) in numbers.INTEGERS and not numbers.fits(abs(number), type(number)):
            message = "Negating the minimum value of a twos complement number is invalid."
            raise NetError("System.OverflowException", message)
        return type(number)(abs(number))

    @staticmethod
    def max(first: object, second: object) -> object:
        return first if convert.to_number(first) >= convert.to_number(second) else second

    @staticmethod
    def min(first: object, second: object) -> object:
        return first if convert.to_number(first) <= convert.to_number(second) else second

    @staticmethod
    def pow(x: float, y: float) -> float:
        try:
            return float(math.pow(x, y))
        except OverflowError:
            return math.inf
        except ValueError:
            return math.inf if not x else math.nan

    @staticmethod
    def sqrt(d: float) -> float:
        return math.sqrt(d) if d >= 0 else math.nan

    @staticmethod
    def log(d: float, *base: float) -> float:
        return math.log(d, *base) if d > 0 else math.nan if d else -math.inf

    @staticmethod
    def log10(d: float) -> float:
        return math.log10(d) if d > 0 else math.nan if d else -math.inf

    @staticmethod
    def sign(value: float) -> int:
        return (value > 0) - (value < 0)


@net_class
class Convert(NetObject):
    net_name = "System.Convert"

    @staticmethod
    def to_base64_string(data: bytearray, start: object = 0, count: object = None, *options: object) -> str:
        begin = 0 if isinstance(start, values.EnumValue) else convert.to_int(start)
        end = len(data) if count is None else begin + convert.to_int(count)
        return base64.b64encode(data[begin:end]).decode()

    @staticmethod
    def from_base64_string(text: str) -> object:
        try:
            return bytearray(base64.b64decode("".join(text.split()), validate=True))
        except ValueError:
            message = (
                "The input is not a valid Base-64 string as it contains a non-base 64 character, more "
                "than two padding characters, or an illegal character among the padding characters."
            )
            raise NetError("System.FormatException", message) from None

    @staticmethod
    def to_hex_string(data: bytearray) -> str:
        return data.hex().upper()

    @staticmethod
    def from_hex_string(text: str) -> object:
        return bytearray.fromhex(text)

    @staticmethod
    def to_string(value: object, base: object = None) -> str:
        if isinstance(base, int) and isinstance(value, int):
            return {2: f"{value:b}", 8: f"{value:o}", 16: f"{value:x}"}.get(base, str(value))
        return to_string(value)

    @staticmethod
    def change_type(value: object, target: object) -> object:
        return convert.cast(value, typing.cast(NetType, target))


def _convert_to(type_name: str) -> staticmethod:  # type: ignore[type-arg]
    def change(value: object, base: object = None) -> object:
        if isinstance(base, int) and isinstance(value, str):
            value = int(value, base)
        return convert.cast(value, typesystem.find(type_name))

    return staticmethod(change)


for _name in (
    "int16",
    "int32",
    "int64",
    "uint16",
    "uint32",
    "uint64",
    "byte",
    "sbyte",
    "boolean",
    "double",
    "single",
    "decimal",
    "char",
    "datetime",
):
    setattr(Convert, f"to_{_name}", _convert_to(_name))


@net_class
class BitConverter(NetObject):
    net_name = "System.BitConverter"
    is_little_endian = static_property(lambda: True)

    @staticmethod
    def to_string(data: bytearray, start: int = 0, count: object = None) -> str:
        end = len(data) if count is None else start + convert.to_int(count)
        return "-".join(f"{byte:02X}" for byte in data[start:end])

    @staticmethod
    def get_bytes(value: object) -> object:
        number = convert.to_number(value)
        size = {numbers.Int16: 2, numbers.UInt16: 2, numbers.Int64: 8, numbers.UInt64: 8}.get(type(number), 4)
        return bytearray((int(number) % 2 ** (8 * size)).to_bytes(size, "little"))

    @staticmethod
    def to_int32(data: bytearray, start: int = 0) -> int:
        return int.from_bytes(data[start : start + 4], "little", signed=True)

    @staticmethod
    def to_int64(data: bytearray, start: int = 0) -> object:
        return numbers.Int64(int.from_bytes(data[start : start + 8], "little", signed=True))
