# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/contract.md, the page of all options, from the plugins' documentation (a developer's tool).

    contract.py           writes the page
    contract.py --check   ends with 1 where the page is not what it would write

Reads the documentation as text, without ansible-core: the page is the same for each of its versions.
"""

from __future__ import annotations

import ast
import functools
import pathlib
import sys
import typing

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "contract.md"
_OURS = "remoting.powershell."
_CONNECTION = "connection"
_MODULE = "pssession"

_HEAD = """\
# The contract

What users may rely on: every option with its type, default and choices, and where each parameter of the cmdlets that
make sessions is found. `tools/contract.py` makes this page of the plugins' documentation; a test compares the two.

Times are in seconds. Choices may be written in upper or lower case where a module takes them.
"""


def options(path: pathlib.Path) -> dict[str, dict[str, typing.Any]]:
    """The options that a plugin documents, by name, those of our own fragments among them."""
    documentation = _documentation(path)
    found: dict[str, dict[str, typing.Any]] = {}
    for fragment in documentation.get("extends_documentation_fragment", []):
        if fragment.startswith(_OURS):
            name = fragment.removeprefix(_OURS)
            found.update(_documentation(ROOT / "plugins" / "doc_fragments" / f"{name}.py").get("options", {}))
    found.update(documentation.get("options", {}))
    return dict(sorted(found.items()))


def plugins() -> dict[str, pathlib.Path]:
    """What has options: the connection, and the modules by name."""
    modules = sorted((ROOT / "plugins" / "modules").glob("[a-z]*.py"))
    return {
        _CONNECTION: ROOT / "plugins" / "connection" / "pssession.py",
        **{path.stem: path for path in modules},
    }


def cmdlets() -> dict[str, dict[str, dict[str, typing.Any]]]:
    """Cmdlets, their parameters, and what became of each."""
    loaded = yaml.safe_load((ROOT / "tools" / "cmdlets.yml").read_text(encoding="utf-8"))
    return typing.cast("dict[str, dict[str, dict[str, typing.Any]]]", loaded)


def option_of(reference: str) -> tuple[str, str]:
    """The plugin and the option that a reference of cmdlets.yml means."""
    kind, _dot, name = reference.partition(".")
    return {"c": _CONNECTION, "m": _MODULE}[kind], name


def title(plugin: str) -> str:
    """The heading of a plugin's options."""
    return f"Connection `{_OURS}{_MODULE}`" if plugin == _CONNECTION else f"Module `{_OURS}{plugin}`"


def page() -> str:
    """The page's text."""
    parts = [_HEAD]
    for name, path in plugins().items():
        parts.append(f"## {title(name)}\n\n{_option_table(options(path), name == _CONNECTION)}")
    for cmdlet, parameters in cmdlets().items():
        parts.append(f"## Parameters of `{cmdlet}`\n\n{_parameter_table(parameters)}")
    return "\n".join(parts)


@functools.cache
def _documentation(path: pathlib.Path) -> dict[str, typing.Any]:
    """The constant DOCUMENTATION of a plugin or of a fragment's class."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["DOCUMENTATION"]:
            return typing.cast("dict[str, typing.Any]", yaml.safe_load(ast.literal_eval(node.value)))
    raise ValueError(f"{path} has no documentation")


def _option_table(found: dict[str, dict[str, typing.Any]], has_variables: bool) -> str:
    head = ["Option", "Type", "Default", "Choices", *(["Variable"] if has_variables else [])]
    rows = []
    for name, option in _with_suboptions(found):
        row = [f"`{name}`", _type(option), _shown(option.get("default")), _listed(option.get("choices", []))]
        if has_variables:
            # The last one wins; those before are psrp's and winrm's.
            row.append(_listed([option["vars"][-1]["name"]] if option.get("vars") else []))
        rows.append(row)
    return _table(head, rows)


def _with_suboptions(found: dict[str, dict[str, typing.Any]]) -> typing.Iterator[tuple[str, dict[str, typing.Any]]]:
    for name, option in found.items():
        yield name, option
        for inner, suboption in option.get("suboptions", {}).items():
            yield f"{name}[].{inner}", suboption


def _parameter_table(parameters: dict[str, dict[str, typing.Any]]) -> str:
    rows = []
    for name, parameter in parameters.items():
        carriers = []
        for reference in parameter.get("options", []):
            plugin, option = option_of(reference)
            carriers.append(f"`{option}` of {'the connection' if plugin == _CONNECTION else f'`{plugin}`'}")
        note = parameter.get("note", "")
        if not carriers and not parameter.get("elsewhere"):
            note = f"not supported: {note}"
        since = f"PowerShell {parameter['since']}" if "since" in parameter else "Windows PowerShell 5.1"
        rows.append([f"`-{name}`", since, ", ".join(carriers), note])
    return _table(["Parameter", "Since", "Option", "Remarks"], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _type(option: dict[str, typing.Any]) -> str:
    kind = str(option.get("type", "str"))
    if "elements" in option:
        kind += f" of {option['elements']}"
    return f"{kind}, required" if option.get("required") else kind


def _shown(value: object) -> str:
    if value in (None, ""):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _listed(values: list[object]) -> str:
    return ", ".join(_shown(value) for value in values)


def main(arguments: list[str]) -> int:
    text = page()
    if arguments == ["--check"]:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/contract.md is not what the documentation says; run: python tools/contract.py", file=sys.stderr)
        return 1
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
