# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker's process: started by the first client that needs it, one for each place (broker process).

It reports on its standard output, in one line of JSON, that it listens or why it cannot, and closes it.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import functools
import json
import logging
import os
import pathlib
import resource
import signal
import socket
import sys
import threading
import time
import typing

from .._psrp.errors import MissingLibraryError
from .._transport import TransportError
from .._wire import VERSION
from .._wire.errors import PSSessionError
from .._wire.place import Place, ensure_private_directory
from .logfile import open_log

#: How many workers may knock at once: forks of several playbooks.
_BACKLOG = 512
#: Seconds that the broker before us gets to let go of its sessions.
_PATIENCE = 40.0

log = logging.getLogger("pssession.broker")


def main(arguments: typing.Sequence[str] | None = None) -> int:
    """Runs a broker to its end; the exit status is 0 unless it could not start."""
    options = _options(arguments)
    place = Place(options.directory, options.name)
    try:
        ensure_private_directory(place.directory)
        open_log(place.log, options.log_level)
        with _alone(place) as alone:
            if not alone:
                # Another one was faster; whoever started this one connects to that.
                _report({"pid": None})
                return 0
            _serve(place)
    except (OSError, PSSessionError, MissingLibraryError, TransportError) as error:
        log.exception("the broker cannot run")
        _report({"error": str(error)})
        return 1
    return 0


def _options(arguments: typing.Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pssession-broker", description="Keeps PowerShell sessions for ansible.")
    parser.add_argument("--directory", type=pathlib.Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--log-level", default="info", choices=["error", "warning", "info", "debug"])
    return parser.parse_args(arguments)


@contextlib.contextmanager
def _alone(place: Place) -> typing.Iterator[bool]:
    """Holds the life lock, which one that is about to end may hold for a while; False where another broker lives."""
    deadline = time.monotonic() + _PATIENCE
    with open(place.life_lock, "a", opener=lambda path, flags: os.open(path, flags | os.O_NOFOLLOW, 0o600)) as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if place.socket.exists() or time.monotonic() > deadline:
                    yield False
                    return
                time.sleep(0.05)
        yield True


def _serve(place: Place) -> None:
    # Imported late, so that a missing library is reported and not a traceback.
    from .ledger import Ledger
    from .libraries import check_libraries
    from .server import Server
    from .wiring import make_session

    check_libraries()
    place.socket.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place.socket))
        listener.listen(_BACKLOG)
        _raise_descriptor_limit()
        make = functools.partial(make_session, str(place.directory))
        server = Server(listener, make, Ledger(place.ledger))
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: server.shared.shut_down())
        log.info("broker %s listens", VERSION)
        _report({"pid": os.getpid()})
        try:
            server.run()
        finally:
            # First of all, so that the next client starts the next broker, which waits for our life lock.
            place.socket.unlink(missing_ok=True)
    server.end()
    # A thread that still waits for an unreachable host must not keep the process.
    logging.shutdown()
    if threading.active_count() > 1:
        os._exit(0)


def _raise_descriptor_limit() -> None:
    """Hundreds of hosts need two connections each, and their workers one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _report(facts: dict[str, typing.Any]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    # The client reads to the end of this line only, but an open pipe would keep its descriptor.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
