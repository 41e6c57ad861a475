# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check that our PowerShell is in the language of Windows PowerShell 5.1."""

from __future__ import annotations

import pathlib

import check_powershell
import pytest

VALID = [
    "$a = Get-Item -Path . -ErrorAction Stop\n$a.Name",
    "function f { param($a) $a }",
    "function g { function f { param($a) $a }; f 1 }",
    "function f {\n    param(\n        [string] $Name\n    )\n    process { $_ }\n}",
    "$x = { param($a) $a }",
    "[Guid]::NewGuid(); [Text.StringBuilder]::new()",
    'switch ($x) {\n    "a" { 1 }\n    default { 2 }\n}',
    "Get-ChildItem | ForEach-Object -Process { $_ } | Where-Object -Property Name -NotLike 'x*'",
    "ConvertTo-Json -InputObject $a -Depth 3 -Compress",
    "if ($IsLinux) { 'a ?? b' } # a && b, $c ? 1 : 2",
    "Get-Content -Path a -Encoding Byte -ReadCount 0",
]

NEWER = [
    ("$a ?? 1", "the ?? operator"),
    ("$a ??= 1", "the ??= operator"),
    ("$x ? 1 : 2", "the ternary operator"),
    ("a && b", "a pipeline chain (&&)"),
    ("a || b", "a pipeline chain (||)"),
    ("function f { begin { 1 } clean { 2 } }", "a clean block"),
    ('"$($a ?? 1)"', "the ?? operator"),
    ('"`u{1F600}"', "the escape `u{...}"),
    ("1 | % -Parallel { 1 }", "the parameter -parallel of foreach-object"),
    ("Microsoft.PowerShell.Utility\\ConvertTo-Json -AsArray 1", "the parameter -asarray of convertto-json"),
    ("ConvertFrom-Json -AsH $x", "the parameter -ashashtable of convertfrom-json"),
    ("ConvertFrom-Json -Depth:3 $x", "the parameter -depth of convertfrom-json"),
    ("gc a -AsByteStream", "the parameter -asbytestream of get-content"),
    ("iwr a -SkipCertificateCheck", "the parameter -skipcertificatecheck of invoke-webrequest"),
    ("New-PSSession -HostName a", "the parameter -hostname of new-pssession"),
    ("1, 2 | Join-String -Separator ';'", "the command join-string"),
    ("if ($IsWindows) { 1 }", "$IsWindows is null in 5.1"),
]


@pytest.mark.parametrize("script", VALID)
def test_language_of_5_1_is_accepted(script: str) -> None:
    assert check_powershell.check(script.encode()) == []


@pytest.mark.parametrize(("script", "name"), NEWER)
def test_newer_language_is_found(script: str, name: str) -> None:
    (finding,) = check_powershell.check(b"'the first line'\n" + script.encode())
    assert finding.line == 2
    assert finding.text.startswith(name)


@pytest.mark.parametrize("script", ["$a?.b", "$a?[0]", "foo &", "if ($a {", "function f { param($a) $a?.b }"])
def test_what_does_not_parse_is_an_error(script: str) -> None:
    (finding, *_more) = check_powershell.check(b"\n\n" + script.encode())
    assert finding.line == 3
    assert finding.text.startswith("syntax error at ")


def test_line_of_an_error_inside_a_block_that_is_parsed_again() -> None:
    (finding,) = check_powershell.check(b"function f { param($a)\n    $a\n    $a?.b\n}")
    assert finding.line == 3


def test_files_are_named_in_the_output(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.ps1", tmp_path / "bad.ps1"
    good.write_text("1 + 1\n")
    bad.write_text("1\n$a ?? 2\n")
    assert check_powershell.main([str(good)]) == 0
    assert check_powershell.main([str(good), str(bad)]) == 1
    assert f"{bad}:2: the ?? operator" in capsys.readouterr().out
