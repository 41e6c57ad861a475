# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server in memory: shells and pipelines behind `Connection`, with faults at will and no clock of its own."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import typing
import uuid

import psrpcore
from psrpcore.types import PSRPMessageType

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    FaultKind,
    Received,
    ShellCreated,
    ShellDescription,
    ShellSettings,
    Signal,
    TransportError,
)

Request = typing.Callable[[], typing.Any]


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclasses.dataclass
class Shell:
    """One runspace pool on the server."""

    pool: psrpcore.ServerRunspacePool
    #: The SessionId of the client that it belongs to.
    client: uuid.UUID
    name: str | None = None
    outgoing: bytes = b""
    disconnected: bool = False
    output: dict[uuid.UUID, bytes] = dataclasses.field(default_factory=dict)
    #: Commands whose end a Receive has told.
    told: set[uuid.UUID] = dataclasses.field(default_factory=set)
    #: Whether a pipeline writes 1 and runs until `end`, and its output is given once; else it ends at once and its
    #: output is given always.
    slow: bool = False
    running: dict[uuid.UUID, psrpcore.ServerPipeline] = dataclasses.field(default_factory=dict)

    def feed(self, data: bytes) -> None:
        """Answers what a client sent; every pipeline says its script back and completes, unless it is slow."""
        self.pool.receive_data(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, None))
        while event := self.pool.next_event():
            if isinstance(event, psrpcore.GetAvailableRunspacesEvent):
                self.pool.runspace_availability_response(event.ci, 0 if self.running else 1)
            if isinstance(event, psrpcore.CreatePipelineEvent):
                pipeline = self.pool.pipeline_table[event.pipeline_id]
                pipeline.start()
                if self.slow:
                    self.running[event.pipeline_id] = pipeline
                    pipeline.write_output(1)
                    continue
                pipeline.write_output(event.pipeline.commands[0].command_text)
                pipeline.complete()
                pipeline.close()
        self.collect()

    def write(self, value: object) -> None:
        """Lets the pipelines that run write something."""
        for pipeline in self.running.values():
            pipeline.write_output(value)
        self.collect()

    def end(self) -> None:
        """Lets the pipelines that run complete."""
        for pipeline in self.running.values():
            pipeline.complete()
            pipeline.close()
        self.running.clear()
        self.collect()

    def take(self, command_id: uuid.UUID) -> Received:
        """What a Receive brings of a command; output of a slow one is gone then."""
        data, ended = self.output[command_id], command_id not in self.running
        if self.slow:
            self.output[command_id] = b""
        if ended:
            self.told.add(command_id)
        return Received(data, ended)

    def collect(self) -> None:
        """Puts what the pool has to say where it is received."""
        while payload := self.pool.data_to_send():
            if payload.pipeline_id is None:
                self.outgoing += payload.data
            else:
                self.output[payload.pipeline_id] = self.output.get(payload.pipeline_id, b"") + payload.data

    def connect(self, data: bytes) -> bytes:
        """Answers a new client's CONNECT_RUNSPACEPOOL."""
        self.pool.disconnect()
        self.pool.connect()
        self.outgoing = b""
        self.feed(data)
        answer, self.outgoing = self.outgoing, b""
        return answer


