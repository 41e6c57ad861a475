# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that PowerShell speaks over a stream, from its client's side (broker process).

``pwsh -s`` and the subsystem of an SSH server read and write one XML element a line.  ``Data`` carries fragments;
``Command``, ``Signal`` and ``Close`` act on the pipeline, or with a GUID of zeros the pool, that PSGuid names.  The
server answers each of the four with an element of the same name and ``Ack``.  What it sends by itself is ``Data``,
which nobody acknowledges.  (OutOfProcTransportManager.cs of PowerShell's sources.)
"""

from __future__ import annotations

import base64
import binascii
import collections.abc
import dataclasses
import re
import uuid

_POOL = uuid.UUID(int=0)
#: Bytes; PowerShell writes fragments of 32 kB.  A line without an end must not fill the memory.
_LONGEST_LINE = 16 * 1024 * 1024

_ELEMENT = re.compile(
    rb"<(?P<kind>\w+)(?P<attributes>(?:\s+\w+\s*=\s*(?:'[^'<>]*'|\"[^\"<>]*\"))*)\s*"
    rb"(?:/>|>(?P<text>[^<>]*)</(?P=kind)\s*>)\s*$"
)
_GUID = re.compile(rb"\sPSGuid\s*=\s*['\"]\{?([0-9A-Fa-f-]{36})\}?['\"]")
_KINDS = frozenset((b"Data", b"DataAck", b"CommandAck", b"SignalAck", b"CloseAck"))


class MalformedPacketError(Exception):
    """A line that was meant for us and cannot be read."""


@dataclasses.dataclass(frozen=True)
class Packet:
    """One element."""

    #: Data, Command, Signal or Close; from the server Data, or one of them with Ack.
    kind: str
    #: The pipeline, None for the pool.
    target: uuid.UUID | None
    #: Fragments, whole or in part; Data alone has some.
    data: bytes = dataclasses.field(default=b"", repr=False)
    #: PowerShell keeps the answers to host calls apart from what waits in line.
    is_prompt_response: bool = False

    def encode(self) -> bytes:
        """The line, with its end."""
        guid = str(self.target or _POOL).encode()
        if self.kind != "Data":
            return b"<%s PSGuid='%s' />\n" % (self.kind.encode(), guid)
        stream = b"PromptResponse" if self.is_prompt_response else b"Default"
        return b"<Data Stream='%s' PSGuid='%s'>%s</Data>\n" % (stream, guid, base64.b64encode(self.data))


class Decoder:
    """Finds the server's packets in what is read, however it is cut.

    Other programs may write to the same stream: a greeting before the first packet, a program that was started
    without its output being taken.  Such text is passed by, and the last of it kept in `text`.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._searched = 0
        #: The last line that was no packet.
        self.text = ""

    def feed(self, data: bytes) -> collections.abc.Iterator[Packet]:
        """The packets that are complete now.

        Raises:
            MalformedPacketError: A line without an end, or a packet that something was mixed into.
        """
        self._rest += data
        while (end := self._rest.find(b"\n", self._searched)) >= 0:
            line = bytes(self._rest[:end])
            del self._rest[: end + 1]
            self._searched = 0
            if packet := self._decode(line):
                yield packet
        self._searched = len(self._rest)
        if self._searched > _LONGEST_LINE:
            raise MalformedPacketError(f"a line of more than {_LONGEST_LINE} bytes")

    def _decode(self, line: bytes) -> Packet | None:
        element = _ELEMENT.search(line)
        if element is None or element["kind"] not in _KINDS:
            if b"PSGuid=" in line:
                raise MalformedPacketError("a packet with something else written into it")
            if line.strip():
                self.text = line.decode("utf-8", errors="replace").strip()
            return None
        guid = _GUID.search(element["attributes"])
        try:
            target = uuid.UUID(guid[1].decode()) if guid else None
            data = base64.b64decode(element["text"] or b"", validate=True)
        except (ValueError, binascii.Error):
            guid = None
        if guid is None:
            raise MalformedPacketError(f"a {element['kind'].decode()} element with a bad PSGuid or text")
        return Packet(element["kind"].decode(), None if target == _POOL else target, data)
