# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PowerShell process as an engine: one ``pwsh -s`` for each shell (test endpoint process)."""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import typing
import uuid

import psrpcore.types

from .api import ShellInfo, Sink
from .fragments import FragmentBuffer, message_type
from .outofproc import BadPacketError, Packet

#: Seconds that a process has to end by itself once it was asked to, before its group is killed.
END_PATIENCE = 5.0


class PwshEngine:
    """Starts a process for each pool."""

    def __init__(self, command: collections.abc.Sequence[str], name: str) -> None:
        self._command = list(command)
        self._name = name

    @property
    def name(self) -> str:
        """``PowerShell 7.6.5``, say."""
        return self._name

    def open(self, info: ShellInfo, creation: bytes, sink: Sink) -> PwshSession:
        """Starts the process; raises OSError when it cannot be started."""
        return PwshSession(self._command, creation, sink)


class _Lines:
    """The packets that wait to be sent: one under way for each target, the next after its acknowledgement."""

    def __init__(self, stream: typing.BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._waiting: dict[uuid.UUID | None, collections.deque[Packet]] = {}

    def send(self, packet: Packet) -> None:
        with self._lock:
            waiting = self._waiting.get(packet.target)
            if waiting is not None:
                waiting.append(packet)
                return
            self._waiting[packet.target] = collections.deque()
            self._write(packet)

    def acknowledged(self, target: uuid.UUID | None) -> None:
        with self._lock:
            if waiting := self._waiting.get(target):
                self._write(waiting.popleft())
            else:
                self._waiting.pop(target, None)

    def end(self) -> None:
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._stream.close()

    def _write(self, packet: Packet) -> None:
        # A process that is gone is reported by who reads its output.
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(packet.encode())
            self._stream.flush()


class PwshSession:
    """One process with one pool.

    Its output is read by one thread, so a sink that blocks for one pipeline holds up the others of the same shell,
    as the pipe itself would.
    """

    def __init__(self, command: collections.abc.Sequence[str], creation: bytes, sink: Sink) -> None:
        self._sink = sink
        self._closing = False
        self._pool_closed = threading.Event()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the session is
        # A group of its own, so that what a script started ends with it.
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        assert self._process.stdin and self._process.stdout
        self._lines = _Lines(typing.cast(typing.BinaryIO, self._process.stdin))
        self._watched: dict[uuid.UUID, FragmentBuffer] = {}
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        self.send(None, creation)

    @property
    def pid(self) -> int:
        """Of the process, which is the id of its group too."""
        return self._process.pid

    def create_pipeline(self, pipeline_id: uuid.UUID, data: bytes) -> None:
        """See EngineSession."""
        self._watched[pipeline_id] = FragmentBuffer()
        self._lines.send(Packet("Command", pipeline_id))
        self.send(pipeline_id, data)

    def send(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        """See EngineSession."""
        self._lines.send(Packet("Data", pipeline_id, data))

    def stop_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """See EngineSession."""
        self._lines.send(Packet("Signal", pipeline_id))

    def close_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """See EngineSession."""
        if self._watched.pop(pipeline_id, None) is not None:
            self._lines.send(Packet("Close", pipeline_id))

    def close(self) -> None:
        """Asks the process to end, and sees to it that it and all it started are gone."""
        self._closing = True
        if self._process.poll() is None:
            for pipeline_id in list(self._watched):
                self.close_pipeline(pipeline_id)
            self._lines.send(Packet("Close", None))
            self._pool_closed.wait(END_PATIENCE)
        self._lines.end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_PATIENCE)
        self._kill()
        if threading.current_thread() is not self._reader:
            self._reader.join(END_PATIENCE)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _read(self, stream: typing.IO[bytes]) -> None:
        reason = ""
        try:
            with stream:
                for line in stream:
                    self._handle(Packet.decode(line))
        except BadPacketError as error:
            reason = f"the engine wrote {error}"
        self._pool_closed.set()
        if not self._closing:
            self._kill()
            self._sink.exited(reason or self._last_words())

    def _handle(self, packet: Packet) -> None:
        if packet.kind == "Data":
            self._sink.data(packet.target, packet.data)
            if packet.target and self._ends_pipeline(packet.target, packet.data):
                self._sink.pipeline_ended(packet.target)
        elif packet.kind.endswith("Ack"):
            self._lines.acknowledged(packet.target)
            if packet.kind == "CloseAck" and packet.target is None:
                self._pool_closed.set()
        else:
            raise BadPacketError(f"{packet.kind}, which only a client sends")

    def _ends_pipeline(self, pipeline_id: uuid.UUID, data: bytes) -> bool:
        watched = self._watched.get(pipeline_id)
        if watched is None:
            return False
        # PowerShell sends this message at a pipeline's end only: completed, stopped or failed.
        ends = [
            message_type(fragment) == psrpcore.types.PSRPMessageType.PipelineState for fragment in watched.feed(data)
        ]
        return any(ends)

    def _last_words(self) -> str:
        status = self._process.wait()
        self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - 500))
        words = self._errors.read().decode(errors="replace").strip()
        return f"the engine's process ended with status {status}" + (f": {words}" if words else "")
