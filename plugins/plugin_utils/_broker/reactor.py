# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's main loop: sockets, timers and calls from other threads on one thread (broker process)."""

from __future__ import annotations

import collections
import heapq
import itertools
import logging
import os
import selectors
import socket
import time
import typing

Callback = typing.Callable[[], None]

#: Seconds; a day. The kernel counts milliseconds in 31 bits, and a user's timeout may be longer.
_LONGEST_WAIT = 86400.0

log = logging.getLogger("pssession.broker")


class Timer:
    """A callback that is due at a time; `cancel` may be called from any thread."""

    def __init__(self, callback: Callback) -> None:
        self._callback: Callback | None = callback

    def cancel(self) -> None:
        """Makes nothing happen when the time comes."""
        self._callback = None

    def fire(self) -> None:
        """Calls back, unless cancelled."""
        if self._callback is not None:
            self._callback()


class Reactor:
    """Waits for everything at once. `call`, `later`, `watch` and `unwatch` may be used from any thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._calls: collections.deque[Callback] = collections.deque()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._running = True
        self._waker, self._woken = os.pipe()[::-1]
        os.set_blocking(self._waker, False)
        os.set_blocking(self._woken, False)
        self._selector.register(self._woken, selectors.EVENT_READ, self._drain)

    def call(self, callback: Callback) -> None:
        """Runs a callback on the loop's thread soon."""
        self._calls.append(callback)
        try:
            os.write(self._waker, b"x")
        except BlockingIOError:
            return  # The pipe is full: the loop is about to wake up anyway.

    def later(self, seconds: float, callback: Callback) -> Timer:
        """Runs a callback on the loop's thread after so many seconds."""
        timer = Timer(callback)
        entry = (time.monotonic() + seconds, next(self._order), timer)
        self.call(lambda: heapq.heappush(self._timers, entry))
        return timer

    def watch(self, file: int | socket.socket, callback: Callback) -> None:
        """Calls back whenever a file is readable."""
        self.call(lambda: self._register(file, callback))

    def unwatch(self, file: int | socket.socket, then: Callback = lambda: None) -> None:
        """Ends a watch; `then` is called when it has ended and the file may be closed."""

        def end() -> None:
            try:
                self._selector.unregister(file)
            except (KeyError, ValueError):
                log.debug("a file was not watched any more")
            then()

        self.call(end)

    def stop(self) -> None:
        """Ends `run`; safe in a signal handler."""
        self._running = False
        self.call(lambda: None)

    def run(self) -> None:
        """Loops until `stop`. A callback that raises is logged; it never ends the loop."""
        while self._running:
            for key, _events in self._selector.select(self._wait()):
                self._guard(key.data)
            while self._calls:
                self._guard(self._calls.popleft())
            while self._timers and self._timers[0][0] <= time.monotonic():
                self._guard(heapq.heappop(self._timers)[2].fire)

    def _wait(self) -> float | None:
        if self._calls:
            return 0.0
        return min(max(0.0, self._timers[0][0] - time.monotonic()), _LONGEST_WAIT) if self._timers else None

    def _register(self, file: int | socket.socket, callback: Callback) -> None:
        try:
            self._selector.register(file, selectors.EVENT_READ, callback)
        except (KeyError, ValueError, OSError):
            # Closed in the meantime, or a number that the kernel gave to another file.
            log.debug("a file cannot be watched", exc_info=True)

    def _drain(self) -> None:
        try:
            os.read(self._woken, 4096)
        except BlockingIOError:
            return

    @staticmethod
    def _guard(callback: Callback) -> None:
        try:
            callback()
        except Exception:
            log.exception("a callback failed")
