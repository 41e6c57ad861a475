# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kept sessions the brokers of this place have made or taken over: those are "ours" (broker process).

A named session outlives its broker, killed ones included. The next broker of the same place knows by this file that the
session is not another controller's or job's; no request is needed for it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pathlib
import threading
import typing
import uuid

from .._wire.target import Target
from .session import Session
from .troubles import SessionState

log = logging.getLogger("pssession.broker")


class Ledger:
    """A private file, and what it says; safe to use from several threads.

    Args:
        path: The file, in a private directory; None keeps nothing beyond this process.
    """

    def __init__(self, path: pathlib.Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        #: Instance ids, and the computer and user that each belongs to.
        self._entries: dict[str, list[typing.Any]] = _read(path) if path else {}

    def __contains__(self, shell_id: uuid.UUID) -> bool:
        with self._lock:
            return str(shell_id) in self._entries

    def note(self, session: Session) -> None:
        """A session's shell has become ours, or is gone; never raises."""
        with self._lock:
            before = dict(self._entries)
            if session.stays and session.state in (SessionState.OPENED, SessionState.DISCONNECTED):
                self._entries[str(session.shell_id)] = _place(session.target)
            else:
                self._entries.pop(str(session.shell_id), None)
            self._write(before)

    def seen(self, target: Target, there: typing.Container[uuid.UUID]) -> None:
        """Forgets those of a target's computer and user that the server does not have any more."""
        with self._lock:
            before = dict(self._entries)
            place = _place(target)
            self._entries = {
                shell_id: where
                for shell_id, where in self._entries.items()
                if where != place or uuid.UUID(shell_id) in there
            }
            self._write(before)

    def _write(self, before: dict[str, list[typing.Any]]) -> None:
        """Replaces the file in one step, so that whoever dies meanwhile leaves the old one or the new one."""
        if self._path is None or self._entries == before:
            return
        temporary = self._path.with_suffix(".ledger.new")
        try:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(self._entries, file)
            temporary.replace(self._path)
        except OSError as error:
            # Without it the next broker takes our sessions for somebody else's, no worse.
            log.warning("the ledger cannot be written: %s", error)


def _place(target: Target) -> list[typing.Any]:
    return [target.host, target.port, target.user]


def _read(path: pathlib.Path) -> dict[str, list[typing.Any]]:
    """What the file says; one that is missing or damaged says nothing."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {str(uuid.UUID(shell_id)): list(where) for shell_id, where in entries.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        log.warning("the ledger cannot be read: %s", error)
        return {}
