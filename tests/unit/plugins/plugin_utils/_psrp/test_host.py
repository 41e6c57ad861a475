# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pipelines ask of the host, and what is reported twice."""

from __future__ import annotations

import typing

import psrpcore
import pytest
from psrpcore import types as ps

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.host import Answer
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat, Record
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    by_stream,
    opened_pool,
)

Method = ps.HostMethodIdentifier


def called(
    method: ps.HostMethodIdentifier, parameters: list[typing.Any], output_format: OutputFormat = OutputFormat.OBJECTS
) -> tuple[list[Record], list[psrpcore.PSRPEvent]]:
    """The records of a host call, and what the server was answered."""
    half = opened_pool()
    _pipeline, server = half.start(output_format=output_format)
    server.host_call(method, parameters)
    records = half.answer()
    return records, half.deliver()


@pytest.mark.parametrize(
    ("method", "parameters", "stream", "text", "as_psrp_shows_it"),
    [
        (Method.Write1, ["a"], "host_out", "a", "a"),
        (Method.Write2, [ps.PSInt(1), ps.PSInt(2), "a"], "host_out", "a", "a"),
        (Method.WriteLine1, [], "host_out", "\r\n", "\r\n"),
        (Method.WriteLine2, ["a"], "host_out", "a\r\n", "a\r\n"),
        (Method.WriteLine3, [ps.PSInt(1), ps.PSInt(2), "a"], "host_out", "a\r\n", "a\r\n"),
        (Method.WriteErrorLine, ["a"], "host_err", "a\r\n", "a\r\n"),
        (Method.WriteDebugLine, ["a"], "debug", "a", "DEBUG: a\r\n"),
        (Method.WriteVerboseLine, ["a"], "verbose", "a", "VERBOSE: a\r\n"),
        (Method.WriteWarningLine, ["a"], "warning", "a", "WARNING: a\r\n"),
    ],
)
def test_what_is_written(
    method: ps.HostMethodIdentifier, parameters: list[object], stream: str, text: str, as_psrp_shows_it: str
) -> None:
    records, answers = called(method, parameters)
    assert [(record.stream, record.value) for record in records] == [(stream, text)]
    assert answers == []
    records, _answers = called(method, parameters, OutputFormat.STRINGS)
    shown = "host_err" if stream == "host_err" else "host_out"
    assert [(record.stream, record.value) for record in records] == [(shown, as_psrp_shows_it)]


def test_exit_is_the_pipelines() -> None:
    records, answers = called(Method.SetShouldExit, [ps.PSInt(7)])
    assert [(record.stream, record.value) for record in records] == [("exit", 7)]
    assert records[0].pipeline_id is not None
    assert answers == []


@pytest.mark.parametrize(
    "method",
    [
        Method.ReadLine,
        Method.ReadLineAsSecureString,
        Method.Prompt,
        Method.PromptForCredential1,
        Method.PromptForCredential2,
        Method.PromptForChoice,
        Method.PromptForChoiceMultipleSelection,
        Method.ReadKey,
        Method.GetBufferContents,
        Method.GetRunspace,
    ],
)
def test_what_needs_a_user_fails_and_never_hangs(method: ps.HostMethodIdentifier) -> None:
    records, (answer,) = called(method, [])
    assert by_stream(records, "host_call_refused") == [method.name]
    assert isinstance(answer, psrpcore.PipelineHostResponseEvent)
    assert answer.error.Exception.Message == f"the session is not interactive: cannot answer {method.name}"


@pytest.mark.parametrize(
    ("method", "value"),
    [
        (Method.GetForegroundColor, ps.ConsoleColor.Gray),
        (Method.GetBackgroundColor, ps.ConsoleColor.Black),
        (Method.GetCursorSize, 25),
        (Method.GetKeyAvailable, False),
        (Method.GetCurrentCulture, "en-US"),
        (Method.GetName, "Ansible PSSession Host"),
    ],
)
def test_a_property_has_a_sensible_value(method: ps.HostMethodIdentifier, value: object) -> None:
    records, (answer,) = called(method, [])
    assert records == []
    assert (answer.error, answer.result) == (None, value)


