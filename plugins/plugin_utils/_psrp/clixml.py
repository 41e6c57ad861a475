# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading CLIXML, the XML that PowerShell serializes objects to (broker process).

Done here, and not with psrpcore's deserializer, because that turns some objects into classes that drop what results
need (an error's position, a date's kind) and refuses records that servers do send (an empty progress status).

The rules are those of MS-PSRP 2.2.5, measured against the recorded messages of a real PowerShell.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import typing
from xml.etree import ElementTree

from .errors import ProtocolError

#: Objects within objects.  PowerShell's own serializer stops at 50 levels or less.
MAX_DEPTH = 100

#: Elements that hold one value as text.
_SCALARS = frozenset("S C B DT TS By SB I16 U16 I32 U32 I64 U64 Sg Db D BA G URI Nil Version XD SBK SS".split())
#: Scalars in whose text _xHHHH_ stands for a UTF-16 code unit.
_ESCAPED = frozenset(("S", "URI", "XD", "SBK"))
_SEQUENCES = frozenset(("LST", "IE", "QUE", "STK"))
#: Two at a time: a line's end, or the halves of a surrogate pair.  "_x" stands first: re finds fixed letters fast.
_ESCAPES = re.compile("(_x[0-9A-Fa-f]{4}_(?:_x[0-9A-Fa-f]{4}_)?)")
#: A message of one primitive value, as most are of a large output.  What only a parser could tell (entities, empty
#: elements, what XML forbids or changes) does not match.
_PLAIN = re.compile(
    "<(S|By|SB|I16|U16|I32|U32|I64|U64|Sg|Db|D|B|C|G|DT|TS|Version)>([^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*)</\\1>"
)

#: A ProgressRecord among the output has an element of its own, with elements of these names.
_PROGRESS = {
    "AV": "Activity",
    "AI": "ActivityId",
    "S": "CurrentOperation",
    "PI": "ParentActivityId",
    "PC": "PercentComplete",
    "T": "RecordType",
    "SR": "SecondsRemaining",
    "SD": "StatusDescription",
}


class Scalar(typing.NamedTuple):
    """A primitive value.

    Attributes:
        tag: CLIXML's name of its type, as ``I32``.
        text: Its text; ``_xHHHH_`` is resolved, a lone surrogate stays one.
    """

    tag: str
    text: str


@dataclasses.dataclass(eq=False, slots=True)
class Obj:
    """A complex value.

    Attributes:
        types: Type names without ``Deserialized.``, the most specific one first.
        to_string: What ToString() gave on the server, None where it was not called.
        base: The value that the object wraps (an enum's number, a string with note properties).
        items: The elements, when it is a list of any kind.
        pairs: Keys and values in order, when it is a dictionary.
        adapted: The properties of the .NET object.
        extended: The properties that PowerShell added; the properties of a PSCustomObject.
    """

    types: tuple[str, ...] = ()
    to_string: str | None = None
    base: Node | None = None
    items: list[Node] | None = None
    pairs: list[tuple[Node, Node]] | None = None
    adapted: dict[str, Node] = dataclasses.field(default_factory=dict)
    extended: dict[str, Node] = dataclasses.field(default_factory=dict)

    @property
    def properties(self) -> dict[str, Node]:
        """All properties; PowerShell's win over .NET's of the same name."""
        return {**self.adapted, **self.extended}

    def is_a(self, type_name: str) -> bool:
        """Whether the object is, or was on the server, of a type."""
        return type_name in self.types


Node = Scalar | Obj

NULL = Scalar("Nil", "")


def unescape(text: str) -> str:
    """Resolve ``_xHHHH_``; two escaped halves of a surrogate pair become one character (MS-PSRP 2.2.5.3.2)."""
    if "_x" not in text:
        return text
    parts = _ESCAPES.split(text)
    parts[1::2] = map(_characters, parts[1::2])
    text = "".join(parts)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # it has surrogates
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return text


