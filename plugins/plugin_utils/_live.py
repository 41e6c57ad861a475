# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running pipeline tells people, shown while it runs (ansible worker)."""

from __future__ import annotations

import re
import time
import typing

#: Seconds between two lines about the progress of one activity.
_PACE = 1.0
_COMPLETED = "Completed"
#: Escape sequences and control characters: a host must not steer the terminal of who watches.
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Live:
    """Turns records into lines for the screen: the host's output, warnings, and now and then progress.

    Args:
        show: Takes one line.
        clock: Seconds, monotonic.
    """

    def __init__(self, show: typing.Callable[[str], None], clock: typing.Callable[[], float] = time.monotonic) -> None:
        self._out = show
        self._clock = clock
        #: When the progress of each activity was last shown.
        self._shown: dict[int, float] = {}
        #: Host output whose line has not ended yet, by its stream.
        self._begun: dict[str, str] = {}

    def add(self, entries: list[typing.Any]) -> None:
        """Shows the entries of one `Records` message."""
        for stream, value in entries:
            if stream in ("host_out", "host_err"):
                *lines, rest = (self._begun.pop(stream, "") + str(value)).split("\n")
                for line in lines:
                    self._show(line.rstrip("\r"))
                if rest:
                    self._begun[stream] = rest
            elif stream == "warning":
                self._show(f"WARNING: {value}")
            elif stream == "progress":
                self._progress(value)

    def end(self) -> None:
        """Shows what did not end with its line."""
        for rest in self._begun.values():
            self._show(rest)
        self._begun.clear()

    def _show(self, text: str) -> None:
        for line in text.split("\n"):
            self._out(_CONTROL.sub("", line))

    def _progress(self, record: dict[str, typing.Any]) -> None:
        activity, now = record.get("activity_id") or 0, self._clock()
        if record.get("record_type") == _COMPLETED:
            self._shown.pop(activity, None)
            return
        if activity in self._shown and now - self._shown[activity] < _PACE:
            return
        self._shown[activity] = now
        percent = record.get("percent_complete")
        parts = [
            str(record.get("activity") or ""),
            str(record.get("status_description") or ""),
            str(record.get("current_operation") or ""),
            f"{percent} %" if isinstance(percent, int) and percent >= 0 else "",
        ]
        self._show(": ".join(part for part in parts if part))
