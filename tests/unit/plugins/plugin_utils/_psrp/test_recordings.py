# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real PowerShell answered, fed to a pool."""

from __future__ import annotations

import json
import typing
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pool import PoolClient
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    by_stream,
    fragments,
    message,
    recorded_cases,
    replayed,
)

CASES = {case.name: case for case in recorded_cases()}
PIPELINES = [name for name in CASES if not name.startswith("open:")]

VALUES: dict[str, object] = {
    "value:null": None,
    "value:true": True,
    "value:false": False,
    "value:byte": 7,
    "value:sbyte": -7,
    "value:int16": -300,
    "value:uint16": 65535,
    "value:int32": 42,
    "value:uint32": 4294967295,
    "value:int64": 9223372036854775807,
    "value:uint64": 18446744073709551615,
    "value:single": 1.5,
    "value:double": 3.141592653589793,
    "value:double_nan": "NaN",
    "value:double_inf": "Infinity",
    "value:double_neg_inf": "-Infinity",
    "value:double_negzero": -0.0,
    "value:double_tiny": 5e-324,
    "value:decimal": "12345678901234567890.123456789",
    "value:bigint": 123456789012345678901234567890,
    "value:char": "x",
    "value:char_nul": "\0",
    "value:string": "hello",
    "value:string_empty": "",
    "value:string_unicode": "café 漢字 😀",
    "value:string_ctrl": "a\0b\ac\bd\x1b\t\r\n\x85\u2028",
    "value:string_lone_surrogate": "\ud800",
    "value:string_underscore_x": "_x0041_ and _X0041_",
    "value:string_xml": '<a href="x">&amp;</a>',
    "value:string_multiline": "line1\nline2\r\nline3",
    "value:string_long": "x" * 70000,
    "value:datetime_utc": "2026-01-02T03:04:05Z",
    "value:datetime_local": "2026-01-02T03:04:05.678+00:00",
    "value:datetime_unspec": "2026-01-02T03:04:05",
    "value:datetimeoffset": "2026-01-02T03:04:05+02:00",
    "value:datetime_min": "0001-01-01T00:00:00",
    "value:datetime_ticks": "2024-12-31T09:36:07.8901234Z",
    "value:timespan": "1.02:03:04.0050000",
    "value:timespan_neg": "-00:01:30.5000000",
    "value:timespan_zero": "00:00:00",
    "value:dateonly": "2026-01-02",
    "value:timeonly": "03:04:05",
    "value:guid": "c8f1b1de-5d7a-4f4b-8f5e-0b1e2c3d4e5f",
    "value:uri": "https://example.test/a?b=c#d",
    "value:version": "1.2.3.4",
    "value:semver": "1.2.3-beta+build",
    "value:xml": '<r><a id="1">t</a></r>',
    "value:scriptblock": " param($a) $a + 1 ",
    "value:regex": "a+b",
    "value:bytes_typed_comma": "AQID",
    "value:bytes_empty": "",
    "value:charray": ["a", "b", "c"],
    "value:enum": "Friday",
    "value:enum_flags": "ReadOnly, Hidden",
    "value:enum_consolecolor": "Red",
    "value:enum_class": "Blue",
    "value:intptr": 5,
    "value:switch": True,
    "value:dbnull": None,
    "value:tuple": {"Item1": 1, "Item2": "a", "Length": 2},
    "value:keyvalue": {"Key": "k", "Value": 1},
    "value:array_int": [1, 2, 3],
    "value:array_mixed": [1, "two", None, 3.0, True],
    "value:array_nested": [[1, 2], [3, [4, 5]]],
    "value:array_empty": [],
    "value:array_one": ["x"],
    "value:object_array_2d": [0, 0, 0, 0],
    "value:arraylist": [1, 2],
    "value:list_string": ["a", "b"],
    "value:queue": [1, 2],
    "value:stack": [2, 1],
    "value:hashset": [1, 2],
    "value:hashtable": {"a": 1},
    "value:hashtable_nested": {"a": {"b": {"c": {"d": 1}}}},
    "value:hashtable_intkeys": {"1": "one"},
    "value:dictionary": {"k": 1},
    "value:hashtable_empty": {},
    "value:pscustom": {"Name": "n", "Value": 1, "When": "2026-01-02T03:04:05+00:00"},
    "value:pscustom_nested": {"A": {"B": {"C": {"D": 1}}}},
    "value:pscustom_array": {"L": [1, 2, 3], "E": [], "N": None},
    "value:string_with_note": "s",
    "value:int_with_note": 5,
    "value:scriptproperty": {"A": 2, "Dbl": 4},
    "value:recursive": {"self": {"self": "<circular reference>"}},
    "value:same_object_twice": {"x": {"A": 1}, "y": {"A": 1}},
    "value:class_instance": {"Name": "n", "Age": 3},
    "value:depth_list": [1, [2, [3, [4, [5, 6]]]]],
    "value:datatable": [{"c": 1}],
    "value:json_object": {"a": [1, 2, {"b": None}], "d": 1.5},
}


@pytest.mark.parametrize("output_format", OutputFormat)
def test_every_recorded_case_converts(output_format: OutputFormat) -> None:
    for name in PIPELINES:
        records = replayed(CASES[name], output_format)
        assert records[-1].stream == "state", name
        if output_format is OutputFormat.OBJECTS:
            assert json.loads(json.dumps([record.value for record in records])) == [each.value for each in records]