class FakeServer:
    """Holds shells; `plan` says what happens to the requests to come, none means that they are done.

    The fates: `before` (the connection breaks, the server saw nothing), `after` (it was done, the answer is lost),
    `late` (the answer is not waited for any longer, the request comes with `arrive`), `idle` (the connection was closed
    before, nothing was sent), `refused` (HTTP 400), `unreachable`, `gone` (all shells vanish first), `disconnect` (all
    turn Disconnected first).
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        #: Whether a command is forgotten once its end was told, be the answer lost; else it is told again.
        self.forgets = False
        #: Whether pipelines of new shells run until they are told to end.
        self.slow = False
        self.shells: dict[uuid.UUID, Shell] = {}
        self.plan: collections.deque[str] = collections.deque()
        self.late: list[Request] = []
        self.ran: collections.Counter[str] = collections.Counter()
        self.requests: collections.Counter[str] = collections.Counter()
        self.connections = 0

    def connect(self, _target: typing.Any, session_id: uuid.UUID, _envelope: int) -> FakeConnection:
        """What a session is given as its maker of connections."""
        self.connections += 1
        return FakeConnection(self, session_id)

    def request(self, name: str, done: Request) -> typing.Any:
        """Lets a request meet its fate."""
        self.requests[name] += 1
        fate = self.plan.popleft() if self.plan else "done"
        if fate == "unreachable":
            raise TransportError(FaultKind.UNREACHABLE, "no route")
        if fate == "late":
            self.late.append(done)
            raise TransportError(FaultKind.LOST, "no answer in time", may_have_arrived=True)
        if fate == "idle":
            raise TransportError(FaultKind.LOST, "closed while it was idle")
        if fate in ("before", "refused"):
            kind = FaultKind.LOST if fate == "before" else FaultKind.REFUSED
            raise TransportError(kind, f"the connection broke: {fate}", may_have_arrived=True)
        if fate == "gone":
            self.shells.clear()
        if fate == "disconnect":
            for shell in self.shells.values():
                shell.disconnected = True
        answer = done()
        if fate == "after":
            raise TransportError(FaultKind.LOST, "the answer was lost", may_have_arrived=True)
        return answer

    def arrive(self) -> None:
        """What is late comes now, and its answers reach nobody."""
        late, self.late = self.late, []
        for done in late:
            with contextlib.suppress(TransportError):
                done()

    def shell(self, shell_id: uuid.UUID, client: uuid.UUID) -> Shell:
        """A shell that is connected to a client, or the server's fault."""
        shell = self.find(shell_id)
        if shell.disconnected:
            raise TransportError(FaultKind.WRONG_STATE, "disconnected", code=2150859204)
        if shell.client != client:
            raise TransportError(FaultKind.BUSY, "another client's", code=2150859206)
        return shell

    def find(self, shell_id: uuid.UUID) -> Shell:
        """A shell in whatever state, or the server's fault."""
        if shell_id not in self.shells:
            raise TransportError(FaultKind.SHELL_NOT_FOUND, "no such shell", code=2150858843)
        return self.shells[shell_id]


