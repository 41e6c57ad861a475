# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Format strings of .NET, in the invariant culture: -f, ToString (test endpoint process)."""

from __future__ import annotations

import decimal
import re
import typing

from . import dates, numbers, values
from .convert import to_string
from .errors import Category, ExceptionObject, runtime_error
from .sequences import as_list
from .values import unwrap


def format_text(pattern: object, arguments: object) -> str:
    """-f: ``{index[,width][:format]}``.

    :raises PSTerminating: the pattern is malformed or names an argument that is not there.
    """
    items = as_list(arguments) if isinstance(unwrap(arguments), list) else [arguments]

    def expand(found: re.Match[str]) -> str:
        if found.group() in ("{{", "}}"):
            return found.group()[0]
        if found.group("index") is None:
            raise _format_error(pattern, _malformed(found))
        if int(found["index"]) >= len(items):
            raise _format_error(pattern, _NO_SUCH_ARGUMENT)
        text = format_value(items[int(found["index"])], (found["format"] or "").replace("}}", "}"))
        width = int(found["width"] or 0)
        return text.rjust(width) if width >= 0 else text.ljust(-width)

    return re.sub(
        r"\{\{|\}\}|\{(?P<index>\d+)(?:,\s*(?P<width>-?\d+))?(?::(?P<format>[^}]*))?\}|[{}]", expand, to_string(pattern)
    )


_NO_SUCH_ARGUMENT = (
    "Index (zero based) must be greater than or equal to zero and less than the size of the argument list."
)


def _malformed(found: re.Match[str]) -> str:
    """What is wrong with a brace that begins or ends no item."""
    rest = found.string[found.end() :]
    offset, reason = found.end(), "Unexpected closing brace without a corresponding opening brace."
    if found.group() == "{":
        digits = len(rest) - len(rest.lstrip("0123456789"))
        offset += digits
        ended = digits == len(rest)
        reason = "Format item ends prematurely." if digits or ended else "Expected an ASCII digit."
    return f"Input string was not in a correct format. Failure to parse near offset {offset}. {reason}"


def _format_error(pattern: object, reason: str) -> Exception:
    inner = ExceptionObject("System.FormatException", reason)
    message = f"Error formatting a string: {inner.message}."
    return runtime_error(message, "FormatError", Category.InvalidOperation, to_string(pattern), inner)


def format_value(value: object, pattern: str) -> str:
    """A value by a standard or custom format string of .NET, in the invariant culture."""
    value = unwrap(value)
    if not pattern or value is None or isinstance(value, (str, bool)):
        return to_string(value)
    if isinstance(value, values.DateTime):
        return dates.format_date(value, pattern)
    if isinstance(value, values.TimeSpan):
        return dates.format_span(value, pattern)
    if isinstance(value, (int, float, decimal.Decimal)):
        return _format_number(value, pattern)
    if isinstance(value, values.EnumValue):
        return str(value.value) if pattern.lower() == "d" else str(value)
    if hasattr(value, "hex") and pattern.lower() in "ndbp":
        text = str(value)
        return {"n": text.replace("-", ""), "b": f"{{{text}}}", "p": f"({text})"}.get(pattern.lower(), text)
    return to_string(value)


def _format_number(value: typing.Any, pattern: str) -> str:
    found = re.fullmatch(r"([A-Za-z])(\d*)", pattern)
    if not found:
        return _custom_number(value, pattern)
    letter, digits = found.group(1), int(found.group(2) or -1)
    lowered = letter.lower()
    if lowered == "x":
        bits = {numbers.Byte: 8, numbers.Int64: 64}.get(type(value), 32)
        text = format(value % 2**bits, letter)
        return text.rjust(max(digits, 0), "0")
    if lowered == "d":
        return ("-" if value < 0 else "") + str(abs(int(value))).rjust(max(digits, 0), "0")
    places = digits if digits >= 0 else 6 if lowered == "e" else 2
    if lowered == "p":
        return f"{value * 100:,.{places}f} %"
    if lowered == "e":
        return re.sub(r"e([-+])(\d+)", lambda part: f"{letter}{part[1]}{int(part[2]):03}", f"{value:.{places}e}")
    if lowered in "nfc":
        exact = decimal.Decimal(repr(value)) if isinstance(value, float) else decimal.Decimal(value)
        rounded = exact.quantize(decimal.Decimal(1).scaleb(-places), decimal.ROUND_HALF_UP)
        return ("¤" if lowered == "c" else "") + format(rounded, f"{',' if lowered != 'f' else ''}.{places}f")
    return to_string(value)


def _custom_number(value: typing.Any, pattern: str) -> str:
    found = re.search(r"[0#,]*[0#](?:\.[0#]+)?|\.[0#]+", pattern)
    if not found:
        return pattern
    whole, _, fraction = found.group().partition(".")
    percent = 100 if "%" in pattern else 1
    exact = decimal.Decimal(repr(float(value))) if isinstance(value, float) else decimal.Decimal(value)
    rounded = (exact * percent).quantize(decimal.Decimal(1).scaleb(-len(fraction)), decimal.ROUND_HALF_UP)
    text = format(abs(rounded), f"{',' if ',' in whole else ''}.{len(fraction)}f")
    integer, _, decimals = text.partition(".")
    integer = integer.lstrip("0").rjust(whole.count("0"), "0")
    while decimals and decimals.endswith("0") and fraction[len(decimals) - 1] == "#":
        decimals = decimals[:-1]
    sign = "-" if rounded < 0 else ""
    return pattern[: found.start()] + sign + integer + (f".{decimals}" if decimals else "") + pattern[found.end() :]
