# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients send, as the engine's values (test endpoint process)."""

from __future__ import annotations

import datetime
import decimal
import typing
import uuid

from psrpcore import types as psrp

from . import convert, dates, numbers, values
from .net_credentials import PSCredential

_FROM_NUMBERS: dict[type, typing.Callable[[typing.Any], object]] = {
    psrp.PSInt: int, psrp.PSSByte: numbers.SByte, psrp.PSByte: numbers.Byte, psrp.PSInt16: numbers.Int16,
    psrp.PSUInt16: numbers.UInt16, psrp.PSUInt: numbers.UInt32, psrp.PSInt64: numbers.Int64,
    psrp.PSUInt64: numbers.UInt64,
    psrp.PSDouble: float, psrp.PSSingle: numbers.Single,
}  # fmt: skip


def from_psrp(value: object) -> object:
    """What a client sent, as the engine's value."""
    kind = type(value)
    if value is None or isinstance(value, bool):
        return value
    if kind in _FROM_NUMBERS:
        return _FROM_NUMBERS[kind](value)
    for known, make in _FROM_TYPES:
        if isinstance(value, known):
            return make(value)
    if isinstance(value, (psrp.PSDict, dict)):
        return _from_dictionary(value)
    if isinstance(value, (psrp.PSList, psrp.PSStack, psrp.PSIEnumerable, list)):
        return _from_list(value)
    if isinstance(value, psrp.PSObject):
        return _from_object(value)
    return value


def _from_text(value: typing.Any) -> object:
    return str(value)


def _from_date(value: typing.Any) -> object:
    # A plain date and time: psrpcore's own cannot be reckoned with where it came without an offset.
    plain = datetime.datetime.combine(value.date(), value.time())
    ticks = (plain - datetime.datetime(1, 1, 1)) // datetime.timedelta(microseconds=1) * 10 + getattr(
        value, "nanosecond", 0
    ) // 100
    offset = value.utcoffset()
    if offset is None:
        return values.DateTime(ticks)
    if not offset and value.tzinfo == datetime.timezone.utc:
        return values.DateTime(ticks, 1)
    return dates.to_local(values.DateTime(ticks - offset // datetime.timedelta(microseconds=1) * 10, 1))


def _from_span(value: typing.Any) -> object:
    ticks = value // datetime.timedelta(microseconds=1) * 10 + getattr(value, "nanoseconds", 0) // 100
    return values.TimeSpan(ticks)


def _from_block(value: typing.Any) -> object:
    from .dispatch import parse_block

    return parse_block(str(value))


def _from_integer(value: typing.Any) -> object:
    return numbers.smallest(int(value))


def _from_secure(value: typing.Any) -> object:
    return values.SecureString(str(value.decrypt()))


def _from_credential(value: typing.Any) -> object:
    return PSCredential(str(value.UserName), from_psrp(value.Password))


_FROM_TYPES: list[tuple[typing.Any, typing.Callable[[typing.Any], object]]] = [
    (psrp.PSScriptBlock, _from_block),
    (psrp.PSUri, lambda value: values.Uri(str(value))),
    (psrp.PSXml, lambda value: values.XmlDocument(str(value))),
    (psrp.PSSecureString, _from_secure),
    (psrp.PSCredential, _from_credential),
    (psrp.PSChar, lambda value: values.Char(chr(value))),
    (str, _from_text),
    (int, _from_integer),
    (float, float),
    (decimal.Decimal, lambda value: decimal.Decimal(value)),
    (bytes, bytearray),
    (datetime.datetime, _from_date),
    (datetime.timedelta, _from_span),
    (uuid.UUID, lambda value: uuid.UUID(str(value))),
    (psrp.PSVersion, lambda value: convert.version_of(str(value))),
]


def _from_dictionary(value: typing.Mapping[object, object]) -> values.Hashtable:
    pairs = [(from_psrp(key), from_psrp(item)) for key, item in value.items()]
    table = values.Hashtable(pairs)
    # PowerShell reads keys that differ by their case alone into a table that tells them apart.
    return table if len(table) == len(pairs) else values.Hashtable(pairs, ignore_case=False)


def _from_list(value: typing.Any) -> object:
    items = [from_psrp(item) for item in value]
    names = value.PSObject.type_names if isinstance(value, psrp.PSObject) else []
    name = names[0] if names else ""
    # A list arrives as an ArrayList unless the type names say that it was an array; Object[] is the useful reading.
    return (
        values.NetList("System.Collections.ArrayList", items)
        if name.endswith("ArrayList") and "Deserialized" not in name
        else items
    )


def _from_object(value: psrp.PSObject) -> object:
    properties = [*value.PSObject.adapted_properties, *value.PSObject.extended_properties]
    made = values.PSObject([(entry.name, from_psrp(entry.get_value(value))) for entry in properties])
    made.type_names = [f"Deserialized.{name}" if not name.startswith("Deserialized.") else name
                       for name in value.PSObject.type_names
                       if name not in ("System.Object", "System.Management.Automation.PSCustomObject")]  # fmt: skip
    text = value.PSObject.to_string
    if text is not None and not properties:
        return values.ObjectValue([*made.type_names, "Deserialized.System.Object"], {}, str(text))
    return made