def test_sizes_and_places() -> None:
    _records, (size,) = called(Method.GetWindowSize, [])
    assert (size.result.Width, size.result.Height) == (120, 50)
    _records, (place,) = called(Method.GetCursorPosition, [])
    assert (place.result.X, place.result.Y) == (0, 0)


@pytest.mark.parametrize("method", [Method.SetWindowTitle, Method.SetCursorSize, Method.NotifyBeginApplication])
def test_what_has_no_meaning_without_a_screen_is_ignored(method: ps.HostMethodIdentifier) -> None:
    assert called(method, ["x"]) == ([], [])


def test_the_pools_own_host_calls_are_answered_too() -> None:
    half = opened_pool()
    half.server.host_call(Method.ReadLine)
    assert half.answer() == [Record(None, "host_call_refused", "ReadLine")]
    (answer,) = half.deliver()
    assert isinstance(answer, psrpcore.RunspacePoolHostResponseEvent)


def test_the_host_is_the_one_of_psrp() -> None:
    half = opened_pool()
    _pipeline, server = half.start()
    for info in (half.server.host, server.metadata.host):
        assert (info.IsHostNull, info.IsHostUINull, info.IsHostRawUINull) == (False, False, True)
        assert info.UseRunspaceHost is False


class Interactive:
    """A host with somebody there."""

    def info(self) -> ps.HostInfo:
        return ps.HostInfo(IsHostNull=False, IsHostUINull=False, IsHostRawUINull=True, UseRunspaceHost=False)

    def call(self, method: str, arguments: typing.Sequence[object]) -> Answer:
        return Answer(records=(("host_out", f"{method} {list(arguments)}"),), value=ps.PSString("typed"))


def test_another_host_may_answer() -> None:
    half = opened_pool(host=Interactive())
    _pipeline, server = half.start()
    server.host_call(Method.Prompt, ["caption", "message", []])
    assert by_stream(half.answer(), "host_out") == ["Prompt ['caption', 'message', []]"]
    (answer,) = half.deliver()
    assert answer.result == "typed"


# --- reported twice -------------------------------------------------------------------------------------------------


def write_host(server: psrpcore.ServerPipeline, text: str, by_record: bool, by_call: bool, *tags: str) -> None:
    """What a server sends for Write-Host."""
    if by_record:
        server.write_information(text, "Write-Host", tags=list(tags) or ["PSHOST"])
    if by_call:
        server.host_call(Method.WriteLine2, [text])


@pytest.mark.parametrize(("by_record", "by_call"), [(True, True), (True, False), (False, True)])
def test_write_host_shows_once_however_it_is_reported(by_record: bool, by_call: bool) -> None:
    half = opened_pool()
    _pipeline, server = half.start(PipelineSpec([Command("a script")]))
    texts = ["a", "b", "a", "a"]
    for text in texts:
        write_host(server, text, by_record, by_call)
    assert by_stream(half.answer(), "host_out") == [f"{text}\r\n" for text in texts]


def test_a_line_of_ui_between_is_not_lost() -> None:
    half = opened_pool()
    _pipeline, server = half.start()
    write_host(server, "a", by_record=False, by_call=True)
    write_host(server, "a", by_record=True, by_call=True)
    assert by_stream(half.answer(), "host_out") == ["a\r\n", "a\r\n"]


def test_a_warning_shows_once() -> None:
    half = opened_pool()
    _pipeline, server = half.start()
    server.write_warning("careful")
    server.host_call(Method.WriteWarningLine, ["careful"])
    assert by_stream(half.answer(), "warning") == ["careful"]


def test_what_another_remote_pipeline_wrote_was_shown_already() -> None:
    half = opened_pool()
    _pipeline, server = half.start()
    write_host(server, "a", True, False, "PSHOST", "FORWARDED")
    records = half.answer()
    assert by_stream(records, "host_out") == []
    assert len(by_stream(records, "information")) == 1


def test_strings_show_the_calls_only_as_psrp_does() -> None:
    half = opened_pool(output=OutputFormat.STRINGS)
    _pipeline, server = half.start()
    write_host(server, "a", by_record=True, by_call=True)
    write_host(server, "b", by_record=True, by_call=False)
    assert by_stream(half.answer(), "host_out") == ["a\r\n"]
