# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine behind standard input and output, so that it can stand in for ``pwsh -s`` (engine process)."""

from __future__ import annotations

import getpass
import platform
import sys
import threading
import typing
import uuid

from .api import Engine, EngineSession, ShellInfo
from .outofproc import BadPacketError, Packet


class _Output:
    """Writes packets of several threads to one stream; the sink of the session that is served."""

    def __init__(self, stream: typing.BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        #: The session has ended by itself.
        self.over = False

    def write(self, packet: Packet) -> None:
        with self._lock:
            try:
                self._stream.write(packet.encode())
                self._stream.flush()
            except (BrokenPipeError, ValueError):
                # Who started this process no longer reads; the end of standard input ends it soon.
                return

    def data(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        self.write(Packet("Data", pipeline_id, data))

    def pipeline_ended(self, pipeline_id: uuid.UUID) -> None:
        """PIPELINE_STATE says it on this transport."""

    def exited(self, reason: str) -> None:
        """The end of the process says it on this transport; why goes to standard error."""
        self.over = True
        sys.stderr.write(f"{reason}\n")


class _Server:
    """One process serves one pool at a time; a new one may follow a Close, as with ``pwsh -s``."""

    def __init__(self, engine: Engine, output: _Output) -> None:
        self._engine = engine
        self._output = output
        self._session: EngineSession | None = None
        #: Pipelines that a Command packet announced, whose first data has not come yet.
        self._announced: set[uuid.UUID] = set()

    def handle(self, packet: Packet) -> None:
        """Does what a packet asks and acknowledges it; raises BadPacketError when nobody but a server sends such."""
        if packet.kind == "Data":
            # The session may answer at once, and a reader takes what comes before the ack just as well.
            self._data(packet)
        elif packet.kind == "Command" and packet.target:
            self._announced.add(packet.target)
        elif packet.kind == "Signal" and packet.target:
            self._open_session().stop_pipeline(packet.target)
        elif packet.kind == "Close":
            self._close(packet.target)
        else:
            raise BadPacketError(f"a client does not send {packet.kind} for {packet.target or 'the pool'}")
        self._output.write(Packet(typing.cast(typing.Any, packet.kind + "Ack"), packet.target))

    def end(self) -> None:
        """Closes what is open."""
        if self._session:
            self._session.close()
            self._session = None

    def _open_session(self) -> EngineSession:
        if self._session is None:
            raise BadPacketError("no pool is open")
        return self._session

    def _data(self, packet: Packet) -> None:
        if packet.target is None and self._session is None:
            info = ShellInfo(uuid.uuid4(), getpass.getuser(), platform.node(), "Microsoft.PowerShell")
            self._session = self._engine.open(info, packet.data, self._output)
        elif packet.target in self._announced and packet.target:
            self._announced.discard(packet.target)
            self._open_session().create_pipeline(packet.target, packet.data)
        else:
            self._open_session().send(packet.target, packet.data)

    def _close(self, target: uuid.UUID | None) -> None:
        if target is None:
            self.end()
        else:
            self._announced.discard(target)
            self._open_session().close_pipeline(target)


def serve_stdio(engine: Engine, reader: typing.BinaryIO, writer: typing.BinaryIO) -> int:
    """Serves pools until the reader ends; returns the exit status, 1 when a client sent what cannot be understood."""
    output = _Output(writer)
    server = _Server(engine, output)
    try:
        for line in reader:
            if line.strip():
                server.handle(Packet.decode(line))
            if output.over:
                return 1
    except BadPacketError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        server.end()
    return 0
