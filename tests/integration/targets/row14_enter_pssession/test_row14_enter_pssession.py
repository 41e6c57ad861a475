# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enter-PSSession: work in a session on a host by hand, in a real terminal."""

from __future__ import annotations

import os
import signal

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.command import (
    CTRL_C,
    CTRL_D,
    ENTER,
    TAB,
    UP,
    Terminal,
    pssession,
)
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, module
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

pytest.importorskip("pexpect", reason="a user at a terminal is played by pexpect")
# What forks does nothing but exec, whatever threads pytest has.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

#: Line editing by Python's readline, and by prompt_toolkit.
PLAIN, RICH = ("--plain",), ()
PROMPT = r"\[win1\]: PS [^>]*>"
WORK = {"name": "Work"}
MAKE = [
    module("make", "pssession", WORK),
    module("left", "pssession_invoke", {**WORK, "script": "$left = 'kept'"}),
]


def entered(workspace: Workspace, *options: str) -> Terminal:
    terminal = Terminal(workspace, "enter", "win1", *options)
    terminal.is_asked(PROMPT)
    return terminal


@pytest.mark.parametrize("options", [PLAIN, RICH])
def test_a_temporary_session(endpoint: EndpointProcess, workspace: Workspace, options: tuple[str, ...]) -> None:
    with endpoint.counting("win1") as counts, entered(workspace, *options) as user:
        user.finishes("$a = 41", PROMPT)
        user.does('"a = $($a + 1)"', "a = 42")
        user.is_asked(PROMPT)
        assert len(endpoint.shells("win1")) == 1
        user.types("exit" + ENTER)
        assert user.ends() == 0
        assert endpoint.shells("win1") == []
    assert (counts["action.Create"], counts["action.Delete"]) == (1, 1)


@pytest.mark.parametrize("goodbye", [CTRL_D, "Exit-PSSession" + ENTER, "if ($true) { exit 3 }" + ENTER])
def test_ways_to_leave(endpoint: EndpointProcess, workspace: Workspace, goodbye: str) -> None:
    with entered(workspace) as user:
        user.types(goodbye)
        assert user.ends() == 0
    assert endpoint.shells("win1") == []


@pytest.mark.parametrize("disconnected", [False, True])
def test_a_selected_session_stays_as_it_was(
    endpoint: EndpointProcess, workspace: Workspace, stage: Stage, disconnected: bool
) -> None:
    leave = [module("leave", "pssession_disconnect", WORK)] if disconnected else []
    stage.play([*MAKE, *leave])
    with entered(workspace, "--name", "work") as user:
        user.does('"[$left]"', r"\[kept\]")
        user.is_asked(PROMPT)
        user.finishes("$more = 'new'", PROMPT)
        user.types("exit" + ENTER)
        assert user.ends() == 0
    (shell,) = endpoint.shells("win1")
    assert (shell["state"] == "Disconnected") is disconnected
    found = stage.play(
        [
            module("found", "pssession_invoke", {**WORK, "script": "$left; $more"}),
            module("gone", "pssession", {**WORK, "state": "absent"}),
        ]
    )
    assert found.row("found").result["output"] == ["kept", "new"]


def test_a_wildcard_that_fits_one_session(workspace: Workspace, stage: Stage) -> None:
    stage.play([*MAKE, module("second", "pssession", {"name": "Web"})])
    refused = pssession(workspace, "enter", "win1", "--name", "w*")
    assert refused.code == 1
    for part in ("--name 'w*' fits 2 sessions that are held here", "'Work' (Id 1, ", "'Web' (Id 2, "):
        assert part in refused.output
    taken = pssession(workspace, "enter", "win1", "--name", "wo*", typed='"[$left]"\n')
    assert (taken.code, "[kept]" in taken.output) == (0, True)
    assert pssession(workspace, "remove", "win1", "--name", "w*").code == 0


