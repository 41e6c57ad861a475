# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is missing of a pipeline's output: proof, hint, and what is neither."""

from __future__ import annotations

import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import ProtocolError
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.object_ids import Numbers
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Pipeline
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import PipelineState, Record
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    ServerHalf,
    by_stream,
    fragments,
    message,
    opened_pool,
)

COMPLETED = '<Obj RefId="0"><MS><I32 N="PipelineState">4</I32></MS></Obj>'
#: Objects of the opening: SESSION_CAPABILITY, APPLICATION_PRIVATE_DATA, RUNSPACEPOOL_STATE.
OPENING = 3


class Left:
    """A pipeline whose client was away, in a pool that may lose its output."""

    def __init__(self, adopted: bool = False) -> None:
        self.half: ServerHalf = opened_pool()
        self.half.pool.expect_losses()
        self.pipeline: Pipeline = self.half.pool.adopt(uuid.uuid4()) if adopted else self.half.start()[0]

    def pieces(self, object_id: int, text: str, size: int = 10_000) -> list[bytes]:
        """The fragments of one output object."""
        data = message(MessageType.PIPELINE_OUTPUT, f"<S>{text}</S>", self.pipeline.pipeline_id)
        return fragments(object_id, data, size)

    def end(self, object_id: int) -> bytes:
        """The final state."""
        return fragments(object_id, message(MessageType.PIPELINE_STATE, COMPLETED, self.pipeline.pipeline_id))[0]

    def feed(self, *pieces: bytes) -> list[Record]:
        """What a Receive of the pipeline brings."""
        return self.half.pool.feed(b"".join(pieces), self.pipeline.pipeline_id)

    @property
    def truncated(self) -> bool:
        """Whether a loss was noticed."""
        return self.half.pool.truncated(self.pipeline.pipeline_id, hints=True)


def test_an_object_without_its_beginning_is_left_out() -> None:
    left = Left()
    torn = left.pieces(OPENING + 1, "x" * 100, 40)
    records = left.feed(*torn[2:], *left.pieces(OPENING + 2, "whole"), left.end(OPENING + 3))
    assert by_stream(records, "output") == ["whole"]
    assert left.pipeline.state is PipelineState.COMPLETED
    assert left.truncated


def test_an_object_that_lost_its_middle_is_left_out() -> None:
    left = Left()
    torn = left.pieces(OPENING + 1, "x" * 200, 40)
    records = left.feed(torn[0], torn[1], *torn[4:], *left.pieces(OPENING + 2, "whole"))
    assert by_stream(records, "output") == ["whole"]
    assert left.truncated


def test_an_object_that_lost_its_end_is_left_out() -> None:
    left = Left()
    torn = left.pieces(OPENING + 1, "x" * 100, 60)
    records = left.feed(torn[0], *left.pieces(OPENING + 2, "whole"))
    assert not left.truncated
    records += left.feed(left.end(OPENING + 3))
    assert by_stream(records, "output") == ["whole"]
    assert left.truncated


def test_half_a_fragment_is_left_out() -> None:
    left = Left()
    assert left.feed(b"\xff" * 50) == []
    assert by_stream(left.feed(*left.pieces(OPENING + 1, "whole")), "output") == ["whole"]
    assert left.truncated


def test_whole_messages_that_are_missing_are_noticed() -> None:
    left = Left()
    left.feed(*left.pieces(OPENING + 3, "third"), left.end(OPENING + 4))
    assert left.truncated
    assert not left.half.pool.truncated(left.pipeline.pipeline_id), "it is a hint and no proof"


def test_messages_of_the_pool_between_are_no_loss() -> None:
    left = Left()
    left.feed(*left.pieces(OPENING + 1, "first"), left.end(OPENING + 3))
    assert left.truncated
    left.half.pool.feed(fragments(OPENING + 2, message(MessageType.USER_EVENT, "<Nil />", None))[0])
    assert not left.truncated


def test_what_another_client_was_told_is_no_loss() -> None:
    left = Left(adopted=True)
    left.feed(*left.pieces(OPENING + 9, "first"), left.end(OPENING + 10))
    assert not left.truncated
    left = Left(adopted=True)
    left.feed(*left.pieces(OPENING + 900, "first"), left.end(OPENING + 901))
    assert left.truncated


def test_nothing_is_missing_of_a_pipeline_that_came_whole() -> None:
    left = Left()
    assert not left.truncated
    for number in range(OPENING + 1, OPENING + 300):
        left.feed(*left.pieces(number, "x"))
    left.feed(left.end(OPENING + 300))
    assert not left.truncated


def test_a_pipeline_that_is_taken_up_again_remembers_its_losses() -> None:
    left = Left()
    left.feed(*left.pieces(OPENING + 1, "x" * 100, 40)[1:])
    again = left.half.pool.adopt(left.pipeline.pipeline_id)
    assert again.state is PipelineState.RUNNING
    assert left.truncated


def test_where_no_loss_is_expected_it_breaks_the_pool() -> None:
    left = Left()
    left.half.pool.expect_losses(False)
    with pytest.raises(ProtocolError, match="lacks fragment"):
        left.feed(*left.pieces(OPENING + 1, "x" * 100, 40)[1:])
    assert not left.truncated


@given(st.sets(st.integers(1, 60)), st.randoms(use_true_random=False))
def test_numbers_know_what_is_missing(numbers: set[int], order: random.Random) -> None:
    met = Numbers()
    shuffled = sorted(numbers)
    order.shuffle(shuffled)
    for number in shuffled * 2:
        met.add(number)
    for first in numbers:
        start = max((number for number in numbers if number < first), default=0)
        for last in (number for number in numbers if number >= first):
            assert met.missing(first, last) == sum(number not in numbers for number in range(start + 1, last))


def test_far_too_many_gaps_are_not_all_kept() -> None:
    met = Numbers()
    for number in range(1, 2000, 2):
        met.add(number)
    assert met.missing(1999, 1999) == 1
    assert len(met._ranges) <= 256
