# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PowerShell over the OpenSSH client, as New-PSSession -HostName starts it (broker process)."""

from __future__ import annotations

import dataclasses
import shlex
import shutil
import tempfile

from ._askpass import Askpass
from ._child import Child
from ._program import Ended
from ._ssh_faults import explain
from .faults import FaultKind, TransportError

__all__ = ["SSHOptions", "SSHProgram"]

#: A session is a connection of its own, and its client must not live on as everybody's master.
_ALONE = ("-T", "-o", "ControlMaster=no", "-o", "ControlPath=none")
#: A dead network is noticed after a minute.  Last, so that what the user says of it counts: the first value wins.
_KEEP_ALIVE = ("-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4")


@dataclasses.dataclass(frozen=True)
class SSHOptions:
    """Where and how to connect; the names and meanings are those of ansible.builtin.ssh's options.

    Times are in seconds.  Secrets are kept out of the repr.
    """

    host: str
    #: 0 and None leave it to the client's configuration.
    port: int
    user: str | None
    password: str | None = dataclasses.field(repr=False)
    private_key_file: str | None
    private_key_passphrase: str | None = dataclasses.field(repr=False)
    host_key_checking: bool
    ssh_executable: str
    #: Further arguments of the client, as a shell's command line has them.
    ssh_args: str
    ssh_common_args: str
    ssh_extra_args: str
    #: What a question for the password has in it.
    sshpass_prompt: str
    #: The name under which the server's configuration has PowerShell.
    subsystem: str
    connection_timeout: int
    read_timeout: int
    #: The socket of the user's agent.
    ssh_auth_sock: str | None
    #: A directory that nobody else may enter.
    private_directory: str = dataclasses.field(default_factory=tempfile.gettempdir)


class SSHProgram:
    """What a stream starts for a session on another computer."""

    def __init__(self, options: SSHOptions) -> None:
        self._options = options
        self._askpass: Askpass | None = None
        self.place = f"{options.host!r} (ssh)"
        self.silence = float(options.read_timeout)
        self.opening = float(options.connection_timeout + options.read_timeout)

    def start(self) -> Child:
        """Start the client; TransportError where there is none, or it cannot be started."""
        options = self._options
        program = shutil.which(options.ssh_executable)
        if program is None:
            raise TransportError(
                FaultKind.MISSING_LIBRARY,
                f"ssh_executable is {options.ssh_executable!r}, which is no program on the controller. Install the "
                "OpenSSH client (openssh-client, openssh-clients), or set ssh_executable to it.",
            )
        command = [program, *arguments(options)]
        # Without a secret nobody is there to be asked, on no display either.
        environment: dict[str, str | None] = {"SSH_ASKPASS_REQUIRE": "never", "SSH_AUTH_SOCK": options.ssh_auth_sock}
        try:
            if secrets := _secrets(options):
                self._askpass = Askpass(options.private_directory, secrets, options.sshpass_prompt or "assword")
                command = self._askpass.introduced(command)
                environment.update(self._askpass.environment)
            return Child(command, environment)
        except OSError as error:
            self.settled()
            message = f"The SSH client {program} cannot be started: {error.strerror}"
            raise TransportError(FaultKind.MISSING_LIBRARY, message) from None

    def settled(self) -> None:
        """Takes away what was prepared for the client's questions."""
        if self._askpass is not None:
            self._askpass.remove()
            self._askpass = None

    def failure(self, ended: Ended) -> TransportError:
        """Why there is no session, or no session any more."""
        return explain(ended, self.place, self._options.user, self._options.subsystem)


def arguments(options: SSHOptions) -> list[str]:
    """The client's arguments; a user's own ones come in the places where ansible.builtin.ssh has them."""
    given = [*_ALONE, *shlex.split(options.ssh_args)]
    if not options.host_key_checking:
        given += ["-o", "StrictHostKeyChecking=no"]
    if options.port:
        given += ["-p", str(options.port)]
    if options.private_key_file:
        given += ["-i", options.private_key_file]
    if options.user:
        given += ["-l", options.user]
    given += ["-o", f"ConnectTimeout={options.connection_timeout}"]
    if options.password is not None:
        given += ["-o", "NumberOfPasswordPrompts=1"]
    elif options.private_key_passphrase is not None:
        given += ["-o", "PasswordAuthentication=no", "-o", "KbdInteractiveAuthentication=no"]
    else:
        given += ["-o", "BatchMode=yes"]
    given += [*shlex.split(options.ssh_common_args), *shlex.split(options.ssh_extra_args), *_KEEP_ALIVE]
    return [*given, "-s", "--", options.host, options.subsystem]


def _secrets(options: SSHOptions) -> dict[str, str]:
    secrets = {"password": options.password, "private_key_passphrase": options.private_key_passphrase}
    return {name: secret for name, secret in secrets.items() if secret is not None}
