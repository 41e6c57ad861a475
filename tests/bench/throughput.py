# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast objects, text and files go in each direction, and what memory that takes (benchmark process; Linux only)."""

from __future__ import annotations

import collections.abc
import contextlib
import dataclasses
import filecmp
import os
import pathlib
import statistics
import tempfile
import typing

from ..integration.support.endpoint import EndpointProcess
from . import usage
from .loads import LOADS, WAYS, Load
from .scene import PLUGINS, Scene, compiled_code, workspace
from .worker import Worker

_COMPUTER = "win1"


@dataclasses.dataclass(frozen=True)
class Turn:
    """One move: the seconds that it took, and those of processors that each process took for it."""

    seconds: float
    worker: float
    endpoint: float
    #: 0 where there is none.
    broker: float


@dataclasses.dataclass
class Moved:
    """All moves of one load in one way."""

    load: Load
    size: int
    way: str
    turns: list[Turn] = dataclasses.field(default_factory=list)
    #: The most bytes in memory above what there was before anything was moved, by process: worker and broker.
    peaks: dict[str, int] = dataclasses.field(default_factory=dict)
    #: Of one move.
    requests: int = 0
    #: Why it could not be measured.
    error: str | None = None

    @property
    def seconds(self) -> list[float]:
        """Of each turn."""
        return [turn.seconds for turn in self.turns]

    @property
    def title(self) -> str:
        """What was moved in which way."""
        return f"{self.load.title}, {self.load.amount(self.size)}: {self.way}"

    def median(self, field: str) -> float:
        """Of one field of all turns."""
        return statistics.median([float(getattr(turn, field)) for turn in self.turns])

    def times_as_fast(self, other: Moved) -> str:
        """As the other way: the median of turns that followed each other, for what else runs here changes slowly."""
        pairs = zip(other.seconds, self.seconds, strict=True)
        return f"{statistics.median(theirs / ours for theirs, ours in pairs):.2f}"


def measure(
    scene: Scene,
    plan: collections.abc.Sequence[tuple[str, int, int]],
    say: collections.abc.Callable[[str], None] = lambda text: None,
    ways: collections.abc.Collection[str] = WAYS,
) -> list[Moved]:
    """Move each load (its name, its size, how often) in these of its ways, which take turns, on their own endpoint."""
    moved = []
    with contextlib.ExitStack() as stack:
        endpoint = stack.enter_context(EndpointProcess([_COMPUTER]))
        # On Windows, psrp and pypsrp lift this limit by reflection into PowerShell, which the embedded engine has not.
        endpoint.quota("max_received_data_per_command_mb", 0)
        sides = {way: stack.enter_context(_Side(scene, endpoint, way)) for way in ways}
        for name, size, turns in plan:
            load = LOADS[name]
            say(f"throughput: {load.title}, {load.amount(size)}")
            rows = [Moved(load, size, way) for way in load.ways if way in ways]
            _move(scene, rows, sides, turns)
            for row in rows:
                say(f"  {row.way}: {load.rate(size, row.median('seconds')) if row.turns else row.error}")
            moved += rows
    return moved


def _move(scene: Scene, rows: list[Moved], sides: dict[str, _Side], turns: int) -> None:
    load, size = rows[0].load, rows[0].size
    with tempfile.TemporaryDirectory(dir=scene.space.scratch) as folder:
        files = _files(pathlib.Path(folder), load, size)
        for row in rows:
            sides[row.way].begin(row, files)
        for row in rows:
            sides[row.way].wait()
        for turn in range(turns):
            first = turn % len(rows)
            for row in rows[first:] + rows[:first]:
                sides[row.way].move()
        for row in rows:
            sides[row.way].end()


