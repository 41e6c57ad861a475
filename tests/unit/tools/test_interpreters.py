# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python is chosen for which ansible-core."""

from __future__ import annotations

import pathlib
import sys

import interpreters
import pytest


def _found(*minors: int) -> dict[interpreters.Version, interpreters.Interpreter]:
    return {(3, minor): interpreters.Interpreter((3, minor), pathlib.Path(f"/python3.{minor}")) for minor in minors}


@pytest.mark.parametrize(
    ("minors", "core", "version"),
    [
        ((9, 10), "2.17", (3, 10)),
        ((10, 11), "2.19", (3, 11)),
        ((10, 11, 12), "2.21", (3, 12)),
        ((10, 11, 12, 13), "2.21", (3, 13)),
    ],
)
def test_newest_is_what_some_interpreter_takes(
    minors: tuple[int, ...], core: str, version: interpreters.Version
) -> None:
    chosen, python = interpreters.choose("newest", _found(*minors))
    assert (chosen.minor, python.version) == (core, version)


def test_older_cores_take_their_oldest_python() -> None:
    assert interpreters.choose("2.16", _found(9, 10, 11, 12))[1].version == (3, 10)
    assert interpreters.choose("2.19", _found(9, 10, 11, 12))[1].version == (3, 11)


def test_without_a_fitting_python_the_ranges_are_named() -> None:
    with pytest.raises(interpreters.NoInterpreter, match=r"3\.12-3\.14 for ansible-core 2\.21; found: Python 3\.9"):
        interpreters.choose("2.21", _found(9))


def test_unknown_core() -> None:
    with pytest.raises(ValueError, match=r"2\.5 is not one of 2\.16, .*2\.21"):
        interpreters.choose("2.5", _found(12))


def test_interpreters_count_only_when_they_run(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    (tmp_path / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    monkeypatch.setattr(interpreters, "_candidate_folders", lambda: [tmp_path])
    assert list(interpreters.probe()) == [sys.version_info[:2]]
