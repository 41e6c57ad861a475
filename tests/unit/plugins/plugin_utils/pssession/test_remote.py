# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One session as the command uses it, at a broker that answers as told."""

from __future__ import annotations

import os
import signal
import threading
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils import _client
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    Failure,
    Finished,
    HostAnswer,
    HostCall,
    ListSessions,
    Records,
    Run,
    Selector,
    Sessions,
    Stop,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.remote import Completions, Remote
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION, FakeBroker

TARGET = Target("web1", 5985, False)
ONLY = Selector(instance_ids=["5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4"])


@pytest.fixture
def remote(broker: FakeBroker) -> typing.Iterator[Remote]:
    """The session, asked for over a connection to the broker."""
    client = _client.connect(broker.directory, os.getpid(), lambda level, text: None)
    yield Remote(client, TARGET, ONLY)
    client.close()


def refuse(call: HostCall) -> HostAnswer:
    raise AssertionError(call.method)


def ended(state: str = "completed") -> Finished:
    return Finished(state, dict(SESSION))


def test_a_line_runs_in_the_sessions_scope_and_is_formatted_there(broker: FakeBroker, remote: Remote) -> None:
    broker.answer_run([("error", {"output": "bad"})])
    seen: list[typing.Any] = []
    finished = remote.execute("$a = 1", refuse, lambda entries, body: seen.extend(entries))
    assert finished.state == "completed"
    assert seen == [["error", {"output": "bad"}]]
    (run,) = broker.runs
    assert [(each.text, each.is_script, each.use_local_scope) for each in run.commands] == [
        ("$a = 1", True, False),
        ("Out-Default", False, None),
    ]
    assert (run.selector, run.shared, run.interactive, run.input) == (ONLY, True, True, "none")
    # As Enter-PSSession: Get-History there lists what was typed.
    assert run.history


REFUSED = {"output": "no scripts", "fully_qualified_error_id": "ScriptsNotAllowed"}


def test_where_no_scripts_run_a_line_is_its_commands(broker: FakeBroker, remote: Remote) -> None:
    def answers(message: typing.Any) -> list[typing.Any]:
        return [Finished("failed", dict(SESSION), REFUSED) if message.commands[0].is_script else ended()]

    broker.answer_with = answers
    states = [
        remote.execute(line, refuse, lambda entries, body: None).state
        for line in ("$a", "Get-Service -Name a | Select-Object Name", "1 + $a", "Get-Date")
    ]
    assert states == ["failed", "completed", "failed", "completed"]
    # Once it is known, a script is sent only where nothing else can be made of the line.
    assert [[command.text for command in run.commands] for run in broker.runs] == [
        ["$a", "Out-Default"],
        ["Get-Service", "Select-Object", "Out-Default"],
        ["1 + $a", "Out-Default"],
        ["Get-Date", "Out-Default"],
    ]


def test_the_line_that_was_refused_is_sent_as_its_commands(broker: FakeBroker, remote: Remote) -> None:
    broker.answers = [[Finished("failed", dict(SESSION), REFUSED)], [ended()]]
    assert remote.execute("Get-Date", refuse, lambda entries, body: None).state == "completed"
    assert [run.commands[0].is_script for run in broker.runs] == [True, False]


def test_host_calls_are_answered_where_they_expect_it(broker: FakeBroker, remote: Remote) -> None:
    def answers(message: typing.Any) -> list[typing.Any]:
        if isinstance(message, Run):
            return [HostCall("WriteLine2", ["Name?"], False), HostCall("ReadLine", [], True)]
        return [ended()]

    broker.answer_with = answers
    calls: list[HostCall] = []

    def answer(call: HostCall) -> HostAnswer:
        calls.append(call)
        return HostAnswer("Bob")

    remote.execute("Read-Host", answer, lambda entries, body: None)
    assert [(call.method, call.arguments) for call in calls] == [("WriteLine2", ["Name?"]), ("ReadLine", [])]
    assert [seen.message for seen in broker.seen[1:]] == [HostAnswer("Bob")]


def test_no_answer_is_a_stop(broker: FakeBroker, remote: Remote) -> None:
    told: dict[type, list[typing.Any]] = {Run: [HostCall("ReadLine", [], True)], HostAnswer: [ended("stopped")]}
    broker.answer_with = lambda message: told.get(type(message), [])
    finished = remote.execute("Read-Host", lambda call: None, lambda entries, body: None)
    assert finished.state == "stopped"
    assert [type(seen.message) for seen in broker.seen] == [Run, Stop, HostAnswer]
    assert broker.seen[-1].message.error == "The user wants the pipeline stopped."


