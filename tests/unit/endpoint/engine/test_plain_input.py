# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which input objects are read without psrpcore, and that they are the same."""

from __future__ import annotations

import typing

import psrpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.tests.endpoint.engine.plain_input import plain_string


def fragment_of(value: typing.Any, limit: int | None = None) -> bytes:
    """The first fragment of an input object as psrpcore writes it."""
    pool = psrpcore.ClientRunspacePool()
    kind = psrpcore.types.PSRPMessageType.PipelineInput
    pool.prepare_message(value, message_type=kind, pipeline_id=pool.runspace_pool_id)
    payload = pool.data_to_send(limit)
    assert payload is not None
    return payload.data


@given(st.text() | st.text("ab<>&_xX0041\r\n é漢😀"))
def test_a_string_is_read_as_it_was_or_left_to_psrpcore(text: str) -> None:
    assert plain_string(fragment_of(text)) in (text, None)


@given(st.text("abc é漢\u2028'\"=+/", min_size=1))
def test_what_needs_no_parser_is_read(text: str) -> None:
    assert plain_string(fragment_of(text)) == text


@pytest.mark.parametrize("value", ["", 1, True, b"x", ["<S>x</S>"], {"a": "b"}])
def test_other_objects_are_left_to_psrpcore(value: object) -> None:
    assert plain_string(fragment_of(value)) is None


def test_parts_of_objects_and_other_messages_are_left_to_psrpcore() -> None:
    whole = fragment_of("some text")
    assert plain_string(whole) == "some text"
    assert plain_string(fragment_of("x" * 1000, 500)) is None
    assert plain_string(whole[:30]) is None
    other = bytearray(whole)
    other[25:29] = (0x00021006).to_bytes(4, "little")
    assert plain_string(bytes(other)) is None
    assert plain_string(whole[:-5] + b"\xff</S>") is None
