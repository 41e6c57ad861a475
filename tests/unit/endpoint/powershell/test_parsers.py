# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluator's parser beside tree-sitter-pwsh, another one of the same language (test process)."""

from __future__ import annotations

import collections.abc
import pathlib
import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import syntax
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.parser import parse
from ansible_collections.remoting.powershell.tests.unit.endpoint.powershell.shell import Shell

tree_sitter: typing.Any = pytest.importorskip("tree_sitter", reason="compares with tree-sitter-pwsh")
grammar: typing.Any = pytest.importorskip("tree_sitter_pwsh", reason="compares with tree-sitter-pwsh")

_ROOT = pathlib.Path(__file__).resolve().parents[4]
_SCRIPTS = sorted(path for folder in ("plugins", "roles") for path in (_ROOT / folder).rglob("*.ps1") if path.is_file())

#: Valid code that tree-sitter-pwsh reads as something else without saying so: the node that it makes of a part, and
#: what PowerShell gives.  This is why the evaluator does not stand on it.
_MISREAD = {
    "1..3 | ForEach-Object { $_ }": ("command_name", "1..3", [1, 2, 3]),
    "[CmdletBinding()]\nparam\n(\n[int] $a = 4\n)\n$a": ("command_name", "param", [4]),
    "begin { 1 } process { 2 } end { 3 }": ("command_name", "begin", [1, 2, 3]),
}
#: Valid code that it refuses.
_REFUSED = {
    "function f { param($a) $a }; f 1": [1],
    "switch (2) { 1 { 'a' } 2 { 'b' } }": ["b"],
}


def _root(text: str) -> typing.Any:
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    return parser.parse(text.encode()).root_node


def _nodes(node: typing.Any) -> collections.abc.Iterator[typing.Any]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _functions(value: object) -> collections.abc.Iterator[str]:
    """The names of the functions that a tree of the evaluator defines."""
    if isinstance(value, syntax.FunctionDefinition):
        yield value.name
    if isinstance(value, (list, tuple)):
        children: collections.abc.Iterable[object] = value
    elif isinstance(value, dict):
        children = value.values()
    elif isinstance(value, (syntax.Node, syntax.ScriptBlock)):
        children = vars(value).values()
    else:
        return
    for child in children:
        yield from _functions(child)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in _SCRIPTS])
def test_both_take_the_collections_scripts(path: pathlib.Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    root = _root(text)
    theirs = [node.text.decode() for node in _nodes(root) if node.type == "function_name"]
    assert not root.has_error
    assert sorted(_functions(parse(text))) == sorted(theirs)


@pytest.mark.parametrize("text", _MISREAD)
def test_valid_code_that_the_other_misreads(shell: Shell, text: str) -> None:
    kind, part, output = _MISREAD[text]
    root = _root(text)
    assert not root.has_error
    assert part in [node.text.decode().strip() for node in _nodes(root) if node.type == kind]
    assert shell.output(text) == output


@pytest.mark.parametrize("text", _REFUSED)
def test_valid_code_that_the_other_refuses(shell: Shell, text: str) -> None:
    assert _root(text).has_error
    assert shell.output(text) == _REFUSED[text]
