# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command pssession: run with its output read, or in a terminal at which a user types (pytest process)."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import subprocess
import sys
import typing

from .workspace import PATIENCE, Outcome, Workspace

COLLECTION = pathlib.Path(__file__).resolve().parents[3]
_COMMAND = COLLECTION / "plugins" / "plugin_utils" / "pssession"
#: What a terminal acts on and does not show: colors, cursor movements, modes.
_CONTROLS = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|[=>])")
#: Seconds that a user waits for what he expects to see; bounds a hang.
_PATIENCE = 60
_PASTING = r"\x1b\[\?2004h"

CTRL_C = "\x03"
CTRL_D = "\x04"
ENTER = "\r"
TAB = "\t"
UP = "\x1b[A"


def _line(space: Workspace, name: str, arguments: tuple[str, ...]) -> list[str]:
    return [sys.executable, str(_COMMAND), name, "-i", str(space.inventory), *arguments]


def pssession(space: Workspace, name: str, *arguments: str, typed: str = "") -> Outcome:
    """Runs one of its commands without a terminal; the outcome has both outputs, in the order they were written."""
    process = subprocess.Popen(
        _line(space, name, arguments),
        cwd=space.scratch,
        env=space.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _none = process.communicate(typed, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _none = process.communicate()
        output += f"\nended by the test after {PATIENCE} s"
    return Outcome(process.returncode, output)


class Terminal:
    """One of its commands in a pseudo terminal of 120 columns; use it with ``with``.

    An editor draws its line again and again, so that a prompt may be seen more often than it is given; a prompt that
    is new begins with the terminal's mode for pasted text, which ends with the line.

    Args:
        space: The controller.
        name: The command.
        arguments: Its arguments.
    """

    def __init__(self, space: Workspace, name: str, *arguments: str) -> None:
        import pexpect

        # The terminal does not tell where its cursor is, which the editor would ask for.
        environment = {**space.environment, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
        program, *rest = _line(space, name, arguments)
        self._is_plain = "--plain" in arguments
        self._child = pexpect.spawn(
            program,
            rest,
            cwd=str(space.scratch),
            env=environment,
            encoding="utf-8",
            codec_errors="replace",
            timeout=_PATIENCE,
            dimensions=(50, 120),
        )
        self._ends = pexpect.EOF

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_error: object) -> None:
        self._child.close(force=True)

    @property
    def pid(self) -> int:
        """The command's process."""
        return int(self._child.pid)

    def sees(self, pattern: str) -> str:
        """Waits for a regular expression; returns what came up to it, controls left out."""
        self._child.expect(pattern)
        return _text(self._child.before + self._child.after)

    def is_asked(self, prompt: str) -> str:
        """Waits for a new prompt; returns what came up to it, controls left out."""
        return self.sees(prompt if self._is_plain else rf"(?s){_PASTING}((?!\x1b\[\?2004l).)*?{prompt}")

    def types(self, text: str) -> None:
        """Types the text as it is."""
        self._child.send(text)

    def does(self, line: str, pattern: str) -> str:
        """Types a line and waits for a regular expression; returns what came up to it."""
        self.types(line + ENTER)
        return self.sees(pattern)

    def finishes(self, line: str, prompt: str) -> str:
        """Types a line and waits for the next prompt; returns what came up to it."""
        self.types(line + ENTER)
        return self.is_asked(prompt)

    def ends(self) -> int:
        """Waits for the command's end and returns its exit code; below zero is a signal that ended it."""
        self._child.expect(self._ends)
        self.rest = _text(self._child.before)
        self._child.wait()
        code: typing.Any = self._child.exitstatus
        return int(code) if code is not None else -int(self._child.signalstatus)


def _text(raw: str) -> str:
    return _CONTROLS.sub("", raw)
