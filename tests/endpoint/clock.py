# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoint's clock: scaled, and moved forward at will, so that no test waits for hours (test endpoint process)."""

from __future__ import annotations

import collections.abc
import threading
import time


class Clock:
    """Seconds since the endpoint started, as all its timeouts count them."""

    def __init__(self, scale: float = 1.0) -> None:
        if scale <= 0:
            raise ValueError("a clock runs forward")
        self._scale = scale
        self._start = time.monotonic()
        self._offset = 0.0
        self._lock = threading.Lock()
        self._listeners: list[collections.abc.Callable[[], None]] = []

    def now(self) -> float:
        """The endpoint's time, in endpoint seconds."""
        return (time.monotonic() - self._start) * self._scale + self._offset

    def real(self, seconds: float) -> float:
        """How many real seconds so many endpoint seconds take when nobody advances the clock."""
        return seconds / self._scale

    def advance(self, seconds: float) -> None:
        """Moves the clock forward and, before it returns, has everything expire whose time has come."""
        if seconds < 0:
            raise ValueError("a clock runs forward")
        with self._lock:
            self._offset += seconds
        for listener in tuple(self._listeners):
            listener()

    def on_advance(self, listener: collections.abc.Callable[[], None]) -> None:
        """Has `listener` called after each advance, in the thread that advanced."""
        self._listeners.append(listener)
