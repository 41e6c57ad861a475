# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same tasks over every way to a PowerShell, and over core's own ssh (benchmark process)."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import statistics
import sys
import typing

from ..endpoint.program import powershell_program
from ..integration.support.ssh_server import SSHServer, find_sshd
from .plans import Plan
from .scene import Scene
from .tables import Table
from .tasks import MODULE, RAW, Task

_OURS = "pssession"
#: Each way, the host that is reached by it, and what a module task and a raw task are there.
WAYS: dict[str, tuple[str, Task, Task]] = {
    "psrp": ("psrp-win1", MODULE["psrp"], RAW["psrp"]),
    "ssh, ControlPersist": (
        "core-ssh",
        {"name": "Ping", "ansible.builtin.ping": {}},
        {"name": "Raw", "ansible.builtin.raw": "expr 1 + 1"},
    ),
    "pssession, wsman": ("pssession-win1", MODULE[_OURS], RAW[_OURS]),
    "pssession, ssh": ("pssession-ssh", MODULE[_OURS], RAW[_OURS]),
    "pssession, local": ("pssession-local", MODULE[_OURS], RAW[_OURS]),
}
_OVER_SSH = ("ssh, ControlPersist", "pssession, ssh")


@dataclasses.dataclass
class Way:
    """All plays over one way: when each result came (seconds), of module tasks and of raw ones."""

    modules: list[list[float]] = dataclasses.field(default_factory=list)
    raw: list[list[float]] = dataclasses.field(default_factory=list)
    #: SSH logins of the last play of module tasks.
    logins: int = 0


def measure(scene: Scene, plan: Plan) -> dict[str, Way]:
    """Plays of so many equal tasks over each way that this machine has; the ways take turns."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(SSHServer()) if find_sshd() else None
        scene.add_groups(_groups(scene, server))
        ways = {name: Way() for name in WAYS if server or name not in _OVER_SSH}
        for _turn in range(plan.transport_rounds):
            for name, way in ways.items():
                host, module, raw = WAYS[name]
                before = _logins(server)
                way.modules.append(_play(scene, host, [module] * plan.tasks))
                way.logins = _logins(server) - before
                way.raw.append(_play(scene, host, [raw] * plan.tasks))
    return ways


def table(ways: dict[str, Way], plan: Plan) -> Table:
    """Times over each way."""
    rows = [(name, *_times(way.modules), *_times(way.raw)) for name, way in ways.items()]
    columns = ("", *(f"{kind}: {what}" for kind in ("module", "raw") for what in ("first", "a later one", "all")))
    return Table(f"{plan.tasks} tasks over each transport", columns, rows, _NOTES)


_NOTES = (
    "On this machine, without latency; medians. First: from the start of the play, opening the session or the "
    "connection among it. A later one: from result to result. All: from the start of the play to its last result.",
    "A module is win_ping, over core's ssh ping, which is Python and no PowerShell; a raw task is an addition.",
)


def _play(scene: Scene, host: str, tasks: list[Task]) -> list[float]:
    try:
        return scene.playbook(host, tasks)[1]
    finally:
        scene.end_sessions()


def _times(plays: list[list[float]]) -> tuple[str, str, str]:
    later = [after - before for play in plays for before, after in itertools.pairwise(play)]
    first = statistics.median([play[0] for play in plays])
    whole = statistics.median([play[-1] for play in plays])
    return f"{first * 1000:.0f} ms", f"{statistics.median(later) * 1000:.0f} ms", f"{whole:.2f} s"


def _groups(scene: Scene, server: SSHServer | None) -> dict[str, dict[str, typing.Any]]:
    sockets = {"ansible_pssession_socket_dir": str(scene.space.sockets)}
    local = {
        "ansible_connection": "remoting.powershell.pssession",
        "ansible_pssession_transport": "local",
        "ansible_pssession_pwsh_path": powershell_program(scene.space.root),
        **sockets,
    }
    hosts = {"pssession-local": local}
    if server is not None:
        hosts["pssession-ssh"] = {**server.variables(), **sockets}
        hosts["core-ssh"] = {
            **server.variables(ansible_connection="ansible.builtin.ssh"),
            "ansible_python_interpreter": sys.executable,
        }
    return {"transports": {"hosts": hosts}}


def _logins(server: SSHServer | None) -> int:
    return server.log.count("Accepted publickey") if server else 0
