# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files to and from a host, in the session and streamed (ansible worker)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import struct
import typing

from . import scripts
from ._client import BrokerClient
from ._progress import Progress, Show
from ._results import Collected
from ._wire.errors import ErrorKind, PSSessionError
from ._wire.messages import Command, Finished, Run
from ._wire.target import Target

#: Bytes of a file in one input object: as base64 it fits into one envelope of 512,000 bytes.
CHUNK = 256 * 1024
#: Bytes of a file in one pipeline: as base64 they stay below the 50 MB that PowerShell takes for a command.
PIPELINE = 30 * 1024 * 1024

#: Bytes: what fails with less on its way did not begin well.
_WORTH_TELLING = 50_000
_DIRECTORY, _FILE = b"D", b"F"
#: What fetch_file.ps1 writes before a file's content: its kind and its length in bytes.
_HEAD = struct.Struct("<cQ")


def put(client: BrokerClient, target: Target, source: str, destination: str, show: Show) -> Finished:
    """Sends a file of the controller to the host, where it gets its name when it is complete and its hash right.

    Args:
        client: Who runs what it takes.
        target: The host.
        source: The file here.
        destination: Its path there; a file that is there is replaced.
        show: Takes lines that tell how far it is.

    Raises PSSessionError; then what was there before is there still, unless it says otherwise.
    """
    _check_paths(source, destination)
    part = f"{destination}.{os.urandom(4).hex()}.part"
    with _local("read", source), open(source, "rb") as opened:
        file = _Source(opened, show)
        try:
            last = False
            while not last:
                offset, length = file.progress.done, min(PIPELINE, file.size - file.progress.done)
                last = offset + length == file.size
                parameters = {"Path": destination, "Part": part, "Offset": offset, "Last": last}
                run = Run(target, [_script("put_file", parameters)], input="chunks", output="strings")
                finished = file.send(client, run, length, last)
        except PSSessionError as error:
            removed = _remove_part(client, target, part, error.kind)
            # The hash goes last: without it the file did not get its name.
            nothing_left = removed and file.progress.done < file.size
            raise _stopped(error, f"to '{destination}'", file.progress, nothing_left) from None
    file.progress.end()
    return finished


def fetch(client: BrokerClient, target: Target, source: str, destination: str, show: Show) -> Finished:
    """Brings a file of the host to the controller; for a directory nothing is done, the caller makes it.

    The file appears under its name when it is complete and its hash was compared. Raises PSSessionError. See put.
    """
    _check_paths(source, destination)
    real = os.path.realpath(destination)
    temporary = f"{real}.{os.urandom(4).hex()}.part"
    progress = Progress(show)
    try:
        with _local("write", destination), open(temporary, "xb") as file:
            receiver = _Receiver(file, destination, progress)
            run = Run(target, [_script("fetch_file", {"Path": source})], output="bytes")
            try:
                finished = _run(client, run, on_body=receiver.add)
                is_file = receiver.is_complete()
            except PSSessionError as error:
                raise _stopped(error, f"'{source}' to '{destination}'", progress) from None
        if is_file:
            with _local("write", destination):
                _keep_mode(temporary, real)
                os.replace(temporary, real)
            progress.end()
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
    return finished


def _check_paths(*paths: str) -> None:
    """Raises PSSessionError (usage) for a path that cannot be one, here or on any host."""
    for path in paths:
        if not path or "\0" in path:
            why = "a path with a nul character" if path else "an empty path"
            raise PSSessionError(ErrorKind.USAGE, f"failed to transfer file: {path!r} is {why}. No file is called so.")


def _run(
    client: BrokerClient,
    run: Run,
    chunks: typing.Iterable[bytes] = (),
    on_body: typing.Callable[[bytes], None] = lambda body: None,
) -> Finished:
    """Runs a script to its end; raises PSSessionError also where the script failed."""
    records = Collected()

    def on_records(entries: list[typing.Any], body: bytes) -> None:
        records.add(entries)
        on_body(body)

    finished = client.run(run, chunks=chunks, on_records=on_records)
    errors = records.errors(finished)
    if errors or finished.state != "completed":
        text = "".join(error["output"] for error in errors).strip() or "the pipeline was stopped"
        raise PSSessionError(ErrorKind.FAILED, text, finished.sent)
    return finished


