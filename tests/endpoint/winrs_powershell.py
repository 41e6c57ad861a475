# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``powershell.exe`` as a command of a WinRS shell, or detached from it: the embedded evaluator (endpoint process).

It is no process of its own, since what it may administer is the endpoint that runs it.
"""

from __future__ import annotations

import base64
import binascii
import collections.abc
import shlex
import threading
import typing

from .engine.identity import windows_environment
from .engine.machine import Machine
from .engine.powershell import CommandCall, PipelineStopped, PSTerminating, Runspace
from .engine.powershell.formatting import lines_of
from .shells import Command, Shell

_SWITCHES_WITH_VALUE = ("-executionpolicy", "-inputformat", "-outputformat", "-version", "-windowstyle")
_NEW_LINE = "\r\n"


def is_powershell(line: str) -> bool:
    """Whether a command line begins with Windows PowerShell or PowerShell 7."""
    line = line.strip()
    path = line[1:].partition('"')[0] if line.startswith('"') else line.partition(" ")[0]
    program = path.replace("\\", "/").rpartition("/")[2].lower()
    return program in ("powershell", "powershell.exe", "pwsh", "pwsh.exe")


def script_of(line: collections.abc.Sequence[str]) -> str:
    """What a command line of PowerShell runs; ValueError for one that this stand-in does not know."""
    words = shlex.split(" ".join(line), posix=False)[1:]
    while words:
        word = words.pop(0).lower()
        if word in ("-encodedcommand", "-enc", "-e"):
            try:
                return base64.b64decode(words[0], validate=True).decode("utf-16-le")
            except (IndexError, binascii.Error, UnicodeDecodeError) as error:
                raise ValueError(f"-EncodedCommand: {error}") from None
        if word in ("-command", "-c"):
            return " ".join(words)
        if word in _SWITCHES_WITH_VALUE and words:
            words.pop(0)
    raise ValueError("PowerShell needs -EncodedCommand or -Command here")


class _Text:
    """Takes streams as the console shows them."""

    def __init__(self, write: collections.abc.Callable[[str, str], None]) -> None:
        self._write = write
        self.code = 0

    def output(self, value: object) -> None:
        for line in lines_of([value]):
            self._write("stdout", line + _NEW_LINE)

    def error(self, record: typing.Any) -> None:
        self._write("stderr", f"{record.exception.message}{_NEW_LINE}")

    def exit(self, code: int) -> None:
        self.code = code

    def _shown(self, record: object) -> None:
        self._write("stdout", f"{record}{_NEW_LINE}")

    def _hidden(self, record: object) -> None:
        """Progress and information are not written where there is no console."""

    warning = verbose = debug = _shown
    information = progress = _hidden


def run(
    machine: Machine,
    user: str,
    script: str,
    write: collections.abc.Callable[[str, str], None],
    stop: threading.Event,
) -> int:
    """Runs a script as a process of its own would; its exit code."""
    runspace = Runspace(machine.name, user)
    runspace.machine = machine
    runspace.environment.update({**windows_environment(), **machine.environment})
    streams = _Text(write)
    try:
        runspace.invoke([[CommandCall(script, True)]], (), streams, stop)
    except (PSTerminating, PipelineStopped) as error:
        streams.error(error.error_record)
        return 1
    return streams.code


class PowerShellProcess(threading.Thread):
    """A command of a WinRS shell that is PowerShell."""

    def __init__(self, shell: Shell, command: Command, machine: Machine, line: list[str]) -> None:
        super().__init__(name=f"winrs-powershell-{command.command_id}", daemon=True)
        self._shell = shell
        self._command = command
        self._machine = machine
        self._line = line
        self._stop_requested = threading.Event()

    def stop(self) -> None:
        """Ends it, as when its shell goes."""
        self._stop_requested.set()

    def run(self) -> None:
        channel = self._command.channel
        try:
            script = script_of(self._line)
            code = run(self._machine, self._shell.owner, script, self._write, self._stop_requested)
        except ValueError as error:
            self._write("stderr", f"{error}{_NEW_LINE}")
            code = 64
        for name in ("stdout", "stderr"):
            channel.put(name, b"", end=True)
        with self._shell.changed:
            channel.finish(code)

    def _write(self, stream: str, text: str) -> None:
        self._command.channel.put(stream, text.encode())


def run_detached(machine: Machine, user: str, line: str) -> None:
    """What Win32_Process.Create starts: it outlives every shell of the computer; ValueError for another program."""
    if not is_powershell(line):
        raise ValueError(f"this stand-in starts nothing but PowerShell: {line}")
    arguments = (machine, user, script_of([line]), lambda stream, text: None, threading.Event())
    threading.Thread(target=run, args=arguments, name="detached-powershell", daemon=True).start()
