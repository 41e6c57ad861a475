# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes engine values as CLIXML, as PowerShell's serializer does (test endpoint process).

The rules are those of MS-PSRP 2.2.5 and of what the recordings show: an object's own properties lose a level of depth,
members that were added to it and the items of lists and tables do not; what has no level left becomes its text.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import decimal
import functools
import re
import typing
import uuid

from . import convert, dates, members, numbers, typesystem, values
from .errors import PSTerminating
from .shared import Shared

#: How many levels of objects keep their properties: what a stream's message is written with.
DEPTH = 1
#: Deeper than this PowerShell follows nothing.
_MOST_LEVELS = 50
_TOO_DEEP = "Serialized XML is nested too deeply."
_SPECIAL = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff\U00010000-\U0010ffff\ufffe\uffff]|_(?=[xX])")
#: What needs no escape in any place; deleting it from a long text is the fastest way to see whether there is more.
_PLAIN = bytes(set(range(32, 127)) - set(b"&<>"))
Pairs = typing.Sequence["tuple[str, object]"]


@dataclasses.dataclass(eq=False)
class Shape:
    """An object that is written as it stands here, however little depth is left."""

    type_names: typing.Sequence[str] = ()
    text: str | None = None
    #: Its own properties.
    adapted: Pairs = ()
    #: Members that were added to it.
    extended: Pairs = ()
    #: The number of an enumeration's value.
    number: int | None = None
    #: What a list or a table holds; the latter as pairs.
    items: typing.Sequence[object] | None = None
    pairs: typing.Sequence[tuple[object, object]] | None = None


#: Makes the shape of a record; by its class.
_SHAPES: dict[type, typing.Callable[[typing.Any], Shape]] = {}
_Shaper = typing.TypeVar("_Shaper", bound=typing.Callable[[typing.Any], Shape])


def shapes(kind: type) -> typing.Callable[[_Shaper], _Shaper]:
    """Makes a function known that gives the shape of a class' objects."""

    def register(function: _Shaper) -> _Shaper:
        _SHAPES[kind] = function
        return function

    return register


def _code(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"_x{units[at]:02X}{units[at + 1]:02X}_" for at in range(0, len(units), 2))


