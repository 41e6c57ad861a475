# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine for the test endpoint that gives back what it was sent, so that bytes can be compared."""

from __future__ import annotations

import struct
import threading
import uuid

from ansible_collections.remoting.powershell.tests.endpoint.engine.api import EngineSession, ShellInfo, Sink


def fragment(payload: bytes, object_id: int = 1) -> bytes:
    """One whole PSRP message in one fragment."""
    return struct.pack(">QQBI", object_id, 0, 3, len(payload)) + payload


def message(kind: int) -> bytes:
    """An empty PSRP message of a kind, for the server ([MS-PSRP] 2.2.1)."""
    return struct.pack("<II32x", 2, kind)


#: What a pool says when it has opened: SESSION_CAPABILITY and APPLICATION_PRIVATE_DATA.
OPENED = fragment(message(0x00010002), 1) + fragment(message(0x00021009), 2)


class EchoSession:
    """A runspace pool whose pipelines answer with their own fragments; one that begins with WAIT does so when told.

    What is sent to a pipeline afterwards is given back as well and ends it.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        self.stopped: list[uuid.UUID] = []
        self.closed: list[uuid.UUID] = []

    def create_pipeline(self, pipeline_id: uuid.UUID, data: bytes) -> None:
        if b"WAIT" not in data:
            self._answer(pipeline_id, data)

    def send(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        if pipeline_id is None:
            self._sink.data(None, data)
        else:
            self._answer(pipeline_id, data)

    def stop_pipeline(self, pipeline_id: uuid.UUID) -> None:
        self.stopped.append(pipeline_id)
        self._answer(pipeline_id, fragment(b"stopped"))

    def close_pipeline(self, pipeline_id: uuid.UUID) -> None:
        self.closed.append(pipeline_id)

    def close(self) -> None:
        with self._lock:
            self._sink.exited("closed")

    def _answer(self, pipeline_id: uuid.UUID, data: bytes) -> None:
        with self._lock:
            self._sink.data(pipeline_id, data)
            self._sink.pipeline_ended(pipeline_id)


class EchoEngine:
    """Opens runspace pools that echo; the fragments of Create are the first thing a pool gives back."""

    name = "echo"

    def __init__(self) -> None:
        self.sessions: list[EchoSession] = []
        self.shells: list[ShellInfo] = []

    def open(self, info: ShellInfo, creation: bytes, sink: Sink) -> EngineSession:
        session = EchoSession(sink)
        self.sessions.append(session)
        self.shells.append(info)
        sink.data(None, creation)
        return session
