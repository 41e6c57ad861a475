# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interactive pipelines: what the user sees and is asked (test process)."""

from __future__ import annotations

import collections.abc
import typing

import psrpcore
import pytest
from psrpcore.types import PSCredential, PSDict, PSInt, PSInvocationState, PSSecureString

from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, script, state
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.console import Console, host_info


@pytest.fixture
def console() -> collections.abc.Iterator[Console]:
    client = EngineClient(EmbeddedEngine())
    yield Console(client)
    client.close()


def _exchange_keys(client: EngineClient) -> None:
    client.pool.exchange_key()
    client.flush(None)
    client.wait_until(lambda: any(isinstance(event, psrpcore.EncryptedSessionKeyEvent)
                                  for event in client.events.get(None, [])))  # fmt: skip


SHOWN = {
    "'a', 'b'; 3; $null; $true; 1.5": ["a", "b", "3", "True", "1.5"],
    "@{ one = 1 }": ["", "Name                           Value", "----                           -----",
                     "one                            1", ""],
    "[pscustomobject]@{ Id = 7; Name = 'x' }, [pscustomobject]@{ Id = 12; Name = 'yy' }": [
        "", "Id Name", "-- ----", " 7 x", "12 yy", ""],
    "[pscustomobject]@{ A = 1; Bb = 'x'; C = 3; D = @(1, 2); E = $null }": [
        "", "A  : 1", "Bb : x", "C  : 3", "D  : {1, 2}", "E  : ", ""],
    "[datetime]'2026-11-21 14:00'; 'x'": ["", "Saturday, 21 November 2026 14:00:00", "", "x"],
    "[pscustomobject]@{ A = 1 }; 'between'; [pscustomobject]@{ A = 2 }": [
        "", "A", "-", "1", "", "between", "", "A", "-", "2", ""],
    "[pscustomobject]@{ A = 1; B = 2 } | Format-List": ["", "A : 1", "B : 2", ""],
    "'abc' | Format-Table Length, @{ n = 'Upper'; e = { $_.ToUpper() } }": [
        "", "Length Upper", "------ -----", "     3 ABC", ""],
}  # fmt: skip


@pytest.mark.parametrize("text", SHOWN)
def test_objects_are_shown_as_text(console: Console, text: str) -> None:
    assert console.run(text) == SHOWN[text]
    assert {method for method, _arguments in console.calls} == {"WriteLine2"}
    assert not [event for event in console.events if isinstance(event, psrpcore.PipelineOutputEvent)]


def test_files_are_grouped_by_their_folder(console: Console, tmp_path: typing.Any) -> None:
    (tmp_path / "a.txt").write_text("12345")
    (tmp_path / "sub").mkdir()
    lines = console.run(f"Get-ChildItem '{tmp_path}'")
    assert lines[:4] == [
        "",
        f"    Directory: {tmp_path}",
        "",
        "Mode                 LastWriteTime         Length Name",
    ]
    assert [line.split()[0] + " " + line.split()[-1] for line in lines[5:-1]] == ["----- a.txt", "d---- sub"]
    assert lines[5].split()[-2] == "5"
    assert console.run(f"Get-ChildItem '{tmp_path}' | Format-Table") == lines
    assert console.run(f"Get-ChildItem '{tmp_path}' | Format-Table Name, Length") == [
        "",
        "Name  Length",
        "----  ------",
        "a.txt      5",
        "sub",
        "",
    ]


def test_a_narrow_screen_cuts_tables_and_wraps_lists() -> None:
    client = EngineClient(EmbeddedEngine())
    console = Console(client, host_info(width=20))
    assert console.run("[pscustomobject]@{ A = 'x' * 30; B = 1 }")[3] == "x" * 17 + "… 1"
    assert console.run("[pscustomobject]@{ A = 'y' * 20 } | Format-List")[1:3] == ["A : " + "y" * 16, "    " + "y" * 4]
    client.close()


