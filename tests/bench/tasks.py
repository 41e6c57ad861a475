# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks on one host over both plugins, paired and alternating, at several latencies (benchmark process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import statistics
import typing

from .scene import NOWHERE, PLUGINS, Play, Scene
from .tables import Table

Task = dict[str, typing.Any]

_PING: Task = {"name": "Ping", "ansible.windows.win_ping": {}}
_RAW: Task = {"name": "Raw", "ansible.builtin.raw": "1 + 1"}
_SCRIPT = {"script": "1 + 1"}

#: What each plugin runs, by the kind of task.
MODULE = {"psrp": _PING, "pssession": _PING}
RAW = {"psrp": _RAW, "pssession": _RAW}
SCRIPT: dict[str, Task] = {
    "psrp": {"name": "Script", "ansible.windows.win_powershell": _SCRIPT},
    "pssession": {"name": "Script", "remoting.powershell.pssession_invoke": _SCRIPT},
}
#: A task that connects to nothing: what remains is Ansible's own share, a forked worker and all.
NOTHING: Task = {"name": "Nothing", "ansible.builtin.debug": {"msg": "nothing"}}


@dataclasses.dataclass(frozen=True)
class Measured:
    """All plays of one kind of task at one round trip."""

    round_trip: float
    tasks: int
    plays: dict[str, list[Play]]

    def later(self, plugin: str) -> float:
        """Seconds a task after the first one: the median of all of all plays."""
        return statistics.median([seconds for play in self.plays[plugin] for seconds in play.later])

    def first(self, plugin: str) -> float:
        """Seconds of the first task: the median of the plays."""
        return statistics.median([play.first for play in self.plays[plugin]])

    def average(self, plugin: str) -> float:
        """Seconds from the start of the play to its last result, by the number of tasks: the median of the plays."""
        return statistics.median([play.results[-1] / self.tasks for play in self.plays[plugin]])


def warm_up(scene: Scene) -> None:
    """Run everything once, so that Python has compiled what will be measured."""
    for plugin in PLUGINS:
        scene.play(f"{plugin}_far", [kind[plugin] for kind in (MODULE, RAW, SCRIPT)])


def measure_floor(scene: Scene, tasks: int, rounds: int) -> float:
    """Seconds of a task that connects to nothing: what Ansible takes by itself."""
    plays = [scene.play(NOWHERE, [NOTHING] * tasks) for _round in range(rounds)]
    return statistics.median([seconds for play in plays for seconds in play.later])


def measure(
    scene: Scene, kind: dict[str, Task], tasks: int, rounds: collections.abc.Mapping[float, int]
) -> list[Measured]:
    """Plays of so many equal tasks; the plugins take turns, and so does who begins."""
    measured = []
    for round_trip, number in rounds.items():
        plays: dict[str, list[Play]] = {plugin: [] for plugin in PLUGINS}
        for turn in range(number):
            for plugin in sorted(PLUGINS, reverse=turn % 2 == 1):
                plays[plugin].append(scene.play(f"{plugin}_far", [kind[plugin]] * tasks, round_trip))
        measured.append(Measured(round_trip, tasks, plays))
    return measured


def times(title: str, measured: list[Measured], floor: float) -> list[Table]:
    """Times of a task after the first, and of everything; both with their ratios."""
    later_rows, whole_rows = [], []
    for one in measured:
        label = f"{one.round_trip * 1000:.0f} ms"
        later = {plugin: one.later(plugin) for plugin in PLUGINS}
        net = {plugin: max(seconds - floor, 0.001) for plugin, seconds in later.items()}
        whole = {plugin: one.average(plugin) for plugin in PLUGINS}
        later_rows.append((label, *_pair(later), *_pair(net)))
        whole_rows.append((label, *_pair({plugin: one.first(plugin) for plugin in PLUGINS}), *_pair(whole)))
    heads = ("psrp", "pssession", "ratio")
    later_columns = ("round trip", *heads, *(f"{head}, net" for head in heads))
    whole_columns = ("round trip", *(f"first: {head}" for head in heads), *(f"average: {head}" for head in heads))
    return [
        Table(f"{title}: a task", later_columns, later_rows, (_LATER.format(**_facts(measured, floor)),)),
        Table(f"{title}: first task and average", whole_columns, whole_rows, (_WHOLE,)),
    ]


_LATER = (
    "A task after the first one, from result to result: the median of all of them in all plays; so many plays a "
    "plugin: {plays}. Net: less Ansible's own share of a task, {floor:.0f} ms, measured with tasks that connect to "
    "nothing."
)
_WHOLE = (
    "First: from the start of the play to the first result; with pssession that includes starting the broker and "
    "opening the session. Average: from the start of the play to its last result, divided by the number of tasks."
)


def _facts(measured: list[Measured], floor: float) -> dict[str, typing.Any]:
    plays = ", ".join(f"{len(one.plays['psrp'])} at {one.round_trip * 1000:.0f} ms" for one in measured)
    return {"plays": plays, "floor": floor * 1000}


def counts(title: str, measured: list[Measured]) -> Table:
    """What the endpoint counted, for the first play at each round trip."""
    rows = []
    for one in measured:
        for plugin in PLUGINS:
            play = one.plays[plugin][0]
            rows.append(
                (
                    f"{one.round_trip * 1000:.0f} ms, {plugin}",
                    str(play.counts["action.Create"]),
                    str(play.counts["connections"]),
                    str(play.counts["requests"]),
                    f"{on_path(plugin, play) / one.tasks:.2f}",
                    f"{play.counts['requests'] / one.tasks:.2f}",
                    f"{play.traffic / one.tasks / 1000:.0f} kB",
                )
            )
    columns = ("", "Creates", "connections", "requests", "a task, on its path", "a task, in all", "bytes a task")
    return Table(f"{title}: counts", columns, rows, _COUNTS)


_COUNTS = (
    "Of one play. On its path: all requests that tasks waited for, opening the session among them, divided by the "
    "number of tasks. Not on it are, with pssession, the signal that frees a command and the removal of the session in "
    "the end.",
)


def on_path(plugin: str, play: Play) -> int:
    """Requests that tasks waited for: pssession frees commands and removes the session when the tasks have gone on."""
    off = play.counts["action.Signal"] + play.counts["action.Delete"] if plugin == "pssession" else 0
    return play.counts["requests"] - off


def _pair(seconds: dict[str, float]) -> tuple[str, str, str]:
    psrp, pssession = seconds["psrp"], seconds["pssession"]
    return f"{psrp * 1000:.0f} ms", f"{pssession * 1000:.0f} ms", f"{psrp / pssession:.1f}"
