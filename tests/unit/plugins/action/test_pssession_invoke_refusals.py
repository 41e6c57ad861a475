# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pssession_invoke refuses before anything is sent."""

from __future__ import annotations

import typing

import pytest
from ansible.errors import AnsibleError

from ansible_collections.remoting.powershell.tests.unit.plugins.action.running import run_action
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import FakeBroker


def _nested(levels: int) -> list[typing.Any]:
    """A list in a list in a list."""
    value: list[typing.Any] = []
    for _level in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "one of the following is required: script, path, command"),
        ({"script": "1", "command": "2"}, "mutually exclusive: script|path|command"),
        ({"script": "1", "scripts": "2"}, "Unsupported parameters"),
        ({"script": "1", "error_action": "ignore"}, "error_action must be one of"),
        ({"script": "1", "sensitive_parameters": [{"name": "x"}]}, "one of the following is required"),
        ({"script": "'\0'"}, r"script holds a nul character \(at character 2\)"),
        ({"command": "a\0"}, "command is 'a\\\\x00': a nul character"),
        ({"command": " "}, "command is ' ': it must not be empty"),
        ({"script": "1", "in_disconnected_session": True, "session_name": ""}, "session_name is '': set it to"),
        ({"script": "1", "in_disconnected_session": True, "session_name": "n" * 256}, "has 255 characters at most"),
        ({"script": "1", "parameters": {"": 1}}, "parameters has the name ''"),
        ({"script": "1", "parameters": {"A": 1, "a": 2}}, "parameters has 'a', and 'A' of parameters is the same"),
        (
            {"script": "1", "parameters": {"A": 1}, "sensitive_parameters": [{"name": "a", "value": "x"}]},
            "sensitive_parameters has 'a', and 'A' of parameters",
        ),
        ({"script": "1", "parameters": {"A": [{"b": object()}]}}, r"parameters\['A'\]\[0\]\['b'\] is of the type"),
        ({"script": "1", "arguments": [{"__pssession__": 1}]}, r"arguments\[0\] has the key __pssession__"),
        ({"script": "1", "input": [_nested(200)]}, "is nested more than 40 levels"),
        ({"script": "1", "depth": 0}, "depth is 0: it must be from 1 to 99"),
        ({"script": "1", "depth": 100}, "depth is 100: it must be from 1 to 99"),
        ({"script": "1", "timeout": float("nan")}, "timeout is nan: it must be a number"),
        ({"script": "1", "timeout": float("inf")}, "timeout is inf: it must be a number"),
        (
            {"command": "x", "error_action": "stop", "parameters": {"erroraction": "Continue"}},
            "error_action is 'stop', and parameters has 'erroraction', which means the same",
        ),
    ],
)
def test_wrong_arguments_fail_before_anything_is_sent(
    make_connection: MakeConnection, broker: FakeBroker, arguments: dict[str, typing.Any], message: str
) -> None:
    with pytest.raises(AnsibleError, match=message.replace("|", r"\|")):
        run_action("pssession_invoke", make_connection(), arguments)
    assert not broker.seen
