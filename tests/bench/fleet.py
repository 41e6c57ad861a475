# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts at once: a fork for each (benchmark process)."""

from __future__ import annotations

import collections
import dataclasses
import statistics

from .plans import Plan
from .scene import Scene
from .tables import Table
from .tasks import MODULE

#: What is run: a plugin, and whether its sessions are there already.
KINDS = {
    "psrp": "psrp",
    "pssession, first playbook": "pssession",
    "pssession, second playbook": "pssession",
}


@dataclasses.dataclass
class Crowd:
    """All plays of one kind: seconds of the whole process, and what the endpoint counted for one."""

    seconds: list[float] = dataclasses.field(default_factory=list)
    counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)


def measure(scene: Scene, plan: Plan) -> dict[str, Crowd]:
    """Run the same tasks on all hosts, the plugins taking turns."""
    crowds = {kind: Crowd() for kind in KINDS}
    for turn in range(plan.host_rounds):
        for plugin in ("psrp", "pssession")[:: -1 if turn % 2 else 1]:
            for kind in (kind for kind, its_plugin in KINDS.items() if its_plugin == plugin):
                tasks = [MODULE[plugin]] * plan.host_tasks
                with scene.endpoint.counting() as counts:
                    seconds, _results = scene.playbook(f"{plugin}_near", tasks, forks=plan.hosts)
                crowds[kind].seconds.append(seconds)
                crowds[kind].counts = counts
            scene.end_sessions()
    return crowds


def table(crowds: dict[str, Crowd], plan: Plan) -> Table:
    """Wall times and counts."""
    psrp = statistics.median(crowds["psrp"].seconds)
    rows = []
    for kind, crowd in crowds.items():
        seconds = statistics.median(crowd.seconds)
        counted = (str(crowd.counts[name]) for name in ("action.Create", "connections", "requests"))
        rows.append((kind, f"{seconds:.2f} s", f"{psrp / seconds:.2f}", *counted))
    notes = (
        f"{plan.host_tasks} win_ping tasks on each of {plan.hosts} hosts, {plan.hosts} forks, without latency: the "
        f"whole process of ansible-playbook, medians of {plan.host_rounds}. It, the endpoint and the broker share this "
        "machine's processors, so this is the cost of computing.",
    )
    title = f"{plan.hosts} hosts at once"
    return Table(title, ("", "process", "psrp / this", "Creates", "connections", "requests"), rows, notes)
