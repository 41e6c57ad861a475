# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who connects where and how: what every request about a host carries (both processes)."""

from __future__ import annotations

import hashlib
import json
import re
import typing

from .record import record

#: The options that decide who connects where: two targets that differ in one of them never share a session.
IDENTITY = (
    "host",
    "port",
    "ssl",
    "user",
    "transport",
    "path",
    "auth",
    "cert_validation",
    "message_encryption",
    "proxy",
    "ignore_proxy",
    "certificate_pem",
    "certificate_key_pem",
    "credssp_auth_mechanism",
    "credssp_disable_tlsv1_2",
    "credssp_minimum_version",
    "negotiate_delegate",
    "negotiate_hostname_override",
    "negotiate_send_cbt",
    "negotiate_service",
    "configuration_name",
    "pwsh_path",
    "private_key_file",
    "host_key_checking",
    "ssh_executable",
    "ssh_args",
    "ssh_common_args",
    "ssh_extra_args",
    "subsystem",
    "ssh_auth_sock",
    "session_name",
    "no_profile",
    "inventory_hostname",
)
#: What is fixed when a session is made; whoever uses it later may ask for other ones in vain.
CREATION = (
    "idle_timeout",
    "no_profile",
    "output_buffering_mode",
    "culture",
    "ui_culture",
    "application_arguments",
)
#: Never part of a key, a repr or a log; compared before a session is used.
SECRETS = ("password", "certificate_key_password", "private_key_passphrase")
#: What PowerShell calls the configuration of a session that no WSMan service has opened.
DEFAULT_SHELL = "DefaultShell"
#: Seconds; what a killed controller leaves on a server is gone after it.
_IMPLICIT_IDLE_TIMEOUT = 300
#: UTF-16 units; a WSMan service refuses longer names of shells.
_LONGEST_NAME = 255
#: What XML 1.0 can carry in no way.
_NO_XML = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def unfit_name(name: str) -> str | None:
    """Why no session can have the name, and what to do; None where one can."""
    if not name.strip():
        return "set it to the name of a session, or leave it away"
    if found := _NO_XML.search(name):
        return f"no session's name can hold the character {found[0]!r}. Leave that out"
    length = len(name.encode("utf-16-le")) // 2
    if length > _LONGEST_NAME:
        return f"a session's name has {_LONGEST_NAME} characters at most, and this one {length}. Choose a shorter one"
    return None


def idle_timeout(given: int | None, session_name: str | None) -> int | None:
    """Seconds that a server keeps a session without its client; None leaves a named one to the server's default."""
    return _IMPLICIT_IDLE_TIMEOUT if given is None and not session_name else given


@record(frozen=True)
class Target:
    """Who connects where and how; the connection plugin's options under their own names. Times in seconds."""

    host: str
    port: int
    ssl: bool
    user: str | None = None
    password: str | None = None
    transport: str = "wsman"
    path: str = "wsman"
    auth: str = "negotiate"
    cert_validation: bool | str = True
    message_encryption: str = "auto"
    proxy: str | None = None
    ignore_proxy: bool = False
    certificate_pem: str | None = None
    certificate_key_pem: str | None = None
    certificate_key_password: str | None = None
    credssp_auth_mechanism: str = "auto"
    credssp_disable_tlsv1_2: bool = False
    credssp_minimum_version: int = 2
    negotiate_delegate: bool | None = None
    negotiate_hostname_override: str | None = None
    negotiate_send_cbt: bool = True
    negotiate_service: str = "WSMAN"
    configuration_name: str = "Microsoft.PowerShell"
    #: The transport local: a program's name or path, None for PowerShell's usual names.
    pwsh_path: str | None = None
    #: The transport ssh; its port 0 is what the SSH client's configuration says.
    private_key_file: str | None = None
    private_key_passphrase: str | None = None
    host_key_checking: bool = True
    ssh_executable: str = "ssh"
    ssh_args: str = ""
    ssh_common_args: str = ""
    ssh_extra_args: str = ""
    sshpass_prompt: str = ""
    subsystem: str = "powershell"
    #: Where the user's agent listens.
    ssh_auth_sock: str | None = None
    session_name: str | None = None
    no_profile: bool = False
    #: What the user calls the host, for messages and tables.
    inventory_hostname: str = ""
    connection_timeout: int = 30
    operation_timeout: int = 20
    read_timeout: int = 30
    max_envelope_size: int = 512000
    persist: int = 60
    idle_timeout: int | None = None
    #: Block or Drop; None leaves it to the session configuration.
    output_buffering_mode: str | None = None
    #: Names of cultures, "de-DE"; None is en-US.
    culture: str | None = None
    ui_culture: str | None = None
    #: What $PSSenderInfo.ApplicationArguments shows besides our own entry; None is nothing.
    application_arguments: dict[str, typing.Any] | None = None
    busy_timeout: int = 240
    max_sessions: int = 0
    max_age: int = 28800

    @property
    def can_disconnect(self) -> bool:
        """Whether a session outlives its connection: it can be left on the server, found there and connected to."""
        return self.transport == "wsman"

    def key(self) -> str:
        """The name of what this target may share: a hash over all identity fields, secrets left out."""
        identity = {name: getattr(self, name) for name in IDENTITY}
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()

    def is_same_host(self, other: Target) -> bool:
        """Whether both lead to the same computer as the same user, whatever else differs."""
        ours, theirs = ((each.transport, each.host, each.port, each.user) for each in (self, other))
        return ours == theirs

    def same_secrets(self, other: Target) -> bool:
        """Whether both carry the same secrets; a session is never used with other ones than it was opened with."""
        return all(getattr(self, name) == getattr(other, name) for name in SECRETS)
