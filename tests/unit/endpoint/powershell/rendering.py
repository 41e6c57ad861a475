# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of a pipeline, each as one line that people can read and write (test process)."""

from __future__ import annotations

import re
import typing
from xml.etree import ElementTree

from psrpcore.types import PSRPMessageType

from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import Message

_ESCAPES = re.compile("(?:_x[0-9A-F]{4}_)+")
_LIBRARY = re.compile(r", System\.\w+(?:\.\w+)*, Version=[^\]]*")
_LISTS = ("LST", "IE", "STK", "QUE")
_FAILED = "5"


def line_of(message: Message) -> str | None:
    """A message as a line: an object, ``ERR`` or ``FAIL`` with an error, a stream with its text.

    None for an end that is none of a failure.
    """
    if not message.clixml:
        return "null"
    node = ElementTree.fromstring(message.clixml)
    if message.kind == PSRPMessageType.PipelineOutput:
        return _Renderer().line(node)
    if message.kind == PSRPMessageType.ErrorRecord:
        return f"ERR {_error(node)}"
    if message.kind == PSRPMessageType.PipelineState:
        state, *error = _members(node)
        return f"FAIL {_error(error[0])}" if state.text == _FAILED else None
    if message.kind == PSRPMessageType.InformationRecord:
        return f"INFO {_Renderer().line(_members(node)[0])}"
    if message.kind == PSRPMessageType.PipelineHostCall:
        return "HOST"
    return f"{message.kind.name} {_plain(node.findtext('ToString'))}"


def _members(node: ElementTree.Element) -> list[ElementTree.Element]:
    found = node.find("MS")
    return [] if found is None else list(found)


def _error(node: ElementTree.Element) -> str:
    """Message, id, category and the exception's type."""
    parts = {member.get("N"): member for member in _members(node)}
    kind = _plain(parts["Exception"].findtext("TN/T")).rpartition(".")[2]
    texts = (_plain(parts[name].text) for name in ("FullyQualifiedErrorId", "ErrorCategory_Message"))
    return " | ".join((_plain(node.findtext("ToString")), *texts, kind))


def _plain(text: str | None) -> str:
    """Without the escapes of UTF-16 units."""

    def decode(found: re.Match[str]) -> str:
        return bytes.fromhex("".join(re.findall("_x(....)_", found[0]))).decode("utf-16-be", "surrogatepass")

    return _ESCAPES.sub(decode, text or "")


class _Renderer:
    """One message's objects; those that it names by a reference are shown by its number."""

    def __init__(self) -> None:
        self._names: dict[str | None, str] = {}

    def line(self, node: ElementTree.Element) -> str:
        name = node.get("N")
        prefix = f"{name}=" if name else ""
        if node.tag == "Nil":
            return f"{prefix}null"
        if node.tag == "Ref":
            return f"{prefix}@{node.get('RefId')}"
        if node.tag != "Obj":
            return f"{prefix}{node.tag}:{_plain(node.text)}"
        kind, parts = "", ""
        for child in node:
            if child.tag in ("TN", "TNRef"):
                kind = self._kind(child)
            else:
                parts += self._part(child)
        return f"{prefix}{kind} {parts}" if kind else f"{prefix}{parts}"

    def _kind(self, node: ElementTree.Element) -> str:
        if node.tag == "TN":
            name = _LIBRARY.sub("", typing.cast(str, node[0].text))
            name = name.replace("System.Management.Automation.", "SMA.").replace("System.Collections.", "SC.")
            self._names[node.get("RefId")] = name
        return self._names[node.get("RefId")]

    def _part(self, node: ElementTree.Element) -> str:
        if node.tag == "ToString":
            return f"'{_plain(node.text)}'"
        if node.tag in _LISTS:
            return f"{node.tag}[{', '.join(map(self.line, node))}]"
        if node.tag == "DCT":
            pairs = (f"{self.line(key)[4:]}={self.line(value)[6:]}" for key, value in node)
            return "{" + ", ".join(pairs) + "}"
        if node.tag in ("Props", "MS"):
            return f"{node.tag[0]}({', '.join(map(self.line, node))})"
        return self.line(node)
