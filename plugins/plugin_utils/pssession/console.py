# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pipeline writes, in PowerShell's colors (command's own process)."""

from __future__ import annotations

import collections
import typing

from .progress import Activity, View

#: ConsoleColor's numbers (MS-PSRP 2.2.3.3) to those of ANSI's foreground colors; a background's are higher by ten.
_ANSI = (30, 34, 32, 36, 31, 35, 33, 37, 90, 94, 92, 96, 91, 95, 93, 97)
_BLACK, _GRAY, _RED, _YELLOW = 0, 7, 12, 14
_BACKGROUND = 10
#: PowerShell's prefixes; error records have none.
_PREFIXES = {"warning": "WARNING: ", "verbose": "VERBOSE: ", "debug": "DEBUG: "}
#: How many reports may lie between a line's two reports.
_UNMATCHED = 64


class Console:
    """The user's terminal, or the files that stand for it.

    Args:
        out: Where everything but errors goes.
        err: Where errors go.
        colored: Whether colors are shown.
        progress: Shows Write-Progress.
    """

    def __init__(self, out: typing.TextIO, err: typing.TextIO, colored: bool, progress: View) -> None:
        self._out = out
        self._err = err
        self._colored = colored
        self._progress = progress
        self._activity: Activity | None = None
        #: Lines that came as a call or as a record and may come again the other way.
        self._seen: dict[bool, collections.deque[tuple[str, str]]] = {
            way: collections.deque(maxlen=_UNMATCHED) for way in (False, True)
        }

    def write(self, text: str, foreground: int = _GRAY, background: int = _BLACK) -> None:
        """Writes a text as it is; gray on black are what the terminal has by itself."""
        self._put(self._out, text, foreground, background)

    def error(self, text: str) -> None:
        """Writes an error's lines."""
        self._put(self._err, text.rstrip("\r\n") + "\n", _RED)

    def message(self, stream: str, text: str, by_call: bool) -> None:
        """Writes a line of the streams warning, verbose and debug.

        A server that knows of the host calls it and sends a record, too; one that does not sends the record alone.
        """
        line = (stream, text)
        if line in self._seen[not by_call]:
            self._seen[not by_call].remove(line)
            return
        self._seen[by_call].append(line)
        self._put(self._out, f"{_PREFIXES[stream]}{text}\n", _YELLOW)

    def progress(self, activity: Activity | None) -> None:
        """Shows how far an activity is; what comes as a call and as a record is one report."""
        if activity is not None and activity != self._activity:
            self._activity = activity
            self._out.flush()
            self._progress.show(activity)

    def clear(self) -> None:
        """An empty screen, where there is one (Clear-Host)."""
        if self._colored:
            self._put(self._out, "\x1b[2J\x1b[H", _GRAY)

    def at_rest(self) -> None:
        """A pipeline has ended: nothing of it goes on, and no report comes a second time."""
        self._progress.clear()
        self._activity = None
        for seen in self._seen.values():
            seen.clear()
        self._out.flush()

    def make_room(self) -> None:
        """For a question to the user."""
        self._progress.clear()
        self._out.flush()

    def _put(self, file: typing.TextIO, text: str, foreground: int, background: int = _BLACK) -> None:
        self.make_room()
        text = text.replace("\r\n", "\n")
        codes = []
        if self._colored and foreground != _GRAY and 0 <= foreground < len(_ANSI):
            codes.append(_ANSI[foreground])
        if self._colored and background != _BLACK and 0 <= background < len(_ANSI):
            codes.append(_ANSI[background] + _BACKGROUND)
        if codes:
            # A background must not run on behind the end of a line.
            body, end = text.rstrip("\n"), text[len(text.rstrip("\n")) :]
            text = f"\x1b[{';'.join(map(str, codes))}m{body}\x1b[0m{end}"
        file.write(text)
        file.flush()
