# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of one target and who uses them; only the registry, under its lock, touches a group (broker process)."""

from __future__ import annotations

import dataclasses
import typing

from .._wire.target import Target
from .session import Session, SessionState

#: Seconds after which a session beyond a host's first one is removed when nobody uses it.
SURPLUS_IDLE = 30.0
#: Seconds; the idle timeout that a server gives a session for which none was asked (about_PSSessions: 2 hours).
SERVERS_IDLE_TIMEOUT = 7200
#: Seconds without work after which a kept session is disconnected when no playbook uses it.
REST = 30.0
#: What a user of sessions is known by: a playbook's pid and start time.
Playbook = tuple[int, int]


@dataclasses.dataclass
class Group:
    """The sessions of one target key; the first one is the shared one."""

    target: Target
    sessions: list[Session] = dataclasses.field(default_factory=list)
    #: What is done in each session that is in use, by its Id.
    busy: dict[int, str] = dataclasses.field(default_factory=dict)
    playbooks: set[Playbook] = dataclasses.field(default_factory=set)
    #: When the last playbook that used the group ended; None while one lives.
    ended: float | None = None
    #: The server's quota: no more sessions than this, 0 for as many as are wanted.
    limit: int = 0

    def free(self, shared: bool) -> Session | None:
        """A session that may be leased now."""
        # Sessions of one name are not alike: who does not say which one means the first.
        candidates = self.sessions[:1] if shared or self.named else self.sessions
        return next((session for session in candidates if session.number not in self.busy), None)

    @property
    def named(self) -> bool:
        """Whether its sessions have a name that was given."""
        return self.target.session_name is not None

    def may_grow(self, shared: bool) -> bool:
        """Whether one more session may be opened."""
        if self.named:
            # There is one session of a name; who wants it waits for it.
            return not self.sessions
        limits = [limit for limit in (self.limit, self.target.max_sessions) if limit]
        return not self.sessions or (not shared and all(len(self.sessions) < limit for limit in limits))

    def use(self, playbook: Playbook) -> None:
        """A playbook keeps it from now on."""
        self.playbooks.add(playbook)
        self.ended = None

    def leave(self, playbook: Playbook, now: float) -> None:
        """A playbook keeps it no longer; the last one's end is what `persist` counts from."""
        if playbook in self.playbooks:
            self.playbooks.discard(playbook)
            if not self.playbooks:
                self.ended = now

    def live(self) -> list[Session]:
        """The sessions that are open or being opened."""
        return [session for session in self.sessions if session.opened or session.number in self.busy]

    def limit_to_others(self, refused: Session) -> bool:
        """Drops a session that the server's quota refused, and asks for no more than the others; False without any."""
        if refused not in self.sessions or len(self.sessions) == 1:
            return False
        self.sessions.remove(refused)
        self.busy.pop(refused.number, None)
        self.limit = len(self.sessions)
        return True

    def expired(self, now: float) -> bool:
        """Whether the time after the last playbook's end is over.

        Output that a client went away from is kept here for as long as the session is on its server.
        """
        if self.ended is None or self.busy:
            return False
        owing = [session.idle_timeout or SERVERS_IDLE_TIMEOUT for session in self.sessions if session.owes]
        return self.ended + max(self.target.persist, *owing, 0) <= now

    def surplus(self, now: float) -> list[Session]:
        """Sessions beyond the first one that nobody wants any more; they are taken out."""
        surplus = [
            session
            for session in self.sessions[1:]
            if not session.kept and session.number not in self.busy and now - session.last_used > SURPLUS_IDLE
        ]
        self.sessions = [session for session in self.sessions if session not in surplus]
        return surplus

    def may_rest(self, session: Session, now: float) -> bool:
        """Whether a kept session may be disconnected: no playbook uses it, and nothing was done for a while."""
        if self.ended is None or not session.stays or session.state is not SessionState.OPENED:
            return False
        return now - max(self.ended, session.last_used) >= REST

    def retire(self) -> list[Session]:
        """The group's free sessions; a busy one comes back when its user is done."""
        free = [session for session in self.sessions if session.number not in self.busy]
        self.sessions = []
        return free


class Groups(dict[str, Group]):
    """All groups, by the keys of their targets."""

    def key(self, target: Target) -> str:
        """The key of the target's group; a named session that was found under other options is in one of its own."""
        key = target.key()
        if key not in self and target.session_name is not None:
            wanted = (target.session_name.casefold(), target.configuration_name.casefold())
            for other, group in self.items():
                theirs = group.target
                if theirs.session_name is not None and theirs.is_same_host(target) and theirs.same_secrets(target):
                    if (theirs.session_name.casefold(), theirs.configuration_name.casefold()) == wanted:
                        return other
        return key

    def of(self, session: Session) -> Group | None:
        """The group that holds a session."""
        return next((group for group in self.values() if session in group.sessions), None)

    def held(self, target: Target) -> list[Session]:
        """The sessions on a target's host as its user, with its secrets, that are open or being opened."""
        return [
            session
            for group in self.values()
            if group.target.is_same_host(target) and group.target.same_secrets(target)
            for session in group.live()
        ]

    def idle(self, wanted: typing.Callable[[Group, Session], bool]) -> typing.Iterator[tuple[Group, Session]]:
        """The sessions that nobody uses and that satisfy a condition."""
        for group in self.values():
            for session in group.sessions:
                if session.number not in group.busy and wanted(group, session):
                    yield group, session

    def sessions(self) -> list[Session]:
        """Every session that is held."""
        return [session for group in self.values() for session in group.sessions]

    def forget(self, session: Session) -> None:
        """Takes a session out, and its group with the last one."""
        for key, group in list(self.items()):
            if session in group.sessions:
                group.sessions.remove(session)
                group.busy.pop(session.number, None)
                if not group.sessions:
                    del self[key]