class _Side:
    """One way, with a controller and so a broker of its own; use it with ``with``."""

    def __init__(self, scene: Scene, endpoint: EndpointProcess, way: str) -> None:
        self._scene, self._endpoint, self._way = scene, endpoint, way
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> _Side:
        with contextlib.ExitStack() as stack:
            self._space = stack.enter_context(workspace(compiled_code(self._scene.space)))
            self._worker = stack.enter_context(Worker("throughput_worker.py", self._space))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def begin(self, row: Moved, files: dict[str, str]) -> None:
        """Have a process connect and make what will be moved."""
        self._row, self._files, self._pids = row, files, dict[str, int]()
        load = row.load
        script = load.script.format(count=load.count(row.size))
        what = {"operation": load.operation, "script": script, "kind": load.kind, "size": row.size, **files}
        how = _connecting(self._scene, self._endpoint, str(self._space.sockets), row.way)
        self._worker.tell(way=row.way, **what, **how)

    def wait(self) -> None:
        """Wait until its session is open."""
        answer = self._worker.answer()
        self._row.error = answer.get("error")
        if self._row.error is None:
            self._pids["worker"] = answer["pid"]
            if brokers := self._space.brokers():
                self._pids["broker"] = brokers[0].pid
        self._bases = {name: usage.resident(pid) for name, pid in self._pids.items()}

    def move(self) -> None:
        """Move it once and see whether it came; not again where that did not work."""
        row = self._row
        if row.error is not None:
            return
        for pid in self._pids.values():
            usage.forget_peak(pid)
        before = self._processor()
        with self._endpoint.counting(_COMPUTER) as counts:
            answer = self._worker.ask(again=True)
        row.error = answer.get("error")
        if row.error is not None:
            return
        if not self._came(answer):
            row.error = f"what came is not what was sent: {answer}"
            return
        took = {name: seconds - before[name] for name, seconds in self._processor().items()}
        row.turns.append(Turn(answer["seconds"], answer["processor"], took["endpoint"], took.get("broker", 0.0)))
        row.requests = counts["requests"]
        for name, pid in self._pids.items():
            row.peaks[name] = max(row.peaks.get(name, 0), usage.peak(pid) - self._bases[name])

    def end(self) -> None:
        """End the process and its broker: the next one begins with the memory of new ones."""
        if self._pids:
            self._worker.tell()
        if self._space.stop_brokers():
            raise RuntimeError("a session broker did not end when asked to")

    def _processor(self) -> dict[str, float]:
        sessions = {"endpoint": self._endpoint.ready["pid"], "broker": self._pids.get("broker")}
        return {name: usage.processor_seconds(pid) for name, pid in sessions.items() if pid is not None}

    def _came(self, answer: dict[str, typing.Any]) -> bool:
        row = self._row
        if row.load.operation in ("put", "fetch"):
            try:
                return filecmp.cmp(self._files["source"], self._files["destination"], shallow=False)
            finally:
                os.unlink(self._files["destination"])
        if row.load.operation == "input":
            return bool(answer["last"] == str(row.size))
        if row.load.unit == "bytes":
            return bool(answer["characters"] == row.size)
        return bool(answer["objects"] == row.size * (row.load.lines if row.way in PLUGINS else 1))


def _files(folder: pathlib.Path, load: Load, size: int) -> dict[str, str]:
    """A file to move, where one is moved."""
    if load.operation not in ("put", "fetch"):
        return {}
    source = folder / "throughput.bin"
    source.write_bytes(os.urandom(size))
    return {"source": str(source), "destination": str(source.with_suffix(".moved"))}


def _connecting(scene: Scene, endpoint: EndpointProcess, sockets: str, way: str) -> dict[str, typing.Any]:
    """How a worker reaches the computer."""
    host, port = endpoint.ready["addresses"][_COMPUTER], endpoint.ready["http_ports"][_COMPUTER]
    if way == "pypsrp":
        user = {"username": endpoint.user, "password": endpoint.password}
        return {
            "wsman": {"server": host, "port": port, "ssl": False, "auth": "ntlm", "max_envelope_size": 512000, **user}
        }
    plugin = "psrp" if way == "psrp" else "pssession"
    variables = {
        **scene.variables(plugin),
        "ansible_user": endpoint.user,
        "ansible_password": endpoint.password,
        "ansible_host": host,
        "ansible_port": port,
        "ansible_pssession_socket_dir": sockets,
        "inventory_hostname": way,
    }
    return {"plugin": PLUGINS[plugin][0], "variables": variables}