@pytest.mark.parametrize("options", [PLAIN, RICH])
def test_editing(workspace: Workspace, options: tuple[str, ...]) -> None:
    with entered(workspace, *options) as user:
        # What is not complete goes on in the next line.
        user.does("function Add-Quux($number) {", ">>")
        user.does("'sum={0}' -f ($number + 1)", ">>")
        user.finishes("}", PROMPT)
        user.does("Add-Quux 41", "sum=42")
        user.is_asked(PROMPT)
        # The line before, once more, with an end of its own.
        user.types(UP)
        user.sees("Add-Quux 41")
        user.does("9", "sum=420")
        user.is_asked(PROMPT)
        # The remote side knows the function; the end of its name stands in no prompt, whatever folder that tells.
        user.types("Add-Q" + TAB)
        user.sees("uux")
        user.does(" 7", "sum=8")
        user.is_asked(PROMPT)
        # Ctrl-C clears the line.
        user.types("'never run'" + CTRL_C)
        user.is_asked(PROMPT)
        user.types("exit" + ENTER)
        assert user.ends() == 0


def test_the_prompt_is_the_remote_sides(workspace: Workspace) -> None:
    with entered(workspace, *PLAIN) as user:
        user.does('function prompt { "PS $(40 + 2)> " }', r"\[win1\]: PS 42> ")
        user.types(CTRL_D)
        assert user.ends() == 0


@pytest.mark.parametrize("options", [PLAIN, RICH])
def test_ctrl_c_stops_the_pipeline_and_not_the_session(
    endpoint: EndpointProcess, workspace: Workspace, options: tuple[str, ...]
) -> None:
    with endpoint.counting("win1") as counts, entered(workspace, *options) as user:
        user.finishes("$a = 'kept'", PROMPT)
        user.does("'it begins'; Start-Sleep 1000", r"it begins\r")
        user.types(CTRL_C)
        user.is_asked(PROMPT)
        user.does('"[$a]"', r"\[kept\]")
        user.is_asked(PROMPT)
        # At a question, too.
        user.does("Read-Host Name; 'never'", "Name: ")
        user.types(CTRL_C)
        assert "never" not in user.is_asked(PROMPT)
        user.types(CTRL_D)
        assert user.ends() == 0
    assert counts["action.Create"] == 1


#: Registers a session configuration that runs no scripts, and takes it away again.
HELP_DESK = """
$file = Join-Path $env:TEMP helpdesk.pssc
Set-Content -Path $file -Value "@{ SessionType = 'RestrictedRemoteServer'; VisibleCmdlets = 'Get-Date' }"
Register-PSSessionConfiguration -Name HelpDesk -Path $file -Force -NoServiceRestart
Remove-Item $file
Restart-Service -Name WinRM
"""
NO_HELP_DESK = "Unregister-PSSessionConfiguration -Name HelpDesk -Force -NoServiceRestart; Restart-Service -Name WinRM"
#: The restart ends the session that asks for it.
ENDS = {"ignore_errors": True, "ignore_unreachable": True}


def test_a_session_that_runs_no_scripts(endpoint: EndpointProcess, workspace: Workspace, stage: Stage) -> None:
    if endpoint.engine != "embedded":
        pytest.skip("session configurations are registered on Windows, and the real engine here runs on Linux")
    prompt = r"\[win1\]: PS>"
    stage.play([module("registered", "pssession_invoke", {"script": HELP_DESK}, **ENDS)])
    try:
        with Terminal(workspace, "enter", "win1", "--configuration-name", "HelpDesk", *PLAIN) as user:
            user.is_asked(prompt)
            user.does("Get-Date -Year 2001 -Format 'yyyy!' | Select-Object Length", r"\b5\b")
            user.is_asked(prompt)
            assert "no-language mode" in user.finishes("$a = 1", prompt)
            assert "Get-Item" in user.finishes("Get-Item a", prompt)
            # Names of commands are completed with what every such session has.
            user.types("Get-Da" + TAB)
            user.sees("te")
            user.does(" -Year 2001 -Format 'yyyy?' | Select-Object Length", r"\b5\b")
            user.is_asked(prompt)
            user.types(CTRL_D)
            assert user.ends() == 0
    finally:
        stage.play([module("unregistered", "pssession_invoke", {"script": NO_HELP_DESK}, **ENDS)])


