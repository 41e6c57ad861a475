# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``WSMan:``, ``HKLM:`` and ``Cert:``: the drives of the computer that scripts administer (test endpoint process)."""

from __future__ import annotations

import typing

from . import numbers, values
from .cmdlets import Call
from .convert import to_string
from .errors import Category
from .net_certificates import Certificate2
from .session import Session

if typing.TYPE_CHECKING:
    from ..machine import Machine

DRIVES = ("wsman", "hklm", "cert")
_STORE = "localmachine\\my"
_HOST = "localhost"


def machine_of(session: Session) -> Machine:
    """The session's computer.

    :raises PSTerminating: it has none, as PowerShell on Linux has no such drives.
    """
    from .errors import runtime_error

    if session.machine is None:
        raise runtime_error("This computer cannot be administered.", "DriveNotFound", Category.ObjectNotFound)
    return session.machine


def items(call: Call, drive: str, name: str) -> list[object]:
    """The item of a path, in a list; an empty one where there is none."""
    machine, path = machine_of(call.session), _plain(name)
    if drive == "hklm":
        return [_key(path)] if _registry_key(path) in machine.registry else []
    if drive == "cert":
        folder, _backslash, thumbprint = path.rpartition("\\")
        stored = machine.certificates.get(thumbprint.upper()) if folder.lower() == _STORE else None
        return [Certificate2(stored)] if stored else [_key(path)] if path.lower() == _STORE else []
    return _wsman_items(machine, path)


def children(call: Call, drive: str, name: str) -> list[object]:
    """What is below a path."""
    machine, path = machine_of(call.session), _plain(name)
    if drive == "cert":
        return [Certificate2(stored) for stored in machine.certificates.values()] if path.lower() == _STORE else []
    if drive == "hklm":
        prefix = _registry_key(path) + "\\"
        return [_key(key[len("hklm:\\") :]) for key in sorted(machine.registry) if key.startswith(prefix)]
    settings = machine.remoting.settings()
    prefix = _below_host(path)
    prefix = prefix + "\\" if prefix else ""
    below = {key[len(prefix) :].partition("\\")[0] for key in settings if key.lower().startswith(prefix.lower())}
    return [_wsman_items(machine, f"{_HOST}\\{prefix}{child}")[0] for child in sorted(below)]


def set_item(call: Call, drive: str, name: str, value: object) -> None:
    """Set-Item on a leaf of WSMan:."""
    path = _below_host(_plain(name))
    try:
        if drive != "wsman":
            raise KeyError(path)
        machine_of(call.session).remoting.change(path, to_string(value).lower() if isinstance(value, bool) else
                                                 to_string(value))  # fmt: skip
    except KeyError:
        _report(call, f"Cannot find path '{drive}:\\{name}' because it does not exist.", "PathNotFound", name)
    except ValueError as error:
        _report(call, str(error), "WsManError", name)


def new_item(call: Call, drive: str, name: str) -> None:
    """New-Item: a key of the registry."""
    if drive != "hklm":
        _report(call, f"New-Item is not supported for {drive}: here.", "NotSupported", name)
        return
    machine_of(call.session).registry.setdefault(_registry_key(_plain(name)), {})


def remove_item(call: Call, drive: str, name: str) -> None:
    """Remove-Item: a certificate or a key of the registry."""
    machine, path = machine_of(call.session), _plain(name)
    table: dict[str, typing.Any] = machine.certificates if drive == "cert" else machine.registry
    key = path.rpartition("\\")[2].upper() if drive == "cert" else _registry_key(path)
    if table.pop(key, None) is None:
        _report(call, f"Cannot find path '{drive}:\\{name}' because it does not exist.", "PathNotFound", name)


def properties(call: Call, name: str) -> dict[str, object] | None:
    """The values of a registry key; None where there is no such key."""
    return machine_of(call.session).registry.get(_registry_key(_plain(name)))


def set_property(call: Call, name: str, value_name: str, value: object) -> None:
    """Sets a value of a registry key."""
    known = properties(call, name)
    if known is None:
        _report(call, f"Cannot find path 'HKLM:\\{name}' because it does not exist.", "PathNotFound", name)
        return
    match = next((key for key in known if key.lower() == value_name.lower()), value_name)
    known[match] = value


def _plain(name: str) -> str:
    return name.replace("/", "\\").strip("\\")


def _registry_key(path: str) -> str:
    return f"hklm:\\{path}".lower()


def _below_host(path: str) -> str:
    """A path of WSMan: without the computer, which is always this one."""
    host, _backslash, rest = path.partition("\\")
    return rest if host.lower() == _HOST else path


def _key(path: str) -> values.ObjectValue:
    name = path.rpartition("\\")[2]
    return values.ObjectValue(["Microsoft.Win32.RegistryKey", "System.Object"], {"Name": name, "PSChildName": name})


def _wsman_items(machine: Machine, path: str) -> list[object]:
    wanted = _below_host(path)
    settings = machine.remoting.settings()
    known = next((key for key in settings if key.lower() == wanted.lower()), None)
    if known is not None:
        return [_leaf(known, settings[known])]
    if path.lower() == _HOST or any(key.lower().startswith(wanted.lower() + "\\") for key in settings):
        return [_container(path)]
    return []


def _leaf(path: str, value: str) -> values.ObjectValue:
    kind = "Microsoft.WSMan.Management.WSManConfigLeafElement"
    bases = ["Microsoft.WSMan.Management.WSManConfigElement", "System.Object"]
    name = path.rpartition("\\")[2]
    return values.ObjectValue(
        [kind, *bases], {"Name": name, "SourceOfValue": "", "Type": "System.String", "Value": value}
    )


def _container(path: str) -> values.ObjectValue:
    kind = "Microsoft.WSMan.Management.WSManConfigContainerElement"
    return values.ObjectValue([kind, "System.Object"], {"Name": path.rpartition("\\")[2], "Type": "Container"})


def _report(call: Call, message: str, error_id: str, target: str) -> None:
    call.report(message, error_id, Category.InvalidOperation, target, "System.InvalidOperationException")


def whole(value: object) -> object:
    """A registry DWORD as .NET gives it."""
    return numbers.smallest(value) if isinstance(value, int) and not isinstance(value, bool) else value
