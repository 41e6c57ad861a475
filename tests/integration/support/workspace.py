# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller of its own for each test: HOME, temporary and socket directory, inventory (pytest process)."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import typing

from .processes import Process, wait_until_gone, with_home

#: Bounds a hang; no test asserts a time.
PATIENCE = 240

_COMMAND = pathlib.Path(__file__).resolve().parents[3] / "plugins" / "plugin_utils" / "pssession"
_PASSED_ON = (
    "ANSIBLE_COLLECTIONS_PATH LANG LC_ALL PATH PSSESSION_PWSH PYTHONPATH PYTHONPYCACHEPREFIX VIRTUAL_ENV"
).split()


class Outcome(typing.NamedTuple):
    """How a command ended, with what it printed."""

    code: int
    output: str


class Workspace:
    """Runs ansible commands as a user with an empty HOME, and knows every process that they start.

    The folder's path is short: a Unix socket's may have about a hundred bytes. The random part of its name goes on
    from a letter: Ansible evaluates its own paths as Python, which warns of a number before a keyword (``-5or``).
    """

    def __init__(self) -> None:
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="pss_", dir="/tmp")).resolve()
        self.home = self.root / "home"
        self.sockets = self.root / "s"
        self.scratch = self.root / "scratch"
        self.inventory = self.root / "inventory.json"
        for folder in (self.home, self.scratch, self.root / "tmp"):
            folder.mkdir()
        self.sockets.mkdir(mode=0o700)
        self.environment = {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            "ANSIBLE_FORCE_COLOR": "0",
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "HOME": str(self.home),
            "TMPDIR": str(self.root / "tmp"),
        }

    def write_inventory(self, groups: dict[str, dict[str, typing.Any]]) -> None:
        """Write the inventory: groups, each with ``hosts`` and ``vars``, and this computer."""
        here = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "ansible_remote_tmp": str(self.root / "tmp"),
        }
        whole = {"all": {"hosts": {"localhost": here}, "children": groups}}
        self.inventory.write_text(json.dumps(whole, indent=2), encoding="utf-8")

    def start(self, program: str, *arguments: str, cwd: pathlib.Path | None = None) -> subprocess.Popen[str]:
        """Start an ansible program in a process group of its own; its output is to be read from ``stdout``."""
        path = pathlib.Path(sys.executable).parent / program
        return self._start([str(path), "-i", str(self.inventory), *arguments], cwd)

    def pssession(self, command: str, *arguments: str) -> Outcome:
        """Run the command pssession with the inventory, as its alias does."""
        return self.finish(self._start([sys.executable, str(_COMMAND), command, "-i", str(self.inventory), *arguments]))

    def _start(self, command: list[str], cwd: pathlib.Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=cwd or self.scratch,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> Outcome:
        """Wait for a started program and read all of its output; ends its group when it hangs."""
        try:
            output, _none = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _none = process.communicate()
            output += f"\nended by the test after {PATIENCE} s"
        return Outcome(process.returncode, output)

    def playbook(self, path: pathlib.Path, *arguments: str) -> Outcome:
        """Run ansible-playbook in the playbook's folder; its variable ``scratch`` is a folder to write to."""
        extra = ("-e", f"scratch={self.scratch}", str(path))
        return self.finish(self.start("ansible-playbook", *arguments, *extra, cwd=path.parent))

    @staticmethod
    def as_json(tasks: list[dict[str, typing.Any]], hosts: str = "win1", **play: typing.Any) -> str:
        """A playbook of one play, given as data."""
        return json.dumps([{"hosts": hosts, "gather_facts": False, "tasks": tasks, **play}])

    def play(
        self, tasks: list[dict[str, typing.Any]], *arguments: str, hosts: str = "win1", **play: typing.Any
    ) -> Outcome:
        """Run one play that is given as data."""
        path = self.scratch / "play.json"
        path.write_text(self.as_json(tasks, hosts, **play), encoding="utf-8")
        return self.playbook(path, *arguments)

    def ad_hoc(self, hosts: str, module: str, arguments: str, *more: str) -> Outcome:
        """Run one ad-hoc command."""
        return self.finish(self.start("ansible", hosts, "-m", module, "-a", arguments, *more))

    def processes(self) -> list[Process]:
        """What runs with this HOME."""
        return with_home(self.home)

    def brokers(self) -> list[Process]:
        """The session brokers of this HOME."""
        return [process for process in self.processes() if process.is_broker]

    def stop_brokers(self) -> list[Process]:
        """Ask the brokers to end; returns those that did not."""
        brokers = self.brokers()
        for broker in brokers:
            broker.kill()
        return wait_until_gone(brokers, self.home)

    def broker_log(self) -> str:
        """All that the brokers logged."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.root.glob("s*/*.log*")))

    def remove(self) -> list[Process]:
        """End what is left and remove all files; returns the processes that had to be killed."""
        left = self.processes()
        for process in left:
            process.kill(signal.SIGKILL)
        wait_until_gone(left, self.home)
        shutil.rmtree(self.root)
        return left
