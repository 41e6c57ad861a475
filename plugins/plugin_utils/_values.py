# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task's values to what the wire carries (ansible worker)."""

from __future__ import annotations

import base64
import datetime
import typing

from ._wire.errors import ErrorKind, PSSessionError

#: The key of a value that JSON has no form for; the broker's value conversion knows the same one.
TAG = "__pssession__"


def to_wire(value: typing.Any) -> typing.Any:
    """A value of a task's arguments, which YAML may have made a date of; raises PSSessionError (usage)."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        # Ansible's own strings carry more than their text.
        return str(value)
    if isinstance(value, dict):
        return {str(key): to_wire(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_wire(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return {TAG: "bytes", "value": base64.b64encode(value).decode("ascii")}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return {TAG: "datetime", "value": value.isoformat()}
    raise PSSessionError(ErrorKind.USAGE, f"a value of the type {type(value).__name__} has no PowerShell form")


def secure_string(value: str) -> dict[str, str]:
    """A SecureString."""
    return {TAG: "secure_string", "value": str(value)}


def credential(user: str, password: str) -> dict[str, str]:
    """A PSCredential."""
    return {TAG: "credential", "user": str(user), "password": str(password)}
