# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting messages, and that they come together again."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.fragments import HEADER_SIZE, Outbox, Outgoing
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.inbox import Inbox
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import message

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


def test_a_pipeline_has_begun_when_its_first_message_was_taken_whole() -> None:
    outbox, first, second = Outbox(), uuid.UUID(int=1), uuid.UUID(int=2)
    outbox.put(b"x" * 100, first, "stdin")
    outbox.put(b"y" * 10, second, "stdin")
    outbox.put(b"z" * 100, first, "stdin")
    seen = []
    while outbox.take(HEADER_SIZE + 40, first):
        seen.append(outbox.begun(first))
    # 40, 40 and 20 bytes of the first message, whose last fragment leaves no room for the next one's header.
    assert seen[:3] == [False, False, True] and all(seen[2:])
    assert not outbox.begun(second)
    outbox.forget(first)
    assert not outbox.begun(first)
