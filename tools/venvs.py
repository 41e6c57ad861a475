# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments under .build, each built once for its pins (a developer's tool)."""

from __future__ import annotations

import collections.abc
import contextlib
import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import sys

import interpreters

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / ".build"
LOGS = BUILD / "logs"

TEST_REQUIREMENTS = ROOT / "tests" / "unit" / "requirements.txt"
#: Compiled against libkrb5, whose headers `make system-deps` installs; without them the Kerberos tests skip.
KERBEROS_REQUIREMENTS = ROOT / "tests" / "unit" / "requirements-kerberos.txt"
LINT_REQUIREMENTS = ROOT / "tools" / "requirements" / "lint.txt"


class BuildFailed(Exception):
    """A step of the set-up failed; the message names its log."""


@contextlib.contextmanager
def locked(name: str) -> collections.abc.Iterator[None]:
    """Keep other runs of these tools from building the same thing at once."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with open(BUILD / f"{name}.lock", "w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def logged(name: str, command: collections.abc.Sequence[str]) -> None:
    """Run a command with its output appended to ``.build/logs/NAME.log``; raises BuildFailed with the log's end."""
    path = LOGS / f"{name}.log"
    with open(path, "a", encoding="utf-8") as log:
        print("$", *command, file=log, flush=True)
        code = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    if code:
        tail = "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        raise BuildFailed(f"{tail}\n{name}: exit code {code}, all output is in {path}")


def say(message: str) -> None:
    print(f"==> {message}", file=sys.stderr, flush=True)


def _fingerprint(python: interpreters.Interpreter, pins: list[str], files: list[pathlib.Path]) -> str:
    digest = hashlib.sha256(repr((str(python.path), python.version, pins)).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _build(folder: pathlib.Path, python: interpreters.Interpreter, pins: list[str], files: list[pathlib.Path]) -> None:
    stamp = folder / ".stamp"
    wanted = _fingerprint(python, pins, files)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    name = folder.name
    say(f"{name}: {', '.join(pins)} for {python.label} (log: .build/logs/{name}.log)")
    shutil.rmtree(folder, ignore_errors=True)
    (LOGS / f"{name}.log").unlink(missing_ok=True)
    logged(name, [str(python.path), "-m", "venv", str(folder)])
    requirements = [argument for file in files for argument in ("-r", str(file))]
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    logged(name, [*pip, "install", *pins, *requirements])
    stamp.write_text(wanted, encoding="utf-8")


def ensure(
    core: interpreters.Core, python: interpreters.Interpreter, lint: bool = False, kerberos: bool = False
) -> pathlib.Path:
    """Build the environment of a core unless it is there; returns its folder.

    With ``lint`` it has the linters, with ``kerberos`` the bindings to the system's Kerberos where there are headers.
    """
    folder = BUILD / (f"venv-lint-{core.minor}" if lint else f"venv-{core.minor}")
    files = [TEST_REQUIREMENTS]
    if lint:
        files.append(LINT_REQUIREMENTS)
    with locked(folder.name):
        _build(folder, python, [f"ansible-core=={core.pin}"], files)
        if kerberos and shutil.which("krb5-config") and shutil.which("gcc"):
            _add_kerberos(folder)
    return folder


def _add_kerberos(folder: pathlib.Path) -> None:
    """What only some tests need and what takes a minute to compile, so the demo does without it."""
    stamp = folder / ".stamp-kerberos"
    wanted = hashlib.sha256(KERBEROS_REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    say(f"{folder.name}: Kerberos bindings (log: .build/logs/{folder.name}.log)")
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    # Unoptimized they are compiled in a third of the time, and no test measures them.
    logged(folder.name, ["env", "CFLAGS=-O0", *pip, "install", "-r", str(KERBEROS_REQUIREMENTS)])
    stamp.write_text(wanted, encoding="utf-8")
