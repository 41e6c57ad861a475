# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``$env:``, ``$function:``, ``$variable:`` and ``$alias:`` (test endpoint process)."""

from __future__ import annotations

from . import values
from .convert import to_string
from .errors import Category, runtime_error
from .scopes import Function
from .session import Frame, Session


def environment_key(session: Session, name: str) -> str:
    """The variable of that name in another case, if there is one, as on Windows; else the name."""
    if name in session.environment:
        return name
    return next((key for key in session.environment if key.lower() == name.lower()), name)


def set_environment(session: Session, name: str, value: object) -> None:
    """Sets a variable, or removes it for an empty value."""
    key, text = environment_key(session, name), to_string(value)
    if text:
        session.environment[key] = text
    else:
        session.environment.pop(key, None)


def drive_value(frame: Frame, drive: str, name: str) -> object:
    """An item of a drive, null where there is none.

    :raises PSTerminating: no such drive.
    """
    if drive == "env":
        return frame.session.environment.get(environment_key(frame.session, name))
    if drive == "function":
        function = frame.scope.function(name)
        return function.block if function else None
    if drive == "variable":
        return frame.scope.value(name)
    if drive == "alias":
        return frame.scope.alias(name)
    raise _no_drive(drive)


def set_drive_value(frame: Frame, drive: str, name: str, value: object) -> None:
    """:raises PSTerminating: no such drive."""
    if drive == "env":
        set_environment(frame.session, name, value)
    elif drive == "function":
        from .dispatch import parse_block

        block = value if isinstance(value, values.ScriptBlock) else parse_block(to_string(value))
        frame.scope.functions[name.lower()] = Function(name, block)
    elif drive == "variable":
        frame.scope.set(name, value)
    elif drive == "alias":
        frame.scope.aliases[name.lower()] = to_string(value)
    else:
        raise _no_drive(drive)


def _no_drive(drive: str) -> Exception:
    message = f"Cannot find drive. A drive with the name '{drive}' does not exist."
    kind = "System.Management.Automation.DriveNotFoundException"
    return runtime_error(message, "DriveNotFound", Category.ObjectNotFound, drive, type_name=kind)
