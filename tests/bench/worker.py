# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program of the benchmark that runs beside it and does what it is told, a line of JSON each (benchmark process)."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import types
import typing

from ..integration.support.workspace import Workspace

_FOLDER = pathlib.Path(__file__).resolve().parent


class Worker:
    """A running program; use it with ``with``.  It ends when its standard input does.

    Args:
        program: A file of this folder; it is run by its path, so that Ansible's own importer may find the collection.
        space: The controller whose environment it gets.
    """

    def __init__(self, program: str, space: Workspace) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(_FOLDER / program)],
            cwd=space.scratch,
            env=space.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._process.communicate()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def ask(self, **request: typing.Any) -> dict[str, typing.Any]:
        """Tell it what to do and wait for its answer; RuntimeError where it ends instead."""
        self.tell(**request)
        return self.answer()

    def tell(self, **request: typing.Any) -> None:
        """Tell it what to do."""
        stdin = self._process.stdin
        if stdin is None:
            raise RuntimeError("the program has no pipes")
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()

    def answer(self) -> dict[str, typing.Any]:
        """Wait for the answer to what it was told; RuntimeError where it ends instead."""
        stdout = self._process.stdout
        if stdout is None:
            raise RuntimeError("the program has no pipes")
        line = stdout.readline()
        if not line:
            raise RuntimeError("a program of the benchmark ended by itself")
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise RuntimeError(f"no answer: {line}")
        return answer
