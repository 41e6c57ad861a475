# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An OpenSSH server of the test's own, with PowerShell as its subsystem (pytest process)."""

from __future__ import annotations

import contextlib
import getpass
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import types
import typing

from ...endpoint.program import powershell_program
from .processes import with_variable

_START_SECONDS = 30
_STOP_SECONDS = 30
_TRIES = 5
#: In the environment of every session's process, with the server's folder as its value.
_MARK = "PSSESSION_TEST_SERVER"
#: Needed by a server that root starts; the package makes it when the system's own one is started.
_PRIVILEGE_SEPARATION = pathlib.Path("/run/sshd")


def find_sshd() -> str | None:
    """The server's program, which is not on every user's path."""
    return shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin")


class SSHServer:
    """A running server for the user who runs the tests; use it with ``with``.

    It knows the keys ``user`` and ``locked`` (passphrase ``open sesame``) of its folder.
    """

    PASSPHRASE = "open sesame"

    def __init__(self) -> None:
        self.user = getpass.getuser()
        self.port = 0
        self.folder = pathlib.Path()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> SSHServer:
        with contextlib.ExitStack() as stack:
            self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pss-sshd-")))
            for name, passphrase in (("host", ""), ("other", ""), ("user", ""), ("locked", self.PASSPHRASE)):
                command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", name]
                subprocess.run(command, cwd=self.folder, check=True, stdin=subprocess.DEVNULL)
            known = "".join((self.folder / f"{name}.pub").read_text() for name in ("user", "locked"))
            (self.folder / "authorized").write_text(known, encoding="utf-8")
            stack.callback(self._stop, self._start())
            self._write_known_hosts("known", "host")
            self._write_known_hosts("changed", "other")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def log(self) -> str:
        """What the server said of its clients."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def common_args(self, known_hosts: str = "known") -> str:
        """Arguments for a client that is to read nothing of the user's own; of a jump host's client, too."""
        hosts = f"-o UserKnownHostsFile={self.folder / known_hosts} -o GlobalKnownHostsFile=/dev/null"
        return f"-F none -o IdentitiesOnly=yes {hosts}"

    def through_itself(self) -> str:
        """An argument for a client that is to go through this server as its jump host."""
        client = f"ssh {self.common_args()} -o BatchMode=yes -i {self.folder / 'user'} -p {self.port}"
        return f"-o 'ProxyCommand={client} -W %h:%p 127.0.0.1'"

    def variables(self, **changes: typing.Any) -> dict[str, typing.Any]:
        """The variables of a host that is reached here, most of them core's own."""
        return {
            "ansible_connection": "remoting.powershell.pssession",
            "ansible_host": "127.0.0.1",
            "ansible_port": self.port,
            "ansible_ssh_private_key_file": str(self.folder / "user"),
            "ansible_ssh_common_args": self.common_args(),
            "ansible_pssession_transport": "ssh",
            **changes,
        }

    def wait_for_no_session(self) -> None:
        """Waits until every PowerShell that the server has started is gone; AssertionError when one stays."""
        deadline = time.monotonic() + _STOP_SECONDS
        while left := with_variable(_MARK, str(self.folder)):
            assert time.monotonic() < deadline, f"sessions are left: {left}"
            time.sleep(0.05)

    def _start(self) -> subprocess.Popen[bytes]:
        program = find_sshd()
        assert program is not None, "the fixture looks for it"
        if os.geteuid() == 0:
            _PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
        for _attempt in range(_TRIES):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            (self.folder / "config").write_text(self._configuration(), encoding="utf-8")
            with open(self.folder / "log", "wb") as log:
                process = subprocess.Popen(
                    [program, "-D", "-e", "-f", str(self.folder / "config")], stdin=subprocess.DEVNULL, stderr=log
                )
            deadline = time.monotonic() + _START_SECONDS
            while process.poll() is None and time.monotonic() < deadline:
                if "Server listening on" in self.log:
                    return process
                time.sleep(0.02)
            self._stop(process)
        raise AssertionError(f"sshd does not start: {self.log}")

    def _configuration(self) -> str:
        powershell = powershell_program(self.folder)
        return "\n".join(
            [
                f"Port {self.port}",
                "ListenAddress 127.0.0.1",
                f"HostKey {self.folder / 'host'}",
                f"AuthorizedKeysFile {self.folder / 'authorized'}",
                "StrictModes no",
                "UsePAM no",
                "PidFile none",
                "MaxStartups 100",
                "LogLevel VERBOSE",
                f"SetEnv {_MARK}={self.folder}",
                f"Subsystem powershell {powershell} -sshs -NoLogo -NoProfile",
                "Subsystem missing /nonexistent/pwsh -sshs -NoLogo -NoProfile",
                "Subsystem talkative echo Welcome to this computer",
                "",
            ]
        )

    def _write_known_hosts(self, name: str, key: str) -> None:
        public = (self.folder / f"{key}.pub").read_text(encoding="utf-8")
        (self.folder / name).write_text(f"[127.0.0.1]:{self.port} {public}", encoding="utf-8")

    @staticmethod
    def _stop(process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
