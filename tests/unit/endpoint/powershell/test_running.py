# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors, streams, stopping, native programs and restricted sessions (test process)."""

from __future__ import annotations

import base64
import hashlib
import pathlib
import threading

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import (
    CommandCall,
    Language,
    PipelineStopped,
)
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.errors import PSTerminating
from ansible_collections.remoting.powershell.tests.unit.endpoint.powershell.shell import Recorder, Shell

SCRIPTS = pathlib.Path(__file__).resolve().parents[4] / "plugins" / "plugin_utils" / "scripts"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("try { 1 / 0 } catch [DivideByZeroException] { 'typed' }", ["typed"]),
        ("try { Get-Item /nope -ErrorAction Stop } catch { $_.CategoryInfo.Category.ToString() }", ["ObjectNotFound"]),
        ("try { throw 'a' } catch { try { throw } catch { \"again $_\" } }", ["again a"]),
        ("try { nope-cmd } catch { $_.Exception.GetType().Name }", ["CommandNotFoundException"]),
        ("function r { r }; try { r } catch { $_.FullyQualifiedErrorId }", ["CallDepthOverflow"]),
        ("Write-Error a -ErrorAction SilentlyContinue; $Error.Count; $Error[0].ToString()", [1, "a"]),
        ("Write-Error a -ErrorVariable ev -ErrorAction SilentlyContinue; $ev.Count", [1]),
        ('Write-Warning w 3>&1 | ForEach-Object { "got $_" }', ["got w"]),
        ("Write-Error e 2>&1 | ForEach-Object { $_.Exception.Message }", ["e"]),
        ("$x = try { 5 } finally { $y = 6 }; $x + $y", [11]),
    ],
)
def test_errors_are_handled(shell: Shell, text: str, expected: list[object]) -> None:
    assert shell.output(text) == expected


@pytest.mark.parametrize(
    ("text", "output", "errors"),
    [
        ("'a'; 1 / 0; 'b'; nope-cmd; 'c'; 'x'.Nope(); 'd'; Get-Item -Nope 1; 'e'", list("abcde"), 4),
        ("function f { 1 / 0; 'in f' }; f; 'after'", ["in f", "after"], 1),
        ("1..2 | ForEach-Object { nope-cmd; $_ }", [1, 2], 2),
        ("if ($true) { [int]'x'; 'in if' }; foreach ($i in 1, 2) { [int]'x'; $i }", ["in if", 1, 2], 3),
        ("try { 1 / 0; 'never' } catch { 'caught' }; 'after'", ["caught", "after"], 0),
        ("function f { 1 / 0; 'never' }; try { f } catch { 'caught' }; 'after'", ["caught", "after"], 0),
        ("try { 1 / 0; 'never' } finally { 'final' }; 'after'", ["final", "after"], 1),
        ("trap { 'trapped'; continue }; 1 / 0; 'after'", ["trapped", "after"], 0),
        ("function f { [CmdletBinding()] param() $PSCmdlet.ThrowTerminatingError((Write-Error x 2>&1)); 'never' }; "
         "f; 'after'", ["after"], 1),
        ("$ErrorActionPreference = 'SilentlyContinue'; 1 / 0; throw 'x'; $Error.Count", [2], 0),
        ("nope-cmd; $?; $Error.Count", [False, 1], 1),
    ],
)  # fmt: skip
def test_a_client_may_have_the_next_statement_run(shell: Shell, text: str, output: list[object], errors: int) -> None:
    result = shell.run(text, goes_on=True)
    assert result.failure is None
    assert (result.output, len(result.of("error"))) == (output, errors)
    assert Shell().run(text).failure is not None or not errors


@pytest.mark.parametrize(
    "text",
    [
        "'a'; throw 'x'; 'b'",
        "'a'; Get-Item /nope -ErrorAction Stop; 'b'",
        "$ErrorActionPreference = 'Stop'; 'a'; 1 / 0; 'b'",
        "function f { 'a'; throw 'x'; 'b' }; f; 'c'",
        "try { 1 / 0 } catch { 'a'; throw $_ }; 'b'",
    ],
)
def test_what_stops_a_script_stops_it_for_every_client(shell: Shell, text: str) -> None:
    result = shell.run(text, goes_on=True)
    assert result.output == ["a"]
    assert result.failure is not None


@pytest.mark.parametrize("local", [None, False, True])
def test_a_scripts_parameter_takes_the_input(shell: Shell, local: bool | None) -> None:
    text = "param([Parameter(ValueFromPipeline)]$x) process { $x + 1 }"
    assert shell.output(text, input=[1, 2], local=local) == [2, 3]


@pytest.mark.parametrize(
    ("text", "message", "error_id"),
    [
        ("Get-Nothing", "The term 'Get-Nothing' is not recognized", "CommandNotFoundException"),
        ("[No.Such]::Thing()", "Unable to find type [No.Such].", "TypeNotFound"),
        ("'a'.Nothing()", "does not contain a method named 'Nothing'", "MethodNotFound"),
        ("[Math]::Nothing(1)", "does not contain a method named 'Nothing'", "MethodNotFound"),
        ("Set-Location /nope -ErrorAction Stop", "Cannot find path '/nope' because it does not exist.", "PathNotFound"),
    ],
)
def test_what_there_is_not_is_named(shell: Shell, text: str, message: str, error_id: str) -> None:
    failure = shell.run(text).failure
    assert failure is not None
    assert message in failure.exception.message
    assert failure.error_id.startswith(error_id)


