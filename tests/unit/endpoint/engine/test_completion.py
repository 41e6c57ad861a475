# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TabExpansion2 and the prompt function, as a client gets them (test process)."""

from __future__ import annotations

import collections.abc
import pathlib
import typing

import psrpcore
import pytest

from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, outputs, script


@pytest.fixture(scope="module")
def prepared() -> collections.abc.Iterator[EngineClient]:
    client = EngineClient(EmbeddedEngine())
    text = """
$tab_text = 'x'; $tab_table = @{ first_key = 1 }; ${tab odd} = 2; $env:TAB_VAR = 1; Set-Alias tab-alias Get-Item
function Get-TabThing { [CmdletBinding()] param([string[]]$Path, [System.ConsoleColor]$Shade) }
"""
    client.run(script(text))
    yield client
    client.close()


def _complete(client: EngineClient, text: str, cursor: int | None = None) -> typing.Any:
    command = psrpcore.Command("TabExpansion2")
    command.add_parameter("inputScript", text)
    command.add_parameter("cursorColumn", len(text) if cursor is None else cursor)
    [completion] = outputs(client.run_events(command))
    return completion


def _texts(client: EngineClient, text: str) -> list[str]:
    completion = _complete(client, text)
    start, length = completion.ReplacementIndex, completion.ReplacementLength
    return [text[:start] + match.CompletionText + text[start + length :] for match in completion.CompletionMatches]


CASES = {
    "Get-TabTh": ["Get-TabThing"],
    "'a' | Get-TabTh": ["'a' | Get-TabThing"],
    "$x = Get-TabTh": ["$x = Get-TabThing"],
    "tab-al": ["tab-alias"],
    "Get-TabThing -Pa": ["Get-TabThing -Path"],
    "Get-TabThing -Path a -S": ["Get-TabThing -Path a -Shade"],
    "Get-TabThing -ErrorA": ["Get-TabThing -ErrorAction"],
    "Get-TabThing -Shade DarkY": ["Get-TabThing -Shade DarkYellow"],
    "tab-alias -LiteralP": ["tab-alias -LiteralPath"],
    "Get-Item $tab_t": ["Get-Item $tab_table", "Get-Item $tab_text"],
    "$tab": ["${tab odd}", "$tab_table", "$tab_text"],
    "$env:TAB_": ["$env:TAB_VAR"],
    '"see $tab_te': ['"see $tab_text'],
    "'$tab_te": [],
    "$tab_text.Subs": ["$tab_text.Substring("],
    "$tab_text.Len": ["$tab_text.Length"],
    "$tab_table.first": ["$tab_table.first_key"],
    "[math]::Sq": ["[math]::Sqrt("],
    "[System.DayOfWeek]::Sat": ["[System.DayOfWeek]::Saturday"],
    "$nothing_here.": [],
    "No-SuchThing -": [],
}


@pytest.mark.parametrize("text", CASES)
def test_completes(prepared: EngineClient, text: str) -> None:
    assert _texts(prepared, text) == CASES[text]


def test_a_completion_has_all_that_a_list_shows(prepared: EngineClient) -> None:
    completion = _complete(prepared, "Get-TabThing -Pat 1", cursor=17)
    assert (completion.ReplacementIndex, completion.ReplacementLength) == (13, 4)
    assert completion.PSObject.type_names[0] == "Deserialized.System.Management.Automation.CommandCompletion"
    [match] = completion.CompletionMatches
    assert (match.CompletionText, match.ListItemText, match.ToolTip) == ("-Path", "Path", "[String[]] Path")
    assert str(match.ResultType) == "ParameterName"


def test_paths_are_completed(prepared: EngineClient, tmp_path: pathlib.Path) -> None:
    (tmp_path / "with space").mkdir()
    (tmp_path / "within.txt").touch()
    (tmp_path / ".hidden").touch()
    prepared.run(script("param($Path) Set-Location -LiteralPath $Path", Path=str(tmp_path)))
    assert _texts(prepared, "Get-Item with") == ["Get-Item './with space'", "Get-Item ./within.txt"]
    assert _texts(prepared, f"Get-Item {tmp_path}/withi") == [f"Get-Item {tmp_path}/within.txt"]
    assert _texts(prepared, f"Get-Item '{tmp_path}/with s") == [f"Get-Item '{tmp_path}/with space'"]
    kinds = [str(match.ResultType) for match in _complete(prepared, "./w").CompletionMatches]
    assert kinds == ["ProviderContainer", "ProviderItem"]


def test_the_prompt_tells_the_location_and_can_be_replaced(prepared: EngineClient) -> None:
    prepared.run(script("Set-Location /"))
    assert outputs(prepared.run_events(psrpcore.Command("prompt"))) == ["PS /> "]
    prepared.run(script("function prompt { 'mine> ' }"))
    assert outputs(prepared.run_events(psrpcore.Command("prompt"))) == ["mine> "]
