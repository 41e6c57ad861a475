# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module win_powershell on the embedded engine (test process)."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import typing

import psrpcore
import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine import payloads
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, script

Run = collections.abc.Callable[..., dict[str, typing.Any]]


@pytest.fixture
def run() -> collections.abc.Iterator[Run]:
    client = EngineClient(EmbeddedEngine())

    def powershell(text: str, **arguments: typing.Any) -> dict[str, typing.Any]:
        lines = payloads.lines("ansible.windows.win_powershell", {"script": text, **arguments})
        events = client.run_events(script("throw 'interpreted'"), input=lines)
        (output,) = [event.data for event in events if isinstance(event, psrpcore.PipelineOutputEvent)]
        loaded: dict[str, typing.Any] = json.loads(output)
        return loaded

    yield powershell
    client.close()


def test_output_of_every_simple_kind_is_returned(run: Run) -> None:
    result = run("1; 'two'; 3.5; $true; $null")
    assert result["output"] == [1, "two", 3.5, True, None]
    assert (result["changed"], result["failed"]) == (True, False)


def test_objects_are_flattened_at_the_depth_that_is_asked_for(run: Run) -> None:
    text = "@{ a = @{ b = @{ c = 1 } } }"
    assert run(text, depth=3)["output"] == [{"a": {"b": {"c": 1}}}]
    assert run(text, depth=1)["output"] == [{"a": "System.Collections.Hashtable"}]


def test_properties_of_objects_are_returned(run: Run) -> None:
    assert run("[PSCustomObject]@{ Name = 'x'; List = 1, 2 }")["output"] == [{"Name": "x", "List": [1, 2]}]


def test_the_script_tells_its_outcome_by_the_ansible_object(run: Run) -> None:
    result = run("$Ansible.Changed = $false; $Ansible.Failed = $true; $Ansible.Result = @{ a = 1 }")
    assert (result["changed"], result["failed"], result["result"]) == (False, True, {"a": 1})


def test_a_terminating_error_fails_the_task_and_is_returned(run: Run) -> None:
    result = run("'before'; throw 'broken'")
    assert result["failed"] is True
    assert result["output"] == ["before"]
    assert result["error"][0]["exception"]["message"] == "broken"
    assert result["error"][0]["exception"]["type"] == "System.Management.Automation.RuntimeException"


def test_an_error_that_does_not_terminate_leaves_the_task_successful(run: Run) -> None:
    result = run("Write-Error 'only noted'; 'after'")
    assert result["failed"] is False
    assert result["output"] == ["after"]
    assert result["error"][0]["exception"]["message"] == "only noted"


def test_error_action_stop_ends_at_the_first_error(run: Run) -> None:
    result = run("Write-Error 'fatal'; 'after'", error_action="stop")
    assert (result["failed"], result["output"]) == (True, [])


def test_all_streams_are_returned(run: Run) -> None:
    text = (
        "$VerbosePreference = $DebugPreference = 'Continue'\n"
        "Write-Warning w; Write-Verbose v; Write-Debug d; Write-Information i -Tags t; $Host.UI.WriteLine('h')"
    )
    result = run(text)
    assert (result["warning"], result["verbose"], result["debug"]) == (["w"], ["v"], ["d"])
    assert [(one["message_data"], one["tags"]) for one in result["information"]] == [("i", ["t"])]
    assert result["host_out"] == "h\n"


def test_parameters_reach_the_script(run: Run) -> None:
    result = run('param($Name, [int]$Number) "$Name/$Number"', parameters={"Name": "n", "Number": "4"})
    assert result["output"] == ["n/4"]


def test_sensitive_parameters_reach_the_script_and_are_not_returned(run: Run) -> None:
    sensitive = [{"name": "Secret", "value": "geheim"}]
    result = run("param($Secret) $Secret.GetType().Name; $Secret.Length", sensitive_parameters=sensitive)
    assert result["output"] == ["SecureString", 6]
    assert "geheim" not in json.dumps(result)


def test_creates_and_removes_skip_the_script(run: Run, tmp_path: pathlib.Path) -> None:
    assert run("1", creates=str(tmp_path))["msg"] == f"skipped, since {tmp_path} exists"
    assert run("1", removes=f"{tmp_path}/none")["msg"] == f"skipped, since {tmp_path}/none does not exist"


def test_chdir_is_where_the_script_runs(run: Run, tmp_path: pathlib.Path) -> None:
    assert run("(Get-Location).Path", chdir=str(tmp_path))["output"] == [str(tmp_path)]


def test_check_mode_runs_only_what_supports_it(run: Run) -> None:
    plain = run("'ran'", _ansible_check_mode=True)
    aware = run('[CmdletBinding(SupportsShouldProcess)] param() "$WhatIfPreference"', _ansible_check_mode=True)
    assert (plain["msg"], plain["output"]) == ("skipped, running in check mode", [])
    assert aware["output"] == ["True"]


def test_a_script_or_a_path_is_needed_and_not_both(run: Run) -> None:
    assert run("1", path="/x")["msg"] == "parameters are mutually exclusive: path, script"
    missing = run("", script=None, path="/no/such.ps1")
    assert missing["msg"].startswith(("Could not find", "parameters are mutually exclusive"))
