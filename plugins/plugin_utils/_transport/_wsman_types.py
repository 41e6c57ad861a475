# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent to and read from a WSMan service about shells, as plain values (broker process)."""

from __future__ import annotations

import dataclasses
import enum
import uuid


@dataclasses.dataclass(frozen=True)
class WSManOptions:
    """Where and how to connect; the names and meanings are those of ansible.builtin.psrp's options.

    Times are in seconds, sizes in bytes.  Secrets are kept out of the repr.
    """

    host: str
    port: int
    path: str = "wsman"
    #: https when true.
    ssl: bool = True
    user: str | None = None
    password: str | None = dataclasses.field(default=None, repr=False)
    #: basic, certificate, credssp, kerberos, negotiate or ntlm.
    auth: str = "negotiate"
    #: True: the system's certificate authorities, a path: those of that file, False: no check.
    cert_validation: bool | str = True
    connection_timeout: int = 30
    #: How long the server may hold a request that has nothing to answer yet.
    operation_timeout: int = 20
    read_timeout: int = 30
    #: auto (with http), always or never.
    message_encryption: str = "auto"
    #: May hold a password, so it is kept out of the repr as well.
    proxy: str | None = dataclasses.field(default=None, repr=False)
    ignore_proxy: bool = False
    certificate_pem: str | None = None
    certificate_key_pem: str | None = None
    certificate_key_password: str | None = dataclasses.field(default=None, repr=False)
    credssp_auth_mechanism: str | None = None
    credssp_disable_tlsv1_2: bool | None = None
    credssp_minimum_version: int | None = None
    negotiate_delegate: bool | None = None
    negotiate_hostname_override: str | None = None
    negotiate_send_cbt: bool | None = None
    negotiate_service: str | None = None
    max_envelope_size: int = 512000
    configuration_name: str = "Microsoft.PowerShell"
    #: wsman:Locale and wsmv:DataLocale ([MS-WSMV] 2.2.4): the cultures of texts, and of numbers and dates.
    locale: str = "en-US"
    data_locale: str = "en-US"


class Signal(enum.Enum):
    """The codes of a Signal that PowerShell knows."""

    #: Frees a command; a running one is ended first ([MS-WSMV] 2.2.4.38).
    TERMINATE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate"
    #: Stops a running pipeline.  [MS-PSRP] 3.1.5.3.9 and PowerShell itself spell it so.
    STOP = "powershell/signal/crtl_c"


@dataclasses.dataclass(frozen=True)
class ShellSettings:
    """How a service is to make a shell and to keep it; None is the service's, or the session configuration's, own."""

    name: str | None = None
    #: Seconds.
    idle_timeout: int | None = None
    #: Block or Drop.
    output_buffering_mode: str | None = None
    no_profile: bool = False


#: Nothing is asked for.
AS_CONFIGURED = ShellSettings()


@dataclasses.dataclass(frozen=True)
class ShellDescription:
    """What the server tells of a shell; None is what it did not tell or what could not be read.

    Times are in seconds, memory is in bytes.
    """

    shell_id: uuid.UUID
    name: str | None = None
    configuration_name: str | None = None
    owner: str | None = None
    client_address: str | None = None
    process_id: int | None = None
    idle_timeout: float | None = None
    max_idle_timeout: float | None = None
    #: Block or Drop.
    output_buffering_mode: str | None = None
    #: Connected or Disconnected.
    state: str | None = None
    run_time: float | None = None
    inactivity: float | None = None
    memory: int | None = None
    child_processes: int | None = None
    locale: str | None = None
    resource_uri: str | None = None


@dataclasses.dataclass(frozen=True)
class ShellCreated:
    """The answer to Create."""

    #: The id that the server uses; a WinRM before 3.0 chooses its own.
    shell_id: uuid.UUID
    #: None from a server that answers with the id alone.
    description: ShellDescription | None


@dataclasses.dataclass(frozen=True)
class Received:
    """The answer to Receive."""

    #: PSRP fragments, whole or in part, as they came; empty when the operation timed out.
    data: bytes = dataclasses.field(repr=False)
    #: The command has ended and all its output has been received.
    done: bool