class FakeConnection:
    """One connection to the server."""

    max_payload = 300_000

    def __init__(self, server: FakeServer, client: uuid.UUID) -> None:
        self._server = server
        self._client = client
        self.last_used = server.clock()
        self.broken = False
        self.requests_sent = 0

    def create(self, shell_id: uuid.UUID, creation: bytes, settings: ShellSettings) -> ShellCreated:
        def done() -> ShellCreated:
            if shell_id in self._server.shells:
                raise TransportError(FaultKind.ALREADY_EXISTS, "shell exists")
            shell = self._server.shells[shell_id] = Shell(psrpcore.ServerRunspacePool(), self._client, settings.name)
            shell.slow = self._server.slow
            shell.feed(creation)
            return ShellCreated(shell_id, None)

        return typing.cast(ShellCreated, self._request("create", done))

    def command(self, shell_id: uuid.UUID, command_id: uuid.UUID, arguments: bytes) -> None:
        def done() -> None:
            shell = self._server.shell(shell_id, self._client)
            if command_id in shell.output:
                raise TransportError(FaultKind.ALREADY_EXISTS, "command exists")
            self._server.ran[scripts(arguments)] += 1
            psrpcore.ServerPipeline(shell.pool, command_id)
            shell.feed(arguments)

        self._request("command", done)

    def receive(
        self, shell_id: uuid.UUID, command_id: uuid.UUID | None, operation_timeout: int | None = None
    ) -> Received:
        def done() -> Received:
            shell = self._server.shell(shell_id, self._client)
            if command_id is None:
                data, shell.outgoing = shell.outgoing, b""
                if not data:
                    self._server.clock.sleep(operation_timeout or 20)
                return Received(data, False)
            if command_id not in shell.output or (self._server.forgets and command_id in shell.told):
                raise TransportError(FaultKind.COMMAND_NOT_FOUND, "no such command")
            received = shell.take(command_id)
            if not received.data and not received.done:
                self._server.clock.sleep(operation_timeout or 20)
            return received

        return typing.cast(Received, self._request("receive", done))

    def signal(self, shell_id: uuid.UUID, command_id: uuid.UUID, signal: Signal) -> None:
        def done() -> None:
            if self._server.shell(shell_id, self._client).output.pop(command_id, None) is None:
                raise TransportError(FaultKind.COMMAND_NOT_FOUND, "no such command")

        self._request(f"signal {signal.name}", done)

    def disconnect(self, shell_id: uuid.UUID, **_settings: typing.Any) -> None:
        def done() -> None:
            self._server.shell(shell_id, self._client).disconnected = True

        self._request("disconnect", done)

    def reconnect(self, shell_id: uuid.UUID) -> None:
        def done() -> None:
            shell = self._server.find(shell_id)
            if shell.client != self._client:
                raise TransportError(FaultKind.BUSY, "another client's", code=2150859206)
            if not shell.disconnected:
                raise TransportError(FaultKind.WRONG_STATE, "connected", code=2150859216)
            shell.disconnected = False

        self._request("reconnect", done)

    def delete(self, shell_id: uuid.UUID) -> None:
        def done() -> None:
            if self._server.shells.pop(shell_id, None) is None:
                raise TransportError(FaultKind.SHELL_NOT_FOUND, "no such shell")

        self._request("delete", done)

    def send(self, shell_id: uuid.UUID, command_id: uuid.UUID | None, data: bytes, stream: str = "stdin") -> None:
        self._request("send", lambda: self._server.shell(shell_id, self._client).feed(data))

    def connect(self, shell_id: uuid.UUID, connection: bytes) -> bytes:
        def done() -> bytes:
            shell = self._server.find(shell_id)
            if not shell.disconnected and shell.client != self._client:
                raise TransportError(FaultKind.BUSY, "connected to another client", code=2150859213)
            shell.client, shell.disconnected = self._client, False
            return shell.connect(connection)

        return typing.cast(bytes, self._request("connect", done))

    def connect_command(self, shell_id: uuid.UUID, command_id: uuid.UUID) -> None:
        self._request("connect_command", lambda: self._server.shell(shell_id, self._client))

    def enumerate_shells(self) -> list[ShellDescription]:
        def done() -> list[ShellDescription]:
            return [_described(shell_id, shell) for shell_id, shell in self._server.shells.items()]

        return typing.cast("list[ShellDescription]", self._request("enumerate", done))

    def enumerate_commands(self, shell_id: uuid.UUID) -> list[uuid.UUID]:
        def done() -> list[uuid.UUID]:
            return list(self._server.find(shell_id).output)

        return typing.cast("list[uuid.UUID]", self._request("enumerate", done))

    def get_shell(self, shell_id: uuid.UUID) -> ShellDescription:
        def done() -> ShellDescription:
            return _described(shell_id, self._server.find(shell_id))

        return typing.cast(ShellDescription, self._request("get", done))

    def close(self) -> None:
        self.broken = True

    def _request(self, name: str, done: Request) -> typing.Any:
        self.requests_sent += 1
        try:
            answer = self._server.request(name, done)
        except TransportError as error:
            self.broken = error.kind in (FaultKind.LOST, FaultKind.REFUSED)
            raise
        self.last_used = self._server.clock()
        return answer


def _described(shell_id: uuid.UUID, shell: Shell) -> ShellDescription:
    """What an enumeration tells of a shell."""
    state = "Disconnected" if shell.disconnected else "Connected"
    return ShellDescription(shell_id, shell.name, "Microsoft.PowerShell", state=state)


def scripts(arguments: bytes) -> str:
    """The script of a CREATE_PIPELINE message's fragments."""
    message = psrpcore_message(arguments)
    start = message.index(b'<S N="Cmd">') + len(b'<S N="Cmd">')
    return message[start : message.index(b"</S>", start)].decode()


def psrpcore_message(fragments: bytes) -> bytes:
    """The body of the first message in fragments ([MS-PSRP] 2.2.4 and 2.2.1)."""
    length = int.from_bytes(fragments[17:21], "big")
    message = fragments[21 : 21 + length]
    assert int.from_bytes(message[4:8], "little") == PSRPMessageType.CreatePipeline
    return message[40:].removeprefix(b"\xef\xbb\xbf")
