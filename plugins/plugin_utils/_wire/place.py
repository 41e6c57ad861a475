# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the broker is found: a private directory with a socket, a lock and a log for each broker (both processes)."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pathlib
import socket
import stat
import struct
import sys
import typing

from . import VERSION
from .errors import ErrorKind, PSSessionError

#: Variables that decide how authentication goes, and through which proxy; a broker serves one setting of them.
AUTHENTICATION_VARIABLES = (
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "KRB5CCNAME",
    "KRB5_CLIENT_KTNAME",
    "KRB5_CONFIG",
    "KRB5_KTNAME",
    "NO_PROXY",
    "NTLM_USER_FILE",
    "OPENSSL_CONF",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)

#: sizeof(sun_path) less the closing NUL: 108 on Linux, 104 on macOS and the BSDs.
_LONGEST_SOCKET_PATH = 107 if sys.platform == "linux" else 103


@dataclasses.dataclass(frozen=True)
class Place:
    """The files of one broker."""

    directory: pathlib.Path
    name: str

    @property
    def socket(self) -> pathlib.Path:
        """Where the broker listens."""
        return self.directory / f"{self.name}.sock"

    @property
    def start_lock(self) -> pathlib.Path:
        """Held by the client that starts the broker."""
        return self.directory / f"{self.name}.start"

    @property
    def life_lock(self) -> pathlib.Path:
        """Held by the broker as long as it lives; the kernel lets go of it whatever the broker dies of."""
        return self.directory / f"{self.name}.life"

    @property
    def ledger(self) -> pathlib.Path:
        """Which sessions on servers the brokers of this place have made."""
        return self.directory / f"{self.name}.ledger"

    @property
    def log(self) -> pathlib.Path:
        """The broker's log file."""
        return self.directory / f"{self.name}.log"


def here(directory: str | os.PathLike[str], environment: typing.Mapping[str, str] | None = None) -> Place:
    """The place of this user's broker for this version, interpreter and environment; checked and made if need be.

    Raises PSSessionError (usage) where the directory cannot be trusted or its path is too long for a socket.
    """
    environment = os.environ if environment is None else environment
    settings = {name: environment[name] for name in AUTHENTICATION_VARIABLES if name in environment}
    identity = [os.geteuid(), VERSION, sys.prefix, settings]
    name = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
    place = Place(pathlib.Path(os.path.abspath(os.path.expanduser(directory))), name)
    if len(os.fsencode(place.socket)) > _LONGEST_SOCKET_PATH:
        raise PSSessionError(
            ErrorKind.USAGE,
            f"socket_dir {str(place.directory)!r} is too long: a Unix socket's path may have {_LONGEST_SOCKET_PATH} "
            f"bytes and this one would have {len(os.fsencode(place.socket))}. Set socket_dir to a shorter directory.",
        )
    ensure_private_directory(place.directory)
    return place


def ensure_private_directory(directory: pathlib.Path) -> None:
    """Makes the directory with mode 0700, or checks that it is a real one of ours that nobody else may enter.

    Raises PSSessionError (usage) that names the directory and the remedy.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = os.lstat(directory)
    except OSError as error:
        raise _distrust(directory, f"cannot be made or read ({error.strerror})") from None
    if not stat.S_ISDIR(found.st_mode):
        raise _distrust(directory, "is a symbolic link or no directory")
    if found.st_uid != os.geteuid():
        raise _distrust(directory, f"belongs to uid {found.st_uid}, not to uid {os.geteuid()}")
    if found.st_mode & 0o077:
        raise _distrust(directory, f"may be entered by others (mode {stat.S_IMODE(found.st_mode):04o}, wanted 0700)")


def peer_uid(connection: socket.socket) -> int:
    """The effective uid of the process at the other end of a Unix socket; raises OSError where it is unknown."""
    if hasattr(socket, "SO_PEERCRED"):
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", credentials)[1])
    # struct xucred of macOS and the BSDs: version, uid, ...; SOL_LOCAL is 0 and LOCAL_PEERCRED is 1 there.
    credentials = connection.getsockopt(0, 1, 76)
    return int(struct.unpack_from("2I", credentials)[1])


def process_started(pid: int) -> int:
    """When a process started, in clock ticks since boot; 0 where the system does not tell (then pids alone count)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The command's name, in brackets, may hold anything; the fields after it are numbers.
            return int(file.read().rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def _distrust(directory: pathlib.Path, why: str) -> PSSessionError:
    return PSSessionError(
        ErrorKind.USAGE,
        f"socket_dir {str(directory)!r} cannot be used: it {why}. The session broker holds credentials, so its "
        "directory must be your own with mode 0700. Mend or remove it, or set socket_dir to another one.",
    )