def _remove_part(client: BrokerClient, target: Target, part: str, kind: ErrorKind) -> bool:
    """Clears up after a transfer that failed on a host which can still be asked; it must not hide why it failed."""
    if kind in (ErrorKind.FAILED, ErrorKind.STOPPED, ErrorKind.UNKNOWN):
        with contextlib.suppress(PSSessionError):
            return bool(_run(client, Run(target, [_script("remove_part", {"Part": part})], output="strings")))
    return False


def _stopped(error: PSSessionError, what: str, progress: Progress, nothing_left: bool = False) -> PSSessionError:
    """The error of a transfer, with how far it came."""
    after = f" after {progress.so_far}" if progress.done >= _WORTH_TELLING else ""
    message = f"failed to transfer file {what}{after}: {error.message}"
    if nothing_left:
        message = f"{message.rstrip('.')}. Nothing of it is left there."
    return PSSessionError(error.kind, message)


class _Source:
    """A file that is sent, in one or several pipelines, and hashed on its way.

    What goes wrong with it is kept until the pipeline that it goes to has ended: the broker waits for its input.
    """

    def __init__(self, file: typing.BinaryIO, show: Show) -> None:
        self._file = file
        self._digest = _new_digest()
        self._failure: PSSessionError | None = None
        self.size = os.fstat(file.fileno()).st_size
        self.progress = Progress(show, self.size)

    def send(self, client: BrokerClient, run: Run, length: int, last: bool) -> Finished:
        """Runs a pipeline with so many bytes of it, and after the last ones its hash; raises PSSessionError."""
        before = self.progress.done
        try:
            finished = _run(client, run, self._chunks(length, last))
        except PSSessionError as error:
            # What the broker took is more than what went on to the host.
            self.progress.done = min(self.progress.done, before + error.sent * CHUNK)
            raise self._failure or error from None
        if self._failure is not None:
            raise self._failure
        return finished

    def _chunks(self, length: int, last: bool) -> typing.Iterator[bytes]:
        while length:
            try:
                chunk = self._file.read(min(CHUNK, length))
            except OSError as error:
                self._failure = PSSessionError(ErrorKind.FAILED, f"it could not be read on: {error.strerror}")
                return
            if not chunk:
                self._failure = PSSessionError(ErrorKind.FAILED, "it became shorter meanwhile")
                return
            self._digest.update(chunk)
            length -= len(chunk)
            yield chunk
            self.progress.add(len(chunk))
        if last:
            yield self._digest.digest()


class _Receiver:
    """Takes the byte stream of fetch_file.ps1 apart: one byte for the kind, the length, the content, and its hash."""

    def __init__(self, file: typing.BinaryIO, destination: str, progress: Progress) -> None:
        self._file = file
        self._destination = destination
        self._progress = progress
        self._digest = _new_digest()
        self._held = b""
        self._begun = False
        self.kind = b""

    def add(self, data: bytes) -> None:
        """Writes what cannot belong to the hash at the end; raises PSSessionError."""
        data = self._held + data
        self.kind = self.kind or data[:1]
        if not self._begun:
            if len(data) < _HEAD.size:
                self._held = data
                return
            self._progress.total = _HEAD.unpack_from(data)[1]
            self._begun, data = True, data[_HEAD.size :]
        end = max(0, len(data) - self._digest.digest_size)
        self._digest.update(data[:end])
        with _local("write", self._destination):
            self._file.write(data[:end])
        self._progress.add(end)
        self._held = data[end:]

    def is_complete(self) -> bool:
        """Whether a file came, False for a directory; raises PSSessionError where it is not what the host read."""
        if self.kind == _DIRECTORY:
            return False
        if self.kind != _FILE:
            raise PSSessionError(ErrorKind.FAILED, "the host sent nothing")
        remote, local = self._held.hex(), self._digest.hexdigest()
        if remote != local:
            raise PSSessionError(ErrorKind.FAILED, f"remote sha1 {remote} does not match local sha1 {local}")
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


def _keep_mode(temporary: str, real: str) -> None:
    """A file that is replaced keeps its mode."""
    if os.path.exists(real):
        os.chmod(temporary, stat.S_IMODE(os.stat(real).st_mode))
