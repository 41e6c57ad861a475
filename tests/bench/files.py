# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""put_file and fetch_file of both plugins, called as Ansible's actions call them (benchmark process)."""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import dataclasses
import os
import pathlib
import statistics

from .scene import PLUGINS, Scene
from .tables import Table
from .worker import Worker

DIRECTIONS = ("put", "fetch")


@dataclasses.dataclass
class Moved:
    """All moves of one size in one direction by one plugin."""

    size: int
    direction: str
    plugin: str
    seconds: list[float] = dataclasses.field(default_factory=list)
    counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    #: Why it could not be measured.
    error: str | None = None


def measure(scene: Scene, sizes: collections.abc.Mapping[int, int]) -> list[Moved]:
    """Move files of these sizes so often, the plugins taking turns; each has its session open already."""
    moved = []
    with contextlib.ExitStack() as stack:
        workers = {plugin: stack.enter_context(_worker(scene, plugin)) for plugin in PLUGINS}
        for size, number in sizes.items():
            source = scene.space.scratch / f"{size}.bin"
            source.write_bytes(os.urandom(size))
            for direction in DIRECTIONS:
                rows = [Moved(size, direction, plugin) for plugin in PLUGINS]
                for turn in range(number):
                    for row in rows[:: -1 if turn % 2 else 1]:
                        if row.error is None:
                            _move(scene, workers[row.plugin], source, row)
                moved += rows
            source.unlink()
    scene.end_sessions()
    return moved


def table(moved: list[Moved]) -> Table:
    """Times, rates and requests."""
    rows = []
    for one in moved:
        title = f"{one.direction}_file, {one.size / 1e6:g} MB, {one.plugin}"
        if one.error is not None:
            rows.append((title, "not measured", "", "", ""))
            continue
        seconds = statistics.median(one.seconds)
        counts = one.counts
        rows.append(
            (
                title,
                f"{seconds:.2f} s",
                f"{one.size / 1e6 / seconds:.1f} MB/s",
                str(counts["requests"]),
                f"{(counts['bytes_in'] + counts['bytes_out']) / one.size:.2f}",
            )
        )
    errors = {
        f"{one.plugin}'s {one.direction}_file could not be measured: its script does not run on this engine "
        f"({one.error})."
        for one in moved
        if one.error
    }
    notes = (
        "The plugins' own methods, called without a task, in a session that is open already, without latency; medians. "
        "Both check the hash of what they sent; pssession also that of what it fetched. The scripts of both run on the "
        "engine, whose speed is part of every row.",
        *sorted(errors),
    )
    return Table("Files", ("", "time", "rate", "requests", "bytes sent and received for each byte"), rows, notes)


@contextlib.contextmanager
def _worker(scene: Scene, plugin: str) -> collections.abc.Iterator[Worker]:
    host, port = scene.address("win1")
    variables = {**scene.variables(plugin), "ansible_host": host, "ansible_port": port, "inventory_hostname": plugin}
    with Worker("file_worker.py", scene.space) as worker:
        answer = worker.ask(plugin=PLUGINS[plugin][0], variables=variables)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        yield worker


def _move(scene: Scene, worker: Worker, source: pathlib.Path, row: Moved) -> None:
    """Move one file once, and see whether it came."""
    destination = source.with_suffix(".moved")
    with scene.endpoint.counting("win1") as counts:
        answer = worker.ask(direction=row.direction, source=str(source), destination=str(destination))
    row.error = answer.get("error")
    if row.error is None:
        if destination.read_bytes() != source.read_bytes():
            raise RuntimeError(f"{row.plugin}'s {row.direction}_file changed the file")
        row.seconds.append(answer["seconds"])
        row.counts = counts
    destination.unlink(missing_ok=True)
