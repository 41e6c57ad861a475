# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python interpreters this machine has, and which ansible-core each of them takes (a developer's tool).

An interpreter counts only when it has been run: a version manager's shim exists for versions that are not installed,
and Debian's python3 lacks ``ensurepip`` unless python3-venv is installed.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess

Version = tuple[int, int]

_PROBE = (
    "import ensurepip, json, sys, venv;"
    "print(json.dumps([sys.version_info[:2], getattr(sys, '_base_executable', None) or sys.executable]))"
)
_PROBE_SECONDS = 20


class NoInterpreter(Exception):
    """No interpreter of this machine takes the wanted ansible-core."""


@dataclasses.dataclass(frozen=True)
class Core:
    """A supported minor version of ansible-core, pinned, with the range of controller Pythons it takes."""

    minor: str
    pin: str
    oldest: Version
    newest: Version

    def takes(self, version: Version) -> bool:
        return self.oldest <= version <= self.newest


#: Oldest first.  The ranges are the "controller" columns of ansible-core's support matrix.
CORES = (
    Core("2.16", "2.16.19", (3, 10), (3, 12)),
    Core("2.17", "2.17.14", (3, 10), (3, 12)),
    Core("2.18", "2.18.19", (3, 11), (3, 13)),
    Core("2.19", "2.19.14", (3, 11), (3, 13)),
    Core("2.20", "2.20.10", (3, 12), (3, 14)),
    Core("2.21", "2.21.5", (3, 12), (3, 14)),
)


@dataclasses.dataclass(frozen=True)
class Interpreter:
    """A Python that was run and can make virtual environments."""

    version: Version
    path: pathlib.Path

    @property
    def label(self) -> str:
        return f"Python {self.version[0]}.{self.version[1]}"


def _candidate_folders() -> list[pathlib.Path]:
    folders = [pathlib.Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    versions = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv")) / "versions"
    if versions.is_dir():
        folders += [version / "bin" for version in sorted(versions.iterdir(), reverse=True)]
    folders += [pathlib.Path(entry) for entry in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")]
    return [folder for folder in dict.fromkeys(folders) if "shims" not in folder.parts]


def _run(path: pathlib.Path) -> Interpreter | None:
    try:
        answer = subprocess.run(
            [str(path), "-I", "-c", _PROBE], capture_output=True, text=True, timeout=_PROBE_SECONDS, check=True
        )
        (major, minor), executable = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Interpreter((major, minor), pathlib.Path(executable))


def probe() -> dict[Version, Interpreter]:
    """Run every candidate; the first one found of each version wins.  Oldest version first."""
    lowest, highest = CORES[0].oldest[1], CORES[-1].newest[1]
    names = ["python3", *(f"python3.{minor}" for minor in range(lowest, highest + 1))]
    found: dict[Version, Interpreter] = {}
    for folder in _candidate_folders():
        for name in names:
            known = name != "python3" and (3, int(name.rpartition(".")[2])) in found
            if known or not os.access(folder / name, os.X_OK):
                continue
            interpreter = _run(folder / name)
            if interpreter:
                found.setdefault(interpreter.version, interpreter)
    return dict(sorted(found.items()))


def core_named(name: str) -> Core:
    """The row of a minor version such as ``2.19``; raises ValueError for one that is not supported."""
    for core in CORES:
        if core.minor == name:
            return core
    raise ValueError(f"ansible-core {name} is not one of {', '.join(core.minor for core in CORES)}")


def choose(name: str, found: dict[Version, Interpreter]) -> tuple[Core, Interpreter]:
    """The core and the interpreter for a minor version, or for ``newest``: the newest one that some interpreter takes.

    The newest core gets the newest Python, the older cores their oldest one, so that a run over several cores covers
    both ends of the supported range.
    """
    wanted = CORES[::-1] if name == "newest" else (core_named(name),)
    for core in wanted:
        usable = [interpreter for version, interpreter in found.items() if core.takes(version)]
        if usable:
            return core, usable[-1] if core is CORES[-1] else usable[0]
    have = ", ".join(interpreter.label for interpreter in found.values()) or "none"
    need = " or ".join(f"3.{core.oldest[1]}-3.{core.newest[1]} for ansible-core {core.minor}" for core in wanted)
    raise NoInterpreter(f"no Python with venv that fits: needs {need}; found: {have}")
