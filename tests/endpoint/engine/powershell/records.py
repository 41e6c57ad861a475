# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command writes besides objects and errors, and where it was called (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from .syntax import Extent


@dataclasses.dataclass
class CommandInfo:
    """What ran: System.Management.Automation.CommandTypes names its kind."""

    kind: str
    name: str
    definition: str


@dataclasses.dataclass
class InvocationInfo:
    """System.Management.Automation.InvocationInfo"""

    command: CommandInfo | None
    extent: Extent | None
    invocation_name: str = ""
    bound_parameters: dict[str, object] = dataclasses.field(default_factory=dict)
    unbound_arguments: list[object] = dataclasses.field(default_factory=list)
    history_id: int = 1
    pipeline_length: int = 0
    pipeline_position: int = 0
    expecting_input: bool = False
    #: CommandOrigin: 0 Runspace, 1 Internal.
    origin: int = 1

    @property
    def position_message(self) -> str:
        """``At line:1 char:1`` with the line, shortened around what went wrong, underlined."""
        if self.extent is None:
            return ""
        extent, line = self.extent, self.extent.line
        start = extent.column - 1
        length = max(1, min(extent.end - extent.start, len(line) - start))
        begin, end, before, after = _window(line, start, length)
        shown = f"{before}{line[begin:end]}{after}"
        underline = " " * (start - begin + len(before)) + "~" * (min(start + length, end) - start)
        file = extent.source.file
        where = f"At {file}:{extent.line_number}" if file else f"At line:{extent.line_number}"
        return f"{where} char:{extent.column}\n+ {shown}\n+ {underline}"


def _window(line: str, start: int, length: int, width: int = 69) -> tuple[int, int, str, str]:
    """Which part of a long line is shown: at most `width` characters, the error's begin among them."""
    if len(line) <= width:
        return 0, len(line), "", ""
    end = min(len(line), max(start + length, width))
    if start + length <= width:
        return 0, width, "", " …"
    begin = max(0, min(start, end - width))
    end = min(end, begin + width)
    return begin, end, "… " if begin else "", " …" if end < len(line) else ""


@dataclasses.dataclass
class InformationalRecord:
    """WarningRecord, VerboseRecord and DebugRecord."""

    kind: str
    message: str
    invocation: InvocationInfo
    pipeline_iteration: tuple[int, ...] = (0, 0)

    @property
    def net_name(self) -> str:
        return f"System.Management.Automation.{self.kind.capitalize()}Record"

    def __str__(self) -> str:
        return self.message


@dataclasses.dataclass
class InformationRecord:
    """System.Management.Automation.InformationRecord"""

    net_name: typing.ClassVar[str] = "System.Management.Automation.InformationRecord"

    message: object
    source: str
    tags: list[str]
    user: str
    computer: str
    process_id: int
    #: Whether a host with a user interface shows it: what Write-Host says, or all with the preference Continue.
    shown: bool = False

    def __str__(self) -> str:
        return str(self.message)


@dataclasses.dataclass
class HostMessage:
    """System.Management.Automation.HostInformationMessage, what Write-Host puts into an information record."""

    net_name: typing.ClassVar[str] = "System.Management.Automation.HostInformationMessage"

    message: str
    no_new_line: bool = False
    foreground: str | None = None
    background: str | None = None

    def __str__(self) -> str:
        return self.message


@dataclasses.dataclass
class ProgressRecord:
    """System.Management.Automation.ProgressRecord"""

    activity: str
    activity_id: int
    status: str
    operation: str | None
    parent_id: int
    percent: int
    seconds: int
    completed: bool
