# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes to a running pipeline: the rest of its input, and answers to its host calls (broker process)."""

from __future__ import annotations

import logging
import threading
import typing

from .._psrp.errors import StateError
from .._psrp.pipeline import Pipeline
from .._psrp.pool import Outgoing
from .._transport import FaultKind
from .courier import Fault
from .link import Connection, Link
from .recovery import Phase
from .session import Session

log = logging.getLogger("pssession.broker")


class Outbox:
    """Sends a pipeline's fragments in order, whichever thread and link they go by.

    Args:
        session: The session that runs it.
        pipeline: The pipeline.
        patience: See Courier.request.

    Attributes:
        parts: How many parts of the input went on to the server.
    """

    def __init__(self, session: Session, pipeline: Pipeline, patience: typing.Callable[[], float]) -> None:
        self._session = session
        self._pipeline = pipeline
        self._patience = patience
        self._order = threading.Lock()
        self._next: Outgoing | None = None
        self.parts = 0

    def more(self) -> bool:
        """Whether anything is queued, which then goes out first."""
        with self._order:
            return self._take(self._session.courier.main) is not None

    def flush(self, link: Link) -> None:
        """Sends all that is queued; raises Fault."""
        with self._order:
            while outgoing := self._take(link):
                self._next = None
                self._send(outgoing, link)

    def _take(self, link: Link) -> Outgoing | None:
        if self._next is None:
            self._next = self._session.pool.take(link.max_payload, self._pipeline.pipeline_id)
        return self._next

    def _send(self, outgoing: Outgoing, link: Link) -> None:
        session = self._session

        def call(way: Connection) -> None:
            way.send(session.shell_id, outgoing.pipeline_id, outgoing.data, outgoing.stream)

        session.courier.request(Phase.SENDING, call, link=link, patience=self._patience)


class Sender:
    """Feeds a pipeline on a thread and a connection of its own, while its output is received on the main one.

    Args:
        session: The session that runs it.
        pipeline: The pipeline.
        outbox: Its outbox.
        more: Values to send on; taken to the last one whether the pipeline wants them or not, since the client that
            sends them listens only afterwards. None where all input is queued already.
        failed: Called once with what went wrong: the pipeline waits for input that will not come.
    """

    def __init__(
        self,
        session: Session,
        pipeline: Pipeline,
        outbox: Outbox,
        more: typing.Iterator[list[object]] | None,
        failed: typing.Callable[[Exception], None],
    ) -> None:
        self._session = session
        self._pipeline = pipeline
        self._outbox = outbox
        self._more = more
        self._failed = failed
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send, name=f"input of session {session.number}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Waits until the last value was taken; the pipeline has ended and wants no more of them."""
        self._over.set()
        self._thread.join()

    def _send(self) -> None:
        try:
            self._feed()
        except StateError:
            log.debug("session %d: the pipeline ended before its input", self._session.number)
        except Exception as error:
            # That too much was sent is why the pipeline is over, whoever hears of it first.
            if not self._over.is_set() or (isinstance(error, Fault) and error.cause.kind is FaultKind.DATA_QUOTA):
                log.info("session %d: sending input failed: %r", self._session.number, error)
                self._failed(error)
        self._drain()

    def _feed(self) -> None:
        send_all(self._pipeline, self._outbox, self._session.courier.side, self._more, self._over.is_set)

    def _drain(self) -> None:
        try:
            for _values in self._more or ():
                continue
        except Exception as error:
            log.info("session %d: its client is gone: %r", self._session.number, error)


def send_all(
    pipeline: Pipeline,
    outbox: Outbox,
    link: Link,
    more: typing.Iterator[list[object]] | None,
    over: typing.Callable[[], bool] = lambda: False,
) -> None:
    """Sends a pipeline's input to its end, or until it is over.

    Raises Fault, StateError where the pipeline has ended, ValueNotSupported, and what the iterator
    raises.
    """
    outbox.flush(link)
    if more is None:
        return
    for values in more:
        if over():
            return
        for value in values:
            pipeline.input(value)
        outbox.flush(link)
        outbox.parts += 1
    pipeline.end_input()
    outbox.flush(link)