def escape(text: str) -> str:
    """Text between tags: UTF-16 units that XML has no place for become ``_xHHHH_`` (MS-PSRP 2.2.5.3.2)."""
    if text.isascii() and not text.encode().translate(None, _PLAIN) and "_x" not in text and "_X" not in text:
        return text
    return _SPECIAL.sub(_code, text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(name: str) -> str:
    return escape(name).replace('"', "&quot;")


def _double(value: float) -> str:
    text = numbers.double_text(value)
    return {"∞": "INF", "-∞": "-INF"}.get(text, text)


def _date(value: values.DateTime) -> str:
    text = dates.format_date(value, "yyyy-MM-ddTHH:mm:ss.FFFFFFF").rstrip(".")
    return text + dates.format_date(value, "K").strip()


def _duration(value: values.TimeSpan) -> str:
    """An XML duration."""
    seconds, fraction = divmod(abs(value.ticks), values.TICKS_PER_SECOND)
    days, seconds = divmod(seconds, 86400)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    if fraction:
        parts += f"{seconds}.{fraction:07}".rstrip("0") + "S"
    elif seconds:
        parts += f"{seconds}S"
    text = f"{days}D" * bool(days) + f"T{parts}" * bool(parts)
    return f"{'-' * (value.ticks < 0)}P{text or 'T0S'}"


def _text(value: typing.Any) -> str:
    return escape(value.text)


#: What one element holds: its name, and what stands in it.
_ELEMENTS: dict[type, tuple[str, typing.Callable[[typing.Any], str]]] = {
    str: ("S", escape), bool: ("B", lambda value: "true" if value else "false"), int: ("I32", int.__repr__),
    numbers.SByte: ("SB", int.__repr__), numbers.Byte: ("By", int.__repr__), numbers.Int16: ("I16", int.__repr__),
    numbers.UInt16: ("U16", int.__repr__), numbers.UInt32: ("U32", int.__repr__), numbers.Int64: ("I64", int.__repr__),
    numbers.UInt64: ("U64", int.__repr__), float: ("Db", _double), numbers.Single: ("Sg", _double),
    decimal.Decimal: ("D", lambda value: format(value, "f")), values.Char: ("C", lambda value: str(ord(value))),
    bytearray: ("BA", lambda value: base64.b64encode(value).decode()), values.DateTime: ("DT", _date),
    values.TimeSpan: ("TS", _duration), uuid.UUID: ("G", str), values.Uri: ("URI", _text),
    values.XmlDocument: ("XD", _text), values.ScriptBlock: ("SBK", _text), values.Version: ("Version", str),
}  # fmt: skip
#: Elements that .NET writes by other means, which leave no end tag where there is nothing.
_CLOSED_WHEN_EMPTY = ("BA",)


def serialize(value: object, shared: Shared, encrypt: typing.Callable[[str], str]) -> str:
    """A message's body; empty for null.

    :param encrypt: makes of a secret what an SS element holds.
    """
    if value is None or value is values.NOTHING:
        return ""
    writer = _Writer(shared, encrypt)
    writer.write(value, DEPTH)
    return "".join(writer.parts)


class _Writer:
    """One message; an object that occurs twice is the same one in it."""

    def __init__(self, shared: Shared, encrypt: typing.Callable[[str], str]) -> None:
        self.parts: list[str] = []
        self._shared = shared
        self._encrypt = encrypt
        self._objects: dict[int, int] = {}
        self._names: dict[tuple[str, ...], int] = {}
        #: Keeps alive what is known by its id.
        self._kept: list[object] = []
        self._level = 0

    def write(self, value: object, depth: int, name: str | None = None) -> None:
        """One value, in an element that has this name where it is a property."""
        attribute = "" if name is None else f' N="{_attribute(name)}"'
        if value is None or value is values.NOTHING:
            self.parts.append(f"<Nil{attribute} />")
            return
        if self._level + 1 >= _MOST_LEVELS:
            self.parts.append(f"<S{attribute}>{_TOO_DEEP}</S>")
            return
        element = _ELEMENTS.get(type(value))
        if element is not None:
            self.parts.append(_element(*element, value, attribute))
            return
        self._level += 1
        self._object(value, depth, attribute)
        self._level -= 1

    def _object(self, value: object, depth: int, attribute: str) -> None:
        known = self._objects.get(id(value))
        if known is not None:
            self.parts.append(f'<Ref{attribute} RefId="{known}" />')
            return
        value = self._shared.with_members(value) or value
        self._kept.append(value)
        base = values.unwrap(value)
        if type(base) in _ELEMENTS:
            self._with_members(typing.cast(values.PSObject, value), base, attribute, depth)
        elif isinstance(base, values.SecureString):
            self.parts.append(f"<SS{attribute}>{self._encrypt(base.secret)}</SS>")
        elif isinstance(base, (values.Hashtable, list)):
            self._container(value, base, depth, attribute)
        elif isinstance(base, Shape):
            self._shape(base, base, attribute, depth)
        elif shape := _shape_of(base):
            # What follows an error record in a message is its exception, and that never lacks its properties.
            self._shape(value, shape, attribute, depth)
        else:
            depth = getattr(base, "net_depth", None) or depth
            if depth < 1:
                self._as_text(value, attribute, depth)
            else:
                self._complex(value, base, depth, attribute)

    # Whole objects.

    def _complex(self, value: object, base: object, depth: int, attribute: str) -> None:
        definition = getattr(value, "definition", None)
        bag = isinstance(base, values.PSObject) and definition is None
        text = None if bag and "tostring" not in typing.cast(values.PSObject, base).members else _text_of(value)
        # An object of .NET, too, is wrapped by the pipeline, and is met as another one where it holds itself.
        wrapped = self._level == 1 and isinstance(value, typesystem.NetObject)
        self._start(None if wrapped else value, attribute, typesystem.type_names(value), text)
        if isinstance(base, values.EnumValue):
            self.write(base.value, depth)
        elif definition is not None:
            self._properties(_member_values(typing.cast(values.PSObject, value)), depth - 1)
        else:
            own, added = _property_values(base)
            self._properties(own, depth - 1)
            self._added(_member_values(value) if isinstance(value, values.PSObject) else (), depth, added)
        self.parts.append("</Obj>")
        self._shared.list_members(base)

    def _shape(self, value: object, shape: Shape, attribute: str, depth: int) -> None:
        self._start(value, attribute, shape.type_names, shape.text)
        if shape.number is not None:
            self.write(shape.number, depth)
        if shape.items is not None:
            self._enclosed("LST", (functools.partial(self.write, item, depth) for item in shape.items))
        if shape.pairs is not None:
            self._enclosed("DCT", (functools.partial(self._entry, key, item, depth) for key, item in shape.pairs))
        self._properties(shape.adapted, 0)
        self._added(shape.extended, 1)
        self.parts.append("</Obj>")

    def _container(self, value: object, base: typing.Any, depth: int, attribute: str) -> None:
        # The pipeline wraps what it hands on, so the table or list itself is not yet known by the time it recurs.
        self._start(value if self._level > 1 else None, attribute, typesystem.type_names(value), None)
        if isinstance(base, values.Hashtable):
            kind, pairs = "DCT", list(base.items())
            self._enclosed(kind, (functools.partial(self._entry, key, item, depth) for key, item in pairs))
        else:
            kind = base.kind if isinstance(base, values.NetList) else "LST"
            self._enclosed(kind, (functools.partial(self.write, item, depth) for item in base))
        if depth:
            if kind == "IE":
                names = members.adapted_names(base)
                self._properties([(name, members.get_member(base, name)) for name in names], depth - 1)
            if isinstance(value, values.PSObject):
                self._added(_member_values(value), depth)
        self.parts.append("</Obj>")

    def _entry(self, key: object, item: object, depth: int) -> None:
        self.parts.append("<En>")
        self.write(key, depth, "Key")
        self.write(item, depth, "Value")
        self.parts.append("</En>")

    # Values that one element holds, and text in place of an object.

    def _with_members(self, value: values.PSObject, base: object, attribute: str, depth: int) -> None:
        if not value.members and not value.type_names:
            self.parts.append(_element(*_ELEMENTS[type(base)], base, attribute))
            return
        names = typesystem.type_names(value) if value.type_names else ()
        self._start(value if value.base is not None else None, attribute, names, None)
        self.parts.append(_element(*_ELEMENTS[type(base)], base, ""))
        self._added(_member_values(value), depth)
        self.parts.append("</Obj>")

    def _as_text(self, value: object, attribute: str, depth: int) -> None:
        text = escape(_text_of(value))
        notes = isinstance(value, values.PSObject) and bool(value.members) and not hasattr(value, "definition")
        if not notes and not self._shared.members_listed(values.unwrap(value)):
            self.parts.append(f"<S{attribute}>{text}</S>")
            return
        names = typesystem.type_names(value) if notes and typing.cast(values.PSObject, value).type_names else ()
        self._start(value, attribute, names, None)
        self.parts.append(f"<S>{text}</S>")
        if notes:
            self._added(_member_values(typing.cast(values.PSObject, value)), depth)
        self.parts.append("</Obj>")

    # Parts of an object.

    def _start(self, value: object, attribute: str, type_names: typing.Sequence[str], text: str | None) -> None:
        number = len(self._objects)
        # What is not to be found again takes its number, too.
        self._objects[id(value) if value is not None else -1 - number] = number
        self.parts.append(f'<Obj{attribute} RefId="{number}">')
        if type_names:
            key = tuple(type_names)
            known = self._names.get(key)
            if known is None:
                known = self._names[key] = len(self._names)
                listed = "".join(f"<T>{escape(name)}</T>" for name in key)
                self.parts.append(f'<TN RefId="{known}">{listed}</TN>')
            else:
                self.parts.append(f'<TNRef RefId="{known}" />')
        if text is not None:
            self.parts.append(f"<ToString>{escape(text)}</ToString>" if text else "<ToString />")

    def _properties(self, pairs: Pairs, depth: int) -> None:
        if pairs:
            self.parts.append("<Props>")
            for name, item in pairs:
                self.write(item, depth, name)
            self.parts.append("</Props>")

    def _added(self, pairs: Pairs, depth: int, type_data: Pairs = ()) -> None:
        """What was added to an object; what the type data add to all of its kind counts as its own."""
        if pairs or type_data:
            self.parts.append("<MS>")
            for name, item in pairs:
                self.write(item, depth, name)
            for name, item in type_data:
                self.write(item, depth - 1, name)
            self.parts.append("</MS>")

    def _enclosed(self, tag: str, writers: typing.Iterable[typing.Callable[[], None]]) -> None:
        place = len(self.parts)
        self.parts.append(f"<{tag}>")
        for write in writers:
            write()
        if len(self.parts) == place + 1:
            self.parts[place] = f"<{tag} />"
        else:
            self.parts.append(f"</{tag}>")


def _element(tag: str, text_of: typing.Callable[[typing.Any], str], value: object, attribute: str) -> str:
    text = text_of(value)
    if not text and tag in _CLOSED_WHEN_EMPTY:
        return f"<{tag}{attribute} />"
    return f"<{tag}{attribute}>{text}</{tag}>"


def _shape_of(value: object) -> Shape | None:
    for kind in type(value).__mro__[:-1]:
        if kind in _SHAPES:
            return _SHAPES[kind](value)
    return None


def _text_of(value: object) -> str:
    base = values.unwrap(value)
    return typesystem.runtime_text(base) if isinstance(base, typesystem.NetType) else convert.dotnet_string(value)


def _member_values(value: values.PSObject) -> list[tuple[str, object]]:
    """What was added to a value, script properties with what they give now."""
    definition = getattr(value, "definition", None)
    found = []
    for member in value.members.values():
        if isinstance(member, values.ScriptMethod) or (definition and definition.hides(member.name)):
            continue
        # What cannot be read is left out.
        with contextlib.suppress(PSTerminating):
            found.append((member.name, members.get_member(value, member.name)))
    return found


def _property_values(base: object) -> tuple[Pairs, Pairs]:
    """An object's own properties, and those that PowerShell's type data adds."""
    if isinstance(base, values.PSObject):
        return (), ()
    if isinstance(base, values.ObjectValue):
        return list(base.properties.items()), list(base.extended.items())
    own = [(name, members.get_member(base, name)) for name in members.adapted_names(base)]
    return own, [(name, members.get_member(base, name)) for name in members.added_names(base)]
