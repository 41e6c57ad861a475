# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message between the ansible worker (client) and the session broker (both processes).

The client says `Hello` and gets `Welcome`; then it sends one request after the other. A `Run` is answered by any number
of `Records` and one `Finished` or `Failure`; every other request by its own answer or a `Failure`. `Note` may come
before any answer.
"""

from __future__ import annotations

import hashlib
import json
import typing

from .codec import Codec
from .record import record

Json = typing.Any

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
    "session_name",
    "no_profile",
    "inventory_hostname",
)
#: Never part of a key, a repr or a log; compared before a session is used.
SECRETS = ("password", "certificate_key_password")
#: Seconds; what a killed controller leaves on a server is gone after it.
_IMPLICIT_IDLE_TIMEOUT = 300


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
    busy_timeout: int = 240
    max_sessions: int = 0
    max_age: int = 28800

    def key(self) -> str:
        """The name of what this target may share: a hash over all identity fields, secrets left out."""
        identity = {name: getattr(self, name) for name in IDENTITY}
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()

    def is_same_host(self, other: Target) -> bool:
        """Whether both lead to the same computer as the same user, whatever else differs."""
        return (self.host, self.port, self.user) == (other.host, other.port, other.user)

    def same_secrets(self, other: Target) -> bool:
        """Whether both carry the same secrets; a session is never used with other ones than it was opened with."""
        return all(getattr(self, name) == getattr(other, name) for name in SECRETS)


@record(frozen=True)
class Hello:
    """The client's first message: who it is and which playbook it works for."""

    protocol: int
    version: str
    #: The ansible process whose life keeps the sessions, and when it started (kernel's own unit, 0 unknown).
    playbook_pid: int
    playbook_started: int


@record(frozen=True)
class Welcome:
    """The broker's answer to `Hello`."""

    protocol: int
    version: str
    pid: int


@record(frozen=True)
class Command:
    """One command of a pipeline, as PSRP's AddScript or AddCommand."""

    text: str
    is_script: bool = True
    use_local_scope: bool | None = None
    #: Pairs of a parameter's name and value; no name makes it positional.
    parameters: list[Json] = []


@record(frozen=True)
class Run:
    """Run one pipeline in a session of the target's host.

    `input` says what the pipeline reads: nothing; the frame's body as one string; its lines; `values`, a JSON list;
    or `chunks`: the bodies of the `Input` messages that follow, each sent on as one base64 string.
    `output` says how output objects come back: as JSON values, as the strings that ansible.builtin.psrp makes, or as
    the bytes of base64 strings (in the body of `Records`).
    """

    target: Target
    commands: list[Command]
    input: typing.Literal["none", "text", "lines", "values", "chunks"] = "none"
    values: list[Json] = []
    output: typing.Literal["objects", "strings", "bytes"] = "objects"
    #: True: the host's one shared session, whose state scripts see. False: any session, module tasks share nothing.
    shared: bool = False
    #: Stop the pipeline after so many seconds.
    timeout: float | None = None


@record(frozen=True)
class Input:
    """One chunk of a `Run` whose input is `chunks` (in the body); the last one has `end` and no body."""

    end: bool = False


@record(frozen=True)
class Records:
    """What a pipeline wrote, in order: pairs of stream and value; with output `bytes`, the bytes are in the body."""

    entries: list[Json]


@record(frozen=True)
class Finished:
    """A pipeline's end: `state` is completed, failed or stopped; `error` the record that ended a failed one."""

    state: str
    session: dict[str, Json]
    error: Json = None
    warnings: list[str] = []


@record(frozen=True)
class Failure:
    """A request that was not done, or whose outcome is unknown; `kind` is a value of ErrorKind."""

    kind: str
    message: str


@record(frozen=True)
class ListSessions:
    """Which sessions this broker holds; of one target's host and user, or all."""

    target: Target | None = None


@record(frozen=True)
class Sessions:
    """Rows as the modules return them, and the broker's own facts and counters."""

    sessions: list[dict[str, Json]]
    broker: dict[str, Json]


@record(frozen=True)
class Reset:
    """Remove the target's implicit sessions from the server (meta: reset_connection)."""

    target: Target


@record(frozen=True)
class Shutdown:
    """Let go of every session and end: implicit ones are removed, named ones disconnected."""


@record(frozen=True)
class Done:
    """A request without an answer of its own was done; `count` is how many sessions it concerned."""

    count: int = 0


@record(frozen=True)
class Note:
    """Something for the user to see while the request goes on; `level` is warning or v to vvvvv."""

    level: str
    text: str


#: What a broker accepts and what a client accepts.
REQUESTS = Codec(Hello, Run, Input, ListSessions, Reset, Shutdown)
ANSWERS = Codec(Welcome, Records, Finished, Failure, Sessions, Done, Note)