def test_errors_go_to_the_screen_as_errors(console: Console) -> None:
    console.run("Write-Error 'boom'; Get-Item /no/such")
    assert console.calls == [
        ("WriteErrorLine", ["Write-Error: boom"]),
        ("WriteErrorLine", ["Get-Item: Cannot find path '/no/such' because it does not exist."]),
    ]
    assert not [event for event in console.events if isinstance(event, psrpcore.ErrorRecordEvent)]
    console.run("1\n2 / 0")
    assert state(console.events) is PSInvocationState.Failed


def test_warnings_and_their_like_are_records_and_shown_too(console: Console) -> None:
    text = """
Write-Warning w; Write-Verbose v -Verbose; Write-Debug d -Debug; Write-Information i -InformationAction Continue
Write-Information unseen; Write-Progress -Activity Copying -Status half -PercentComplete 50
$Host.UI.WriteWarningLine('ui')
"""
    console.run(text)
    calls = [(method, arguments[-1]) for method, arguments in console.calls if method != "WriteProgress"]
    assert calls == [
        ("WriteWarningLine", "w"),
        ("WriteVerboseLine", "v"),
        ("WriteDebugLine", "d"),
        ("WriteLine2", "i"),
        ("WriteWarningLine", "ui"),
    ]
    progress = console.asked("WriteProgress")[1]
    assert (progress.Activity, progress.StatusDescription, progress.PercentComplete) == ("Copying", "half", 50)
    kinds = [type(event).__name__ for event in console.events]
    assert kinds == [
        *("WarningRecordEvent", "VerboseRecordEvent", "DebugRecordEvent", "InformationRecordEvent"),
        *("InformationRecordEvent", "ProgressRecordEvent", "WarningRecordEvent", "PipelineStateEvent"),
    ]


def test_write_host_has_the_colors_of_the_screen_or_its_own(console: Console) -> None:
    console.run("Write-Host plain; Write-Host red -ForegroundColor Red -NoNewline; $Host.UI.Write('raw')")
    assert [
        (method, [str(getattr(item, "name", item)) for item in arguments]) for method, arguments in console.calls
    ] == [
        ("WriteLine3", ["Gray", "Black", "plain"]),
        ("Write2", ["Red", "Black", "red"]),
        ("Write1", ["raw"]),
    ]
    bare = Console(console.client, host_info(screen=False))
    bare.run("Write-Host plain")
    assert bare.calls == [("WriteLine2", ["plain"])]


def test_the_user_answers(console: Console) -> None:
    console.answers = {
        "ReadLine": "typed",
        "Prompt": PSDict({"Name": "Eva"}),
        "PromptForChoice": PSInt(1),
        "PromptForChoiceMultipleSelection": [PSInt(0), PSInt(2)],
    }
    assert console.run("Read-Host; $Host.UI.ReadLine()") == ["typed", "typed"]
    assert console.run('$n = Read-Host -Prompt Name; "hello $n"') == ["hello Eva"]
    assert [field.Name for field in console.asked("Prompt")[2]] == ["Name"]
    assert console.run("$Host.UI.PromptForChoice('Delete', 'Sure?', @('&Yes', '&No'), 0)") == ["1"]
    caption, message, choices, default = console.asked("PromptForChoice")
    assert (caption, message, default) == ("Delete", "Sure?", 0)
    assert [choice.Label for choice in choices] == ["&Yes", "&No"]
    assert console.run("$Host.UI.PromptForChoice('c', 'm', @('a', 'b', 'c'), [int[]](0, 1)) -join '+'") == ["0+2"]
    fields = """
$age = [System.Management.Automation.Host.FieldDescription]::new('Age'); $age.Label = 'Your age'
$age.SetParameterType([int]); $given = $Host.UI.Prompt('c', 'm', @($age)); $given['Age'] + 1
"""
    console.answers["Prompt"] = PSDict({"Age": "41"})
    assert console.run(fields) == ["42"]
    assert console.asked("Prompt")[2][0].Label == "Your age"


