# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pssession_connect and pssession_disconnect, whose requests are answered in the same way."""

from __future__ import annotations

import typing

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    ConnectSessions,
    DisconnectSessions,
    Failure,
    ListSessions,
    Result,
    Selector,
    Sessions,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.action.running import run_action
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION, FakeBroker

GUID = "5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4"
ROW = {**SESSION, "instance_id": GUID, "state": "Opened"}
OTHER = {**SESSION, "id": 2, "name": "other", "state": "Broken"}


@pytest.mark.parametrize(
    ("arguments", "selector"),
    [
        ({}, Selector()),
        ({"name": "Nightly"}, Selector(names=["Nightly"])),
        ({"id": 3}, Selector(ids=[3])),
        ({"instance_id": "{" + GUID.upper() + "}"}, Selector(instance_ids=[GUID])),
    ],
)
@pytest.mark.parametrize("name", ["pssession_connect", "pssession_disconnect"])
def test_one_session_returns_the_fields_themselves(
    make_connection: MakeConnection,
    broker: FakeBroker,
    name: str,
    arguments: dict[str, typing.Any],
    selector: Selector,
) -> None:
    broker.answer_results(Result(ROW, changed=True))
    result = run_action(name, make_connection(), arguments)
    assert (result["changed"], result["session"]) == (True, ROW)
    assert "results" not in result and "diff" not in result
    message = broker.seen[0].message
    assert isinstance(message, ConnectSessions if name == "pssession_connect" else DisconnectSessions)
    assert (message.selector, message.check) == (selector, False)


@pytest.mark.parametrize("arguments", [{"name": "web*"}, {"name": ["x"]}, {"id": [1, 2]}, {"name": "a,b"}])
def test_several_sessions_return_rows(
    make_connection: MakeConnection, broker: FakeBroker, arguments: dict[str, typing.Any]
) -> None:
    broker.answer_results(Result(ROW, changed=False), Result(OTHER, error=Failure("failed", "It is Broken.")))
    result = run_action("pssession_connect", make_connection(), arguments)
    assert (result["changed"], result["failed"]) == (False, True)
    assert result["results"] == [
        {"changed": False, "session": ROW},
        {"changed": False, "failed": True, "msg": "It is Broken.", "session": OTHER},
    ]
    assert result["msg"] == "1 of 2 sessions failed. other (Id 2): It is Broken."


def test_a_name_that_fits_several_returns_rows(make_connection: MakeConnection, broker: FakeBroker) -> None:
    broker.answer_results(Result(ROW, changed=True), Result(OTHER))
    result = run_action("pssession_connect", make_connection(), {"name": "x"})
    assert [row["changed"] for row in result["results"]] == [True, False]
    assert (result["changed"], result["failed"]) == (True, False)


def test_no_session_at_all_is_not_the_implicit_one(make_connection: MakeConnection, broker: FakeBroker) -> None:
    result = run_action("pssession_disconnect", make_connection(), {"name": []})
    assert (result["results"], result["changed"], result["failed"]) == ([], False, False)
    assert not broker.seen


@pytest.mark.parametrize(("kind", "error"), [("failed", AnsibleError), ("unreachable", AnsibleConnectionFailure)])
def test_one_sessions_failure_is_the_tasks(
    make_connection: MakeConnection, broker: FakeBroker, kind: str, error: type[Exception]
) -> None:
    broker.answer_results(Result(ROW, error=Failure(kind, "it is held by another client")))
    with pytest.raises(error, match="it is held by another client"):
        run_action("pssession_connect", make_connection(), {"id": 1})


def test_check_mode_predicts_and_a_difference_shows_the_states(
    make_connection: MakeConnection, broker: FakeBroker
) -> None:
    before = {**ROW, "instance_id": GUID.upper(), "state": "Disconnected"}
    broker.answers.append([Sessions([before], {})])
    broker.answer_results(Result(ROW, changed=True))
    result = run_action("pssession_connect", make_connection(), {"id": 1}, check_mode=True, diff=True)
    assert result["diff"] == {"before": "WinRM1 (Id 1): Disconnected\n", "after": "WinRM1 (Id 1): Opened\n"}
    listing, request = (seen.message for seen in broker.seen)
    assert isinstance(listing, ListSessions)
    assert (listing.scope, request.check) == ("computer", True)


def test_disconnect_hands_on_its_options(make_connection: MakeConnection, broker: FakeBroker) -> None:
    broker.answer_results(Result(ROW, changed=True))
    arguments = {"idle_timeout": 3600, "output_buffering_mode": "drop"}
    run_action("pssession_disconnect", make_connection(), arguments)
    message = broker.seen[0].message
    assert (message.idle_timeout, message.output_buffering_mode) == (3600, "Drop")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"idle_timeout": 59}, "idle_timeout is 59: it must be from 60 to 2147483 seconds"),
        ({"name": "x", "instance_id": GUID}, "name and instance_id are mutually exclusive"),
        ({"instance_id": "5ac2"}, "instance_id is '5ac2': it must be a GUID such as"),
        ({"id": 0}, "id is 0: Ids begin at 1"),
        ({"output_buffering_mode": "None"}, "value of output_buffering_mode must be one of: Block, Drop"),
    ],
)
def test_wrong_arguments_fail_before_anything_is_sent(
    make_connection: MakeConnection, broker: FakeBroker, arguments: dict[str, typing.Any], message: str
) -> None:
    with pytest.raises(AnsibleError, match=message):
        run_action("pssession_disconnect", make_connection(), arguments)
    assert not broker.seen