@pytest.mark.parametrize("name", VALUES)
def test_a_value_becomes_json_without_loss(name: str) -> None:
    (value,) = by_stream(replayed(CASES[name], OutputFormat.OBJECTS), "output")
    assert value == VALUES[name]
    assert type(value) is type(VALUES[name])


def test_an_ordered_dictionary_keeps_its_order() -> None:
    (value,) = by_stream(replayed(CASES["value:ordered"], OutputFormat.OBJECTS), "output")
    assert isinstance(value, dict)
    assert list(value.items()) == [("z", 1), ("a", 2), ("m", 3)]


def test_each_stream_has_its_records() -> None:
    records = replayed(CASES["stream:all"], OutputFormat.OBJECTS)
    assert by_stream(records, "output") == ["o1", "o2"]
    assert by_stream(records, "warning") == ["w1"]
    assert by_stream(records, "verbose") == ["v"]
    assert by_stream(records, "debug") == ["d"]
    assert by_stream(records, "host_out") == ["h1\r\n"]
    (error,) = by_stream(records, "error")
    assert isinstance(error, dict)
    assert error["message"] == "e1"
    assert [typing.cast(dict[str, object], each)["message_data"] for each in by_stream(records, "information")] == [
        "i1",
        "h1",
    ]


def test_write_host_without_a_new_line() -> None:
    assert by_stream(replayed(CASES["stream:host_color"], OutputFormat.OBJECTS), "host_out") == ["red"]


def test_an_information_record() -> None:
    (record,) = by_stream(replayed(CASES["stream:information"], OutputFormat.OBJECTS), "information")
    assert isinstance(record, dict)
    assert (record["message_data"], record["source"], record["tags"]) == ("info", "Write-Information", ["t1", "t2"])
    assert str(record["time_generated"]).endswith("Z")


def test_progress() -> None:
    first, second = by_stream(replayed(CASES["stream:progress"], OutputFormat.OBJECTS), "progress")
    assert first == {
        "activity": "Act",
        "activity_id": 3,
        "status_description": "St",
        "current_operation": "op",
        "parent_activity_id": -1,
        "percent_complete": 50,
        "seconds_remaining": -1,
        "record_type": "Processing",
    }
    assert isinstance(second, dict)
    assert second["record_type"] == "Completed"


def test_an_error_has_the_fields_that_win_powershell_documents() -> None:
    (error,) = by_stream(replayed(CASES["stream:error_full"], OutputFormat.OBJECTS), "error")
    assert isinstance(error, dict)
    assert error["category_info"] == {
        "category": "ObjectNotFound",
        "category_id": 13,
        "activity": "act",
        "reason": "why",
        "target_name": "tn",
        "target_type": "tt",
        "message": "ObjectNotFound: (tn:tt) [act], why",
    }
    assert error["exception"] == {
        "message": "boom",
        "type": "Microsoft.PowerShell.Commands.WriteErrorException",
        "help_link": None,
        "source": None,
        "hresult": -2146233087,
        "inner_exception": None,
    }
    assert error["error_details"] == {"message": "boom", "recommended_action": "do x"}
    assert (error["fully_qualified_error_id"], error["target_object"]) == ("MyId", "tgt")
    assert "FullyQualifiedErrorId : MyId" in str(error["output"])


def test_a_thrown_error_is_in_the_state() -> None:
    (state,) = by_stream(replayed(CASES["stream:throw_exception"], OutputFormat.OBJECTS), "state")
    assert isinstance(state, dict)
    assert state["state"] == "failed"
    exception = state["error"]["exception"]
    assert (exception["type"], exception["message"]) == ("System.InvalidOperationException", "outer")
    assert "inner" in exception["inner_exception"]["message"]


def test_an_error_among_the_output_is_an_error_still() -> None:
    warning, error = by_stream(replayed(CASES["stream:redirect"], OutputFormat.OBJECTS), "output")
    assert warning == "w"
    assert isinstance(error, dict)
    assert error["message"] == "e"


@pytest.mark.parametrize(("name", "code"), [("exit:0", 0), ("exit:3", 3), ("exit:after_output", 5)])
def test_exit(name: str, code: int) -> None:
    records = replayed(CASES[name], OutputFormat.OBJECTS)
    assert by_stream(records, "exit") == [code]
    assert by_stream(records, "state") == [{"state": "completed", "error": None}]


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("open:")])
def test_a_recorded_opening_opens_a_pool(name: str) -> None:
    pool = PoolClient(uuid.uuid4())
    pool.creation()
    for number, (message_type, text) in enumerate(CASES[name].messages):
        pool.feed(fragments(number, message(message_type, text, None))[0])
    assert pool.opened
    assert pool.server is not None
    assert (pool.server.protocol_version, pool.server.ps_version, pool.server.edition, pool.server.os) == (
        "2.3",
        "7.6.5",
        "Core",
        "Debian GNU/Linux 12 (bookworm)",
    )


def test_the_recordings_hold_each_kind_of_message() -> None:
    """So that the comparisons above compare something."""
    seen = {message_type for case in CASES.values() for message_type, _text in case.messages}
    assert {MessageType.ERROR_RECORD, MessageType.PROGRESS_RECORD, MessageType.PIPELINE_HOST_CALL} <= seen
