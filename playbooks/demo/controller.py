# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's controller: runs ansible-playbook with an empty HOME and keeps everything it prints (demo process)."""

from __future__ import annotations

import collections.abc
import json
import os
import pathlib
import signal
import subprocess
import threading
import typing

from ansible_collections.remoting.powershell.playbooks.demo import playback
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

HERE = pathlib.Path(__file__).resolve().parent

#: Seconds after which a playbook hangs, and which one that is interrupted has to end.
_PATIENCE = 120
_END_PATIENCE = 10


class StepFailed(Exception):
    """A step did not do what it has to; the message says what is wrong, the log more of it."""

    def __init__(self, message: str, log: pathlib.Path | None = None) -> None:
        super().__init__(message)
        self.log = log


class Controller:
    """Runs the playbooks against the computers of an endpoint.

    Args:
        space: The private folders and the environment of the commands.
        endpoint: The computers.
        logs: A folder for what ansible prints.
    """

    def __init__(self, space: Workspace, endpoint: EndpointProcess, logs: pathlib.Path) -> None:
        self._space = space
        self._logs = logs
        self._computers = endpoint.computers
        config = space.root / "ansible.cfg"
        config.touch()
        space.environment |= {
            "ANSIBLE_CONFIG": str(config),
            "ANSIBLE_NOCOLOR": "1",
            "DEMO_PASSWORD": endpoint.password,
            "DEMO_USER": endpoint.user,
            "PSSESSION_SOCKET_DIR": str(space.sockets),
        }
        hosts = {name: self._host(name, endpoint) for name in endpoint.computers}
        space.inventory.write_text(json.dumps({"all": {"hosts": hosts}}, indent=2), encoding="utf-8")

    def _host(self, name: str, endpoint: EndpointProcess) -> dict[str, object]:
        """What the inventory needs to know of a computer, which gets a website."""
        site = self._space.root / name
        site.mkdir()
        (site / "index.html").write_text(f"<h1>Welcome to {name}</h1>\n", encoding="utf-8")
        return {
            "ansible_host": endpoint.ready["addresses"][name],
            "ansible_port": endpoint.ready["http_ports"][name],
            "site_folder": str(site),
        }

    def play(
        self, name: str, show: collections.abc.Callable[[playback.Task], None], log_name: str = "", **extra: str
    ) -> list[playback.Task]:
        """Run a playbook with extra variables, show each task when it is over, and return them all.

        :raises StepFailed: the playbook failed, or a task is missing on a computer.
        """
        variables = [word for key, value in extra.items() for word in ("-e", f"{key}={value}")]
        arguments = ["-v", "-i", str(HERE / "inventory.yml"), *variables, str(HERE / f"{name}.yml")]
        log = self._logs / f"demo-{log_name or name}.log"
        process = self._space.start("ansible-playbook", *arguments, cwd=HERE)
        tasks = []
        try:
            for task in playback.read(_logged(process, log)):
                show(task)
                tasks.append(task)
            code = process.wait()
        finally:
            _end(process)
        if code:
            # Before its first task ansible says in its own words what is wrong.
            said = "" if tasks else "\n" + log.read_text(encoding="utf-8", errors="replace").strip()
            raise StepFailed(f"ansible-playbook {name}.yml ended with exit code {code}{said}", log)
        if not tasks or any(set(task.status) != set(self._computers) for task in tasks):
            raise StepFailed(f"ansible-playbook {name}.yml did not run every task on every computer", log)
        return tasks


def _logged(process: subprocess.Popen[str], path: pathlib.Path) -> collections.abc.Iterator[str]:
    """The lines of a process's output, each of which was written to a file first; a process that hangs is killed."""
    watch = threading.Timer(_PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
    watch.start()
    try:
        with open(path, "w", encoding="utf-8", errors="replace") as log:
            print("$", *typing.cast("list[str]", process.args), file=log)
            for line in typing.cast("typing.IO[str]", process.stdout):
                log.write(line)
                log.flush()
                yield line
    finally:
        watch.cancel()


def _end(process: subprocess.Popen[str]) -> None:
    """End a playbook that was interrupted, with its workers."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_END_PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
