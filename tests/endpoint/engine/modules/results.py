# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module's outcome is told (test endpoint process)."""

from __future__ import annotations

import collections.abc
import json
import typing

Result = dict[str, typing.Any]

_CENSORED = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_PARTLY_CENSORED = "********"


class ModuleFailedError(Exception):
    """FailJson: the module ends with a message; `result` holds what it had gathered until then."""

    def __init__(self, message: str, result: Result | None = None) -> None:
        super().__init__(message)
        self.result = result or {}


class ModuleCrashedError(Exception):
    """The module threw; what core's module wrapper makes of that has no more than a message and a trace."""


def to_json(result: Result) -> str:
    """As ConvertTo-Json -Compress writes it."""
    return json.dumps(result, separators=(",", ":"), ensure_ascii=False, default=str)


def censor(value: typing.Any, secrets: collections.abc.Set[str]) -> typing.Any:
    """Removes secrets from a result, keys aside."""
    if not secrets:
        return value
    if isinstance(value, dict):
        return {key: censor(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [censor(item, secrets) for item in value]
    if isinstance(value, str):
        if value in secrets:
            return _CENSORED
        for secret in secrets:
            value = value.replace(secret, _PARTLY_CENSORED)
    return value
