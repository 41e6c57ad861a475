# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task's values to what the wire carries (ansible worker)."""

from __future__ import annotations

import base64
import datetime
import typing

from ._wire.errors import usage_error

#: The key of a value that JSON has no form for; the broker's value conversion knows the same one.
TAG = "__pssession__"


#: The first whole number that Python makes no text of (sys.set_int_max_str_digits).
_TOO_LONG = 10**4300
#: Lists and dictionaries within each other: PowerShell reads 50 levels of a message, ten of which are a pipeline's own.
_DEEPEST = 40


def to_wire(value: typing.Any, where: str = "a value", depth: int = 0) -> typing.Any:
    """A value of a task's arguments, which YAML may have made a date of.

    Args:
        value: What the task gives; Ansible's own strings, numbers and containers are taken for what they stand for.
        where: What errors call it.
        depth: How many containers it is in.

    Raises PSSessionError (usage) that names the part which has no PowerShell form.
    """
    if value is None or isinstance(value, bool):
        return value
    # ansible-core before 2.19 has sequences of characters for what is in a vault; str decrypts them.
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)
    if isinstance(value, int) and abs(value) >= _TOO_LONG:
        raise usage_error(
            f"{where} is an integer of more than 4300 digits, which Python makes no text of. Pass it as text."
        )
    # Ansible's own carry more than their text or number.
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, (bytes, bytearray)):
        return {TAG: "bytes", "value": base64.b64encode(value).decode("ascii")}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return {TAG: "datetime", "value": value.isoformat()}
    if depth > _DEEPEST:
        raise usage_error(f"{where} is nested more than {_DEEPEST} levels deep. Pass it as JSON, for ConvertFrom-Json.")
    if isinstance(value, typing.Mapping):
        return _dictionary(value, where, depth)
    if isinstance(value, (typing.Sequence, typing.AbstractSet)):
        return [to_wire(item, f"{where}[{number}]", depth + 1) for number, item in enumerate(value)]
    raise usage_error(f"{where} is of the type {type(value).__name__}, which has no PowerShell form. Pass it as text.")


def _dictionary(value: typing.Mapping[typing.Any, typing.Any], where: str, depth: int) -> dict[str, typing.Any]:
    """A dictionary with texts for keys; a key that would be lost is refused."""
    if TAG in value:
        raise usage_error(f"{where} has the key {TAG}, which this collection uses itself. Choose another.")
    result: dict[str, typing.Any] = {}
    for key, item in value.items():
        name = str(key)
        if key is None:
            raise usage_error(
                f"{where} has a key that is null, which no dictionary of PowerShell can have. Write it as text."
            )
        if name in result:
            raise usage_error(
                f"{where} has the key {name!r} twice, once as text: PowerShell is given all as text. Remove one."
            )
        result[name] = to_wire(item, f"{where}[{name!r}]", depth + 1)
    return result


def secure_string(value: str) -> dict[str, str]:
    """A SecureString."""
    return {TAG: "secure_string", "value": str(value)}


def credential(user: str, password: str) -> dict[str, str]:
    """A PSCredential."""
    return {TAG: "credential", "user": str(user), "password": str(password)}
