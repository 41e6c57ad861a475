# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""invoke.ps1: what stays of a script, and what is told of it."""

from __future__ import annotations

import pathlib
import typing

import pytest

pytest.importorskip("tree_sitter_pwsh", reason="the embedded evaluator needs tree-sitter-pwsh")
pytest.importorskip("psrpcore", reason="values are serialized by psrpcore")

from ansible_collections.remoting.powershell.plugins.plugin_utils import _invoke, scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Command
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.script_runs import (
    TARGET,
    invoke,
    run,
)


def test_state_stays_and_nothing_else(runspace: Runspace) -> None:
    invoke(runspace, 'param($Name) $x = 5; function Get-It { "$x $Name" }', parameters={"Name": "bob"})
    assert invoke(runspace, "Get-It").texts == ["5 bob"]
    listed = invoke(runspace, "(Get-Variable).Name | Where-Object { $_ -like '__pssession*' }")
    inside = set(listed.texts)
    left = run(runspace, Command("(Get-Variable).Name"))
    assert inside and not inside.intersection(left.texts)
    assert not {"Ansible", "Script", "Parameters"}.intersection(left.texts)


def test_the_script_says_what_became_of_it(runspace: Runspace) -> None:
    written = invoke(
        runspace,
        "$Ansible.Changed = $false; $Ansible.Result = @{ a = 1, 2 }; $Ansible.Diff = @{ before = 'x' };"
        '"$($Ansible.CheckMode) $($Ansible.Verbosity)"',
    )
    assert written.texts == ["False 2"]
    assert written.outcomes == [
        {
            "changed": False,
            "cut": False,
            "failed": False,
            "input": False,
            "result": {"a": [1, 2]},
            "diff": {"before": "x"},
            "rc": None,
            "skipped": "",
        }
    ]


def test_a_terminating_error_does_not_hide_the_outcome(runspace: Runspace) -> None:
    written = invoke(runspace, "'before'; $Ansible.Changed = $false; throw 'boom'; 'after'")
    assert (written.texts, written.failure) == (["before"], "boom")
    assert [outcome["changed"] for outcome in written.outcomes] == [False]
    assert "Ansible" not in run(runspace, Command("(Get-Variable).Name")).texts


def test_exit_does_not_hide_the_outcome(runspace: Runspace) -> None:
    written = invoke(runspace, "$Ansible.Failed = $true; exit 3")
    assert (written.code, [outcome["failed"] for outcome in written.outcomes]) == (3, [True])


def test_a_script_that_cannot_be_parsed_leaves_nothing(runspace: Runspace) -> None:
    written = invoke(runspace, "if (")
    assert written.failure is not None
    assert not [name for name in run(runspace, Command("(Get-Variable).Name")).texts if name.startswith("__pss")]


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        ("if (", {}),
        ("param($A) 1", {"parameters": {"B": 1}}),
        ("1", {"chdir": "/there/is/no/such/place"}),
    ],
)
def test_what_did_not_run_changed_nothing(runspace: Runspace, script: str, arguments: dict[str, typing.Any]) -> None:
    written = invoke(runspace, script, **arguments)
    assert written.failure is not None
    assert [outcome["changed"] for outcome in written.outcomes] == [False]
    written = invoke(runspace, "throw 'it ran'")
    assert [outcome["changed"] for outcome in written.outcomes] == [True]


def test_error_action_counts_for_this_script_only(runspace: Runspace) -> None:
    assert invoke(runspace, "Write-Error oh; 'after'").texts == ["after"]
    stopped = invoke(runspace, "Write-Error oh; 'after'", error_action="stop")
    assert (stopped.texts, stopped.failure) == ([], "oh")
    assert invoke(runspace, "Write-Error oh; 'after'").texts == ["after"]


