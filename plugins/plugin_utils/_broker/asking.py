# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the requests about several sessions share: whom they mean, and one row for each (broker process)."""

from __future__ import annotations

import dataclasses
import logging
import typing

from .._transport import ShellDescription
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import Failure, Result, Selector
from .._wire.target import Target
from . import rows
from .caller import Caller
from .finding import held_by_another
from .parallel import each
from .session import Session
from .shared import Shared
from .wanted import Wanted, fitting, named, unknown, wanted

log = logging.getLogger("pssession.broker")
#: One session that a request is about: held here, or asked for by itself and not held.
Item: typing.TypeAlias = "Session | Wanted"


@dataclasses.dataclass(frozen=True)
class Asker:
    """Who makes a request, and of whom.

    Args:
        shared: What all clients share.
        target: The host.
        caller: Who is told what is waited for.
    """

    shared: Shared
    target: Target
    caller: Caller

    def items(self, selector: Selector) -> list[Item]:
        """The sessions that a selector means, in its order; those of one entry by Id. Raises PSSessionError (usage)."""
        entries = wanted(selector)
        if not entries:
            entries = self._implicit()
            if not entries:
                return [*self.shared.registry.own(self.target)[:1]] or [Wanted()]
        held = self.shared.registry.held(self.target)
        items: list[Item] = []
        for entry in entries:
            chosen = [session for session in fitting([entry], held) if session not in items]
            items += chosen or ([] if entry.pattern or fitting([entry], held) else [entry])
        return items

    def results(self, items: list[Item], act: typing.Callable[[Item], Result]) -> list[Result]:
        """One row for each, done at once; who fails says so in his own row."""

        def guarded(item: Item) -> Result:
            try:
                return act(item)
            except PSSessionError as error:
                failure = Failure(error.kind.value, error.message)
            except Exception as error:
                log.exception("a request failed for %s", item)
                failure = Failure(ErrorKind.UNKNOWN.value, f"The session broker met an error of its own: {error!r}.")
            row = rows.of_session(item) if isinstance(item, Session) else item.row(self.target)
            return Result(row, error=failure)

        return each(guarded, items)

    def unknown(self, entry: Wanted) -> PSSessionError:
        """The error for a session that does not exist."""
        if entry == Wanted():
            return PSSessionError(
                ErrorKind.FAILED,
                f"This controller holds no session of its own on {self.target.host}. Make one with pssession: "
                "state=present, or say which one with name, id or instance_id.",
            )
        return unknown([entry], self.target, self.shared.registry.held(self.target))

    def found(self, entry: Wanted) -> ShellDescription:
        """The shell on the server that is meant, free to be taken; one Enumerate. Raises PSSessionError."""
        if not entry.exact:
            raise self.unknown(entry)
        with self.shared.scout(self.target) as scout:
            there = self.shared.finder.shells(self.target, scout.courier)
        shell = self.shared.finder.one(entry, self.target, self.shared.finder.free(there))
        if shell is None:
            raise self.shared.finder.elsewhere(entry, self.target, there) or self.unknown(entry)
        if shell.state == rows.CONNECTED:
            raise held_by_another(shell.name or "", self.target, shell)
        return shell

    def _implicit(self) -> list[Wanted]:
        """Without a selector the connection's named session is meant, where it has one."""
        return [named(self.target.session_name)] if self.target.session_name is not None else []
