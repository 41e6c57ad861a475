# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the collection as a whole: its metadata, and the shape of its files."""

from __future__ import annotations

import ast
import pathlib
import re

import pytest
import yaml

from ansible_collections.remoting.powershell.plugins.plugin_utils import _wire

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = (
    "# Copyright: (c) 2026, the remoting.powershell contributors",
    "# GNU General Public License v3.0+ "
    "(see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)",
    "# SPDX-License-" + "Identifier: GPL-3.0-or-later",  # in two, or else it is read as this line's own
)
FOLDERS = ("meta", "playbooks", "plugins", "roles", "tests", "tools", "docs")
CODE = (".py", ".ps1", ".psm1", ".sh", ".yml", ".yaml", ".txt")
#: Data in plain text, and outputs of tools, which have no place for a header.
WITHOUT_HEADER = ("tests/sanity/ignore-", "tests/output/")

#: Lines of a file, its documentation constants aside: in the collection, and in the tests (tables of cases, evaluator).
MOST_LINES = {"plugins": 350}
MOST_LINES_ELSEWHERE = 520
MOST_FUNCTION_LINES = 45
#: Longer files and functions, each with the reason why it is not cut.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def _files(*suffixes: str) -> list[pathlib.Path]:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _name(path: pathlib.Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _statements(tree: ast.Module) -> int:
    """Lines of code of a module, its string constants of documentation aside (DOCUMENTATION, EXAMPLES, RETURN)."""
    documentation = 0
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            documentation += (node.end_lineno or node.lineno) - node.lineno + 1
    return (tree.body[-1].end_lineno or 0) - documentation if tree.body else 0


def _load(name: str) -> dict[str, object]:
    loaded = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def _stems(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / folder).glob("*.py") if path.stem != "__init__")


def test_action_group_names_every_action_plugin() -> None:
    groups = _load("meta/runtime.yml")["action_groups"]
    assert isinstance(groups, dict)
    assert groups["pssession"] == _stems("action")


def test_every_action_has_a_module_that_documents_it() -> None:
    assert _stems("action") == _stems("modules")


def test_version_is_stated_once_for_people_and_once_for_the_code() -> None:
    assert _load("galaxy.yml")["version"] == _wire.VERSION


def test_execution_environment_names_existing_files() -> None:
    dependencies = _load("meta/execution-environment.yml")["dependencies"]
    assert isinstance(dependencies, dict)
    assert [name for name in dependencies.values() if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("path", _files(*CODE), ids=_name)
def test_header(path: pathlib.Path) -> None:
    if _name(path).startswith(WITHOUT_HEADER):
        pytest.skip("a file that a tool reads line by line")
    lines = path.read_text(encoding="utf-8").splitlines()[:5]
    start = 1 if lines and lines[0].startswith(("#!", "---")) else 0
    assert tuple(lines[start : start + 3]) == HEADER


@pytest.mark.parametrize("path", _files(".py"), ids=_name)
def test_size(path: pathlib.Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = _name(path)
    most = MOST_LINES.get(name.partition("/")[0], MOST_LINES_ELSEWHERE)
    assert _statements(tree) <= most or name in LONG_FILES
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_FUNCTION_LINES or f"{name}:{node.name}" in LONG_FUNCTIONS, (
                f"{node.name}: {length} lines"
            )


def test_exceptions_are_still_needed() -> None:
    listed = {*LONG_FILES, *(name.partition(":")[0] for name in LONG_FUNCTIONS)}
    assert [name for name in listed if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("path", _files(*CODE, ".md", ".rst", ".cfg", ".toml"), ids=_name)
def test_no_path_of_somebodys_machine(path: pathlib.Path) -> None:
    text = path.read_text(encoding="utf-8")
    # Written so that this file does not find itself.
    assert re.findall(r"(?<![\w.])/(?:home|Users|work|root)/\w[\w./-]*", text) == []