@pytest.mark.parametrize("error_action", [None, "continue", "silently_continue"])
def test_what_ends_a_statement_ends_no_script(runspace: Runspace, error_action: str | None) -> None:
    script = "1 / 0; nope-cmd; 'a'.Nope(); Get-Item -Nope 1; [int]'x'; 'after'"
    written = invoke(runspace, script, error_action=error_action)
    assert (written.texts, written.failure) == (["after"], None)
    assert len(written.errors) == (0 if error_action == "silently_continue" else 5)
    assert invoke(runspace, "1 / 0; 'after'", error_action="stop").texts == []


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("arguments", [{}, {"depth": 3}, {"output_format": "text"}, {"input": [7]}])
def test_what_a_script_says_to_end_it_with_is_told(
    runspace: Runspace, arguments: dict[str, typing.Any], strict: bool
) -> None:
    if strict:
        invoke(runspace, "Set-StrictMode -Version Latest")
    record = "[System.Management.Automation.ErrorRecord]::new([Exception]::new('oh'), 'Id', 0, 1)"
    ended = f"$PSCmdlet.ThrowTerminatingError({record})"
    begun = "[CmdletBinding()] param([Parameter(ValueFromPipeline = $true)]$Value) 'before'; if ($false) { 'never' } "
    written = invoke(runspace, f"{begun}; if ($true) {{ {ended} }}; 'after'", **arguments)
    assert (len(written.errors), written.failure) == (1, None)
    assert "after" not in written.texts
    assert [outcome["cut"] for outcome in written.outcomes] == [True]
    written = invoke(runspace, f"{begun}; , (1, 2); $null; 1 / 0; if ($false) {{ {ended} }}", **arguments)
    assert [outcome["cut"] for outcome in written.outcomes] == [False]
    if not arguments or "input" in arguments:
        assert [str(value) for value in written.outputs[:1]] == ["before"]
        assert (len(written.outputs), len(written.outputs[1]), written.outputs[2]) == (3, 2, None)


@pytest.mark.parametrize("script", ["exit 0", "exit 3", "throw 'x'", "break", "return"])
def test_a_script_that_ends_itself_was_not_cut(runspace: Runspace, script: str) -> None:
    written = invoke(runspace, f"[CmdletBinding()] param() {script}; $PSCmdlet.ThrowTerminatingError(1)", depth=3)
    assert [outcome["cut"] for outcome in written.outcomes] == [False]


@pytest.mark.parametrize("preference", ["Stop", "Continue", "SilentlyContinue"])
def test_the_preference_that_a_script_sets_stays(runspace: Runspace, preference: str) -> None:
    invoke(runspace, f"$ErrorActionPreference = '{preference}'")
    assert invoke(runspace, "$ErrorActionPreference").texts == [preference]
    failed = invoke(runspace, "'ran'", chdir="/there/is/no/such/place", error_action="silently_continue")
    assert (failed.texts, failed.failure is None) == ([], False)
    assert invoke(runspace, "$ErrorActionPreference").texts == [preference]


def test_what_a_lost_broker_left_is_put_back(runspace: Runspace, tmp_path: pathlib.Path) -> None:
    before = invoke(runspace, "$Ansible = 'mine'; (Get-Location).Path").texts
    given = {name: option.get("default") for name, option in _invoke.ARGUMENT_SPEC.items()}
    given.update(script="throw 'boom'", chdir=str(tmp_path), error_action="stop")
    assert run(runspace, _invoke.request(TARGET, given, False, 0).commands[0]).failure == "boom"
    written = invoke(runspace, "$ErrorActionPreference; (Get-Location).Path")
    assert (written.texts, len(written.outcomes)) == (["Continue", *before], 1)
    assert run(runspace, Command("(Get-Variable).Name -like '__pssession*'")).texts == []


def test_nothing_is_done_twice_to_finish(runspace: Runspace) -> None:
    invoke(runspace, "throw 'x'")
    finished = run(runspace, Command(scripts.read("finish"), use_local_scope=False))
    assert (finished.outputs, finished.errors, finished.outcomes) == ([], [], [])


