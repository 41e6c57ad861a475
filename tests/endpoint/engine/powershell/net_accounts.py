# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of Windows by identifier and by name; the computer has one group (test endpoint process)."""

from __future__ import annotations

from .errors import NetError
from .session import current
from .typesystem import NetObject, net_class

_SPACE = "System.Security.Principal."
_ADMINISTRATORS = "S-1-5-32-544"


@net_class
class NTAccount(NetObject):
    net_name = f"{_SPACE}NTAccount"
    net_properties = ("Value",)

    def __init__(self, name: str) -> None:
        self._name = name

    value = property(lambda self: self._name)


@net_class
class SecurityIdentifier(NetObject):
    net_name = f"{_SPACE}SecurityIdentifier"
    net_properties = ("Value",)

    def __init__(self, text: str) -> None:
        self._text = text

    value = property(lambda self: self._text)

    def translate(self, target: object) -> object:
        machine = current().machine
        if machine is None or self._text != _ADMINISTRATORS:
            message = "Some or all identity references could not be translated."
            raise NetError(f"{_SPACE}IdentityNotMappedException", message)
        return NTAccount(machine.administrators)
