# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is moved to see how fast it goes, and each way to move it (benchmark process)."""

from __future__ import annotations

import dataclasses
import typing

MB = 1000 * 1000

#: Ways in which Python gets at a session: the connection plugins, pssession_invoke, and pypsrp by itself.
WAYS = ("psrp", "pypsrp", "pssession", "pssession_invoke")
#: Those that are ours.
OURS = ("pssession", "pssession_invoke")
#: Those that move files.
_OF_FILES = ("psrp", "pypsrp", "pssession")


@dataclasses.dataclass(frozen=True)
class Load:
    """Something to move: so many objects, or so many bytes."""

    title: str
    operation: typing.Literal["output", "text", "input", "put", "fetch"]
    #: Objects or bytes.
    unit: typing.Literal["objects", "bytes"]
    #: What the session runs; ``{count}`` is how many objects there are.
    script: str = ""
    #: What is sent to it: integers, or strings of a megabyte.
    kind: typing.Literal["integers", "strings", ""] = ""
    ways: tuple[str, ...] = WAYS
    #: Lines that the connection plugins make of each object.
    lines: int = 1

    def count(self, size: int) -> int:
        """How many objects: those of bytes are strings of a megabyte."""
        return size if self.unit == "objects" else -(-size // MB)

    def rate(self, size: int, seconds: float) -> str:
        """For people."""
        if self.unit == "objects":
            return f"{size / seconds:,.0f}/s"
        return f"{size / MB / seconds:.1f} MB/s"

    def amount(self, size: int) -> str:
        """For people."""
        return f"{size:,}" if self.unit == "objects" else f"{size / MB:g} MB"


LOADS = {
    "integers": Load("integers written", "output", "objects", "1..{count}"),
    "records": Load(
        "objects written",
        "output",
        "objects",
        "foreach ($number in 1..{count}) {{ [PSCustomObject]@{{ Name = 'item'; Id = $number; Done = $true }} }}",
        lines=3,
    ),
    "text": Load("text written", "text", "bytes", "$text = 'x' * 1000000; foreach ($number in 1..{count}) {{ $text }}"),
    "numbers in": Load(
        "integers sent",
        "input",
        "objects",
        "begin {{ $sum = 0 }} process {{ $sum += 1 }} end {{ $sum }}",
        "integers",
    ),
    "text in": Load(
        "text sent",
        "input",
        "bytes",
        "begin {{ $sum = 0 }} process {{ $sum += $_.Length }} end {{ $sum }}",
        "strings",
    ),
    "put": Load("put_file", "put", "bytes", ways=_OF_FILES),
    "fetch": Load("fetch_file", "fetch", "bytes", ways=_OF_FILES),
}
