# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/exchange_mailboxes.yml: one import and one login for twenty tasks, where each for itself takes twenty."""

from __future__ import annotations

import json
import pathlib
import shutil

from ansible_collections.remoting.powershell.tests.integration.support.playbooks import PLAYBOOKS
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

HERE = pathlib.Path(__file__).resolve().parent
TASKS = 20


def test_one_login_for_many_tasks(workspace: Workspace) -> None:
    module = workspace.scratch / "ExchangeStandIn.psm1"
    shutil.copy(HERE / module.name, module)
    imports = workspace.scratch / "imports.txt"
    variables = {
        "exchange_hosts": "win1",
        "exchange_module": str(module),
        "mailboxes": [f"mailbox{number}" for number in range(TASKS)],
    }
    kept = workspace.playbook(PLAYBOOKS / "exchange_mailboxes.yml", "-e", json.dumps(variables))
    print(kept.output)
    assert kept.code == 0
    assert kept.output.count("changed: [win1] => (item=mailbox") == TASKS
    assert len(imports.read_text(encoding="utf-8").splitlines()) == 1
    imports.unlink()

    each = workspace.playbook(HERE / "each_for_itself.yml", "-e", json.dumps(variables))
    print(each.output)
    assert each.code == 0
    assert len(imports.read_text(encoding="utf-8").splitlines()) == TASKS

    few = {**variables, "mailboxes": ["mailbox0", "mailbox1"], "mailbox_quota": "60GB"}
    predicted = workspace.playbook(PLAYBOOKS / "exchange_mailboxes.yml", "--check", "-e", json.dumps(few))
    print(predicted.output)
    assert (predicted.code, predicted.output.count("changed: [win1] => (item=mailbox")) == (0, 2)
