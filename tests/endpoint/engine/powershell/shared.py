# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session remembers of values that have no place for it (test endpoint process).

In .NET a member that is added to any object is kept beside it, for as long as it lives.  The small integers of a
script's text are one object each, so what is added to one of them stays there for the whole session.
"""

from __future__ import annotations

from . import typesystem, values

#: Integers from the first up to the second are made once.
_SMALL = (-100, 1000)


class Shared:
    """One for each session."""

    def __init__(self) -> None:
        self._added: dict[int, values.PSObject] = {}
        self._literals: dict[int, values.PSObject] = {}
        self._listed: dict[int, object] = {}

    def with_members(self, value: object) -> values.PSObject | None:
        """The value with what was added to it; None where that is nothing."""
        return self._added.get(id(value)) if self._added else None

    def literal(self, number: object) -> object:
        """A number of a script's text, with what was added to it."""
        return self._literals.get(number, number) if self._literals and type(number) is int else number

    def adopt(self, value: object) -> values.PSObject:
        """The value as something that members are added to; they stay with it."""
        if isinstance(value, values.PSObject):
            return value
        made = self.with_members(value) or values.PSObject(base=value)
        if type(value) is int and _SMALL[0] <= value < _SMALL[1]:
            self._literals[value] = made
        elif isinstance(value, (values.Hashtable, values.ObjectValue, typesystem.NetObject, typesystem.NetType, list)):
            self._added[id(value)] = made
        return made

    def list_members(self, value: object) -> None:
        """Notes that all members of an object were listed, which leaves a mark on it."""
        if isinstance(value, (values.ObjectValue, typesystem.NetObject, typesystem.NetType)):
            self._listed[id(value)] = value

    def members_listed(self, value: object) -> bool:
        """Whether that was so; the text of such an object is written as an object of its own."""
        return id(value) in self._listed
