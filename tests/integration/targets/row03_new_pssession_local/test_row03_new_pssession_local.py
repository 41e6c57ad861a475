# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New-PSSession on the local computer: the controller itself is a host, and PowerShell a child of the broker."""

from __future__ import annotations

import pathlib
import typing

from ansible_collections.remoting.powershell.tests.integration.support.local import local_powershell
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, module
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace


def _variables(workspace: Workspace, pwsh: pathlib.Path | str) -> dict[str, typing.Any]:
    return {
        "ansible_connection": "remoting.powershell.pssession",
        "ansible_pssession_transport": "local",
        "ansible_pssession_pwsh_path": str(pwsh),
        "ansible_pssession_socket_dir": str(workspace.sockets),
    }


def test_session_on_the_local_computer(stage: Stage) -> None:
    workspace = stage.workspace
    with stage.endpoint.counting() as counts:
        played = stage.play(
            [
                module("make", "pssession", {"name": "Here"}),
                module("again", "pssession", {"name": "Here"}),
                module("leave", "pssession_invoke", {"name": "Here", "script": "$left = 'kept'"}),
                module("find", "pssession_invoke", {"name": "Here", "script": "$left"}),
                module("own", "pssession_invoke", {"script": '"[$left]"'}),
                module("listed", "pssession_info", {}),
                # Nothing but its client keeps it, so that it cannot be left.
                module("disconnect", "pssession_disconnect", {"name": "Here"}, ignore_errors=True),
                module("still", "pssession_invoke", {"name": "Here", "script": "$left"}),
                module("remove", "pssession", {"name": "*", "state": "absent"}),
                module("after", "pssession_info", {}),
            ],
            hosts="localhost",
            vars=_variables(workspace, local_powershell(workspace)),
        )
    made = played.row("make").result
    assert (made["changed"], made["session"]["transport"], made["session"]["state"]) == (True, "local", "Opened")
    assert not played.row("again").result["changed"]
    assert played.row("find").result["output"] == ["kept"]
    assert played.row("own").result["output"] == ["[]"]
    assert sorted(row["transport"] for row in played.row("listed").result["sessions"]) == ["local", "local"]
    disconnect = played.row("disconnect")
    assert disconnect.status == "failed"
    assert [word for word in ("local", "wsman") if word not in disconnect.message] == [], disconnect.message
    assert played.row("still").result["output"] == ["kept"]
    assert len(played.row("remove").result["results"]) == 2
    assert played.row("after").result["sessions"] == []
    assert counts["requests"] == 0


def test_no_powershell_on_the_local_computer(stage: Stage) -> None:
    missing = stage.workspace.root / "nowhere" / "pwsh"
    played = stage.play(
        [
            module("make", "pssession", {"name": "Here"}, ignore_errors=True, ignore_unreachable=True),
            module("listed", "pssession_info", {}),
        ],
        hosts="localhost",
        vars=_variables(stage.workspace, missing),
    )
    made = played.row("make")
    assert made.status != "ok"
    assert str(missing) in made.message
    assert "Traceback" not in played.outcome.output
    assert played.row("listed").result["sessions"] == []
