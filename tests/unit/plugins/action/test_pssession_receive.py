# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pssession_receive against a broker that answers as told."""

from __future__ import annotations

import json
import typing

import pytest
from ansible.errors import AnsibleError

from ansible_collections.remoting.powershell.plugins.plugin_utils._results import OUTCOME_TAG
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Receive, Selector
from ansible_collections.remoting.powershell.tests.unit.plugins.action.running import run_action
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION, FakeBroker


def outcome(**fields: typing.Any) -> list[typing.Any]:
    """The record that a script of pssession_invoke ends with."""
    values = {"changed": True, "failed": False, "result": {}, "diff": {}, "skipped": "", **fields}
    return ["information", {"tags": [OUTCOME_TAG], "message_data": json.dumps(values)}]


def receive(connection: typing.Any, arguments: dict[str, typing.Any] | None = None) -> dict[str, typing.Any]:
    """The module's result."""
    return run_action("pssession_receive", connection, arguments or {})


def test_it_asks_for_one_session(make_connection: MakeConnection, broker: FakeBroker) -> None:
    receive(make_connection(), {"name": "Nightly", "wait": False, "timeout": 3, "remove": True})
    message = broker.seen[0].message
    assert isinstance(message, Receive)
    assert (message.selector, message.wait, message.timeout, message.remove, message.output) == (
        Selector(names=["Nightly"]),
        False,
        3.0,
        True,
        "objects",
    )


def test_the_script_says_what_became_of_it_once_it_has_ended(
    make_connection: MakeConnection, broker: FakeBroker
) -> None:
    broker.answer_run([["output", 1], outcome(changed=False, result={"a": 1})])
    result = receive(make_connection())
    assert (result["state"], result["changed"], result["failed"], result["rc"]) == ("completed", False, False, 0)
    assert (result["output"], result["result"], result["output_truncated"]) == ([1], {"a": 1}, False)
    assert result["session"] == SESSION


def test_before_the_end_nothing_was_changed(make_connection: MakeConnection, broker: FakeBroker) -> None:
    broker.answer_run([["output", 1]], state="running", truncated=True, warnings=["output was lost"])
    result = receive(make_connection())
    assert (result["state"], result["changed"], result["failed"], result["rc"]) == ("running", False, False, None)
    assert (result["output"], result["output_truncated"]) == ([1], True)
    assert "msg" not in result


def test_a_command_without_an_outcome_has_changed_something(
    make_connection: MakeConnection, broker: FakeBroker
) -> None:
    broker.answer_run([["output", 1]])
    assert receive(make_connection())["changed"] is True


def test_what_was_delivered_before_is_no_change_again(make_connection: MakeConnection, broker: FakeBroker) -> None:
    broker.answer_run()
    result = receive(make_connection())
    assert (result["state"], result["changed"], result["failed"], result["output"]) == ("completed", False, False, [])


def test_a_session_that_runs_nothing_is_no_error(make_connection: MakeConnection, broker: FakeBroker) -> None:
    broker.answer_run(state="none")
    result = receive(make_connection(), {"wait": False})
    assert (result["state"], result["changed"], result["failed"], result["output"]) == ("none", False, False, [])


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_a_script_that_failed_fails_the_task(make_connection: MakeConnection, broker: FakeBroker, state: str) -> None:
    broker.answer_run([["output", 1]], state=state)
    result = receive(make_connection())
    assert (result["state"], result["failed"], result["rc"], result["had_errors"]) == (state, True, 1, True)
    assert result["msg"]


def test_check_mode_skips_what_would_wait(make_connection: MakeConnection, broker: FakeBroker) -> None:
    result = run_action("pssession_receive", make_connection(), {}, check_mode=True)
    assert (result["skipped"], result["changed"]) == (True, False)
    assert not broker.seen


def test_check_mode_receives_without_waiting_and_removes_nothing(
    make_connection: MakeConnection, broker: FakeBroker
) -> None:
    run_action("pssession_receive", make_connection(), {"wait": False, "remove": True}, check_mode=True)
    assert (broker.seen[0].message.wait, broker.seen[0].message.remove) == (False, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "web*"}, r"name is 'web\*', which holds a wildcard: output is received of one session at a time"),
        ({"timeout": 0}, "timeout is 0: it must be a number of seconds, more than 0"),
        ({"timeout": "nan"}, "timeout is nan"),
        ({"timeout": "inf"}, "timeout is inf"),
        ({"name": ["a", "b"]}, "one session is wanted here"),
        ({"id": 1, "name": "x"}, "name and id are mutually exclusive"),
        ({"name": ""}, "name is ''"),
    ],
)
def test_wrong_arguments_fail_before_anything_is_sent(
    make_connection: MakeConnection, broker: FakeBroker, arguments: dict[str, typing.Any], message: str
) -> None:
    with pytest.raises(AnsibleError, match=message):
        receive(make_connection(), arguments)
    assert not broker.seen
