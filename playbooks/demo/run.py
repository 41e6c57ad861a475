# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make demo``: two test computers, and playbooks that keep a PowerShell session on each (demo process).

What is started ends with it, on Ctrl-C and failure too; its only files are the logs in .build/logs.
"""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import signal
import sys
import types
import typing

from ansible_collections.remoting.powershell.playbooks.demo.controller import HERE, StepFailed
from ansible_collections.remoting.powershell.playbooks.demo.screen import Screen
from ansible_collections.remoting.powershell.playbooks.demo.steps import STEPS, Demo
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

COMPUTERS = ("web01", "web02")
#: The exit code of a program that Ctrl-C ended.
INTERRUPTED = 130

_LOGS = HERE.parents[1] / ".build" / "logs"
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def _interrupt(number: int, frame: types.FrameType | None) -> typing.NoReturn:
    """The first signal ends the demo; further ones do not disturb its cleaning up."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _clean_up(space: Workspace, logs: pathlib.Path) -> None:
    """End the broker if there still is one, keep its log, and remove every other file."""
    space.stop_brokers()
    (logs / "demo-broker.log").write_text(space.broker_log(), encoding="utf-8")
    space.remove()


def _start(stack: contextlib.ExitStack, engine: str, log: pathlib.Path) -> EndpointProcess:
    # Addresses of their own where every address of 127.0.0.0/8 is this machine, else ports of their own.
    layout = "addresses" if sys.platform == "linux" else "ports"
    endpoint = EndpointProcess(COMPUTERS, ("--layout", layout, "--engine", engine), log)
    try:
        return stack.enter_context(endpoint)
    except RuntimeError as error:
        reason = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        raise StepFailed(f"{error}\n{reason}", log) from None


def _run(screen: Screen, engine: str, logs: pathlib.Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    for path in logs.glob("demo-*.log"):
        path.unlink()
    screen.title("remoting.powershell: one PowerShell session on each computer, kept")
    screen.step(f"Start the computers {' and '.join(COMPUTERS)}")
    with contextlib.ExitStack() as stack:
        endpoint = _start(stack, engine, logs / "demo-endpoint.log")
        space = Workspace()
        stack.callback(_clean_up, space, logs)
        Demo(screen, endpoint, space, logs).run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    # Ansible's module runner needs Windows, so that a PowerShell of this machine could not run the modules.
    add("--engine", choices=("embedded", "pwsh"), default="embedded", help="what runs the scripts")
    add("--logs", type=pathlib.Path, default=_LOGS, help="a folder for what ansible and the broker print")
    options = parser.parse_args()
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    screen = Screen(sys.stdout, STEPS)
    try:
        _run(screen, options.engine, options.logs)
    except (AssertionError, OSError, RuntimeError, StepFailed) as problem:
        log = problem.log if isinstance(problem, StepFailed) else None
        screen.failure(f"Step {screen.number} of {STEPS} failed: {problem}", log or options.logs)
        return 1
    except KeyboardInterrupt:
        screen.failure("Interrupted: what was started has ended", options.logs)
        return INTERRUPTED
    screen.footer("The playbooks are in playbooks/demo", options.logs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
