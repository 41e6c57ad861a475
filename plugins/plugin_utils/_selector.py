# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions a task means: the options `name`, `id` and `instance_id` (ansible worker)."""

from __future__ import annotations

import re
import typing
import uuid

from ._wire.errors import usage_error
from ._wire.messages import Selector
from ._wire.target import unfit_name

#: The selector of modules that take several sessions.
SEVERAL: dict[str, dict[str, typing.Any]] = {
    "id": {"type": "list", "elements": "int"},
    "instance_id": {"type": "list", "elements": "str"},
    "name": {"type": "list", "elements": "str"},
}
#: The selector of modules that take one.
ONE: dict[str, dict[str, typing.Any]] = {
    "id": {"type": "int"},
    "instance_id": {"type": "str"},
    "name": {"type": "str"},
}

_NAMES = ("name", "id", "instance_id")
#: A wildcard of about_Wildcards that no backtick escapes.
_PATTERN = re.compile(r"(?:[^`*?\[]|`.)*[*?\[]", re.DOTALL)


class Selection(typing.NamedTuple):
    """What the selector's options say."""

    selector: Selector
    #: A list or a wildcard: the result has one row for each session.
    several: bool
    #: An empty list: no session at all.
    nothing: bool = False

    @property
    def patterns(self) -> list[str]:
        """The names with a wildcard."""
        return [name for name in self.selector.names if is_pattern(name)]


def is_pattern(name: str) -> bool:
    """Whether a name holds a wildcard of PowerShell."""
    return _PATTERN.match(name) is not None


def literal(name: str) -> str:
    """A name without wildcards as the session has it: what a backtick escapes is meant itself."""
    return re.sub(r"`(.)", r"\1", name, flags=re.DOTALL)


def selection(arguments: dict[str, typing.Any], given: dict[str, typing.Any]) -> Selection:
    """The sessions that a task's arguments name.

    Args:
        arguments: As `SEVERAL` or `ONE` has validated them.
        given: As the task gave them, which tells a list of one element from a single value.

    Raises PSSessionError (usage) that names the option, its value and the remedy.
    """
    used = [name for name in _NAMES if arguments[name] is not None]
    if len(used) > 1:
        shown = " and ".join(f"{name} is {_shown(arguments[name])}" for name in used)
        raise usage_error(
            f"{' and '.join(used)} are mutually exclusive: a session is named by one of name, id and instance_id. "
            f"Remove all but one ({shown})."
        )
    if not used:
        return Selection(Selector(), several=False)
    option = used[0]
    if isinstance(given.get(option), (list, tuple)) and not isinstance(arguments[option], list):
        raise usage_error(
            f"{option} is {_shown(list(given[option]))}: one session is wanted here, and not a list. Name one."
        )
    several = isinstance(given.get(option), (list, tuple, set))
    values: list[typing.Any] = arguments[option] if isinstance(arguments[option], list) else [arguments[option]]
    if option == "name":
        selector = Selector(names=_unique([_name(str(value)) for value in values], str.casefold))
    elif option == "id":
        selector = Selector(ids=_unique([_id(value) for value in values], hash))
    else:
        selector = Selector(instance_ids=_unique([_instance_id(str(value)) for value in values], str))
    several = several or len(values) > 1 or any(is_pattern(name) for name in selector.names)
    return Selection(selector, several, nothing=not values)


def described(selector: Selector) -> str:
    """What a selector names, for messages: `name 'web*'`, `id 3`, or that it is the host's own session."""
    parts = [f"name {name!r}" for name in selector.names]
    parts += [f"id {number}" for number in selector.ids]
    parts += [f"instance_id {text}" for text in selector.instance_ids]
    return ", ".join(parts) or "the host's implicit session"


def refuse_patterns(selected: Selection, why: str) -> None:
    """Raises PSSessionError (usage) where a name holds a wildcard; `why` says what is wanted instead."""
    for name in selected.patterns:
        raise usage_error(
            f"name is {name!r}, which holds a wildcard: {why}. Write ` before a character that is meant itself."
        )


def _name(value: str) -> str:
    if (why := unfit_name(literal(value))) is not None:
        raise usage_error(f"name is {value!r}: {why}.")
    return value


def _id(value: int) -> int:
    if value < 1:
        raise usage_error(f"id is {value}: Ids begin at 1; pssession_info lists them.")
    return value


def _instance_id(value: str) -> str:
    try:
        # Braces and the form without hyphens are taken, too, as PowerShell's [guid] does.
        return str(uuid.UUID(value.strip()))
    except ValueError:
        raise usage_error(
            f"instance_id is {value!r}: it must be a GUID such as 5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4; "
            "pssession_info lists them."
        ) from None


Value = typing.TypeVar("Value")


def _unique(values: list[Value], key: typing.Callable[[Value], object]) -> list[Value]:
    first: dict[object, Value] = {}
    for value in values:
        first.setdefault(key(value), value)
    return list(first.values())


def _shown(value: typing.Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(repr(item) if isinstance(item, int) else repr(str(item)) for item in values) or "an empty list"
