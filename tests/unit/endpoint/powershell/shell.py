# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs scripts on the embedded evaluator and collects what they write (test process)."""

from __future__ import annotations

import dataclasses
import threading
import typing

from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import (
    CommandCall,
    ErrorRecord,
    PSTerminating,
    Runspace,
)


class Recorder:
    """A Streams that keeps everything in order."""

    def __init__(self) -> None:
        self.written: list[tuple[str, typing.Any]] = []

    def __getattr__(self, name: str) -> typing.Callable[[object], None]:
        return lambda value: self.written.append((name, value))


@dataclasses.dataclass
class Result:
    """What a pipeline wrote, in order, and the error that ended it."""

    written: list[tuple[str, typing.Any]]
    failure: ErrorRecord | None = None

    def of(self, stream: str) -> list[typing.Any]:
        return [value for name, value in self.written if name == stream]

    @property
    def output(self) -> list[typing.Any]:
        return self.of("output")


class Shell:
    """A runspace to call scripts in."""

    def __init__(self, **options: typing.Any) -> None:
        self.runspace = Runspace("SRV", "DOMAIN\\user", **options)

    def run(
        self,
        text: str,
        *,
        input: typing.Iterable[object] = (),
        stop: threading.Event | None = None,
        script: bool = True,
        local: bool | None = None,
        goes_on: bool = False,
        **parameters: object,
    ) -> Result:
        recorder = Recorder()
        call = CommandCall(text, script, list(parameters.items()), local)
        try:
            self.runspace.invoke([[call]], input, recorder, stop or threading.Event(), goes_on)
        except PSTerminating as error:
            return Result(recorder.written, error.error_record)
        return Result(recorder.written)

    def output(self, text: str, **parameters: typing.Any) -> list[typing.Any]:
        """What a script that must not fail writes to the output."""
        result = self.run(text, **parameters)
        assert result.failure is None, str(result.failure)
        return result.output
