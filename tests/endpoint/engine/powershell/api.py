# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the adapter to PSRP gives to and gets from the embedded evaluator (test endpoint process)."""

from __future__ import annotations

import dataclasses
import enum
import typing

if typing.TYPE_CHECKING:
    from .errors import ErrorRecord
    from .records import InformationalRecord, InformationRecord, ProgressRecord


class Language(enum.Enum):
    """PSLanguageMode, as far as endpoints use it; the value is its number in .NET.

    Of what the constrained mode refuses there is the making of script blocks.
    """

    FULL = 0
    NO_LANGUAGE = 2
    CONSTRAINED = 3


@dataclasses.dataclass(frozen=True)
class Origin:
    """Who opened a session, and what that client told of itself."""

    user: str
    #: Names of cultures; empty: the invariant one.
    culture: str = ""
    ui_culture: str = ""
    #: As it was deserialized.
    application_arguments: object = dataclasses.field(default_factory=dict)
    configuration_name: str = ""


@dataclasses.dataclass
class CommandCall:
    """One element of CREATE_PIPELINE's Cmds: a script's text or a command's name with its parameters."""

    text: str
    is_script: bool
    #: (name without dash, or None for a positional argument; value as it was deserialized).
    parameters: list[tuple[str | None, object]] = dataclasses.field(default_factory=list)
    #: None leaves it to the command, as in PowerShell: a script runs in the caller's scope.
    use_local_scope: bool | None = None
    #: Where streams go: keys "error", "warning", "verbose", "debug", "information"; values "output" or "null".
    merge: typing.Mapping[str, str] = dataclasses.field(default_factory=dict)


class Streams(typing.Protocol):
    """Takes what a pipeline writes, as it happens, on the thread that invoked it.

    Every argument is an engine value: `serialize` makes of it the body of the message that belongs to the stream.
    """

    def output(self, value: object) -> None:
        """PIPELINE_OUTPUT."""

    def error(self, record: ErrorRecord) -> None:
        """ERROR_RECORD."""

    def warning(self, record: InformationalRecord) -> None:
        """WARNING_RECORD; the text is ``str(record)``."""

    def verbose(self, record: InformationalRecord) -> None:
        """VERBOSE_RECORD."""

    def debug(self, record: InformationalRecord) -> None:
        """DEBUG_RECORD."""

    def information(self, record: InformationRecord) -> None:
        """INFORMATION_RECORD."""

    def progress(self, record: ProgressRecord) -> None:
        """PROGRESS_RECORD."""

    def exit(self, code: int) -> None:
        """The script said ``exit``: PIPELINE_HOST_CALL SetShouldExit; the pipeline then completes."""


@dataclasses.dataclass
class Screen:
    """What a client tells of its host's screen: names of colors, columns and lines."""

    foreground: str = "Gray"
    background: str = "Black"
    width: int = 120
    height: int = 50
    title: str = ""


class HostCalls(typing.Protocol):
    """The client's host; missing (None) where the client sent HostInfo with IsHostNull."""

    @property
    def has_ui(self) -> bool:
        """Whether it can write and ask."""

    @property
    def screen(self) -> Screen | None:
        """What it writes on, where it has a raw user interface."""

    def call(self, method: str, parameters: list[object]) -> object:
        """Calls a RemoteHostMethodId by its name (``WriteLine2``, ``ReadLine``); None for methods without a result."""
