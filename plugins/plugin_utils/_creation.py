# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session is made with: options of New-PSSession and New-PSSessionOption in a `Target` (ansible worker)."""

from __future__ import annotations

import re
import typing

from . import _values
from ._wire import target as targets
from ._wire.errors import usage_error
from ._wire.record import replaced
from ._wire.target import Target

#: OutputBufferingMode of New-PSSessionOption; None there is not to set it here.
BUFFERING_MODES = ("Block", "Drop")
ARGUMENT_SPEC: dict[str, dict[str, typing.Any]] = {
    "application_arguments": {"type": "dict"},
    "configuration_name": {"type": "str"},
    "culture": {"type": "str"},
    "idle_timeout": {"type": "int"},
    "no_profile": {"type": "bool"},
    "output_buffering_mode": {"type": "str", "choices": list(BUFFERING_MODES)},
    "ui_culture": {"type": "str"},
}

#: Seconds: what WSMan takes, and what the milliseconds of New-PSSessionOption -IdleTimeout can say.
_LEAST_IDLE_TIMEOUT, _MOST_IDLE_TIMEOUT = 60, 2147483
#: The key of $PSSenderInfo.ApplicationArguments where sessions say who made them.
_OUR_ARGUMENT = "remoting.powershell"
#: What a session over a stream (transport ssh and local) can have; all else is the WinRM service's.
_OF_STREAMS = ("application_arguments",)
#: What decides, of a session without a name, which one the host's tasks use; only the connection can say that.
_OF_THE_CONNECTION = ("configuration_name", "no_profile")


def target(base: Target, idle_timeout: int | None, name: str | None, arguments: dict[str, typing.Any]) -> Target:
    """The connection's target with what the task wants of a new session.

    Args:
        base: The connection's.
        idle_timeout: The connection's option, None where it is not set.
        name: The session's name; None leaves the connection's.
        arguments: As ARGUMENT_SPEC has validated them.

    Raises PSSessionError (usage) that names the option, its value and the remedy.
    """
    check(arguments, base.transport)
    changes = {option: value for option in ARGUMENT_SPEC if (value := arguments[option]) is not None}
    if "application_arguments" in changes:
        changes["application_arguments"] = _values.to_wire(changes["application_arguments"])
    session_name = name or base.session_name
    if name is None:
        for option in _OF_THE_CONNECTION:
            if option in changes and changes[option] != getattr(base, option):
                raise usage_error(
                    f"{option} is {changes[option]!r}, and the session has no name: the host's tasks would not find "
                    f"it. Set name, or ansible_pssession_{option} in the host's variables."
                )
    if base.transport != "wsman":
        return replaced(base, session_name=session_name, **changes)
    changes["idle_timeout"] = targets.idle_timeout(changes.get("idle_timeout", idle_timeout), session_name)
    if not session_name and changes["idle_timeout"] <= base.persist:
        raise usage_error(
            f"idle_timeout is {changes['idle_timeout']}: it must be more than the connection's persist "
            f"({base.persist}). Set ansible_pssession_persist to less, or give the session a name."
        )
    return replaced(base, session_name=session_name, **changes)


def check(arguments: dict[str, typing.Any], transport: str) -> None:
    """Raises PSSessionError (usage) for a value that no server takes, or an option that the transport does not have."""
    for option in ARGUMENT_SPEC:
        if transport != "wsman" and option not in _OF_STREAMS and arguments[option] is not None:
            raise usage_error(
                f"{option} is {arguments[option]!r}, and the transport {transport} has no such thing. Remove it."
            )
    check_idle_timeout(arguments["idle_timeout"])
    if arguments["configuration_name"] is not None and not arguments["configuration_name"].strip():
        raise usage_error(
            f"configuration_name is {arguments['configuration_name']!r}: set it to the name of a session "
            "configuration, or leave it away for the connection's."
        )
    for option in ("culture", "ui_culture"):
        value = arguments[option]
        if value is not None and not re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", value):
            raise usage_error(f"{option} is {value!r}: it must be the name of a culture such as de-DE.")
    if _OUR_ARGUMENT in (arguments["application_arguments"] or {}):
        raise usage_error(
            f"application_arguments has the key {_OUR_ARGUMENT!r}, which says who made the session. Use another key."
        )


def check_idle_timeout(value: int | None) -> None:
    """Raises PSSessionError (usage) for seconds that no server takes; each has a maximum of its own besides."""
    if value is not None and not _LEAST_IDLE_TIMEOUT <= value <= _MOST_IDLE_TIMEOUT:
        raise usage_error(
            f"idle_timeout is {value}: it must be from {_LEAST_IDLE_TIMEOUT} to {_MOST_IDLE_TIMEOUT} seconds "
            "(New-PSSessionOption -IdleTimeout has milliseconds)."
        )
