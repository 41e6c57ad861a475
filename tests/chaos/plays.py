# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was started on the endpoint, beside the stage of all tests (pytest process)."""

from __future__ import annotations

import collections
import hashlib

from ansible.release import __version__ as core_version

from ansible_collections.remoting.powershell.plugins.plugin_utils import _command_line, _levels, scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.integration.support import stage
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.stage import (
    FAILED,
    FIND,
    LEAVE,
    PING,
    UNREACHABLE,
    Order,
    Played,
    Row,
    Task,
    fault,
    invoke,
    raw,
    running,
)
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

__all__ = [
    "FAILED",
    "FIND",
    "LEAVE",
    "PING",
    "UNREACHABLE",
    "Order",
    "Played",
    "Row",
    "Stage",
    "Task",
    "fault",
    "invoke",
    "invoked",
    "raw",
    "running",
    "started",
]


def started(counts: collections.Counter[str], script: str) -> int:
    """How often the script of a raw task was started, of a counter of ``EndpointProcess.counting``."""
    dialect = _command_line.dialect(core_version)
    target = Target(host="any", port=5985, ssl=False)
    request, _body = _levels.request(target, _command_line.parse(script, dialect), None, dialect)
    return counts["script." + hashlib.sha256(request.commands[0].text.encode()).hexdigest()]


def invoked(counts: collections.Counter[str]) -> int:
    """How often pssession_invoke's own script was started, whatever it ran."""
    return counts["script." + hashlib.sha256(scripts.read("invoke").encode()).hexdigest()]


class Stage(stage.Stage):
    """A stage that knows which scripts were started since the test began."""

    def __init__(self, workspace: Workspace, endpoint: EndpointProcess) -> None:
        super().__init__(workspace, endpoint)
        self._before = endpoint.counted()

    def runs(self, script: str) -> bool:
        """Whether the script of a raw task was started in this test and something runs."""
        return bool(started(self.endpoint.counted() - self._before, script) and running(self.endpoint))
