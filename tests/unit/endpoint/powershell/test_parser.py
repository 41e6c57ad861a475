# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parser takes, and how it refuses the rest (test process)."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.errors import ParseError
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.parser import parse
from ansible_collections.remoting.powershell.tests.unit.endpoint.powershell.shell import Shell

VALID: dict[str, list[object]] = {
    "function f { param($a) $a }; f 1": [1],
    "function f\n{\n[CmdletBinding()]\nparam\n(\n[string] $a = 'x'\n)\nprocess { $a }\n}\nf": ["x"],
    "function f { begin { 1 } process { 2 } end { 3 } }; f": [1, 2, 3],
    "filter q { $_ * 2 }; 1, 2 | q": [2, 4],
    "foreach ($i in 1..3) { $i }": [1, 2, 3],
    "1..3 | ForEach-Object { $_ }": [1, 2, 3],
    "switch (2) { 1 { 'a' } 2 { 'b' } default { 'c' } }": ["b"],
    ':outer foreach ($a in 1, 2) { foreach ($b in 1, 2) { if ($b -eq 2) { continue outer }; "$a$b" } }': ["11", "21"],
    "@(\n1\n2,\n3\n).Count": [3],
    "$a = 1 +\n2; $a": [3],
    "$a = 1 `\n + 2; $a": [3],
    "1, 2 |\n  Measure-Object |\n  ForEach-Object Count": [2],
    "1, 2\n| Measure-Object | ForEach-Object Count": [2],
    "if ($false)\n{ 1 }\nelse\n{ 2 }": [2],
    "<# a #> 1 # b\n2": [1, 2],
    "@'\na 'b' $c\n'@": ["a 'b' $c"],
    '$x = 1; @"\n"$x" $($x + 1)\n"@': ['"1" 2'],
    "'it''s'; \"a`\"b`0\"": ["it's", 'a"b\0'],
    '$h = @{a = @{b = 5}}; "$($h.a.b) $h.a"': ["5 System.Collections.Hashtable.a"],
    "-1; - 1; 1 - -1; -not $true; !$false": [-1, -1, 2, False, True],
    "10kb; 0x10; 1e3; 1.5; 2gb": [10240, 16, 1000.0, 1.5, 2147483648],
    "0xD83D; 0xfL; 0x1dkb": [0xD83D, 15, 0x1D * 1024],
    "@{a=1; 'b c'=2\nd=3}.Count": [3],
    "[int[]]@('1','2') -join ','": ["1,2"],
    "$x = if (1) { 'y' } else { 'n' }; $x": ["y"],
    "$x = foreach ($i in 1, 2) { $i }; $x.Count": [2],
    "try { throw 'a' } catch { 'c' } finally { 'f' }": ["c", "f"],
    "& { param($a, $b = 2) $a + $b } 1": [3],
    "(1 + 2) * 3; 1 + 2 * 3": [9, 7],
    "'{0}-{1}' -f 1, 2 + 'x'": ["1-2x"],
    "$a = $b = 4; $a + $b": [8],
    "$i = 1; $i++; ++$i; $i": [3],
    "1 -eq 1 -and 2 -eq 3 -or $true": [True],
    "echo a-b c/d *.x 'e f'": ["a-b", "c/d", "*.x", "e f"],
    "$d = '/a'; echo $d/b \"$d\"/c": ["/a/b", "/a", "/c"],
    "echo [int] 7z -1 1.50": ["[int]", "7z", -1, 1.5],
    "$true ? 1 : 2; $null ?? 3; 4; ${null}?.x": [1, 3, 4, None],
    "1 && 2; 3 || 4": [1, 2, 3],
    "trap { 't'; continue } throw 'x'; 'end'": ["t", "end"],
    "class P { [int]$A = 1; P() { $this.A = 2 } [int] F() { return $this.A } }; [P]::new().F()": [2],
    "do { 1 } while ($false)\n2": [1, 2],
}


@pytest.mark.parametrize("text", VALID)
def test_runs_what_is_valid(shell: Shell, text: str) -> None:
    assert [str(value) for value in shell.output(text)] == [str(value) for value in VALID[text]]


@pytest.mark.parametrize(
    ("text", "error_id", "message"),
    [
        ("if (", "IfStatementMissingCondition", "Missing condition in if statement after 'if ('."),
        ("'abc", "TerminatorExpectedAtEndOfString", "The string is missing the terminator: '."),
        ('"abc', "TerminatorExpectedAtEndOfString", 'The string is missing the terminator: ".'),
        ("{ 1", "MissingEndCurlyBrace", "Missing closing '}' in statement block or type definition."),
        ("(1", "MissingEndParenthesisInExpression", "Missing closing ')' in expression."),
        ("1 +", "ExpectedValueExpression", "You must provide a value expression following the '+' operator."),
        ("try { 1 }", "MissingCatchOrFinally", "The Try statement is missing its Catch or Finally block."),
        ("1 2", "UnexpectedToken", "Unexpected token '2' in expression or statement."),
        ("}", "UnexpectedToken", "Unexpected token '}' in expression or statement."),
        ("a |", "EmptyPipeElement", "An empty pipe element is not allowed."),
        ("@{a}", "MissingEqualsInHashLiteral", "Missing '=' operator after key in hash literal."),
    ],
)
def test_refuses_with_powershells_words(text: str, error_id: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert (caught.value.error_id, caught.value.message) == (error_id, message)


def test_an_incomplete_script_is_told_from_a_wrong_one(shell: Shell) -> None:
    for text, name in (("if (", "IncompleteParseException"), ("1 2", "ParseException")):
        failure = shell.run(text).failure
        assert failure is not None
        assert failure.exception.type_names[0] == f"System.Management.Automation.{name}"


def test_deep_nesting_is_refused_not_a_crash() -> None:
    with pytest.raises(ParseError):
        parse("(" * 100_000)
