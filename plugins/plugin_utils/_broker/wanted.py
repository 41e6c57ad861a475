# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a selector asks for, and which sessions fit it (broker process)."""

from __future__ import annotations

import dataclasses
import typing
import uuid

from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import Selector
from .._wire.target import Target
from . import wildcards

if typing.TYPE_CHECKING:
    from .._transport import ShellDescription
    from .session import Session


@dataclasses.dataclass(frozen=True)
class Wanted:
    """One entry of a selector: a name, an Id or an instance id; none of them is a session that does not exist."""

    name: str | None = None
    number: int | None = None
    shell_id: uuid.UUID | None = None

    @property
    def exact(self) -> bool:
        """Whether it can be looked for on the server: an Id is this broker's own, a wildcard means what it holds."""
        return (self.name is not None and not self.pattern) or self.shell_id is not None

    @property
    def pattern(self) -> bool:
        """Whether it is a name with wildcards."""
        return self.name is not None and wildcards.is_pattern(self.name)

    def fits(self, session: Session) -> bool:
        """Whether a session that this broker holds is meant."""
        if self.number is not None:
            return session.number == self.number
        return self.names(session.name, session.shell_id)

    def names(self, name: str | None, shell_id: uuid.UUID) -> bool:
        """Whether a session of that name and instance id is meant."""
        if self.shell_id is not None:
            return shell_id == self.shell_id
        return self.name is not None and name is not None and wildcards.matches(self.name, name)

    def fits_row(self, row: dict[str, typing.Any]) -> bool:
        """Whether the session of a row is meant."""
        if self.number is not None:
            return bool(row["id"] == self.number)
        return self.names(row["name"], uuid.UUID(row["instance_id"]))

    def row(self, target: Target) -> dict[str, typing.Any]:
        """The row of a session that does not exist."""
        return {
            "id": self.number,
            "name": self.name,
            "computer_name": target.host,
            "inventory_hostname": target.inventory_hostname,
            "instance_id": str(self.shell_id) if self.shell_id else None,
        }

    def __str__(self) -> str:
        if self.number is not None:
            return f"the Id {self.number}"
        return f"the instance id {self.shell_id}" if self.shell_id else f"the name {self.name!r}"


def wanted(selector: Selector) -> list[Wanted]:
    """The entries of a selector; raises PSSessionError (usage) for an instance id that is no GUID."""
    ids = [Wanted(shell_id=_guid(text)) for text in selector.instance_ids]
    return [*(Wanted(name) for name in selector.names), *(Wanted(number=number) for number in selector.ids), *ids]


def named(name: str) -> Wanted:
    """Exactly that name, whatever characters it has."""
    return Wanted("".join(f"`{character}" if character in "`*?[]" else character for character in name))


def fitting(entries: typing.Sequence[Wanted], sessions: typing.Iterable[Session]) -> list[Session]:
    """The sessions that the entries mean, in the entries' order; those of one entry by their Ids."""
    by_id = sorted(sessions, key=lambda session: session.number)
    return list(dict.fromkeys(session for entry in entries for session in by_id if entry.fits(session)))


def one_of(entries: typing.Sequence[Wanted], sessions: typing.Iterable[Session]) -> list[Session]:
    """The one session that the entries mean, or none; raises PSSessionError (usage) where they mean several."""
    chosen = fitting(entries, sessions)
    if len(chosen) > 1:
        lines = [f"{session.name!r} (Id {session.number}, {session.state.value})" for session in chosen]
        raise ambiguous(entries, chosen[0].target, lines)
    return chosen


def ambiguous(entries: typing.Sequence[Wanted], target: Target, found: list[str]) -> PSSessionError:
    """The error for one session that was asked for where several fit."""
    return PSSessionError(
        ErrorKind.USAGE,
        f"Several sessions on {target.host} have {_list(entries)}: {', '.join(found)}. "
        "Say which one with id or instance_id.",
    )


def unknown(entries: typing.Sequence[Wanted], target: Target, held: typing.Iterable[Session]) -> PSSessionError:
    """The error for a session that was asked for and does not exist."""
    known = sorted(held, key=lambda session: session.number)
    rows = [f"{session.name!r} (Id {session.number}, {session.state.value})" for session in known if session.opened]
    exist = f"This controller holds {', '.join(rows)}." if rows else "This controller holds no session there."
    looked = " and the server has none either" if all(entry.exact for entry in entries) else ""
    return PSSessionError(
        ErrorKind.FAILED,
        f"No session on {target.host} that is held here has {_list(entries)}{looked}. {exist} Make one with pssession: "
        "state=present, or see what is on the computer with pssession_info: scope=computer.",
    )


def describe(shell: ShellDescription) -> str:
    """A shell on the server, for messages."""
    return f"{shell.name!r} (instance id {shell.shell_id}, {shell.state or 'in an unknown state'})"


def _list(entries: typing.Sequence[Wanted]) -> str:
    return " or ".join(str(entry) for entry in entries)


def _guid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise PSSessionError(
            ErrorKind.USAGE,
            f"instance_id {text!r} is no GUID such as 01234567-89ab-cdef-0123-456789abcdef; "
            "pssession_info: scope=computer shows the instance ids of the sessions on a computer.",
        ) from None
