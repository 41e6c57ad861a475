# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message between the ansible worker (client) and the session broker (both processes).

The client says `Hello` and gets `Welcome`; then it sends one request after the other. A `Run` is answered by any number
of `Records` and one `Finished` or `Failure`; every other request by its own answer or a `Failure`. `Note` may come
before any answer.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import typing

from .codec import Codec

Json = typing.Any


def _identity(default: typing.Any = dataclasses.MISSING, repr: bool = True) -> typing.Any:
    """A field that decides who connects where: two targets that differ in it never share a session."""
    return dataclasses.field(default=default, repr=repr, metadata={"identity": True})


def _secret() -> typing.Any:
    return dataclasses.field(default=None, repr=False, metadata={"secret": True})


@dataclasses.dataclass(frozen=True)
class Target:
    """Who connects where and how; the connection plugin's options under their own names. Times in seconds."""

    host: str = _identity()
    port: int = _identity()
    ssl: bool = _identity()
    user: str | None = _identity(None)
    password: str | None = _secret()
    transport: str = _identity("wsman")
    path: str = _identity("wsman")
    auth: str = _identity("negotiate")
    cert_validation: bool | str = _identity(True)
    message_encryption: str = _identity("auto")
    proxy: str | None = _identity(None, repr=False)
    ignore_proxy: bool = _identity(False)
    certificate_pem: str | None = _identity(None)
    certificate_key_pem: str | None = _identity(None)
    certificate_key_password: str | None = _secret()
    credssp_auth_mechanism: str = _identity("auto")
    credssp_disable_tlsv1_2: bool = _identity(False)
    credssp_minimum_version: int = _identity(2)
    negotiate_delegate: bool | None = _identity(None)
    negotiate_hostname_override: str | None = _identity(None)
    negotiate_send_cbt: bool = _identity(True)
    negotiate_service: str = _identity("WSMAN")
    configuration_name: str = _identity("Microsoft.PowerShell")
    session_name: str | None = _identity(None)
    no_profile: bool = _identity(False)
    #: What the user calls the host, for messages and tables.
    inventory_hostname: str = _identity("")
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
        identity = {field.name: getattr(self, field.name) for field in self._fields("identity")}
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()

    def same_secrets(self, other: Target) -> bool:
        """Whether both carry the same secrets; a session is never used with other ones than it was opened with."""
        return all(getattr(self, field.name) == getattr(other, field.name) for field in self._fields("secret"))

    def _fields(self, mark: str) -> list[dataclasses.Field[typing.Any]]:
        return [field for field in dataclasses.fields(self) if field.metadata.get(mark)]


@dataclasses.dataclass(frozen=True)
class Hello:
    """The client's first message: who it is and which playbook it works for."""

    protocol: int
    version: str
    #: The ansible process whose life keeps the sessions, and when it started (kernel's own unit, 0 unknown).
    playbook_pid: int
    playbook_started: int


@dataclasses.dataclass(frozen=True)
class Welcome:
    """The broker's answer to `Hello`."""

    protocol: int
    version: str
    pid: int


@dataclasses.dataclass(frozen=True)
class Command:
    """One command of a pipeline, as PSRP's AddScript or AddCommand."""

    text: str = dataclasses.field(repr=False)
    is_script: bool = True
    use_local_scope: bool | None = None
    #: Pairs of a parameter's name and value; no name makes it positional.
    parameters: list[Json] = dataclasses.field(default_factory=list, repr=False)


@dataclasses.dataclass(frozen=True)
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
    values: list[Json] = dataclasses.field(default_factory=list, repr=False)
    output: typing.Literal["objects", "strings", "bytes"] = "objects"
    #: True: the host's one shared session, whose state scripts see. False: any session, module tasks share nothing.
    shared: bool = False
    #: Stop the pipeline after so many seconds.
    timeout: float | None = None


@dataclasses.dataclass(frozen=True)
class Input:
    """One chunk of a `Run` whose input is `chunks` (in the body); the last one has `end` and no body."""

    end: bool = False


@dataclasses.dataclass(frozen=True)
class Records:
    """What a pipeline wrote, in order: pairs of stream and value; with output `bytes`, the bytes are in the body."""

    entries: list[Json] = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Finished:
    """A pipeline's end: `state` is completed, failed or stopped; `error` the record that ended a failed one."""

    state: str
    session: dict[str, Json]
    error: Json = dataclasses.field(default=None, repr=False)
    warnings: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Failure:
    """A request that was not done, or whose outcome is unknown; `kind` is a value of ErrorKind."""

    kind: str
    message: str


@dataclasses.dataclass(frozen=True)
class ListSessions:
    """Which sessions this broker holds; of one target's host and user, or all."""

    target: Target | None = None


@dataclasses.dataclass(frozen=True)
class Sessions:
    """Rows as the modules return them, and the broker's own facts and counters."""

    sessions: list[dict[str, Json]]
    broker: dict[str, Json]


@dataclasses.dataclass(frozen=True)
class Reset:
    """Remove the target's implicit sessions from the server (meta: reset_connection)."""

    target: Target


@dataclasses.dataclass(frozen=True)
class Shutdown:
    """Let go of every session and end: implicit ones are removed, named ones disconnected."""


@dataclasses.dataclass(frozen=True)
class Done:
    """A request without an answer of its own was done; `count` is how many sessions it concerned."""

    count: int = 0


@dataclasses.dataclass(frozen=True)
class Note:
    """Something for the user to see while the request goes on; `level` is warning or v to vvvvv."""

    level: str
    text: str


#: What a broker accepts and what a client accepts.
REQUESTS = Codec(Hello, Run, Input, ListSessions, Reset, Shutdown)
ANSWERS = Codec(Welcome, Records, Finished, Failure, Sessions, Done, Note)
