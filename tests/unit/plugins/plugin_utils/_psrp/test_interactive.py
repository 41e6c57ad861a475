# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with a user: what is handed on, and how answers reach the server."""

from __future__ import annotations

import typing

import psrpcore
import pytest
from psrpcore import types as ps

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import (
    SessionKeyRequired,
    StateError,
    ValueNotSupported,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.host import HostCall
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.interactive import InteractiveHost
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import (
    Command,
    Pipeline,
    PipelineSpec,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.values import TAG
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    ServerHalf,
    by_stream,
    fragments,
    message,
    opened_pool,
    recorded_cases,
)

Method = ps.HostMethodIdentifier


class Console:
    """A pool, a pipeline that runs interactively in it, and its server."""

    def __init__(self) -> None:
        self.half: ServerHalf = opened_pool()
        self.pipeline: Pipeline = self.half.pool.start(PipelineSpec([Command("x")]), host=InteractiveHost((100, 40)))
        self.half.deliver()
        self.server = self.half.run(self.pipeline.pipeline_id)

    def call(self, method: ps.HostMethodIdentifier, parameters: list[typing.Any]) -> list[HostCall]:
        """What the client is handed of a call."""
        self.server.host_call(method, parameters)
        return typing.cast("list[HostCall]", by_stream(self.half.answer(), "host_call"))

    def answer(self, call: HostCall, value: object, error: str | None = None) -> psrpcore.PipelineHostResponseEvent:
        """What the server gets of an answer."""
        self.half.pool.answer(self.pipeline, call, value, error)
        (event,) = self.half.deliver()
        assert isinstance(event, psrpcore.PipelineHostResponseEvent)
        return event

    def exchange_key(self) -> None:
        """Secrets can be answered from now on."""
        self.half.pool.request_key()
        self.half.deliver()
        self.half.answer()


def test_the_server_is_told_of_a_screen() -> None:
    info = Console().server.metadata.host
    assert (info.IsHostNull, info.IsHostUINull, info.IsHostRawUINull) == (False, False, False)
    data = info.HostDefaultData
    assert (data.BufferSize.Width, data.WindowSize.Width, data.WindowSize.Height) == (100, 100, 40)
    assert data.ForegroundColor == ps.ConsoleColor.Gray


KEY = {"character": "q", "virtual_key_code": 81, "control_key_state": 0, "key_down": True}


@pytest.mark.parametrize(
    ("method", "parameters", "value", "result"),
    [
        (Method.ReadLine, [], "typed", "typed"),
        (Method.PromptForChoice, ["t", "m", [], 0], 1, 1),
        (Method.PromptForChoiceMultipleSelection, ["t", "m", [], []], [0, 2], [0, 2]),
        (Method.Prompt, ["t", "m", []], {"Name": "x", "Count": 3}, {"Name": "x", "Count": 3}),
    ],
)
def test_an_answer_has_its_methods_type(
    method: ps.HostMethodIdentifier, parameters: list[typing.Any], value: object, result: object
) -> None:
    console = Console()
    (call,) = console.call(method, parameters)
    assert call.expects_answer
    event = console.answer(call, value)
    assert (event.ci, event.method_identifier, event.error) == (call.call_id, method, None)
    assert event.result == result


def test_a_key_press_is_answered() -> None:
    console = Console()
    (call,) = console.call(Method.ReadKey, [ps.PSInt(4)])
    result = console.answer(call, KEY).result
    assert (result.Character, result.VirtualKeyCode, result.KeyDown) == (ps.PSChar("q"), 81, True)


def test_secrets_travel_under_the_session_key() -> None:
    console = Console()
    (line,) = console.call(Method.ReadLineAsSecureString, [])
    secret = {TAG: "secure_string", "value": "hidden"}
    with pytest.raises(SessionKeyRequired):
        console.half.pool.answer(console.pipeline, line, secret)
    console.exchange_key()
    assert console.answer(line, secret).result.decrypt() == "hidden"
    credential = {TAG: "credential", "user": "bob", "password": "hidden too"}
    for method, parameters in (
        (Method.PromptForCredential1, ["t", "m", "", ""]),
        (Method.PromptForCredential2, ["t", "m", "", "", ps.PSInt(1), ps.PSInt(1)]),
    ):
        (call,) = console.call(method, parameters)
        result = console.answer(call, credential).result
        assert (result.UserName, result.Password.decrypt()) == ("bob", "hidden too")
    (fields,) = console.call(Method.Prompt, ["t", "m", []])
    answered = typing.cast("dict[str, ps.PSSecureString]", console.answer(fields, {"Pin": secret}).result)
    assert answered["Pin"].decrypt() == "hidden"


def test_a_user_who_does_not_answer_is_an_error_of_the_script() -> None:
    console = Console()
    (call,) = console.call(Method.ReadLine, [])
    event = console.answer(call, None, "nobody is there")
    assert event.error.Exception.Message == "nobody is there"


@pytest.mark.parametrize(
    ("method", "value"),
    [
        (Method.ReadLine, 1),
        (Method.ReadLineAsSecureString, "plain"),
        (Method.PromptForCredential1, {"user": "bob", "password": "x"}),
        (Method.PromptForChoice, "1"),
        (Method.PromptForChoice, True),
        (Method.PromptForChoiceMultipleSelection, ["0"]),
        (Method.Prompt, ["x"]),
        (Method.ReadKey, {"character": "two"}),
        (Method.WriteProgress, None),
    ],
)
def test_an_answer_of_another_type_is_refused(method: ps.HostMethodIdentifier, value: object) -> None:
    console = Console()
    with pytest.raises(ValueNotSupported, match=method.name):
        console.half.pool.answer(console.pipeline, HostCall(1, method.name, []), value)


def test_nobody_answers_for_a_pipeline_that_has_ended() -> None:
    console = Console()
    (call,) = console.call(Method.ReadLine, [])
    console.server.complete()
    console.half.answer()
    with pytest.raises(StateError):
        console.half.pool.answer(console.pipeline, call, "late")


def test_a_question_comes_with_all_that_it_asks() -> None:
    console = Console()
    field = ps.FieldDescription(Name="Pin", Label="&Pin", ParameterTypeName="Int32", HelpMessage="four digits")
    choice = ps.ChoiceDescription(Label="&Yes", HelpMessage="do it")
    requestor = psrpcore.ServerHostRequestor(console.server)
    requestor.prompt("caption", "message", [field])
    requestor.prompt_for_choice("caption", "message", [choice], 0)
    prompt, choose = typing.cast("list[HostCall]", by_stream(console.half.answer(), "host_call"))
    fields = typing.cast("list[typing.Any]", prompt.arguments[2])
    assert prompt.arguments[:2] == ["caption", "message"]
    assert (fields[0]["name"], fields[0]["label"], fields[0]["helpMessage"]) == ("Pin", "&Pin", "four digits")
    assert choose.arguments == ["caption", "message", [{"label": "&Yes", "helpMessage": "do it"}], 0]


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (Method.Write1, ["a"]),
        (Method.Write2, [12, 0, "a"]),
        (Method.WriteLine1, []),
        (Method.WriteLine2, ["a"]),
        (Method.WriteLine3, [12, 0, "a"]),
        (Method.WriteErrorLine, ["a"]),
        (Method.SetWindowTitle, ["a"]),
        (Method.PopRunspace, []),
    ],
)
def test_what_is_shown_is_handed_on_and_not_answered(
    method: ps.HostMethodIdentifier, parameters: list[typing.Any]
) -> None:
    console = Console()
    (call,) = console.call(method, [ps.PSInt(each) if isinstance(each, int) else each for each in parameters])
    assert (call.method, call.arguments, call.expects_answer) == (method.name, parameters, False)


