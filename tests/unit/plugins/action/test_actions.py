# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pssession_invoke and pssession_info against a broker that answers as told."""

from __future__ import annotations

import datetime
import typing

import ansible.template
import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import action_loader, connection_loader
from ansible.template import Templar

from ansible_collections.remoting.powershell.plugins.plugin_utils import scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import ListSessions, Sessions
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION, FakeBroker


def trusted(template: str) -> str:
    """A template as one of a playbook, which ansible-core 2.19 and later renders; earlier ones render any."""
    trust = getattr(ansible.template, "trust_as_template", str)
    return typing.cast(str, trust(template))


def run_action(
    name: str,
    connection: typing.Any,
    arguments: dict[str, typing.Any],
    variables: dict[str, typing.Any] | None = None,
    check_mode: bool = False,
    delegate_to: str | None = None,
) -> dict[str, typing.Any]:
    """Runs an action as ansible-core does."""
    loader = DataLoader()
    task = Task.load(
        {
            "action": f"remoting.powershell.{name}",
            "args": arguments,
            "check_mode": check_mode,
            "delegate_to": delegate_to,
        }
    )
    action = action_loader.get(
        f"remoting.powershell.{name}",
        task=task,
        connection=connection,
        play_context=PlayContext(),
        loader=loader,
        templar=Templar(loader=loader, variables=variables or {}),
        shared_loader_obj=None,
    )
    return dict(action.run(task_vars=variables or {}))


class TestInvoke:
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
            "CheckMode": False,
            "Verbosity": 0,
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

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "one of the following is required: script, command"),
            ({"script": "1", "command": "2"}, "mutually exclusive: script|command"),
            ({"script": "1", "scripts": "2"}, "Unsupported parameters"),
            ({"script": "1", "error_action": "ignore"}, "error_action must be one of"),
            ({"script": "1", "sensitive_parameters": [{"name": "x"}]}, "one of the following is required"),
        ],
    )
    def test_wrong_arguments_fail_before_anything_is_sent(
        self, make_connection: MakeConnection, broker: FakeBroker, arguments: dict[str, typing.Any], message: str
    ) -> None:
        with pytest.raises(AnsibleError, match=message.replace("|", r"\|")):
            run_action("pssession_invoke", make_connection(), arguments)
        assert not broker.seen


class TestInfo:
    def test_it_lists_what_the_broker_holds_to_the_host(
        self, make_connection: MakeConnection, broker: FakeBroker
    ) -> None:
        broker.answers.append([Sessions([dict(SESSION)], {"pid": 5})])
        connection = make_connection()
        result = run_action("pssession_info", connection, {})
        assert (result["sessions"], result["broker"], result["changed"]) == ([SESSION], {"pid": 5}, False)
        message = broker.seen[0].message
        assert isinstance(message, ListSessions)
        assert vars(message.target) == vars(connection.target())


class TestOtherConnections:
    def test_psrps_variables_make_our_connection(self, broker: FakeBroker, socket_dir: str) -> None:
        psrp = connection_loader.get("psrp", PlayContext(), "/dev/null")
        variables = {
            "ansible_host": trusted("{{ name }}.example.com"),
            "name": "web1",
            "ansible_psrp_user": "bob",
            "ansible_psrp_auth": "ntlm",
            "ansible_pssession_socket_dir": socket_dir,
        }
        run_action("pssession_invoke", psrp, {"script": "1"}, variables)
        target = broker.runs[0].target
        assert (target.host, target.user, target.auth) == ("web1.example.com", "bob", "ntlm")
        assert broker.hung_up.wait(30)

    def test_under_delegation_the_delegates_variables_count(self, broker: FakeBroker, socket_dir: str) -> None:
        psrp = connection_loader.get("psrp", PlayContext(), "/dev/null")
        delegate = {"ansible_host": "dc1.example.com", "ansible_pssession_socket_dir": socket_dir}
        variables = {"ansible_host": "web1", "ansible_delegated_vars": {"dc1": delegate}}
        run_action("pssession_invoke", psrp, {"script": "1"}, variables, delegate_to="dc1")
        target = broker.runs[0].target
        assert (target.host, target.inventory_hostname) == ("dc1.example.com", "dc1")

    def test_any_other_connection_is_told_what_to_set(self) -> None:
        local = connection_loader.get("local", PlayContext(), "/dev/null")
        with pytest.raises(AnsibleError, match=r"Set ansible_connection to remoting\.powershell\.pssession"):
            run_action("pssession_info", local, {})
