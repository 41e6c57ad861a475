# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One runspace pool's client half, sans-IO and safe to use from several threads (broker process).

psrpcore keeps the pool's state, makes the messages and holds the session key.  Fragments, the reading of results and
the answers to host calls are ours (see ``fragments``, ``clixml``, ``host``).
"""

from __future__ import annotations

import dataclasses
import sys
import threading
import typing
import uuid

from . import build, clixml
from ._psrpcore import ps, psrpcore, require
from .error_records import error_to_dict
from .errors import ProtocolError, SessionKeyRequired, StateError
from .fragments import Inbox, Message, Outbox, Outgoing
from .host import Host, HostCall, NonInteractiveHost
from .messages import FOR_THE_POOL, HOST_CALLS, IGNORED, MessageType, PoolState
from .pipeline import Pipeline, PipelineSpec
from .records import OutputFormat, PipelineState, Record, ServerInfo
from .streams import Streams
from .values import has_secret, int_of, to_json

__all__ = ["Outgoing", "PoolClient", "ServerInfo"]

_POOL_STATES: dict[int | None, str] = {PoolState.CLOSED: "closed", PoolState.BROKEN: "broken"}


@dataclasses.dataclass
class _Running:
    pipeline: Pipeline
    client: typing.Any
    streams: Streams


class PoolClient:
    """One runspace pool's client half: one runspace (min = max = 1).

    Args:
        pool_id: The pool's id, which is the WSMan shell's id too.
        application_arguments: What ``$PSSenderInfo.ApplicationArguments`` shows; JSON values.
        output: The format for pipelines that name none.
        host: Answers host calls; without one, nobody is there to be asked.

    Attributes:
        broken: Why the pool cannot be used any more, None while it can.
        server: What the server said of itself, None before it did.
        key_exchanged: Whether SecureStrings can be sent.
    """

    def __init__(
        self,
        pool_id: uuid.UUID,
        application_arguments: typing.Mapping[str, object] | None = None,
        output: OutputFormat = OutputFormat.OBJECTS,
        host: Host | None = None,
    ) -> None:
        require()
        self._lock = threading.RLock()
        self._host = host or NonInteractiveHost()
        self._output = output
        self._pool = psrpcore.ClientRunspacePool(
            application_arguments=build.application_arguments(application_arguments or {}),
            host=self._host.info(),
            runspace_pool_id=pool_id,
        )
        self._outbox = Outbox()
        self._inbox = Inbox()
        self._running: dict[uuid.UUID, _Running] = {}
        self.broken: str | None = None
        self.server: ServerInfo | None = None
        self.key_exchanged = False

    @property
    def opened(self) -> bool:
        """Whether pipelines can be started."""
        return self.broken is None and self._pool.state == ps.RunspacePoolState.Opened

    # --- the pool's own messages --------------------------------------------------------------------------------

    def creation(self) -> bytes:
        """The fragments for creationXml: SESSION_CAPABILITY and INIT_RUNSPACEPOOL.

        Raises:
            StateError: It was asked for before.
        """
        return self._opening(self._pool.open)

    def connection(self) -> bytes:
        """The fragments for connectXml, to take over a pool: SESSION_CAPABILITY and CONNECT_RUNSPACEPOOL.

        Raises:
            StateError: creation() or connection() was asked for before.
        """
        return self._opening(self._pool.connect)

    def _opening(self, action: typing.Callable[[], None]) -> bytes:
        with self._lock:
            if self._pool.state != ps.RunspacePoolState.BeforeOpen:
                raise StateError("open the pool", self._pool.state.name)
            action()
            build.drain(self._pool, self._outbox)
            outgoing = self._outbox.take(sys.maxsize)
            return outgoing.data if outgoing else b""

    def request_key(self) -> None:
        """Queue PUBLIC_KEY; key_exchanged turns true when the answer was fed.  Asking again is no error.

        Raises:
            StateError: The pool is not open.
        """
        with self._lock:
            self._check_opened("ask for a session key")
            self._pool.exchange_key()
            build.drain(self._pool, self._outbox)

    def needs_key(self, spec: PipelineSpec) -> bool:
        """Whether start() would raise SessionKeyRequired."""
        if self.key_exchanged:
            return False
        return any(has_secret(value) for command in spec.commands for _name, value in command.parameters)

    def disconnected(self) -> None:
        """The transport disconnected the shell; pipelines go on without us.

        Raises:
            StateError: The pool was not open.
        """
        with self._lock:
            self._check_opened("disconnect the pool")
            self._pool.disconnect()

    def reconnected(self) -> None:
        """The transport reconnected the shell.

        Raises:
            StateError: The pool was neither open nor disconnected, or it is broken.
        """
        with self._lock:
            states = (ps.RunspacePoolState.Disconnected, ps.RunspacePoolState.Opened)
            if self.broken is not None or self._pool.state not in states:
                raise StateError("reconnect the pool", self.broken or self._pool.state.name)
            self._pool.reconnect()
            self._inbox.forget_done()

    # --- pipelines ----------------------------------------------------------------------------------------------

    def start(self, spec: PipelineSpec, output_format: OutputFormat | None = None) -> Pipeline:
        """Queue a new pipeline.

        Raises:
            SessionKeyRequired: The spec holds a SecureString and there is no session key yet (see request_key).
            StateError: The pool is not open.
            ValueNotSupported: A parameter has no PowerShell form, or there is no command.
        """
        with self._lock:
            self._check_opened("start a pipeline")
            if self.needs_key(spec):
                raise SessionKeyRequired
            commands = build.commands(spec)
            client = self._client(add_to_history=spec.add_to_history, no_input=not spec.expects_input)
            for command in commands:
                client.add_command(command)
            running = self._register(client, output_format, spec.expects_input)
            client.start()
            build.drain(self._pool, self._outbox)
            running.pipeline.state = PipelineState.RUNNING
            return running.pipeline

    def adopt(self, pipeline_id: uuid.UUID, output_format: OutputFormat | None = None) -> Pipeline:
        """Register a pipeline that another client started, as running, before its data is fed."""
        with self._lock:
            client = self._client(pipeline_id=pipeline_id)
            client.state = ps.PSInvocationState.Running
            running = self._register(client, output_format, accepts_input=False)
            running.pipeline.state = PipelineState.RUNNING
            return running.pipeline

    def close_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """Forget a pipeline: what is queued for it is dropped, what still comes of it is ignored."""
        with self._lock:
            self._running.pop(pipeline_id, None)
            self._pool.pipeline_table.pop(pipeline_id, None)
            self._outbox.forget(pipeline_id)

    def send_input(self, pipeline: Pipeline, value: object) -> None:
        """Queue one input object; see Pipeline.input."""
        with self._lock:
            client = self._input_client(pipeline, "send input")
            if not pipeline.accepts_input:
                raise StateError("send input", "without or at the end of input")
            if has_secret(value) and not self.key_exchanged:
                raise SessionKeyRequired
            client.send(build.input_object(value))
            build.drain(self._pool, self._outbox)

    def send_end_of_input(self, pipeline: Pipeline) -> None:
        """Queue the end of the input; see Pipeline.end_input."""
        with self._lock:
            client = self._input_client(pipeline, "end the input")
            if pipeline.accepts_input:
                pipeline.accepts_input = False
                client.send_eof()
                build.drain(self._pool, self._outbox)

    def _client(self, **options: typing.Any) -> typing.Any:
        """psrpcore's half of a pipeline; invocation information comes with errors, for their position."""
        return psrpcore.ClientPowerShell(
            self._pool,
            host=self._host.info(),
            remote_stream_options=ps.RemoteStreamOptions.AddInvocationInfoToErrorRecord,
            **options,
        )

    def _register(self, client: typing.Any, output_format: OutputFormat | None, accepts_input: bool) -> _Running:
        pipeline = Pipeline(self, client.pipeline_id, accepts_input)
        running = _Running(pipeline, client, Streams(output_format or self._output))
        self._running[client.pipeline_id] = running
        return running

    def _input_client(self, pipeline: Pipeline, action: str) -> typing.Any:
        running = self._running.get(pipeline.pipeline_id)
        if running is None or pipeline.state is not PipelineState.RUNNING:
            raise StateError(action, "closed" if running is None else pipeline.state.value)
        return running.client

    def _check_opened(self, action: str) -> None:
        if not self.opened:
            raise StateError(action, f"broken: {self.broken}" if self.broken else self._pool.state.name)

    # --- bytes --------------------------------------------------------------------------------------------------

    def take(self, limit: int, pipeline_id: uuid.UUID | None = None) -> Outgoing | None:
        """The next bytes to send, or None.

        Args:
            limit: The largest size in bytes, at least 22 (a fragment's header and one byte).
            pipeline_id: Only what is for that pipeline; None takes whatever is next.

        Raises:
            ValueError: The limit is too small.
        """
        with self._lock:
            return self._outbox.take(limit, pipeline_id)

    def feed(self, data: bytes) -> list[Record]:
        """Take what a Receive brought.

        Raises:
            ProtocolError: It cannot be parsed, or a fragment is missing; ``broken`` then has the reason, and the
                error what was understood before.
        """
        with self._lock:
            if self.broken is not None:
                raise ProtocolError(self.broken)
            records: list[Record] = []
            try:
                for message in self._inbox.feed(data):
                    records += self._handle(message)
            except ProtocolError as error:
                self._break(str(error))
                error.records = records
                raise
            return records

    def _handle(self, message: Message) -> list[Record]:
        try:
            message_type = MessageType(message.type_id)
        except ValueError:
            raise ProtocolError(f"a client gets no message of type {message.type_id:#010x}") from None
        if message_type in FOR_THE_POOL:
            return self._control(message_type, message)
        if message_type in IGNORED:
            return []
        running = self._running.get(message.pipeline_id) if message.pipeline_id else None
        if message_type in HOST_CALLS:
            return self._host_call(message, running)
        if running is None:
            return []  # of a pipeline that was closed
        if message_type is not MessageType.PIPELINE_STATE:
            return _records(message.pipeline_id, running.streams.convert(message_type, message.data))
        end = running.streams.end_state(message.data)
        if end is None:
            return []
        running.pipeline.state = end[0]
        return _records(message.pipeline_id, [end[1]])

    def _control(self, message_type: MessageType, message: Message) -> list[Record]:
        node = clixml.loads(message.data)
        build.act_on(self._pool, message.raw)
        build.drain(self._pool, self._outbox)
        if message_type is MessageType.ENCRYPTED_SESSION_KEY:
            self.key_exchanged = True
        if message_type in (MessageType.SESSION_CAPABILITY, MessageType.APPLICATION_PRIVATE_DATA):
            self.server = (self.server or ServerInfo()).updated(to_json(node))
        if message_type is MessageType.RUNSPACEPOOL_STATE:
            return self._pool_state(node)
        return []

    def _pool_state(self, node: clixml.Node) -> list[Record]:
        fields = node.properties if isinstance(node, clixml.Obj) else {}
        state = _POOL_STATES.get(int_of(fields.get("RunspaceState")))
        if state is None:
            return []
        cause = fields.get("ExceptionAsErrorRecord", clixml.NULL)
        error = error_to_dict(cause) if isinstance(cause, clixml.Obj) else None
        self._break(f"the server says that the pool is {state}" + (f": {error['message']}" if error else ""))
        return [Record(None, "state", {"state": state, "error": error})]

    def _break(self, reason: str) -> None:
        self.broken = reason
        for running in self._running.values():
            if not running.pipeline.state.ended:
                running.pipeline.state = PipelineState.LOST

    def _host_call(self, message: Message, running: _Running | None) -> list[Record]:
        if message.pipeline_id is not None and running is None:
            return []
        call = HostCall.parse(message.data)
        answer = self._host.call(call.method, call.arguments)
        if call.expects_answer:
            response = build.host_response(message.pipeline_id, call, answer)
            stream = psrpcore.StreamType.prompt_response
            self._pool.prepare_message(response, pipeline_id=message.pipeline_id, stream_type=stream)
            build.drain(self._pool, self._outbox)
        entries = list(answer.records)
        return _records(message.pipeline_id, running.streams.host_records(entries) if running else entries)


def _records(pipeline_id: uuid.UUID | None, entries: typing.Iterable[tuple[str, object]]) -> list[Record]:
    return [Record(pipeline_id, stream, value) for stream, value in entries]
