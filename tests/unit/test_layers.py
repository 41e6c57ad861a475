# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layer rule of docs/architecture.md, read off the imports of every module below plugins/."""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import pathlib
import sys

import pytest

PLUGINS = pathlib.Path(__file__).resolve().parents[2] / "plugins"
UTILS = ("plugin_utils",)

#: Which layers each layer may import; itself always.  Everything outside the named packages is the worker's.
MAY_IMPORT = {
    "_wire": set(),
    "_psrp": set(),
    "_transport": set(),
    "_broker": {"_wire", "_psrp", "_transport"},
    "_client": {"_wire"},
    "worker": {"_client", "_wire"},
}
BROKER_SIDE = {"_broker", "_psrp", "_transport"}
WITHOUT_ANSIBLE = {*BROKER_SIDE, "_wire", "_client"}
#: What would run or rebuild whatever it is given.
FORBIDDEN_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}


@dataclasses.dataclass(frozen=True)
class Import:
    """One import statement: the absolute module it names, and whether it may fail without harm."""

    module: tuple[str, ...]
    line: int
    guarded: bool
    for_types: bool


def layer_of(module: tuple[str, ...]) -> str:
    """The layer of a module of ours, given by its path below plugins/."""
    name = module[1] if module[:1] == UTILS and len(module) > 1 else ""
    return name if name in MAY_IMPORT else "worker"


def module_of(path: pathlib.Path) -> tuple[str, ...]:
    parts = path.relative_to(PLUGINS).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def _absolute(node: ast.ImportFrom, path: pathlib.Path) -> list[tuple[str, ...]]:
    """The modules that ``from x import a, b`` may mean, x.a and x.b, since a may be a module; dots resolved."""
    package = path.relative_to(PLUGINS).parts[:-1]
    base = ("plugins", *package)[: len(package) + 2 - node.level] if node.level else ()
    named = (*base, *(node.module or "").split(".")) if node.module else base
    return [(*named, alias.name) for alias in node.names]


def _is_type_checking(node: ast.If) -> bool:
    return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING")


def imports_of(tree: ast.Module, path: pathlib.Path) -> collections.abc.Iterator[Import]:
    """Every import of a module, however deep it stands."""

    def visit(node: ast.AST, guarded: bool, for_types: bool) -> collections.abc.Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(tuple(alias.name.split(".")), node.lineno, guarded, for_types)
        elif isinstance(node, ast.ImportFrom):
            for module in _absolute(node, path):
                yield Import(module, node.lineno, guarded, for_types)
        elif isinstance(node, ast.Try):
            for part in node.body:
                yield from visit(part, True, for_types)
            for other in (*node.handlers, *node.orelse, *node.finalbody):
                yield from visit(other, guarded, for_types)
        else:
            guarded = guarded or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            typed = for_types or (isinstance(node, ast.If) and _is_type_checking(node))
            for child in ast.iter_child_nodes(node):
                yield from visit(child, guarded, typed)

    yield from visit(tree, False, False)


def _own(module: tuple[str, ...]) -> tuple[str, ...] | None:
    """The path below plugins/ of an imported module of ours, or None."""
    if module[:1] == ("plugins",):
        return module[1:]
    if module[:4] == ("ansible_collections", "remoting", "powershell", "plugins"):
        return module[4:]
    return None


