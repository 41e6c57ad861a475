# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client with a user before a screen: what the engine shows and asks, and the answers (test process)."""

from __future__ import annotations

import typing

import psrpcore
from psrpcore.types import (
    ConsoleColor,
    Coordinates,
    HostDefaultData,
    HostInfo,
    PSInt,
    PSString,
    Size,
)

from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, script

#: Methods that put text on the screen, the last argument being the text.
_WRITES = ("Write1", "Write2", "WriteLine1", "WriteLine2", "WriteLine3", "WriteErrorLine", "WriteWarningLine",
           "WriteVerboseLine", "WriteDebugLine")  # fmt: skip


def host_info(width: int = 120, screen: bool = True) -> HostInfo:
    """A host with a user interface and, unless told otherwise, a screen."""
    size, origin = Size(width, 50), Coordinates(0, 0)
    data = HostDefaultData(
        ForegroundColor=ConsoleColor.Gray,
        BackgroundColor=ConsoleColor.Black,
        CursorPosition=origin,
        WindowPosition=origin,
        CursorSize=PSInt(25),
        BufferSize=size,
        WindowSize=size,
        MaxWindowSize=size,
        MaxPhysicalWindowSize=size,
        WindowTitle=PSString("Console"),
    )
    return HostInfo(
        IsHostNull=False,
        IsHostUINull=False,
        IsHostRawUINull=not screen,
        UseRunspaceHost=False,
        HostDefaultData=data if screen else None,
    )


class Console:
    """Runs commands interactively: the last one of each pipeline is Out-Default.

    Attributes:
        answers: What the user answers, by the method's name.
        calls: Every host call: the method's name and its arguments.
        events: What else the last pipeline sent.
    """

    def __init__(self, client: EngineClient, host: HostInfo | None = None) -> None:
        self.client = client
        self.answers: dict[str, typing.Any] = {}
        self.calls: list[tuple[str, list[typing.Any]]] = []
        self.events: list[psrpcore.PSRPEvent[typing.Any, typing.Any]] = []
        self._host = host or host_info()

    def start(self, text: str) -> psrpcore.ClientPowerShell:
        self.calls, self.events = [], []
        first = script(text)
        first.redirect_error(psrpcore.types.PipelineResultTypes.Output)
        default = psrpcore.Command("Out-Default")
        return self.client.start(first, default, host=self._host)

    def run(self, text: str) -> list[str]:
        """What the screen shows in the end, a line each."""
        powershell = self.start(text)
        self.client.wait_until(lambda: self.handle(powershell) and powershell.pipeline_id in self.client.ended)
        self.handle(powershell)
        self.client.close_pipeline(powershell)
        return self.shown()

    def handle(self, powershell: psrpcore.ClientPowerShell) -> bool:
        """Answers the host calls that have come."""
        events = self.client.events.get(powershell.pipeline_id, [])
        while events:
            event = events.pop(0)
            if not isinstance(event, psrpcore.PipelineHostCallEvent):
                self.events.append(event)
                continue
            method = event.method_identifier
            self.calls.append((method.name, list(event.method_parameters)))
            if not method.is_void() and method.name in self.answers:
                powershell.host_response(event.ci, self.answers[method.name])
                self.client.flush(powershell.pipeline_id)
        return True

    def shown(self) -> list[str]:
        return [str(arguments[-1]) if arguments else "" for method, arguments in self.calls if method in _WRITES]

    def asked(self, method: str) -> list[typing.Any]:
        """The arguments of the one call of a method."""
        [arguments] = [arguments for name, arguments in self.calls if name == method]
        return arguments
