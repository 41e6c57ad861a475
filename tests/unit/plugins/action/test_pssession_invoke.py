# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pssession_invoke against a broker that answers as told."""

from __future__ import annotations

import datetime
import pathlib
import threading
import typing

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.remoting.powershell.plugins.plugin_utils import scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import capability
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    Failure,
    Finished,
    ListSessions,
    Note,
    Records,
    Selector,
    Sessions,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.action.running import run_action
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION, FakeBroker

GUID = "5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4"


class TestOneSession:
    def test_a_script_runs_in_the_shared_session_and_scope(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        broker.answer_run([["output", 7]])
        result = run_action(
            "pssession_invoke",
            make_connection(),
            {
                "script": "param($Name) $Name",
                "parameters": {"Name": "x", "When": datetime.date(2026, 1, 2)},
                "arguments": [1, "two"],
                "sensitive_parameters": [
                    {"name": "Token", "value": "hunter2"},
                    {"name": "Credential", "username": "bob", "password": "hunter3"},
                ],
                "input": ["a", 1],
                "error_action": "stop",
                "timeout": 5,
            },
        )
        assert (result["output"], result["session"], result["changed"], result["failed"]) == ([7], SESSION, True, False)
        run = broker.runs[0]
        assert (run.shared, run.input, run.values, run.output, run.timeout) == (True, "values", ["a", 1], "objects", 5)
        (command,) = run.commands
        assert (command.text, command.is_script, command.use_local_scope) == (scripts.read("invoke"), True, False)
        ((name, settings),) = command.parameters
        assert name == "__pssession"
        assert settings == {
            "Script": "param($Name) $Name",
            "Parameters": {
                "Name": "x",
                "When": {"__pssession__": "datetime", "value": "2026-01-02"},
                "Token": {"__pssession__": "secure_string", "value": "hunter2"},
                "Credential": {"__pssession__": "credential", "user": "bob", "password": "hunter3"},
            },
            "Arguments": [1, "two"],
            "HasInput": True,
            "ErrorAction": "Stop",
            **dict.fromkeys(("Creates", "Removes", "Chdir"), ""),
            **dict.fromkeys(("CheckMode", "AsText", "Verbosity", "Depth"), 0),
            "MaxParts": 100_000,
        }

    def test_the_session_keeps_its_own_error_action(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        run_action("pssession_invoke", make_connection(), {"script": "1"}, check_mode=True)
        settings = broker.runs[0].commands[0].parameters[0][1]
        assert (settings["ErrorAction"], settings["CheckMode"], settings["HasInput"]) == ("", True, False)
        assert broker.runs[0].input == "none"

    def test_a_command_is_sent_without_a_script(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        arguments = {
            "command": "Restart-Service",
            "arguments": ["spooler"],
            "parameters": {"Force": True},
            "error_action": "stop",
        }
        run_action("pssession_invoke", make_connection(), arguments)
        (command,) = broker.runs[0].commands
        assert (command.text, command.is_script) == ("Restart-Service", False)
        assert command.parameters == [[None, "spooler"], ["Force", True], ["ErrorAction", "Stop"]]

    def test_a_command_is_skipped_in_check_mode(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        result = run_action("pssession_invoke", make_connection(), {"command": "Stop-Service"}, check_mode=True)
        assert (result["skipped"], result["changed"]) == (True, False)
        assert not broker.seen

    def test_what_came_before_the_timeout_is_returned(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        broker.answers.append([Records([["output", 1]]), Failure("stopped", "its timeout of 1 s is over")])
        result = run_action("pssession_invoke", make_connection(), {"script": "1", "timeout": 1})
        assert (result["failed"], result["output"], result["msg"]) == (True, [1], "its timeout of 1 s is over")
        assert (result["rc"], result["had_errors"], result["session"]) == (1, True, None)


class TestWhere:
    @pytest.mark.parametrize(
        ("arguments", "selector"),
        [
            ({}, Selector()),
            ({"name": "Nightly"}, Selector(names=["Nightly"])),
            ({"id": "3"}, Selector(ids=[3])),
            ({"instance_id": GUID}, Selector(instance_ids=[GUID])),
        ],
    )
    def test_one_session_is_the_brokers_to_find(
        self,
        make_connection: MakeConnection,
        broker: FakeBroker,
        arguments: dict[str, typing.Any],
        selector: Selector,
    ) -> None:
        result = run_action("pssession_invoke", make_connection(), {"script": "1", **arguments})
        (run,) = broker.runs
        assert (run.selector, run.temporary, run.leave) == (selector, False, False)
        assert (result["session"], result["output"]) == (SESSION, [])

    def test_several_sessions_run_at_once(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        everybody = threading.Barrier(3)

        def answer(request: typing.Any) -> list[typing.Any]:
            if isinstance(request, ListSessions):
                assert request.selector == Selector(names=["web*"])
                rows = [("web1", GUID), ("web2", GUID.replace("5", "6")), ("Exact", GUID.replace("5", "7"))]
                return [Sessions([{"id": 7, "name": name, "instance_id": text} for name, text in rows], {})]
            everybody.wait(30)
            if request.selector.instance_ids == [GUID]:
                return [Note("warning", "waiting for web1"), Failure("busy", "web1 runs something.")]
            name = request.selector.names or request.selector.instance_ids
            session = {"id": 1, "name": name[0]}
            return [Records([["output", name[0]]]), Finished("completed", session, warnings=["ran"])]

        broker.answer_with = answer
        result = run_action("pssession_invoke", make_connection(), {"script": "1", "name": ["exact", "web*"]})
        assert [row.get("output") for row in result["results"]] == [["exact"], None, [GUID.replace("5", "6")]]
        assert [row["failed"] for row in result["results"]] == [False, True, False]
        assert result["results"][1]["session"]["name"] == "web1"
        assert (result["changed"], result["failed"]) == (True, True)
        assert result["msg"] == "1 of 3 sessions failed. web1 (Id 7): web1 runs something."

    def test_rows_are_in_the_lists_order_and_each_session_has_one(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        held = {"b1": GUID, "b2": GUID.replace("5", "6")}

        def answer(request: typing.Any) -> list[typing.Any]:
            if isinstance(request, ListSessions):
                return [Sessions([{"id": 1, "name": name, "instance_id": text} for name, text in held.items()], {})]
            asked = request.selector
            names = asked.names or [name for name, text in held.items() if [text] == asked.instance_ids]
            return [Finished("completed", {"name": names[0]})]

        broker.answer_with = answer
        for given, rows in (
            (["z", "b*", "a", "B1"], ["z", "b1", "b2", "a"]),
            (["B1", "b*", "*"], ["B1", "b2"]),
        ):
            result = run_action("pssession_invoke", make_connection(), {"script": "1", "name": given})
            assert [row["session"]["name"] for row in result["results"]] == rows

    def test_the_one_whose_time_was_up_is_named(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answer_with = lambda request: [Failure("stopped", "its timeout of 1 s is over.")]
        result = run_action("pssession_invoke", make_connection(), {"script": "1", "id": [4], "timeout": 1})
        assert result["results"][0]["session"] == {"id": 4}
        assert result["msg"] == "1 of 1 sessions failed. session (Id 4): its timeout of 1 s is over."

    def test_what_the_broker_says_of_each_is_shown(
        self, make_connection: MakeConnection, broker: FakeBroker, warnings: list[str]
    ) -> None:
        broker.answer_with = lambda request: [
            Note("warning", f"note {request.selector.ids[0]}"),
            Finished("completed", dict(SESSION), warnings=[f"end {request.selector.ids[0]}"]),
        ]
        run_action("pssession_invoke", make_connection(), {"script": "1", "id": [1, 2]})
        assert sorted(warnings) == ["end 1", "end 2", "note 1", "note 2"]

    def test_a_wildcard_that_nothing_fits_is_said(
        self, make_connection: MakeConnection, broker: FakeBroker, warnings: list[str]
    ) -> None:
        broker.answers.append([Sessions([], {})])
        result = run_action("pssession_invoke", make_connection(), {"script": "1", "name": "web*"})
        assert (result["results"], result["changed"], result["failed"]) == ([], False, False)
        assert warnings == ["No session that is held fits name 'web*'."]

    def test_no_session_is_asked_where_none_is_named(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        assert run_action("pssession_invoke", make_connection(), {"script": "1", "id": []})["results"] == []
        assert not broker.seen

    def test_a_temporary_session(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        run_action("pssession_invoke", make_connection(), {"script": "1", "temporary": True})
        assert broker.runs[0].temporary is True

    def test_a_session_that_is_left(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        broker.answer_run(state="running")
        arguments = {"script": "1", "in_disconnected_session": True, "session_name": "night", "input": [1]}
        result = run_action("pssession_invoke", make_connection(), arguments)
        assert result == {"changed": True, "failed": False, "state": "running", "session": SESSION}
        (run,) = broker.runs
        assert (run.leave, run.target.session_name, run.values) == (True, "night", [1])
        # For how long it is kept if nothing is said the broker knows, who knows the server's maximum.
        assert (run.target.output_buffering_mode, run.target.idle_timeout) == ("Drop", None)

    def test_a_session_that_is_left_has_options(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        arguments = {
            "command": "Start-Backup",
            "in_disconnected_session": True,
            "idle_timeout": 172800,
            "output_buffering_mode": "block",
        }
        run_action("pssession_invoke", make_connection(ansible_pssession_session_name="mine"), arguments)
        target = broker.runs[0].target
        assert (target.session_name, target.idle_timeout, target.output_buffering_mode) == ("mine", 172800, "Block")

    def test_over_a_stream_nothing_can_be_left(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        connection = make_connection(ansible_pssession_transport="ssh")
        run_action("pssession_invoke", connection, {"script": "1", "in_disconnected_session": True})
        with pytest.raises(PSSessionError, match=r"ssh cannot leave a command .* \(in_disconnected_session\)"):
            capability.check(broker.runs[0])

    def test_none_is_left_in_check_mode(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        arguments = {"script": "1", "in_disconnected_session": True}
        assert run_action("pssession_invoke", make_connection(), arguments, check_mode=True)["skipped"] is True
        assert not broker.seen


class TestScripts:
    def test_settings_of_the_host(self, make_connection: MakeConnection, broker: FakeBroker) -> None:
        given = {"creates": "C:\\a", "removes": "C:\\b*", "chdir": "C:\\c", "depth": 5, "output_format": "text"}
        run_action("pssession_invoke", make_connection(), {"script": "1", **given})
        settings = broker.runs[0].commands[0].parameters[0][1]
        wanted = {"Creates": "C:\\a", "Removes": "C:\\b*", "Chdir": "C:\\c", "Depth": 6, "AsText": True}
        assert {name: settings[name] for name in wanted} == wanted

    def test_the_text_of_a_command_is_made_on_the_host(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        run_action("pssession_invoke", make_connection(), {"command": "Get-Service", "output_format": "text"})
        assert [(command.text, command.is_script, command.parameters) for command in broker.runs[0].commands] == [
            ("Get-Service", False, []),
            ("Out-String", False, [["Stream", True]]),
        ]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_a_file_is_found_beside_the_playbook(
        self, make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path, encoding: str
    ) -> None:
        (tmp_path / "files").mkdir()
        (tmp_path / "files" / "my.ps1").write_text("param($a) 'ä' + $a", encoding=encoding)
        arguments = {"path": "my.ps1", "arguments": ["b"]}
        run_action("pssession_invoke", make_connection(), arguments, basedir=str(tmp_path))
        settings = broker.runs[0].commands[0].parameters[0][1]
        assert (settings["Script"], settings["Arguments"]) == ("param($a) 'ä' + $a", ["b"])

    def test_a_vaulted_file_is_decrypted(
        self, make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
    ) -> None:
        secret = VaultSecret(b"password")
        (tmp_path / "my.ps1").write_bytes(VaultLib([("default", secret)]).encrypt(b"'it is secret'", secret))
        run_action(
            "pssession_invoke",
            make_connection(),
            {"path": "my.ps1"},
            basedir=str(tmp_path),
            vault_secrets=[("default", secret)],
        )
        assert broker.runs[0].commands[0].parameters[0][1]["Script"] == "'it is secret'"

    def test_a_file_that_is_not_there_is_named(
        self, make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
    ) -> None:
        with pytest.raises(AnsibleError, match=r"none\.ps1"):
            run_action("pssession_invoke", make_connection(), {"path": "none.ps1"}, basedir=str(tmp_path))
        assert not broker.seen

    def test_a_file_that_is_no_text_is_named(
        self, make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
    ) -> None:
        (tmp_path / "my.ps1").write_bytes(b"'\xe4'")
        with pytest.raises(AnsibleError, match=r"path is '.*my\.ps1', which is no text in utf-8 \(byte 1\)"):
            run_action("pssession_invoke", make_connection(), {"path": str(tmp_path / "my.ps1")})


class TestSecrets:
    ARGUMENTS: typing.ClassVar[dict[str, typing.Any]] = {
        "script": "param($Token) throw $Token",
        "sensitive_parameters": [{"name": "Token", "value": "hunter2"}],
    }

    def test_what_a_script_says_of_them_is_not_returned(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        entries = [["output", {"a": ["hunter2", "not hunter2!"]}], ["warning", "it is hunter2"]]
        error = {"output": "hunter2\r\n", "message": "hunter2"}
        broker.answer_run(entries, state="failed", error=error)
        result = run_action("pssession_invoke", make_connection(), self.ARGUMENTS)
        assert "hunter2" not in repr(result)
        assert (result["failed"], result["session"]) == (True, SESSION)

    def test_with_no_log_the_message_says_nothing_of_them(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        error = {"output": "boom\r\n", "message": "boom"}
        for hidden in (True, False):
            broker.answer_run([], state="failed", error=error)
            result = run_action("pssession_invoke", make_connection(), {"script": "throw 'boom'"}, no_log=hidden)
            assert ("boom" in result["msg"], "no_log" in result["msg"]) == (not hidden, hidden)
            assert result["error"][0]["output"] == "boom\r\n"

    def test_with_no_log_the_rows_of_several_sessions_are_not_shown(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        for hidden in (True, False):
            broker.answer_run([["output", "hunter2"]])
            result = run_action("pssession_invoke", make_connection(), {"name": ["a"], "script": "1"}, no_log=hidden)
            assert [row.get("_ansible_no_log", False) for row in result["results"]] == [hidden]

    def test_what_the_broker_says_of_them_is_not_shown(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        broker.answers.append([Failure("failed", "The value 'hunter2' cannot be sent.")])
        with pytest.raises(AnsibleError) as failure:
            run_action("pssession_invoke", make_connection(), self.ARGUMENTS)
        assert "hunter2" not in str(failure.value) and "cannot be sent" in str(failure.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "x", "temporary": True}, "temporary is true, which makes a new session. Remove name 'x'"),
        ({"id": [], "temporary": True}, "temporary is true, which makes a new session"),
        ({"id": 3, "in_disconnected_session": True}, "session_name names it. Remove id 3"),
        ({"temporary": True, "in_disconnected_session": True}, "are mutually exclusive"),
        ({"name": "x", "id": 3}, "name and id are mutually exclusive"),
        ({"session_name": "x"}, "session_name is 'x': it belongs to in_disconnected_session"),
        ({"idle_timeout": 600}, "idle_timeout is 600: it belongs to in_disconnected_session"),
        ({"in_disconnected_session": True, "idle_timeout": 59}, "idle_timeout is 59: it must be from 60"),
        ({"in_disconnected_session": True, "timeout": 5}, "timeout is 5: nobody waits"),
        ({"timeout": -1}, "timeout is -1: it must be a number of seconds, more than 0"),
        ({"depth": 100}, "depth is 100: it must be from 1 to 99"),
        ({"script": None, "command": "Get-Date", "chdir": "C:\\"}, "Remove chdir, or use script"),
        ({"script": None, "command": "Get-Date", "creates": "x"}, "Remove creates, or use script"),
        ({"script": None, "command": "Get-Date", "removes": "x"}, "Remove removes, or use script"),
        ({"script": None, "command": "Get-Date", "depth": 3}, "Remove depth, or use script"),
        ({"path": "x.ps1"}, r"mutually exclusive: script\|path\|command"),
    ],
)
def test_what_cannot_be_fails_before_anything_is_sent(
    make_connection: MakeConnection, broker: FakeBroker, arguments: dict[str, typing.Any], message: str
) -> None:
    given = {name: value for name, value in {"script": "1", **arguments}.items() if value is not None}
    with pytest.raises(AnsibleError, match=message):
        run_action("pssession_invoke", make_connection(), given)
    assert not broker.seen


def test_another_user_is_refused(make_connection: MakeConnection, broker: FakeBroker) -> None:
    with pytest.raises(AnsibleError, match=r"become \(become_user: SYSTEM\) does not work here: .* become: false"):
        run_action("pssession_invoke", make_connection(), {"script": "1"}, become_user="SYSTEM")
    assert broker.runs == []
