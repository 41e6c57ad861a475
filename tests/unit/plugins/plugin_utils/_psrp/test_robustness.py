# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever bytes come: records or a ProtocolError, and nothing else."""

from __future__ import annotations

import json
import struct
import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp import clixml
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import ProtocolError
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pool import PoolClient
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat, Record
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    fragments,
    message,
    opened_pool,
    recorded_cases,
)

#: Messages of every kind, short enough to change a good part of.
SAMPLES = sorted(
    {
        (message_type, xml)
        for case in recorded_cases()
        for message_type, xml in case.messages
        if len(xml) < 3000 and not (message_type is MessageType.PIPELINE_OUTPUT and xml.startswith(("<I32", "<S>line")))
    }
)
HOST_CALL = (
    MessageType.PIPELINE_HOST_CALL,
    '<Obj RefId="0"><MS><I64 N="ci">1</I64><I32 N="mi">11</I32><Obj N="mp" RefId="1"><LST /></Obj></MS></Obj>',
)


def feed_all(data: bytes, output_format: OutputFormat = OutputFormat.OBJECTS) -> list[Record]:
    """Feed an open pool's running pipeline; a ProtocolError must have broken the pool."""
    half = opened_pool()
    pipeline, _server = half.start(output_format=output_format)
    data = data.replace(b"PIPELINEPIPELINE", pipeline.pipeline_id.bytes_le)
    return fed(half.pool, data)


def fed(pool: PoolClient, data: bytes) -> list[Record]:
    try:
        records = pool.feed(data)
    except ProtocolError as error:
        assert pool.broken == str(error)
        records = error.records
    else:
        assert pool.broken is None or records
    json.dumps([None if isinstance(record.value, bytes) else record.value for record in records])
    return records


def as_sent(sample: tuple[MessageType, str], object_id: int = 1000) -> bytes:
    data = bytearray(message(sample[0], sample[1], None))
    if sample[0] >= MessageType.PIPELINE_OUTPUT:
        data[24:40] = b"PIPELINEPIPELINE"
    return b"".join(fragments(object_id, bytes(data), 500))


@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    fed(opened_pool().pool, data)


@given(st.sampled_from([*MessageType, 0x00041002]), st.binary(max_size=60), st.sampled_from(OutputFormat))
def test_random_content_in_a_real_frame(message_type: int, content: bytes, output_format: OutputFormat) -> None:
    header = struct.pack("<II16s16s", 1, message_type, b"", b"PIPELINEPIPELINE")
    feed_all(fragments(1000, header + content)[0], output_format)


@settings(max_examples=300)
@given(st.sampled_from([*SAMPLES, HOST_CALL]), st.data(), st.sampled_from(OutputFormat))
def test_changed_messages(sample: tuple[MessageType, str], data: st.DataObject, output_format: OutputFormat) -> None:
    """Replaced, dropped and doubled pieces of what a real server sent."""
    sent = bytearray(as_sent(sample))
    for _number in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(sent)))
        length = data.draw(st.integers(0, 8))
        sent[place : place + length] = data.draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from(
                    [b"<Nil />", b"</Obj>", b'<Ref RefId="0" />', b'N="', b"<MS>", b"_xD800_", b"-", b"9" * 30]
                ),
                st.just(bytes(sent[place : place + length]) * 2),
            )
        )
    feed_all(bytes(sent), output_format)


@given(st.sampled_from([*SAMPLES, HOST_CALL]), st.data())
def test_a_truncated_stream_gives_nothing_yet(sample: tuple[MessageType, str], data: st.DataObject) -> None:
    sent = as_sent(sample)
    half = opened_pool()
    half.start()
    assert half.pool.feed(sent[: data.draw(st.integers(0, len(sent) - 1))]) == []


@pytest.mark.parametrize("output_format", OutputFormat)
@pytest.mark.parametrize(
    ("message_type", "name"),
    [(MessageType.PIPELINE_STATE, "PipelineState"), (MessageType.RUNSPACEPOOL_STATE, "RunspaceState")],
)
def test_a_state_that_is_no_number(message_type: MessageType, name: str, output_format: OutputFormat) -> None:
    xml = f'<Obj RefId="0"><MS><Obj N="{name}" RefId="1"><MS><I32 N="a">4</I32></MS></Obj></MS></Obj>'
    assert feed_all(as_sent((message_type, xml)), output_format) == []


XML = st.recursive(
    st.sampled_from(["<Nil />", "<I32>1</I32>", "<S>s</S>", '<Ref RefId="0" />', "<B>true</B>", '<S N="a">x</S>']),
    lambda inner: st.tuples(
        st.sampled_from(["Obj", "MS", "Props", "LST", "DCT", "En", "TN", "ToString", 'Obj RefId="0"', 'Obj N="mp"']),
        st.lists(inner, max_size=3),
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0].split()[0]}>"),
    max_leaves=8,
)


@settings(max_examples=200)
@given(XML, st.sampled_from(MessageType), st.sampled_from(OutputFormat))
def test_xml_that_is_nearly_clixml(xml: str, message_type: MessageType, output_format: OutputFormat) -> None:
    feed_all(as_sent((message_type, xml)), output_format)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = clixml.loads(f"<S>{text}</S>".encode("utf-8", "surrogatepass"))
    except ProtocolError:
        return
    assert isinstance(typing.cast(clixml.Scalar, node).text, str)
