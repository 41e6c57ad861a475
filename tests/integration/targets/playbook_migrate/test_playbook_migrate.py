# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/migrate_from_psrp.yml: the same tasks give the same over psrp and, with one line changed, over ours."""

from __future__ import annotations

import json

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.playbooks import PLAYBOOKS
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

LINE = {"ansible_connection": "remoting.powershell.pssession"}


def test_migration(workspace: Workspace, endpoint: EndpointProcess) -> None:
    here = {"migrate_hosts": "psrp1", "migrate_file": str(workspace.inventory)}
    ours = {**here, **LINE, "ansible_pssession_socket_dir": str(workspace.sockets)}
    outputs, opened = [], []
    for variables in (here, ours):
        with endpoint.counting("win1") as counts:
            outcome = workspace.playbook(PLAYBOOKS / "migrate_from_psrp.yml", "-v", "-e", json.dumps(variables))
        print(outcome.output)
        assert outcome.code == 0
        opened.append(counts["action.Create"])
        outputs.append(
            [line for line in outcome.output.splitlines() if line.startswith(("ok:", "changed:", '    "msg"'))]
        )
    # What differs from run to run: when a file was last read.
    assert [line.partition("=>")[0] for line in outputs[0]] == [line.partition("=>")[0] for line in outputs[1]]
    assert [line for line in outputs[0] if '"msg"' in line] == [line for line in outputs[1] if '"msg"' in line]
    assert opened == [3, 1]
