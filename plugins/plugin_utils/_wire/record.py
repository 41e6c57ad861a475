# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataclasses without generated code (both processes).

A worker is forked for every task and defines every message anew. `dataclasses` compiles several functions for each
class, 10 to 18 ms in all for our messages; made generically they take 0.3 ms. A type checker sees dataclasses.
"""

from __future__ import annotations

import typing

__all__ = ["HIDDEN", "fields", "is_record", "record", "replaced"]

if typing.TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool) -> typing.Callable[[type], type]:
        """Makes a class of annotated fields a record: it takes them in order or by name, is compared by them."""

        def make(cls: type) -> type:
            cls.__record__ = tuple(cls.__annotations__)
            for function in (__init__, __repr__, __eq__, __setattr__):
                setattr(cls, function.__name__, function)
            cls.__hash__ = None
            return cls

        return make


#: Names of fields that hold secrets, scripts or values of users: they are not shown.
HIDDEN = frozenset(
    (
        "application_arguments",
        "arguments",
        "certificate_key_password",
        "entries",
        "error",
        "parameters",
        "password",
        "proxy",
        "text",
        "value",
        "values",
    )
)


def is_record(value: object) -> bool:
    """Whether a value is a record, or a class of records."""
    return hasattr(value, "__record__")


def fields(value: typing.Any) -> tuple[str, ...]:
    """The names of a record's fields, in order."""
    names: tuple[str, ...] = value.__record__
    return names


Record = typing.TypeVar("Record")


def replaced(value: Record, **changes: typing.Any) -> Record:
    """A record like this one but for these fields; raises TypeError for a field that it does not have."""
    return type(value)(**{**{name: getattr(value, name) for name in fields(value)}, **changes})


def __init__(self: typing.Any, *positional: typing.Any, **named: typing.Any) -> None:
    values = dict(zip(self.__record__, positional, strict=False))
    if len(positional) > len(self.__record__) or not named.keys().isdisjoint(values):
        raise TypeError(f"{type(self).__name__} got a field twice, or one too many")
    values.update(named)
    for name in self.__record__:
        value = values.pop(name) if name in values else getattr(type(self), name, _MISSING)
        if value is _MISSING:
            raise TypeError(f"{type(self).__name__} needs the field {name!r}")
        object.__setattr__(self, name, value)
    if values:
        raise TypeError(f"{type(self).__name__} has no field {next(iter(values))!r}")


def __repr__(self: typing.Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__record__ if name not in HIDDEN)
    return f"{type(self).__name__}({shown})"


def __eq__(self: typing.Any, other: object) -> bool:
    if type(self) is not type(other):
        return NotImplemented
    return all(getattr(self, name) == getattr(other, name) for name in fields(self))


def __setattr__(self: typing.Any, name: str, value: object) -> None:
    raise AttributeError(f"{type(self).__name__} is frozen")


_MISSING = object()
