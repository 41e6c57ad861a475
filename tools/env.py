# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command in one of this checkout's environments, which are built when they are missing (a developer's tool).

    env.py list                                  interpreters, and the core that each supported version would use
    env.py [--core 2.19] setup                   build an environment and say where it is
    env.py [--core 2.19] run COMMAND...          in the checkout, with the collection importable through a link
    env.py [--core 2.19] --copy NAME run ...     in a copy of the checkout, for the tools that refuse links

Nothing is written outside .build: it has a HOME of its own, and the caller's ANSIBLE_* variables are not passed on.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys

import getpip
import interpreters
import trees
import venvs


def _environment(venv: pathlib.Path, found: dict[interpreters.Version, interpreters.Interpreter]) -> dict[str, str]:
    """The environment for commands: real interpreters on PATH (ansible-test runs them by name), a HOME in .build."""
    home = venvs.BUILD / "home"
    home.mkdir(parents=True, exist_ok=True)
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "MAKE", "PYENV_"))}
    path = [str(venv / "bin"), *(str(python.path.parent) for python in reversed(found.values()))]
    path += [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if "shims" not in entry]
    cache = os.environ.get("XDG_CACHE_HOME", str(pathlib.Path.home() / ".cache"))
    keep.setdefault("PIP_CACHE_DIR", str(pathlib.Path(cache, "pip")))
    keep.setdefault("LC_ALL", "C.UTF-8" if sys.platform != "darwin" else "en_US.UTF-8")
    return {
        **keep,
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join((str(trees.LINKED), str(trees.WINDOWS))),
        "HOME": str(home),
        "PATH": os.pathsep.join(dict.fromkeys(path)),
        "PYTHONPATH": str(trees.LINKED),
        "PYTHONPYCACHEPREFIX": str(venvs.BUILD / "compiled"),
        "VIRTUAL_ENV": str(venv),
    }


def _list(found: dict[interpreters.Version, interpreters.Interpreter]) -> int:
    for interpreter in found.values():
        print(f"{interpreter.label}  {interpreter.path}")
    for core in interpreters.CORES:
        try:
            print(f"ansible-core {core.pin}: {interpreters.choose(core.minor, found)[1].label}")
        except interpreters.NoInterpreter as error:
            print(f"ansible-core {core.pin}: {error}")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", default="newest", help="minor version of ansible-core (default: %(default)s)")
    parser.add_argument("--lint", action="store_true", help="the environment that has the linters too")
    parser.add_argument("--kerberos", action="store_true", help="with Kerberos bindings, where they can be compiled")
    parser.add_argument("--copy", metavar="NAME", help="run in .build/tree-NAME, a copy of the checkout")
    parser.add_argument("action", choices=("list", "setup", "run"))
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def main() -> int:
    arguments = _parse()
    found = interpreters.probe()
    if arguments.action == "list":
        return _list(found)
    core, python = interpreters.choose(arguments.core, found)
    venv = venvs.ensure(core, python, lint=arguments.lint, kerberos=arguments.kerberos)
    trees.link()
    trees.windows()
    if arguments.action == "setup":
        print(venv)
        return 0
    environment = _environment(venv, found)
    getpip.provide(venv, pathlib.Path(environment["HOME"]))
    os.chdir(trees.copy(arguments.copy) if arguments.copy else venvs.ROOT)
    os.execvpe(arguments.command[0], arguments.command, environment)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (interpreters.NoInterpreter, venvs.BuildFailed, ValueError) as problem:
        sys.exit(f"error: {problem}")
