# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An output object as the text that ansible.builtin.psrp makes of it (broker process).

Core joins what pypsrp's deserializer gives, so a module's stdout is what that library shows: Python's own form of
numbers, lists and dictionaries, the properties as lines where an object has no text, raw XML where the library knows
no better.  The rules here were read from pypsrp 0.9.1 and are compared with it over the recorded answers.  Where it
fails (a primitive with note properties, an empty byte[], a lone surrogate) or shows an address in memory (an object in
a list), the object's text is given.
"""

from __future__ import annotations

import base64
import contextlib
import re
import typing
import uuid
from xml.etree import ElementTree

from .clixml import MAX_DEPTH, parse, plain, unescape
from .errors import ProtocolError
from .scalars import SECRET
from .values import CIRCULAR, MAX_REPEATED

_DICTIONARIES = frozenset(
    (
        "System.Collections.Hashtable",
        "System.Management.Automation.PSBoundParametersDictionary",
        "System.Management.Automation.PSPrimitiveDictionary",
    )
)
_LISTS = {
    "System.Array": "LST",
    "System.Collections.ArrayList": "LST",
    "System.Collections.Generic.List": "LST",
    "System.Collections.Queue": "QUE",
    "System.Collections.Stack": "STK",
}
#: Beginnings of the names of lists whose element type pypsrp looks at (all read as lists).
_GENERIC_LISTS = (
    "System.Collections.Generic.List`1[[",
    "System.Collections.ObjectModel.Collection`1[[",
    "System.Collections.ObjectModel.ReadOnlyCollection`1[[",
)
#: The text of a SecureString, encrypted as it is.
_SECRETS = re.compile(r">[^<>]*</SS>")
_GENERIC_DICTIONARY = "System.Collections.Generic.Dictionary`2[["


def core_text(xml: str, root: ElementTree.Element | None) -> str:
    """The text of one output object.

    Args:
        xml: The message's XML.
        root: Its root element, None for an empty message ($null).

    Raises:
        ProtocolError: A value does not fit its type, or a reference leads nowhere.
    """
    if root is None:
        # pypsrp cannot parse the empty text and gives it back.
        return xml
    with _reported():
        value = _Reader(xml, root).value(root, 0)
        if _weight(value, {}) > len(xml) + MAX_REPEATED:
            raise ProtocolError("a value's references make it too large")
        return value.lines() if isinstance(value, _Generic) else _shown(value)


def message_text(data: bytes) -> str:
    """The text of one message of output; raises ProtocolError, also where it is no CLIXML."""
    value = plain(data)
    if value is None:
        return core_text(*parse(data)) if data else core_text("", None)
    with _reported():
        return _shown(_scalar(*value))


def _shown(value: object) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


@contextlib.contextmanager
def _reported() -> typing.Iterator[None]:
    try:
        yield
    except RecursionError:
        raise ProtocolError("an object's references are nested too deep") from None
    except (ValueError, ArithmeticError) as error:
        raise ProtocolError(f"a value does not fit its type ({type(error).__name__})") from None


class _Generic:
    """An object of no type that pypsrp has a class for."""

    def __init__(self) -> None:
        self.to_string: str | None = None
        self.values: list[object] = []
        self.adapted: dict[str, object] = {}
        self.extended: dict[str, object] = {}
        self._within = False

    def lines(self) -> str:
        """Core's text of an object at the top: its own, or a line for each value and property."""
        if self.to_string is not None:
            return self.to_string
        lines = [str(value) for value in self.values]
        lines += [f"{name}: {value}" for name, value in (*self.adapted.items(), *self.extended.items())]
        return "\n".join(lines)

    def __str__(self) -> str:
        return str(self.to_string)

    def __repr__(self) -> str:
        """For an object in a list, where pypsrp shows an address."""
        if self._within:
            return CIRCULAR
        self._within = True
        try:
            return self.lines()
        finally:
            self._within = False


def _weight(value: object, known: dict[int, int]) -> int:
    """How many parts a value has when each reference is followed; a circle counts once."""
    if isinstance(value, _Generic):
        parts: list[object] = [*value.values, *value.adapted.values(), *value.extended.values()]
    elif isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list):
        parts = value
    else:
        return 1
    if id(value) not in known:
        known[id(value)] = 1
        known[id(value)] = 1 + sum(_weight(part, known) for part in parts)
    return known[id(value)]


