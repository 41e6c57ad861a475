# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs programs of the machine as commands (test endpoint process)."""

from __future__ import annotations

import contextlib
import glob
import os
import queue
import signal
import subprocess
import threading
import typing

from . import syntax
from .binding import MISSING, Argument
from .convert import to_bool, to_string
from .errors import Category, ErrorRecord, ExceptionObject, runtime_error
from .pipeline import Stage
from .records import CommandInfo, InvocationInfo
from .sequences import as_list
from .session import Frame

_POLL_SECONDS = 0.05


def command_line(arguments: typing.Sequence[Argument], location: str) -> list[str]:
    """The arguments as a program gets them: parameters as written, lists one by one, unquoted patterns expanded."""
    line: list[str] = []
    for argument in arguments:
        if argument.name is not None:
            text = f"-{argument.name}" if argument.text is None else argument.text.split(":")[0]
            if argument.value is MISSING:
                line.append(text)
            else:
                line.append(f"{text}:{to_string(argument.value)}")
            continue
        if argument.bareword and isinstance(argument.value, str) and set("*?[") & set(argument.value):
            found = sorted(glob.glob(argument.value, root_dir=location))
            line.extend(found or [argument.value])
        elif (argument.bareword and argument.value in ("~",)) or (
            str(argument.value).startswith("~/") and argument.bareword
        ):
            line.append(os.path.expanduser(str(argument.value)))
        elif argument.text is not None:
            line.append(argument.text if not argument.bareword else to_string(argument.value))
        else:
            line.extend(
                to_string(item)
                for item in (as_list(argument.value) if isinstance(argument.value, list) else [argument.value])
            )
    return line


class NativeStage(Stage):
    """A program in a pipeline: its output's lines are objects, those of its error output error records."""

    def __init__(
        self, frame: Frame, path: str, arguments: typing.Sequence[Argument], extent: syntax.Extent | None, name: str
    ) -> None:
        self.frame, self.path, self.extent, self.name = frame, path, extent, name
        self.arguments = command_line(arguments, frame.session.location)
        self.process_handle: subprocess.Popen[bytes] | None = None
        #: A line of error output came; only the first one is the command's error, the others go on with its message.
        self.complained = False
        #: (stream, line), and (stream, None) at a stream's end.
        self.lines: queue.Queue[tuple[str, str | None]] = queue.Queue()

    def begin(self) -> None:
        session = self.frame.session
        try:
            self.process_handle = subprocess.Popen(
                [self.path, *self.arguments],
                stdin=subprocess.PIPE if self.expects_input else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=session.location,
                env=session.environment,
                start_new_session=True,
            )
        except OSError as error:
            message = f"Program '{os.path.basename(self.path)}' failed to run: {error.strerror}"
            raise runtime_error(message, "NativeCommandFailed", Category.ResourceUnavailable) from None
        for stream, pipe in (("output", self.process_handle.stdout), ("error", self.process_handle.stderr)):
            threading.Thread(target=self._read, args=(stream, pipe), daemon=True).start()

    def _read(self, stream: str, pipe: typing.IO[bytes]) -> None:
        for line in pipe:
            self.lines.put((stream, line.decode("utf-8", "replace").rstrip("\n")))
        self.lines.put((stream, None))

    def process(self, item: object) -> None:
        from .formatting import lines_of

        handle = typing.cast("subprocess.Popen[bytes]", self.process_handle)
        with contextlib.suppress(BrokenPipeError):
            for line in lines_of([item]):
                typing.cast("typing.IO[bytes]", handle.stdin).write(f"{line}\n".encode())

    def end(self) -> None:
        handle = typing.cast("subprocess.Popen[bytes]", self.process_handle)
        if handle.stdin:
            with contextlib.suppress(BrokenPipeError):
                handle.stdin.close()
        open_streams = 2
        while open_streams:
            self.frame.session.check_stop()
            try:
                stream, line = self.lines.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                open_streams -= 1
            elif stream == "output":
                self.write(line)
            else:
                self._write_error(line)
        self._finish(handle.wait())

    def _finish(self, code: int) -> None:
        session = self.frame.session
        code = 128 - code if code < 0 else code
        session.globals.set("LASTEXITCODE", code)
        session.success = code == 0
        if code and to_bool(self.frame.scope.value("PSNativeCommandUseErrorActionPreference")):
            self._report_exit(code)

    def _report_exit(self, code: int) -> None:
        """What the preference variable asks for: that a program's failure is an error."""
        name = os.path.basename(self.path)
        exception = ExceptionObject(
            "System.Management.Automation.NativeCommandExitException",
            f'Program "{name}" ended with non-zero exit code: {code} (0x{code:02X}).',
            Path=self.path, ExitCode=code, ProcessId=typing.cast("subprocess.Popen[bytes]", self.process_handle).pid,
        )  # fmt: skip
        record = ErrorRecord(exception, "ProgramExitedWithNonZeroCode", target=self.path, activity=name)
        record.invocation = InvocationInfo(CommandInfo("Application", name, self.path), self.extent, self.name)
        frame = self.frame.with_output(self.write, self.streams)
        frame.write_error(record, frame.preference("ErrorActionPreference"))

    def _write_error(self, line: str) -> None:
        info = CommandInfo("Application", os.path.basename(self.path), self.path)
        exception = ExceptionObject(
            "System.Management.Automation.RemoteException",
            line,
            SerializedRemoteException=None,
            SerializedRemoteInvocationInfo=None,
        )
        error_id = "NativeCommandErrorMessage" if self.complained else "NativeCommandError"
        self.complained = True
        record = ErrorRecord(exception, error_id, target=line)
        record.invocation = InvocationInfo(info, self.extent, self.name, history_id=-1)
        record.script_stack_trace = self.frame.session.stack_trace()
        record.extended = True
        if self.frame.preference("ErrorActionPreference") not in ("Ignore",):
            self.frame.session.remember(record)
        self.streams.error(record)

    def close(self) -> None:
        handle = self.process_handle
        if handle is None:
            return
        if handle.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(handle.pid, signal.SIGTERM)
            try:
                handle.wait(1)
            except subprocess.TimeoutExpired:
                os.killpg(handle.pid, signal.SIGKILL)
                handle.wait()
