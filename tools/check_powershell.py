# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that every PowerShell file is written in the language of Windows PowerShell 5.1 (a developer's tool).

    check_powershell.py            every *.ps1 and *.psm1 of the checkout
    check_powershell.py FILE...    these

The grammar of tree-sitter-pwsh is that of PowerShell 7, so newer syntax is found by the nodes that stand for it.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import pathlib
import sys

import newer_powershell as newer
import tree_sitter
import tree_sitter_pwsh

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
_BLOCKS = ("function_statement", "script_block_expression")
#: A parameter may be abbreviated; a prefix this long of a newer one is taken for it.
_SHORTEST_PREFIX = 3


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """Something that 5.1 does not understand; the line counts from 1."""

    line: int
    text: str


def _walk(node: tree_sitter.Node) -> collections.abc.Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode(errors="replace")


def _errors(node: tree_sitter.Node, source: bytes) -> collections.abc.Iterator[Finding]:
    """Syntax errors below a node.

    The grammar rejects a valid ``function f { param($a) $a }`` on one line, so a block with an error in it is parsed
    again, its body alone, as a script.
    """
    if node.is_error or node.is_missing:
        yield Finding(node.start_point[0] + 1, f"syntax error at {_text(node)[:40]!r}")
    elif node.has_error:
        body = _body(node, source) if node.type in _BLOCKS else None
        if body is not None:
            yield from _errors(_PARSER.parse(body).root_node, body)
        else:
            for child in node.children:
                yield from _errors(child, source)


def _body(block: tree_sitter.Node, source: bytes) -> bytes | None:
    """What stands between a block's braces, padded with the lines before it; None where there are no two braces."""
    braces = [child for child in block.children if child.type in "{}"]
    if len(braces) < 2:
        return None
    start, end = braces[0].end_byte, braces[-1].start_byte
    return b"\n" * source[:start].count(b"\n") + source[start:end]


def _newer_parameters(command: tree_sitter.Node) -> collections.abc.Iterator[Finding]:
    name = next((_text(child).lower() for child in command.children if child.type == "command_name"), "")
    # A cmdlet may be called with its module's name.
    name = name.rpartition("\\")[2]
    name = newer.ALIASES.get(name, name)
    line = command.start_point[0] + 1
    if name in newer.COMMANDS:
        yield Finding(line, f"the command {name}")
    for elements in command.children:
        for element in elements.children:
            given = _text(element).lower().lstrip("-").rstrip(":") if element.type == "command_parameter" else ""
            for parameter in newer.PARAMETERS.get(name, ()):
                if parameter == given or (len(given) >= _SHORTEST_PREFIX and parameter.startswith(given)):
                    yield Finding(element.start_point[0] + 1, f"the parameter -{parameter} of {name}")


def _newer_syntax(node: tree_sitter.Node) -> collections.abc.Iterator[Finding]:
    line = node.start_point[0] + 1
    if node.type in newer.NODES:
        yield Finding(line, newer.NODES[node.type])
    elif node.type in newer.TOKENS and not node.children:
        yield Finding(line, newer.TOKENS[node.type])
    elif node.type == "variable" and _text(node).lower() in newer.VARIABLES:
        yield Finding(line, newer.VARIABLES[_text(node).lower()])
    elif node.type == "expandable_string_literal" and "`u{" in _text(node).replace("``", ""):
        yield Finding(line, "the escape `u{...}")
    elif node.type == "command":
        yield from _newer_parameters(node)


def check(source: bytes) -> list[Finding]:
    """All findings in a script, by line."""
    root = _PARSER.parse(source).root_node
    found = set(_errors(root, source))
    for node in _walk(root):
        found.update(_newer_syntax(node))
    return sorted(found)


def _files(root: pathlib.Path) -> list[pathlib.Path]:
    found = [path for pattern in ("*.ps1", "*.psm1") for path in root.rglob(pattern)]
    return sorted(path for path in found if ".build" not in path.relative_to(root).parts)


def main(names: list[str]) -> int:
    root = pathlib.Path(__file__).resolve().parents[1]
    files = [pathlib.Path(name) for name in names] or _files(root)
    problems = [f"{path}:{finding.line}: {finding.text}" for path in files for finding in check(path.read_bytes())]
    print(*problems, f"{len(files)} PowerShell files, {len(problems)} problems", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
