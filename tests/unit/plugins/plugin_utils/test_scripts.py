# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell files of the collection, run by the embedded evaluator of the test endpoint."""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import struct
import threading
import typing

import pytest

pytest.importorskip("tree_sitter_pwsh", reason="the embedded evaluator needs tree-sitter-pwsh")
pytest.importorskip("psrpcore", reason="values are serialized by psrpcore")

from ansible_collections.remoting.powershell.plugins.plugin_utils import _invoke, scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.values import from_json
from ansible_collections.remoting.powershell.plugins.plugin_utils._results import OUTCOME_TAG
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Command, Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import (
    CommandCall,
    PSTerminating,
    Runspace,
)
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.values import Hashtable, PSObject

_TARGET = Target("web1", 5986, True)


class Written:
    """What one pipeline wrote."""

    def __init__(self) -> None:
        self.outputs: list[typing.Any] = []
        self.errors: list[typing.Any] = []
        self.outcomes: list[dict[str, typing.Any]] = []
        self.code: int | None = None
        #: The message of the error that ended it.
        self.failure: str | None = None

    def output(self, value: object) -> None:
        self.outputs.append(value)

    def error(self, record: typing.Any) -> None:
        self.errors.append(record)

    def information(self, record: typing.Any) -> None:
        assert OUTCOME_TAG in [str(tag) for tag in record.tags]
        self.outcomes.append(json.loads(str(record.message)))

    def warning(self, record: object) -> None:
        raise AssertionError(f"a warning: {record}")

    verbose = debug = progress = warning

    def exit(self, code: int) -> None:
        self.code = code

    @property
    def texts(self) -> list[str]:
        """The output as texts."""
        return [str(value) for value in self.outputs]


def run(runspace: Runspace, command: Command, values: typing.Sequence[object] = ()) -> Written:
    """Runs one command in a runspace."""
    written = Written()
    parameters = [(name, from_json(value)) for name, value in command.parameters]
    call = CommandCall(command.text, command.is_script, parameters, command.use_local_scope)
    try:
        runspace.invoke([[call]], [from_json(value) for value in values], written, threading.Event(), True)
    except PSTerminating as error:
        written.failure = str(error.error_record.exception.message)
    return written


@pytest.fixture
def runspace() -> Runspace:
    """A session's runspace."""
    return Runspace("WEB1", "alice")


