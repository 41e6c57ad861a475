# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a shell on the server, as WS-Management shows it to its clients (test endpoint process)."""

from __future__ import annotations

import dataclasses
import enum
import threading
import typing
import uuid

from .clock import Clock
from .output import Channel
from .wsmanfault import WSManFault, aborted, command_not_found

CMD_RESOURCE = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
POWERSHELL_PREFIX = "http://schemas.microsoft.com/powershell/"


class State(enum.Enum):
    CONNECTED = "Connected"
    DISCONNECTED = "Disconnected"


class Runtime(typing.Protocol):
    """What works behind a shell: a runspace pool or command processes."""

    #: cmd shells can not be disconnected.
    can_disconnect: bool

    def command(self, command: Command, line: str, arguments: list[str], skip_cmd: bool) -> None:
        """Starts a command; its output goes to `command.channel`."""

    def send(self, command: Command | None, stream: str, data: bytes, end: bool) -> None:
        """Input for the shell or for a command."""

    def signal(self, command: Command, code: str) -> None:
        """Interrupts a command (ctrl_c, ctrl_break); its end arrives through its channel."""

    def terminate(self, command: Command) -> None:
        """Forgets a command, stopping it first if it runs."""

    def connect(self, data: bytes) -> bytes:
        """Answers the connectXml of a new client."""

    def close(self) -> None:
        """Ends everything."""


@dataclasses.dataclass
class Command:
    """One command of a shell: a pipeline, or a process."""

    command_id: str
    line: str
    channel: Channel

    @property
    def state(self) -> str:
        return "Done" if self.channel.done else "Running"


@dataclasses.dataclass
class ShellSettings:
    """What a client chose when it made the shell."""

    resource_uri: str
    name: str | None
    input_streams: str
    output_streams: str
    locale: str
    data_locale: str
    no_profile: bool
    environment: dict[str, str]
    working_directory: str | None


class Shell:
    """One shell; its lock guards the state, and is never held while an engine is called."""

    def __init__(
        self,
        shell_id: str,
        settings: ShellSettings,
        owner: str,
        client_ip: str,
        session_id: str,
        process_id: int,
        clock: Clock,
        output_buffer: int,
    ) -> None:
        self.shell_id = shell_id
        self.settings = settings
        self.owner = owner
        self.client_ip = client_ip
        self.process_id = process_id
        #: The client that the shell belongs to now.
        self.session_id = session_id
        self.connection: object | None = None
        self.state = State.CONNECTED
        self.idle_timeout = 7200.0
        #: The longest idle timeout that may be asked for.
        self.max_idle_timeout = 2147483.647
        self.drop_output = False
        self.created = clock.now()
        self.last_activity = self.created
        #: Requests that are being worked on now.
        self.operations = 0
        self.closed = False
        self.changed = threading.Condition()
        self._clock = clock
        self._output_buffer = output_buffer
        self.pool = Channel(self.changed, output_buffer)
        self.commands: dict[str, Command] = {}
        #: Set once the engine has opened.
        self.runtime: Runtime | None = None

    @property
    def plugin(self) -> str:
        """The configuration's name, or ``cmd``."""
        return self.settings.resource_uri.rsplit("/", 1)[-1]

    def new_command(self, command_id: str, line: str) -> Command:
        with self.changed:
            command = Command(command_id, line, Channel(self.changed, self._output_buffer))
            self.commands[command_id] = command
            return command

    def find_command(self, command_id: str) -> Command:
        """The command, or the fault that Windows gives for a command that is not there."""
        command = self.commands.get(command_id.upper())
        if command is None:
            raise command_not_found()
        return command

    def channel(self, pipeline_id: uuid.UUID | None) -> Channel | None:
        """Where output of the pool (None) or of a pipeline goes; None for a pipeline that has been forgotten."""
        if pipeline_id is None:
            return self.pool
        command = self.commands.get(str(pipeline_id).upper())
        return None if command is None else command.channel

    def remove_command(self, command: Command, fault: WSManFault | None = None) -> None:
        with self.changed:
            self.commands.pop(command.command_id, None)
            command.channel.close(fault or aborted())

    def touch(self) -> None:
        """Something happened for this shell: its idle clock starts anew."""
        self.last_activity = self._clock.now()

    @property
    def inactivity(self) -> float:
        """Endpoint seconds since something last happened; 0 while a request is being worked on."""
        return 0.0 if self.operations else self._clock.now() - self.last_activity

    @property
    def run_time(self) -> float:
        return self._clock.now() - self.created

    def disconnect(self, fault: WSManFault) -> None:
        """Leaves the shell without a client; waiting Receives end with `fault`."""
        with self.changed:
            self.state = State.DISCONNECTED
            self.connection = None
            self.last_activity = self._clock.now()
            for channel in self.channels():
                channel.drops = self.drop_output
                channel.interrupt(fault)
            self.changed.notify_all()

    def connect(self, session_id: str, with_commands: bool) -> None:
        """Gives the shell to a client, which, without its commands, has to connect to each before it receives."""
        with self.changed:
            self.state = State.CONNECTED
            self.session_id = session_id
            self.touch()
            for channel in self.channels():
                channel.drops = False
            for command in self.commands.values():
                command.channel.connected = with_commands
            self.changed.notify_all()

    def channels(self) -> list[Channel]:
        return [self.pool, *(command.channel for command in self.commands.values())]

    def close(self, fault: WSManFault) -> None:
        """Ends the shell and what works behind it."""
        with self.changed:
            if self.closed:
                return
            self.closed = True
            for channel in self.channels():
                channel.close(fault)
            self.commands.clear()
        if self.runtime is not None:
            self.runtime.close()
