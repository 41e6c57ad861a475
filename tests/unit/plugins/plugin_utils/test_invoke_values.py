# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""invoke.ps1: values on their way in and out."""

from __future__ import annotations

import pytest

pytest.importorskip("tree_sitter_pwsh", reason="the embedded evaluator needs tree-sitter-pwsh")
pytest.importorskip("psrpcore", reason="values are serialized by psrpcore")

from ansible_collections.remoting.powershell.plugins.plugin_utils import _invoke
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.script_runs import (
    OBJECT,
    invoke,
    plain,
)


def test_values_arrive_as_objects(runspace: Runspace) -> None:
    written = invoke(
        runspace,
        'param($First, $Second, [int]$Number) "$First $($Second[1]) $($Number + 1)"',
        arguments=["a", ["b", "c"]],
        parameters={"Number": 41},
    )
    assert written.texts == ["a c 42"]


def test_input_goes_through_the_pipeline(runspace: Runspace) -> None:
    assert invoke(runspace, "foreach ($i in $input) { $i * 2 }", input=[1, 2]).texts == ["2", "4"]
    assert invoke(runspace, 'process { "<$_>" }', input=["a", "b"]).texts == ["<a>", "<b>"]


def test_keys_with_the_names_of_members_are_keys(runspace: Runspace) -> None:
    script = 'param($Keys, $Count, $Values) "$Keys $Count $Values"; $Ansible.Result = @{ Keys = 1; Count = 2 }'
    written = invoke(runspace, script, parameters={"Keys": "a", "Count": "b", "Values": "c"}, depth=3)
    assert (written.texts, written.failure) == (["a b c"], None)
    assert written.outcomes[0]["result"] == {"Keys": 1, "Count": 2}
    assert plain(invoke(runspace, "[ordered]@{ 1 = 'a'; 0 = 'b' }", depth=2).outputs[0]) == {
        "1": "a",
        "0": "b",
    }


def test_values_of_the_result_are_those_of_the_output(runspace: Runspace) -> None:
    script = (
        "$Ansible.Result = [switch]$true, [DBNull]::Value, [decimal]5, [decimal]0.1, "
        "[decimal]'79228162514264337593543950335', [decimal]::Parse('0.12345678901234567890'), "
        "[DayOfWeek]'Friday', [guid]::Empty, [char]'x'"
    )
    result = invoke(runspace, script).outcomes[0]["result"]
    assert result == [
        True, None, 5, 0.1, "79228162514264337593543950335", "0.12345678901234567890", "Friday",
        "00000000-0000-0000-0000-000000000000", "x",
    ]  # fmt: skip


def test_text_is_what_a_console_shows(runspace: Runspace) -> None:
    written = invoke(runspace, "[pscustomobject]@{ Name = 'a'; Value = 1 }", output_format="text")
    assert [line.split() for line in written.texts if line.strip()] == [
        ["Name", "Value"],
        ["----", "-----"],
        ["a", "1"],
    ]
    assert invoke(runspace, "process { $_ + 1 }", input=[1, 2], output_format="text").texts == ["2", "3"]


_NESTED = "[pscustomobject]@{ a = [pscustomobject]@{ b = 1, @{ c = [pscustomobject]@{ d = 'deep' } }; e = $null } }"


def test_depth_makes_dictionaries_of_nested_objects(runspace: Runspace) -> None:
    (found,) = invoke(runspace, _NESTED, depth=3).outputs
    assert plain(found) == {"a": {"b": [1, {"c": OBJECT}], "e": None}}
    (found,) = invoke(runspace, _NESTED, depth=1).outputs
    assert plain(found) == {"a": OBJECT}
    (found,) = invoke(runspace, _NESTED).outputs
    assert plain(found) == OBJECT


def test_depth_leaves_values_and_lists_as_they_are(runspace: Runspace) -> None:
    written = invoke(runspace, "1; 'a'; $null; , @(1, 2); , @()", depth=5)
    assert [plain(value) for value in written.outputs] == [1, "a", None, [1, 2], []]
    written = invoke(runspace, "process { $_ }", depth=5, input=[{"a": [1]}, 2])
    assert [plain(value) for value in written.outputs] == [{"a": [1]}, 2]


def test_depth_keeps_keys_that_differ_in_case_alone(runspace: Runspace) -> None:
    table = {"a": 1, "A": 2, "b": {"x": 3, "X": 4}}
    written = invoke(runspace, "param($A) $A; $Ansible.Result = $A", parameters={"A": table}, depth=3)
    assert [plain(value) for value in written.outputs] == [table]
    assert written.outcomes[0]["result"] == table


def test_depth_counts_for_the_result(runspace: Runspace) -> None:
    script = "$Ansible.Result = @{ a = @{ b = @{ c = 1 } } }"
    assert invoke(runspace, script).outcomes[0]["result"] == {"a": {"b": {"c": 1}}}
    assert invoke(runspace, script, depth=2).outcomes[0]["result"] == {"a": {"b": {"c": 1}}}
    cut = invoke(runspace, script, depth=1).outcomes[0]["result"]
    assert cut["a"]["b"] != {"c": 1} and isinstance(cut["a"]["b"], str)


def test_depth_has_a_limit_and_names_it(runspace: Runspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_invoke, "_MAX_PARTS", 50)
    doubling = "$o = [pscustomobject]@{ n = 1 }; 1..9 | ForEach-Object { $o = [pscustomobject]@{ a = $o; b = $o } }; "
    written = invoke(runspace, doubling + "$o", depth=20)
    assert "made of more than 50 values" in str(written.failure)
    assert "Make depth less" in str(written.failure)
    assert invoke(runspace, "1..60 | ForEach-Object { @{ n = $_ } }", depth=2).failure is None
    written = invoke(runspace, doubling + "$Ansible.Result = $o", depth=20)
    assert "made of more than 50 values" in str(written.failure)


def test_what_holds_itself_is_marked(runspace: Runspace) -> None:
    script = "$l = [Collections.ArrayList]@(1); [void]$l.Add($l); , $l; $Ansible.Result = @{ it = $l }"
    written = invoke(runspace, script, depth=9)
    assert plain(written.outputs[0]) == [1, "<circular reference>"]
    assert written.outcomes[0]["result"] == {"it": [1, "<circular reference>"]}


@pytest.mark.parametrize(
    ("script", "names", "failure"),
    [
        ("param($A) 1", ["B"], "does not declare the parameter 'B'. Those that it declares: A."),
        ("1", ["B"], "Those that it declares: none."),
        ("param($Alpha, [Alias('Other')]$Beta) 1", ["alph", "OTHER"], None),
        ("[CmdletBinding()] param($A) 1", ["B"], "parameter name 'B'"),
    ],
)
def test_parameters_must_be_declared(runspace: Runspace, script: str, names: list[str], failure: str | None) -> None:
    written = invoke(runspace, script, parameters=dict.fromkeys(names, 1))
    if failure is None:
        assert (written.failure, written.texts) == (None, ["1"])
    else:
        told = [str(record.exception.message) for record in written.errors]
        assert failure in "".join([str(written.failure), *told])
        assert written.texts == []
