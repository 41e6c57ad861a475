# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A child process that is talked to over its standard streams (broker process)."""

from __future__ import annotations

import collections.abc
import contextlib
import os
import select
import signal
import subprocess
import time
import typing

#: Bytes that are read at once, and bytes of its standard error that are kept: the first and the last ones.
_CHUNK = 256 * 1024
_KEPT = 4096
#: Seconds between two looks at a child that says nothing: whether it still lives.
_LOOK = 5.0
#: Seconds between two looks at a child that has closed its streams.
_MOMENT = 0.005
#: Whether the system tells of a child's end without it being waited for (macOS since Python 3.13).
_CAN_LOOK = hasattr(os, "waitid")


class Child:
    """One process in a session of its own, with all that it starts.

    Its streams never block the one who reads or writes them.  `read` is for one thread at a time and so is `write`;
    `wake` may be called from any.

    Args:
        command: The program and its arguments; secrets do not belong here.
        environment: Variables besides our own; those without a value are taken away.
        directory: Where it starts.

    Raises:
        OSError: It cannot be started.
    """

    def __init__(
        self,
        command: collections.abc.Sequence[str],
        environment: collections.abc.Mapping[str, str | None] | None = None,
        directory: str | None = None,
    ) -> None:
        variables = {**os.environ, **(environment or {})}
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={name: value for name, value in variables.items() if value is not None},
            cwd=directory,
            # No terminal, so that nothing asks a user who is not there; and what it started ends with it.
            start_new_session=True,
        )
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._stdin, self._stdout, self._stderr = (typing.cast("typing.IO[bytes]", stream) for stream in streams)
        for stream in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(stream.fileno(), False)
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._waker, False)
        self._errors = b""
        #: What may still bring something.
        self._open = [self._woken, self._stdout.fileno(), self._stderr.fileno()]

    @property
    def pid(self) -> int:
        """Of the process, which is the id of its group, too."""
        return self._process.pid

    @property
    def errors(self) -> str:
        """What it wrote to standard error: the beginning and the end where it was much."""
        return self._errors.decode("utf-8", errors="replace")

    def write(self, data: memoryview) -> int:
        """Writes what can be written now; returns how many bytes. Raises OSError where nobody reads any more."""
        try:
            return os.write(self._stdin.fileno(), data)
        except BlockingIOError:
            return 0

    def read(self, timeout: float | None, writing: bool = False) -> bytes | None:
        """Waits for standard output.

        Args:
            timeout: Seconds, None for as long as it takes.
            writing: Return also as soon as something can be written.

        Returns:
            Bytes; none of them after the timeout, `wake`, or something on standard error; None at the end.
        """
        for ready in self._poll(timeout, writing):
            if ready == self._stdout.fileno():
                if said := os.read(ready, _CHUNK):
                    return said
                self._open.remove(ready)
            if ready == self._stderr.fileno():
                self._read_errors()
            elif ready == self._woken:
                os.read(ready, 64)
        # What it wrote before it ended comes first.
        over = self._exited() and self._stdout.fileno() not in self._poll(0, False)
        return None if over or self._stdout.fileno() not in self._open else b""

    def wake(self) -> None:
        """Makes a `read` that goes on return."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._waker, b"x")

    def hang_up(self) -> None:
        """Closes its standard input, which tells it that nothing more comes."""
        with contextlib.suppress(OSError):
            self._stdin.close()

    def end(self, patience: float) -> int:
        """Waits for it to end by itself, ends it and all that it started, and gives back its exit status.

        Nobody may read or write any more. Its last words are in `errors`.
        """
        self.hang_up()
        deadline = time.monotonic() + patience
        # Its streams are closed a moment before its exit, which must not be overtaken below.
        while not self._exited() and (left := deadline - time.monotonic()) > 0:
            if len(self._open) > 1:
                self.read(left)
            elif _CAN_LOOK:
                time.sleep(min(left, _MOMENT))
            else:
                break
        # Not waited for before: its number, and so the group's, is given to nobody else until then.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        status = self._process.wait()
        self._read_errors()
        for stream in (self._stdout, self._stderr):
            stream.close()
        os.close(self._woken)
        os.close(self._waker)
        return status

    def _poll(self, timeout: float | None, writing: bool) -> list[int]:
        """The descriptors that something can be read from, standard error first."""
        poll = select.poll()
        for descriptor in self._open:
            poll.register(descriptor, select.POLLIN)
        if writing:
            poll.register(self._stdin.fileno(), select.POLLOUT)
        limit = _LOOK if timeout is None else max(0.0, min(timeout, _LOOK))
        ready = {descriptor for descriptor, _events in poll.poll(limit * 1000)}
        return [descriptor for descriptor in reversed(self._open) if descriptor in ready]

    def _read_errors(self) -> None:
        stderr = self._stderr.fileno()
        if stderr not in self._open:
            return
        try:
            while said := os.read(stderr, _CHUNK):
                kept = self._errors + said
                if len(kept) > 2 * _KEPT:
                    kept = kept[:_KEPT] + b"\n...\n" + kept[-_KEPT:]
                self._errors = kept
        except BlockingIOError:
            return
        self._open.remove(stderr)

    def _exited(self) -> bool:
        """Whether it has ended though somebody else holds its output open; left for `end` to wait for."""
        if not _CAN_LOOK:
            return False
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