def layer_violations(tree: ast.Module, path: pathlib.Path) -> list[str]:
    """What a module imports against the rule."""
    layer = layer_of(module_of(path))
    found = []
    for imported in imports_of(tree, path):
        own = _own(imported.module)
        if own is not None and imported.module[0] != "plugins":
            found.append(f"line {imported.line}: our own modules are imported relatively")
        if own is not None and own[:1] == UTILS and len(own) > 1:
            target = layer_of(own)
            if target not in (layer, *MAY_IMPORT[layer]):
                found.append(f"line {imported.line}: {layer} imports {target}")
        if imported.module[0] == "ansible" and layer in WITHOUT_ANSIBLE and not imported.for_types:
            found.append(f"line {imported.line}: {layer} imports ansible")
        if imported.module[0] in FORBIDDEN_MODULES:
            found.append(f"line {imported.line}: {imported.module[0]}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            found.append(f"line {node.lineno}: calls {node.func.id}")
    return found


def third_party(tree: ast.Module, path: pathlib.Path) -> list[Import]:
    """The imports of libraries that neither Python nor ansible-core brings."""
    known = {*sys.stdlib_module_names, "ansible", "ansible_collections", "plugins", "yaml", "jinja2"}
    return [found for found in imports_of(tree, path) if found.module[0] not in known and not found.for_types]


def _modules() -> list[pathlib.Path]:
    return sorted(PLUGINS.rglob("*.py"))


def _parse(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@pytest.mark.parametrize("path", _modules(), ids=lambda path: "/".join(module_of(path)))
def test_imports_follow_the_layers(path: pathlib.Path) -> None:
    assert layer_violations(_parse(path), path) == []


@pytest.mark.parametrize("path", _modules(), ids=lambda path: "/".join(module_of(path)))
def test_third_party_imports_are_guarded(path: pathlib.Path) -> None:
    """A check that has none of the libraries imports every module of ours, and so does an incomplete installation."""
    unguarded = [
        f"line {found.line}: {found.module[0]}" for found in third_party(_parse(path), path) if not found.guarded
    ]
    assert unguarded == []


def test_each_library_is_imported_in_one_module() -> None:
    users: dict[str, set[str]] = {}
    for path in _modules():
        for found in third_party(_parse(path), path):
            users.setdefault(found.module[0], set()).add("/".join(module_of(path)))
    assert {library: sorted(modules) for library, modules in users.items() if len(modules) > 1} == {}


@pytest.mark.parametrize(
    ("place", "source", "complaint"),
    [
        ("plugin_utils/_wire/x.py", "from .._client import call", "_wire imports _client"),
        ("plugin_utils/_psrp/x.py", "from .. import _wire", "_psrp imports _wire"),
        ("plugin_utils/_transport/x.py", "from .._psrp.pool import Pool", "_transport imports _psrp"),
        ("plugin_utils/_broker/x.py", "def f():\n    from .. import _client", "_broker imports _client"),
        ("plugin_utils/_broker/x.py", "import ansible.errors", "_broker imports ansible"),
        ("plugin_utils/_broker/x.py", "import pickle", "pickle"),
        ("plugin_utils/_broker/x.py", "eval('1')", "calls eval"),
        ("plugin_utils/_client.py", "from . import _broker", "_client imports _broker"),
        ("plugin_utils/pssession/x.py", "from .._broker import server", "worker imports _broker"),
        ("connection/x.py", "from ..plugin_utils._transport import wsman", "worker imports _transport"),
        (
            "action/x.py",
            "from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp import pool",
            "worker imports _psrp",
        ),
    ],
)
def test_the_rule_finds_what_it_forbids(place: str, source: str, complaint: str) -> None:
    assert any(found.endswith(complaint) for found in layer_violations(ast.parse(source), PLUGINS / place))


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (
            "plugin_utils/_broker/server.py",
            "from .._wire import frames\nfrom .._psrp.pool import P\nfrom . import session",
        ),
        ("plugin_utils/_client.py", "from ._wire import frames"),
        ("plugin_utils/_options.py", "from ansible.errors import AnsibleError\nfrom ._wire.errors import E"),
        ("connection/pssession.py", "from ..plugin_utils import _client, _options"),
        ("action/pssession_info.py", "from ..plugin_utils._plugin.base import Base"),
    ],
)
def test_the_rule_allows_what_the_layers_need(place: str, source: str) -> None:
    assert layer_violations(ast.parse(source), PLUGINS / place) == []


def test_a_guard_is_a_try_or_a_function() -> None:
    source = "try:\n    import pypsrp\nexcept ImportError:\n    import psrpcore\ndef f():\n    import spnego\n"
    source += "import requests"
    found = {each.module[0]: each.guarded for each in third_party(ast.parse(source), PLUGINS / "plugin_utils/x.py")}
    assert found == {"pypsrp": True, "psrpcore": False, "spnego": True, "requests": False}
