# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values between JSON and PowerShell (broker process).

``from_json`` makes what psrpcore serializes; ``to_json`` takes what ``clixml`` read.
"""

from __future__ import annotations

import base64
import datetime
import typing
from xml.etree import ElementTree

from . import clixml
from ._psrpcore import ps
from .errors import ProtocolError, ValueNotSupported, ValueTooLarge
from .scalars import CONVERTERS, duration, whole_number

#: The key that marks a value which JSON has no form for: ``{"__pssession__": KIND, "value": ...}``; KIND is bytes
#: (base64), datetime (ISO 8601), secure_string, or credential (with ``user`` and ``password`` instead of ``value``).
TAG = "__pssession__"

#: What stands for an object that contains itself.
CIRCULAR = "<circular reference>"

#: References let a small message stand for a huge value.  This many parts may come of objects met before.
MAX_REPEATED = 200_000
#: So many characters of a text that comes again count as one part.
_LONG = 100

#: What PowerShell adds to an instance of CIM so that its own client can make one of it again; the class is in MOF.
_CIM_INSTANCE = "Microsoft.Management.Infrastructure.CimInstance"
_CIM_METADATA = frozenset(("__ClassMetadata", "__InstanceMetadata"))

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)
_DECIMAL = range(-(2**96) + 1, 2**96)


# --- from JSON ------------------------------------------------------------------------------------------------------


def from_json(value: object) -> typing.Any:
    """Convert a JSON value, or a tagged one, to what psrpcore serializes.

    An integer becomes Int32, Int64, Decimal or BigInteger, whichever is the first that holds it (the rule of
    PowerShell's own literals); a BigInteger arrives as PowerShell's remoting brings it, as a deserialized object.
    A float becomes Double, an object Hashtable, an array ArrayList.

    Raises:
        ValueNotSupported: It is of another type, or a tagged value is malformed.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return ps.PSDouble(value)
    if isinstance(value, str):
        return ps.PSString(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return ps.PSByteArray(bytes(value))
    if isinstance(value, datetime.datetime):
        return _datetime(value)
    if isinstance(value, datetime.date):
        return _datetime(datetime.datetime(value.year, value.month, value.day))
    if isinstance(value, (list, tuple)):
        return ps.PSList([from_json(entry) for entry in value])
    if isinstance(value, dict):
        if TAG in value:
            return _tagged(value)
        return ps.PSDict({from_json(key): from_json(entry) for key, entry in value.items()})
    raise ValueNotSupported(f"a value of Python's type {type(value).__name__} has no PowerShell form")


def has_secret(value: object) -> bool:
    """Whether a JSON value holds a SecureString or a credential, which need the session key."""
    if isinstance(value, dict):
        return value.get(TAG) in ("secure_string", "credential") or any(map(has_secret, value.values()))
    return isinstance(value, (list, tuple)) and any(map(has_secret, value))


def _integer(value: int) -> typing.Any:
    if value in _INT32:
        return ps.PSInt(value)
    if value in _INT64:
        return ps.PSInt64(value)
    if value in _DECIMAL:
        return ps.PSDecimal(value)
    big = ps.PSObject()
    big.PSObject.type_names = ["System.Numerics.BigInteger", "System.ValueType", "System.Object"]
    big.PSObject.to_string = str(value)
    return big


def _datetime(value: datetime.datetime) -> typing.Any:
    offset = value.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        value = value.astimezone(datetime.timezone.utc)  # .NET's offsets are whole minutes
    return ps.PSDateTime(value)


def _tagged(value: dict[typing.Any, typing.Any]) -> typing.Any:
    kind = value[TAG]
    names = ("user", "password") if kind == "credential" else ("value",)
    texts = [text for text in map(value.get, names) if isinstance(text, str)]
    if set(value) != {TAG, *names} or len(texts) != len(names):
        raise ValueNotSupported(f"a tagged value of kind {kind!r} needs the text fields {', '.join(names)}")
    try:
        if kind == "bytes":
            return ps.PSByteArray(base64.b64decode(texts[0], validate=True))
        if kind == "datetime":
            return _parse_datetime(texts[0])
    except ValueError:
        raise ValueNotSupported(f"a tagged value of kind {kind!r} is malformed") from None
    if kind == "secure_string":
        return ps.PSSecureString(texts[0])
    if kind == "credential":
        return ps.PSCredential(UserName=texts[0], Password=ps.PSSecureString(texts[1]))
    raise ValueNotSupported("a tagged value is of an unknown kind")


def _parse_datetime(text: str) -> typing.Any:
    """ISO 8601 with up to seven digits of a second; psrpcore keeps them, datetime would not."""
    text = text.strip().replace(" ", "T", 1)
    element = ElementTree.Element("DT")
    element.text = text if "T" in text else f"{text}T00:00:00"
    return ps.deserialize(element, ps.PSCryptoProvider())


# --- to JSON --------------------------------------------------------------------------------------------------------


def to_json(node: clixml.Node) -> object:
    """Convert what was read from CLIXML to a JSON value, without loss where JSON allows it.

    Integers stay integers; NaN and the infinities are the strings "NaN", "Infinity" and "-Infinity"; a Decimal is a
    number where a double prints the same digits, else a string; dates are ISO 8601 with the offset that is known;
    durations have .NET's "c" form; byte[] is base64; an enum is its name; lists of all kinds are arrays; an object
    is its properties, or its text where it has none; secrets are their type's name.

    Raises:
        ProtocolError: A value does not fit its type.
        ValueTooLarge: Its references make more of it than MAX_REPEATED parts.
    """
    try:
        return _Converter().convert(node)
    except (ValueError, ArithmeticError) as error:
        raise ProtocolError(f"a value does not fit its type ({type(error).__name__})") from None


class _Converter:
    """Converts one value; knows the objects that it is within, and those that it met before."""

    def __init__(self) -> None:
        self._within: set[int] = set()
        self._met: set[int] = set()
        self._repeating = 0
        self._repeated = 0

    def convert(self, node: clixml.Node) -> object:
        if self._repeating:
            self._repeated += 1 + (len(node.text) // _LONG if isinstance(node, clixml.Scalar) else 0)
            if self._repeated > MAX_REPEATED:
                raise ValueTooLarge(f"a value's references make more than {MAX_REPEATED} values of it: it is too large")
        if isinstance(node, clixml.Scalar):
            return CONVERTERS[node.tag](node.text)
        if id(node) in self._within:
            return CIRCULAR
        if len(self._within) >= clixml.MAX_DEPTH:  # references to references may go deeper than the XML does
            raise ValueTooLarge(f"an object is nested more than {clixml.MAX_DEPTH} levels deep")
        is_known = id(node) in self._met
        self._met.add(id(node))
        self._within.add(id(node))
        self._repeating += is_known
        try:
            return self._object(node)
        finally:
            self._repeating -= is_known
            self._within.discard(id(node))

    def _object(self, obj: clixml.Obj) -> object:
        for type_name in obj.types:
            if type_name in _SPECIAL:
                try:
                    return _SPECIAL[type_name](obj)
                except ValueError:
                    break  # A script may give any object the name of that type.
        if obj.pairs is not None:
            return {self._key(key): self.convert(value) for key, value in obj.pairs}
        if obj.items is not None:
            return [self.convert(item) for item in obj.items]
        if obj.base is not None:
            return self.convert(obj.base)
        properties = obj.properties
        if obj.is_a(_CIM_INSTANCE):
            properties = {name: value for name, value in properties.items() if name not in _CIM_METADATA}
        if not properties and obj.to_string is not None:
            return obj.to_string
        return {name: self.convert(value) for name, value in properties.items()}

    def _key(self, key: clixml.Node) -> str:
        if isinstance(key, clixml.Scalar):
            value = CONVERTERS[key.tag](key.text)
            if isinstance(value, str):
                return value
            # A number is called as PowerShell writes it, not as Python does ("1", not "1.0").
            return str(value) if isinstance(value, bool) else key.text
        return key.to_string if key.to_string is not None else str(self.convert(key))


def text_of(node: clixml.Node | None) -> str | None:
    """The text of a property that is a string; None where it is absent, null or an object without a text."""
    if node is None or isinstance(node, clixml.Obj):
        return None if node is None else node.to_string
    return None if node.tag == "Nil" else node.text


def int_of(node: clixml.Node | None) -> int | None:
    """The value of a property that is an integer or an enum; None where it is not."""
    if isinstance(node, clixml.Obj):
        return int_of(node.base)
    try:
        return None if node is None else int(node.text)
    except ValueError:
        return None


def _number(obj: clixml.Obj, name: str) -> int:
    node = obj.adapted.get(name)
    if not isinstance(node, clixml.Scalar):
        raise ValueError
    return int(node.text)


def _offset_date(obj: clixml.Obj) -> str:
    moment, offset = obj.adapted.get("DateTime"), obj.adapted.get("Offset")
    if not isinstance(moment, clixml.Scalar) or not isinstance(offset, clixml.Scalar):
        return obj.to_string or ""
    span = duration(offset.text)
    return f"{moment.text}{'' if span.startswith('-') else '+'}{span[:-3]}"


def _date_only(obj: clixml.Obj) -> str:
    return f"{_number(obj, 'Year'):04}-{_number(obj, 'Month'):02}-{_number(obj, 'Day'):02}"


def _time_only(obj: clixml.Obj) -> str:
    seconds, ticks = divmod(_number(obj, "Ticks"), 10_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{ticks:07}" if ticks else text


def _enum(obj: clixml.Obj) -> object:
    if obj.to_string is not None or not isinstance(obj.base, clixml.Scalar):
        return obj.to_string
    return CONVERTERS[obj.base.tag](obj.base.text)


def _switch(obj: clixml.Obj) -> object:
    return (obj.to_string or "").lower() == "true"


#: Types whose properties say less than one JSON value does.
_SPECIAL: dict[str, typing.Callable[[clixml.Obj], object]] = {
    "System.DBNull": lambda obj: None,
    "System.DateOnly": _date_only,
    "System.DateTimeOffset": _offset_date,
    "System.Enum": _enum,
    "System.IntPtr": lambda obj: int(obj.to_string or ""),
    "System.Management.Automation.InformationalRecord": lambda obj: obj.to_string,
    "System.Management.Automation.SemanticVersion": lambda obj: obj.to_string,
    "System.Management.Automation.SwitchParameter": _switch,
    "System.Numerics.BigInteger": lambda obj: whole_number(obj.to_string or ""),
    "System.Text.RegularExpressions.Regex": lambda obj: obj.to_string,
    "System.TimeOnly": _time_only,
    "System.UIntPtr": lambda obj: int(obj.to_string or ""),
}
