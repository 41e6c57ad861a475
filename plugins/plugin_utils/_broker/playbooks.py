# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which playbook processes live: their life keeps sessions and what runs in them (broker process).

A playbook is a pid together with its start time, so that a pid given to another process does not keep anything.
"""

from __future__ import annotations

import os
import typing

from .._wire.place import process_started
from .group import Playbook
from .reactor import Reactor

#: Seconds between two looks at the processes where the system has no pidfd (macOS).
_POLL = 2.0


class Playbooks:
    """Watches processes; to be used on the reactor's thread, `alive` on any.

    Args:
        reactor: The main loop.
        ended: Called with a playbook whose process is gone.
    """

    def __init__(self, reactor: Reactor, ended: typing.Callable[[Playbook], None]) -> None:
        self._reactor = reactor
        self._ended = ended
        self._watched: dict[Playbook, int | None] = {}

    def watch(self, playbook: Playbook) -> None:
        """Starts to watch a playbook, if that is not done already."""
        if playbook in self._watched:
            return
        if not alive(playbook):
            self._ended(playbook)
            return
        self._watched[playbook] = None
        try:
            handle = os.pidfd_open(playbook[0])
        except (AttributeError, OSError):
            self._poll(playbook)
            return
        self._watched[playbook] = handle
        self._reactor.watch(handle, lambda: self._gone(playbook))

    @property
    def living(self) -> int:
        """How many playbooks live."""
        return len(self._watched)

    def _poll(self, playbook: Playbook) -> None:
        if alive(playbook):
            self._reactor.later(_POLL, lambda: self._poll(playbook))
        else:
            self._gone(playbook)

    def _gone(self, playbook: Playbook) -> None:
        if playbook not in self._watched:
            return
        handle = self._watched.pop(playbook)
        if handle is not None:
            self._reactor.unwatch(handle, lambda: os.close(handle))
        self._ended(playbook)


def alive(playbook: Playbook) -> bool:
    """Whether the very process that said `Hello` still lives."""
    pid, started = playbook
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not started or process_started(pid) == started
