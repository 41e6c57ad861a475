# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded engine: psrpcore's server half around the evaluator (test endpoint process).

A pool keeps its runspaces; a pipeline has a thread only while it runs.  Pipelines beyond the pool's maximum of
runspaces wait for one, in order, as PowerShell's server does.
"""

from __future__ import annotations

import collections
import logging
import threading
import typing
import uuid

import psrpcore

from .api import ShellInfo, Sink
from .fragments import FragmentBuffer
from .identity import private_data, windows_environment
from .outbox import Outbox
from .pipeline import EmbeddedPipeline
from .plain_input import plain_string
from .powershell import HostCalls, Language, Origin, Runspace

_log = logging.getLogger(__name__)


class EmbeddedEngine:
    """Opens pools in this process."""

    name = "embedded"

    def open(self, info: ShellInfo, creation: bytes, sink: Sink) -> EmbeddedSession:
        """Opens a pool; what `creation` asks is answered through the sink before this returns."""
        session = EmbeddedSession(info, sink)
        session.send(None, creation)
        return session


class EmbeddedSession:
    """One runspace pool."""

    def __init__(self, info: ShellInfo, sink: Sink) -> None:
        self._info = info
        self._sink = sink
        self._pool = psrpcore.ServerRunspacePool(application_private_data=private_data())
        self._outbox = Outbox(self._pool, sink)
        self._received: dict[uuid.UUID | None, FragmentBuffer] = collections.defaultdict(FragmentBuffer)
        # Guards what follows; the outbox' lock guards the pool, and is never taken while this one is held.
        self._lock = threading.Lock()
        self._idle: list[Runspace] = []
        self._pipelines: dict[uuid.UUID, EmbeddedPipeline] = {}
        self._waiting: collections.deque[EmbeddedPipeline] = collections.deque()
        self._running = 0
        self._closed = False

    def create_pipeline(self, pipeline_id: uuid.UUID, data: bytes) -> None:
        """See EngineSession; the pipeline starts when the whole of CREATE_PIPELINE has come."""
        with self._lock:
            self._pipelines[pipeline_id] = EmbeddedPipeline(pipeline_id, self._outbox, self._info, self._open_runspace)
        with self._outbox.lock:
            psrpcore.ServerPipeline(self._pool, pipeline_id)
        self.send(pipeline_id, data)

    def send(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        """See EngineSession; what cannot be understood ends the session, as PowerShell does."""
        for fragment in self._received[pipeline_id].feed(data):
            text = plain_string(fragment)
            pipeline = self._pipelines.get(pipeline_id) if text is not None and pipeline_id is not None else None
            if pipeline is not None:
                pipeline.input.put(text)
                continue
            problem: Exception | None = None
            events: list[psrpcore.PSRPEvent[typing.Any, typing.Any]] = []
            with self._outbox.using(None) as pool:
                try:
                    # Fragment by fragment: psrpcore copies all that it holds for each one that it takes off.
                    pool.receive_data(psrpcore.PSRPPayload(fragment, psrpcore.StreamType.default, pipeline_id))
                    events += iter(pool.next_event, None)
                except Exception as error:  # psrpcore raises what its XML, struct and enum calls happen to raise
                    problem = error
            if problem is not None:
                _log.warning("a message of the client cannot be understood: %s", problem)
                self.close()
                self._sink.exited(f"a message of the client cannot be understood: {problem}")
                return
            for event in events:
                self._handle(event)

    def stop_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """See EngineSession."""
        with self._lock:
            pipeline = self._pipelines.get(pipeline_id)
            waited = pipeline is not None and pipeline in self._waiting
            if pipeline is not None and waited:
                self._waiting.remove(pipeline)
        if pipeline is None:
            return
        pipeline.stop()
        if waited:
            pipeline.end_unstarted()
            self._sink.pipeline_ended(pipeline_id)

    def close_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """See EngineSession; the sink hears no more of it, not even its end."""
        with self._lock:
            pipeline = self._pipelines.pop(pipeline_id, None)
            if pipeline is not None and pipeline in self._waiting:
                self._waiting.remove(pipeline)
        if pipeline is None:
            return
        pipeline.messages.close()
        pipeline.stop()
        with self._outbox.lock:
            self._pool.pipeline_table.pop(pipeline_id, None)
        self._received.pop(pipeline_id, None)

    def close(self) -> None:
        """See EngineSession."""
        with self._lock:
            self._closed = True
            pipelines = list(self._pipelines)
        for pipeline_id in pipelines:
            self.close_pipeline(pipeline_id)

    def _handle(self, event: psrpcore.PSRPEvent[typing.Any, typing.Any]) -> None:
        if isinstance(event, psrpcore.SetMaxRunspacesEvent):
            self._answer(event.ci, event.count >= self._pool.min_runspaces)
            self._start_waiting()
        elif isinstance(event, psrpcore.SetMinRunspacesEvent):
            self._answer(event.ci, 0 < event.count <= self._pool.max_runspaces)
        elif isinstance(event, psrpcore.GetAvailableRunspacesEvent):
            with self._lock:
                available = self._pool.max_runspaces - self._running
            self._answer(event.ci, available)
        elif isinstance(event, psrpcore.ResetRunspaceStateEvent):
            self._answer(event.ci, self._reset())
        elif event.pipeline_id is not None:
            with self._lock:
                pipeline = self._pipelines.get(event.pipeline_id)
            if pipeline is not None:
                self._handle_pipeline(pipeline, event)

    def _handle_pipeline(self, pipeline: EmbeddedPipeline, event: psrpcore.PSRPEvent[typing.Any, typing.Any]) -> None:
        if isinstance(event, psrpcore.CreatePipelineEvent):
            pipeline.create(event.pipeline, self._pool.host)
            with self._lock:
                self._waiting.append(pipeline)
            self._start_waiting()
        elif isinstance(event, psrpcore.GetCommandMetadataEvent):
            pipeline.refuse("GET_COMMAND_METADATA is not answered by the embedded engine.")
            self._sink.pipeline_ended(pipeline.id)
        elif isinstance(event, psrpcore.PipelineInputEvent):
            pipeline.input.put(event.data)
        elif isinstance(event, psrpcore.EndOfPipelineInputEvent):
            pipeline.input.end()
        elif isinstance(event, psrpcore.PipelineHostResponseEvent):
            pipeline.host.answer(event)

    def _answer(self, call_id: int, response: bool | int) -> None:
        with self._outbox.using(None) as pool:
            pool.runspace_availability_response(call_id, response)

    def _start_waiting(self) -> None:
        """Starts the pipelines at the head of the queue for which there is a runspace."""
        while True:
            with self._lock:
                if self._closed or not self._waiting or self._running >= self._pool.max_runspaces:
                    return
                pipeline = self._waiting.popleft()
                runspace = self._idle.pop() if self._idle else None
                self._running += 1
            threading.Thread(
                target=self._run,
                args=(pipeline, runspace or self._open_runspace()),
                name=f"pipeline-{pipeline.id}",
                daemon=True,
            ).start()

    def _run(self, pipeline: EmbeddedPipeline, runspace: Runspace) -> None:
        pipeline.run(runspace, self._release)
        with self._lock:
            heard = self._pipelines.get(pipeline.id) is pipeline
        if heard:
            self._sink.pipeline_ended(pipeline.id)

    def _release(self, runspace: Runspace) -> None:
        with self._lock:
            self._running -= 1
            self._idle.append(runspace)
        self._start_waiting()

    def _reset(self) -> bool:
        """A reset is refused while something runs, and where several runspaces make the state ambiguous."""
        with self._lock:
            if self._running or self._pool.max_runspaces > 1:
                return False
            self._idle = [self._open_runspace()]
            return True

    def _open_runspace(self, *, user: str | None = None, host: HostCalls | None = None) -> Runspace:
        info = self._info
        language = Language.FULL if info.full_language else Language.NO_LANGUAGE
        origin = Origin(
            user or info.user,
            info.culture,
            info.ui_culture,
            self._pool.application_arguments,
            info.configuration_name,
        )
        runspace = Runspace(info.computer_name, origin, host, language, info.visible_commands)
        for name, value in windows_environment().items():
            runspace.environment.setdefault(name, value)
        if info.machine is not None:
            runspace.machine = info.machine
            runspace.environment.update(info.machine.environment)
        return runspace
