# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One runspace pool's client half, sans-IO and safe to use from several threads (broker process).

psrpcore keeps the pool's state, makes the messages and holds the session key.  Fragments, the reading of results and
the answers to host calls are ours (see ``fragments``, ``incoming``, ``host``).
"""

from __future__ import annotations

import secrets
import sys
import threading
import typing
import uuid

from . import build
from ._psrpcore import ps, psrpcore, require
from .errors import SessionKeyRequired, StateError
from .fragments import Outbox, Outgoing
from .host import Host, HostCall, NonInteractiveHost
from .incoming import Incoming, Running
from .interactive import InteractiveHost, typed
from .pipeline import Pipeline, PipelineSpec
from .plain import input_message
from .records import OutputFormat, PipelineState, Record, ServerInfo
from .streams import Streams
from .values import has_secret

__all__ = ["Outgoing", "PoolClient", "ServerInfo"]


class PoolClient:
    """One runspace pool's client half: one runspace (min = max = 1).

    Args:
        pool_id: The pool's id, which is the WSMan shell's id too.
        application_arguments: What ``$PSSenderInfo.ApplicationArguments`` shows; JSON values.
        output: The format for pipelines that name none.
        host: Answers host calls; without one, nobody is there to be asked.
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
        self._incoming = Incoming(self._pool, self._outbox, self._host)
        self._running = self._incoming.running

    @property
    def broken(self) -> str | None:
        """Why the pool cannot be used any more, None while it can."""
        return self._incoming.broken

    @property
    def server(self) -> ServerInfo | None:
        """What the server said of itself, None before it did."""
        return self._incoming.server

    @property
    def key_exchanged(self) -> bool:
        """Whether SecureStrings can be sent."""
        return self._incoming.key_exchanged

    @property
    def available(self) -> int | None:
        """The answer to ask_available(): how many runspaces run nothing; None before it was fed."""
        return self._incoming.available

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

    def ask_available(self) -> None:
        """Queue GET_AVAILABLE_RUNSPACES (MS-PSRP 2.2.2.11); see available.

        Raises:
            StateError: The pool is not open.
        """
        with self._lock:
            self._check_opened("ask for available runspaces")
            # Not psrpcore's counter: a client before us may have left an answer to its own first question.
            self._incoming.asked = secrets.randbits(62)
            self._incoming.available = None
            self._pool.prepare_message(ps.GetAvailableRunspaces(ci=self._incoming.asked))
            build.drain(self._pool, self._outbox)

    def expect_losses(self, expected: bool = True) -> None:
        """The server may drop output while nobody listens (buffer mode Drop): losses break nothing, see truncated()."""
        self._incoming.inbox.lossy = expected

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
            self._incoming.inbox.forget_done()

    # --- pipelines ----------------------------------------------------------------------------------------------

    def start(
        self, spec: PipelineSpec, output_format: OutputFormat | None = None, host: Host | None = None
    ) -> Pipeline:
        """Queue a new pipeline.

        Args:
            spec: What to run.
            output_format: The form of its output.
            host: Answers its host calls; the pool's own without one.

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
            host = host or self._host
            client = self._client(
                host,
                add_to_history=spec.add_to_history,
                no_input=not spec.expects_input,
                redirect_shell_error_to_out=spec.redirect_errors,
            )
            for command in commands:
                client.add_command(command)
            running = self._register(client, output_format, host, spec.expects_input)
            client.start()
            build.drain(self._pool, self._outbox)
            running.pipeline.state = PipelineState.RUNNING
            return running.pipeline

    def is_created(self, pipeline_id: uuid.UUID) -> bool:
        """Whether all of what starts a pipeline was taken; a server runs nothing before it has it all."""
        with self._lock:
            return self._outbox.begun(pipeline_id)

    def adopt(self, pipeline_id: uuid.UUID, output_format: OutputFormat | None = None) -> Pipeline:
        """Register a pipeline as running before its data is fed: another client started it, or we did and left it."""
        with self._lock:
            known = self._running.get(pipeline_id)
            self._pool.pipeline_table.pop(pipeline_id, None)
            client = self._client(self._host, pipeline_id=pipeline_id)
            client.state = ps.PSInvocationState.Running
            running = self._register(client, output_format, self._host, accepts_input=False)
            running.pipeline.state = PipelineState.RUNNING
            running.adopted = known is None
            if known is not None:
                running.first, running.last = known.first, known.last
                running.torn, running.adopted = known.torn, known.adopted
            return running.pipeline

    def truncated(self, pipeline_id: uuid.UUID, hints: bool = False) -> bool:
        """Whether output of a pipeline was lost where losses were expected, as far as the fed data tells.

        A fragment that is missing proves it.

        Args:
            pipeline_id: The pipeline.
            hints: Whether numbers that are missing tell of lost messages, too.  A server numbers all that its process
                sends: remoting that the pipeline itself does looks the same, and of a pipeline that another client
                started a few are not reckoned, since that client was told some.
        """
        with self._lock:
            return self._incoming.truncated(pipeline_id, hints)

    def answer(self, pipeline: Pipeline, call: HostCall, value: object, error: str | None = None) -> None:
        """Queue the user's answer to a host call; value and error as for interactive.typed.

        Raises:
            StateError: The pipeline does not run.
            SessionKeyRequired: The answer is a secret and there is no session key.
            ValueNotSupported: The method returns nothing of that kind.
        """
        answer = typed(call, value, error)
        with self._lock:
            self._client_of(pipeline, "answer a host call")
            if has_secret(value) and not self.key_exchanged:
                raise SessionKeyRequired
            build.queue_host_response(self._pool, self._outbox, pipeline.pipeline_id, call, answer)

    def close_pipeline(self, pipeline_id: uuid.UUID) -> None:
        """Forget a pipeline: what is queued for it is dropped, what still comes of it is ignored."""
        with self._lock:
            self._running.pop(pipeline_id, None)
            self._pool.pipeline_table.pop(pipeline_id, None)
            self._outbox.forget(pipeline_id)

    def send_input(self, pipeline: Pipeline, value: object) -> None:
        """Queue one input object; see Pipeline.input."""
        with self._lock:
            client = self._client_of(pipeline, "send input")
            if not pipeline.accepts_input:
                raise StateError("send input", "without or at the end of input")
            plain = input_message(self._pool.runspace_pool_id, pipeline.pipeline_id, value)
            if plain is not None:
                self._outbox.put(plain, pipeline.pipeline_id, "stdin")
                return
            if has_secret(value) and not self.key_exchanged:
                raise SessionKeyRequired
            client.send(build.input_object(value))
            build.drain(self._pool, self._outbox)

    def send_end_of_input(self, pipeline: Pipeline) -> None:
        """Queue the end of the input; see Pipeline.end_input."""
        with self._lock:
            client = self._client_of(pipeline, "end the input")
            if pipeline.accepts_input:
                pipeline.accepts_input = False
                client.send_eof()
                build.drain(self._pool, self._outbox)

    def _client(self, host: Host, **options: typing.Any) -> typing.Any:
        """psrpcore's half of a pipeline; invocation information comes with errors, for their position."""
        return psrpcore.ClientPowerShell(
            self._pool,
            host=host.info(),
            remote_stream_options=ps.RemoteStreamOptions.AddInvocationInfoToErrorRecord,
            **options,
        )

    def _register(
        self, client: typing.Any, output_format: OutputFormat | None, host: Host, accepts_input: bool
    ) -> Running:
        pipeline = Pipeline(self, client.pipeline_id, accepts_input)
        streams = Streams(output_format or self._output, isinstance(host, InteractiveHost))
        running = Running(pipeline, client, streams, host)
        self._running[client.pipeline_id] = running
        return running

    def _client_of(self, pipeline: Pipeline, action: str) -> typing.Any:
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

    def feed(self, data: bytes, pipeline_id: uuid.UUID | None = None) -> list[Record]:
        """Take what a Receive brought.

        Args:
            data: Fragments, whole or in part.
            pipeline_id: The pipeline whose output was asked for; None for the pool's own.

        Raises:
            ProtocolError: It cannot be parsed, or a fragment is missing; ``broken`` then has the reason, and the
                error what was understood before.
        """
        with self._lock:
            return self._incoming.feed(data, pipeline_id)
