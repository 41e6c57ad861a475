# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the transport brings to records (broker process)."""

from __future__ import annotations

import dataclasses
import typing
import uuid

from . import build, clixml
from .error_records import error_to_dict
from .errors import ProtocolError
from .fragments import Outbox
from .host import Host, HostCall
from .inbox import Inbox, Message
from .messages import FOR_THE_POOL, HOST_CALLS, IGNORED, NEEDED_WHOLE, MessageType, PoolState
from .pipeline import Pipeline
from .records import PipelineState, Record, ServerInfo
from .streams import Streams
from .values import int_of, to_json

_POOL_STATES: dict[int | None, str] = {PoolState.CLOSED: "closed", PoolState.BROKEN: "broken"}
#: Objects that a server may have told other clients while we did not listen: three for a Connect, one for a question.
_TOLD_OTHERS = 16


@dataclasses.dataclass
class Running:
    """A pipeline that something may still come of."""

    pipeline: Pipeline
    #: psrpcore's half of it.
    client: typing.Any
    streams: Streams
    host: Host
    #: Another client started it.
    adopted: bool = False
    #: Its fragments are known to be lost.
    torn: bool = False
    #: The ids of its first and its last object so far.
    first: int | None = None
    last: int = 0


class Incoming:
    """The receiving half of a pool; its owner holds the lock.

    Args:
        pool: psrpcore's half of the pool.
        outbox: Where answers go.
        host: Answers the pool's own host calls.

    Attributes:
        running: The pipelines by their ids.
        inbox: Puts fragments together.
        broken, server, key_exchanged: See PoolClient.
        asked: The number of the last question for available runspaces.
        available: Its answer, None before it came.
    """

    def __init__(self, pool: typing.Any, outbox: Outbox, host: Host) -> None:
        self._pool = pool
        self._outbox = outbox
        self._host = host
        self.running: dict[uuid.UUID, Running] = {}
        self.inbox = Inbox()
        self.broken: str | None = None
        self.server: ServerInfo | None = None
        self.key_exchanged = False
        self.asked: int | None = None
        self.available: int | None = None

    def feed(self, data: bytes, pipeline_id: uuid.UUID | None) -> list[Record]:
        """See PoolClient.feed."""
        if self.broken is not None:
            raise ProtocolError(self.broken)
        records: list[Record] = []
        losses = self.inbox.losses
        source = self.running.get(pipeline_id) if pipeline_id else None
        try:
            for message in self.inbox.feed(data):
                records += self._handle(message)
        except ProtocolError as error:
            self._break(str(error))
            error.records = records
            raise
        if source is not None:
            source.torn = source.torn or self.inbox.losses > losses
        return records

    def truncated(self, pipeline_id: uuid.UUID, hints: bool) -> bool:
        """See PoolClient.truncated."""
        running = self.running.get(pipeline_id)
        if running is None or running.torn or running.first is None or not hints:
            return running is not None and running.torn
        return self.inbox.met.missing(running.first, running.last) > _TOLD_OTHERS * running.adopted

    def _handle(self, message: Message) -> list[Record]:
        if message.type_id == MessageType.PIPELINE_OUTPUT:
            # By far the most of what comes.
            return self._of_pipeline(MessageType.PIPELINE_OUTPUT, message)
        try:
            message_type = MessageType(message.type_id)
        except ValueError:
            raise ProtocolError(f"a client gets no message of type {message.type_id:#010x}") from None
        if message.too_large and message_type in NEEDED_WHOLE:
            raise ProtocolError(f"a message of {message.size} bytes about the pool or its host is too large")
        if message_type in FOR_THE_POOL:
            return self._control(message_type, message)
        if message_type in IGNORED:
            return []
        return self._of_pipeline(message_type, message)

    def _of_pipeline(self, message_type: MessageType, message: Message) -> list[Record]:
        running = self.running.get(message.pipeline_id) if message.pipeline_id else None
        if running is not None:
            running.first = message.object_id if running.first is None else running.first
            running.last = max(running.last, message.object_id)
        if message_type in HOST_CALLS and not message.too_large:
            return self._host_call(message, running)
        if running is None:
            return []  # of a pipeline that was closed
        pipeline_id = running.pipeline.pipeline_id
        if message_type is not MessageType.PIPELINE_STATE:
            if message.too_large:
                return _records(pipeline_id, [running.streams.too_large(message.size)])
            return _records(pipeline_id, running.streams.convert(message_type, message.data))
        end = running.streams.lost_state(message.size) if message.too_large else running.streams.end_state(message.data)
        if end is None:
            return []
        running.pipeline.state = end[0]
        losses = self.inbox.losses
        self.inbox.drop_unfinished(pipeline_id)
        running.torn = running.torn or self.inbox.losses > losses
        return _records(pipeline_id, [end[1]])

    def _control(self, message_type: MessageType, message: Message) -> list[Record]:
        node = clixml.loads(message.data)
        if message_type is MessageType.RUNSPACE_AVAILABILITY:
            self._availability(node)
            return []
        build.act_on(self._pool, message.raw)
        build.drain(self._pool, self._outbox)
        if message_type is MessageType.ENCRYPTED_SESSION_KEY:
            self.key_exchanged = True
        if message_type in (MessageType.SESSION_CAPABILITY, MessageType.APPLICATION_PRIVATE_DATA):
            self.server = (self.server or ServerInfo()).updated(to_json(node))
        if message_type is MessageType.RUNSPACEPOOL_STATE:
            return self._pool_state(node)
        return []

    def _availability(self, node: clixml.Node) -> None:
        """An answer may be for another client, which is gone, or for a question before the last one."""
        fields = node.properties if isinstance(node, clixml.Obj) else {}
        if self.asked is not None and int_of(fields.get("ci")) == self.asked:
            self.available = int_of(fields.get("SetMinMaxRunspacesResponse"))

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
        for running in self.running.values():
            if not running.pipeline.state.ended:
                running.pipeline.state = PipelineState.LOST

    def _host_call(self, message: Message, running: Running | None) -> list[Record]:
        if message.pipeline_id is not None and running is None:
            return []
        call = HostCall.parse(message.data)
        answer = (running.host if running else self._host).call(call.method, call.arguments)
        if running and answer.asks:
            news = answer.text is None or running.streams.is_news(answer.text)
            return [Record(message.pipeline_id, "host_call", call)] if news else []
        if call.expects_answer:
            build.queue_host_response(self._pool, self._outbox, message.pipeline_id, call, answer)
        entries = list(answer.records)
        return _records(message.pipeline_id, running.streams.host_records(entries) if running else entries)


def _records(pipeline_id: uuid.UUID | None, entries: typing.Iterable[tuple[str, object]]) -> list[Record]:
    return [Record(pipeline_id, stream, value) for stream, value in entries]
