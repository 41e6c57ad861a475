# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interactive runs: what a script asks, shows and is answered, against the test endpoint."""

from __future__ import annotations

import threading
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.values import TAG
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)

SECRET = {TAG: "secure_string", "value": "hidden"}
CREDENTIAL = {TAG: "credential", "user": "bob", "password": "hidden too"}
KEY = {"character": "q", "virtual_key_code": 81, "control_key_state": 0, "key_down": True}


class Console:
    """A user before a broker, who gives prepared answers and notes what he sees.

    Attributes:
        calls: What was called, answered or not.
        seen: Calls and records in the order in which they came.
    """

    def __init__(self, broker: Broker, *answers: object) -> None:
        self.calls: list[messages.HostCall] = []
        self.seen: list[tuple[str, typing.Any]] = []
        self._broker = broker
        self._answers = list(answers)

    def enter(self, script: str, **settings: typing.Any) -> messages.Finished:
        """Runs a line in the shared session."""
        request = messages.Run(
            self._broker.target(), [messages.Command(script)], shared=True, interactive=True, **settings
        )
        return self._broker.client.run(request, on_records=self._records, on_host_call=self._called)

    @property
    def output(self) -> list[object]:
        """What was written to the output stream."""
        return [value for stream, value in self.seen if stream == "output"]

    def _records(self, entries: list[typing.Any], _body: bytes) -> None:
        self.seen += map(tuple, entries)

    def _called(self, call: messages.HostCall) -> messages.HostAnswer | None:
        self.calls.append(call)
        self.seen.append((call.method, call.arguments))
        if not call.expects_answer:
            return messages.HostAnswer()
        answer = self._answers.pop(0)
        return messages.HostAnswer(error=str(answer)) if isinstance(answer, Exception) else messages.HostAnswer(answer)


@pytest.mark.parametrize(
    ("script", "method", "answer", "output"),
    [
        ("Read-Host", "ReadLine", "typed", "typed"),
        ("$Host.UI.ReadLine()", "ReadLine", "", ""),
        ("(Read-Host -Prompt Name) + '!'", "Prompt", {"Name": "bob"}, "bob!"),
        ("$Host.UI.PromptForChoice('t', 'm', @('&Yes', '&No'), 0)", "PromptForChoice", 1, 1),
        (
            "($Host.UI.PromptForChoice('t', 'm', @('&Yes', '&No'), [int[]]@(0))) -join ','",
            "PromptForChoiceMultipleSelection",
            [0, 1],
            "0,1",
        ),
        ("$Host.UI.RawUI.ReadKey().Character", "ReadKey", KEY, "q"),
        (
            "ConvertFrom-SecureString -AsPlainText ($Host.UI.ReadLineAsSecureString())",
            "ReadLineAsSecureString",
            SECRET,
            "hidden",
        ),
        (
            "ConvertFrom-SecureString -AsPlainText (Read-Host Pin -AsSecureString)",
            "Prompt",
            {"Pin": SECRET},
            "hidden",
        ),
        (
            "$c = Get-Credential -UserName bob -Message m; $c.UserName + $c.GetNetworkCredential().Password",
            "PromptForCredential1",
            CREDENTIAL,
            "bobhidden too",
        ),
        (
            "$c = $Host.UI.PromptForCredential('t', 'm', '', '', 1, 1); $c.GetNetworkCredential().Password",
            "PromptForCredential2",
            CREDENTIAL,
            "hidden too",
        ),
    ],
)
def test_what_is_asked_is_answered(broker: Broker, script: str, method: str, answer: object, output: object) -> None:
    console = Console(broker, answer)
    finished = console.enter(script)
    assert finished.state == "completed", finished.error
    assert [(call.method, call.expects_answer) for call in console.calls if call.expects_answer] == [(method, True)]
    assert console.output == [output]


def test_what_is_shown_comes_in_its_order(broker: Broker) -> None:
    console = Console(broker, "typed")
    script = """
        'first'
        $Host.UI.Write('a'); $Host.UI.WriteLine('Red', 'Black', 'b'); $Host.UI.WriteErrorLine('c')
        Write-Host 'd' -ForegroundColor Red -NoNewline
        Read-Host
        Write-Warning 'e'
        $Host.UI.RawUI.WindowTitle = 'f'
        'last'
    """
    console.enter(script)
    assert [(name, value) for name, value in console.seen if name != "information"] == [
        ("output", "first"),
        ("Write1", ["a"]),
        ("WriteLine3", [12, 0, "b"]),
        ("WriteErrorLine", ["c"]),
        ("Write2", [12, 0, "d"]),
        ("ReadLine", []),
        ("output", "typed"),
        ("warning", "e"),
        ("SetWindowTitle", ["f"]),
        ("output", "last"),
    ]


def test_progress_is_shown(broker: Broker) -> None:
    console = Console(broker)
    console.enter("Write-Progress -Activity copying -PercentComplete 75")
    shown = [value for name, value in console.seen if name == "progress"]
    shown += [value[1] for name, value in console.seen if name == "WriteProgress"]
    assert shown, "neither as a record nor as a call"


