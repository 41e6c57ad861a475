# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays that are given as data and order things of the endpoint, and what became of each task (pytest process)."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import json
import pathlib
import subprocess
import typing

from .endpoint import EndpointProcess
from .workspace import Outcome, Workspace

Task = dict[str, typing.Any]
#: What a task may order of the endpoint's control resource as it starts: a resource and its body.
Order = tuple[str, dict[str, typing.Any]]

#: ansible's exit codes: a task failed, a host is unreachable.
FAILED, UNREACHABLE = 2, 4
PING: Task = {"name": "ping", "ansible.windows.win_ping": {}}
_LEFT = "$global:left"
#: Leaves a value in the session, and looks for it.
LEAVE: Task = {"name": "leave", "ansible.builtin.raw": f"{_LEFT} = 'kept'"}
FIND: Task = {"name": "find", "ansible.builtin.raw": f'"left={_LEFT}."'}


def raw(name: str, script: str, *orders: Order, **more: typing.Any) -> Task:
    """A task that runs a script, after its orders have been carried out."""
    return {"name": name, "ansible.builtin.raw": script, "vars": {"orders": orders}, **more}


def invoke(name: str, script: str, *orders: Order, **more: typing.Any) -> Task:
    """The same as a pssession_invoke, whose result tells of the session."""
    return {
        "name": name,
        "remoting.powershell.pssession_invoke": {"script": script},
        "vars": {"orders": orders},
        **more,
    }


def module(name: str, which: str, options: dict[str, typing.Any], *orders: Order, **more: typing.Any) -> Task:
    """A task with a module of ours; its result is registered by the task's name where that is one word."""
    registered = {"register": name} if name.isidentifier() else {}
    return {
        "name": name,
        f"remoting.powershell.{which}": options,
        "vars": {"orders": orders, "counted": True},
        **registered,
        **more,
    }


def fault(kind: str, action: str | None = None, **more: typing.Any) -> Order:
    """The order for a failure; see endpoint.faults."""
    return ("fault", {"kind": kind, **({"action": action} if action else {}), **more})


def running(endpoint: EndpointProcess) -> list[str]:
    """The identifiers of the commands that run on the endpoint."""
    commands = [shell["commands"] for shell in endpoint.shells()]
    return [name for each in commands for name, state in each.items() if state == "Running"]


@dataclasses.dataclass(frozen=True)
class Row:
    """What became of one task on one host: ``status`` is ok, failed, unreachable or skipped."""

    host: str
    task: str
    status: str
    result: dict[str, typing.Any]
    #: Of a task with the variable ``counted``: how many requests of each action came while it ran.
    requests: dict[str, int]

    @property
    def asked(self) -> dict[str, int]:
        """The requests but for Signals: the one that ends a task's pipeline is sent while the next task begins."""
        return {action: count for action, count in self.requests.items() if action != "Signal"}

    @property
    def message(self) -> str:
        """The error's text."""
        return str(self.result.get("msg", ""))


@dataclasses.dataclass(frozen=True)
class Played:
    """A finished playbook."""

    outcome: Outcome
    rows: list[Row]

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each task by its name, of a play with one host."""
        return {row.task: row.status for row in self.rows}

    def row(self, task: str, host: str | None = None) -> Row:
        """The one result of a task."""
        (found,) = (row for row in self.rows if row.task == task and host in (None, row.host))
        return found

    @property
    def kept(self) -> bool:
        """Whether FIND found what LEAVE left."""
        return "left=kept." in self.row("find").result.get("stdout", "")


class Stage:
    """Runs playbooks of one workspace against one endpoint."""

    def __init__(self, workspace: Workspace, endpoint: EndpointProcess) -> None:
        self.workspace = workspace
        self.endpoint = endpoint
        self._plays = 0
        control = [f"http://127.0.0.1:{endpoint.ready['control_port']}/", endpoint.ready["control_token"]]
        workspace.environment.update(
            ANSIBLE_CALLBACK_PLUGINS=str(pathlib.Path(__file__).parent / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="conductor",
            TEST_CONTROL=json.dumps(control),
        )

    def start(
        self, tasks: list[Task], *arguments: str, hosts: str = "win1", **play: typing.Any
    ) -> tuple[subprocess.Popen[str], pathlib.Path]:
        """Start a playbook of one play; returns its process and the record of its results."""
        self._plays += 1
        path = self.workspace.scratch / f"play{self._plays}.json"
        record = path.with_suffix(".record")
        path.write_text(self.workspace.as_json(tasks, hosts, **play), encoding="utf-8")
        record.touch()
        self.workspace.environment["TEST_RECORD"] = str(record)
        return self.workspace.start("ansible-playbook", *arguments, str(path)), record

    def finish(self, process: subprocess.Popen[str], record: pathlib.Path) -> Played:
        """Wait for a playbook that was started; what it printed is shown where the test fails."""
        outcome = self.workspace.finish(process)
        print(outcome.output)
        rows = [Row(**json.loads(line)) for line in record.read_text(encoding="utf-8").splitlines()]
        return Played(outcome, rows)

    def play(self, tasks: list[Task], *arguments: str, hosts: str = "win1", **play: typing.Any) -> Played:
        """Run a playbook of one play."""
        return self.finish(*self.start(tasks, *arguments, hosts=hosts, **play))

    @contextlib.contextmanager
    def counting(self, computer: str | None = "win1") -> typing.Iterator[collections.Counter[str]]:
        """What the endpoint counts until the block ends and, after that, the brokers have let go of their sessions."""
        with self.endpoint.counting(computer) as counts:
            yield counts
            assert self.workspace.stop_brokers() == [], "a broker did not end when asked to"
