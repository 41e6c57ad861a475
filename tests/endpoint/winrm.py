# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WinRM service as its own computer's scripts see and change it (test endpoint process).

Implements engine.machine.Remoting over the endpoint's live configuration: what is set here is in force for
the next request.  The quotas of a plugin, and which session configurations there are, wait for a restart of the
service, as on Windows.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import typing

from .engine.machine import ListenerInfo, RegisteredConfiguration, StoredCertificate

if typing.TYPE_CHECKING:
    from .computer import Computer

_LARGEST = 2_147_483_647
_UNSIGNED = 4_294_967_295
#: Leaves of WSMan:\localhost: the field of Quotas, and the range that WinRM takes.
_QUOTAS = {
    "MaxBatchItems": ("max_batch_items", 1, _UNSIGNED),
    "MaxEnvelopeSizekb": ("max_envelope_size_kb", 32, _UNSIGNED),
    "MaxTimeoutms": ("max_timeout_ms", 500, _UNSIGNED),
    "Service\\MaxConcurrentOperationsPerUser": ("max_concurrent_operations_per_user", 1, _UNSIGNED),
    "Service\\MaxConnections": ("max_connections", 1, 1_000_000),
    "Shell\\IdleTimeout": ("idle_timeout_ms", 60_000, _LARGEST),
    "Shell\\MaxMemoryPerShellMB": ("max_memory_per_shell_mb", 0, _LARGEST),
    "Shell\\MaxProcessesPerShell": ("max_processes_per_shell", 0, _LARGEST),
    "Shell\\MaxShellsPerUser": ("max_shells_per_user", 0, _LARGEST),
}
#: Leaves of WSMan:\localhost\Plugin\NAME\Quotas.
_PLUGIN_QUOTAS = {
    "IdleTimeoutms": ("idle_timeout_ms", 60_000, _LARGEST),
    "MaxConcurrentCommandsPerShell": ("max_concurrent_commands_per_shell", 1, _LARGEST),
    "MaxIdleTimeoutms": ("max_idle_timeout_ms", 60_000, _LARGEST),
    "MaxMemoryPerShellMB": ("max_memory_per_shell_mb", 0, _LARGEST),
    "MaxProcessesPerShell": ("max_processes_per_shell", 0, _LARGEST),
    "MaxShells": ("max_plugin_shells", 0, _LARGEST),
    "MaxShellsPerUser": ("max_plugin_shells_per_user", 0, _LARGEST),
}
_METHODS = ("Basic", "Kerberos", "Negotiate", "Certificate", "CredSSP")
_HARDENING = ("None", "Relaxed", "Strict")


class ListenerControl(typing.Protocol):
    """Opens and closes the ports of one computer (the endpoint does)."""

    def ports(self) -> dict[str, int]:
        """Open ports by transport."""

    def open(self, transport: str, port: int, certificate: StoredCertificate | None) -> None:
        """Opens a port; OSError when it is taken."""

    def close(self, transport: str) -> None:
        """Closes one; connections that there are go on."""


