# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PIPELINE_INPUT of plain values is what psrpcore writes."""

from __future__ import annotations

import uuid

import psrpcore
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp import build, plain
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.fragments import HEADER_SIZE, Outbox

POOL, PIPELINE = uuid.UUID(int=1), uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
#: Characters near the borders of what is escaped.
BORDERS = (
    "_xX05F &<>\"'\t\r\n\x00\x1f\x20\x7e\x7f\x9f\xa0äア\ud7ff\ud800\ud8ff\ud900\udbff\udc00\udfff\ue000\ufffe\uffff😀"
)


def serialized(value: object) -> bytes:
    """The message that psrpcore makes, with the corrections that every message gets."""
    pool = psrpcore.ClientRunspacePool(runspace_pool_id=POOL)
    pool.prepare_message(
        build.input_object(value),
        message_type=psrpcore.types.PSRPMessageType.PipelineInput,
        pipeline_id=PIPELINE,
    )
    outbox = Outbox()
    build.drain(pool, outbox)
    outgoing = outbox.take(1 << 40)
    assert outgoing is not None
    return outgoing.data[HEADER_SIZE:]


@given(st.text() | st.text(st.sampled_from(BORDERS)) | st.booleans() | st.integers(-(2**63), 2**63 - 1))
@example(BORDERS)
@example("")
@example(2**31)
@example(-(2**31) - 1)
def test_what_is_written_is_what_the_serializer_writes(value: object) -> None:
    assert plain.input_message(POOL, PIPELINE, value) == serialized(value)


class Text(str):
    """Some other kind of string."""


@pytest.mark.parametrize("value", [None, 1.5, 2**63, -(2**63) - 1, b"x", [], ["x"], {"a": 1}, Text("x")])
def test_everything_else_is_left_to_the_serializer(value: object) -> None:
    assert plain.input_message(POOL, PIPELINE, value) is None
