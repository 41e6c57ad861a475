# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who makes a request, what he is told while he waits, and whether he is still there (broker process)."""

from __future__ import annotations

import contextlib
import dataclasses
import select
import socket
import threading
import typing

from .._wire.errors import ErrorKind, PSSessionError
from .group import Playbook
from .reactor import Callback, Reactor, Timer

#: Seconds; the main loop answers at once, unless it ends at this moment.
_LOOP_ANSWERS = 5.0
#: Seconds between two looks at a client that has said something which nobody reads yet: that hides its end.
_LOOK_AGAIN = 0.5

#: Says something to the user while he waits: a level (warning, v to vvvvv) and a text.
Notify = typing.Callable[[str, str], None]


class Attendance:
    """Whether a client that waits for its answer is still there; it may be asked from any thread.

    Args:
        reactor: Watches the connection.
        connection: The client's socket, which stays open until `end`.
    """

    def __init__(self, reactor: Reactor, connection: socket.socket) -> None:
        self._reactor = reactor
        self._socket = connection
        self._lock = threading.Lock()
        #: Who is told of its end, and whether that is somebody who waits.
        self._listeners: dict[Callback, bool] = {}
        self._watching = False
        self._timer: Timer | None = None
        self._dismissed: str | None = None

    @property
    def gone(self) -> bool:
        """Whether it has hung up, be there anything unread of it or not."""
        poll = select.poll()
        # Of a hang-up one is told whatever one asks for, of data only who asks for that.
        poll.register(self._socket, 0)
        return bool(poll.poll(0))

    def check(self) -> None:
        """Raises PSSessionError where it has gone: nothing is started for nobody."""
        if self.gone:
            raise PSSessionError(ErrorKind.STOPPED, "Nothing was started: its client went away.")

    def waits(self, wake: Callback) -> None:
        """It has to wait: `wake` is called when it goes away or is dismissed, on any thread, until `end`.

        Raises PSSessionError where that has happened.
        """
        self._listen(wake, waiting=True)
        self.check_waiting()

    def check_waiting(self) -> None:
        """Raises PSSessionError where it has gone, or was dismissed."""
        self.check()
        if self._dismissed is not None:
            raise PSSessionError(ErrorKind.STOPPED, f"Nothing was started: {self._dismissed}.")

    def dismiss(self, reason: str) -> None:
        """It is not to wait for anything from now on; called from any thread."""
        with self._lock:
            self._dismissed = reason
            waiting = [listener for listener, waits in self._listeners.items() if waits]
        for listener in waiting:
            listener()

    def pause(self, seconds: float) -> None:
        """Waits, no longer than it is there; raises PSSessionError as `waits` does."""
        woken = threading.Event()
        self.waits(woken.set)
        woken.wait(seconds)
        with self._lock:
            self._listeners.pop(woken.set, None)
        self.check_waiting()

    def end(self) -> None:
        """Watches it no more; the socket may be read, or closed, afterwards."""
        with self._lock:
            self._listeners.clear()
            if not self._watching:
                return
            self._watching = False
            if self._timer is not None:
                self._timer.cancel()
        ended = threading.Event()
        self._reactor.unwatch(self._socket, ended.set)
        ended.wait(_LOOP_ANSWERS)

    @contextlib.contextmanager
    def watched(self, left: Callback) -> typing.Iterator[None]:
        """Calls `left`, on the main loop's thread, when it goes away meanwhile."""
        self._listen(left, waiting=False)
        try:
            yield
        finally:
            self.end()

    def _listen(self, listener: Callback, waiting: bool) -> None:
        with self._lock:
            if listener in self._listeners:
                return
            self._listeners[listener] = waiting
            self._watching = True
        # Also where it is watched already: who comes late is told as well.
        self._reactor.watch(self._socket, self._look)

    def _look(self) -> None:
        """On the main loop's thread: it has hung up, or has said something though nothing was expected of it."""
        # Else the same would be told again and again.
        self._reactor.unwatch(self._socket)
        with self._lock:
            if not self._watching:
                return
            gone, listeners = self.gone, list(self._listeners)
            if not gone:
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = self._reactor.later(_LOOK_AGAIN, self._look)
        if gone:
            for listener in listeners:
                listener()


@dataclasses.dataclass(frozen=True)
class Caller:
    """Who makes a request.

    Args:
        playbook: Keeps the sessions that it uses.
        notify: Says to the user what is waited for; it may raise OSError where he is gone.
        attendance: Tells whether he is there; None: he always is.
    """

    playbook: Playbook
    notify: Notify
    attendance: Attendance | None = None

    def check(self) -> None:
        """Raises PSSessionError where he has gone."""
        if self.attendance is not None:
            self.attendance.check()

    def waits(self, wake: Callback) -> None:
        """He has to wait: `wake` is called when he goes away or is dismissed; raises PSSessionError where he is."""
        if self.attendance is not None:
            self.attendance.waits(wake)

    def check_waiting(self) -> None:
        """Raises PSSessionError where he has gone, or is not to wait any longer."""
        if self.attendance is not None:
            self.attendance.check_waiting()

    def pause(self, seconds: float, sleep: typing.Callable[[float], None]) -> None:
        """Waits, no longer than he is there; raises PSSessionError where he is not.

        Args:
            sleep: Passes the time of who is always there.
        """
        if self.attendance is None:
            sleep(seconds)
        else:
            self.attendance.pause(seconds)

    def pause_again(
        self, number: int, text: str, pauses: typing.Sequence[float], sleep: typing.Callable[[float], None]
    ) -> None:
        """Waits once more; tells once what for, and whoever wants to know everything, each time. Raises as `pause`.

        Args:
            number: How many times he has waited for it before.
            text: What is waited for.
            pauses: Seconds of each time; the last one is repeated.
            sleep: See pause.
        """
        self.notify("v" if number == 0 else "vvvv", text)
        self.pause(pauses[min(number, len(pauses) - 1)], sleep)
