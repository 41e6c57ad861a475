# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PSRP client without a transport, for the tests of engines (test process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import queue
import struct
import typing
import uuid

import psrpcore
from psrpcore.types import HostInfo, PSInvocationState, PSRPMessageType

from ansible_collections.remoting.powershell.tests.endpoint.engine.api import Engine, ShellInfo
from ansible_collections.remoting.powershell.tests.endpoint.engine.fragments import FragmentBuffer

#: Seconds that an answer may take before a test is failed; nothing is measured by it.
PATIENCE = 60

_FRAGMENT = struct.Struct(">QQBI")
_MESSAGE_HEADER = 40


@dataclasses.dataclass(frozen=True)
class Message:
    """A message of the server, whole."""

    kind: PSRPMessageType
    clixml: str


class QueueSink:
    """Keeps what an engine sends, in order."""

    def __init__(self) -> None:
        self.events: queue.Queue[tuple[str, typing.Any, typing.Any]] = queue.Queue()

    def data(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        self.events.put(("data", pipeline_id, data))

    def pipeline_ended(self, pipeline_id: uuid.UUID) -> None:
        self.events.put(("ended", pipeline_id, None))

    def exited(self, reason: str) -> None:
        self.events.put(("exited", None, reason))


class EngineClient:
    """One pool, opened on an engine."""

    def __init__(
        self,
        engine: Engine,
        sink: QueueSink | None = None,
        info: ShellInfo | None = None,
        **pool_options: typing.Any,
    ) -> None:
        self.sink = sink or QueueSink()
        self.pool = psrpcore.ClientRunspacePool(**pool_options)
        self.pool.open()
        info = info or ShellInfo(uuid.uuid4(), "tester", "COMPUTER", "Microsoft.PowerShell")
        self.messages: dict[uuid.UUID | None, list[Message]] = {}
        self.events: dict[uuid.UUID | None, list[psrpcore.PSRPEvent[typing.Any, typing.Any]]] = {}
        self.ended: set[uuid.UUID] = set()
        self.exit_reason: str | None = None
        self._fragments: dict[uuid.UUID | None, FragmentBuffer] = {}
        self._parts: dict[int, bytes] = {}
        self.session = engine.open(info, self._outgoing(), self.sink)
        self.wait_until(lambda: self.pool.state == psrpcore.types.RunspacePoolState.Opened)

    def start(
        self,
        *commands: psrpcore.Command,
        host: HostInfo | None = None,
        no_input: bool = True,
        goes_on: bool = False,
    ) -> psrpcore.ClientPowerShell:
        """Sends CREATE_PIPELINE; `goes_on` asks for the statements after one that failed, as the recordings did not."""
        powershell = psrpcore.ClientPowerShell(self.pool)
        for command in commands:
            powershell.metadata.commands.append(command)
        powershell.metadata.commands[-1].end_of_statement = True
        powershell.metadata.no_input = no_input
        powershell.metadata.redirect_shell_error_to_out = goes_on
        powershell.metadata.host = host or HostInfo()
        powershell.start()
        self.session.create_pipeline(powershell.pipeline_id, self._outgoing())
        return powershell

    def run(
        self,
        *commands: psrpcore.Command,
        input: collections.abc.Iterable[typing.Any] | None = None,
        host: HostInfo | None = None,
        goes_on: bool = False,
    ) -> list[Message]:
        """Runs to the end and forgets the pipeline; returns its messages."""
        powershell = self.start(*commands, host=host, no_input=input is None, goes_on=goes_on)
        if input is not None:
            for value in input:
                powershell.send(value)
                self.flush(powershell.pipeline_id)
            powershell.send_eof()
            self.flush(powershell.pipeline_id)
        self.wait_end(powershell)
        self.close_pipeline(powershell)
        return self.messages.pop(powershell.pipeline_id)

    def run_events(self, *commands: psrpcore.Command, **options: typing.Any) -> list[typing.Any]:
        """As run, but what psrpcore makes of the messages."""
        before = set(self.events)
        self.run(*commands, **options)
        (pipeline_id,) = set(self.events) - before
        return self.events[pipeline_id]

    def flush(self, pipeline_id: uuid.UUID | None) -> None:
        """Sends what the psrpcore pool has to say."""
        self.session.send(pipeline_id, self._outgoing())

    def wait_end(self, powershell: psrpcore.ClientPowerShell) -> None:
        """Until the engine says that nothing more comes for the pipeline."""
        self.wait_until(lambda: powershell.pipeline_id in self.ended)

    def wait_until(self, reached: collections.abc.Callable[[], bool]) -> None:
        """Takes what the engine sends until something is so; fails the test when it never is."""
        while not reached():
            kind, target, value = self.sink.events.get(timeout=PATIENCE)
            if kind == "ended":
                self.ended.add(target)
            elif kind == "exited":
                self.exit_reason = value
            else:
                self._take(target, value)

    def close_pipeline(self, powershell: psrpcore.ClientPowerShell) -> None:
        """As the terminate signal does."""
        self.session.close_pipeline(powershell.pipeline_id)
        self.pool.pipeline_table.pop(powershell.pipeline_id, None)

    def close(self) -> None:
        self.session.close()

    def _outgoing(self) -> bytes:
        data = b""
        while payload := self.pool.data_to_send():
            data += payload.data
        return data

    def _take(self, target: uuid.UUID | None, data: bytes) -> None:
        for fragment in self._fragments.setdefault(target, FragmentBuffer()).feed(data):
            object_id, _number, bits, _length = _FRAGMENT.unpack_from(fragment)
            self._parts[object_id] = self._parts.get(object_id, b"") + fragment[_FRAGMENT.size :]
            if bits & 2:
                body = self._parts.pop(object_id)
                (kind,) = struct.unpack_from("<I", body, 4)
                message = Message(PSRPMessageType(kind), body[_MESSAGE_HEADER:].decode())
                self.messages.setdefault(target, []).append(message)
            self.pool.receive_data(psrpcore.PSRPPayload(fragment, psrpcore.StreamType.default, target))
            while event := self.pool.next_event():
                self.events.setdefault(target, []).append(event)


def script(text: str, **parameters: typing.Any) -> psrpcore.Command:
    """A script, run in the pool's own scope."""
    command = psrpcore.Command(text, is_script=True, use_local_scope=False)
    for name, value in parameters.items():
        command.add_parameter(name, value)
    return command


def outputs(events: collections.abc.Sequence[typing.Any]) -> list[typing.Any]:
    """The objects among the events of a pipeline."""
    return [event.data for event in events if isinstance(event, psrpcore.PipelineOutputEvent)]


def state(events: collections.abc.Sequence[typing.Any]) -> PSInvocationState:
    """How a pipeline ended."""
    assert isinstance(events[-1], psrpcore.PipelineStateEvent)
    return events[-1].state
