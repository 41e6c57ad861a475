# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a broker with idle sessions holds: memory, threads, connections (benchmark process; Linux only)."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import time
import typing

from .scene import Scene, compiled_code, workspace
from .tables import Table
from .worker import Worker

#: Seconds in which what came with the last task has gone: terminate signals, threads.
_SETTLE = 2.0
#: No keep-alive may fall between the two looks; with the default of 300 s there is one every 100 s.
_IDLE_TIMEOUT = 7200
_ESTABLISHED = "01"


@dataclasses.dataclass(frozen=True)
class Footprint:
    """One look at a broker's process."""

    #: Bytes: all pages, and with shared ones only by its share.
    rss: int
    pss: int
    threads: int
    #: Established TCP connections.
    connections: int


@dataclasses.dataclass
class Broker:
    """A broker with so many idle sessions."""

    sessions: int
    pid: int
    #: When its sessions were used last, by the monotonic clock.
    idle_since: float
    looks: list[Footprint] = dataclasses.field(default_factory=list)


class IdleBrokers:
    """A broker for each number of idle sessions; use it with ``with``.

    Args:
        scene: Its computers get the sessions.
        numbers: How many sessions each broker has.
    """

    def __init__(self, scene: Scene, numbers: tuple[int, ...]) -> None:
        self._scene = scene
        self._numbers = numbers
        self._stack = contextlib.ExitStack()
        self.brokers: list[Broker] = []

    def __enter__(self) -> IdleBrokers:
        with contextlib.ExitStack() as stack:
            for number in self._numbers:
                space = stack.enter_context(workspace(compiled_code(self._scene.space)))
                worker = stack.enter_context(Worker("session_holder.py", space))
                answer = worker.ask(directory=str(space.sockets), targets=self._targets(number))
                if answer["sessions"] != number:
                    raise RuntimeError(f"{answer['sessions']} sessions instead of {number}")
                self.brokers.append(Broker(number, answer["pid"], time.monotonic()))
            time.sleep(_SETTLE)
            self.look()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def look(self) -> None:
        """Look at all of them now."""
        for broker in self.brokers:
            broker.looks.append(footprint(broker.pid))

    def look_later(self, idle: float) -> None:
        """Look again when all of them have been idle for so many seconds."""
        time.sleep(max(0.0, self.brokers[-1].idle_since + idle - time.monotonic()))
        self.look()

    def _targets(self, number: int) -> list[dict[str, typing.Any]]:
        """Targets that differ, several on each computer where there are fewer computers."""
        endpoint = self._scene.endpoint
        targets = []
        for index in range(number):
            host, port = self._scene.address(endpoint.computers[index % len(endpoint.computers)])
            target = {"host": host, "port": port, "ssl": False, "auth": "ntlm", "idle_timeout": _IDLE_TIMEOUT}
            user = {"user": endpoint.user, "password": endpoint.password}
            targets.append({**target, **user, "inventory_hostname": f"host{index}"})
        return targets


def footprint(pid: int) -> Footprint:
    """What the kernel tells of a process."""
    folder = pathlib.Path(f"/proc/{pid}")
    sizes = _fields(folder / "smaps_rollup")
    threads = int(_fields(folder / "status")["Threads"])
    return Footprint(_bytes(sizes["Rss"]), _bytes(sizes["Pss"]), threads, _connections(folder))


def table(brokers: list[Broker]) -> Table:
    """Memory, threads and connections, and again after the idle connections were closed."""
    looks = ["just idle", "connections closed"][: len(brokers[0].looks)]
    rows = []
    for broker in brokers:
        aim = 50 + 0.2 * broker.sessions
        for look, found in zip(looks, broker.looks, strict=True):
            title = f"{broker.sessions} sessions, {look}" if broker.sessions > 1 else f"1 session, {look}"
            memory = (f"{found.rss / 1e6:.1f} MB", f"{found.pss / 1e6:.1f} MB", f"{aim:.0f} MB")
            rows.append((title, *memory, str(found.threads), str(found.connections)))
    notes = (
        "One broker process for each row's number of sessions. RSS counts shared pages in full, PSS by their share. "
        "Aim: 50 MB and 0.2 MB a session. The broker closes a connection that was idle for 90 s; these sessions "
        f"have an idle_timeout of {_IDLE_TIMEOUT} s, or else the keep-alive of a playbook that lives on (a third of "
        "idle_timeout: 100 s by default) would open one connection of each session again.",
    )
    return Table("The broker with idle sessions", ("", "RSS", "PSS", "aim", "threads", "TCP connections"), rows, notes)


def _fields(path: pathlib.Path) -> dict[str, str]:
    pairs = (line.partition(":") for line in path.read_text(encoding="ascii", errors="replace").splitlines())
    return {name: value.strip() for name, colon, value in pairs if colon}


def _bytes(text: str) -> int:
    return int(text.split()[0]) * 1024


def _connections(folder: pathlib.Path) -> int:
    """Of the process's sockets those that the kernel lists as established TCP connections."""
    inodes = {os.readlink(entry) for entry in (folder / "fd").iterdir()}
    found = 0
    for name in ("tcp", "tcp6"):
        for line in (folder / "net" / name).read_text(encoding="ascii").splitlines()[1:]:
            cells = line.split()
            found += cells[3] == _ESTABLISHED and f"socket:[{cells[9]}]" in inodes
    return found
