# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The display of sessions: Id, Name, ComputerName, State, ConfigurationName and Availability, as PowerShell has it."""

from __future__ import annotations

import json

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, module
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

HEADINGS = ["Id", "Name", "ComputerName", "State", "ConfigurationName", "Availability"]
FIELDS = ("id", "name", "computer_name", "state", "configuration_name", "availability")


def _cells(table: str) -> list[list[str]]:
    """The cells of a table's lines below its headings."""
    lines = [line.split() for line in table.splitlines() if line.strip()]
    start = lines.index(HEADINGS)
    assert lines[start + 1] == ["-" * len(heading) for heading in HEADINGS]
    return lines[start + 2 :]


def test_table_of_sessions(stage: Stage, elsewhere: Workspace, endpoint: EndpointProcess) -> None:
    Stage(elsewhere, endpoint).play([module("make", "pssession", {"name": "Theirs"})])
    played = stage.play(
        [
            module("make", "pssession", {"name": ["Work", "Away"]}),
            module("leave", "pssession_disconnect", {"name": "Away"}),
            module("listed", "pssession_info", {}),
            module("all", "pssession_info", {"scope": "computer"}),
        ]
    )
    rows = {row["name"]: row for row in played.row("listed").result["sessions"]}
    host = endpoint.ready["addresses"]["win1"]
    expected = {
        "Work": [str(rows["Work"]["id"]), "Work", host, "Opened", "Microsoft.PowerShell", "Available"],
        "Away": [str(rows["Away"]["id"]), "Away", host, "Disconnected", "Microsoft.PowerShell", "None"],
        # Who does not hold a session has no Id for it, and cannot connect as long as another client does.
        "Theirs": ["Theirs", host, "Disconnected", "Microsoft.PowerShell", "Busy"],
    }
    assert {name: [str(row[field]) for field in FIELDS] for name, row in rows.items()} == {
        name: expected[name] for name in ("Work", "Away")
    }
    theirs = next(row for row in played.row("all").result["sessions"] if row["name"] == "Theirs")
    assert [theirs[field] for field in FIELDS] == [None, *expected["Theirs"]]

    workspace = stage.workspace
    current = workspace.pssession("sessions", "win1")
    computer = workspace.pssession("sessions", "win1", "--computer")
    as_json = workspace.pssession("sessions", "win1", "--json")
    print(current.output, computer.output, as_json.output)
    assert current.code == computer.code == as_json.code == 0
    assert sorted(_cells(current.output)) == sorted([expected["Work"], expected["Away"]])
    assert sorted(_cells(computer.output)) == sorted(expected.values())
    assert {row["name"] for row in json.loads(as_json.output)} == {"Work", "Away"}

    removed = workspace.pssession("remove", "win1", "--name", "*", "--computer", "--force")
    print(removed.output)
    assert removed.code == 0
    assert endpoint.shells() == []
