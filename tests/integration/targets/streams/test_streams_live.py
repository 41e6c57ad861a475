# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running script tells people is shown with -v while it runs, and only then."""

from __future__ import annotations

import pathlib
import subprocess
import threading
import typing

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

TALK = """
param([securestring]$Token)
Write-Host 'first line'
Write-Warning -Message 'careful'
1..50 | ForEach-Object -Process { Write-Progress -Activity 'Counting' -Status 'Busy' -PercentComplete (2 * $_) }
while (-not (Test-Path -LiteralPath '@gate@')) { Start-Sleep -Milliseconds 50 }
Write-Host 'last line hunter2'
"""


def _task(gate: pathlib.Path, **more: typing.Any) -> dict[str, typing.Any]:
    sensitive = [{"name": "Token", "value": "hunter2"}]
    options = {"script": TALK.replace("@gate@", str(gate)), "sensitive_parameters": sensitive}
    return {"name": "Talk", "remoting.powershell.pssession_invoke": options, **more}


def _read_until(process: subprocess.Popen[str], text: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"{text!r} was not shown: {lines}")


def test_lines_come_while_the_script_runs(workspace: Workspace) -> None:
    gate = workspace.scratch / "gate"
    play = workspace.scratch / "play.json"
    play.write_text(workspace.as_json([_task(gate)]), encoding="utf-8")
    # Core's own output is line buffered on a terminal only.
    workspace.environment["PYTHONUNBUFFERED"] = "1"
    process = workspace.start("ansible-playbook", "-v", str(play))
    # Where nothing is shown the script ends all the same, and the test fails instead of hanging.
    last_resort = threading.Timer(60, gate.touch)
    last_resort.start()
    before = "".join(_read_until(process, "Counting: Busy: 2 %"))
    last_resort.cancel()
    assert not gate.exists()
    assert [text for text in ("first line", "WARNING: careful") if text not in before] == []
    # Only now may it end, so what was read came while it ran.
    gate.touch()
    after = workspace.finish(process)
    assert after.code == 0, after.output
    shown, _result, _rest = after.output.partition("changed: [win1]")
    assert "last line " in shown
    assert "hunter2" not in before + after.output


@pytest.mark.parametrize(("verbosity", "more"), [((), {}), (("-v",), {"no_log": True})])
def test_nothing_is_shown_to_who_did_not_ask_or_must_not_see(
    workspace: Workspace, verbosity: tuple[str, ...], more: dict[str, typing.Any]
) -> None:
    gate = workspace.scratch / "gate"
    gate.touch()
    outcome = workspace.play([_task(gate, **more)], *verbosity)
    assert outcome.code == 0, outcome.output
    assert "changed: [win1]" in outcome.output
    assert [text for text in ("first line", "careful", "Counting") if text in outcome.output] == []
