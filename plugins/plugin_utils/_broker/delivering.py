# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a pipeline's records to its client, no faster than that reads and no more than it takes (broker process).

Nothing is queued here: who delivers is the thread that receives from the server, and while the client does not read it
does not receive. The session is kept alive meanwhile (`kept_alive`), for the server hears nothing of its client.
"""

from __future__ import annotations

import contextlib
import typing

from .._psrp.records import OutputFormat, Record
from .._psrp.streams import too_large
from .._wire.errors import FrameTooLarge
from .._wire.messages import Finished
from .._wire.record import replaced
from . import jobs, upkeep
from .parallel import in_thread
from .reactor import Reactor, Timer
from .session import Session

#: Sends a message and its body and returns how many bytes that took; raises OSError, and FrameTooLarge before anything.
Send = typing.Callable[[object, bytes], int]


class OutputLimit(Exception):
    """The client takes no more: these records were not delivered."""


class Delivery:
    """Sends records to one client.

    Args:
        send: Sends a message.
        output: The form of the output.
        limit: Bytes of messages after which nothing more is sent; None: all is sent.
    """

    def __init__(self, send: Send, output: OutputFormat, limit: int | None = None) -> None:
        self._send = send
        self._output = output
        self._limit = limit
        self._sent = 0
        #: The client has not read yet what is being sent.
        self.held_up = False

    def __call__(self, records: list[Record]) -> None:
        """Sends records, and returns when the client has room for more; raises OutputLimit and OSError."""
        if self._limit is not None and self._sent > self._limit:
            raise OutputLimit(f"{self._limit / 2**20:.0f} MB")
        self.held_up = True
        try:
            self._deliver(records)
        finally:
            self.held_up = False

    def finish(self, message: Finished) -> None:
        """Sends the end; raises OSError."""
        try:
            self._send(message, b"")
        except FrameTooLarge as error:
            self._send(replaced(message, error=self._stand_in(error)), b"")

    def _deliver(self, records: list[Record]) -> None:
        try:
            self._sent += self._send(*jobs.answer(records, self._output))
        except FrameTooLarge as error:
            if len(records) == 1:
                records = [Record(records[0].pipeline_id, "error", self._stand_in(error))]
                self._sent += self._send(*jobs.answer(records, self._output))
            else:
                self._deliver(records[: len(records) // 2])
                self._deliver(records[len(records) // 2 :])

    def _stand_in(self, error: FrameTooLarge) -> object:
        return too_large(str(error), with_texts=self._output is OutputFormat.STRINGS)


@contextlib.contextmanager
def kept_alive(session: Session, delivery: Delivery, reactor: Reactor) -> typing.Iterator[None]:
    """Keeps a session alive on its server while the client of what runs in it does not read, however long that is.

    One that lives in a stream has no idle timeout, and asking would read the stream.
    """
    if not session.target.can_disconnect:
        yield
        return
    seconds = upkeep.interval(session)
    over = False
    timer: Timer

    def look() -> None:
        nonlocal timer
        if over:
            return
        timer = reactor.later(seconds, look)
        if delivery.held_up:
            in_thread("keep-alive", lambda: upkeep.keep_alive(session))

    timer = reactor.later(seconds, look)
    try:
        yield
    finally:
        over = True
        timer.cancel()
