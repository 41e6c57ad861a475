# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An interactive pipeline's talk with its user: calls of the host and answers to them (broker process).

The thread that runs the pipeline sends calls among the records, in the server's order. A thread of its own reads what
the client says meanwhile and sends answers to the server over the session's side connection, so that the Receive of the
pipeline goes on: the server sees its client live, however long the user thinks.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import selectors
import socket
import threading
import typing

from .._psrp.host import HostCall
from .._psrp.records import Record
from .._wire import messages
from .._wire.errors import WireError
from .parallel import in_thread
from .running import Run

log = logging.getLogger("pssession.broker")


class Conversation:
    """One interactive run's calls and answers.

    Args:
        connection: The client's socket; read here while `listening`.
        send: Sends a message to the client; raises OSError.
        deliver: Sends records to the client; raises OSError.
    """

    def __init__(
        self,
        connection: socket.socket,
        send: typing.Callable[[object], None],
        deliver: typing.Callable[[list[Record]], None],
    ) -> None:
        self._socket = connection
        self._send = send
        self._deliver_records = deliver
        self._lock = threading.Lock()
        #: The call that waits for its answer; a pipeline has one at a time.
        self._asked: HostCall | None = None

    def deliver(self, records: list[Record]) -> None:
        """Sends records and calls in their order; raises OSError."""
        for is_call, group in itertools.groupby(records, lambda record: record.stream == "host_call"):
            if not is_call:
                self._deliver_records(list(group))
                continue
            for record in group:
                self._call(typing.cast(HostCall, record.value))

    @contextlib.contextmanager
    def listening(self, run: Run) -> typing.Iterator[None]:
        """Reads answers and Stop for a run, on a thread of its own; a hang-up stops it."""
        wake, waker = os.pipe()
        thread = in_thread("answers", lambda: self._listen(run, wake))
        try:
            yield
        finally:
            os.close(waker)
            thread.join()
            os.close(wake)

    def _call(self, call: HostCall) -> None:
        if call.expects_answer:
            with self._lock:
                self._asked = call
        self._send(messages.HostCall(call.method, call.arguments, call.expects_answer))

    def _listen(self, run: Run, wake: int) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            while wake not in [key.fd for key, _events in selector.select()]:
                try:
                    received = messages.REQUESTS.receive(self._socket)
                except (OSError, WireError) as error:
                    log.warning("a client was not understood: %s", error)
                    received = None
                if received is None:
                    run.stop("its client went away")
                    return
                self._heard(run, received[0])

    def _heard(self, run: Run, message: object) -> None:
        if isinstance(message, messages.Stop):
            run.stop("its user stopped it", asked=True)
        elif isinstance(message, messages.HostAnswer):
            with self._lock:
                call, self._asked = self._asked, None
            if call is not None:
                run.answer(call, message.value, message.error)
        else:
            log.warning("%s is out of turn while a pipeline runs", type(message).__name__)
            run.stop(f"its client sent {type(message).__name__} meanwhile")