def test_the_user_gives_secrets(console: Console) -> None:
    _exchange_keys(console.client)
    secret = PSSecureString("p:ä ß")
    console.answers = {
        "ReadLineAsSecureString": secret,
        "Prompt": PSDict({"Key": secret}),
        "PromptForCredential1": PSCredential("ADATUM\\eva", secret),
    }
    plain = "[System.Net.NetworkCredential]::new('', $s).Password"
    assert console.run(f"$s = Read-Host -AsSecureString; {plain}; $s.Length; $s") == [
        *("p:ä ß", "5", "System.Security.SecureString"),
    ]
    assert console.run(f"$s = Read-Host Key -AsSecureString; {plain}") == ["p:ä ß"]
    assert console.asked("Prompt")[2][0].ParameterTypeFullName == "System.Security.SecureString"
    text = "$c = Get-Credential; $c.UserName; $n = $c.GetNetworkCredential(); $n.Domain; $n.UserName; $n.Password"
    assert console.run(text) == ["ADATUM\\eva", "ADATUM", "eva", "p:ä ß"]
    assert console.run("(Get-Credential -UserName bob -Message 'Who?').UserName") == ["ADATUM\\eva"]
    assert console.asked("PromptForCredential1") == ["PowerShell credential request", "Who?", "bob", ""]


def test_a_credential_travels_both_ways() -> None:
    client = EngineClient(EmbeddedEngine())
    _exchange_keys(client)
    command = script(
        "param($c, $s) $c; $c.GetNetworkCredential().Password; $c -is [pscredential]; $s -is [securestring]",
        c=PSCredential("eva", PSSecureString("one")),
        s=PSSecureString("two"),
    )
    events = client.run_events(command)
    back, *rest = (event.data for event in events if isinstance(event, psrpcore.PipelineOutputEvent))
    assert (back.UserName, back.Password.decrypt()) == ("eva", "one")
    assert rest == ["one", True, True]
    client.close()


def test_a_user_who_cannot_answer_is_an_error(console: Console) -> None:
    powershell = console.start("try { Read-Host } catch { 'refused' }")

    def refused() -> bool:
        for event in console.client.events.get(powershell.pipeline_id, []):
            if isinstance(event, psrpcore.PipelineHostCallEvent) and event.ci >= 0:
                powershell.host_response(event.ci, error_record=_error())
                console.client.flush(powershell.pipeline_id)
                console.client.events[powershell.pipeline_id].remove(event)
                return True
        return False

    console.client.wait_until(refused)
    console.client.wait_end(powershell)
    console.handle(powershell)
    assert console.shown() == ["refused"]


def _error() -> psrpcore.types.ErrorRecord:
    exception = psrpcore.types.NETException(Message="nobody is there")
    return psrpcore.types.ErrorRecord(Exception=exception, CategoryInfo=psrpcore.types.ErrorCategoryInfo())


def test_a_stop_in_the_middle_of_a_question_keeps_the_session(console: Console) -> None:
    powershell = console.start("$asked = 1; Read-Host; 'never'")
    console.client.wait_until(lambda: console.handle(powershell) and bool(console.calls))
    console.client.session.stop_pipeline(powershell.pipeline_id)
    console.client.wait_end(powershell)
    console.handle(powershell)
    assert state(console.events) is PSInvocationState.Stopped
    assert console.shown() == []
    assert console.run("$asked") == ["1"]


def test_without_a_user_a_question_fails(console: Console) -> None:
    client = console.client
    events = client.run_events(script("Read-Host"))
    assert state(events) is PSInvocationState.Failed
    assert "does not support user interaction" in str(events[-1].reason)
    events = client.run_events(script("'x' | Out-Default; Write-Host y; $Host.UI.WriteLine('z')"))
    assert [type(event).__name__ for event in events] == ["InformationRecordEvent", "PipelineStateEvent"]


def test_the_session_is_left_through_the_host(console: Console) -> None:
    console.run("Exit-PSSession")
    assert console.calls == [("PopRunspace", [])]
    console.run("exit 3")
    assert console.calls == [("SetShouldExit", [3])]
