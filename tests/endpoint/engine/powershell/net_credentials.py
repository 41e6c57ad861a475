# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secure strings and credentials; what they hide is in no repr (test endpoint process)."""

from __future__ import annotations

import itertools
import typing

from . import convert, typesystem, values
from .calling import static_property
from .errors import NetError
from .net_small import IntPtr
from .typesystem import NetObject, members_of, net_class

typesystem.register(typesystem.NetType("System.Security.SecureString"))


def secret_of(value: object) -> str:
    """The text in a secure string.

    :raises NetError: it is none.
    """
    plain = values.unwrap(value)
    if not isinstance(plain, values.SecureString):
        raise NetError("System.ArgumentNullException", "Value cannot be null. (Parameter 's')")
    return plain.secret


@members_of("System.Security.SecureString")
class SecureStringMembers:
    @staticmethod
    def new() -> object:
        return values.SecureString("")

    def append_char(self: values.SecureString, char: str) -> None:  # type: ignore[misc]
        self.change(self.secret + char)

    def clear(self: values.SecureString) -> None:  # type: ignore[misc]
        self.change("")

    def copy(self: values.SecureString) -> object:  # type: ignore[misc]
        return values.SecureString(self.secret)

    def make_read_only(self: values.SecureString) -> None:  # type: ignore[misc]
        return None

    def dispose(self: values.SecureString) -> None:  # type: ignore[misc]
        return None


@net_class
class NetworkCredential(NetObject):
    net_name = "System.Net.NetworkCredential"
    net_properties = ("UserName", "Domain")

    def __init__(self, user: str = "", password: object = "", domain: str = "") -> None:
        self._user, self._domain = user, domain
        hidden = isinstance(values.unwrap(password), values.SecureString)
        self._secret = secret_of(password) if hidden else convert.to_string(password)

    user_name = property(lambda self: self._user)
    domain = property(lambda self: self._domain)
    password = property(lambda self: self._secret)
    secure_password = property(lambda self: values.SecureString(self._secret))


@net_class
class PSCredential(NetObject):
    net_name = "System.Management.Automation.PSCredential"
    net_properties = ("UserName", "Password")
    net_depth = 1

    def __init__(self, user: str, password: object) -> None:
        self._user: str | None = user
        self._password: values.SecureString | None = values.SecureString(secret_of(password))

    @classmethod
    def nobody(cls) -> PSCredential:
        """The one that objects of the engine hold where none was given."""
        made = cls.__new__(cls)
        made._user = made._password = None
        return made

    def get_network_credential(self) -> object:
        domain, slash, user = (self._user or "").rpartition("\\")
        return NetworkCredential(user if slash else self._user or "", self._password, domain)

    user_name = property(lambda self: self._user)
    password = property(lambda self: self._password)
    empty = static_property(lambda: PSCredential.nobody())


#: What SecureStringToBSTR and its like gave, by address.
_memory: dict[int, str] = {}
_addresses = itertools.count(0x10000, 16)


@net_class
class Marshal(NetObject):
    """Only its way from a secure string to its text."""

    net_name = "System.Runtime.InteropServices.Marshal"


def _to_pointer(text: object) -> object:
    address = next(_addresses)
    _memory[address] = secret_of(text)
    return IntPtr(address)


def _from_pointer(pointer: object, *length: object) -> object:
    return _memory.get(typing.cast(IntPtr, pointer).value)


def _free(pointer: object) -> None:
    _memory.pop(typing.cast(IntPtr, pointer).value, None)


for _kind in ("BSTR", "GlobalAllocUnicode", "CoTaskMemUnicode"):
    setattr(Marshal, f"SecureStringTo{_kind}", staticmethod(_to_pointer))
    setattr(Marshal, f"ZeroFree{_kind}", staticmethod(_free))
for _kind in ("BSTR", "Auto", "Uni"):
    setattr(Marshal, f"PtrToString{_kind}", staticmethod(_from_pointer))
