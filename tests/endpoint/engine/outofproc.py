# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that PowerShell speaks over a pipe (test endpoint process and its engine processes).

``pwsh -s`` reads and writes one XML element a line: ``<Data Stream='Default' PSGuid='...'>base64</Data>`` carries
fragments, and Command, Signal and Close act on the pipeline (or, with a GUID of zeros, the pool) that PSGuid names.
The server answers each of the four with an element of the same name and ``Ack``; a sender waits for it before it
sends more to the same target, since the server works on the lines of different targets at once.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
import typing
import uuid

#: What PowerShell writes for the pool, which has no GUID of its own on this transport.
_POOL = uuid.UUID(int=0)

_ELEMENT = re.compile(
    r"<(?P<kind>\w+)(?P<attributes>(?:\s+\w+\s*=\s*(?:'[^']*'|\"[^\"]*\"))*)\s*"
    r"(?:/>|>(?P<text>[^<]*)</(?P=kind)>)"
)
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\")")

Kind = typing.Literal["Data", "DataAck", "Command", "CommandAck", "Signal", "SignalAck", "Close", "CloseAck"]
_KINDS: tuple[str, ...] = typing.get_args(Kind)


class BadPacketError(ValueError):
    """A line that is none of the elements above."""


@dataclasses.dataclass(frozen=True)
class Packet:
    """One line."""

    kind: Kind
    #: The pipeline, or None for the pool.
    target: uuid.UUID | None
    #: Fragments; Data alone has some.
    data: bytes = b""

    def encode(self) -> bytes:
        """The line, with its end."""
        guid = self.target or _POOL
        if self.kind == "Data":
            return b"<Data Stream='Default' PSGuid='%s'>%s</Data>\n" % (str(guid).encode(), base64.b64encode(self.data))
        return b"<%s PSGuid='%s' />\n" % (self.kind.encode(), str(guid).encode())

    @classmethod
    def decode(cls, line: bytes) -> Packet:
        """Reads a line; raises BadPacketError."""
        try:
            element = _ELEMENT.fullmatch(line.decode("ascii").strip())
        except UnicodeDecodeError as error:
            raise BadPacketError("not ASCII") from error
        if element is None or element["kind"] not in _KINDS:
            raise BadPacketError(f"not an element of the out-of-process protocol: {line[:60]!r}")
        attributes = {name: single or double for name, single, double in _ATTRIBUTE.findall(element["attributes"])}
        try:
            guid = uuid.UUID(attributes["PSGuid"])
            data = base64.b64decode(element["text"] or "", validate=True)
        except (KeyError, ValueError, binascii.Error) as error:
            raise BadPacketError(f"a {element['kind']} element with a bad PSGuid or text") from error
        return cls(typing.cast(Kind, element["kind"]), None if guid == _POOL else guid, data)