class _Reader:
    """Reads one message the way pypsrp does."""

    def __init__(self, xml: str, root: ElementTree.Element) -> None:
        self._xml = xml
        self._root = root
        self._types: dict[str, list[str]] = {}
        self._objects: dict[str, object] = {}

    def value(self, element: ElementTree.Element, depth: int) -> object:
        if depth > MAX_DEPTH:
            raise ProtocolError(f"an object is nested more than {MAX_DEPTH} levels deep")
        tag, text = element.tag, element.text or ""
        if tag == "Ref":
            if element.get("RefId") not in self._objects:
                raise ProtocolError("a reference leads to no object")
            return self._objects[element.get("RefId", "")]
        if tag != "Obj":
            return _scalar(tag, text) if tag in _TAGS else self._raw(element)
        types = self._type_names(element)
        sequence = _sequence(types)
        if sequence == "DCT":
            result: object = self._dictionary(element, depth + 1)
        elif sequence is not None:
            result = self._list(element, sequence, depth + 1)
        else:
            result = self._generic(element, depth + 1)
        return result

    def _raw(self, element: ElementTree.Element) -> str:
        if element is self._root:
            return _SECRETS.sub(f">{SECRET}</SS>", self._xml)
        xml: bytes = ElementTree.tostring(element, encoding="utf-8")
        return _SECRETS.sub(f">{SECRET}</SS>", xml.decode("utf-8"))

    def _type_names(self, element: ElementTree.Element) -> list[str]:
        own = element.find("TN")
        if own is not None:
            names = [entry.text or "" for entry in own.iter("T")]
            self._types[own.get("RefId", "")] = names
            return names
        reference = element.find("TNRef")
        return self._types.get(reference.get("RefId", ""), []) if reference is not None else []

    def _remember(self, element: ElementTree.Element, value: object) -> None:
        self._objects[element.get("RefId", "")] = value

    def _list(self, element: ElementTree.Element, tag: str, depth: int) -> list[object]:
        result: list[object] = []
        self._remember(element, result)
        entries = element.find(tag)
        if entries is not None:
            result += [self.value(entry, depth) for entry in entries]
        return result

    def _dictionary(self, element: ElementTree.Element, depth: int) -> dict[object, object]:
        result: dict[object, object] = {}
        self._remember(element, result)
        for entry in element.findall("DCT/En"):
            parts = {child.get("N"): child for child in entry}
            if "Key" not in parts or "Value" not in parts:
                raise ProtocolError("a dictionary's entry has no key or no value")
            key = self.value(parts["Key"], depth)
            value = self.value(parts["Value"], depth)
            result[key if isinstance(key, (str, int, float, bool, uuid.UUID)) else str(key)] = value
        return result

    def _generic(self, element: ElementTree.Element, depth: int) -> _Generic:
        result = _Generic()
        self._remember(element, result)
        for child in element:
            if child.tag == "Props":
                self._properties(result.adapted, child, depth)
            elif child.tag == "MS":
                self._properties(result.extended, child, depth)
            elif child.tag == "ToString":
                result.to_string = unescape(child.text or "")
            elif child.tag not in ("TN", "TNRef"):
                result.values.append(self.value(child, depth))
        return result

    def _properties(self, into: dict[str, object], element: ElementTree.Element, depth: int) -> None:
        for child in element:
            into[child.get("N", "")] = self.value(child, depth)


def _sequence(types: list[str]) -> str | None:
    """The element that holds a list's or dictionary's entries; None for any other object."""
    for name in types:
        if name.startswith("Deserialized.System."):
            name = name[13:]
        if name in _DICTIONARIES or name.startswith(_GENERIC_DICTIONARY):
            return "DCT"
        if name.endswith("[]") or name.startswith(_GENERIC_LISTS):
            return "LST"
        if name in _LISTS:
            return _LISTS[name]
        if name == "System.Object":
            break
    return None


_INTEGERS = frozenset("By SB U16 I16 U32 I32 U64 I64".split())
_STRINGS = frozenset("S URI XD SBK".split())
_VERBATIM = frozenset("DT TS D Version".split())
_TAGS = _INTEGERS | _STRINGS | _VERBATIM | frozenset("C B Sg Db BA G Nil SS".split())


def _scalar(tag: str, text: str) -> object:
    if tag in _STRINGS:
        return unescape(text)
    if tag in _INTEGERS:
        return int(text)
    if tag in _VERBATIM:
        return text
    if tag in ("Sg", "Db"):
        return float(text)
    if tag == "B":
        return text.lower() == "true"
    if tag == "C":
        return chr(int(text))
    if tag == "BA":
        return base64.b64decode(text)
    if tag == "G":
        return uuid.UUID(text)
    return SECRET if tag == "SS" else None
