# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scopes, functions, parameters, modules: what a session keeps and how it binds (test process)."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.tests.unit.endpoint.powershell.shell import Shell

SCRIPTS: dict[str, list[object]] = {
    # scopes
    "$x = 1; & { $x = 2; $x }; $x": [2, 1],
    "$x = 1; . { $x = 2 }; $x": [2],
    # What a common parameter prefers is over with its call, in the caller's scope, too.
    ". { [CmdletBinding(SupportsShouldProcess)] param() [bool]$WhatIfPreference } -WhatIf; $WhatIfPreference": [
        True,
        False,
    ],
    "function f { $script:s = 5 }; f; $s": [5],
    "function f { $global:g = 6 }; f; $global:g": [6],
    "function outer { $v = 3; inner }; function inner { $v }; outer": [3],
    "1 | ForEach-Object { $seen = $_ }; $seen": [1],
    "$s = { $y }; $y = 4; & $s": [4],
    "$y = 1; $s = { $y }.GetNewClosure(); $y = 2; & $s": [1],
    # binding
    'function f($a, $b = 2) { "$a|$b|$args" }; f 1; f 1 3 4; f -b 5 6': ["1|2|", "1|3|4", "6|5|"],
    'function f { param([switch]$S, $a) "$S $a" }; f 1 -S; f -S:$false 2': ["True 1", "False 2"],
    "function f($Path) { $Path }; $h = @{Path = 'x'}; f @h; $l = , 'y'; f @l; f -Pa z": ["x", "y", "z"],
    "function f { [CmdletBinding()] param([Parameter(ValueFromPipeline)][int]$n) process { $n + 1 } }; '1', 2 | f": [
        2,
        3,
    ],
    "function f { param([Parameter(ValueFromPipelineByPropertyName)]$n) process { $n } }; "
    "@{n = 7} | ForEach-Object { [pscustomobject]$_ } | f": [7],
    "function f { param([Parameter(ValueFromRemainingArguments)][string[]]$r) $r.Count }; f a b c": [3],
    "function f { [CmdletBinding()] param($a) $PSBoundParameters.ContainsKey('a'); $PSBoundParameters.Count }; f": [
        False,
        0,
    ],
    "function f { [CmdletBinding(DefaultParameterSetName='a')] param([Parameter(ParameterSetName='a')]$x, "
    "[Parameter(ParameterSetName='b')]$y) $PSCmdlet.ParameterSetName }; f; f -y 1": [
        "a",
        "b",
    ],
    "function f { $input | ForEach-Object { $_ * 2 } }; 1, 2 | f": [2, 4],
    "function f { [Alias('zz')] param([Alias('n')]$name) $name }; f -n 1": [1],
    # aliases, functions, variables
    "Set-Alias ll Get-Location; (Get-Alias ll).Definition; (ll).Path.Length -gt 0": ["Get-Location", True],
    "Set-Variable v 3; Get-Variable v -ValueOnly; Remove-Variable v; $null -eq $v": [3, True],
    "$env:EMB_X = '1'; $env:emb_x; /bin/sh -c 'echo $EMB_X'; Remove-Item Env:EMB_X; \"[$env:EMB_X]\"": ["1", "1", "[]"],
    "function f { 1 }; ${function:f}.GetType().Name; Test-Path Function:f; Test-Path Variable:nope": [
        "ScriptBlock",
        True,
        False,
    ],
    "Set-StrictMode -Version Latest; try { $undefined_zz } catch { $_.FullyQualifiedErrorId }": ["VariableIsUndefined"],
    "Get-Variable LASTEXITCODE -ErrorAction SilentlyContinue; $?": [False],
    "[int]$typed = '4'; $typed; try { $typed = 'x' } catch { 'refused' }; $typed": [4, "refused", 4],
    "(Get-Command f -ErrorAction Ignore).Count; function f($a) { }; (Get-Command f).Parameters.Keys; "
    "(Get-Command Get-Culture).Definition": [0, "a", "\nGet-Culture [[-Name] <string[]>] [<CommonParameters>]\n"],
    # classes
    "class A { [int]$x = 1; [int] M() { return $this.x } }; class B : A { [string] ToString() { return 'B!' } }; "
    '$b = [B]::new(); $b.M(); "$b"; $b -is [A]': [
        1,
        "B!",
        True,
    ],
    "enum E { Red = 1; Blue }; [E]::Blue; [int][E]'red'": ["Blue", 1],
    # what Ansible sends
    "Get-Item /nope -ErrorAction SilentlyContinue\nIf (-not $?) { 'failed' }": ["failed"],
    "(Get-CimInstance Win32_OperatingSystem -Property LastBootUpTime).LastBootUpTime.GetType().Name": ["DateTime"],
    "whoami; hostname; $env:COMPUTERNAME; $env:USERNAME": ["srv\\user", "SRV", "SRV", "user"],
}


@pytest.mark.parametrize("text", SCRIPTS)
def test_gives(shell: Shell, text: str) -> None:
    assert [str(value) for value in shell.output(text)] == [str(value) for value in SCRIPTS[text]]


def test_a_session_keeps_its_state_and_shares_none(shell: Shell) -> None:
    other = Shell()
    shell.output("$v = 1; function f { 2 }; Set-Alias a f; $env:EMB_Y = '3'; Set-Location /usr")
    assert shell.output("$v; f; a; $env:EMB_Y; (Get-Location).Path") == [1, 2, 2, "3", "/usr"]
    assert other.output("$null -eq $v; $null -eq $env:EMB_Y; (Get-Location).Path -eq '/usr'") == [True, True, False]


def test_input_is_read_while_it_comes(shell: Shell) -> None:
    taken: list[int] = []

    def source() -> typing.Iterator[object]:
        for number in range(3):
            taken.append(number)
            yield number

    assert shell.run("$input | Select-Object -First 1", input=source()).output == [0]
    assert taken == [0]
    assert shell.run("process { $_ * 2 }", input=iter([1, 2])).output == [2, 4]


@pytest.mark.parametrize(
    ("call", "error_id"),
    [
        ("f", "MissingMandatoryParameter,f"),
        ("f -Nope 1", "NamedParameterNotFound,f"),
        ("f 1 2 3", "PositionalParameterNotFound,f"),
        ("f x", "ParameterArgumentTransformationError,f"),
        ("f 9", "ParameterArgumentValidationError,f"),
        ("f -a", "MissingArgument,f"),
        ("f -a 1 -a 2", "ParameterAlreadyBound,f"),
        ("Get-Item -Nope 1", "NamedParameterNotFound,Microsoft.PowerShell.Commands.GetItemCommand"),
        ("Start-Sleep x", "CannotConvertArgumentNoMessage,Microsoft.PowerShell.Commands.StartSleepCommand"),
    ],
)
def test_what_does_not_bind_is_an_error(shell: Shell, call: str, error_id: str) -> None:
    shell.output("function f { [CmdletBinding()] param([Parameter(Mandatory)][ValidateRange(1, 5)][int]$a, $b) $a }")
    failure = shell.run(call).failure
    assert failure is not None
    assert failure.error_id == error_id
