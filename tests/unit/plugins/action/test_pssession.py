# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pssession against a broker that answers as told."""

from __future__ import annotations

import typing

import pytest
from ansible.errors import AnsibleError

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    ConnectSessions,
    Failure,
    OpenSession,
    RemoveSessions,
    Result,
    Results,
    Selector,
    Sessions,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.action.running import run_action
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION, FakeBroker

GUID = "5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4"
ROW = {**SESSION, "instance_id": GUID, "state": "Opened"}


def present(connection: typing.Any, broker: FakeBroker, arguments: dict[str, typing.Any]) -> OpenSession:
    """The request that opens one session."""
    broker.answer_results(Result(ROW, changed=True))
    result = run_action("pssession", connection, arguments)
    assert (result["changed"], result["session"]) == (True, ROW)
    message = broker.seen[-1].message
    assert isinstance(message, OpenSession)
    return message


class TestPresent:
    def test_without_a_name_it_is_the_connections_session(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        connection = make_connection()
        message = present(connection, broker, {})
        assert vars(message.target) == vars(connection.target())
        assert (message.adopt, message.new, message.check) == (False, False, False)

    def test_a_name_makes_a_target_of_its_own(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        connection = make_connection()
        target = present(connection, broker, {"name": "Nightly", "adopt": True}).target
        changed = {name for name, value in vars(target).items() if value != vars(connection.target())[name]}
        # The short idle timeout of implicit sessions is not that of named ones.
        assert changed == {"session_name", "idle_timeout"}
        assert (target.session_name, target.idle_timeout) == ("Nightly", None)
        assert broker.seen[-1].message.adopt is True

    def test_the_connections_idle_timeout_counts_for_named_ones(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        connection = make_connection(ansible_pssession_idle_timeout=900)
        assert present(connection, broker, {"name": "x"}).target.idle_timeout == 900
        assert present(connection, broker, {"name": "x", "idle_timeout": 60}).target.idle_timeout == 60

    def test_every_option_of_a_new_session(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        options = {
            "application_arguments": {"ticket": "CHG1", "count": 2},
            "configuration_name": "PowerShell.7",
            "culture": "de-DE",
            "idle_timeout": 7200,
            "no_profile": True,
            "ui_culture": "fr",
        }
        arguments = {"name": "x", "output_buffering_mode": "block", **options}
        target = present(make_connection(), broker, arguments).target
        assert {name: getattr(target, name) for name in options} == options
        assert target.output_buffering_mode == "Block"

    def test_an_escaped_wildcard_is_part_of_the_name(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        assert present(make_connection(), broker, {"name": "a`*"}).target.session_name == "a*"

    @pytest.mark.parametrize("selector", [{"id": 3}, {"instance_id": GUID}])
    def test_what_exists_is_connected(
        self, make_connection: MakeConnection, broker: FakeBroker, selector: dict[str, typing.Any]
    ) -> None:
        broker.answer_results(Result(ROW, changed=True))
        run_action("pssession", make_connection(), selector, check_mode=True)
        message = broker.seen[0].message
        assert isinstance(message, ConnectSessions)
        assert message.check is True

    def test_several_names_are_one_request(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        def answer(request: OpenSession) -> list[typing.Any]:
            rows = {name: Result({**ROW, "name": name}, changed=True) for name in request.names}
            failed = Failure("failed", "The server has no room for a session b.")
            rows["b"] = Result({"name": "b"}, error=failed)
            return [Results(list(rows.values()))]

        broker.answer_with = answer
        result = run_action("pssession", make_connection(), {"name": ["a", "b", "A", "c"]})
        assert [row["session"]["name"] for row in result["results"]] == ["a", "b", "c"]
        assert [row["changed"] for row in result["results"]] == [True, False, True]
        assert (result["changed"], result["failed"]) == (True, True)
        assert result["msg"] == "1 of 3 sessions failed. b: The server has no room for a session b."
        assert broker.seen[-1].message.names == ["a", "b", "c"]
        # They are named ones: each stays for as long as the server says.
        assert broker.seen[-1].message.target.idle_timeout is None

    def test_a_list_of_one_name_has_one_row(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answer_results(Result(ROW))
        assert run_action("pssession", make_connection(), {"name": ["a"]})["results"][0]["session"] == ROW
        assert broker.seen[-1].message.names == ["a"]

    def test_a_difference_shows_what_was_made(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answers.append([Sessions([], {})])
        broker.answer_results(Result(ROW, changed=True))
        result = run_action("pssession", make_connection(), {"name": "x"}, diff=True)
        assert result["diff"] == {"before": "WinRM1 (Id 1): absent\n", "after": "WinRM1 (Id 1): Opened\n"}

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"name": "web*"}, r"name is 'web\*', which holds a wildcard: a session that is made needs a name"),
            ({"id": 3, "culture": "de-DE"}, "culture is 'de-DE', .* id 3 names one that exists"),
            ({"name": "x", "idle_timeout": 30}, "idle_timeout is 30: it must be from 60"),
            ({"name": "x", "culture": "no culture"}, "culture is 'no culture': it must be the name of a culture"),
            ({"name": "x", "application_arguments": {"remoting.powershell": 1}}, "Use another key"),
            ({"name": "x", "configuration_name": " "}, "configuration_name is ' ': set it to the name of a session"),
            ({"configuration_name": "x"}, "Set name, or ansible_pssession_configuration_name"),
            ({"no_profile": True}, "Set name, or ansible_pssession_no_profile"),
            ({"ssh": True, "name": "x", "culture": "de-DE"}, "culture is 'de-DE', and the transport ssh has no such"),
            ({"idle_timeout": 60}, r"it must be more than the connection's persist \(60\)"),
        ],
    )
    def test_wrong_arguments_fail_before_anything_is_sent(
        self, make_connection: MakeConnection, broker: FakeBroker, arguments: dict[str, typing.Any], message: str
    ) -> None:
        variables = {"ansible_pssession_transport": "ssh"} if arguments.pop("ssh", False) else {}
        with pytest.raises(AnsibleError, match=message):
            run_action("pssession", make_connection(**variables), arguments)
        assert not broker.seen

    def test_over_a_stream_there_is_no_idle_timeout(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        connection = make_connection(ansible_pssession_transport="ssh")
        target = present(connection, broker, {"name": "x", "application_arguments": {"a": 1}}).target
        assert (target.session_name, target.application_arguments) == ("x", {"a": 1})
        assert target.idle_timeout == connection.target().idle_timeout


class TestAbsent:
    def test_it_removes_what_the_selector_names(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answer_results(Result({**ROW, "state": "Closed"}, changed=True))
        arguments = {"state": "absent", "name": "web*", "scope": "computer", "force": True}
        result = run_action("pssession", make_connection(), arguments, check_mode=True)
        assert result["changed"] is True
        message = broker.seen[0].message
        assert isinstance(message, RemoveSessions)
        assert (message.selector, message.scope) == (Selector(names=["web*"]), "computer")
        assert (message.force, message.check) == (True, True)

    def test_none_to_remove_is_no_change(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answer_results()
        result = run_action("pssession", make_connection(), {"state": "absent", "name": "x"})
        assert (result["changed"], result["session"]) == (False, None)

    def test_a_difference_shows_what_is_gone(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answers.append([Sessions([ROW], {})])
        broker.answer_results(Result({**ROW, "state": "Closed"}, changed=True))
        result = run_action("pssession", make_connection(), {"state": "absent", "id": 1}, diff=True)
        assert result["diff"] == {"before": "WinRM1 (Id 1): Opened\n", "after": "WinRM1 (Id 1): absent\n"}

    def test_options_of_new_sessions_have_no_effect(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        # They may come from module_defaults.
        broker.answer_results()
        arguments = {"state": "absent", "id": 3, "idle_timeout": 3600}
        assert run_action("pssession", make_connection(), arguments)["changed"] is False
