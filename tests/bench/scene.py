# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoint, the controller and the slow network between them, and plays on them (benchmark process)."""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import dataclasses
import json
import pathlib
import sys
import time
import typing

from ..endpoint.proxy import Proxy
from ..integration.support.endpoint import EndpointProcess
from ..integration.support.workspace import Workspace

#: Each connection plugin that is measured, and the prefix of its variables.
PLUGINS = {
    "psrp": ("ansible.builtin.psrp", "ansible_psrp_"),
    "pssession": ("remoting.powershell.pssession", "ansible_pssession_"),
}
#: The same for both. With psrp's own default of 153,600 bytes, modules take it two requests more.
_OPTIONS = {"protocol": "http", "auth": "ntlm", "max_envelope_size": 512000}
#: The group of one host that nothing connects to.
NOWHERE = "nowhere"
_CALLBACKS = pathlib.Path(__file__).resolve().parent / "callback"


@dataclasses.dataclass(frozen=True)
class Play:
    """What the tasks of one play took (seconds), and what the endpoint counted until its sessions were gone."""

    #: From the start of the play to each result.
    results: list[float]
    counts: collections.Counter[str]
    #: Bytes of the TCP connections through the proxy, in both directions.
    traffic: int

    @property
    def first(self) -> float:
        """The first task."""
        return self.results[0]

    @property
    def later(self) -> list[float]:
        """Each later task, from the result before it to its own: nothing of what Ansible does is left out."""
        return [after - before for before, after in zip(self.results, self.results[1:], strict=False)]


class Scene:
    """An endpoint of many computers, the first of which is also behind a proxy; use it with ``with``.

    Args:
        hosts: How many computers.
    """

    def __init__(self, hosts: int) -> None:
        layout = "addresses" if sys.platform == "linux" else "ports"
        self.endpoint = EndpointProcess([f"win{number}" for number in range(1, hosts + 1)], ["--layout", layout])
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Scene:
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.endpoint)
            self.space = stack.enter_context(workspace())
            host, port = self.address("win1")
            self.proxy = stack.enter_context(Proxy(host, port))
            self._stack = stack.pop_all()
        self._results = self.space.scratch / "results.json"
        self.space.environment.update(
            ANSIBLE_CALLBACK_PLUGINS=str(_CALLBACKS),
            ANSIBLE_CALLBACKS_ENABLED="bench_results",
            BENCH_RESULTS=str(self._results),
        )
        self.space.write_inventory(self._groups())
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def address(self, computer: str) -> tuple[str, int]:
        """Where a computer listens."""
        return self.endpoint.ready["addresses"][computer], self.endpoint.ready["http_ports"][computer]

    def variables(self, plugin: str) -> dict[str, typing.Any]:
        """The inventory variables of a plugin that say how to connect."""
        name, prefix = PLUGINS[plugin]
        return {
            "ansible_connection": name,
            "ansible_user": self.endpoint.user,
            "ansible_password": self.endpoint.password,
            "ansible_pssession_socket_dir": str(self.space.sockets),
            **{f"{prefix}{option}": value for option, value in _OPTIONS.items()},
        }

    def _groups(self) -> dict[str, dict[str, typing.Any]]:
        groups: dict[str, dict[str, typing.Any]] = {NOWHERE: {"hosts": {"here": {"ansible_connection": "local"}}}}
        far = {"ansible_host": "127.0.0.1", "ansible_port": self.proxy.port}
        for plugin in PLUGINS:
            hosts = {}
            for computer in self.endpoint.computers:
                host, port = self.address(computer)
                hosts[f"{plugin}-{computer}"] = {"ansible_host": host, "ansible_port": port}
            groups[f"{plugin}_near"] = {"hosts": hosts, "vars": self.variables(plugin)}
            groups[f"{plugin}_far"] = {"hosts": {f"{plugin}-far": far}, "vars": self.variables(plugin)}
        return groups

    def add_groups(self, groups: dict[str, dict[str, typing.Any]]) -> None:
        """Have more hosts in the inventory."""
        self.space.write_inventory({**self._groups(), **groups})

    def play(self, group: str, tasks: list[dict[str, typing.Any]], round_trip: float = 0.0) -> Play:
        """Run one play in a process of its own, from no broker to none; raises RuntimeError where it fails."""
        with self.endpoint.counting() as counts:
            before = self._traffic()
            _process, results = self.playbook(group, tasks, round_trip)
            self.end_sessions()
        return Play(results, counts, self._traffic() - before)

    def playbook(
        self, group: str, tasks: list[dict[str, typing.Any]], round_trip: float = 0.0, forks: int = 1
    ) -> tuple[float, list[float]]:
        """Run one play and leave its broker running; how long the process took, and when each result came."""
        self.proxy.set(latency=round_trip / 2)
        self._results.unlink(missing_ok=True)
        started = time.monotonic()
        outcome = self.space.play(tasks, "--forks", str(forks), hosts=group)
        seconds = time.monotonic() - started
        if outcome.code:
            raise RuntimeError(f"a play on {group} failed:\n{outcome.output}")
        return seconds, json.loads(self._results.read_text(encoding="utf-8"))

    def end_sessions(self) -> None:
        """End the broker, and with it its sessions; not slowed down any more."""
        self.proxy.set(latency=0.0)
        if self.space.stop_brokers():
            raise RuntimeError("a session broker did not end when asked to")

    def _traffic(self) -> int:
        return self.proxy.traffic.bytes_to_server + self.proxy.traffic.bytes_to_client


@contextlib.contextmanager
def workspace(compiled: pathlib.Path | None = None) -> collections.abc.Iterator[Workspace]:
    """A controller of its own; afterwards its brokers and files are gone.

    Args:
        compiled: Where Python keeps compiled code, as it does for whoever installs what is measured; by default in a
            folder of the controller's own, so that nothing is written into the checkout.
    """
    space = Workspace()
    space.environment["PYTHONPYCACHEPREFIX"] = str(compiled or compiled_code(space))
    try:
        yield space
    finally:
        space.stop_brokers()
        space.remove()


def compiled_code(space: Workspace) -> pathlib.Path:
    """Where a controller of this benchmark keeps compiled code."""
    return space.root / "compiled"
