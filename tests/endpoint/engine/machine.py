# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator's scripts see and change of Windows, besides files and processes (test endpoint process).

A computer has one, which all of its runspaces share; what stands behind the WSMan: drive is the endpoint itself.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import pathlib
import threading
import time
import typing

if typing.TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

#: Where Windows keeps whether a local account that is an administrator is one over the network, too.
POLICIES = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"
#: Real seconds until a restart takes the sessions along.
_SHUTDOWN = 1.0
_SSHD_CONFIG = "# What OpenSSH for Windows installs.\nSubsystem\tsftp\tsftp-server.exe\n"


@dataclasses.dataclass
class Service:
    """A Windows service."""

    name: str
    display_name: str
    status: str = "Running"
    start_type: str = "Automatic"


@dataclasses.dataclass
class FirewallRule:
    """A rule of Windows Defender Firewall that lets TCP in."""

    name: str
    display_name: str
    local_port: str
    enabled: bool = True
    profile: str = "Any"
    remote_address: str = "Any"


@dataclasses.dataclass
class StoredCertificate:
    """A certificate of Cert:\\LocalMachine\\My, with its key if that is there."""

    certificate: x509.Certificate
    key: PrivateKeyTypes | None
    friendly_name: str = ""


@dataclasses.dataclass(frozen=True)
class ListenerInfo:
    """An entry of WSMan:\\localhost\\Listener."""

    transport: str
    port: int
    thumbprint: str = ""
    address: str = "*"


@dataclasses.dataclass
class RegisteredConfiguration:
    """What Get-PSSessionConfiguration shows of one."""

    name: str
    enabled: bool
    file: str = ""
    run_as: str = ""


class Remoting(typing.Protocol):
    """The WinRM service of the computer."""

    def settings(self) -> dict[str, str]:
        """The leaves of ``WSMan:\\localhost`` below Service, Shell and Plugin, and its own, by path."""

    def change(self, path: str, value: str) -> None:
        """Changes a leaf; KeyError when there is none of that path, ValueError for a value out of range."""

    def listeners(self) -> list[ListenerInfo]:
        """What the service listens on."""

    def add_listener(self, transport: str, port: int | None, certificate: StoredCertificate | None) -> None:
        """Opens one; ValueError when there is one already, or when the certificate has no key."""

    def remove_listener(self, transport: str) -> None:
        """Closes one; KeyError when there is none."""

    def configurations(self) -> list[RegisteredConfiguration]:
        """The session configurations, by name."""

    def register(self, name: str, file: str, visible: collections.abc.Sequence[str] | None, run_as: str = "") -> None:
        """Adds a session configuration; one with visible commands takes no scripts."""

    def unregister(self, name: str) -> None:
        """Removes one; KeyError when there is none."""

    def enable(self, name: str) -> None:
        """Lets clients in; KeyError when there is none."""

    def restart(self) -> None:
        """Ends every shell; changes that wait for it take effect."""


class Machine:
    """The computer that scripts run on.

    Args:
        name: Its name.
        folder: Holds what scripts write below ProgramFiles and ProgramData.
        remoting: Its WinRM service.
    """

    def __init__(self, name: str, folder: pathlib.Path, remoting: Remoting) -> None:
        self.name = name
        self.folder = folder
        self.remoting = remoting
        self.services = {
            service.name.lower(): service
            for service in (
                Service("sshd", "OpenSSH SSH Server", start_type="Manual"),
                Service("WinRM", "Windows Remote Management (WS-Management)", start_type="Manual"),
            )
        }
        #: What the group S-1-5-32-544 is called in the system's language.
        self.administrators = "BUILTIN\\Administrators"
        self.firewall: dict[str, FirewallRule] = {}
        #: Keys by path, values by name.
        self.registry: dict[str, dict[str, object]] = {POLICIES.lower(): {"EnableLUA": 1}}
        self.certificates: dict[str, StoredCertificate] = {}
        #: How many private keys were left on the disk.
        self.keys_kept = 0
        #: Seconds since 1970; None: as the machine that plays this one.
        self.booted: float | None = None
        ssh = folder / "ProgramData" / "ssh"
        ssh.mkdir(parents=True, exist_ok=True)
        (ssh / "sshd_config").write_text(_SSHD_CONFIG, encoding="utf-8")
        (folder / "ProgramFiles").mkdir(exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """Variables of every process on it."""
        return {"ProgramData": str(self.folder / "ProgramData"), "ProgramFiles": str(self.folder / "ProgramFiles")}

    def restart_service(self, service: Service) -> None:
        """Stops and starts a service; for WinRM every session ends."""
        service.status = "Running"
        if service.name == "WinRM":
            self.remoting.restart()

    def restart(self) -> None:
        """Goes down in a moment, as Windows does after Restart-Computer, and is up again at once."""

        def go_down() -> None:
            self.booted = time.time()
            self.remoting.restart()

        threading.Timer(_SHUTDOWN, go_down).start()

    def enable_remoting(self) -> None:
        """What Enable-PSRemoting -Force does."""
        winrm = self.services["winrm"]
        winrm.start_type = "Automatic"
        if not any(listener.transport == "HTTP" for listener in self.remoting.listeners()):
            self.remoting.add_listener("HTTP", None, None)
        name = "WINRM-HTTP-In-TCP"
        self.firewall.setdefault(name.lower(), FirewallRule(name, "Windows Remote Management (HTTP-In)", "5985"))
        for configuration in self.remoting.configurations():
            self.remoting.enable(configuration.name)
        self.restart_service(winrm)