@functools.lru_cache(maxsize=1024)
def _characters(escapes: str) -> str:
    text = "".join(chr(int(escapes[start + 2 : start + 6], 16)) for start in range(0, len(escapes), 7))
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def plain(data: bytes) -> tuple[str, str] | None:
    """The element's name and its text, escapes and all, of a message that is one primitive value in plain letters.

    Every other message is None, and `parse` may still find one primitive value in it.
    """
    if data.startswith(b"<Obj"):
        return None
    try:
        match = _PLAIN.fullmatch(data.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    return None if match is None else (match[1], match[2])


def parse(data: bytes) -> tuple[str, ElementTree.Element]:
    """Parse one message's XML.

    Returns:
        The XML as text, and its root element.

    Raises:
        ProtocolError: It is no UTF-8, no XML, or has a DTD (which CLIXML has no use for, but an attacker has).
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProtocolError(f"a message is not UTF-8: {error.reason}") from None
    # A "<" in a value is always escaped, so "<!" can only begin a DTD, a comment or CDATA.
    if "<!" in text:
        raise ProtocolError("a message holds a declaration that CLIXML does not have")
    try:
        return text, ElementTree.fromstring(text)  # noqa: S314  (it has no DTD)
    except ElementTree.ParseError as error:
        raise ProtocolError("a message is not XML: see line {}, column {}".format(*error.position)) from None
    except ValueError:
        raise ProtocolError("a message is not XML") from None


def read(element: ElementTree.Element) -> Node:
    """Read one serialized value.

    Raises:
        ProtocolError: It is no CLIXML, or nested more than MAX_DEPTH levels deep.
    """
    return _Reader().node(element, 0)


def loads(data: bytes) -> Node:
    """Read one message; an empty one is $null.

    Raises:
        ProtocolError: See parse and read.
    """
    if not data:
        return NULL
    value = plain(data)
    return _scalar(*value) if value is not None else read(parse(data)[1])


def _scalar(tag: str, text: str) -> Scalar:
    return Scalar(tag, unescape(text) if tag in _ESCAPED else text)


class _Reader:
    """Reads one message: references reach no further than that."""

    def __init__(self) -> None:
        self._objects: dict[str, Node] = {}
        self._types: dict[str, tuple[str, ...]] = {}

    def node(self, element: ElementTree.Element, depth: int) -> Node:
        tag = element.tag
        if tag in _SCALARS:
            return _scalar(tag, element.text or "")
        if tag == "Obj":
            return self._object(element, depth)
        if tag == "Ref":
            target = self._objects.get(element.get("RefId", ""))
            if target is None:
                raise ProtocolError("a reference leads to no object")
            return target
        if tag == "PR":
            return self._progress(element)
        raise ProtocolError("a message holds an element that CLIXML does not have")

    def _object(self, element: ElementTree.Element, depth: int) -> Node:
        if depth >= MAX_DEPTH:
            raise ProtocolError(f"an object is nested more than {MAX_DEPTH} levels deep")
        obj = Obj()
        # Before its parts are read: they may refer to it.
        self._objects[element.get("RefId", "")] = obj
        for child in element:
            self._part(obj, child, depth + 1)
        return obj

    def _part(self, obj: Obj, child: ElementTree.Element, depth: int) -> None:
        tag = child.tag
        if tag == "TN":
            names = (entry.text or "" for entry in child.iter("T"))
            obj.types = tuple(name[13:] if name.startswith("Deserialized.") else name for name in names)
            self._types[child.get("RefId", "")] = obj.types
        elif tag == "TNRef":
            obj.types = self._types.get(child.get("RefId", ""), ())
        elif tag == "ToString":
            obj.to_string = unescape(child.text or "")
        elif tag == "Props":
            self._properties(obj.adapted, child, depth)
        elif tag == "MS":
            self._properties(obj.extended, child, depth)
        elif tag in _SEQUENCES:
            obj.items = [self.node(entry, depth) for entry in child]
        elif tag == "DCT":
            obj.pairs = [self._pair(entry, depth) for entry in child]
        else:
            obj.base = self.node(child, depth)

    def _properties(self, into: dict[str, Node], element: ElementTree.Element, depth: int) -> None:
        for child in element:
            into[unescape(child.get("N", ""))] = self.node(child, depth)

    def _pair(self, element: ElementTree.Element, depth: int) -> tuple[Node, Node]:
        parts = {child.get("N"): child for child in element}
        if "Key" not in parts or "Value" not in parts:
            raise ProtocolError("a dictionary's entry has no key or no value")
        return self.node(parts["Key"], depth), self.node(parts["Value"], depth)

    def _progress(self, element: ElementTree.Element) -> Obj:
        properties: dict[str, Node] = {}
        for child in element:
            if child.tag in _PROGRESS:
                text = unescape(child.text or "")
                is_number = child.tag in ("AI", "PI", "PC", "SR")
                properties[_PROGRESS[child.tag]] = Scalar("I32" if is_number else "S", text)
        return Obj(types=("System.Management.Automation.ProgressRecord",), adapted=properties)
