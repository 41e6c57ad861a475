# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The input of one pipeline, filled by the client while the pipeline already runs (test endpoint process)."""

from __future__ import annotations

import collections
import collections.abc
import threading
import typing


class PipelineInput(collections.abc.Iterator[typing.Any]):
    """An iterator over what the client sends; waits for the next object, ends at END_OF_PIPELINE_INPUT or a stop."""

    def __init__(self) -> None:
        self._objects: collections.deque[typing.Any] = collections.deque()
        self._changed = threading.Condition()
        self._ended = False

    def put(self, value: typing.Any) -> None:
        """Adds an object; ignored after the end, as PowerShell closes the input of a pipeline that is over."""
        with self._changed:
            if not self._ended:
                self._objects.append(value)
                self._changed.notify()

    def put_back(self, values: collections.abc.Sequence[typing.Any]) -> None:
        """Puts objects that were looked at in front again."""
        with self._changed:
            self._objects.extendleft(reversed(values))

    def end(self) -> None:
        """No more objects come; those that came are still given out."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def abandon(self) -> None:
        """The pipeline is stopped: a reader that waits sees the end."""
        with self._changed:
            self._objects.clear()
            self._ended = True
            self._changed.notify()

    def __next__(self) -> typing.Any:
        with self._changed:
            while not self._objects and not self._ended:
                self._changed.wait()
            if not self._objects:
                raise StopIteration
            return self._objects.popleft()
