# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's seat for tests: a screen that remembers, a keyboard that types what it was given."""

from __future__ import annotations

import io
import typing

from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.console import Console
from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.host import UserHost
from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.progress import Activity
from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.questions import Questions

CTRL_C = "\x03"
CTRL_D = "\x04"


class Keyboard:
    """Types lines in order; CTRL_C and CTRL_D are what they are on a terminal."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)
        #: The lines that were typed without an echo.
        self.hidden: list[str] = []

    def line(self) -> str:
        line = self._lines.pop(0) if self._lines else CTRL_D
        if line == CTRL_C:
            raise KeyboardInterrupt
        if line == CTRL_D:
            raise EOFError
        return line

    def secret(self) -> str:
        self.hidden.append(self.line())
        return self.hidden[-1]

    def key(self) -> str:
        return self.line()


class Shown:
    """A view of progress that remembers."""

    def __init__(self) -> None:
        self.activities: list[Activity] = []
        self.cleared = 0

    def show(self, activity: Activity) -> None:
        self.activities.append(activity)

    def clear(self) -> None:
        self.cleared += 1


class Seat:
    """Screen, keyboard and host.

    Args:
        lines: What the user answers to questions.
        colored: Whether the screen shows colors.
    """

    def __init__(self, *lines: str, colored: bool = False) -> None:
        self.out = io.StringIO()
        self.err = io.StringIO()
        self.progress = Shown()
        self.keyboard = Keyboard(*lines)
        self.console = Console(self.out, self.err, colored, self.progress)
        self.host = UserHost(self.console, Questions(self.console, self.keyboard, "web1"))

    @property
    def screen(self) -> str:
        """What the standard output shows."""
        return self.out.getvalue()

    @property
    def errors(self) -> str:
        """What the standard error shows."""
        return self.err.getvalue()


Json = typing.Any
