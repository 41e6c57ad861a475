# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine of a few commands, for tests of the server alone: psrpcore answers, no PowerShell is evaluated."""

from __future__ import annotations

import threading
import typing
import uuid

import psrpcore
import psrpcore.types

from ansible_collections.remoting.powershell.tests.endpoint.engine.api import ShellInfo, Sink
from ansible_collections.remoting.powershell.tests.endpoint.engine.fragments import FragmentBuffer
from ansible_collections.remoting.powershell.tests.endpoint.engine.outbox import Outbox


class FakeEngine:
    """Opens pools whose pipelines understand the words of :class:`FakeSession`."""

    name = "fake"

    def __init__(self) -> None:
        self.sessions: list[FakeSession] = []
        #: What every "hold" waits for.
        self.release = threading.Event()

    def open(self, info: ShellInfo, creation: bytes, sink: Sink) -> FakeSession:
        session = FakeSession(self, info, sink)
        self.sessions.append(session)
        session.send(None, creation)
        return session


class FakeSession:
    """A pool: a script is a line for each word: echo, set, get, input, error, big, hold, die."""

    def __init__(self, engine: FakeEngine, info: ShellInfo, sink: Sink) -> None:
        self.info = info
        self.closed = False
        self._engine = engine
        self._sink = sink
        self._pool = psrpcore.ServerRunspacePool()
        self._outbox = Outbox(self._pool, sink)
        self._variables: dict[str, str] = {}
        self._received: dict[uuid.UUID | None, FragmentBuffer] = {None: FragmentBuffer()}
        self._inputs: dict[uuid.UUID, list[object]] = {}
        self._input_ended: dict[uuid.UUID, threading.Event] = {}
        self.stopped: dict[uuid.UUID, threading.Event] = {}

    def create_pipeline(self, pipeline_id: uuid.UUID, data: bytes) -> None:
        self._received[pipeline_id] = FragmentBuffer()
        self._inputs[pipeline_id] = []
        self._input_ended[pipeline_id] = threading.Event()
        self.stopped[pipeline_id] = threading.Event()
        with self._outbox.lock:
            psrpcore.ServerPipeline(self._pool, pipeline_id)
        self.send(pipeline_id, data)

    def send(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        for fragment in self._received[pipeline_id].feed(data):
            with self._outbox.using(None) as pool:
                pool.receive_data(psrpcore.PSRPPayload(fragment, psrpcore.StreamType.default, pipeline_id))
                events = list(iter(pool.next_event, None))
            for event in events:
                self._handle(event)

    def stop_pipeline(self, pipeline_id: uuid.UUID) -> None:
        self.stopped[pipeline_id].set()

    def close_pipeline(self, pipeline_id: uuid.UUID) -> None:
        self.stopped[pipeline_id].set()
        with self._outbox.lock:
            self._pool.pipeline_table.pop(pipeline_id, None)

    def close(self) -> None:
        self.closed = True
        for stopped in self.stopped.values():
            stopped.set()

    def _handle(self, event: psrpcore.PSRPEvent[typing.Any, typing.Any]) -> None:
        if isinstance(event, psrpcore.CreatePipelineEvent):
            threading.Thread(target=self._run, args=(event,), daemon=True).start()
        elif isinstance(event, psrpcore.PipelineInputEvent):
            self._inputs[event.pipeline_id].append(event.data)
        elif isinstance(event, psrpcore.EndOfPipelineInputEvent):
            self._input_ended[event.pipeline_id].set()
        elif isinstance(event, psrpcore.GetAvailableRunspacesEvent):
            with self._outbox.using(None) as pool:
                pool.runspace_availability_response(event.ci, 1)

    def _run(self, event: psrpcore.CreatePipelineEvent) -> None:
        pipeline_id = event.pipeline_id
        pipeline = self._pool.pipeline_table[pipeline_id]
        with self._outbox.using(pipeline_id):
            pipeline.start()
        script = event.pipeline.commands[0].command_text
        for line in script.splitlines():
            if not self.stopped[pipeline_id].is_set():
                self._word(pipeline, line)
        if self.closed or pipeline_id not in self._pool.pipeline_table:
            return
        with self._outbox.using(pipeline_id):
            if self.stopped[pipeline_id].is_set():
                pipeline.begin_stop()
                pipeline.stop()
            else:
                pipeline.complete()
        self._sink.pipeline_ended(pipeline_id)

    def _word(self, pipeline: psrpcore.ServerPipeline, line: str) -> None:
        word, _space, rest = line.partition(" ")
        pipeline_id = pipeline.pipeline_id
        if word == "hold":
            while not self._engine.release.wait(0.02) and not self.stopped[pipeline_id].is_set():
                continue
        elif word == "die":
            self._sink.exited("told to")
        elif word == "set":
            name, _equals, text = rest.partition("=")
            self._variables[name] = text
        elif word == "error":
            record = psrpcore.types.ErrorRecord(
                Exception=psrpcore.types.NETException(Message=rest),
                CategoryInfo=psrpcore.types.ErrorCategoryInfo(),
            )
            with self._outbox.using(pipeline_id):
                pipeline.write_error(record.Exception, record.CategoryInfo)
        else:
            for value in self._values(pipeline_id, word, rest):
                with self._outbox.using(pipeline_id):
                    pipeline.write_output(value)

    def _values(self, pipeline_id: uuid.UUID, word: str, rest: str) -> list[object]:
        if word == "input":
            self._input_ended[pipeline_id].wait(10)
            return self._inputs[pipeline_id]
        if word == "get":
            return [self._variables.get(rest)]
        if word == "big":
            return ["x" * int(rest)]
        return list(rest.split())
