# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions there are: those held here, and what the server tells (broker process)."""

from __future__ import annotations

import typing

from .._transport import ShellDescription
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import ListSessions
from . import rows
from .shared import Shared
from .wanted import Wanted, wanted


def list_sessions(shared: Shared, message: ListSessions) -> list[rows.Row]:
    """The rows that a `ListSessions` asks for; raises PSSessionError."""
    entries = wanted(message.selector)
    if message.scope == "current":
        return _chosen(entries, _by_id(shared.registry.rows(message.target)))
    target = message.target
    if target is None:
        raise PSSessionError(ErrorKind.USAGE, "scope=computer needs a host whose server is asked.")
    held = _by_id(shared.registry.rows(target))
    with shared.scout(target) as scout:
        shells = {str(shell.shell_id): shell for shell in shared.finder.shells(target, scout.courier)}
    listed = [_told(row, shells.pop(row["instance_id"], None)) for row in held]
    # What was made or found meanwhile is held by now, and not another client's.
    ours = {str(shell_id) for shell_id in shared.registry.shells(target)}
    listed += [rows.of_shell(target, shell) for shell in shells.values() if str(shell.shell_id) not in ours]
    return _chosen(entries, listed)


def _told(row: rows.Row, shell: ShellDescription | None) -> rows.Row:
    """A held session's row with what the server tells; one that the server does not know is lost."""
    if shell is None:
        lost = {"state": "Broken", "availability": "None"} if row["state"] in ("Opened", "Disconnected") else {}
        return {**row, **dict.fromkeys(rows.TOLD), **lost}
    # One that was disconnected here and that another client has connected to meanwhile.
    taken = {"availability": "Busy"} if row["state"] == "Disconnected" and shell.state == rows.CONNECTED else {}
    return {**row, **rows.told(shell), **taken}


def _chosen(entries: typing.Sequence[Wanted], listed: list[rows.Row]) -> list[rows.Row]:
    """The rows that the entries mean, in the entries' order; all of them without entries."""
    if not entries:
        return listed
    chosen = {row["instance_id"]: row for entry in entries for row in listed if entry.fits_row(row)}
    return list(chosen.values())


def _by_id(listed: list[rows.Row]) -> list[rows.Row]:
    return sorted(listed, key=lambda row: int(row["id"]))
