# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of a task: nothing that it returns has them, whatever a script makes of them."""

from __future__ import annotations

import json
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils import _masking

KEY = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n}\n-----END KEY-----\n"


def row(**fields: typing.Any) -> dict[str, typing.Any]:
    """A result of one session."""
    return {"rc": 1, "output": [], "error": [], "information": [], "session": {"id": 1}, **fields}


@pytest.mark.parametrize(
    "fields",
    [
        {"output": ["swordfish", {"a": [{"b": "my swordfish!"}]}]},
        {"output": [{"swordfish": 1, "x": [{"my swordfish": {}}]}]},
        {"result": {"swordfish": {"swordfish": "swordfish"}}},
        {"diff": [{"before": {"swordfish": 1}, "after": "swordfish"}]},
        {"information": [{"message_data": {"swordfish": 1}, "tags": ["swordfish"]}]},
        {"error": [{"target_object": {"swordfish": 1}, "output": "swordfish", "exception": {"message": "swordfish"}}]},
        {"host_out": "a swordfish\r\n"},
    ],
)
def test_neither_a_value_nor_a_key_shows_a_secret(fields: dict[str, typing.Any]) -> None:
    hidden = _masking.secrets(["swordfish"])
    for result in (row(**fields), {"results": [row(), row(**fields)]}):
        found = _masking.masked(result, hidden)
        assert "swordfish" not in json.dumps(found)
        assert [part["session"] for part in found.get("results", [found])][-1] == {"id": 1}


def test_fields_keep_their_names_whatever_the_secret_is() -> None:
    given = row(diff={"before": "x", "after": "y"}, error=[{"target_object": None, "exception": {"message": "m"}}])
    for secret in ("output", "before", "message", "id"):
        assert _masking.masked(json.loads(json.dumps(given)), _masking.secrets([secret])) == given


def test_without_secrets_a_result_is_what_it_was() -> None:
    result = row(output=[{"a": 1}])
    assert _masking.masked(result, _masking.secrets([""])) is result


def test_lines_of_a_secret_are_secrets() -> None:
    assert _masking.secrets([KEY]) == {KEY, "-----BEGIN KEY-----", "MIIEpAIBAAKCAQEA", "-----END KEY-----"}
    assert _masking.secrets(["1234\r\n"]) == {"1234\r\n", "1234"}
    found = _masking.masked(row(output=KEY.splitlines()), _masking.secrets([KEY]))
    assert "MIIE" not in json.dumps(found) and "}" in found["output"]
