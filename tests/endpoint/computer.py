# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One computer that the endpoint plays: its shells, its limits, its counters (test endpoint process)."""

from __future__ import annotations

import collections.abc
import copy
import dataclasses
import itertools
import threading
import typing

from .clock import Clock
from .config import EndpointConfig, Manners, Quotas
from .counters import Counters
from .engine.machine import Machine
from .faults import FaultList
from .shells import Shell, State
from .wsmanfault import WSManFault, aborted, access_denied, shell_disconnected, shell_not_found, stream_disconnected


@dataclasses.dataclass(frozen=True)
class Peer:
    """Who sent a request, and through what."""

    user: str
    client_ip: str
    #: Identifies the TCP connection.
    connection: object
    #: Tells whether the client has closed the connection in the meantime.
    gone: collections.abc.Callable[[], bool]


class Computer:
    """Holds the shells of one computer and lets them expire."""

    def __init__(self, name: str, config: EndpointConfig, clock: Clock, faults: FaultList) -> None:
        self.name = name
        self.config = config
        self.quotas: Quotas = copy.copy(config.quotas)
        self.manners: Manners = config.manners
        #: Changed by what scripts do to the WinRM service (winrm.WinRM); in force for the next connection and Create.
        self.auth_methods = config.auth_methods
        self.configurations = config.configurations
        self.unencrypted: bool | None = None
        #: What scripts of this computer administer; set by the endpoint when it starts.
        self.machine: Machine | None = None
        self.clock = clock
        self.faults = faults
        self.counters = Counters()
        self.shells: dict[str, Shell] = {}
        #: Enumerations that a client has not pulled to their end: (items, when they are forgotten).
        self.enumerations: dict[str, tuple[list[str], float]] = {}
        self._lock = threading.Lock()
        self._process_ids = itertools.count(1000, 4)

    @property
    def allow_unencrypted(self) -> bool:
        """WinRM's AllowUnencrypted: as it was set on this computer, else as the endpoint's manners have it."""
        return self.manners.allow_unencrypted if self.unencrypted is None else self.unencrypted

    def new_process_id(self) -> int:
        """A process id for a shell's host process, as tools show it; no process of this machine."""
        return next(self._process_ids)

    def add(self, shell: Shell, check: collections.abc.Callable[[list[Shell]], None]) -> None:
        """Adds a shell if `check`, which sees those that there are, raises nothing."""
        with self._lock:
            check(list(self.shells.values()))
            self.shells[shell.shell_id] = shell

    def find(self, shell_id: str | None, peer: Peer) -> Shell:
        """The shell, or the fault of a shell that is not there or not the user's."""
        shell = self.shells.get((shell_id or "").upper())
        if shell is None or shell.closed:
            raise shell_not_found(shell_id or "")
        if shell.owner != peer.user:
            raise access_denied()
        return shell

    def remove(self, shell: Shell, fault: WSManFault | None = None) -> None:
        """Ends a shell; requests that wait for it get `fault` (995 by default)."""
        with self._lock:
            self.shells.pop(shell.shell_id, None)
        shell.close(fault or aborted())

    def remove_all(self) -> None:
        """All shells are gone, as after a restart of the computer."""
        for shell in list(self.shells.values()):
            self.remove(shell)
        self.enumerations.clear()

    def of_user(self, user: str) -> list[Shell]:
        return [shell for shell in list(self.shells.values()) if shell.owner == user]

    def operations_of(self, user: str) -> int:
        """What counts for MaxConcurrentOperationsPerUser: requests at work and commands that were not terminated."""
        return sum(shell.operations + len(shell.commands) for shell in self.of_user(user))

    def sweep(self) -> None:
        """Has everything expire whose time has come."""
        now = self.clock.now()
        for shell in list(self.shells.values()):
            can_disconnect = shell.runtime is not None and shell.runtime.can_disconnect
            idle_limit = self.manners.idle_disconnect
            if shell.inactivity >= shell.idle_timeout:
                self.remove(shell)
            elif (
                idle_limit is not None
                and can_disconnect
                and shell.state is State.CONNECTED
                and shell.inactivity >= idle_limit
            ):
                shell.disconnect(shell_disconnected())
        for context, (_items, until) in list(self.enumerations.items()):
            if until <= now:
                self.enumerations.pop(context, None)

    def wake(self) -> None:
        """Lets requests that wait look at the clock, which somebody has moved."""
        for shell in list(self.shells.values()):
            with shell.changed:
                shell.changed.notify_all()

    def connection_ended(self, connection: object) -> None:
        """A TCP connection is gone; what that means for its shells depends on the endpoint's manners."""
        if not self.manners.vanished_client_disconnects:
            return
        for shell in list(self.shells.values()):
            can_disconnect = shell.runtime is not None and shell.runtime.can_disconnect
            if shell.connection is connection and shell.state is State.CONNECTED and can_disconnect:
                shell.disconnect(stream_disconnected())

    def describe(self) -> dict[str, typing.Any]:
        """The computer for the control resource."""
        return {
            "name": self.name,
            "counters": self.counters.as_dict(),
            "quotas": dataclasses.asdict(self.quotas),
            "auth_methods": list(self.auth_methods),
            "shells": [
                {
                    "shell_id": shell.shell_id,
                    "name": shell.settings.name,
                    "state": shell.state.value,
                    "plugin": shell.plugin,
                    "owner": shell.owner,
                    "idle_timeout": shell.idle_timeout,
                    "inactivity": shell.inactivity,
                    "operations": shell.operations,
                    "commands": {command.command_id: command.state for command in list(shell.commands.values())},
                    "dropped": sum(channel.dropped for channel in shell.channels()),
                }
                for shell in list(self.shells.values())
            ],
        }