def test_the_screen_is_the_users(broker: Broker) -> None:
    console = Console(broker)
    console.enter("$size = $Host.UI.RawUI.WindowSize; $size.Width; $size.Height", screen=[100, 40])
    assert console.output == [100, 40]


@pytest.mark.parametrize("screen", [[100], [0, 40], [100, 40, 1]])
def test_a_screen_that_is_none_is_refused(broker: Broker, endpoint: Endpoint, screen: list[int]) -> None:
    with pytest.raises(PSSessionError, match="screen") as caught:
        Console(broker).enter("1", screen=screen)
    assert caught.value.kind is ErrorKind.USAGE
    assert endpoint.counters.shells_created == 0


def test_a_user_who_does_not_answer_is_an_error_of_the_script(broker: Broker) -> None:
    console = Console(broker, RuntimeError("nobody is there"))
    finished = console.enter('try { Read-Host } catch { "caught $_" }')
    assert (finished.state, console.output) == ("completed", ["caught nobody is there"])


def test_an_answer_of_another_type_is_an_error_of_the_script(broker: Broker) -> None:
    console = Console(broker, 5)
    console.enter('try { Read-Host } catch { "caught $_" }')
    assert "ReadLine must be answered with a text" in str(console.output)


def test_state_is_kept_from_line_to_line(broker: Broker, endpoint: Endpoint) -> None:
    console = Console(broker, SECRET)
    console.enter("$a = 1; $s = $Host.UI.ReadLineAsSecureString()")
    sent = endpoint.counters.actions["Send"]
    console.enter("$a + 1; ConvertFrom-SecureString -AsPlainText $s")
    assert console.output == [2, "hidden"]
    assert endpoint.counters.actions["Send"] == sent, "one key is enough for a session"


def test_a_user_who_thinks_keeps_the_session_alive(broker: Broker, endpoint: Endpoint) -> None:
    """The Receive goes on while he does: a server that hears nothing would end the session."""
    received: list[int] = []

    def reply(call: messages.HostCall) -> messages.HostAnswer:
        received.append(endpoint.counters.actions["Receive"])
        wait_for(lambda: endpoint.counters.actions["Receive"] > received[0])
        return messages.HostAnswer("at last")

    output: list[typing.Any] = []
    request = messages.Run(
        broker.target(operation_timeout=1), [messages.Command("Read-Host")], shared=True, interactive=True
    )
    broker.client.run(request, on_records=lambda entries, _body: output.extend(entries), on_host_call=reply)
    assert output == [["output", "at last"]]


@pytest.mark.parametrize("script", ["Read-Host; 'no'", "'asleep'; Start-Sleep 300; 'no'"])
def test_stop_ends_the_pipeline_and_not_the_session(broker: Broker, endpoint: Endpoint, script: str) -> None:
    console = Console(broker)
    console.enter("$kept = 1")
    output: list[typing.Any] = []

    def stop(call: messages.HostCall) -> None:
        """No answer: the user pressed Ctrl-C."""

    def on_records(entries: list[typing.Any], _body: bytes) -> None:
        output.extend(entries)
        broker.client.stop()

    request = messages.Run(broker.target(), [messages.Command(script)], shared=True, interactive=True)
    finished = broker.client.run(request, on_records=on_records, on_host_call=stop)
    assert finished.state == "stopped"
    assert ["output", "no"] not in output
    console.enter("$kept")
    assert console.output == [1]
    assert endpoint.counters.shells_created == 1


def test_a_hang_up_stops_what_waits_for_an_answer(broker: Broker, endpoint: Endpoint) -> None:
    worker = broker.another_client()

    def hang_up(call: messages.HostCall) -> messages.HostAnswer:
        worker.close()
        return messages.HostAnswer("too late")

    request = messages.Run(broker.target(), [messages.Command("Read-Host")], shared=True, interactive=True)
    with pytest.raises(PSSessionError):
        worker.run(request, on_host_call=hang_up)
    assert broker.run("'free'")[1] == ["free"]
    assert endpoint.counters.shells_created == 1


def test_a_timeout_ends_a_question(broker: Broker) -> None:
    answered = threading.Event()

    def wait(call: messages.HostCall) -> messages.HostAnswer:
        answered.wait(2)
        return messages.HostAnswer("too late")

    request = messages.Run(broker.target(), [messages.Command("Read-Host")], shared=True, interactive=True, timeout=0.5)
    with pytest.raises(PSSessionError, match="timeout") as caught:
        broker.client.run(request, on_host_call=wait)
    assert caught.value.kind is ErrorKind.STOPPED
    # The answer that came too late is nobody's, and the next request is understood.
    assert broker.run("'next'")[1] == ["next"]


def test_what_a_task_runs_asks_nobody(broker: Broker) -> None:
    finished, output = broker.run("try { Read-Host } catch { 'refused' }")
    assert (finished.state, output) == ("completed", ["refused"])


def test_chunks_and_answers_do_not_go_together(broker: Broker) -> None:
    request = messages.Run(broker.target(), [messages.Command("1")], input="chunks", interactive=True)
    with pytest.raises(PSSessionError, match="chunks") as caught:
        broker.client.run(request, chunks=[b"x"])
    assert caught.value.kind is ErrorKind.USAGE
    assert broker.run("'next'")[1] == ["next"]
