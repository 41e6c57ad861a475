# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large input cut into messages, so that the broker never holds all of it (ansible worker)."""

from __future__ import annotations

import json
import typing

from ._wire import frames
from ._wire.errors import ErrorKind, PSSessionError
from ._wire.messages import Run
from ._wire.record import replaced

#: Bytes of values in one message, about: as much as fits into one request of the broker's to the server.
MESSAGE = 320 * 1024
#: Bytes that a message may need besides the values, and a little more.
_RESERVE = 1024


def divided(request: Run) -> tuple[Run, typing.Iterator[list[typing.Any]]]:
    """A request with as much of its values as one message should hold, and the rest, some values at a time.

    Raises PSSessionError (usage) for a value that no message can hold.
    """
    parts = list(_parts(request.values))
    if len(parts) < 2:
        return request, iter(())
    return replaced(request, values=parts[0], more=True), iter(parts[1:])


def _parts(values: list[typing.Any]) -> typing.Iterator[list[typing.Any]]:
    part: list[typing.Any] = []
    room = MESSAGE
    for number, value in enumerate(values):
        size = _size(value, number)
        if part and size > room:
            yield part
            part, room = [], MESSAGE
        part.append(value)
        room -= size
    if part:
        yield part


def _size(value: typing.Any, number: int) -> int:
    """Bytes of a value as JSON; of a short string no more than a guess."""
    if isinstance(value, str) and len(value) * 6 < frames.MAX_HEADER:
        return len(value) + 3
    size = len(json.dumps(value))
    if size > frames.MAX_HEADER - _RESERVE:
        raise PSSessionError(
            ErrorKind.USAGE,
            f"input[{number}] is a value of {size} bytes (as JSON), and one value may have "
            f"{frames.MAX_HEADER} at most; PowerShell itself takes 10 MB an object unless the computer allows more "
            "(PSMaximumReceivedObjectSizeMB). Divide it into several values, or copy a file "
            "(ansible.windows.win_copy).",
        )
    return size
