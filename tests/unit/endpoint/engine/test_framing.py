# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fragments and the lines of the out-of-process protocol (test process)."""

from __future__ import annotations

import uuid

import hypothesis
import psrpcore
import pytest
from hypothesis import strategies
from psrpcore.types import PSRPMessageType

from ansible_collections.remoting.powershell.tests.endpoint.engine import fragments
from ansible_collections.remoting.powershell.tests.endpoint.engine.outofproc import BadPacketError, Packet

_PIPELINE = uuid.UUID("2a4b1d4f-9b0e-4b0c-8f43-6f6c8ad1c5a1")


def _opening() -> bytes:
    pool = psrpcore.ClientRunspacePool(application_arguments={"text": "x" * 5000})
    pool.open()
    payload = pool.data_to_send()
    assert payload is not None
    return payload.data


@hypothesis.given(cuts=strategies.lists(strategies.integers(1, 700), min_size=1))
def test_fragments_come_out_whole_however_the_bytes_were_cut(cuts: list[int]) -> None:
    data = _opening()
    whole = list(fragments.FragmentBuffer().feed(data))
    buffer, position, found = fragments.FragmentBuffer(), 0, []
    for size in [*cuts, len(data)]:
        found += list(buffer.feed(data[position : position + size]))
        position += size
    assert found == whole
    assert b"".join(found) == data


@hypothesis.given(size=strategies.integers(22, 6000))
def test_cut_fragments_fit_and_are_understood(size: int) -> None:
    cut = [part for number, one in fragments.whole_messages(_opening()) for part in fragments.cut(number, one, size)]
    assert max(len(fragment) for fragment in cut) <= size
    server = psrpcore.ServerRunspacePool()
    events = []
    for fragment in cut:
        server.receive_data(psrpcore.PSRPPayload(fragment, psrpcore.StreamType.default, None))
        events += list(iter(server.next_event, None))
    assert [event.message_type for event in events] == [
        PSRPMessageType.SessionCapability,
        PSRPMessageType.InitRunspacePool,
    ]


def test_the_first_fragment_tells_the_type_and_the_others_do_not() -> None:
    *_before, (object_id, init) = fragments.whole_messages(_opening())
    first, *others = fragments.cut(object_id, init, 1000)
    assert fragments.message_type(first) == PSRPMessageType.InitRunspacePool
    assert {fragments.message_type(fragment) for fragment in others} == {None}


@pytest.mark.parametrize("target", [None, _PIPELINE])
@pytest.mark.parametrize("kind", ["Data", "DataAck", "Command", "Signal", "Close", "CloseAck"])
def test_packets_are_read_as_they_were_written(kind: str, target: uuid.UUID | None) -> None:
    packet = Packet(kind, target, b"\0\xff" * 40 if kind == "Data" else b"")  # type: ignore[arg-type]
    line = packet.encode()
    assert line.count(b"\n") == 1
    assert Packet.decode(line) == packet


def test_packets_are_read_as_other_writers_write_them() -> None:
    line = b'<Data Stream="PromptResponse" PSGuid="%s">YWI=</Data>\r\n' % str(_PIPELINE).encode()
    assert Packet.decode(line) == Packet("Data", _PIPELINE, b"ab")
    assert Packet.decode(b"<CloseAck PSGuid='00000000-0000-0000-0000-000000000000' />") == Packet("CloseAck", None)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"PowerShell 7.6.5",
        b"<Bogus PSGuid='00000000-0000-0000-0000-000000000000' />",
        b"<Data PSGuid='no guid'>YWI=</Data>",
        b"<Data Stream='Default'>YWI=</Data>",
        b"<Data PSGuid='00000000-0000-0000-0000-000000000000'>n*t</Data>",
        "<Cl\u00f6se />".encode(),
    ],
)
def test_what_is_no_packet_is_refused(line: bytes) -> None:
    with pytest.raises(BadPacketError):
        Packet.decode(line)
