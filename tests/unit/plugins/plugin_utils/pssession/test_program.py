# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command as it is started: by path, with and without ansible; errors and exit codes."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._cached import load
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import VERSION

COMMAND = pathlib.Path(__file__).resolve().parents[5] / "plugins" / "plugin_utils" / "pssession"


def start(*arguments: str, flags: typing.Sequence[str] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command by path and waits for it."""
    return subprocess.run(
        [sys.executable, *flags, str(COMMAND), *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=100,
        env={**os.environ, **environment},
        check=False,
    )


def test_starts_by_path() -> None:
    done = start("--version")
    assert (done.returncode, done.stdout) == (0, f"pssession (remoting.powershell {VERSION})\n")


def test_wrong_usage_is_2() -> None:
    done = start("enter")
    assert done.returncode == 2
    assert "HOST" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_python_without_ansible_is_named() -> None:
    # Isolated: neither the site's packages nor PYTHONPATH are seen.
    done = start("status", flags=("-I", "-S"))
    assert done.returncode == 1
    assert done.stderr.startswith(f"pssession: {sys.executable} has no ansible-core")
    assert "'ansible --version'" in done.stderr


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(monkeypatch, KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "pssession: interrupted\n"


@pytest.mark.parametrize(("kind", "code"), [("usage", 2), ("failed", 1), ("unreachable", 1), ("busy", 1)])
def test_failures_of_the_broker(
    kind: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (errors,) = load("_wire.errors")
    assert outcome(monkeypatch, errors.PSSessionError(errors.ErrorKind(kind), "It is so.")) == code
    assert capsys.readouterr().err == "pssession: It is so.\n"


def test_errors_of_ansible(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from ansible.errors import AnsibleError

    assert outcome(monkeypatch, AnsibleError("The vault is locked.")) == 1
    assert capsys.readouterr().err == "pssession: The vault is locked.\n"


def test_faults_of_our_own_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        outcome(monkeypatch, ZeroDivisionError())


def outcome(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code where a command raises an error."""
    (program,) = load("pssession.program")

    def fail(options: typing.Any) -> int:
        raise error

    monkeypatch.setattr(program, "_command", lambda name: fail)
    return int(program.main(["status"]))
