# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the OpenSSH client gets a password without showing it to anybody (broker process)."""

from __future__ import annotations

import collections.abc
import os
import pathlib
import shutil
import tempfile

_ANSWERER = pathlib.Path(__file__).with_name("askpass.sh")
#: Makes the client's own process id known to what it starts; `exec` keeps the id.
_INTRODUCE = 'PSSESSION_SSH_PID=$$; export PSSESSION_SSH_PID; exec "$@"'


class Askpass:
    """A private directory with the program that answers the client's questions and a named pipe for each secret.

    Args:
        directory: Where to make it: a directory that nobody else may enter, on a file system that runs programs.
        secrets: ``password`` and ``private_key_passphrase``, as far as there are any.
        prompt: What a question that the password answers has in it.

    Raises:
        OSError: It cannot be made.
    """

    def __init__(self, directory: str, secrets: collections.abc.Mapping[str, str], prompt: str) -> None:
        self._prompt = prompt
        self._pipes: list[int] = []
        self._path = pathlib.Path(tempfile.mkdtemp(prefix="askpass-", dir=directory))
        try:
            shutil.copyfile(_ANSWERER, self._path / "askpass")
            (self._path / "askpass").chmod(0o700)
            for name, secret in secrets.items():
                self._offer(self._path / name, secret)
        except OSError:
            self.remove()
            raise

    @property
    def environment(self) -> dict[str, str]:
        """Variables for the client."""
        return {
            "SSH_ASKPASS": str(self._path / "askpass"),
            "SSH_ASKPASS_REQUIRE": "force",
            # OpenSSH before 8.4 does not know that one, and asks so where there is a display and no terminal.
            "DISPLAY": os.environ.get("DISPLAY") or ":0",
            "PSSESSION_SSH_SECRETS": str(self._path),
            "PSSESSION_SSH_PROMPT": self._prompt,
        }

    @staticmethod
    def introduced(command: collections.abc.Sequence[str]) -> list[str]:
        """The command that starts a client so that the answers are for it alone."""
        return ["/bin/sh", "-c", _INTRODUCE, "sh", *command]

    def remove(self) -> None:
        """Take away what was not asked for; may be done twice."""
        while self._pipes:
            os.close(self._pipes.pop())
        shutil.rmtree(self._path, ignore_errors=True)

    def _offer(self, path: pathlib.Path, secret: str) -> None:
        os.mkfifo(path, 0o600)
        # Open in both directions it waits for no reader, and keeps what was written until there is one.
        pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        self._pipes.append(pipe)
        os.write(pipe, secret.encode("utf-8", "surrogateescape") + b"\n")
