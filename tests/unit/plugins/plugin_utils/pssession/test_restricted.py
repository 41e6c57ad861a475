# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines as commands and parameters, for sessions without a language."""

from __future__ import annotations

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.restricted import commands_of

Expected = list[tuple[str, list[typing.Any]]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Get-Service", [("Get-Service", [])]),
        ("  Get-Service  spooler ", [("Get-Service", [[None, "spooler"]])]),
        ("Get-Service -Name spooler, 'a b'", [("Get-Service", [["Name", ["spooler", "a b"]]])]),
        ("Restart-Service -Name:spooler -Force", [("Restart-Service", [["Name", "spooler"], ["Force", True]])]),
        ("Restart-Service -Force -Name spooler", [("Restart-Service", [["Force", True], ["Name", "spooler"]])]),
        ("Set-It -On $true -Off $FALSE -No $null", [("Set-It", [["On", True], ["Off", False], ["No", None]])]),
        ("Get-It 5 -5 1.5 1.2.3 5x", [("Get-It", [[None, value] for value in (5, -5, 1.5, "1.2.3", "5x")])]),
        ("Get-It 'it''s' \"it's\" ''", [("Get-It", [[None, "it's"], [None, "it's"], [None, ""]])]),
        ("Get-It C:\\Users\\*.txt", [("Get-It", [[None, "C:\\Users\\*.txt"]])]),
        (
            "Get-Service | Select-Object -First 1 Name",
            [("Get-Service", []), ("Select-Object", [["First", 1], [None, "Name"]])],
        ),
    ],
)
def test_commands(line: str, expected: Expected) -> None:
    commands = commands_of(line)
    assert commands is not None
    assert [(command.text, command.parameters) for command in commands] == expected
    assert not any(command.is_script for command in commands)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "$a",
        "Get-It $a",
        "1 + 1; 2",
        "'text'",
        "Get-It (1)",
        "Get-It { 1 }",
        "Get-It @('a')",
        'Get-It "$a"',
        'Get-It "`n"',
        "Get-It a'b'",
        "Get-It > file",
        "Get-It a,",
        "Get-It , a",
        "Get-It |",
        "| Get-It",
        "& Get-It",
        "Get-It # all",
    ],
)
def test_what_has_to_be_evaluated_is_none(line: str) -> None:
    assert commands_of(line) is None


@given(st.text(max_size=30), st.text(alphabet="ab", min_size=1))
def test_any_quoted_text_is_itself(text: str, name: str) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    commands = commands_of(f"Get-It -{name} {quoted}")
    assert commands is not None
    assert commands[0].parameters == [[name, text]]


@given(st.text(alphabet="Get-It a,'\"|$(;-:1. ", max_size=30))
def test_any_line_is_taken_apart_or_refused(line: str) -> None:
    commands = commands_of(line)
    assert commands is None or all(command.text for command in commands)
