# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of PowerShell, compared without what differs from run to run (test process)."""

from __future__ import annotations

import re
import typing
from xml.etree import ElementTree

#: Values that are other ones in each run and on each machine, by the name of the property that holds them: ids, times,
#: names of users, and what a file system tells of itself.
_CHANGING = {
    "TimeGenerated", "ProcessId", "NativeThreadId", "ManagedThreadId", "Computer", "User", "Group",
    "CreationTime", "CreationTimeUtc", "LastAccessTime", "LastAccessTimeUtc", "LastWriteTime", "LastWriteTimeUtc",
    "LastWriteTimeString", "AccessTime", "ModifiedTime", "StatusChangeTime", "Inode", "UserId", "GroupId", "BlockSize",
    "DeviceId", "NumberOfBlocks", "Used", "Free", "CurrentLocation", "Home",
}  # fmt: skip

#: What an exception tells of the .NET code that threw it, down to the names of PowerShell's own methods.
_OF_DOTNET = {"TargetSite", "Source", "StackTrace", "Data"}

_STACK = re.compile(r"\n(?:   at .*|--- End of stack trace from previous location ---)")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = "RefId"

Canonical = typing.Any


def canonical(clixml: str) -> Canonical:
    """A message's body as nested tuples that two runs have in common; '' for the message of a null."""
    return _Reader().read(ElementTree.fromstring(clixml)) if clixml else ""


class _Reader:
    """Reads one body; a reference becomes what it refers to, however the writer shared its objects."""

    def __init__(self) -> None:
        self._type_names: dict[str, tuple[str, ...]] = {}
        self._objects: dict[str, Canonical] = {}

    def read(self, node: ElementTree.Element, parent: ElementTree.Element | None = None) -> Canonical:
        tag, name, reference = node.tag, node.get("N"), node.get(_REFERENCE, "")
        if tag in ("TN", "TNRef"):
            return self._names(node, reference)
        if tag == "Ref":
            return ("Obj", name, *self._objects.get(reference, ("itself",)))
        parts = self._parts(node, parent)
        if tag == "Obj":
            self._objects[reference] = parts
        if name in _CHANGING or (name in _OF_DOTNET and parent is not None and parent.tag == "Props"):
            return (name, "*")
        return (tag, name, *parts)

    def _names(self, node: ElementTree.Element, reference: str) -> Canonical:
        if node.tag == "TN":
            self._type_names[reference] = tuple(child.text or "" for child in node)
        return ("TN", self._type_names[reference])

    def _parts(self, node: ElementTree.Element, parent: ElementTree.Element | None) -> tuple[Canonical, ...]:
        children = [self.read(child, node) for child in node]
        if node.tag == "ToString":
            return (_STACK.sub("", _ESCAPE.sub(lambda code: chr(int(code[1], 16)), node.text or "")),)
        if _is_unordered(node, parent):
            children.sort(key=repr)
        return tuple(children) if children else (node.text or "",)


def _is_unordered(node: ElementTree.Element, parent: ElementTree.Element | None) -> bool:
    """A Hashtable, the parts of an object, the body of a message, and the properties of a .NET exception."""
    if node.tag == "MS":
        return parent is not None and parent.find("TN") is None and parent.find("TNRef") is None
    if node.tag == "Props":
        return parent is not None and parent.get("N") in ("Exception", "InnerException")
    return node.tag in ("DCT", "Obj")
