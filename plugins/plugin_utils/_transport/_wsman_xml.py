# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML as WSMan uses it: namespaces, making elements, and reading documents safely (broker process).

Whatever bytes a server sends, reading them ends in values or in :class:`MalformedError`; a document type, and with it
every entity, is refused before anything is parsed.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
import xml.etree.ElementTree as ET

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
WSMAN_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
POWERSHELL = "http://schemas.microsoft.com/powershell"

_XML_ENCODING = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{0,64})["']""")


class MalformedError(Exception):
    """An answer that is no well-formed answer to what was asked."""


def check_document(document: bytes) -> None:
    """Refuse what must not reach an XML parser.

    Raises:
        MalformedError: The document is empty, is not UTF-8, or has a document type.
    """
    start = document[3:] if document.startswith(b"\xef\xbb\xbf") else document
    start = start.lstrip(b" \t\r\n")
    if not start.startswith(b"<"):
        raise MalformedError("the answer is no XML document")
    # Another encoding could hide a document type from the search below.
    declared = _XML_ENCODING.match(start)
    if b"\x00" in document or (declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")):
        raise MalformedError("the answer is not encoded as UTF-8")
    if start.startswith(b"<?xml") and not declared and b"encoding" in start.partition(b"?>")[0]:
        raise MalformedError("the answer has an XML declaration that cannot be read")
    if b"<!DOCTYPE" in document:
        raise MalformedError("the answer has a document type, which SOAP forbids")


def parse_document(document: bytes) -> ET.Element:
    """The root element of an XML document.

    Raises:
        MalformedError: It is none, or one that :func:`check_document` refuses.
    """
    check_document(document)
    try:
        return ET.fromstring(document)  # noqa: S314 -- no document type passes check_document
    except (ET.ParseError, ValueError, LookupError) as error:
        raise MalformedError(f"the answer is no well-formed XML: {error}") from None


def tag(namespace: str, name: str) -> str:
    """A name as ElementTree writes it."""
    return f"{{{namespace}}}{name}"


def child(parent: ET.Element, namespace: str, name: str, text: str) -> ET.Element:
    """Adds an element that holds a text, and returns it."""
    child = ET.SubElement(parent, tag(namespace, name))
    child.text = text
    return child


def encode(data: bytes) -> str:
    """xs:base64Binary."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of an xs:base64Binary.

    Raises:
        MalformedError: It is none.
    """
    try:
        # What is no digit is left out by the quick way, so that the length tells whether there was any.
        data = text.encode("ascii")
        decoded = binascii.a2b_base64(data)
        if len(data) % 4 == 0 and len(decoded) == len(data) // 4 * 3 - data[-2:].count(b"="):
            return decoded
        # White space is allowed in xs:base64Binary, anything else is damage that must not pass as data.
        return base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise MalformedError("the answer's data is no base64") from None


def guid(text: str | None) -> uuid.UUID | None:
    """The GUID that a text is, None where it is none."""
    if text is None:
        return None
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        return None