def test_questions(workspace: Workspace) -> None:
    with entered(workspace, *PLAIN) as user:
        user.does("$name = Read-Host 'Your name'", "Your name: ")
        user.finishes("Bob", PROMPT)
        user.does("$secret = Read-Host 'Key' -AsSecureString", "Key: ")
        assert "s3cret" not in user.finishes("s3cret", PROMPT)
        user.does("$login = Get-Credential", "User: ")
        user.does("ann", "Password for user ann: ")
        assert "pa55" not in user.finishes("pa55", PROMPT)
        choices = "@('&Left', '&Right')"
        user.does(f"$way = $Host.UI.PromptForChoice('Way', 'Which?', {choices}, 0)", r'\(default is "L"\): ')
        user.finishes("r", PROMPT)
        reveal = "$login.GetNetworkCredential().Password"
        user.does(f'"$name, $($secret.Length), $($login.UserName), $({reveal}), $way."', r"Bob, 6, ann, pa55, 1\.")
        user.is_asked(PROMPT)
        user.types(CTRL_D)
        assert user.ends() == 0


@pytest.mark.parametrize("options", [PLAIN, RICH])
def test_streams_and_progress(workspace: Workspace, options: tuple[str, ...]) -> None:
    with entered(workspace, *options) as user:
        shown = user.does("Write-Warning 'care'; Write-Verbose 'detail' -Verbose; Write-Host 'said'", r"said\r")
        assert "WARNING: care" in shown
        assert "VERBOSE: detail" in shown
        user.is_asked(PROMPT)
        assert "ObjectNotFound" in user.finishes("Get-Item nowhere", PROMPT)
        shown = user.does(
            "Write-Progress -Activity Copy -Status half -PercentComplete 50; Start-Sleep 1; 'end'", r"end\r"
        )
        assert "Copy: half" in shown
        user.is_asked(PROMPT)
        user.types(CTRL_D)
        assert user.ends() == 0


@pytest.mark.leaves_shells
def test_a_lost_session_ends_it(endpoint: EndpointProcess, workspace: Workspace) -> None:
    with entered(workspace, *PLAIN) as user:
        endpoint.call("restart")
        user.types("$a" + ENTER)
        assert user.ends() == 1
        assert "The session on win1 is lost" in user.rest
        assert "Traceback" not in user.rest


def test_a_closed_terminal_removes_the_session(endpoint: EndpointProcess, workspace: Workspace) -> None:
    with entered(workspace) as user:
        os.kill(user.pid, signal.SIGHUP)
        assert user.ends() == 128 + signal.SIGHUP
    wait_for("the session to be removed", lambda: not endpoint.shells("win1"))


def test_without_a_terminal_lines_come_from_a_pipe(endpoint: EndpointProcess, workspace: Workspace) -> None:
    done = pssession(workspace, "enter", "win1", typed="$a = 20\nforeach ($i in 1..2) {\n$a + $i\n}\nexit\n'never'\n")
    assert (done.code, done.output.split()) == (0, ["21", "22"])
    assert endpoint.shells("win1") == []


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["nohost"], 2, "'nohost' fits no host of the inventory"),
        (["windows"], 2, "means 2 hosts (win1, win2)"),
        (["localhost"], 2, "Set ansible_connection to remoting.powershell.pssession"),
        (["win1", "--name", "nobody"], 1, "nobody"),
        (["win1", "--name", "no*"], 1, "--name 'no*' fits 0 sessions that are held here. One can be entered"),
        (["win1", "--id", "99"], 1, "99"),
        (["win1", "-e", "ansible_port=1"], 1, "127.0.0.1"),
        (["win1", "-e", "ansible_port=99999"], 1, "port is 99999: it must be from 1 to 65535"),
        (["win1", "--configuration-name", "Nowhere"], 1, "Nowhere"),
    ],
)
def test_what_cannot_be_entered(workspace: Workspace, options: list[str], code: int, words: str) -> None:
    done = pssession(workspace, "enter", *options)
    print(done.output)
    assert done.code == code
    assert words in done.output
    assert "Traceback" not in done.output
