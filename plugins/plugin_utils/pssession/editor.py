# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that the user types: with what Python brings, or by way of prompt_toolkit (command's own process).

History is kept in memory and ends with the command: what is typed may be secret.
"""

from __future__ import annotations

import contextlib
import getpass
import re
import signal
import sys
import termios
import tty
import typing

from . import toolkit
from .completeness import is_incomplete
from .remote import Complete

#: PowerShell's prompt for what goes on.
CONTINUATION = ">> "

_COLORS = re.compile(r"(\x1b\[[0-9;]*m)")


class Editor(typing.Protocol):
    """Reads one whole input at a time."""

    def read(self, prompt: typing.Callable[[], str]) -> str:
        """What was typed, of one line or more; KeyboardInterrupt for Ctrl-C, EOFError for Ctrl-D.

        Args:
            prompt: Gives the prompt; called where one is shown.
        """


def make(complete: Complete, plain: bool) -> Editor:
    """The best editor that there is.

    Args:
        complete: Asks the remote side what may follow.
        plain: Whether the user wants no more than plain text.
    """
    if not sys.stdin.isatty():
        return Piped()
    if not plain and toolkit.AVAILABLE and sys.stdout.isatty():
        return toolkit.Toolkit(complete, CONTINUATION)
    return Plain(complete)


class Keyboard:
    """Answers to a pipeline's questions: no history, no completion."""

    def line(self) -> str:
        """See questions.Keyboard."""
        with _ctrl_c_raises():
            line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    def secret(self) -> str:
        """Without an echo where there is a terminal."""
        if not sys.stdin.isatty():
            return self.line()
        with _ctrl_c_raises():
            return getpass.getpass("")

    def key(self) -> str:
        """Without waiting for Enter where there is a terminal."""
        if not sys.stdin.isatty():
            return self._one(sys.stdin.read(1))
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
        try:
            tty.setcbreak(terminal)
            with _ctrl_c_raises():
                return self._one(sys.stdin.read(1))
        finally:
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)

    @staticmethod
    def _one(key: str) -> str:
        if not key:
            raise EOFError
        return key


@contextlib.contextmanager
def _ctrl_c_raises() -> typing.Iterator[None]:
    """While a pipeline runs Ctrl-C stops it and goes back to what was interrupted: here that is the user himself."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Piped:
    """Input from a file or a pipe: no prompts."""

    def read(self, prompt: typing.Callable[[], str]) -> str:
        """See Editor."""
        return _whole(lambda _first: Keyboard().line())


class Plain:
    """Python's ``input``, with the line editing and the history of readline where Python has it.

    Args:
        complete: Asks the remote side what may follow.
    """

    def __init__(self, complete: Complete) -> None:
        self._complete = complete
        self._candidates: list[str] = []
        try:
            import readline
        except ImportError:
            return
        readline.set_completer(self._candidate)
        # The whole line is one word: PowerShell says which part of it is replaced.
        readline.set_completer_delims("")
        readline.parse_and_bind("tab: complete")

    def read(self, prompt: typing.Callable[[], str]) -> str:
        """See Editor."""
        shown = prompt()
        # What stands between these two has no width for readline.
        first = _COLORS.sub("\x01\\1\x02", shown)
        return _whole(lambda is_first: input(first if is_first else CONTINUATION))

    def _candidate(self, text: str, number: int) -> str | None:
        """A whole line that the typed one may become; called by readline with 0, 1, ... until there is none."""
        if number == 0:
            found = self._complete(text, len(text))
            rest = text[found.start + found.length :]
            self._candidates = [f"{text[: found.start]}{match}{rest}" for match, _shown in found.matches]
        return self._candidates[number] if number < len(self._candidates) else None


def _whole(read: typing.Callable[[bool], str]) -> str:
    """One line, and further ones while it is incomplete; the remote parser refuses what the end of input cuts off."""
    text = read(True)
    while is_incomplete(text):
        try:
            text += "\n" + read(False)
        except EOFError:
            break
    return text
