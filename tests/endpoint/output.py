# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output that waits on the server until a client's Receive fetches it (test endpoint process)."""

from __future__ import annotations

import collections
import dataclasses
import threading

from .wsmanfault import WSManFault


@dataclasses.dataclass
class Piece:
    """One Stream element of a ReceiveResponse."""

    stream: str
    data: bytes
    end: bool = False


@dataclasses.dataclass
class Batch:
    """What one Receive takes."""

    pieces: list[Piece]
    #: The command has ended and this is its last output.
    done: bool
    exit_code: int = 0


class Receiver:
    """One Receive that waits on a channel."""

    def __init__(self) -> None:
        #: Set when the wait must end with this fault.
        self.fault: WSManFault | None = None


class Channel:
    """The output of a runspace pool or of one command, bounded.

    All methods are called with the shell's lock (`changed`) held, except :meth:`put`, which takes it.
    """

    def __init__(self, changed: threading.Condition, limit: int) -> None:
        self._changed = changed
        self._pieces: collections.deque[Piece] = collections.deque()
        #: Bytes that wait.
        self.size = 0
        self.limit = limit
        #: True: what does not fit pushes the oldest out (buffer mode Drop, while disconnected).
        self.drops = False
        self.dropped = 0
        self.done = False
        self.exit_code = 0
        #: Done has been told to a client; nothing more will come.
        self.delivered = False
        self.closed = False
        #: False: a new client has to Connect to the command before it may Receive.
        self.connected = True
        self.receiver: Receiver | None = None

    @property
    def ready(self) -> bool:
        """A Receive would have something to say."""
        return bool(self._pieces) or (self.done and not self.delivered)

    def put(self, stream: str, data: bytes, end: bool = False) -> None:
        """Adds output; waits while there is no room, unless the channel drops or is closed."""
        with self._changed:
            while not self.closed and not self.drops and self.size and self.size + len(data) > self.limit:
                self._changed.wait()
            if self.closed:
                return
            self._pieces.append(Piece(stream, data, end))
            self.size += len(data)
            while self.drops and self.size > self.limit and len(self._pieces) > 1:
                oldest = self._pieces.popleft()
                self.size -= len(oldest.data)
                self.dropped += 1
            self._changed.notify_all()

    def put_back(self, batch: Batch) -> None:
        """Undoes :meth:`take`, for an answer that never reached its client."""
        self._pieces.extendleft(reversed(batch.pieces))
        self.size += sum(len(piece.data) for piece in batch.pieces)
        if batch.done:
            self.delivered = False
        self._changed.notify_all()

    def take(self, room: int) -> Batch:
        """Takes as many pieces as fit into `room` bytes of answer; the first one may not fit either: then none."""
        pieces: list[Piece] = []
        while self._pieces:
            need = stream_length(self._pieces[0])
            if need > room:
                break
            room -= need
            piece = self._pieces.popleft()
            self.size -= len(piece.data)
            pieces.append(piece)
        done = self.done and not self._pieces
        self.delivered = self.delivered or done
        self._changed.notify_all()
        return Batch(pieces, done, self.exit_code)

    def finish(self, exit_code: int = 0) -> None:
        """Nothing more comes; the next Receive that empties the channel is told so."""
        self.done = True
        self.exit_code = exit_code
        self._changed.notify_all()

    def interrupt(self, fault: WSManFault) -> None:
        """Ends a waiting Receive with a fault."""
        if self.receiver is not None:
            self.receiver.fault = fault
            self._changed.notify_all()

    def close(self, fault: WSManFault) -> None:
        """Throws the output away, lets the engine's writers go and ends a waiting Receive."""
        self.closed = True
        self._pieces.clear()
        self.size = 0
        self.interrupt(fault)
        self._changed.notify_all()


def stream_length(piece: Piece) -> int:
    """Bytes of the Stream element of a piece: base64, and at most so much for its tags and attributes."""
    return (len(piece.data) + 2) // 3 * 4 + 160