def test_nobody_is_asked_to_confirm(runspace: Runspace) -> None:
    script = "[CmdletBinding(SupportsShouldProcess)] param() $PSBoundParameters.Keys -join ','"
    assert invoke(runspace, script).texts == ["Confirm"]
    assert sorted(invoke(runspace, script, check_mode=True).texts[0].split(",")) == ["Confirm", "WhatIf"]
    assert invoke(runspace, 'param($Confirm) "<$Confirm>"').texts == ["<>"]


def test_a_variable_called_ansible_comes_back(runspace: Runspace) -> None:
    run(runspace, Command("$Ansible = 'mine'"))
    invoke(runspace, "$Ansible.Changed = $false")
    assert run(runspace, Command("$Ansible")).texts == ["mine"]


def test_strict_mode_is_no_trouble(runspace: Runspace) -> None:
    invoke(runspace, "Set-StrictMode -Version Latest")
    written = invoke(runspace, "'fine'")
    assert (written.texts, written.failure) == (["fine"], None)


def test_check_mode_runs_what_supports_it(runspace: Runspace) -> None:
    script = '[CmdletBinding(SupportsShouldProcess)] param() "what if: $WhatIfPreference $($Ansible.CheckMode)"'
    assert invoke(runspace, script, check_mode=True).texts == ["what if: True True"]
    skipped = invoke(runspace, "'ran'", check_mode=True)
    assert skipped.texts == []
    assert [(outcome["skipped"], outcome["changed"]) for outcome in skipped.outcomes] == [
        ("skipped, running in check mode", False)
    ]


def test_creates_and_removes_are_decided_on_the_host(runspace: Runspace, tmp_path: pathlib.Path) -> None:
    (tmp_path / "there.txt").touch()
    there, none = str(tmp_path / "th*.txt"), str(tmp_path / "none")
    skipped = invoke(runspace, "'ran'", creates=there)
    assert (skipped.texts, skipped.outcomes[0]["changed"]) == ([], False)
    assert skipped.outcomes[0]["skipped"] == f"skipped, since {there} exists"
    skipped = invoke(runspace, "'ran'", removes=none)
    assert (skipped.texts, skipped.outcomes[0]["skipped"]) == ([], f"skipped, since {none} does not exist")
    assert invoke(runspace, "'ran'", creates=none, removes=there).texts == ["ran"]


@pytest.mark.parametrize("ending", ["", "; throw 'boom'", "; exit 3"])
def test_chdir_counts_for_this_script_only(runspace: Runspace, tmp_path: pathlib.Path, ending: str) -> None:
    (tmp_path / "a [1]").mkdir()
    (tmp_path / "b").mkdir()
    invoke(runspace, f"Set-Location '{tmp_path}'")
    script = f"(Get-Location).Path; Set-Location ../b; (Get-Location).Path{ending}"
    written = invoke(runspace, script, chdir=str(tmp_path / "a [1]"))
    assert written.texts == [str(tmp_path / "a [1]"), str(tmp_path / "b")]
    assert invoke(runspace, "(Get-Location).Path").texts == [str(tmp_path)]


def test_a_location_that_is_not_there_fails(runspace: Runspace, tmp_path: pathlib.Path) -> None:
    before = invoke(runspace, "(Get-Location).Path").texts
    written = invoke(runspace, "'ran'", chdir=str(tmp_path / "none"))
    assert (written.texts, len(written.outcomes)) == ([], 1)
    assert str(tmp_path / "none") in str(written.failure)
    assert invoke(runspace, "(Get-Location).Path").texts == before


def test_the_last_native_commands_code_is_told_once(runspace: Runspace) -> None:
    codes = [
        invoke(runspace, script).outcomes[0]["rc"]
        for script in ("sh -c 'exit 3'; 1", "$LASTEXITCODE", "sh -c 'exit 3'", "sh -c 'exit 0'; 'x'")
    ]
    assert codes == [3, None, 3, 0]
    assert invoke(runspace, "sh -c 'exit 4'; exit $LASTEXITCODE").code == 4
    assert invoke(runspace, "$LASTEXITCODE -eq 4; $LASTEXITCODE.GetType().Name").texts == ["True", "Int32"]
