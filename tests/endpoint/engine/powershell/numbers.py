# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number types of .NET: literals, ranks and text (test endpoint process).

Int32 is Python's int, Double its float, Decimal its Decimal; the others are subclasses of these.
"""

from __future__ import annotations

import decimal
import math
import re
import struct


class SByte(int):
    """System.SByte"""


class Byte(int):
    """System.Byte"""


class Int16(int):
    """System.Int16"""


class UInt16(int):
    """System.UInt16"""


class UInt32(int):
    """System.UInt32"""


class Int64(int):
    """System.Int64"""


class UInt64(int):
    """System.UInt64"""


class BigInteger(int):
    """System.Numerics.BigInteger"""


class Single(float):
    """System.Single"""


#: The integers with their bounds.
INTEGERS: dict[type, tuple[int, int]] = {
    SByte: (-(2**7), 2**7 - 1),
    Byte: (0, 2**8 - 1),
    Int16: (-(2**15), 2**15 - 1),
    UInt16: (0, 2**16 - 1),
    int: (-(2**31), 2**31 - 1),
    UInt32: (0, 2**32 - 1),
    Int64: (-(2**63), 2**63 - 1),
    UInt64: (0, 2**64 - 1),
}
_SUFFIXES: dict[str, type] = {
    "l": Int64, "s": Int16, "y": SByte, "ul": UInt64, "us": UInt16, "uy": Byte, "u": UInt32, "n": BigInteger,
}  # fmt: skip
_MULTIPLES = {"kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}
_LITERAL = re.compile(
    r"(?P<sign>[-+]?)(?:0x(?P<hex>[0-9a-f]+)|0b(?P<bin>[01]+?)|(?P<real>(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?))"
    r"(?P<suffix>u[lsy]?|[lsydn])?(?P<multiple>[kmgtp]b)?",
    re.IGNORECASE,
)
#: .NET's Decimal has 96 bits.
DECIMAL_CONTEXT = decimal.Context(prec=29, rounding=decimal.ROUND_HALF_EVEN)


def is_number(value: object) -> bool:
    return isinstance(value, (int, float, decimal.Decimal)) and not isinstance(value, bool)


def fits(value: int, number_type: type) -> bool:
    low, high = INTEGERS[number_type]
    return low <= value <= high


def smallest(value: int) -> int | float:
    """The value as Int32, Int64 or Double, as arithmetic widens integers."""
    if fits(value, int):
        return int(value)
    return Int64(value) if fits(value, Int64) else float(value)


def number_of(text: str) -> int | float | decimal.Decimal:
    """What a literal means: its suffix, its multiple and its size decide the type.

    :raises ValueError: it is no number, or too large for its type.
    """
    found = _LITERAL.fullmatch(text)
    if not found:
        raise ValueError(text)
    multiple = _MULTIPLES.get((found["multiple"] or "").lower(), 1)
    suffix = (found["suffix"] or "").lower()
    negative = -1 if found["sign"] == "-" else 1
    if suffix == "d":
        return DECIMAL_CONTEXT.multiply(decimal.Decimal(found["real"]), decimal.Decimal(negative * multiple))
    if found["hex"] or found["bin"]:
        digits, base = (found["hex"], 16) if found["hex"] else (found["bin"], 2)
        return _hexadecimal(digits, base, negative * multiple, suffix)
    real: str = found["real"]
    if re.fullmatch(r"\d+", real):
        return _integer(negative * int(real) * multiple, suffix)
    value = negative * float(real) * multiple
    return _integer(round(value), suffix) if suffix else value


def _integer(value: int, suffix: str) -> int | float | decimal.Decimal:
    if suffix == "u":
        return UInt32(value) if fits(value, UInt32) else UInt64(value)
    if suffix:
        number_type = _SUFFIXES[suffix]
        if number_type is not BigInteger and not fits(value, number_type):
            raise ValueError(str(value))
        result: int = number_type(value)
        return result
    if fits(value, Int64):
        return smallest(value)
    return decimal.Decimal(value) if abs(value) < 2**96 else float(value)


def _hexadecimal(digits: str, base: int, factor: int, suffix: str) -> int | float | decimal.Decimal:
    value = int(digits, base)
    bits = len(digits) * (4 if base == 16 else 1)
    if not suffix and bits == 32 and value >= 2**31:
        value -= 2**32
    elif not suffix and bits == 64 and value >= 2**63:
        value -= 2**64
    return _integer(value * factor, suffix)


def double_text(value: float, digits: int = 15) -> str:
    """The shortest text that gives the same number again, as .NET writes it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if isinstance(value, Single):
        text = _shortest_single(value)
        digits = 7
    else:
        text = float.__repr__(value)
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)
    all_digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(all_digits)
    all_digits = all_digits.rstrip("0")
    if not all_digits:
        return f"{sign}0"
    if -4 < point <= digits:
        if point <= 0:
            return f"{sign}0.{'0' * -point}{all_digits}"
        tail = all_digits[point:]
        return sign + all_digits[:point].ljust(point, "0") + (f".{tail}" if tail else "")
    tail = f".{all_digits[1:]}" if len(all_digits) > 1 else ""
    return f"{sign}{all_digits[0]}{tail}E{point - 1:+03d}"


_GREATEST_SINGLE = 3.4028235677973366e38


def _shortest_single(value: float) -> str:
    for precision in range(1, 10):
        text = f"{float(value):.{precision}g}"
        # A short text of the greatest number is beyond it.
        if abs(float(text)) <= _GREATEST_SINGLE and struct.pack("<f", float(text)) == struct.pack("<f", value):
            return text
    return float.__repr__(value)
