# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML documents as scripts read them: elements and attributes are properties (test endpoint process)."""

from __future__ import annotations

import collections.abc
import re
import typing
from xml.etree import ElementTree
from xml.parsers import expat

from .errors import NetError
from .typesystem import NetObject, members_of, net_class
from .values import NetList, XmlDocument

_NODES = "System.Collections.ObjectModel.Collection`1"


@net_class
class XmlElement(NetObject):
    """An element of a document."""

    net_name = "System.Xml.XmlElement"
    net_bases = ("System.Xml.XmlLinkedNode", "System.Xml.XmlNode", "System.Object")

    def __init__(self, node: ElementTree.Element) -> None:
        self.node = node

    def __str__(self) -> str:
        return self.node.tag

    @property
    def net_properties(self) -> tuple[str, ...]:  # type: ignore[override]
        """What the element holds, under its own names."""
        names = [*self.node.attrib, *dict.fromkeys(child.tag for child in self.node)]
        text = ["#text"] if (self.node.text or "").strip() else []
        return tuple(names + text)

    def get_property(self, name: str) -> tuple[bool, object]:
        """An attribute, the text, or the elements of that name: one as it is, several in a list."""
        lowered = name.lower()
        for key, text in self.node.attrib.items():
            if key.lower() == lowered:
                return True, text
        if lowered == "#text":
            return bool(self.node.text), self.node.text
        found = [child_value(child) for child in self.node if child.tag.lower() == lowered]
        return bool(found), found[0] if len(found) == 1 else found

    def get_attribute(self, name: str) -> str:
        return self.node.get(name, "")

    def has_attribute(self, name: str) -> bool:
        return name in self.node.attrib

    def select_nodes(self, path: str) -> object:
        return _selected(self.node, path)

    def select_single_node(self, path: str) -> object:
        return next(iter(_selected(self.node, path)), None)

    name = local_name = property(lambda self: self.node.tag)
    inner_text = property(lambda self: "".join(self.node.itertext()))
    outer_xml = property(lambda self: _text_of(self.node))
    inner_xml = property(lambda self: (self.node.text or "") + "".join(map(_text_of, self.node)))
    child_nodes = property(lambda self: NetList(_NODES, map(XmlElement, self.node)))
    has_child_nodes = property(lambda self: len(self.node) > 0 or bool(self.node.text))


def problem_of(text: str, fallback: str) -> str:
    """What .NET's reader says of a text that is no document."""
    opened: list[tuple[str, int, int]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _attributes: opened.append(
        (name, parser.CurrentLineNumber, parser.CurrentColumnNumber + 2)
    )
    parser.EndElementHandler = lambda _name: opened.pop()
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        place = f"Line {error.lineno}, position {error.offset + 1}."
        rest = "".join(text.splitlines(keepends=True)[error.lineno - 1 :])[error.offset :]
        if not text.strip():
            return "Root element is missing."
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_TAG_MISMATCH] and opened:
            name, line, column = opened[-1]
            end = re.split(r"[\s>]", rest)[0]
            start = f"The '{name}' start tag on line {line} position {column}"
            return f"{start} does not match the end tag of '{end}'. {place}"
        if opened and not rest:
            names = ", ".join(name for name, _line, _column in reversed(opened))
            return f"Unexpected end of file has occurred. The following elements are not closed: {names}. {place}"
        if not opened and not rest.startswith("<"):
            return f"Data at the root level is invalid. {place}"
        if not opened and error.code == expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]:
            return f"There are multiple root elements. Line {error.lineno}, position {error.offset + 2}."
        return f"{fallback.capitalize()}. {place}"
    return f"{fallback.capitalize()}."


def child_value(node: ElementTree.Element) -> object:
    """An element that has neither attributes nor elements is its text."""
    return XmlElement(node) if len(node) or node.attrib else node.text or ""


def _text_of(node: ElementTree.Element) -> str:
    return ElementTree.tostring(node, encoding="unicode").removesuffix(node.tail or "")


def _selected(node: ElementTree.Element, path: str) -> list[object]:
    """:raises NetError: the path is none that is understood here."""
    relative = f".{path}" if path.startswith("//") else path
    if path.startswith("/") and not path.startswith("//"):
        first, _, relative = path[1:].partition("/")
        if first not in (node.tag, "*"):
            return []
        if not relative:
            return [XmlElement(node)]
    try:
        found: collections.abc.Iterable[ElementTree.Element] = node.findall(relative)
        return [XmlElement(item) for item in found]
    except (SyntaxError, KeyError) as error:
        raise NetError("System.Xml.XPath.XPathException", f"'{path}' has an invalid token. ({error})") from None


@members_of("System.Xml.XmlDocument")
class DocumentMembers:
    @staticmethod
    def new() -> object:
        return XmlDocument("")

    def get_property(self: XmlDocument, name: str) -> tuple[bool, object]:  # type: ignore[misc]
        root = _root(self)
        return (True, XmlElement(root)) if root is not None and root.tag.lower() == name.lower() else (False, None)

    def select_nodes(self: XmlDocument, path: str) -> object:  # type: ignore[misc]
        root = _root(self)
        return [] if root is None else _selected(root, path)

    def select_single_node(self: XmlDocument, path: str) -> object:  # type: ignore[misc]
        return next(iter(typing.cast("list[object]", DocumentMembers.select_nodes(self, path))), None)

    def get_elements_by_tag_name(self: XmlDocument, name: str) -> object:  # type: ignore[misc]
        root = _root(self)
        return NetList(_NODES, [] if root is None else [XmlElement(item) for item in root.iter(name)])

    document_element = property(lambda document: XmlElement(root) if (root := _root(document)) is not None else None)
    outer_xml = property(lambda document: document.text)
    inner_xml = property(lambda document: document.text)
    inner_text = property(lambda document: "".join(root.itertext()) if (root := _root(document)) is not None else "")


def _root(document: XmlDocument) -> ElementTree.Element | None:
    return ElementTree.fromstring(document.text) if document.text else None
