# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting messages and putting them together."""

from __future__ import annotations

import struct
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import ProtocolError
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.fragments import (
    HEADER_SIZE,
    MAX_FRAGMENT,
    Inbox,
    Outbox,
    Outgoing,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    fragments,
    message,
)

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
OUTPUT = MessageType.PIPELINE_OUTPUT


def output(text: str, pipeline_id: uuid.UUID = ONE) -> bytes:
    return message(OUTPUT, f"<S>{text}</S>", pipeline_id)


def all_of(outbox: Outbox, limit: int, pipeline_id: uuid.UUID | None = None) -> list[Outgoing]:
    taken = []
    outgoing = outbox.take(limit, pipeline_id)
    while outgoing is not None:
        taken.append(outgoing)
        outgoing = outbox.take(limit, pipeline_id)
    return taken


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.integers(HEADER_SIZE + 1, 300))
def test_what_was_cut_at_any_size_comes_together_again(texts: list[str], limit: int) -> None:
    outbox, inbox = Outbox(), Inbox()
    messages = [message(OUTPUT, text, ONE) for text in texts]
    for each in messages:
        outbox.put(each, ONE, "stdin")
    received = []
    for outgoing in all_of(outbox, limit):
        assert len(outgoing.data) <= limit
        received += list(inbox.feed(outgoing.data))
    assert [each.raw for each in received] == messages


@given(st.lists(st.integers(1, 50), max_size=30))
def test_received_bytes_may_be_cut_anywhere(sizes: list[int]) -> None:
    inbox, received = Inbox(), []
    data = b"".join(piece for number in range(3) for piece in fragments(number, output("x" * 40), 30))
    for size in sizes:
        received += list(inbox.feed(data[:size]))
        data = data[size:]
    received += list(inbox.feed(data))
    assert [each.data for each in received] == [b"<S>" + b"x" * 40 + b"</S>"] * 3


def test_a_pipelines_first_messages_ride_together() -> None:
    outbox = Outbox()
    for text in ("create", "input", "end of input"):
        outbox.put(output(text), ONE, "stdin")
    (outgoing,) = all_of(outbox, 1000)
    assert (outgoing.pipeline_id, outgoing.stream) == (ONE, "stdin")
    assert len(list(Inbox().feed(outgoing.data))) == 3


def test_bytes_are_never_for_two_targets() -> None:
    outbox = Outbox()
    for target in (None, ONE, TWO, ONE):
        outbox.put(output("x"), target, "stdin")
    assert [outgoing.pipeline_id for outgoing in all_of(outbox, 1000)] == [None, ONE, TWO]


def test_one_pipelines_bytes_can_be_asked_for() -> None:
    outbox = Outbox()
    for target in (ONE, TWO):
        outbox.put(output("x"), target, "stdin")
    assert [outgoing.pipeline_id for outgoing in all_of(outbox, 1000, TWO)] == [TWO]
    assert [outgoing.pipeline_id for outgoing in all_of(outbox, 1000)] == [ONE]


def test_an_answer_to_a_host_call_overtakes_input() -> None:
    outbox = Outbox()
    outbox.put(output("x" * 500), ONE, "stdin")
    assert outbox.take(100) is not None
    outbox.put(output("answer"), ONE, "pr")
    assert [outgoing.stream for outgoing in all_of(outbox, 1000)] == ["pr", "stdin"]


def test_a_forgotten_pipelines_bytes_are_dropped() -> None:
    outbox = Outbox()
    for target in (ONE, TWO):
        outbox.put(output("x"), target, "stdin")
    outbox.forget(ONE)
    assert [outgoing.pipeline_id for outgoing in all_of(outbox, 1000)] == [TWO]


@pytest.mark.parametrize("limit", [0, 1, HEADER_SIZE])
def test_a_limit_without_room_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="needs 22 bytes"):
        Outbox().take(limit)


def test_a_lost_answer_shows_as_a_gap() -> None:
    inbox = Inbox()
    first, _second, third = fragments(1, output("x" * 50), 40)
    assert list(inbox.feed(first)) == []
    with pytest.raises(ProtocolError, match="lacks fragment 1"):
        list(inbox.feed(third))


def test_an_object_that_begins_in_the_middle_is_a_gap() -> None:
    with pytest.raises(ProtocolError, match="lacks fragment 0"):
        list(Inbox().feed(fragments(1, output("x" * 50), 40)[1]))


def test_an_answer_that_comes_twice_counts_once() -> None:
    inbox = Inbox()
    pieces = fragments(1, output("x" * 50), 40)
    assert list(inbox.feed(pieces[0])) == []
    assert len(list(inbox.feed(b"".join(pieces)))) == 1
    assert list(inbox.feed(b"".join(pieces))) == []


def test_an_object_id_that_is_used_again_brings_a_new_object() -> None:
    inbox = Inbox()
    texts = [each.data for text in "ab" for each in inbox.feed(fragments(1, output(text))[0])]
    assert texts == [b"<S>a</S>", b"<S>b</S>"]


@pytest.mark.parametrize(
    "header",
    [
        struct.pack(">QQBI", 1, 0, 1, MAX_FRAGMENT + 1),
        struct.pack(">QQBI", 1, 0, 0xFF, 1),
        struct.pack(">QQBI", 1, 0, 0, 1),
        struct.pack(">QQBI", 1, 1, 1, 1),
    ],
)
def test_an_absurd_header_is_refused_at_once(header: bytes) -> None:
    with pytest.raises(ProtocolError, match="header"):
        list(Inbox().feed(header))


def test_a_message_needs_its_header_and_is_for_the_client() -> None:
    with pytest.raises(ProtocolError, match="shorter"):
        list(Inbox().feed(fragments(1, b"short")[0]))
    for_the_server = struct.pack("<I", 2) + output("x")[4:]
    with pytest.raises(ProtocolError, match="not for the client"):
        list(Inbox().feed(fragments(1, for_the_server)[0]))


def test_unfinished_objects_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{Inbox.__module__}.MAX_MESSAGE", 100)
    inbox = Inbox()
    assert len(list(inbox.feed(fragments(1, output("x" * 10))[0]))) == 1
    with pytest.raises(ProtocolError, match="unfinished"):
        for number in range(2, 10):
            list(inbox.feed(fragments(number, output("x" * 50), 40)[0]))
