# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A WinRS (cmd) shell: each command is a real process of this machine (test endpoint process).

Windows hands the line to cmd.exe; here /bin/sh stands in for it, unless the client asks for the bare program.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import typing

from .computer import Computer
from .quotas import max_processes_per_shell
from .shells import Command, Shell
from .winrs_powershell import PowerShellProcess, is_powershell
from .wsmanfault import invalid_parameter, plugin_failed

#: The exit code that Windows gives a process that Ctrl+C ended (STATUS_CONTROL_C_EXIT).
CONTROL_C_EXIT = 0xC000013A
_CHUNK = 16 * 1024


class CommandRuntime:
    """Runs the commands of one cmd shell."""

    can_disconnect = False

    def __init__(self, shell: Shell, computer: Computer) -> None:
        self._shell = shell
        self._computer = computer
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._powershells: dict[str, PowerShellProcess] = {}
        self._interrupted: set[str] = set()

    def command(self, command: Command, line: str, arguments: list[str], skip_cmd: bool) -> None:
        limit = self._computer.quotas.max_processes_per_shell
        if sum(process.poll() is None for process in self._processes.values()) >= limit:
            raise max_processes_per_shell(limit)
        if is_powershell(line) and self._computer.machine is not None:
            powershell = PowerShellProcess(self._shell, command, self._computer.machine, [line, *arguments])
            self._powershells[command.command_id] = powershell
            powershell.start()
            return
        if skip_cmd:
            program = [line, *arguments]
        else:
            program = ["/bin/sh", "-c", " ".join([line, *arguments])]
        settings = self._shell.settings
        try:
            process = subprocess.Popen(
                program,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=settings.working_directory,
                env={**os.environ, **settings.environment},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise plugin_failed(f"The system cannot run the command: {error} ") from None
        self._processes[command.command_id] = process
        threading.Thread(target=self._follow, args=(command, process), daemon=True).start()

    def send(self, command: Command | None, stream: str, data: bytes, end: bool) -> None:
        if command is None:
            raise invalid_parameter("A cmd shell has no input of its own. ")
        if command.command_id in self._powershells:
            return  # it was told by -EncodedCommand what to run, and reads nothing
        process = self._processes[command.command_id]
        assert process.stdin is not None
        try:
            process.stdin.write(data)
            process.stdin.flush()
            if end:
                process.stdin.close()
        except (OSError, ValueError):
            return  # the process has closed its input or ended, as its end will tell

    def signal(self, command: Command, code: str) -> None:
        self._interrupted.add(command.command_id)
        if powershell := self._powershells.get(command.command_id):
            powershell.stop()
        _kill(self._processes.get(command.command_id), signal.SIGINT)

    def terminate(self, command: Command) -> None:
        if powershell := self._powershells.pop(command.command_id, None):
            powershell.stop()
        _kill(self._processes.pop(command.command_id, None), signal.SIGKILL)

    def connect(self, data: bytes) -> bytes:
        raise plugin_failed("A cmd shell can not be connected to. ")

    def close(self) -> None:
        for process in list(self._processes.values()):
            _kill(process, signal.SIGKILL)
        for powershell in list(self._powershells.values()):
            powershell.stop()
        self._processes.clear()

    def _follow(self, command: Command, process: subprocess.Popen[bytes]) -> None:
        """Moves a process's output to its client, then tells how it ended."""
        readers = [
            threading.Thread(target=_copy, args=(command, name, pipe), daemon=True)
            for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr))
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        code = process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):  # what was not written is of no use to a process that has ended
                process.stdin.close()
        if command.command_id in self._interrupted and code < 0:
            code = CONTROL_C_EXIT
        elif code < 0:
            code = 128 - code  # as a shell tells that a signal ended a process
        with self._shell.changed:
            command.channel.finish(code)


def _copy(command: Command, name: str, pipe: typing.IO[bytes] | None) -> None:
    assert pipe is not None
    with pipe:
        while data := os.read(pipe.fileno(), _CHUNK):
            command.channel.put(name, data)
    command.channel.put(name, b"", end=True)


def _kill(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    """Signals the whole process group of a command; no error when it has ended."""
    if process is not None and process.poll() is None:
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            return