class TestInvoke:
    @staticmethod
    def invoke(runspace: Runspace, script: str, check_mode: bool = False, **arguments: typing.Any) -> Written:
        """Runs a script as pssession_invoke does."""
        defaults = {name: option.get("default") for name, option in _invoke.ARGUMENT_SPEC.items()}
        given = {**defaults, "script": script, **arguments}
        request: Run = _invoke.request(_TARGET, given, check_mode, 2)
        written = run(runspace, request.commands[0], request.values)
        if not written.outcomes:
            finished = run(runspace, Command(scripts.read("finish"), use_local_scope=False))
            assert (finished.outputs, finished.errors) == ([], [])
            written.outcomes = finished.outcomes
        return written

    def test_state_stays_and_nothing_else(self, runspace: Runspace) -> None:
        self.invoke(runspace, 'param($Name) $x = 5; function Get-It { "$x $Name" }', parameters={"Name": "bob"})
        assert self.invoke(runspace, "Get-It").texts == ["5 bob"]
        listed = self.invoke(runspace, "(Get-Variable).Name | Where-Object { $_ -like '__pssession*' }")
        inside = set(listed.texts)
        left = run(runspace, Command("(Get-Variable).Name"))
        assert inside and not inside.intersection(left.texts)
        assert not {"Ansible", "Script", "Parameters"}.intersection(left.texts)

    def test_values_arrive_as_objects(self, runspace: Runspace) -> None:
        written = self.invoke(
            runspace,
            'param($First, $Second, [int]$Number) "$First $($Second[1]) $($Number + 1)"',
            arguments=["a", ["b", "c"]],
            parameters={"Number": 41},
        )
        assert written.texts == ["a c 42"]

    def test_input_goes_through_the_pipeline(self, runspace: Runspace) -> None:
        assert self.invoke(runspace, "foreach ($i in $input) { $i * 2 }", input=[1, 2]).texts == ["2", "4"]
        assert self.invoke(runspace, 'process { "<$_>" }', input=["a", "b"]).texts == ["<a>", "<b>"]

    def test_the_script_says_what_became_of_it(self, runspace: Runspace) -> None:
        written = self.invoke(
            runspace,
            "$Ansible.Changed = $false; $Ansible.Result = @{ a = 1, 2 }; $Ansible.Diff = @{ before = 'x' };"
            '"$($Ansible.CheckMode) $($Ansible.Verbosity)"',
        )
        assert written.texts == ["False 2"]
        assert written.outcomes == [
            {
                "changed": False,
                "failed": False,
                "result": {"a": [1, 2]},
                "diff": {"before": "x"},
                "rc": None,
                "skipped": "",
            }
        ]

    def test_a_terminating_error_does_not_hide_the_outcome(self, runspace: Runspace) -> None:
        written = self.invoke(runspace, "'before'; $Ansible.Changed = $false; throw 'boom'; 'after'")
        assert (written.texts, written.failure) == (["before"], "boom")
        assert [outcome["changed"] for outcome in written.outcomes] == [False]
        assert "Ansible" not in run(runspace, Command("(Get-Variable).Name")).texts

    def test_exit_does_not_hide_the_outcome(self, runspace: Runspace) -> None:
        written = self.invoke(runspace, "$Ansible.Failed = $true; exit 3")
        assert (written.code, [outcome["failed"] for outcome in written.outcomes]) == (3, [True])

    def test_a_script_that_cannot_be_parsed_leaves_nothing(self, runspace: Runspace) -> None:
        written = self.invoke(runspace, "if (")
        assert written.failure is not None
        assert not [name for name in run(runspace, Command("(Get-Variable).Name")).texts if name.startswith("__pss")]

    def test_error_action_counts_for_this_script_only(self, runspace: Runspace) -> None:
        assert self.invoke(runspace, "Write-Error oh; 'after'").texts == ["after"]
        stopped = self.invoke(runspace, "Write-Error oh; 'after'", error_action="stop")
        assert (stopped.texts, stopped.failure) == ([], "oh")
        assert self.invoke(runspace, "Write-Error oh; 'after'").texts == ["after"]

    @pytest.mark.parametrize("error_action", [None, "continue", "silently_continue"])
    def test_what_ends_a_statement_ends_no_script(self, runspace: Runspace, error_action: str | None) -> None:
        script = "1 / 0; nope-cmd; 'a'.Nope(); Get-Item -Nope 1; [int]'x'; 'after'"
        written = self.invoke(runspace, script, error_action=error_action)
        assert (written.texts, written.failure) == (["after"], None)
        assert len(written.errors) == (0 if error_action == "silently_continue" else 5)
        assert self.invoke(runspace, "1 / 0; 'after'", error_action="stop").texts == []

    @pytest.mark.parametrize("preference", ["Stop", "Continue", "SilentlyContinue"])
    def test_the_preference_that_a_script_sets_stays(self, runspace: Runspace, preference: str) -> None:
        self.invoke(runspace, f"$ErrorActionPreference = '{preference}'")
        assert self.invoke(runspace, "$ErrorActionPreference").texts == [preference]
        failed = self.invoke(runspace, "'ran'", chdir="/there/is/no/such/place", error_action="silently_continue")
        assert (failed.texts, failed.failure is None) == ([], False)
        assert self.invoke(runspace, "$ErrorActionPreference").texts == [preference]

    def test_what_a_lost_broker_left_is_put_back(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        before = self.invoke(runspace, "$Ansible = 'mine'; (Get-Location).Path").texts
        given = {name: option.get("default") for name, option in _invoke.ARGUMENT_SPEC.items()}
        given.update(script="throw 'boom'", chdir=str(tmp_path), error_action="stop")
        assert run(runspace, _invoke.request(_TARGET, given, False, 0).commands[0]).failure == "boom"
        written = self.invoke(runspace, "$ErrorActionPreference; (Get-Location).Path")
        assert (written.texts, len(written.outcomes)) == (["Continue", *before], 1)
        assert run(runspace, Command("(Get-Variable).Name -like '__pssession*'")).texts == []

    def test_nothing_is_done_twice_to_finish(self, runspace: Runspace) -> None:
        self.invoke(runspace, "throw 'x'")
        finished = run(runspace, Command(scripts.read("finish"), use_local_scope=False))
        assert (finished.outputs, finished.errors, finished.outcomes) == ([], [], [])

    def test_keys_with_the_names_of_members_are_keys(self, runspace: Runspace) -> None:
        script = 'param($Keys, $Count, $Values) "$Keys $Count $Values"; $Ansible.Result = @{ Keys = 1; Count = 2 }'
        written = self.invoke(runspace, script, parameters={"Keys": "a", "Count": "b", "Values": "c"}, depth=3)
        assert (written.texts, written.failure) == (["a b c"], None)
        assert written.outcomes[0]["result"] == {"Keys": 1, "Count": 2}
        assert plain(self.invoke(runspace, "[ordered]@{ 1 = 'a'; 0 = 'b' }", depth=2).outputs[0]) == {
            "1": "a",
            "0": "b",
        }

    def test_values_of_the_result_are_those_of_the_output(self, runspace: Runspace) -> None:
        script = (
            "$Ansible.Result = [switch]$true, [DBNull]::Value, [decimal]5, [decimal]0.1, "
            "[decimal]'79228162514264337593543950335', [decimal]::Parse('0.12345678901234567890'), "
            "[DayOfWeek]'Friday', [guid]::Empty, [char]'x'"
        )
        result = self.invoke(runspace, script).outcomes[0]["result"]
        assert result == [
            True, None, 5, 0.1, "79228162514264337593543950335", "0.12345678901234567890", "Friday",
            "00000000-0000-0000-0000-000000000000", "x",
        ]  # fmt: skip

    def test_nobody_is_asked_to_confirm(self, runspace: Runspace) -> None:
        script = "[CmdletBinding(SupportsShouldProcess)] param() $PSBoundParameters.Keys -join ','"
        assert self.invoke(runspace, script).texts == ["Confirm"]
        assert sorted(self.invoke(runspace, script, check_mode=True).texts[0].split(",")) == ["Confirm", "WhatIf"]
        assert self.invoke(runspace, 'param($Confirm) "<$Confirm>"').texts == ["<>"]

    def test_a_variable_called_ansible_comes_back(self, runspace: Runspace) -> None:
        run(runspace, Command("$Ansible = 'mine'"))
        self.invoke(runspace, "$Ansible.Changed = $false")
        assert run(runspace, Command("$Ansible")).texts == ["mine"]

    def test_strict_mode_is_no_trouble(self, runspace: Runspace) -> None:
        self.invoke(runspace, "Set-StrictMode -Version Latest")
        written = self.invoke(runspace, "'fine'")
        assert (written.texts, written.failure) == (["fine"], None)

    def test_check_mode_runs_what_supports_it(self, runspace: Runspace) -> None:
        script = '[CmdletBinding(SupportsShouldProcess)] param() "what if: $WhatIfPreference $($Ansible.CheckMode)"'
        assert self.invoke(runspace, script, check_mode=True).texts == ["what if: True True"]
        skipped = self.invoke(runspace, "'ran'", check_mode=True)
        assert skipped.texts == []
        assert [(outcome["skipped"], outcome["changed"]) for outcome in skipped.outcomes] == [
            ("skipped, running in check mode", False)
        ]

    def test_creates_and_removes_are_decided_on_the_host(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        (tmp_path / "there.txt").touch()
        there, none = str(tmp_path / "th*.txt"), str(tmp_path / "none")
        skipped = self.invoke(runspace, "'ran'", creates=there)
        assert (skipped.texts, skipped.outcomes[0]["changed"]) == ([], False)
        assert skipped.outcomes[0]["skipped"] == f"skipped, since {there} exists"
        skipped = self.invoke(runspace, "'ran'", removes=none)
        assert (skipped.texts, skipped.outcomes[0]["skipped"]) == ([], f"skipped, since {none} does not exist")
        assert self.invoke(runspace, "'ran'", creates=none, removes=there).texts == ["ran"]

    @pytest.mark.parametrize("ending", ["", "; throw 'boom'", "; exit 3"])
    def test_chdir_counts_for_this_script_only(self, runspace: Runspace, tmp_path: pathlib.Path, ending: str) -> None:
        (tmp_path / "a [1]").mkdir()
        (tmp_path / "b").mkdir()
        self.invoke(runspace, f"Set-Location '{tmp_path}'")
        script = f"(Get-Location).Path; Set-Location ../b; (Get-Location).Path{ending}"
        written = self.invoke(runspace, script, chdir=str(tmp_path / "a [1]"))
        assert written.texts == [str(tmp_path / "a [1]"), str(tmp_path / "b")]
        assert self.invoke(runspace, "(Get-Location).Path").texts == [str(tmp_path)]

    def test_a_location_that_is_not_there_fails(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        before = self.invoke(runspace, "(Get-Location).Path").texts
        written = self.invoke(runspace, "'ran'", chdir=str(tmp_path / "none"))
        assert (written.texts, len(written.outcomes)) == ([], 1)
        assert str(tmp_path / "none") in str(written.failure)
        assert self.invoke(runspace, "(Get-Location).Path").texts == before

    def test_text_is_what_a_console_shows(self, runspace: Runspace) -> None:
        written = self.invoke(runspace, "[pscustomobject]@{ Name = 'a'; Value = 1 }", output_format="text")
        assert [line.split() for line in written.texts if line.strip()] == [
            ["Name", "Value"],
            ["----", "-----"],
            ["a", "1"],
        ]
        assert self.invoke(runspace, "process { $_ + 1 }", input=[1, 2], output_format="text").texts == ["2", "3"]

    NESTED = "[pscustomobject]@{ a = [pscustomobject]@{ b = 1, @{ c = [pscustomobject]@{ d = 'deep' } }; e = $null } }"

    def test_depth_makes_dictionaries_of_nested_objects(self, runspace: Runspace) -> None:
        (found,) = self.invoke(runspace, self.NESTED, depth=3).outputs
        assert plain(found) == {"a": {"b": [1, {"c": OBJECT}], "e": None}}
        (found,) = self.invoke(runspace, self.NESTED, depth=1).outputs
        assert plain(found) == {"a": OBJECT}
        (found,) = self.invoke(runspace, self.NESTED, depth=0).outputs
        assert plain(found) == OBJECT

    def test_depth_leaves_values_and_lists_as_they_are(self, runspace: Runspace) -> None:
        written = self.invoke(runspace, "1; 'a'; $null; , @(1, 2); , @()", depth=5)
        assert [plain(value) for value in written.outputs] == [1, "a", None, [1, 2], []]
        written = self.invoke(runspace, "process { $_ }", depth=5, input=[{"a": [1]}, 2])
        assert [plain(value) for value in written.outputs] == [{"a": [1]}, 2]

    def test_depth_counts_for_the_result(self, runspace: Runspace) -> None:
        script = "$Ansible.Result = @{ a = @{ b = @{ c = 1 } } }"
        assert self.invoke(runspace, script).outcomes[0]["result"] == {"a": {"b": {"c": 1}}}
        assert self.invoke(runspace, script, depth=2).outcomes[0]["result"] == {"a": {"b": {"c": 1}}}
        cut = self.invoke(runspace, script, depth=1).outcomes[0]["result"]
        assert cut["a"]["b"] != {"c": 1} and isinstance(cut["a"]["b"], str)

    def test_depth_has_a_limit_and_names_it(self, runspace: Runspace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_invoke, "_MAX_PARTS", 50)
        doubling = (
            "$o = [pscustomobject]@{ n = 1 }; 1..9 | ForEach-Object { $o = [pscustomobject]@{ a = $o; b = $o } }; "
        )
        written = self.invoke(runspace, doubling + "$o", depth=20)
        assert "made of more than 50 values" in str(written.failure)
        assert "Make depth less" in str(written.failure)
        assert self.invoke(runspace, "1..60 | ForEach-Object { @{ n = $_ } }", depth=2).failure is None
        written = self.invoke(runspace, doubling + "$Ansible.Result = $o", depth=20)
        assert "made of more than 50 values" in str(written.failure)

    def test_what_holds_itself_is_marked(self, runspace: Runspace) -> None:
        script = "$l = [Collections.ArrayList]@(1); [void]$l.Add($l); , $l; $Ansible.Result = @{ it = $l }"
        written = self.invoke(runspace, script, depth=9)
        assert plain(written.outputs[0]) == [1, "<circular reference>"]
        assert written.outcomes[0]["result"] == {"it": [1, "<circular reference>"]}

    def test_the_last_native_commands_code_is_told_once(self, runspace: Runspace) -> None:
        codes = [
            self.invoke(runspace, script).outcomes[0]["rc"]
            for script in ("sh -c 'exit 3'; 1", "$LASTEXITCODE", "sh -c 'exit 3'", "sh -c 'exit 0'; 'x'")
        ]
        assert codes == [3, None, 3, 0]
        assert self.invoke(runspace, "sh -c 'exit 4'; exit $LASTEXITCODE").code == 4
        assert self.invoke(runspace, "$LASTEXITCODE -eq 4; $LASTEXITCODE.GetType().Name").texts == ["True", "Int32"]

    @pytest.mark.parametrize(
        ("script", "names", "failure"),
        [
            ("param($A) 1", ["B"], "does not declare the parameter 'B'. Those that it declares: A."),
            ("1", ["B"], "Those that it declares: none."),
            ("param($Alpha, [Alias('Other')]$Beta) 1", ["alph", "OTHER"], None),
            ("[CmdletBinding()] param($A) 1", ["B"], "parameter name 'B'"),
        ],
    )
    def test_parameters_must_be_declared(
        self, runspace: Runspace, script: str, names: list[str], failure: str | None
    ) -> None:
        written = self.invoke(runspace, script, parameters=dict.fromkeys(names, 1))
        if failure is None:
            assert (written.failure, written.texts) == (None, ["1"])
        else:
            told = [str(record.exception.message) for record in written.errors]
            assert failure in "".join([str(written.failure), *told])
            assert written.texts == []


#: What an object is called that was left for remoting to serialize.
OBJECT = "an object"


def plain(value: typing.Any) -> typing.Any:
    """A value of the evaluator as one of Python's."""
    if isinstance(value, Hashtable):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, PSObject):
        return OBJECT if value.base is None else plain(value.base)
    return str(value) if isinstance(value, str) else value


def sha1(content: bytes) -> bytes:
    """A file's hash as it goes with it."""
    return hashlib.sha1(content, usedforsecurity=False).digest()


class TestFiles:
    @staticmethod
    def put(runspace: Runspace, path: pathlib.Path, offset: int, last: bool, *chunks: bytes) -> Written:
        """Sends a part of a file; the last chunk of the last part is the hash."""
        parameters = [["Path", str(path)], ["Part", f"{path}.part"], ["Offset", offset], ["Last", last]]
        command = Command(scripts.read("put_file"), use_local_scope=True, parameters=parameters)
        return run(runspace, command, [base64.b64encode(chunk).decode() for chunk in chunks])

    @staticmethod
    def fetch(runspace: Runspace, path: pathlib.Path) -> Written:
        """Reads a file."""
        command = Command(scripts.read("fetch_file"), use_local_scope=True, parameters=[["Path", str(path)]])
        return run(runspace, command)

    def test_a_file_is_written_in_parts(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        path = tmp_path / "it's [a] 'file' äö.bin"
        path.write_bytes(b"an older and longer content")
        path.chmod(0o640)
        assert self.put(runspace, path, 0, False, b"\0\1", b"\xff").failure is None
        assert path.read_bytes() == b"an older and longer content"
        written = self.put(runspace, path, 3, True, b"end", sha1(b"\0\1\xffend"))
        assert (written.failure, written.texts) == (None, [])
        assert path.read_bytes() == b"\0\1\xffend"
        assert path.stat().st_mode & 0o777 == 0o640
        assert [each.name for each in tmp_path.iterdir()] == [path.name]

    def test_an_empty_file_is_made(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert self.put(runspace, tmp_path / "empty", 0, True, sha1(b"")).failure is None
        assert (tmp_path / "empty").read_bytes() == b""

    def test_a_wrong_hash_leaves_what_was_there(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        (tmp_path / "file").write_bytes(b"old")
        written = self.put(runspace, tmp_path / "file", 0, True, b"new", sha1(b"other"))
        assert written.failure is not None and "its SHA-1 on the disk is" in written.failure
        assert (tmp_path / "file").read_bytes() == b"old"

    def test_a_directory_is_refused(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert self.put(runspace, tmp_path, 0, True, sha1(b"")).failure == f"{tmp_path} is a directory"
        assert not pathlib.Path(f"{tmp_path}.part").exists()

    def test_what_is_left_is_removed(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        (tmp_path / "[a].part").touch()
        parameters = [["Part", str(tmp_path / "[a].part")]]
        command = Command(scripts.read("remove_part"), use_local_scope=True, parameters=parameters)
        assert [run(runspace, command).failure for _again in range(2)] == [None, None]
        assert not list(tmp_path.iterdir())

    def test_a_file_that_something_else_writes_to_is_noticed(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        (tmp_path / "file.part").write_bytes(b"12345")
        written = self.put(runspace, tmp_path / "file", 3, True, b"end", sha1(b"123end"))
        assert written.failure is not None and "has 5 bytes instead of 3" in written.failure
        assert not (tmp_path / "file").exists()

    def test_a_folder_that_is_not_there_fails(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert self.put(runspace, tmp_path / "none" / "file", 0, True, b"x").failure is not None

    @pytest.mark.parametrize("content", [b"", b"\0\xffabc", bytes(range(256)) * 2000])
    def test_a_file_is_read_with_its_hash(self, runspace: Runspace, tmp_path: pathlib.Path, content: bytes) -> None:
        (tmp_path / "[a] file").write_bytes(content)
        stream = b"".join(base64.b64decode(text) for text in self.fetch(runspace, tmp_path / "[a] file").texts)
        assert stream == b"F" + struct.pack("<Q", len(content)) + content + sha1(content)

    def test_a_directory_is_told_from_a_file(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert [base64.b64decode(text) for text in self.fetch(runspace, tmp_path).texts] == [b"D"]

    def test_a_missing_file_is_named(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert self.fetch(runspace, tmp_path / "none").failure == f"{tmp_path / 'none'} does not exist"


def test_a_script_file_gets_its_arguments(runspace: Runspace, tmp_path: pathlib.Path) -> None:
    (tmp_path / "my script.ps1").write_text('param($First) "$First|$args"', encoding="utf-8")
    parameters = [[None, str(tmp_path / "my script.ps1")], [None, "a b"], [None, "c"]]
    written = run(runspace, Command(scripts.read("run_file"), use_local_scope=True, parameters=parameters))
    assert written.texts == ["a b|c"]