def test_a_signals_handler_may_stop(broker: FakeBroker, remote: Remote) -> None:
    broker.answer_with = lambda message: [] if isinstance(message, Run) else [ended("stopped")]

    def interrupt() -> None:
        broker.waiting.wait(30)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, lambda *_: remote.stop())
    try:
        threading.Thread(target=interrupt).start()
        finished = remote.execute("Start-Sleep 100", refuse, lambda entries, body: None)
    finally:
        signal.signal(signal.SIGINT, before)
    assert finished.state == "stopped"
    assert [type(seen.message) for seen in broker.seen] == [Run, Stop]


@pytest.mark.parametrize(
    ("entries", "state", "prompt"),
    [
        ([("output", "PS C:\\> ")], "completed", "PS C:\\> "),
        ([("output", "one"), ("output", "two")], "completed", "one"),
        ([("output", "")], "completed", "PS>"),
        ([], "completed", "PS>"),
        ([("output", "half")], "failed", "PS>"),
    ],
)
def test_the_prompt(
    broker: FakeBroker, remote: Remote, entries: list[tuple[str, str]], state: str, prompt: str
) -> None:
    broker.answer_run(entries, state=state)
    assert remote.prompt(refuse) == prompt
    (run,) = broker.runs
    assert [(each.text, each.is_script) for each in run.commands] == [("prompt", False)]
    assert not run.history


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 5, "Get-Item", "Get-Item", "'a b'", "a b"], Completions(0, 5, [("Get-Item",) * 2, ("'a b'", "a b")])),
        ([0, 5], Completions(0, 5, [])),
        ([], Completions(5, 0, [])),
        (["0", 5, "a", "a"], Completions(5, 0, [])),
        ([0, 99, "a", "a"], Completions(5, 0, [])),
        ([-1, 0, "a", "a"], Completions(5, 0, [])),
    ],
)
def test_completions(broker: FakeBroker, remote: Remote, values: list[typing.Any], expected: Completions) -> None:
    broker.answer_run([("output", value) for value in values])
    assert remote.complete("Get-I", 5) == expected
    (run,) = broker.runs
    assert (run.interactive, run.history) == (False, False)
    assert run.timeout == 10
    assert run.commands[0].use_local_scope is True
    assert run.commands[0].parameters == [["__pssession_line", "Get-I"], ["__pssession_cursor", 5]]


def test_where_no_scripts_run_the_names_of_commands_are_completed(broker: FakeBroker, remote: Remote) -> None:
    def answers(message: typing.Any) -> list[typing.Any]:
        if message.commands[0].is_script:
            return [Finished("failed", dict(SESSION), REFUSED)]
        return [Records([["output", {"Name": name}] for name in ("Get-Item", "Get-Date", "Get-Item")]), ended()]

    broker.answer_with = answers
    names = [("Get-Date", "Get-Date"), ("Get-Item", "Get-Item")]
    assert remote.complete("a | ge, x", 6) == Completions(4, 2, names)
    assert remote.complete("", 0) == Completions(0, 0, names)
    # A parameter, a value, something that would be evaluated.
    for line in ("Get-Item -Pa", "Get-Item a", "$a", "(Get"):
        assert remote.complete(line, len(line)) == Completions(len(line), 0, [])
    asked = [[(each.text, each.parameters) for each in run.commands] for run in broker.runs[1:]]
    select = ("Select-Object", [["Property", "Name"]])
    assert asked == [[("Get-Command", [["Name", "ge*"]]), select], [("Get-Command", [["Name", "*"]]), select]]


def test_a_failed_completion_is_none(broker: FakeBroker, remote: Remote) -> None:
    broker.answers.append([Failure("failed", "no scripts here")])
    assert remote.complete("Get-I", 5) == Completions(5, 0, [])


@pytest.mark.parametrize(
    ("answer", "lost"),
    [
        (Sessions([{**SESSION, "state": "Opened"}], {}), False),
        (Sessions([{**SESSION, "state": "Broken"}], {}), True),
        (Sessions([], {}), True),
        (Failure("unknown", "gone"), True),
    ],
)
def test_whether_the_session_is_lost(broker: FakeBroker, remote: Remote, answer: typing.Any, lost: bool) -> None:
    broker.answers.append([answer])
    assert remote.is_lost() is lost
    assert [seen.message for seen in broker.seen] == [ListSessions(TARGET, ONLY)]


def test_a_broker_that_goes_away_is_an_error(broker: FakeBroker, remote: Remote) -> None:
    def hang_up(message: typing.Any) -> list[typing.Any]:
        broker.close()
        return []

    broker.answer_with = hang_up
    with pytest.raises(PSSessionError, match="The session broker is gone"):
        remote.execute("1", refuse, lambda entries, body: None)
    assert remote.is_lost()
