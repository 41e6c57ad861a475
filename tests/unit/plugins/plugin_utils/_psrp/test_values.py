# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values on their way to PowerShell and back."""

from __future__ import annotations

import base64
import datetime
import decimal
import json
import math
import re
import typing

import psrpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psrpcore import types as ps

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp import clixml
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import ProtocolError, ValueNotSupported
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.scalars import SECRET
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.streams import TOO_LARGE, Streams
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.text import core_text
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.values import (
    TAG,
    from_json,
    has_secret,
    to_json,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    ServerHalf,
    by_stream,
    opened_pool,
)

#: Any UTF-16 code unit may be in a .NET string, control characters and halves of surrogate pairs included.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
#: psrpcore's server half has the faults that repair.py mends, so it cannot say all of that itself.
TEXT = ANY_TEXT.filter(lambda text: not re.search("[\ud900-\udbff\ufffe\uffff]", text))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**96) + 1, 2**96 - 1) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT.filter(lambda key: key != TAG), inner, max_size=4),
    max_leaves=12,
)


def joined(text: str) -> str:
    """Two halves of a surrogate pair side by side are one character in .NET."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def expected(value: object) -> object:
    """What comes back of a value: NaN and the infinities as text."""
    if isinstance(value, str):
        return joined(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, list):
        return [expected(entry) for entry in value]
    if isinstance(value, dict):
        return {joined(key): expected(entry) for key, entry in value.items()}
    return value


def received(*values: object) -> tuple[list[typing.Any], psrpcore.ServerPipeline, ServerHalf]:
    """The values as the server gets them as input, and the pipeline that got them."""
    half = opened_pool()
    pipeline, server = half.start(PipelineSpec([Command("a script")], expects_input=True))
    for value in values:
        pipeline.input(value)
    pipeline.end_input()
    return [event.data for event in half.deliver() if isinstance(event, psrpcore.PipelineInputEvent)], server, half


def returned(*values: object) -> list[object]:
    """The values as they come back when the server gives its input as its output."""
    inputs, server, half = received(*values)
    for value in inputs:
        server.write_output(value)
    return by_stream(half.answer(), "output")


@given(st.lists(JSON, max_size=3))
def test_json_goes_to_powershell_and_back(values: list[object]) -> None:
    assert json.dumps(returned(*values)) == json.dumps([expected(value) for value in values])


@given(ANY_TEXT)
def test_any_text_arrives(text: str) -> None:
    (value,), _server, _half = received(text)
    assert str(value) == joined(text)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (2**31 - 1, ps.PSInt),
        (-(2**31), ps.PSInt),
        (2**31, ps.PSInt64),
        (-(2**63), ps.PSInt64),
        (2**63, ps.PSDecimal),
        (-(2**96) + 1, ps.PSDecimal),
        (1.0, ps.PSDouble),
        (b"\0\xff", ps.PSByteArray),
        (datetime.datetime(2026, 1, 2, 3, 4, 5), ps.PSDateTime),
        ("text", ps.PSString),
        ([1], ps.PSList),
        ({"a": 1}, ps.PSDict),
    ],
)
def test_a_value_has_the_type_that_holds_it(value: object, kind: type) -> None:
    (arrived,), _server, _half = received(value)
    assert type(arrived) is kind  # pylint: disable=unidiomatic-typecheck
    assert arrived == value


def test_an_integer_beyond_decimal_is_a_big_integer() -> None:
    (arrived,), _server, _half = received(2**100)
    assert arrived.PSTypeNames[0].endswith("System.Numerics.BigInteger")
    assert arrived.PSObject.to_string == str(2**100)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime.date(2026, 1, 2), "2026-01-02T00:00:00"),
        (datetime.datetime(7, 1, 2, 3, 4, 5), "0007-01-02T03:04:05"),
        (datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc), "2026-01-02T00:00:00Z"),
        (
            datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30))),
            "2026-01-02T00:00:00-03:30",
        ),
        (
            datetime.datetime(1900, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(seconds=1))),
            "1899-12-31T23:59:59Z",
        ),
        ({TAG: "datetime", "value": "2026-01-02 03:04:05.1234567+02:00"}, "2026-01-02T03:04:05.1234567+02:00"),
        ({TAG: "datetime", "value": "2026-01-02T03:04:05Z"}, "2026-01-02T03:04:05Z"),
        ({TAG: "datetime", "value": "2026-01-02"}, "2026-01-02T00:00:00"),
    ],
)
def test_dates_arrive_with_their_kind(value: object, text: str) -> None:
    half = opened_pool()
    pipeline, _server = half.start(PipelineSpec([Command("a script")], expects_input=True))
    pipeline.input(value)
    outgoing = half.pool.take(100_000)
    assert outgoing is not None
    assert f"<DT>{text}</DT>".encode() in outgoing.data


def test_not_a_number_is_written_as_dot_net_reads_it() -> None:
    half = opened_pool()
    pipeline, _server = half.start(PipelineSpec([Command("a script")], expects_input=True))
    for value in (math.nan, "<Db>NAN</Db>"):
        pipeline.input(value)
    outgoing = half.pool.take(100_000)
    assert outgoing is not None
    assert b"<Db>NaN</Db>" in outgoing.data
    assert b"&lt;Db&gt;NAN&lt;/Db&gt;" in outgoing.data


def test_tagged_bytes_are_a_byte_array() -> None:
    tagged = {TAG: "bytes", "value": base64.b64encode(b"\0ab").decode()}
    (arrived,), _server, _half = received(tagged)
    assert bytes(arrived) == b"\0ab"
    assert returned(tagged) == ["AGFi"]


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        object(),
        decimal.Decimal(1),
        {TAG: "no such kind", "value": ""},
        {TAG: "bytes"},
        {TAG: "bytes", "value": "not base64"},
        {TAG: "bytes", "value": 1},
        {TAG: "bytes", "value": "", "more": 1},
        {TAG: "datetime", "value": "yesterday"},
        {TAG: "credential", "user": "a"},
        {TAG: ["a list"], "value": ""},
    ],
)
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(ValueNotSupported):
        from_json([value])


def test_a_refusal_does_not_quote_the_value() -> None:
    with pytest.raises(ValueNotSupported) as caught:
        from_json({TAG: "credential", "user": "me", "password": 12345})
    assert "12345" not in str(caught.value)


def test_secrets_are_found_wherever_they_are() -> None:
    secret = {TAG: "secure_string", "value": "x"}
    assert has_secret(secret)
    assert has_secret([{"a": [secret]}])
    assert has_secret({TAG: "credential", "user": "u", "password": "p"})
    assert not has_secret({"secure_string": [TAG, None, 1]})


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ("<D>1.10</D>", 1.1),
        ("<D>5</D>", 5),
        ("<D>79228162514264337593543950335</D>", 79228162514264337593543950335),
        ("<D>0.1234567890123456789</D>", "0.1234567890123456789"),
        ("<Sg>3.4028235E+38</Sg>", 3.4028235e38),
        ("<TS>PT36H</TS>", "1.12:00:00"),
        ("<TS>-P1DT0.0000001S</TS>", "-1.00:00:00.0000001"),
        ("<TS>P10675199DT2H48M5.4775807S</TS>", "10675199.02:48:05.4775807"),
        ("<SS>c2VjcmV0</SS>", SECRET),
        ("<C>55357</C>", "\ud83d"),
        ("<S>_xD83D__xDE00_</S>", "😀"),
        ("<S>_x005F_x0041_</S>", "_x0041_"),
        ("<S>_xD83D_ _xde00_</S>", "\ud83d \ude00"),
        ('<Obj RefId="0"><MS /></Obj>', {}),
        ('<Obj RefId="0"><ToString>text</ToString></Obj>', "text"),
        ('<Obj RefId="0"><Props><I32 N="a">1</I32></Props><MS><I32 N="a">2</I32></MS></Obj>', {"a": 2}),
        ('<Obj RefId="0"><STK><I32>1</I32><Nil /></STK></Obj>', [1, None]),
        ('<Obj RefId="0"><MS><S N="_x000A_">v</S></MS></Obj>', {"\n": "v"}),
        ('<Obj RefId="0"><TN RefId="0"><T>Deserialized.System.DayOfWeek</T><T>Deserialized.System.Enum</T></TN>'
         "<ToString>Friday</ToString><I32>5</I32></Obj>", "Friday"),
        ('<Obj RefId="0"><DCT><En><B N="Key">true</B><S N="Value">v</S></En></DCT></Obj>', {"True": "v"}),
        ('<Obj RefId="0"><DCT><En><Db N="Key">1</Db><S N="Value">v</S></En><En><D N="Key">2.50</D><Nil N="Value" />'
         "</En></DCT></Obj>", {"1": "v", "2.50": None}),
        ("<PR><AV>act</AV><AI>1</AI><Nil /><PI>-1</PI><PC>5</PC><T>Processing</T><SR>-1</SR><SD></SD></PR>",
         {"Activity": "act", "ActivityId": 1, "ParentActivityId": -1, "PercentComplete": 5,
          "RecordType": "Processing", "SecondsRemaining": -1, "StatusDescription": ""}),
    ],
)  # fmt: skip
def test_clixml_becomes_json(xml: str, value: object) -> None:
    assert to_json(clixml.loads(xml.encode())) == value


def test_a_credential_never_shows_its_password() -> None:
    xml = (
        '<Obj RefId="0"><TN RefId="0"><T>System.Management.Automation.PSCredential</T><T>System.Object</T></TN>'
        '<Props><S N="UserName">me</S><SS N="Password">c2VjcmV0</SS></Props></Obj>'
    )
    assert to_json(clixml.loads(xml.encode())) == {"UserName": "me", "Password": SECRET}


@pytest.mark.parametrize("depth", [clixml.MAX_DEPTH, clixml.MAX_DEPTH + 1, 100_000])
def test_nesting_has_a_limit(depth: int) -> None:
    xml = "".join(f'<Obj RefId="{level}"><LST>' for level in range(depth)) + "</LST></Obj>" * depth
    if depth > clixml.MAX_DEPTH:
        with pytest.raises(ProtocolError, match="nested"):
            clixml.loads(xml.encode())
    else:
        assert json.dumps(to_json(clixml.loads(xml.encode()))) == "[" * depth + "]" * depth


def referring(levels: int, times: int) -> bytes:
    """Objects that each refer several times to the one before."""
    objects = ['<Obj RefId="0"><LST /></Obj>']
    for level in range(1, levels):
        references = f'<Ref RefId="{level - 1}" />' * times
        objects.append(f'<Obj RefId="{level}"><TN><T>System.Array</T></TN><LST>{references}</LST></Obj>')
    return f'<Obj RefId="all"><TN><T>System.Array</T></TN><LST>{"".join(objects)}</LST></Obj>'.encode()


@pytest.mark.parametrize(("levels", "times", "reason"), [(12, 10, "too large"), (5000, 1, "nested")])
def test_references_cannot_make_a_value_without_end(levels: int, times: int, reason: str) -> None:
    xml = referring(levels, times)
    with pytest.raises(ProtocolError, match=reason):
        to_json(clixml.loads(xml))
    with pytest.raises(ProtocolError, match="too large"):
        core_text(*clixml.parse(xml))


def test_a_value_that_is_too_large_is_an_error_and_breaks_nothing() -> None:
    (entry,) = Streams(OutputFormat.OBJECTS).convert(MessageType.PIPELINE_OUTPUT, referring(12, 10))
    stream, error = entry
    assert stream == "error"
    record = typing.cast("dict[str, typing.Any]", error)
    assert record["fully_qualified_error_id"] == TOO_LARGE
    assert "Select-Object" in record["exception"]["message"]
    assert json.loads(json.dumps(record)) == record


@pytest.mark.parametrize("name", ["System.Numerics.BigInteger", "System.IntPtr", "System.TimeOnly"])
def test_a_type_name_that_a_script_made_up_changes_nothing(name: str) -> None:
    xml = f'<Obj RefId="0"><TN RefId="0"><T>{name}</T></TN><MS><I32 N="A">1</I32></MS></Obj>'
    assert to_json(clixml.loads(xml.encode())) == {"A": 1}


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><S>&b;</S>',
        "<S><![CDATA[x]]></S>",
        "<S>",
        "text",
        "<Unknown />",
        "<I32>one</I32>",
        "<I32></I32>",
        "<I32>" + "9" * 5000 + "</I32>",
        "<Db>much</Db>",
        "<C>1114112</C>",
        "<TS>an hour</TS>",
        "<BA>!</BA>",
        '<Ref RefId="0" />',
        '<Obj RefId="0"><DCT><En><S N="Key">k</S></En></DCT></Obj>',
    ],
)
def test_what_is_no_clixml_is_refused(xml: str) -> None:
    with pytest.raises(ProtocolError):
        to_json(clixml.loads(xml.encode()))


@pytest.mark.parametrize(
    ("format_", "value", "result"),
    [
        (OutputFormat.BYTES, "YWI=", b"ab"),
        (OutputFormat.BYTES, b"ab", b"ab"),
        (OutputFormat.BYTES, "[DIR]", "[DIR]"),
        (OutputFormat.BYTES, 5, 5),
        (OutputFormat.STRINGS, 5, "5"),
        (OutputFormat.STRINGS, True, "True"),
        (OutputFormat.STRINGS, None, ""),
        (OutputFormat.OBJECTS, b"ab", "YWI="),
    ],
)
def test_the_format_of_the_output_is_the_pipelines(format_: OutputFormat, value: object, result: object) -> None:
    half = opened_pool()
    _pipeline, server = half.start(output_format=format_)
    server.write_output(value)
    assert by_stream(half.answer(), "output") == [result]
