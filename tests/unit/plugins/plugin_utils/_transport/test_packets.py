# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of the out-of-process protocol: written as PowerShell reads them, read however they are cut."""

from __future__ import annotations

import itertools
import typing
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._packets import (
    Decoder,
    MalformedPacketError,
    Packet,
)
from ansible_collections.remoting.powershell.tests.endpoint.engine import outofproc

TARGETS = st.none() | st.uuids().filter(lambda guid: guid.int != 0)
PIPELINE = uuid.UUID("33f92bfe-9c24-4e78-b5e5-5f30cf0c26bd")


def answers() -> st.SearchStrategy[Packet]:
    """What a server sends."""
    data = st.builds(Packet, st.just("Data"), TARGETS, st.binary(max_size=200))
    kinds = st.sampled_from(["DataAck", "CommandAck", "SignalAck", "CloseAck"])
    return data | st.builds(Packet, kinds, TARGETS)


def read(data: bytes, *cuts: int) -> list[Packet]:
    """All packets of a text that comes in pieces."""
    decoder = Decoder()
    places = [0, *sorted(cuts), len(data)]
    return [packet for start, end in itertools.pairwise(places) for packet in decoder.feed(data[start:end])]


def test_what_is_sent_is_what_powershell_writes() -> None:
    assert Packet("Command", PIPELINE).encode() == b"<Command PSGuid='33f92bfe-9c24-4e78-b5e5-5f30cf0c26bd' />\n"
    assert Packet("Close", None).encode() == b"<Close PSGuid='00000000-0000-0000-0000-000000000000' />\n"
    pool = b"PSGuid='00000000-0000-0000-0000-000000000000'"
    assert Packet("Data", None, b"\x00\x01").encode() == b"<Data Stream='Default' %s>AAE=</Data>\n" % pool
    answer = Packet("Data", None, b"\x00\x01", is_prompt_response=True)
    assert answer.encode() == b"<Data Stream='PromptResponse' %s>AAE=</Data>\n" % pool


@given(st.sampled_from(["Data", "Command", "Signal", "Close"]), TARGETS, st.binary(max_size=200))
def test_a_server_reads_what_is_sent(kind: typing.Any, target: uuid.UUID | None, data: bytes) -> None:
    sent = Packet(kind, target, data if kind == "Data" else b"")
    received = outofproc.Packet.decode(sent.encode())
    assert (received.kind, received.target, received.data) == (sent.kind, sent.target, sent.data)


@given(st.lists(answers(), max_size=6), st.data())
def test_packets_are_found_however_they_are_cut(packets: list[Packet], data: st.DataObject) -> None:
    text = b"".join(packet.encode() for packet in packets)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    assert read(text, *cuts) == packets


@given(st.binary(max_size=300), answers())
def test_whatever_comes_is_read_or_refused(noise: bytes, packet: Packet) -> None:
    try:
        found = read(noise + b"\n" + packet.encode())
    except MalformedPacketError:
        assert b"PSGuid=" in noise
    else:
        assert found[-1] == packet


def test_a_greeting_is_passed_by_and_kept_for_messages() -> None:
    decoder = Decoder()
    text = "Welcome to this computer\r\n\r\nLast login: café\n".encode()
    assert list(decoder.feed(text + Packet("DataAck", None).encode())) == [Packet("DataAck", None)]
    assert decoder.text == "Last login: café"


def test_text_without_an_end_of_line_does_not_hide_the_packet_behind_it() -> None:
    assert read(b"50 % done" + Packet("CloseAck", PIPELINE).encode()) == [Packet("CloseAck", PIPELINE)]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"<Data Stream='Default' PSGuid='%s'>AAE", "something else written into it"),
        (b"<Data Stream='Default' PSGuid='%s'>AAE=oops</Data>", "bad PSGuid or text"),
        (b"<DataAck PSGuid='%s' <DataAck PSGuid='%s' />", ""),
        (b"<Surprise PSGuid='%s' />", "something else"),
        (b"<Command PSGuid='%s' />", "something else"),
    ],
)
def test_a_damaged_packet_is_no_text(line: bytes, complaint: str) -> None:
    text = line.replace(b"%s", str(PIPELINE).encode()) + b"\n"
    if complaint:
        with pytest.raises(MalformedPacketError, match=complaint):
            read(text)
    else:
        assert read(text) == [Packet("DataAck", PIPELINE)]


def test_a_packet_without_a_guid_is_refused() -> None:
    with pytest.raises(MalformedPacketError, match="bad PSGuid"):
        read(b"<DataAck />\n")


def test_a_line_without_an_end_is_refused() -> None:
    decoder = Decoder()
    with pytest.raises(MalformedPacketError, match="more than"):
        for _number in range(20):
            list(decoder.feed(b"x" * 1024 * 1024))
