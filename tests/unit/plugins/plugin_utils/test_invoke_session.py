# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""invoke.ps1 in sessions whose users have set, defined or may do what it must not mind."""

from __future__ import annotations

import pathlib
import re
import typing

import pytest

pytest.importorskip("tree_sitter_pwsh", reason="the embedded evaluator needs tree-sitter-pwsh")
pytest.importorskip("psrpcore", reason="values are serialized by psrpcore")

from ansible_collections.remoting.powershell.plugins.plugin_utils import _invoke, scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Command
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Language, Runspace
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.script_runs import TARGET, invoke, run


def names_left(runspace: Runspace) -> list[str]:
    """The variables of ours that are still there."""
    return run(runspace, Command("(Get-Variable).Name -like '__pssession*'")).texts


@pytest.mark.parametrize(
    "setting",
    [
        "$VerbosePreference = 'Continue'",
        "$WhatIfPreference = $true",
        "$InformationPreference = 'Ignore'",
        "$PSDefaultParameterValues['*:Verbose'] = $true",
        "$PSDefaultParameterValues['*:WhatIf'] = $true",
        "$PSDefaultParameterValues['*:ErrorAction'] = 'Stop'",
        "$PSDefaultParameterValues['ConvertTo-Json:Depth'] = 1",
        "Set-StrictMode -Version Latest",
    ],
)
def test_what_a_session_has_set_changes_nothing(runspace: Runspace, setting: str) -> None:
    first = invoke(runspace, f"{setting}; 'set'")
    then = invoke(runspace, "param($Name) $Ansible.Result = @{ a = @{ b = 1 } }; $Name", parameters={"Name": "bob"})
    thrown = invoke(runspace, "throw 'boom'")
    assert (first.texts, then.texts, then.errors) == (["set"], ["bob"], [])
    assert [outcome["result"] for outcome in then.outcomes] == [{"a": {"b": 1}}]
    assert (thrown.failure, len(thrown.outcomes)) == ("boom", 1)
    assert names_left(runspace) == []


def test_a_place_that_is_not_there_ends_it_whatever_the_defaults_are(runspace: Runspace) -> None:
    invoke(runspace, "$PSDefaultParameterValues['*:ErrorAction'] = 'SilentlyContinue'")
    written = invoke(runspace, "'ran'", chdir="/there/is/no/such/place")
    assert (written.texts, written.failure is None) == ([], False)


def test_what_a_session_calls_like_a_cmdlet_is_not_taken_for_it(runspace: Runspace, tmp_path: pathlib.Path) -> None:
    used = re.findall(r"Microsoft\.PowerShell\.\w+\\([\w-]+)", scripts.read("invoke") + scripts.read("finish"))
    others = {"ForEach-Object", "Where-Object", "New-Object", "Get-Variable"}
    for name in others.union(used):
        run(runspace, Command(f"function global:{name} {{ throw 'not this {name}' }}"))
        run(runspace, Command(f"$null = New-Item -Path Alias:{name} -Value nope"))
    invoke(runspace, "sh -c 'exit 3'")
    given: dict[str, typing.Any] = {"parameters": {"Name": "bob"}, "chdir": str(tmp_path), "removes": str(tmp_path)}
    for more in ({}, {"depth": 3}, {"output_format": "text"}):
        written = invoke(runspace, "param($Name) $Name", **given, **more)
        assert (written.texts, written.errors, len(written.outcomes)) == (["bob"], [], 1)
    assert invoke(runspace, "throw 'boom'").outcomes[0]["changed"]
    assert "Those that it declares: A." in str(invoke(runspace, "param($A)", parameters={"B": 1}).failure)
    assert names_left(runspace) == []


def test_a_session_in_which_methods_are_refused_is_left_as_it_is() -> None:
    runspace = Runspace("WEB1", "alice", language=Language.CONSTRAINED)
    given = {name: option.get("default") for name, option in _invoke.ARGUMENT_SPEC.items()}
    command = _invoke.request(TARGET, {**given, "script": "'ran'"}, False, 0).commands[0]
    written = run(runspace, command)
    assert (written.texts, written.outcomes) == ([], [])
    assert "ConstrainedLanguage" in str(written.failure) and "Use command" in str(written.failure)
    assert names_left(runspace) == []
    assert run(runspace, Command("$ErrorActionPreference")).texts == ["Continue"]
