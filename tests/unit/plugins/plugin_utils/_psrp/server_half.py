# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end of a pool: psrpcore's server half in memory, and recorded messages as a server's bytes."""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import struct
import typing
import uuid

import psrpcore
from psrpcore import types as ps

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, Pipeline, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pool import PoolClient
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat, Record

RECORDINGS = pathlib.Path(__file__).resolve().parents[3] / "fixtures" / "recordings" / "powershell-7.6-linux.jsonl"
ENVELOPE = 512_000
VERSION_TABLE = {
    "PSVersionTable": {"PSVersion": ps.PSVersion("5.1.17763.1007"), "PSEdition": "Desktop", "OS": "An OS 1.0"}
}


@dataclasses.dataclass(frozen=True)
class Case:
    """One recorded case."""

    name: str
    messages: list[tuple[MessageType, str]]


def recorded_cases() -> list[Case]:
    """All of them, in the order of their recording."""
    cases = []
    for line in RECORDINGS.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        messages = [(MessageType[each["type"]], each["clixml"]) for each in entry["messages"]]
        cases.append(Case(entry["name"], messages))
    return cases


def message(message_type: int, clixml: str, pipeline_id: uuid.UUID | None, pool_id: uuid.UUID | None = None) -> bytes:
    """A message as a server sends it."""
    ids = ((pool_id or uuid.UUID(int=0)).bytes_le, (pipeline_id or uuid.UUID(int=0)).bytes_le)
    return struct.pack("<II16s16s", 1, message_type, *ids) + clixml.encode("utf-8")


def fragments(object_id: int, data: bytes, size: int = 10_000_000) -> list[bytes]:
    """A message cut into fragments with at most that much data each."""
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    last = len(parts) - 1
    return [
        struct.pack(">QQBI", object_id, number, (number == 0) | (number == last) << 1, len(part)) + part
        for number, part in enumerate(parts)
    ]


class ServerHalf:
    """A psrpcore server that a pool's bytes are carried to and from.

    Args:
        pool: The client half.
        fragment_size: The largest fragment that the server sends, in bytes.
    """

    def __init__(self, pool: PoolClient, fragment_size: int = ENVELOPE) -> None:
        self.pool = pool
        self.server = psrpcore.ServerRunspacePool(VERSION_TABLE)
        self.fragment_size = fragment_size

    def open(self) -> None:
        """Open the pool from its creationXml."""
        self.receive(self.pool.creation(), None)
        self.answer()

    def receive(self, data: bytes, pipeline_id: uuid.UUID | None) -> list[psrpcore.PSRPEvent]:
        """Give the server bytes; a pipeline that it does not know is made, as the WSMan command does."""
        if pipeline_id is not None and pipeline_id not in self.server.pipeline_table:
            psrpcore.ServerPipeline(self.server, pipeline_id)
        self.server.receive_data(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, pipeline_id))
        events = []
        event = self.server.next_event()
        while event is not None:
            events.append(event)
            event = self.server.next_event()
        return events

    def deliver(self, limit: int = ENVELOPE) -> list[psrpcore.PSRPEvent]:
        """Carry everything that the client has queued to the server."""
        events: list[psrpcore.PSRPEvent] = []
        outgoing = self.pool.take(limit)
        while outgoing is not None:
            assert len(outgoing.data) <= limit
            events += self.receive(outgoing.data, outgoing.pipeline_id)
            outgoing = self.pool.take(limit)
        return events

    def answer(self) -> list[Record]:
        """Carry everything that the server has queued to the client."""
        records: list[Record] = []
        payload = self.server.data_to_send(self.fragment_size)
        while payload is not None:
            records += self.pool.feed(payload.data)
            payload = self.server.data_to_send(self.fragment_size)
        return records

    def start(
        self, spec: PipelineSpec | None = None, output_format: OutputFormat | None = None
    ) -> tuple[Pipeline, psrpcore.ServerPipeline]:
        """Start a pipeline on both sides."""
        pipeline = self.pool.start(spec or PipelineSpec([Command("a script")]), output_format)
        self.deliver()
        return pipeline, self.run(pipeline.pipeline_id)

    def run(self, pipeline_id: uuid.UUID) -> psrpcore.ServerPipeline:
        """Let the server's half of a delivered pipeline run."""
        pipeline = self.server.pipeline_table[pipeline_id]
        pipeline.start()
        return pipeline


def opened_pool(**options: typing.Any) -> ServerHalf:
    """An open pool and its server."""
    half = ServerHalf(PoolClient(uuid.UUID(int=1), **options))
    half.open()
    return half


def by_stream(records: typing.Iterable[Record], stream: str) -> list[object]:
    """The values of one stream."""
    return [record.value for record in records if record.stream == stream]


@functools.cache
def recorded_pool() -> PoolClient:
    """A pool that a recorded opening opened; the cases bring its pipelines."""
    pool = PoolClient(uuid.uuid4())
    pool.creation()
    for number, (message_type, text) in enumerate(recorded_cases()[0].messages):
        pool.feed(fragments(number, message(message_type, text, None))[0])
    return pool


def replayed(case: Case, output_format: OutputFormat) -> list[Record]:
    """The records of one case's pipeline."""
    pool = recorded_pool()
    pipeline = pool.adopt(uuid.uuid4(), output_format)
    records = []
    for number, (message_type, text) in enumerate(case.messages, start=1000):
        records += pool.feed(fragments(number, message(message_type, text, pipeline.pipeline_id))[0])
    assert pipeline.state.ended
    pool.close_pipeline(pipeline.pipeline_id)
    return records
