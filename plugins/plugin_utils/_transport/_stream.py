# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One runspace pool at the other end of a child's standard streams (broker process).

The child is PowerShell itself or an SSH client, and the stream to it is one for both directions and for everything that
goes on in the pool.  There is no thread that reads it: whoever waits for something reads for all who wait, so that
nothing runs while nobody waits, and output that nobody takes stays where it is and slows the server down.
"""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import threading
import time
import typing
import uuid

from ._arrivals import Arrivals
from ._child import Child
from ._packets import Decoder, MalformedPacketError, Packet
from ._program import Ended, Program
from .faults import FaultKind, TransportError

#: Seconds that a server gets to end by itself, and those that one which has said its last gets.
_END_PATIENCE = 5.0
_GONE_PATIENCE = 1.0
#: Seconds between two tries to write while another thread reads.
_WRITE_PAUSE = 0.05


class Stream:
    """A child with one runspace pool, from its start to its end; safe to use from several threads.

    Args:
        program: What to start.
        last_words: What the stream that this one follows ended of.
        clock: Seconds.
    """

    def __init__(
        self,
        program: Program,
        last_words: str | None = None,
        clock: collections.abc.Callable[[], float] = time.monotonic,
    ) -> None:
        self._program = program
        self._before = last_words
        self._clock = clock
        self._changed = threading.Condition(threading.Lock())
        self._writing = threading.Lock()
        self._child: Child | None = None
        self._decoder = Decoder()
        self._arrived = Arrivals()
        self._turns: dict[uuid.UUID | None, threading.Lock] = collections.defaultdict(threading.Lock)
        self._is_read = False
        self._is_ending = False
        self._failure: TransportError | None = None
        self.shell_id: uuid.UUID | None = None

    @property
    def ended(self) -> bool:
        """Whether the pool is gone; looks whether the child has ended unnoticed."""
        with self._changed:
            if self._child is not None and not self._is_ending and not self._is_read and not self._arrived.full:
                self._read(0.0, False)
            return self._is_ending

    @property
    def place(self) -> str:
        """What messages call the other end."""
        return self._program.place

    @property
    def last_words(self) -> str | None:
        """What it ended of, or the one before it while it was not started."""
        return self._failure.message if self._failure else self._before

    def gone(self) -> TransportError:
        """The error for who asks for a pool that has ended, or was never here."""
        why = f": {self.last_words}" if self.last_words else ""
        return TransportError(FaultKind.SHELL_NOT_FOUND, f"The session on {self.place} ended with its connection{why}")

    def open(self, shell_id: uuid.UUID, creation: bytes) -> None:
        """Starts the child and sends the pool's first fragments; raises TransportError, and then nothing is left."""
        with self._changed:
            if self.shell_id is not None or self._is_ending:
                raise self.gone()
            self.shell_id = shell_id
            self._arrived.expect(None)
        try:
            child = self._program.start()
        except TransportError:
            self.end()
            raise
        with self._changed:
            closed = self._failure is not None
            self._child = None if closed else child
        if closed:
            # While the child was started.
            child.end(0.0)
            raise self.gone()
        try:
            self._send(Packet("Data", None, creation), "DataAck", self._program.opening)
        except TransportError:
            raise self._failure or self.gone() from None

    def command(self, command_id: uuid.UUID, arguments: bytes) -> None:
        """Creates a pipeline; it starts when its first message is whole. Raises TransportError."""
        with self._changed:
            self._arrived.expect(command_id)
        # The server only makes a place for it, so nothing has started when this is all that arrived.
        self._send(Packet("Command", command_id), "CommandAck", self._program.silence)
        try:
            self._send(Packet("Data", command_id, arguments), "DataAck", self._program.silence)
        except TransportError as error:
            raise TransportError(FaultKind.LOST, error.message, may_have_arrived=True) from None

    def send(self, target: uuid.UUID | None, data: bytes, is_prompt_response: bool) -> None:
        """Sends fragments to a pipeline or the pool and waits until they were taken; raises TransportError."""
        packet = Packet("Data", target, data, is_prompt_response)
        self._send(packet, "DataAck", self._program.silence)

    def receive(self, target: uuid.UUID | None, timeout: float) -> bytes:
        """Fragments of a pipeline or the pool, empty when none came within so many seconds; raises TransportError."""
        with self._changed:
            if not self._arrived.expects(target) and not self._is_ending:
                raise TransportError(FaultKind.COMMAND_NOT_FOUND, f"{self._program.place} knows no pipeline {target}")
            self._until(lambda: self._arrived.has_output(target), timeout, greedy=True)
            data = self._arrived.take(target)
            self._changed.notify_all()
            return data

    def signal(self, command_id: uuid.UUID, kind: typing.Literal["Signal", "Close"]) -> None:
        """Tells the server to stop a pipeline, or to forget it, and waits for nothing; raises TransportError."""
        if kind == "Close":
            with self._changed:
                self._arrived.forget(command_id)
                self._turns.pop(command_id, None)
                self._changed.notify_all()
        self._write(Packet(kind, command_id).encode(), self._program.silence)

    def end(self) -> None:
        """Closes the pool and ends the child and all that it started; never raises."""
        with contextlib.suppress(TransportError):
            if self._child is not None and not self.ended:
                self._send(Packet("Close", None), "CloseAck", _END_PATIENCE)
        self._end("it was closed", _END_PATIENCE)

    # --- writing ------------------------------------------------------------------------------------------------

    def _send(self, packet: Packet, answer: str, silence: float) -> None:
        """Sends one packet and waits until it was acknowledged: the server does not keep the order of two."""
        with self._turns[packet.target]:
            with self._changed:
                before = self._arrived.acknowledged(answer, packet.target)
            self._write(packet.encode(), silence)
            with self._changed:
                answered = self._until(lambda: self._arrived.acknowledged(answer, packet.target) > before, silence)
        if not answered:
            self._end(f"it gave no answer for {silence:.0f} s", _GONE_PATIENCE)
            raise self.gone()

    def _write(self, data: bytes, silence: float) -> None:
        rest = memoryview(data)

        def is_written() -> bool:
            nonlocal rest
            child = self._child
            if child is None or self._is_ending:
                raise self.gone()
            try:
                rest = rest[child.write(rest) :]
            except OSError:
                # It has ended, and whoever reads finds out why.
                rest = rest[:0]
            return not rest

        with self._writing, self._changed:
            written = self._until(is_written, silence, writing=True)
        if not written:
            self._end(f"it took nothing for {silence:.0f} s", _GONE_PATIENCE)
            raise self.gone()

    # --- reading ------------------------------------------------------------------------------------------------

    def _until(
        self,
        is_so: collections.abc.Callable[[], bool],
        silence: float,
        *,
        writing: bool = False,
        greedy: bool = False,
    ) -> bool:
        """Waits, with the lock, until something is so; reads for everybody unless another thread does.

        Args:
            is_so: Asked again whenever something has changed.
            silence: Seconds without a packet after which it is given up. While output that nobody takes holds up the
                stream, they do not count.
            writing: It changes also when the child can be written to.
            greedy: Read whatever waits to be taken: it is for this one to take.

        Returns False when it was given up; raises TransportError where the pool is gone.
        """
        packets, since = self._arrived.packets, self._clock()
        while not is_so():
            if self._is_ending:
                self._changed.wait_for(lambda: self._failure is not None)
                raise self.gone()
            now = self._clock()
            held_up = self._arrived.full and not greedy
            if packets != self._arrived.packets or held_up:
                packets, since = self._arrived.packets, now
            left = since + silence - now
            if left <= 0:
                return False
            if self._is_read or held_up:
                self._changed.wait(min(left, _WRITE_PAUSE) if writing else left)
            else:
                self._read(left, writing)
        return True

    def _read(self, timeout: float, writing: bool) -> None:
        """Reads once, with the lock, which is let go meanwhile."""
        child = self._child
        if child is None:
            raise self.gone()
        self._is_read = True
        self._changed.release()
        try:
            data = child.read(timeout, writing)
        finally:
            self._changed.acquire()
            self._is_read = False
            self._changed.notify_all()
        reason = None
        try:
            for packet in self._decoder.feed(data or b""):
                if not self._arrived.packets:
                    self._program.settled()
                self._arrived.add(packet)
        except MalformedPacketError as error:
            reason = f"what it wrote cannot be read: {error}"
        if (data is None or reason is not None) and not self._is_ending:
            self._is_ending = True
            self._finish(reason, _GONE_PATIENCE)

    # --- the end ------------------------------------------------------------------------------------------------

    def _end(self, reason: str, patience: float) -> None:
        with self._changed:
            if self._is_ending:
                self._changed.wait_for(lambda: self._failure is not None)
                return
            self._is_ending = True
            self._finish(reason, patience)

    def _finish(self, reason: str | None, patience: float) -> None:
        """Ends the child, with the lock, which is let go meanwhile."""
        child = self._child
        self._changed.notify_all()
        if child is None:
            ended = Ended(0, "", "", False, reason)
        else:
            child.wake()
            self._changed.wait_for(lambda: not self._is_read)
            self._changed.release()
            try:
                status = child.end(patience)
            finally:
                self._changed.acquire()
            ended = Ended(status, child.errors, self._decoder.text, self._arrived.packets > 0, reason)
        self._program.settled()
        self._failure = self._program.failure(ended)
        self._changed.notify_all()
