# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request: what a network, a server or a quota may do to the n-th request (test endpoint process)."""

from __future__ import annotations

import dataclasses
import threading
import typing

#: Every kind of failure, and at which point of a request it takes effect.
KINDS: dict[str, str] = {
    "drop-before": "before",  # the connection ends, nothing was processed
    "delay": "before",  # `seconds` real seconds pass first
    "hold": "before",  # nothing is processed until all failures are cleared; see `FaultList.held`
    "http-400": "before",
    "http-503": "before",
    "quota": "before",  # the fault of the quota named by `quota`
    "restart": "before",  # all shells of the computer are gone, as after a reboot
    "shell-gone": "before",  # the shell of this request is gone
    "disconnect-idle": "before",  # the shell of this request has turned Disconnected by itself
    "drop-after": "after",  # processed, but the connection ends without an answer
    "cut": "after",  # processed; only the first `bytes` of the answer are sent
}


@dataclasses.dataclass
class Fault:
    """One kind of failure and the requests that it befalls."""

    kind: str
    #: Create, Command, Send, Receive, Signal, Delete, ...; None: any.
    action: str | None = None
    shell_id: str | None = None
    computer: str | None = None
    #: So many matching requests pass unharmed first.
    after: int = 0
    #: How many requests it befalls then; 0: all.
    times: int = 1
    seconds: float = 0.0
    bytes: int = 0
    quota: str = "max_shells_per_user"
    #: How many requests it has befallen.
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no failure {self.kind!r}; there are {', '.join(sorted(KINDS))}")
        if self.after < 0 or self.times < 0 or self.seconds < 0 or self.bytes < 0:
            raise ValueError("after, times, seconds and bytes are not negative")

    def matches(self, action: str, shell_id: str | None, computer: str) -> bool:
        return (
            self.action in (None, action)
            and (self.shell_id is None or self.shell_id.upper() == (shell_id or "").upper())
            and self.computer in (None, computer)
        )


class FaultList:
    """The failures that are still to come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._released = threading.Condition(self._lock)
        self._clearings = 0
        self._faults: list[Fault] = []
        #: How many requests wait at the moment for the failures to be cleared.
        self.held = 0

    def add(self, kind: str, **settings: typing.Any) -> Fault:
        """Adds a failure; see :class:`Fault` for its settings.  ValueError or TypeError for what there is not."""
        fault = Fault(kind, **settings)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forgets all failures and lets go of the requests that are held."""
        with self._lock:
            self._faults.clear()
            self._clearings += 1
            self._released.notify_all()

    def hold(self) -> None:
        """Returns when the failures are cleared."""
        with self._lock:
            before = self._clearings
            self.held += 1
            self._released.wait_for(lambda: self._clearings != before)
            self.held -= 1

    def __len__(self) -> int:
        return len(self._faults)

    def take(self, action: str, shell_id: str | None, computer: str) -> list[Fault]:
        """The failures that befall this request; those that are used up are forgotten."""
        if not self._faults:
            return []
        taken = []
        with self._lock:
            for fault in tuple(self._faults):
                if not fault.matches(action, shell_id, computer):
                    continue
                if fault.after:
                    fault.after -= 1
                    continue
                fault.hits += 1
                taken.append(fault)
                if fault.times and fault.hits >= fault.times:
                    self._faults.remove(fault)
        return taken
