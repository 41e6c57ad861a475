# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make bench``: measure this collection beside ansible.builtin.psrp, on the same endpoint in the same run.

run.py                                     all of it but the next, in less than ten minutes
run.py --only large                        100,000 objects, and 200 MB, of this collection only
run.py --quick                             a few repetitions of everything
run.py --only tasks --only imports         parts of it
run.py --markdown FILE --plot FILE.svg     also write the tables, and the plot of the first one
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import pathlib
import shlex
import signal
import sys
import time
import typing

from ansible_collections.remoting.powershell.tests.bench import (
    files,
    fleet,
    imports,
    machine,
    memory,
    rates,
    tasks,
    throughput,
    transports,
)
from ansible_collections.remoting.powershell.tests.bench.loads import OURS, WAYS
from ansible_collections.remoting.powershell.tests.bench.plans import FULL, QUICK, Plan
from ansible_collections.remoting.powershell.tests.bench.plot import Chart
from ansible_collections.remoting.powershell.tests.bench.scene import PLUGINS, Scene
from ansible_collections.remoting.powershell.tests.bench.tables import Page, Table

#: Besides those of PARTS there is one that is not run unless it is asked for.
LARGE = "large"
PARTS = ("tasks", "scripts", "transports", "files", "throughput", "imports", "memory", "fleet")


class Bench:
    """One run: measures part after part and keeps the tables."""

    def __init__(self, scene: Scene, plan: Plan, plot: pathlib.Path | None = None) -> None:
        self._scene = scene
        self._plan = plan
        self._plot = plot
        self._floor: float | None = None
        self.tables: list[Table] = []

    def run(self, parts: tuple[str, ...]) -> None:
        """Measure; idle brokers are looked at a second time after everything else."""
        measure: dict[str, typing.Callable[[], None]] = {
            "tasks": self._tasks,
            "scripts": self._scripts,
            "transports": self._transports,
            "files": self._files,
            "throughput": functools.partial(self._throughput, "Throughput", self._plan.throughput, WAYS),
            LARGE: functools.partial(self._throughput, "Large", self._plan.large, OURS),
            "imports": self._imports,
            "fleet": self._fleet,
        }
        if not set(parts) <= {"imports", "throughput", LARGE}:
            self._say("warming up")
            tasks.warm_up(self._scene)
        with contextlib.ExitStack() as stack:
            idle: memory.IdleBrokers | None = None
            if "memory" in parts:
                self._say("memory: opening sessions")
                idle = stack.enter_context(memory.IdleBrokers(self._scene, self._plan.sessions))
            for part in parts:
                if part != "memory":
                    self._say(part)
                    measure[part]()
            if idle is not None:
                if self._plan.idle:
                    self._say("memory: waiting until idle connections are closed")
                    idle.look_later(self._plan.idle)
                self._show(memory.table(idle.brokers))

    def _tasks(self) -> None:
        """Module tasks."""
        plan = self._plan
        measured = tasks.measure(self._scene, tasks.MODULE, plan.tasks, plan.rounds)
        self._show_times(f"Module tasks: {plan.tasks} win_ping on one host", measured)
        if self._plot is not None:
            self._plot.write_text(_chart(measured).svg(), encoding="utf-8")

    def _scripts(self) -> None:
        """Raw tasks and scripts."""
        plan = self._plan
        for title, kind in (
            (f"Raw tasks: {plan.script_tasks} on one host", tasks.RAW),
            (f"Scripts: {plan.script_tasks} pssession_invoke, win_powershell over psrp", tasks.SCRIPT),
        ):
            self._show_times(title, tasks.measure(self._scene, kind, plan.script_tasks, plan.script_rounds))

    def _transports(self) -> None:
        """The same tasks over each transport, and over core's ssh."""
        self._show(transports.table(transports.measure(self._scene, self._plan), self._plan))

    def _files(self) -> None:
        """put_file and fetch_file."""
        self._show(files.table(files.measure(self._scene, self._plan.files)))

    def _throughput(self, title: str, plan: tuple[tuple[str, int, int], ...], ways: tuple[str, ...]) -> None:
        """Objects, text and files, each way."""
        before = machine.load()
        moved = throughput.measure(self._scene, plan, self._say, ways)
        for table in rates.tables(title, moved, f"{before} before, {machine.load()} after"):
            self._show(table)

    def _imports(self) -> None:
        """The plugins' imports."""
        self._show(imports.table(imports.measure(self._scene, self._plan.imports)))

    def _fleet(self) -> None:
        """Many hosts at once."""
        self._show(fleet.table(fleet.measure(self._scene, self._plan), self._plan))

    def _show_times(self, title: str, measured: list[tasks.Measured]) -> None:
        if self._floor is None:
            self._floor = tasks.measure_floor(self._scene, self._plan.tasks, 2)
        for table in tasks.times(title, measured, self._floor):
            self._show(table)
        self._show(tasks.counts(title, measured))

    def _show(self, table: Table) -> None:
        self.tables.append(table)
        print(f"\n{table.text()}", flush=True)

    @staticmethod
    def _say(text: str) -> None:
        print(f"==> {text}", file=sys.stderr, flush=True)


def _chart(measured: list[tasks.Measured]) -> Chart:
    groups = [
        (f"{one.round_trip * 1000:.0f} ms round trip", [one.later(plugin) * 1000 for plugin in PLUGINS])
        for one in measured
    ]
    names = tuple(name for name, _prefix in PLUGINS.values())
    return Chart("Time of a module task (win_ping)", "ms", names, groups)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few repetitions; the times mean little")
    parser.add_argument("--only", action="append", choices=(*PARTS, LARGE), help="may be repeated")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="write the tables, or replace them there")
    parser.add_argument("--plot", type=pathlib.Path, metavar="FILE", help="write the chart of module tasks (SVG)")
    return parser.parse_args(arguments)


def _end(*_signal: typing.Any) -> None:
    sys.exit("ended by a signal")


def main() -> None:
    options = parse()
    # SIGTERM ends it as Ctrl-C does: whatever was started is ended, too.
    signal.signal(signal.SIGTERM, _end)
    plan = QUICK if options.quick else FULL
    parts = tuple(part for part in (*PARTS, LARGE) if part in (options.only or PARTS))
    page = Page(options.markdown) if options.markdown else None
    started, load = time.monotonic(), machine.load()
    with Scene(plan.hosts) as scene:
        facts = machine.describe(scene.endpoint.engine)
        print(facts, flush=True)
        bench = Bench(scene, plan, options.plot)
        bench.run(parts)
    took = time.monotonic() - started
    loads = f"Load before the run: {load}; at its end, the run's own among it: {machine.load()}."
    print(f"{took:.0f} s in all. {loads}")
    if page is not None:
        command = f"make bench BENCH_ARGS='{shlex.join(sys.argv[1:])}'"
        page.write(f"`{command}` took {took:.0f} s. {facts} {loads}", bench.tables)


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, ValueError) as problem:
        sys.exit(f"bench: {problem}")
