# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what a script writes, where a nested pipeline has no client of its own (test endpoint process)."""

from __future__ import annotations

import dataclasses
import typing

from .powershell import ErrorRecord, InformationalRecord, InformationRecord, ProgressRecord, Screen


@dataclasses.dataclass
class CollectedStreams:
    """A Streams that keeps everything, each stream by itself."""

    outputs: list[object] = dataclasses.field(default_factory=list)
    errors: list[ErrorRecord] = dataclasses.field(default_factory=list)
    warnings: list[InformationalRecord] = dataclasses.field(default_factory=list)
    verboses: list[InformationalRecord] = dataclasses.field(default_factory=list)
    debugs: list[InformationalRecord] = dataclasses.field(default_factory=list)
    informations: list[InformationRecord] = dataclasses.field(default_factory=list)
    #: What the script said with ``exit``.
    exit_code: int | None = None

    def output(self, value: object) -> None:
        """See Streams."""
        self.outputs.append(value)

    def error(self, record: ErrorRecord) -> None:
        """See Streams."""
        self.errors.append(record)

    def warning(self, record: InformationalRecord) -> None:
        """See Streams."""
        self.warnings.append(record)

    def verbose(self, record: InformationalRecord) -> None:
        """See Streams."""
        self.verboses.append(record)

    def debug(self, record: InformationalRecord) -> None:
        """See Streams."""
        self.debugs.append(record)

    def information(self, record: InformationRecord) -> None:
        """See Streams."""
        self.informations.append(record)

    def progress(self, record: ProgressRecord) -> None:
        """Progress is for people who watch."""

    def exit(self, code: int) -> None:
        """See Streams."""
        self.exit_code = code


@dataclasses.dataclass
class CollectedHost:
    """A HostCalls that keeps what is written and has nobody to ask."""

    has_ui: typing.ClassVar[bool] = True
    screen: typing.ClassVar[Screen | None] = None

    out: str = ""
    err: str = ""

    def call(self, method: str, parameters: list[typing.Any]) -> object:
        """Raises NotImplementedError for what needs an answer, as a host without a person does."""
        text = str(parameters[-1]) if parameters else ""
        prefixes = {"WriteDebugLine": "DEBUG: ", "WriteVerboseLine": "VERBOSE: ", "WriteWarningLine": "WARNING: "}
        if method == "WriteErrorLine":
            self.err += text + "\n"
        elif method in prefixes:
            self.out += prefixes[method] + text + "\n"
        elif method.startswith("WriteLine"):
            self.out += text + "\n"
        elif method in ("Write1", "Write2"):
            self.out += text
        elif method not in ("WriteProgress", "SetShouldExit"):
            raise NotImplementedError(f"{method} needs a host that a person sits at")
        return None
