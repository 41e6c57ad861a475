# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the demo, each of which checks what it shows (demo process)."""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import pathlib
import secrets

from ansible_collections.remoting.powershell.playbooks.demo.controller import Controller, StepFailed
from ansible_collections.remoting.powershell.playbooks.demo.playback import Task
from ansible_collections.remoting.powershell.playbooks.demo.screen import Screen
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

#: All of them, the start of the computers included.
STEPS = 6

#: How Get-PSSession shows a session, and where pssession_info has it.
_COLUMNS = {
    "Id": "id",
    "Name": "name",
    "ComputerName": "computer_name",
    "State": "state",
    "ConfigurationName": "configuration_name",
    "Availability": "availability",
}

_Counts = collections.Counter[str]


class Demo:
    """Everything after the start of the computers.

    Args:
        screen: Where to show it.
        endpoint: The computers.
        space: The controller's private folders.
        logs: A folder for what ansible prints.
    """

    def __init__(self, screen: Screen, endpoint: EndpointProcess, space: Workspace, logs: pathlib.Path) -> None:
        self._screen = screen
        self._endpoint = endpoint
        self._space = space
        self._controller = Controller(space, endpoint, logs)

    def run(self) -> None:
        """All steps; raises StepFailed."""
        self._introduce()
        ours = self._modules()
        release = self._leave_state()
        self._find_state(release)
        psrp = self._psrp()
        self._compare(ours, self._end(), psrp)

    def _introduce(self) -> None:
        ready = self._endpoint.ready
        for name in self._endpoint.computers:
            address = f"{ready['addresses'][name]}:{ready['http_ports'][name]}"
            self._screen.done(f"{name} at {address} (WSMan, signed in and encrypted by NTLM)")
        if self._endpoint.engine != "embedded":
            self._screen.note(f"{self._endpoint.engine} answers in them.")
            return
        self._screen.note("Their engine is embedded: an evaluator that belongs to the tests interprets")
        self._screen.note("the scripts, and stands in for Ansible's module runner. On Windows, that is")
        self._screen.note("PowerShell itself and the modules' own code.")

    def _modules(self) -> _Counts:
        self._screen.step("Modules as they are, through one session on each computer")
        counts = self._play("modules", opened=1)[1]
        self._screen.done(f"{counts['action.Command']} module tasks, {counts['action.Create']} sessions opened")
        return counts

    def _leave_state(self) -> str:
        """Returns what only the sessions know from then on."""
        self._screen.step("What a task leaves in its session, later tasks use")
        release = f"2.{secrets.randbelow(900) + 100}"
        self._play("leave_state", opened=0, release=release)
        self._screen.done("no session was opened: these are still the sessions of the first playbook")
        return release

    def _find_state(self, release: str) -> None:
        self._screen.step("Another ansible-playbook finds it, without being told the release")
        called, read, listed = self._play("find_state", opened=0)[0]
        for name in self._endpoint.computers:
            url = f"https://{name}.example.com/{release}/checkout"
            self._expect(f"{name}'s function", called.results[name]["output"], [url])
            self._expect(f"{name}'s variable", read.results[name]["output"], [f"release {release}, task 2"])
        self._screen.done(f"release {release} is what the playbook before it was started with")
        rows = [row for name in self._endpoint.computers for row in listed.results[name]["sessions"]]
        # Where the computers share an address, each lists the sessions of both.
        sessions = [row for _id, row in sorted({row["id"]: row for row in rows}.items())]
        there = sorted(shell["shell_id"].lower() for shell in self._endpoint.shells())
        self._expect("the sessions listed", sorted(row["instance_id"].lower() for row in sessions), there)
        self._screen.table(list(_COLUMNS), [[row[key] for key in _COLUMNS.values()] for row in sessions])

    def _psrp(self) -> _Counts:
        self._screen.step("The first playbook again, with ansible.builtin.psrp")
        counts = self._play("modules", log_name="psrp", ansible_connection="ansible.builtin.psrp")[1]
        self._screen.done(f"{counts['action.Command']} module tasks, {counts['action.Create']} sessions opened")
        return counts

    def _end(self) -> _Counts:
        self._screen.step("The end: the session broker is told to let go of everything")
        with self._counting() as counts:
            deaf = self._space.stop_brokers()
        self._expect("brokers that did not end", deaf, [])
        self._expect("processes that are left", self._space.processes(), [])
        self._expect("sessions that are left", self._endpoint.shells(), [])
        total = self._sum(counts)
        self._screen.done(f"{total['action.Delete']} sessions removed, no process left")
        return total

    def _compare(self, ours: _Counts, removal: _Counts, psrp: _Counts) -> None:
        """The summary; a task waits for all requests but those that end a pipeline whose output it already has."""
        tasks = ours["action.Command"]
        self._expect("the tasks that psrp ran", psrp["action.Command"], tasks)
        waited, waited_psrp = (counts["requests"] - counts["action.Signal"] for counts in (ours, psrp))
        both = ours + removal
        rows = [
            ("sessions opened", both["action.Create"], psrp["action.Create"]),
            ("TCP connections", both["connections"], psrp["connections"]),
            ("requests in all", both["requests"], psrp["requests"]),
            ("requests that tasks wait for", waited, waited_psrp),
        ]
        headings = ["The same playbook", "pssession", "ansible.builtin.psrp"]
        self._screen.table(headings, [["module tasks", tasks, tasks], *(list(row) for row in rows)])
        for what, mine, others in rows:
            if mine >= others:
                raise StepFailed(f"{what}: {mine}, no less than the {others} of ansible.builtin.psrp")

    def _play(
        self, name: str, *, opened: int | None = None, log_name: str = "", **extra: str
    ) -> tuple[list[Task], _Counts]:
        """Run a playbook; each computer must have seen so many sessions opened."""
        said = "".join(f" -e {key}={value}" for key, value in extra.items())
        self._screen.note(f"$ ansible-playbook {name}.yml{said}")
        with self._counting() as counts:
            tasks = self._controller.play(name, self._screen.task, log_name, **extra)
        if opened is not None:
            for computer, counted in counts.items():
                self._expect(f"sessions opened on {computer}", counted["action.Create"], opened)
        return tasks, self._sum(counts)

    @contextlib.contextmanager
    def _counting(self) -> collections.abc.Iterator[dict[str, _Counts]]:
        """Counts, by computer, of what the block does, and of what it has still to tell the server after it."""
        with contextlib.ExitStack() as stack:
            yield {name: stack.enter_context(self._endpoint.counting(name)) for name in self._endpoint.computers}
            wait_for(
                "the ends of all pipelines", lambda: not any(shell["commands"] for shell in self._endpoint.shells())
            )

    @staticmethod
    def _sum(counts: dict[str, _Counts]) -> _Counts:
        return sum(counts.values(), _Counts())

    @staticmethod
    def _expect(what: str, found: object, expected: object) -> None:
        if found != expected:
            raise StepFailed(f"{what}: {found}, expected {expected}")
