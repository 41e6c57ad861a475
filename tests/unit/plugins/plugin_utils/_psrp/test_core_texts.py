# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts of OutputFormat.STRINGS against ansible.builtin.psrp itself, over what a real PowerShell answered."""

from __future__ import annotations

import types
import typing
from unittest import mock

import pytest
from ansible.plugins.connection import psrp as core_psrp
from pypsrp.complex_objects import ObjectMeta
from pypsrp.messages import ErrorRecordMessage, PipelineState
from pypsrp.serializer import Serializer

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    Case,
    by_stream,
    recorded_cases,
    replayed,
)

CASES = {case.name: case for case in recorded_cases()}
PIPELINES = [name for name in CASES if not name.startswith("open:")]
#: Where pypsrp fails, or shows a Python object's address.
UNCOMPARED = {"value:bytes_empty", "value:recursive", "value:string_lone_surrogate", "value:int_with_note"}


def core_result(case: Case, verbosity: int) -> tuple[str, str]:
    """Standard output and error as ansible.builtin.psrp makes them of a case's messages."""
    serializer = Serializer()
    pipeline = types.SimpleNamespace(output=[], had_errors=False, streams=types.SimpleNamespace(error=[]))
    for message_type, text in case.messages:
        if message_type is MessageType.PIPELINE_OUTPUT:
            pipeline.output.append(serializer.deserialize(text))
        elif message_type is MessageType.ERROR_RECORD:
            meta = ObjectMeta("Obj", object=ErrorRecordMessage)
            pipeline.streams.error.append(serializer.deserialize(text, meta))
        elif message_type is MessageType.PIPELINE_STATE:
            state = serializer.deserialize(text, ObjectMeta("Obj", object=PipelineState))
            pipeline.streams.error += [state.error_record] if state.error_record is not None else []
    connection = types.SimpleNamespace(
        host=types.SimpleNamespace(rc=0, ui=types.SimpleNamespace(stdout=[], stderr=[])),
        _play_context=types.SimpleNamespace(no_log=False),
        _psrp_host="host",
    )
    with mock.patch.object(core_psrp.display, "verbosity", verbosity), mock.patch.object(core_psrp.display, "vvvvv"):
        _rc, stdout, stderr = core_psrp.Connection._parse_pipeline_result(connection, pipeline)
    return stdout.decode("utf-8", "surrogateescape"), stderr.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("verbosity", [0, 3])
@pytest.mark.parametrize("name", [name for name in PIPELINES if name not in UNCOMPARED])
def test_the_texts_are_those_of_psrp(name: str, verbosity: int) -> None:
    records = replayed(CASES[name], OutputFormat.STRINGS)
    errors = by_stream(records, "error")
    (state,) = by_stream(records, "state")
    assert isinstance(state, dict)
    errors += [state["error"]] if state["error"] else []
    text = "text_with_stack" if verbosity else "text"
    stdout = "\r\n".join(str(each) for each in by_stream(records, "output") + by_stream(records, "host_out"))
    stderr = "".join(typing.cast(dict[str, str], error)[text] for error in errors)
    expected_stdout, expected_stderr = core_result(CASES[name], verbosity)
    assert stderr == expected_stderr
    if "object at 0x" not in expected_stdout:
        assert stdout == expected_stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("value:int_with_note", "5\ntag: x"),
        ("value:string_lone_surrogate", "\ud800"),
        ("value:bytes_empty", ""),
        ("value:recursive", "{'self': {'self': {...}}}"),
    ],
)
def test_the_text_where_psrp_fails(name: str, text: str) -> None:
    assert by_stream(replayed(CASES[name], OutputFormat.STRINGS), "output") == [text]
