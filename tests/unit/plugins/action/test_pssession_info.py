# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pssession_info against a broker that answers as told."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import ListSessions, Selector, Sessions
from ansible_collections.remoting.powershell.tests.unit.plugins.action.running import run_action
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION, FakeBroker

ROWS: list[dict[str, typing.Any]] = [
    {**SESSION, "state": "Opened", "configuration_name": "Microsoft.PowerShell"},
    {"id": None, "name": "other", "state": "Disconnected", "configuration_name": "PowerShell.7"},
]


def info(connection: typing.Any, broker: FakeBroker, arguments: dict[str, typing.Any]) -> list[typing.Any]:
    """The names of the sessions that are returned."""
    broker.answers.append([Sessions([dict(row) for row in ROWS], {"pid": 5})])
    result = run_action("pssession_info", connection, arguments, check_mode=True)
    assert (result["broker"], result["changed"]) == ({"pid": 5}, False)
    return [row["name"] for row in result["sessions"]]


def test_it_lists_what_the_broker_holds_to_the_host(make_connection: MakeConnection, broker: FakeBroker) -> None:
    connection = make_connection()
    assert info(connection, broker, {}) == ["WinRM1", "other"]
    message = broker.seen[0].message
    assert isinstance(message, ListSessions)
    assert vars(message.target) == vars(connection.target())
    assert (message.scope, message.selector.implicit) == ("current", True)


def test_the_selector_and_the_scope_are_the_brokers_to_heed(
    make_connection: MakeConnection, broker: FakeBroker
) -> None:
    info(make_connection(), broker, {"name": ["web*", "Nightly"], "scope": "computer"})
    message = broker.seen[0].message
    assert (message.scope, message.selector) == ("computer", Selector(names=["web*", "Nightly"]))


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"state": "Disconnected"}, ["other"]),
        ({"state": "opened"}, ["WinRM1"]),
        ({"configuration_name": "powershell.7"}, ["other"]),
        ({"state": "Opened", "configuration_name": "PowerShell.7"}, []),
        ({"name": []}, []),
    ],
)
def test_filters_leave_the_rest_away(
    make_connection: MakeConnection, broker: FakeBroker, arguments: dict[str, typing.Any], names: list[str]
) -> None:
    assert info(make_connection(), broker, arguments) == names
