# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of PowerShell, compared without what differs from run to run (test process)."""

from __future__ import annotations

import typing
import xml.etree.ElementTree as ElementTree

#: Values that are other ones in each run, by the name of the property that holds them.
_CHANGING = {
    "TimeGenerated",
    "ProcessId",
    "NativeThreadId",
    "ManagedThreadId",
    "Computer",
    "User",
}

_REFERENCE = "RefId"

Canonical = typing.Any


def canonical(clixml: str) -> Canonical:
    """A message's body as nested tuples that two runs have in common; '' for the message of a null."""
    if not clixml:
        return ""
    root = ElementTree.fromstring(clixml)
    type_names: dict[str, tuple[str, ...]] = {}
    order: dict[str, int] = {}
    return _canonical(root, type_names, order)


def _canonical(
    node: ElementTree.Element, type_names: dict[str, tuple[str, ...]], order: dict[str, int], *, typed: bool = False
) -> Canonical:
    tag, name = node.tag, node.get("N")
    if tag == "TN":
        type_names[node.get(_REFERENCE, "")] = tuple(child.text or "" for child in node)
    if tag in ("TN", "TNRef"):
        return ("TN", type_names[node.get(_REFERENCE, "")])
    if tag == "Obj":
        order[node.get(_REFERENCE, "")] = len(order)
    if tag == "Ref":
        return ("Ref", name, order.get(node.get(_REFERENCE, ""), "in what changes"))
    if name in _CHANGING and tag not in ("MS", "Props"):
        for child in node.iter():
            if child.tag == "TN":
                type_names[child.get(_REFERENCE, "")] = tuple(item.text or "" for item in child)
        return (tag, name, "*")
    has_type = node.find("TN") is not None or node.find("TNRef") is not None
    children = [_canonical(child, type_names, order, typed=has_type) for child in node]
    # A Hashtable has no order of its own, nor have the parts of an object or the body of a message.
    if tag in ("DCT", "Obj") or (tag == "MS" and not typed):
        children.sort(key=repr)
    text = (node.text or "") if not children else ""
    return (tag, name, text, *children)
