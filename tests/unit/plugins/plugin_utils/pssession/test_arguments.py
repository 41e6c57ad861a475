# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: what it means, and what it refuses with which words."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession import arguments

GUID = "5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4"


def test_options_are_called_as_in_ansible() -> None:
    line = "enter web1 -i hosts.yml -i more -e a=1 -u bob -k -J --vault-id dev@prompt --vault-password-file key -vv"
    options = arguments.parse(line.split())
    assert (options.command, options.host) == ("enter", "web1")
    assert options.inventory == ["hosts.yml", "more"]
    assert options.extra_vars == ["a=1"]
    assert (options.remote_user, options.ask_pass, options.ask_vault_pass) == ("bob", True, True)
    assert (options.vault_ids, options.vault_password_files) == (["dev@prompt"], ["key"])
    assert options.verbosity == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("enter web1", ([], [], [])),
        ("enter web1 --name build", (["build"], [], [])),
        ("enter web1 --id 3", ([], [3], [])),
        (f"enter web1 --instance-id {GUID.upper()}", ([], [], [GUID])),
        ("remove web1 --name a --name b*", (["a", "b*"], [], [])),
        ("remove web1 --id 3 --id 4", ([], [3, 4], [])),
    ],
)
def test_selectors(line: str, expected: tuple[list[str], list[int], list[str]]) -> None:
    options = arguments.parse(line.split())
    assert (options.name, options.id, options.instance_id) == expected
    assert arguments.selected(options) == any(expected)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "COMMAND"),
        ("connect web1", "connect"),
        ("enter", "HOST"),
        ("enter web1 --name a --id 1", "--id"),
        ("enter web1 --name a --name b", "one session only"),
        ("enter web1 --id one", "invalid int value: 'one'"),
        ("enter web1 --instance-id 42", "'42' is no GUID; pssession sessions --json shows"),
        ("enter web1 --name a --configuration-name JEA", "--configuration-name JEA is for a new session"),
        ("remove --name a", "HOST-PATTERN"),
        ("sessions --computer", "add a HOST-PATTERN"),
        ("status --computer", "--computer"),
    ],
)
def test_wrong_usage(line: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        arguments.parse(line.split())
    assert raised.value.code == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("command", ["sessions", "enter", "remove", "status", "stop"])
def test_help_states_the_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        arguments.parse([command, "--help"])
    assert raised.value.code == 0
    assert "2 wrong usage" in " ".join(capsys.readouterr().out.split())