def test_fetching_a_file(shell: Shell, tmp_path: pathlib.Path) -> None:
    """The script of the collection, whose pieces are base64: a kind and a length, the contents, their checksum."""
    path = tmp_path / "data"
    path.write_bytes(b"abc")
    script = (SCRIPTS / "fetch_file.ps1").read_text(encoding="utf-8")
    checksum = hashlib.sha1(b"abc", usedforsecurity=False).digest()
    kind = b"F" + (3).to_bytes(8, "little")
    assert [base64.b64decode(part) for part in shell.output(script, Path=str(path))] == [kind, b"abc", checksum]
    assert [base64.b64decode(part) for part in shell.output(script, Path=str(tmp_path))] == [b"D"]


def test_an_error_knows_where_it_happened(shell: Shell) -> None:
    failure = shell.run("function inner { throw 'deep' }\ninner").failure
    assert failure is not None
    assert failure.invocation is not None
    expected = "At line:1 char:18\n+ function inner { throw 'deep' }\n+                  ~~~~~~~~~~~~"
    assert failure.invocation.position_message == expected
    assert failure.script_stack_trace == "at inner, <No file>: line 1\nat <ScriptBlock>, <No file>: line 2"


def test_streams_come_in_order(shell: Shell) -> None:
    text = "'o1'; Write-Error e; Write-Warning w; Write-Information i; Write-Host h; Write-Verbose v -Verbose; 'o2'"
    streams = [stream for stream, _value in shell.run(text).written]
    assert streams == ["output", "error", "warning", "information", "information", "verbose", "output"]


def test_exit_ends_the_pipeline_with_its_code(shell: Shell) -> None:
    result = shell.run("'x'; exit 5; 'y'")
    assert (result.output, result.of("exit"), result.failure) == (["x"], [5], None)


def test_exit_in_a_script_file_ends_the_file(shell: Shell, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "s.ps1"
    file.write_text("param($a) \"got $a\"; exit 3; 'no'")
    result = shell.run("param($p) & $p 1; $?; $LASTEXITCODE", p=str(file))
    assert (result.output, result.of("exit")) == (["got 1", False, 3], [])


def test_native_programs(shell: Shell) -> None:
    result = shell.run("/bin/sh -c 'echo out; echo err >&2; exit 3'; $LASTEXITCODE; 'a', 'b' | /bin/cat")
    assert result.output == ["out", 3, "a", "b"]
    assert [(str(record), record.error_id) for record in result.of("error")] == [("err", "NativeCommandError")]


def test_a_windows_program_is_never_this_machines_of_that_name(shell: Shell) -> None:
    assert shell.run("true; sh -c 'exit 0'; $LASTEXITCODE").output == [0]
    failure = shell.run("true.exe").failure
    assert failure is not None
    assert failure.error_id == "CommandNotFoundException"


@pytest.mark.parametrize("text", ["'begin'; while ($true) { }", "'begin'; Start-Sleep 600", "'begin'; /bin/sleep 600"])
def test_stop_interrupts(shell: Shell, text: str) -> None:
    stop = threading.Event()
    recorder = Recorder()

    class Stopping(Recorder):
        def output(self, value: object) -> None:
            recorder.written.append(("output", value))
            threading.Timer(0.1, stop.set).start()

    with pytest.raises(PipelineStopped):
        shell.runspace.invoke(
            [[CommandCall(f"try {{ {text} }} finally {{ $cleaned = 1 }}", True)]], (), Stopping(), stop
        )
    assert recorder.written == [("output", "begin")]
    assert shell.output("$cleaned; 'alive'") == [1, "alive"]


def test_a_session_without_language_runs_visible_commands_only() -> None:
    shell = Shell(language=Language.NO_LANGUAGE, visible_commands=["Get-Location"])
    failure = shell.run("1").failure
    assert failure is not None
    assert str(failure).startswith("The syntax is not supported by this runspace.")
    assert len(shell.run("Get-Location", script=False).output) == 1
    for name in ("Get-Item", "/bin/sh", "Nope"):
        refused = shell.run(name, script=False).failure
        assert refused is not None
        assert refused.error_id == "CommandNotFoundException"


def test_a_switch_without_a_value_is_on() -> None:
    written = Shell().run("Out-String", script=False, input=["a", "b"], Stream=None)
    assert written.output == ["a", "b"]


def test_files(shell: Shell, tmp_path: pathlib.Path) -> None:
    script = """
param($d)
Set-Location $d
New-Item -ItemType Directory sub | ForEach-Object Name
[IO.File]::WriteAllText("$d/sub/a.txt", "1`n2`n")
(Get-Content sub/a.txt) -join ','
$s = [IO.File]::Open("$d/b.bin", 'Create', 'ReadWrite')
$s.Write([byte[]](1, 2, 3), 0, 3); $null = $s.Seek(1, 'Begin'); $s.ReadByte(); $s.Length; $s.Dispose()
$sha = [Security.Cryptography.SHA256]::Create()
[BitConverter]::ToString($sha.ComputeHash([IO.File]::ReadAllBytes("$d/b.bin"))).Replace('-', '').Length
(Get-ChildItem -Recurse -File).Name -join ','
Remove-Item sub -Recurse -Force; Test-Path sub
try { [IO.File]::OpenRead("$d/none") } catch [IO.FileNotFoundException] { 'missing' }
"""
    assert shell.output(script, d=str(tmp_path)) == ["sub", "1,2", 2, 3, 64, "b.bin,a.txt", False, "missing"]


def test_every_failure_has_powershells_form(shell: Shell) -> None:
    for text in ("nope-cmd", "[int]'x'", "1/0", "'a'.b.c()", "if (", "Get-Item -Nope 1", "[nope]::x", "throw 'x'"):
        with pytest.raises(PSTerminating):
            result = shell.run(text)
            assert result.failure is not None, text
            raise PSTerminating(result.failure)
