# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test endpoint is told to be: its computers, users, limits and manners (test endpoint process)."""

from __future__ import annotations

import dataclasses
import pathlib
import typing

Engine = typing.Any  # engine.api.Engine; named loosely so that the configuration needs no engine to be imported


@dataclasses.dataclass
class Quotas:
    """WinRM's and PowerShell's own limits, by the names that ``winrm get winrm/config`` gives them.

    The values are the defaults of Windows Server 2016 and later.  They may be changed while the endpoint runs.
    """

    max_envelope_size_kb: int = 500
    max_timeout_ms: int = 60_000
    max_batch_items: int = 32_000
    #: winrm/config/winrs: shells of one user, whatever their plugin.
    max_shells_per_user: int = 30
    #: The plugin's own quotas: shells of one user, and of everybody.
    max_plugin_shells_per_user: int = 25
    max_plugin_shells: int = 25
    max_concurrent_commands_per_shell: int = 1000
    max_concurrent_operations_per_user: int = 1500
    max_connections: int = 300
    max_memory_per_shell_mb: int = 1024
    max_processes_per_shell: int = 25
    idle_timeout_ms: int = 7_200_000
    max_idle_timeout_ms: int = 2_147_483_647
    #: Not in the configuration of any Windows: the service itself refuses less than a minute.
    min_idle_timeout_ms: int = 60_000
    #: PSMaximumReceivedObjectSizeMB and PSMaximumReceivedDataSizePerCommandMB of the session configuration; 0 = off.
    max_received_object_mb: float = 10
    max_received_data_per_command_mb: float = 50


@dataclasses.dataclass
class Manners:
    """Where Windows' behaviour is not known for sure, or differs from server to server: each defaults to the unkind.

    May be changed while the endpoint runs.
    """

    #: Basic over plain HTTP (and any other message that nothing encrypts) is refused with 401 unless this is set.
    allow_unencrypted: bool = False
    #: True: a shell becomes Disconnected when its client's connection ends.  False: it stays Connected, so that
    #: another client's Connect is refused, until nothing has been heard from the client for the time below.
    vanished_client_disconnects: bool = False
    #: Endpoint seconds.
    vanished_client_timeout: float = 240.0
    #: A shell for which nothing has been asked for so many endpoint seconds turns Disconnected by itself; None:
    #: never.  A recorded Server 2016 showed Disconnected 62 seconds after a client's last request.
    idle_disconnect: float | None = None
    #: False: only requests with the wsmv:SessionId of the client that a shell belongs to may use it; True: any of its
    #: user's may, except Connect and Reconnect.
    other_clients_may_use: bool = False
    #: False: a new client that connected to a shell connects to each command, too, before it receives its output.
    connect_covers_commands: bool = False
    #: True: a command whose end has been delivered is listed until its terminate signal; a Receive of it fails.
    lists_delivered_commands: bool = True
    #: True: output whose answer could not be written is given again to the next Receive; False: it is lost.
    redeliver_lost_output: bool = False
    #: True: who sends more than PowerShell's receive quotas allow loses the whole session; False: the pipeline alone.
    receive_quota_ends_session: bool = True
    #: Which request is told of it: ``send``, while the Receive that waits is aborted, or ``receive``, and vice versa.
    receive_quota_told_by: str = "send"
    #: What a request over MaxEnvelopeSizekb gets: ``http-413`` (as http.sys) or ``fault`` (a SOAP fault).
    oversize_answer: str = "http-413"
    #: Bytes of output that a pool or a pipeline may hold for a client that does not fetch them.
    output_buffer: int = 1024 * 1024
    #: Seconds of quiet after which a Receive that has data answers, unless the command ends first.
    receive_gather: float = 0.005


@dataclasses.dataclass(frozen=True)
class SessionConfiguration:
    """One PSSession configuration (an entry of ``WSMan:\\localhost\\Plugin``)."""

    name: str
    full_language: bool = True
    visible_commands: tuple[str, ...] = ()
    #: False: no client is let in, as before Enable-PSRemoting.
    enabled: bool = True


#: What Register-PSSessionConfiguration made on a plain server, and PowerShell 7's installer beside it.
DEFAULT_CONFIGURATIONS = (
    SessionConfiguration("Microsoft.PowerShell"),
    SessionConfiguration("PowerShell.7"),
)


@dataclasses.dataclass
class EndpointConfig:
    """A whole endpoint; times are seconds, ports 0 mean "any free one" and None "no such listener"."""

    engine: Engine
    #: Names to passwords.
    users: dict[str, str] = dataclasses.field(default_factory=dict)
    computers: tuple[str, ...] = ("TESTHOST",)
    http_port: int | None = 0
    https_port: int | None = None
    #: ``ports``: each computer has its own port on `address`.  ``addresses``: computer N listens on 127.0.0.N+1, all
    #: on one port (Linux only).
    layout: str = "ports"
    address: str = "127.0.0.1"
    #: Any of basic, negotiate, kerberos, certificate, credssp.
    auth_methods: tuple[str, ...] = ("basic", "negotiate", "certificate", "credssp")
    keytab: pathlib.Path | None = None
    #: Client certificates: the user for each subject common name; absent names are users of the same name.
    certificate_users: dict[str, str] = dataclasses.field(default_factory=dict)
    #: Further names in the server's certificate.
    certificate_names: tuple[str, ...] = ()
    configurations: tuple[SessionConfiguration, ...] = DEFAULT_CONFIGURATIONS
    winrs: bool = True
    quotas: Quotas = dataclasses.field(default_factory=Quotas)
    manners: Manners = dataclasses.field(default_factory=Manners)
    #: http.sys closes a connection that has been idle for two minutes.
    idle_close: float = 120.0
    #: How many endpoint seconds pass in a real one.
    time_scale: float = 1.0
    control_port: int | None = None

    def __post_init__(self) -> None:
        if self.layout not in ("ports", "addresses"):
            raise ValueError(f"layout is ports or addresses, not {self.layout!r}")
        if self.layout == "addresses" and len(self.computers) > 250:
            raise ValueError("layout addresses serves at most 250 computers")
        if not self.computers or len(set(self.computers)) != len(self.computers):
            raise ValueError("computers must be named, each name once")
        if self.http_port is None and self.https_port is None:
            raise ValueError("an endpoint needs an HTTP or an HTTPS port")


def change(target: Quotas | Manners, name: str, value: object) -> None:
    """Sets one value of a running endpoint by name; ValueError when there is no such name or the type is wrong."""
    known = {field.name for field in dataclasses.fields(target)}
    if name not in known:
        raise ValueError(f"no setting {name!r}; there are {', '.join(sorted(known))}")
    present = getattr(target, name)
    if isinstance(present, bool) != isinstance(value, bool) and present is not None:
        raise ValueError(f"{name} is {'a' if isinstance(present, bool) else 'not a'} boolean")
    if isinstance(present, (int, float)) and not isinstance(value, (int, float)) and not name == "idle_disconnect":
        raise ValueError(f"{name} is a number")
    if isinstance(present, str) and not isinstance(value, str):
        raise ValueError(f"{name} is a text")
    setattr(target, name, value)
