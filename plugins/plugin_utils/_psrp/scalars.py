# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Primitive values of CLIXML as JSON (broker process; MS-PSRP 2.2.5.1)."""

from __future__ import annotations

import base64
import decimal
import math
import re
import typing

#: What stands for a SecureString.
SECRET = "System.Security.SecureString"  # noqa: S105  (the type's name, which is what its ToString gives)
#: What Python converts without complaint (sys.set_int_max_str_digits).
_MOST_DIGITS = 4300


def _float(text: str) -> object:
    value = float(text)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


#: Decimal's text has no exponent: a short one could stand for more digits than there is memory.
_DECIMAL = re.compile(r"[-+]?\d{1,29}(\.\d{1,29})?", re.ASCII)


def _decimal(text: str) -> object:
    if not _DECIMAL.fullmatch(text):
        raise ValueError
    if "." not in text:
        return int(text)
    as_double = float(text)
    return as_double if decimal.Decimal(repr(as_double)) == decimal.Decimal(text) else text


def whole_number(text: str) -> object:
    """A whole number of any size; one of thousands of digits, which Python does not read, stays a text.

    Raises:
        ValueError: It is none.
    """
    if re.fullmatch(r"-?\d+", text, re.ASCII) is None:
        raise ValueError
    return int(text) if len(text) <= _MOST_DIGITS else text


def _bytes(text: str) -> str:
    return base64.b64encode(base64.b64decode("".join(text.split()), validate=True)).decode("ascii")


_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d{1,7}))?S)?)?",
    re.ASCII,
)


def duration(text: str) -> str:
    """.NET's "c" form of an XML Schema duration: ``[-][d.]hh:mm:ss[.fffffff]``; raises ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError
    days, hours, minutes, seconds = (int(match[name] or 0) for name in ("days", "hours", "minutes", "seconds"))
    minutes, seconds = minutes + seconds // 60, seconds % 60
    hours, minutes = hours + minutes // 60, minutes % 60
    days, hours = days + hours // 24, hours % 24
    fraction = (match["fraction"] or "").ljust(7, "0")
    result = f"{days}." if days else ""
    result += f"{hours:02}:{minutes:02}:{seconds:02}"
    return match["sign"] + result + (f".{fraction}" if fraction.strip("0") else "")


#: The converter of each element; ValueError or ArithmeticError where the text does not fit the type.
CONVERTERS: dict[str, typing.Callable[[str], object]] = {
    **dict.fromkeys(("By", "SB", "I16", "U16", "I32", "U32", "I64", "U64"), int),
    **dict.fromkeys(("Db", "Sg"), _float),
    **dict.fromkeys(("S", "URI", "Version", "XD", "SBK", "G", "DT"), str),
    "B": lambda text: text.lower() == "true",
    "BA": _bytes,
    "C": lambda text: chr(int(text)),
    "D": _decimal,
    "Nil": lambda text: None,
    "SS": lambda text: SECRET,
    "TS": duration,
}
