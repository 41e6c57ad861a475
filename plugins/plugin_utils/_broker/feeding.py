# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rest of a run's input, as its client sends it (broker process)."""

from __future__ import annotations

import base64
import socket
import typing

from .._wire.errors import WireError
from .._wire.messages import REQUESTS, Input


class Feed(typing.Iterator[list[object]]):
    """Reads `Input` messages, one at a time: what nobody has taken stays in the socket, and slows its client down.

    Args:
        connection: The client's socket.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._ended = False

    def __next__(self) -> list[object]:
        """The values of one message, a chunk's bytes as one base64 string; raises WireError."""
        if self._ended:
            raise StopIteration
        received = REQUESTS.receive(self._socket)
        if received is None or not isinstance(received[0], Input):
            raise WireError("the input ended before its end")
        message, body = received
        if not message.end:
            return [base64.b64encode(body).decode("ascii")] if body else message.values
        self._ended = True
        raise StopIteration
