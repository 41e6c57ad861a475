# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators, conversions, members and texts (test process)."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.convert import to_string
from ansible_collections.remoting.powershell.tests.unit.endpoint.powershell.shell import Shell

EXPRESSIONS: dict[str, list[object]] = {
    # operators
    "7 / 2; 6 / 2; 7 % 3; -7 % 3": [3.5, 3, 1, -1],
    "[int]::MaxValue + 1": [2147483648.0],
    "'a' * 3; 'a' + 1; 1 + '2'; '1' + 2": ["aaa", "a1", 3, "12"],
    "1, 2 + 3; (@(1, 2) * 2).Count": [1, 2, 3, 4],
    "(@{a = 1} + @{b = 2}).Count": [2],
    "'A' -eq 'a'; 'A' -ceq 'a'; 1 -eq '1'; '01' -eq 1": [True, False, True, False],
    "$null -eq 0; 0 -eq $null; $null -eq $null": [False, False, True],
    "1, 2, 3 -gt 1; 1, 2 -eq 5": [2, 3],
    "'abc' -like 'A*'; 'abc' -clike 'A*'; 'a' -notlike 'b'": [True, False, True],
    "'abc' -match 'B(.)'; $Matches[1]": [True, "c"],
    "'aXbX' -replace 'x', '-'; 'ab' -replace '(a)(b)', '$2$1'": ["a-b-", "ba"],
    "'a,b' -split ','; 'a b' -split ' ', 2; -split ' x  y '": ["a", "b", "a", "b", "x", "y"],
    "1, 2 -contains 2; 2 -in 1, 2; 3 -notin 1, 2": [True, True, True],
    "5 -band 3; 5 -bor 2; 1 -shl 4; -bnot 0; 6 -bxor 3": [1, 7, 16, -1, 5],
    "1 -is [int]; 'a' -isnot [int]; '5' -as [int]; 'x' -as [int]": [True, True, 5],
    "'{0:N1} {1:x} {2,4} {3:d3}' -f 1234.56, 255, 'r', 7": ["1,234.6 ff    r 007"],
    "'a'..'c' -join ''; 3..1": ["abc", 3, 2, 1],
    "(1, 2, 3)[-1]; (1, 2, 3)[0, 2]; 'abc'[1]; @{a = 1}['a']": [3, 1, 3, "b", 1],
    "$m = [int[,]]::new(2, 3); $m[1, 2] = 7; $m[0, 1] += 5; $m -join ','; $m.Rank; $m.GetLength(1); $m[1, 2]": [
        "0,5,0,0,0,7",
        2,
        3,
        7,
    ],
    "1 + 2.5; 7.5 % 2; 0.1 + 0.2 -eq 0.3; 1.5d * 2; [decimal]'1.10' + 1": [3.5, 1.5, False, "3.0", "2.10"],
    "$a, $b = 1, 2, 3; $a; $b -join ','; $x = [byte[]](1, 2); $x[0] = 9; $x[0]": [1, "2,3", 9],
    "'aXb' -replace 'x', { $_.Value * 2 }; 'ab', 'cb' -replace 'b', 'd'": ["aXXb", "ad", "cd"],
    "for ($i = 0; $i -lt 3; $i++) { if ($i -eq 1) { continue }; $i }": [0, 2],
    "foreach ($i in 1..9) { if ($i -gt 2) { break }; $i }; switch ('b') { 'a' { 1 } default { 2 } }": [1, 2, 2],
    # conversions
    "[int]'0x1F'; [int]2.5; [int]3.5; [int]$true; [int][char]'a'": [31, 2, 4, 1, 97],
    "[bool]'false'; [bool]''; [bool]@(0); [bool]@(0, 0)": [True, False, False, True],
    '[string]1.5; [string]@(1, 2); "$(1e20)"; [string]$null': ["1.5", "1 2", "1E+20", ""],
    "[version]'1.2' -lt [version]'1.10'; ([version]'1.2.3').Build": [True, 3],
    "[DayOfWeek]'friday'; [int][DayOfWeek]::Friday": ["Friday", 5],
    "[pscustomobject]@{A = 1; B = 'x'}": ["@{A=1; B=x}"],
    "([datetime]'2026-01-02 03:04:05').ToString('s')": ["2026-01-02T03:04:05"],
    "[timespan]::FromSeconds(90); [timespan]'1.02:03:04'": ["00:01:30", "1.02:03:04"],
    "([byte[]](1, 2)).Length; [byte[]]::new(3) -join ','": [2, "0,0,0"],
    # members and methods
    "'abc'.Length; 'abc'.Substring(1, 1); 'a-b'.Split('-')[1]; 'x'.PadLeft(3, '.')": [3, "b", "b", "..x"],
    "[Math]::Round(2.5); [Math]::Max(2, 3); [Math]::Floor(-1.5)": [2.0, 3, -2.0],
    "[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes('hé'))": ["aMOp"],
    "[Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('YQA='))": ["a"],
    "[BitConverter]::ToString([byte[]](1, 171))": ["01-AB"],
    "[string]::Join(',', 1, 2); [string]::IsNullOrEmpty('')": ["1,2", True],
    "$l = [Collections.Generic.List[int]]::new(); $l.Add('4'); $l[0].GetType().Name": ["Int32"],
    "$o = [pscustomobject]@{A = 1}; $o | Add-Member B 2; $o.B; $o.A = 3; $o.A": [2, 3],
    "@{a = 1; b = 2}.Keys.Count; ([ordered]@{z = 1; a = 2}).Keys -join ''": [2, "za"],
    "@(@{n = 1}, @{n = 2}).n -join ','": ["1,2"],
    "(1, 2, 3).Where({ $_ -gt 1 }).Count; (1, 2).ForEach({ $_ * 2 }) -join ','": [2, "2,4"],
    "[System.IO.Path]::GetExtension('a.txt'); [IO.Path]::Combine('/a', 'b')": [".txt", "/a/b"],
    "(New-Object System.IO.FileInfo '/etc/passwd').Name; (New-Object IO.FileInfo '/none/a').Exists": ["passwd", False],
    "$s = (Get-Item /etc/passwd).OpenRead(); $s.Position; $s.Close()": [0],
    "($PSVersionTable | Out-String).Contains('PSEdition'); $PSVersionTable.GetType().Name": [
        True,
        "PSVersionHashTable",
    ],
    "[regex]::Matches('a1b22', '\\d+').Count; [regex]::Escape('a.b')": [2, "a\\.b"],
    '\'{"a": [1, {"b": null}]}\' | ConvertFrom-Json | ForEach-Object { $_.a[0] }': [1],
    "@{a = @(1); b = $null; c = 'x\"'} | ConvertTo-Json -Compress": ['{"a":[1],"b":null,"c":"x\\""}'],
    "'a,b', '1,2' | ConvertFrom-Csv | ForEach-Object b": ["2"],
    "' a '.Trim(); 'abc'.IndexOf('c'); 'abc'.Contains('b'); 'abc'.StartsWith('ab'); 'a'.ToUpper()": [
        "a",
        2,
        True,
        True,
        "A",
    ],
    "[string]::Format('{0}-{1}', 1, 2); 'ab'.ToCharArray().Count; 'a'.PadRight(2, '.')": ["1-2", 2, "a."],
    "[Math]::Abs(-3); [Math]::Min(2, 3); [Math]::Ceiling(1.2)": [3, 2, 2.0],
    "$h = @{}; $h.Add('a', 1); $h.Remove('a'); $h.Count; $l = [Collections.ArrayList]@(1); $l.Clear(); $l.Count": [
        0,
        0,
    ],
    "$o = [pscustomobject]@{A = 1}; $o.PSObject.Properties['A'].Value = 5; $o.A; $o.PSObject.Properties.Name": [5, "A"],
    "(Get-Date '2026-01-02').ToString('dddd d MMM yyyy tt'); ([datetime]'2026-01-02') -gt '2026-01-01'": [
        "Friday 2 Jan 2026 AM",
        True,
    ],
    "([datetime]'2026-01-03' - [datetime]'2026-01-02').TotalHours; [guid]::NewGuid().ToString().Length": [24.0, 36],
    # the pipeline's commands
    "3, 1, 2 | Sort-Object -Descending; 1..9 | Select-Object -First 2": [3, 2, 1, 1, 2],
    '1, 1, 2 | Group-Object | ForEach-Object { "$($_.Name)x$($_.Count)" }': ["1x2", "2x1"],
    "(1..4 | Measure-Object -Sum -Average).Sum": [10.0],
    "Join-Path /a b; Split-Path /a/b -Leaf; Split-Path /a/b; Invoke-Expression '1 + 1'": ["/a/b", "b", "/a", 2],
    "(New-Object -TypeName 'byte[]' -ArgumentList 3).Length; (New-Object PSObject -Property @{A = 1}).A": [3, 1],
    "(1..3 | Measure-Object -Maximum).Maximum; 1..5 | Select-Object -Last 2; 1, 1 | Select-Object -Unique": [
        3.0,
        4,
        5,
        1,
    ],
    "1..4 | Where-Object { $_ % 2 }; @{n = 5} | Where-Object n -gt 4 | ForEach-Object n": [1, 3, 5],
    "$null | ForEach-Object { 'once' }; & {} | ForEach-Object { 'never' }": ["once"],
    "$n = & {}; $n | ForEach-Object { 'never' }; @($n).Count": [0],
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_gives(shell: Shell, text: str) -> None:
    found = [to_string(value) for value in shell.output(text) if value is not None]
    assert found == [to_string(value) for value in EXPRESSIONS[text]]


@pytest.mark.parametrize(
    ("text", "message", "error_id"),
    [
        ("1 / 0", "Attempted to divide by zero.", "RuntimeException"),
        ("$null.Foo()", "You cannot call a method on a null-valued expression.", "InvokeMethodOnNull"),
        ("[nope]", "Unable to find type [nope].", "TypeNotFound"),
        (
            "'a'.Nope()",
            "Method invocation failed because [System.String] does not contain a method named 'Nope'.",
            "MethodNotFound",
        ),
        (
            "[int]'abc'",
            'Cannot convert value "abc" to type "System.Int32". Error: '
            "\"The input string 'abc' was not in a correct format.\"",
            "InvalidCastFromStringToInteger",
        ),
        (
            "[int]::Parse('x')",
            'Exception calling "Parse" with "1" argument(s): "The input string \'x\' was not in a correct format."',
            "FormatException",
        ),
        (
            "'abc'.Substring(9)",
            'Exception calling "Substring" with "1" argument(s): "startIndex cannot be larger than length of string. '
            "(Parameter 'startIndex')\"",
            "ArgumentOutOfRangeException",
        ),
        ("$x = $null; $x[0]", "Cannot index into a null array.", "NullArray"),
        ("throw 'mine'", "mine", "mine"),
        ("throw", "ScriptHalted", "ScriptHalted"),
    ],
)
def test_fails_with_powershells_words(shell: Shell, text: str, message: str, error_id: str) -> None:
    failure = shell.run(text).failure
    assert failure is not None
    assert (str(failure), failure.error_id) == (message, error_id)
