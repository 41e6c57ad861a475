# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files to and from a host, in the session and streamed (ansible worker)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import typing

from . import scripts
from ._client import BrokerClient
from ._results import Collected
from ._wire.errors import ErrorKind, PSSessionError
from ._wire.messages import Command, Finished, Run
from ._wire.target import Target

#: Bytes of a file in one input object: as base64 it fits into one envelope of 512,000 bytes.
CHUNK = 256 * 1024
#: Bytes of a file in one pipeline: as base64 they stay below the 50 MB that PowerShell takes for a command.
PIPELINE = 30 * 1024 * 1024

_DIRECTORY, _FILE = b"D", b"F"


def put(client: BrokerClient, target: Target, source: str, destination: str) -> Finished:
    """Sends a file of the controller to the host, where its hash is taken in the end; raises PSSessionError."""
    digest = _new_digest()
    with _local("read", source), open(source, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        offset = 0
        while True:
            length = min(PIPELINE, size - offset)
            last = offset + length == size
            parameters = {"Path": destination, "Offset": offset, "Last": last}
            records = Collected()
            run = Run(target, [_script("put_file", parameters)], input="chunks", output="strings")
            finished = client.run(run, chunks=_chunks(file, length, digest, source), on_records=records.add)
            _check(finished, records, f"failed to transfer file to '{destination}'")
            offset += length
            if last:
                break
    _compare("".join(records["output"]), digest.hexdigest(), destination)
    return finished


def fetch(client: BrokerClient, target: Target, source: str, destination: str) -> Finished:
    """Brings a file of the host to the controller; for a directory nothing is done, the caller makes it.

    The file appears under its name when it is complete and its hash was compared. Raises PSSessionError.
    """
    real = os.path.realpath(destination)
    temporary = f"{real}.{os.urandom(4).hex()}.part"
    try:
        with _local("write", destination), open(temporary, "xb") as file:
            receiver = _Receiver(file, destination)
            finished = _receive(client, target, source, receiver)
        if receiver.is_complete(source):
            with _local("write", destination):
                _keep_mode(temporary, real)
                os.replace(temporary, real)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
    return finished


def _receive(client: BrokerClient, target: Target, source: str, receiver: _Receiver) -> Finished:
    records = Collected()

    def on_records(entries: list[typing.Any], body: bytes) -> None:
        records.add(entries)
        receiver.add(body)

    run = Run(target, [_script("fetch_file", {"Path": source})], output="bytes")
    finished = client.run(run, on_records=on_records)
    _check(finished, records, f"failed to transfer file to '{receiver.destination}'")
    return finished


def _chunks(file: typing.BinaryIO, length: int, digest: typing.Any, source: str) -> typing.Iterator[bytes]:
    """So many bytes of a file in chunks, hashed on their way."""
    while length:
        with _local("read", source):
            chunk = file.read(min(CHUNK, length))
        if not chunk:
            raise PSSessionError(ErrorKind.FAILED, f"failed to transfer file '{source}': it became shorter meanwhile")
        digest.update(chunk)
        length -= len(chunk)
        yield chunk


class _Receiver:
    """Takes the byte stream of fetch_file.ps1 apart: one byte for the kind, the content, and its hash."""

    def __init__(self, file: typing.BinaryIO, destination: str) -> None:
        self._file = file
        self.destination = destination
        self._digest = _new_digest()
        self._held = b""
        self.kind = b""

    def add(self, data: bytes) -> None:
        """Writes what cannot belong to the hash at the end; raises PSSessionError."""
        if not self.kind:
            self.kind, data = data[:1], data[1:]
        data = self._held + data
        end = max(0, len(data) - self._digest.digest_size)
        self._digest.update(data[:end])
        with _local("write", self.destination):
            self._file.write(data[:end])
        self._held = data[end:]

    def is_complete(self, source: str) -> bool:
        """Whether a file came, False for a directory; raises PSSessionError where it is not what the host read."""
        if self.kind == _DIRECTORY:
            return False
        if self.kind != _FILE:
            raise PSSessionError(ErrorKind.FAILED, f"failed to transfer file '{source}': the host sent nothing")
        _compare(self._held.hex(), self._digest.hexdigest(), source)
        return True


@contextlib.contextmanager
def _local(verb: str, path: str) -> typing.Iterator[None]:
    """Tells trouble with a file here from trouble with the broker's socket."""
    try:
        yield
    except OSError as error:
        raise PSSessionError(ErrorKind.FAILED, f"failed to {verb} file '{path}': {error.strerror}") from None


def _new_digest() -> typing.Any:
    # SHA-1, as in Ansible's own transfers: the one that Windows PowerShell offers even under FIPS rules.
    return hashlib.sha1(usedforsecurity=False)


def _script(name: str, parameters: dict[str, typing.Any]) -> Command:
    return Command(scripts.read(name), use_local_scope=True, parameters=[list(pair) for pair in parameters.items()])


def _check(finished: Finished, records: Collected, what: str) -> None:
    errors = records.errors(finished)
    if errors or finished.state != "completed":
        text = "".join(error["output"] for error in errors).strip() or "the pipeline was stopped"
        raise PSSessionError(ErrorKind.FAILED, f"{what}: {text}")


def _compare(remote: str, local: str, path: str) -> None:
    if remote != local:
        raise PSSessionError(
            ErrorKind.FAILED,
            f"failed to transfer file '{path}': remote sha1 {remote} does not match local sha1 {local}",
        )


def _keep_mode(temporary: str, real: str) -> None:
    """A file that is replaced keeps its mode."""
    if os.path.exists(real):
        os.chmod(temporary, stat.S_IMODE(os.stat(real).st_mode))
