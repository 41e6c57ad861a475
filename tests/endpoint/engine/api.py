# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the WSMan server asks of a PowerShell engine (test endpoint process).

An engine is fed with the PSRP fragments that a client sent and gives back the fragments of its answers; it knows
nothing of SOAP, HTTP, disconnecting or quotas.  Three engines stand behind it: the embedded evaluator, a real
``pwsh -s`` process, and, for both, the same bytes over standard input and output.
"""

from __future__ import annotations

import dataclasses
import typing
import uuid

from .machine import Machine


@dataclasses.dataclass(frozen=True)
class ShellInfo:
    """What an engine may know of the shell that it is opened for."""

    shell_id: uuid.UUID
    user: str
    #: The name under which this endpoint plays a computer ($env:COMPUTERNAME).
    computer_name: str
    #: The last part of the ResourceUri, ``Microsoft.PowerShell`` by default.
    configuration_name: str
    #: False for a JEA-like configuration: scripts are refused, only visible commands run.
    full_language: bool = True
    visible_commands: tuple[str, ...] = ()
    #: What the client asked for in Create's DataLocale and Locale headers; empty: the invariant culture.
    culture: str = ""
    ui_culture: str = ""
    no_profile: bool = False
    #: What the shell's scripts administer; None where they cannot.
    machine: Machine | None = None


class Sink(typing.Protocol):
    """Receives what an engine sends; called from any thread."""

    def data(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        """Fragments for the pool (None) or for a pipeline; blocks while the client's buffer is full."""

    def pipeline_ended(self, pipeline_id: uuid.UUID) -> None:
        """Nothing more comes for that pipeline (CommandState Done)."""

    def exited(self, reason: str) -> None:
        """The engine is gone, and with it the shell."""


class EngineSession(typing.Protocol):
    """One runspace pool."""

    def create_pipeline(self, pipeline_id: uuid.UUID, data: bytes) -> None:
        """The Command request: the fragments of its Arguments (CREATE_PIPELINE and, maybe, its first input)."""

    def send(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        """Further fragments for the pool or for a pipeline; may arrive while the pipeline runs."""

    def stop_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """Asks a running pipeline to stop (signal ctrl_c); its end arrives through the sink."""

    def close_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """Forgets a pipeline (signal terminate), stopping it first if it still runs."""

    def close(self) -> None:
        """Ends the runspace pool and everything in it."""


class Engine(typing.Protocol):
    """Opens runspace pools."""

    @property
    def name(self) -> str:
        """What answered, for people: ``embedded`` or ``PowerShell 7.6.5``."""

    def open(self, info: ShellInfo, creation: bytes, sink: Sink) -> EngineSession:
        """Opens a pool; `creation` holds SESSION_CAPABILITY and INIT_RUNSPACEPOOL fragments (creationXml)."""
