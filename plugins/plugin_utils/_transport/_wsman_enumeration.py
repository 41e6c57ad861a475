# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enumerate and Pull on shells and commands ([MS-WSMV] 3.1.4.7, DSP0226; broker process)."""

from __future__ import annotations

import dataclasses
import uuid
import xml.etree.ElementTree as ET

from ._wsman_requests import upper
from ._wsman_xml import ENUMERATION, WSMAN, child, tag

_MAX_ELEMENTS = "32000"  # MaxBatchItems of a server that was never configured
_SELECTOR_FILTER = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"


@dataclasses.dataclass(frozen=True)
class Page:
    """One answer to Enumerate or Pull."""

    items: list[ET.Element]
    #: What the next Pull must name; None on the last page.
    context: str | None


def enumerate_body(shell_id: uuid.UUID | None = None) -> ET.Element:
    """Enumerate's body; with a shell's id only what belongs to that shell."""
    element = ET.Element(tag(ENUMERATION, "Enumerate"))
    child(element, WSMAN, "OptimizeEnumeration", "")
    child(element, WSMAN, "MaxElements", _MAX_ELEMENTS)
    if shell_id is not None:
        query = child(element, WSMAN, "Filter", "")
        query.set("Dialect", _SELECTOR_FILTER)
        selectors = child(query, WSMAN, "SelectorSet", "")
        child(selectors, WSMAN, "Selector", upper(shell_id)).set("Name", "ShellId")
    return element


def pull_body(context: str) -> ET.Element:
    """Pull's body; the maximum must be the one that Enumerate gave."""
    element = ET.Element(tag(ENUMERATION, "Pull"))
    child(element, ENUMERATION, "EnumerationContext", context)
    child(element, ENUMERATION, "MaxElements", _MAX_ELEMENTS)
    return element


def read_page(body: ET.Element) -> Page:
    """The items of an EnumerateResponse or PullResponse, which differ in their namespaces."""
    items: list[ET.Element] = []
    context: str | None = None
    for name in ("EnumerateResponse", "PullResponse"):
        response = body.find(tag(ENUMERATION, name))
        if response is None:
            continue
        for namespace in (WSMAN, ENUMERATION):
            for element in response.findall(tag(namespace, "Items")):
                items.extend(element)
        ended = any(response.find(tag(namespace, "EndOfSequence")) is not None for namespace in (WSMAN, ENUMERATION))
        context = None if ended else response.findtext(tag(ENUMERATION, "EnumerationContext"), "").strip() or None
    return Page(items, context)
