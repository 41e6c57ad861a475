# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages to frames and back, checked field by field (both processes)."""

from __future__ import annotations

import functools
import socket
import types
import typing

from . import frames
from .errors import WireError
from .record import fields, is_record

Message = typing.TypeVar("Message")
_TYPE = "type"


class Codec:
    """Encodes and decodes an allowlist of records.

    Args:
        allowed: The only classes that may be decoded.
    """

    def __init__(self, *allowed: type) -> None:
        self._allowed = {message.__name__: message for message in allowed}

    def send(self, connection: socket.socket, message: object, body: bytes = b"") -> int:
        """Sends one message and returns how many bytes it took; raises FrameTooLarge and what the socket raises."""
        data = self.encode(message, body)
        connection.sendall(data)
        return len(data)

    def encode(self, message: object, body: bytes = b"") -> bytes:
        """The bytes of one message."""
        header = {_TYPE: type(message).__name__, **_plain(message)}
        return frames.encode(header, body)

    def receive(self, connection: socket.socket) -> tuple[typing.Any, bytes] | None:
        """The next message and its body, None at the end of the connection; raises WireError."""
        frame = frames.read(connection)
        if frame is None:
            return None
        return self.decode(frame.header), frame.body

    def decode(self, header: dict[str, typing.Any]) -> typing.Any:
        """An instance of one of the allowed classes; raises WireError."""
        name = header.pop(_TYPE, None)
        message = self._allowed.get(name) if isinstance(name, str) else None
        if message is None:
            raise WireError("a message of a kind that is not accepted here")
        try:
            return _build(message, header)
        except RecursionError:
            raise WireError(f"{message.__name__} is nested too deeply") from None


def _plain(message: object) -> dict[str, typing.Any]:
    values = {}
    for name in fields(message):
        value = getattr(message, name)
        if isinstance(value, list):
            value = [_plain(item) if is_record(item) else item for item in value]
        values[name] = _plain(value) if is_record(value) else value
    return values


@functools.cache
def _hints(cls: typing.Any) -> dict[str, typing.Any]:
    return typing.get_type_hints(cls)


def _build(cls: type[Message], values: dict[str, typing.Any]) -> Message:
    hints = _hints(typing.cast(typing.Hashable, cls))
    if unknown := sorted(set(values) - set(hints)):
        raise WireError(f"{cls.__name__} has no field {unknown[0]!r}")
    built = {}
    for name, value in values.items():
        built[name] = _check(hints[name], value, f"{cls.__name__}.{name}")
    try:
        return cls(**built)
    except TypeError:
        raise WireError(f"{cls.__name__} lacks a field") from None


def _check(hint: typing.Any, value: typing.Any, where: str) -> typing.Any:
    """`value` as `hint` wants it; the value itself is never part of the error, it may be secret."""
    if hint is typing.Any:
        return value
    if is_record(hint) and isinstance(value, dict):
        return _build(typing.cast("type[typing.Any]", hint), value)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        for option in arguments:
            try:
                return _check(option, value, where)
            except WireError:
                continue
    elif origin is list and isinstance(value, list):
        return [_check(arguments[0], item, where) for item in value]
    elif origin is dict and isinstance(value, dict):
        return {key: _check(arguments[1], item, where) for key, item in value.items()}
    elif origin is typing.Literal and value in arguments:
        return value
    # A truth value is an int, too, for isinstance.
    elif hint is float and type(value) is int:  # pylint: disable=unidiomatic-typecheck
        return float(value)
    elif isinstance(hint, type) and type(value) is hint:  # pylint: disable=unidiomatic-typecheck
        return value
    raise WireError(f"{where} has a value of the wrong type")