class WinRM:
    """The service of one computer.

    Args:
        computer: Whose configuration it is.
        control: Opens and closes its ports.
    """

    def __init__(self, computer: Computer, control: ListenerControl) -> None:
        self._computer = computer
        self._control = control
        self._thumbprints: dict[str, str] = {}
        self._hardening = "Relaxed"
        #: Plugin quotas and session configurations that wait for a restart.
        self._pending_quotas: dict[str, int] = {}
        self._registered: dict[str, RegisteredConfiguration] = {}
        self._configurations = {each.name.lower(): each for each in computer.configurations}

    def settings(self) -> dict[str, str]:
        """See Remoting."""
        quotas = self._computer.quotas
        found = {path: str(getattr(quotas, field)) for path, (field, _low, _high) in _QUOTAS.items()}
        for method in _METHODS:
            found[f"Service\\Auth\\{method}"] = _boolean(method.lower() in self._computer.auth_methods)
        found["Service\\Auth\\CbtHardeningLevel"] = self._hardening
        found["Service\\AllowUnencrypted"] = _boolean(self._computer.allow_unencrypted)
        for configuration in self._configurations.values():
            for name, (field, _low, _high) in _PLUGIN_QUOTAS.items():
                value = self._pending_quotas.get(field, getattr(quotas, field))
                found[f"Plugin\\{configuration.name}\\Quotas\\{name}"] = str(value)
        return found

    def change(self, path: str, value: str) -> None:
        """See Remoting."""
        known = next((name for name in self.settings() if name.lower() == path.lower()), None)
        if known is None:
            raise KeyError(path)
        leaf = known.rpartition("\\")[2]
        if known in _QUOTAS:
            field, low, high = _QUOTAS[known]
            setattr(self._computer.quotas, field, _number(leaf, value, low, high))
        elif known.startswith("Plugin\\"):
            field, low, high = _PLUGIN_QUOTAS[leaf]
            self._pending_quotas[field] = _number(leaf, value, low, high)
        elif leaf == "CbtHardeningLevel":
            self._hardening = _choice(leaf, value, _HARDENING)
        elif leaf == "AllowUnencrypted":
            self._computer.unencrypted = _choice(leaf, value, ("true", "false")) == "true"
        else:
            wanted = _choice(leaf, value, ("true", "false")) == "true"
            others = [method for method in self._computer.auth_methods if method != leaf.lower()]
            self._computer.auth_methods = (*others, leaf.lower()) if wanted else tuple(others)

    def listeners(self) -> list[ListenerInfo]:
        """See Remoting."""
        ports = self._control.ports()
        return [ListenerInfo(kind, ports[kind], self._thumbprints.get(kind, "")) for kind in sorted(ports)]

    def add_listener(self, transport: str, port: int | None, certificate: StoredCertificate | None) -> None:
        """See Remoting."""
        if transport in self._control.ports():
            raise ValueError("The WS-Management service cannot create the resource because it already exists.")
        if transport == "HTTPS" and (certificate is None or certificate.key is None):
            raise ValueError("The certificate of an HTTPS listener must be installed together with its private key.")
        try:
            self._control.open(transport, port or {"HTTP": 5985, "HTTPS": 5986}[transport], certificate)
        except OSError as error:
            raise ValueError(f"The WS-Management service cannot listen on port {port}: {error.strerror}.") from None
        if certificate is not None:
            from cryptography.hazmat.primitives import hashes

            # SHA-1 is what Windows names a certificate by; nothing is proven with it.
            thumbprint = certificate.certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303
            self._thumbprints[transport] = thumbprint

    def remove_listener(self, transport: str) -> None:
        """See Remoting."""
        if transport not in self._control.ports():
            raise KeyError(transport)
        self._control.close(transport)
        self._thumbprints.pop(transport, None)

    def configurations(self) -> list[RegisteredConfiguration]:
        """See Remoting."""
        return [
            dataclasses.replace(
                self._registered.get(key) or RegisteredConfiguration(each.name, True), enabled=each.enabled
            )
            for key, each in sorted(self._configurations.items())
        ]

    def register(self, name: str, file: str, visible: collections.abc.Sequence[str] | None, run_as: str = "") -> None:
        """See Remoting."""
        from .config import SessionConfiguration

        made = SessionConfiguration(name, visible is None, tuple(visible or ()))
        self._configurations[name.lower()] = made
        self._registered[name.lower()] = RegisteredConfiguration(name, True, file, run_as)

    def unregister(self, name: str) -> None:
        """See Remoting."""
        del self._configurations[name.lower()]
        self._registered.pop(name.lower(), None)

    def enable(self, name: str) -> None:
        """See Remoting."""
        known = self._configurations[name.lower()]
        self._configurations[name.lower()] = dataclasses.replace(known, enabled=True)

    def restart(self) -> None:
        """See Remoting."""
        for field, value in self._pending_quotas.items():
            setattr(self._computer.quotas, field, value)
        self._pending_quotas.clear()
        self._computer.configurations = tuple(self._configurations.values())
        self._computer.counters.add("winrm_restarts")
        self._computer.remove_all()


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _choice(name: str, value: str, choices: collections.abc.Sequence[str]) -> str:
    for choice in choices:
        if choice.lower() == value.lower():
            return choice
    raise ValueError(f"The WS-Management service cannot set {name} to {value!r}: it is one of {', '.join(choices)}.")


def _number(name: str, value: str, low: int, high: int) -> int:
    if not value.isdigit() or not low <= int(value) <= high:
        raise ValueError(f"The WS-Management service cannot set {name} to {value!r}: it is {low} to {high}.")
    return int(value)
