# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a file has come (ansible worker)."""

from __future__ import annotations

import time
import typing

#: Seconds between two lines.
_PAUSE = 1.0
_MEGA = 1e6

Show = typing.Callable[[str], None]


class Progress:
    """Counts a file's bytes, and tells of them at most once a second and once at the end.

    Args:
        show: Takes a line.
        total: The file's bytes, None where they are not known yet.
        clock: Seconds, monotonic.
    """

    def __init__(
        self, show: Show, total: int | None = None, clock: typing.Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show
        self._clock = clock
        self._started = self._shown = clock()
        self.total = total
        self.done = 0

    def add(self, size: int) -> None:
        """So many more bytes have gone their way."""
        self.done += size
        now = self._clock()
        if now - self._shown >= _PAUSE:
            self._shown = now
            self._show(f"{self._percent()}{self.so_far}, {self._rate(now)}")

    def end(self) -> None:
        """All of it has arrived."""
        now = self._clock()
        self._show(f"{self.done / _MEGA:.1f} MB in {now - self._started:.1f} s, {self._rate(now)}")

    @property
    def so_far(self) -> str:
        """ "12.3 of 24.0 MB"."""
        of = "" if self.total is None else f" of {self.total / _MEGA:.1f}"
        return f"{self.done / _MEGA:.1f}{of} MB"

    def _percent(self) -> str:
        return f"{self.done * 100 // self.total} %, " if self.total else ""

    def _rate(self, now: float) -> str:
        return f"{self.done / _MEGA / max(now - self._started, 0.001):.1f} MB/s"
