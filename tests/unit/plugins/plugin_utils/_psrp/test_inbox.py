# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting fragments together: in any cut, with gaps, and when they are too many."""

from __future__ import annotations

import struct
import tracemalloc
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import ProtocolError
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.inbox import MAX_FRAGMENT, Inbox
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    fragments,
    message,
)

ONE = uuid.UUID(int=1)
OUTPUT = MessageType.PIPELINE_OUTPUT


def output(text: str, pipeline_id: uuid.UUID = ONE) -> bytes:
    return message(OUTPUT, f"<S>{text}</S>", pipeline_id)


@given(st.lists(st.integers(1, 50), max_size=30))
def test_received_bytes_may_be_cut_anywhere(sizes: list[int]) -> None:
    inbox, received = Inbox(), []
    data = b"".join(piece for number in range(3) for piece in fragments(number, output("x" * 40), 30))
    for size in sizes:
        received += list(inbox.feed(data[:size]))
        data = data[size:]
    received += list(inbox.feed(data))
    assert [each.data for each in received] == [b"<S>" + b"x" * 40 + b"</S>"] * 3


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


def test_unfinished_objects_have_a_limit() -> None:
    inbox = Inbox()
    with pytest.raises(ProtocolError, match="unfinished objects"):
        for number in range(1, 100):
            list(inbox.feed(fragments(number, output("x" * 50), 40)[0]))


def test_unfinished_objects_that_wait_for_what_was_dropped_are_left_out() -> None:
    inbox = Inbox()
    inbox.lossy = True
    for number in range(1, 100):
        assert list(inbox.feed(fragments(number, output("x" * 50), 40)[0])) == []
    assert inbox.losses > 80
    assert [each.data for each in inbox.feed(fragments(100, output("whole"), 40)[0])] == []
    rest = b"".join(fragments(100, output("whole"), 40)[1:])
    assert [each.data for each in inbox.feed(rest)] == [b"<S>whole</S>"]


@pytest.mark.parametrize("size", [10, 40, 1000, 10_000])
def test_a_message_that_is_too_large_is_told_by_its_header_alone(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(f"{Inbox.__module__}.MAX_MESSAGE", 500)
    inbox = Inbox()
    large, small = output("x" * 5000), output("small")
    data = b"".join([*fragments(1, large, size), *fragments(2, small, size)])
    first, second = inbox.feed(data)
    assert (first.too_large, first.size, first.data, first.header) == (True, len(large), b"", large[:40])
    assert (first.pipeline_id, first.type_id) == (ONE, OUTPUT)
    assert (second.too_large, second.raw) == (False, small)
    # Brought once more, it is not told again.
    assert list(inbox.feed(data)) == []


def test_memory_does_not_grow_with_a_message_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{Inbox.__module__}.MAX_MESSAGE", 2**20)
    inbox, count, piece = Inbox(), 1000, output("x" * 32_000)
    header = struct.Struct(">QQBI")
    messages = []
    tracemalloc.start()
    try:
        for number in range(count):
            bits = (number == 0) | (number == count - 1) << 1
            messages += list(inbox.feed(header.pack(1, number, bits, len(piece)) + piece))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [each.size for each in messages] == [count * len(piece)]
    assert peak < 3 * 2**20
