# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pipeline whose output waits on the server (broker process)."""

from __future__ import annotations

import dataclasses
import typing
import uuid

from .._psrp.records import Record


@dataclasses.dataclass
class Left:
    """One command of a shell that was not freed: it runs, or ran, and not all of its output was received."""

    pipeline_id: uuid.UUID
    #: How it ended, where a Receive of this broker told so: completed, stopped or failed; None: not known yet.
    ended_state: str | None = None
    #: Whether its output may be received; one that was found by Enumerate takes a Connect of its own first.
    connected: bool = True
    #: What was received for a client that went away, perhaps with the final state: the next one's.
    undelivered: list[Record] = dataclasses.field(default_factory=list)
    #: Whether some of that was too much to keep: the next one is told that output is missing.
    lost: bool = False


def waiting(pipelines: typing.Iterable[Left]) -> list[Left]:
    """The pipelines of which something is still to be received, in their order."""
    return [left for left in pipelines if left.ended_state is None]


def listed(command_ids: typing.Sequence[uuid.UUID], known: typing.Sequence[Left]) -> list[Left]:
    """The pipelines of a shell that was connected to: the commands that the server lists, with what is known of them.

    One that is not listed was received by another client; what is kept of it for ours is still to be delivered.
    """
    gone = [left for left in known if left.pipeline_id not in command_ids and (left.undelivered or left.ended_state)]
    by_id = {left.pipeline_id: left for left in known}
    there = [by_id.get(command_id, Left(command_id)) for command_id in command_ids]
    return [*gone, *(dataclasses.replace(left, connected=False) for left in there)]
