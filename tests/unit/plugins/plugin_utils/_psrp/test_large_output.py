# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output of many small objects, and of objects that are too large."""

from __future__ import annotations

import re
import tracemalloc
import typing
import uuid
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp import clixml
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import ProtocolError, ValueTooLarge
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.inbox import Inbox
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import (
    OutputFormat,
    PipelineState,
    Record,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.streams import TOO_LARGE, Streams
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.text import core_text, message_text
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.values import MAX_REPEATED, to_json
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    by_stream,
    fragments,
    message,
    opened_pool,
)

#: What a serializer may write between two tags, and what only a damaged message holds.
TEXTS = st.lists(
    st.sampled_from(["_x000D_", "_x000A_", "_xD83D_", "_xDE00_", "_x005F_", "_x", "1.5", "true", "12"])
    | st.sampled_from("aZ0_x\t\n\r &<>'\u00e4\u20ac\U0001f600\ufffe\x01")
).map("".join)
TAGS = st.sampled_from("S B By SB I16 U16 I32 U32 I64 U64 Sg Db D C G DT TS Version URI XD SBK BA Nil".split())


def _outcome(call: typing.Callable[[], object]) -> object:
    try:
        return call()
    except ProtocolError as error:
        return type(error)


@given(TAGS, TEXTS, st.booleans())
def test_what_needs_no_parser_is_what_a_parser_reads(tag: str, text: str, is_escaped: bool) -> None:
    xml = f"<{tag}>{escape(text) if is_escaped else text}</{tag}>".encode()
    assert _outcome(lambda: clixml.loads(xml)) == _outcome(lambda: clixml.read(clixml.parse(xml)[1]))
    assert _outcome(lambda: message_text(xml)) == _outcome(lambda: core_text(*clixml.parse(xml)))


@given(st.lists(st.sampled_from(["_x000D_", "_xD83D_", "_xDE00_", "_xDFFF_", "_x005F_", "_x", "a", "\u00e4"])))
def test_escapes_are_resolved_as_one_by_one(parts: list[str]) -> None:
    text = "".join(parts)
    single = re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
    assert clixml.unescape(text) == single.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


class Output:
    """A pipeline that takes messages of 1,000 bytes at the most."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, output: OutputFormat = OutputFormat.OBJECTS) -> None:
        monkeypatch.setattr(f"{Inbox.__module__}.MAX_MESSAGE", 1000)
        self._half = opened_pool()
        self.pipeline = self._half.pool.adopt(uuid.uuid4(), output)
        self._object_id = 100

    def say(self, message_type: MessageType, clixml_text: str) -> list[Record]:
        """What one message gives."""
        self._object_id += 1
        data = message(message_type, clixml_text, self.pipeline.pipeline_id)
        received = b"".join(fragments(self._object_id, data, 300))
        return self._half.pool.feed(received, self.pipeline.pipeline_id)


_LONG = "x" * 2000


@pytest.mark.parametrize("output", list(OutputFormat))
def test_an_object_that_is_too_large_is_an_error_and_the_rest_comes(
    monkeypatch: pytest.MonkeyPatch, output: OutputFormat
) -> None:
    taken = Output(monkeypatch, output)
    records = [
        *taken.say(MessageType.PIPELINE_OUTPUT, "<S>MQ==</S>"),
        *taken.say(MessageType.PIPELINE_OUTPUT, f"<S>{_LONG}</S>"),
        *taken.say(MessageType.PIPELINE_OUTPUT, "<S>Mg==</S>"),
        *taken.say(MessageType.PIPELINE_STATE, '<Obj RefId="0"><MS><I32 N="PipelineState">4</I32></MS></Obj>'),
    ]
    assert [record.stream for record in records] == ["output", "error", "output", "state"]
    (error,) = by_stream(records, "error")
    assert isinstance(error, dict)
    assert error["fully_qualified_error_id"] == TOO_LARGE
    assert "2047 bytes" in error["message"]
    assert "write to a file and fetch" in error["message"]
    assert ("text" in error) == (output is OutputFormat.STRINGS)
    assert taken.pipeline.state is PipelineState.COMPLETED


@pytest.mark.parametrize(
    "kind",
    [
        MessageType.ERROR_RECORD,
        MessageType.VERBOSE_RECORD,
        MessageType.INFORMATION_RECORD,
        MessageType.PIPELINE_HOST_CALL,
    ],
)
def test_a_record_of_another_stream_that_is_too_large_is_an_error(
    monkeypatch: pytest.MonkeyPatch, kind: MessageType
) -> None:
    taken = Output(monkeypatch)
    (record,) = taken.say(kind, f"<S>{_LONG}</S>")
    assert isinstance(record.value, dict)
    assert (record.stream, record.value["fully_qualified_error_id"]) == ("error", TOO_LARGE)
    assert by_stream(taken.say(MessageType.PIPELINE_OUTPUT, "<I32>1</I32>"), "output") == [1]


def test_a_final_error_that_is_too_large_ends_the_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Output(monkeypatch)
    (record,) = taken.say(MessageType.PIPELINE_STATE, f"<S>{_LONG}</S>")
    assert isinstance(record.value, dict)
    assert (record.stream, record.value["state"]) == ("state", "failed")
    assert record.value["error"]["fully_qualified_error_id"] == TOO_LARGE
    assert taken.pipeline.state is PipelineState.FAILED


def test_a_message_about_the_pool_that_is_too_large_breaks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = Output(monkeypatch)
    with pytest.raises(ProtocolError, match="2047 bytes"):
        taken.say(MessageType.RUNSPACEPOOL_STATE, f"<S>{_LONG}</S>")


def test_a_long_text_that_comes_again_and_again_is_too_large() -> None:
    text = "x" * 100_000
    first = f'<Obj RefId="0"><MS><S N="a">{text}</S></MS></Obj>'
    count = MAX_REPEATED // 500
    refs = '<Ref RefId="0" />' * count
    node = clixml.loads(f'<Obj RefId="1"><LST>{first}{refs}</LST></Obj>'.encode())
    with pytest.raises(ValueTooLarge):
        to_json(node)


def test_reports_that_wait_for_their_other_half_keep_no_text() -> None:
    streams = Streams(OutputFormat.OBJECTS)
    tracemalloc.start()
    try:
        for number in range(60):
            text = f"{number} " + "x" * 100_000
            assert streams.host_records([("warning", text)]) == [("warning", text)]
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept < 500_000
    record = f'<Obj RefId="0"><MS><S N="InformationalRecord_Message">{text}</S></MS></Obj>'.encode()
    assert streams.convert(MessageType.WARNING_RECORD, record) == []
    assert streams.convert(MessageType.WARNING_RECORD, record) == [("warning", text)]