def test_a_progress_bar_is_handed_on() -> None:
    console = Console()
    psrpcore.ServerHostRequestor(console.server).write_progress(1, 7, "copying", "3 of 4", percent_complete=75)
    (call,) = typing.cast("list[HostCall]", by_stream(console.half.answer(), "host_call"))
    record = typing.cast("dict[str, object]", call.arguments[1])
    assert (call.method, record["Activity"], record["PercentComplete"]) == ("WriteProgress", "copying", 75)


def test_the_screens_size_is_answered_without_the_user() -> None:
    console = Console()
    assert console.call(Method.GetWindowSize, []) == []
    (event,) = console.half.deliver()
    assert (event.result.Width, event.result.Height) == (100, 40)


@pytest.mark.parametrize("method", [Method.GetBufferContents, Method.GetRunspace])
def test_what_no_client_gives_away_is_refused(method: ps.HostMethodIdentifier) -> None:
    console = Console()
    assert console.call(method, []) == []
    (event,) = console.half.deliver()
    assert event.error is not None


@pytest.mark.parametrize(("by_record", "by_call"), [(True, True), (True, False), (False, True)])
def test_write_host_is_one_call_however_it_is_reported(by_record: bool, by_call: bool) -> None:
    console = Console()
    for text in ("a", "b", "a"):
        if by_record:
            console.server.write_information(text, "Write-Host", tags=["PSHOST"])
        if by_call:
            console.server.host_call(Method.WriteLine2, [text])
    records = console.half.answer()
    calls = typing.cast("list[HostCall]", by_stream(records, "host_call"))
    assert [(call.method, call.arguments, call.expects_answer) for call in calls] == [
        ("WriteLine2", [text], False) for text in ("a", "b", "a")
    ]
    assert by_stream(records, "host_out") == []


def test_colors_of_write_host_are_kept() -> None:
    """As the recorded server reports Write-Host "red" -ForegroundColor Red -NoNewline."""
    console = Console()
    case = next(case for case in recorded_cases() if case.name == "stream:host_color")
    message_type, clixml = case.messages[0]
    data = message(message_type, clixml, console.pipeline.pipeline_id)
    records = console.half.pool.feed(fragments(900, data)[0])
    (call,) = typing.cast("list[HostCall]", by_stream(records, "host_call"))
    assert (call.method, call.arguments) == ("Write2", [12, 0, "red"])


def test_a_warning_is_a_record_and_shown_once() -> None:
    console = Console()
    console.server.write_warning("careful")
    console.server.host_call(Method.WriteWarningLine, ["careful"])
    records = console.half.answer()
    assert by_stream(records, "warning") == ["careful"]
    assert by_stream(records, "host_call") == []
