# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make demo``: two test computers, and playbooks that keep a PowerShell session on each (demo process).

What is started ends with it, on Ctrl-C and failure too; its only files are the logs in .build/logs.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import types
import typing

from ansible_collections.remoting.powershell.playbooks.demo.controller import LOGS, StepFailed
from ansible_collections.remoting.powershell.playbooks.demo.screen import Screen
from ansible_collections.remoting.powershell.playbooks.demo.steps import STEPS, Demo
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

COMPUTERS = ("web01", "web02")
#: The exit code of a program that Ctrl-C ended.
INTERRUPTED = 130

_ENDPOINT_LOG = LOGS / "demo-endpoint.log"
_BROKER_LOG = LOGS / "demo-broker.log"
_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


def _interrupt(number: int, frame: types.FrameType | None) -> typing.NoReturn:
    """The first signal ends the demo; further ones do not disturb its cleaning up."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _clean_up(space: Workspace) -> None:
    """End the broker if there still is one, keep its log, and remove every other file."""
    space.stop_brokers()
    _BROKER_LOG.write_text(space.broker_log(), encoding="utf-8")
    space.remove()


def _start(stack: contextlib.ExitStack, engine: str) -> EndpointProcess:
    # Addresses of their own where every address of 127.0.0.0/8 is this machine, else ports of their own.
    layout = "addresses" if sys.platform == "linux" else "ports"
    endpoint = EndpointProcess(COMPUTERS, ("--layout", layout, "--engine", engine), _ENDPOINT_LOG)
    try:
        return stack.enter_context(endpoint)
    except RuntimeError as error:
        said = _ENDPOINT_LOG.read_text(encoding="utf-8", errors="replace").strip()
        raise StepFailed(f"{error}\n{said}", _ENDPOINT_LOG) from None


def _run(screen: Screen, engine: str) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    screen.title("remoting.powershell: one PowerShell session on each computer, kept")
    screen.step(f"Start the computers {' and '.join(COMPUTERS)}")
    with contextlib.ExitStack() as stack:
        endpoint = _start(stack, engine)
        space = Workspace()
        stack.callback(_clean_up, space)
        Demo(screen, endpoint, space).run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # Ansible's module runner needs Windows, so that a PowerShell of this machine could not run the modules.
    parser.add_argument("--engine", choices=("embedded", "pwsh"), default="embedded", help="what runs the scripts")
    engine = parser.parse_args().engine
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    screen = Screen(sys.stdout, STEPS)
    try:
        _run(screen, engine)
    except StepFailed as problem:
        screen.failure(f"Step {screen.number} of {STEPS} failed: {problem}", problem.log)
        return 1
    except (AssertionError, OSError, RuntimeError) as problem:
        screen.failure(f"Step {screen.number} of {STEPS} failed: {problem}", LOGS)
        return 1
    except KeyboardInterrupt:
        screen.failure("Interrupted: what was started has ended", LOGS)
        return INTERRUPTED
    screen.footer("The playbooks are in playbooks/demo; what ansible printed is in .build/logs/demo-*.log.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
