# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes to a running pipeline: the rest of its input, and answers to its host calls (broker process)."""

from __future__ import annotations

import base64
import logging
import threading
import typing

from .._psrp.errors import StateError
from .._psrp.pipeline import Pipeline
from .._psrp.pool import Outgoing
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
    """

    def __init__(self, session: Session, pipeline: Pipeline, patience: typing.Callable[[], float]) -> None:
        self._session = session
        self._pipeline = pipeline
        self._patience = patience
        self._order = threading.Lock()
        self._next: Outgoing | None = None

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
        chunks: Bytes to send on as base64 strings; taken to the last one whether the pipeline wants them or not,
            since the client that sends them listens only afterwards. None where all input is queued already.
        failed: Called once with what went wrong: the pipeline waits for input that will not come.
    """

    def __init__(
        self,
        session: Session,
        pipeline: Pipeline,
        outbox: Outbox,
        chunks: typing.Iterator[bytes] | None,
        failed: typing.Callable[[str], None],
    ) -> None:
        self._session = session
        self._pipeline = pipeline
        self._outbox = outbox
        self._chunks = chunks
        self._failed = failed
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send, name=f"input of session {session.number}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Waits until the last chunk was taken; the pipeline has ended and wants no more of them."""
        self._over.set()
        self._thread.join()

    def _send(self) -> None:
        try:
            self._feed()
        except StateError:
            log.debug("session %d: the pipeline ended before its input", self._session.number)
        except Exception as error:
            if not self._over.is_set():
                log.info("session %d: sending input failed: %r", self._session.number, error)
                self._failed(str(error))
        self._drain()

    def _feed(self) -> None:
        send_all(self._pipeline, self._outbox, self._session.courier.side, self._chunks, self._over.is_set)

    def _drain(self) -> None:
        try:
            for _chunk in self._chunks or ():
                continue
        except Exception as error:
            log.info("session %d: its client is gone: %r", self._session.number, error)


def send_all(
    pipeline: Pipeline,
    outbox: Outbox,
    link: Link,
    chunks: typing.Iterator[bytes] | None,
    over: typing.Callable[[], bool] = lambda: False,
) -> None:
    """Sends a pipeline's input to its end, or until it is over.

    Raises Fault, StateError where the pipeline has ended, and what the chunks raise.
    """
    outbox.flush(link)
    if chunks is None:
        return
    for chunk in chunks:
        if over():
            return
        pipeline.input(base64.b64encode(chunk).decode("ascii"))
        outbox.flush(link)
    pipeline.end_input()
    outbox.flush(link)
