# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sessions, remove, status and stop, at a broker that answers as told."""

from __future__ import annotations

import json
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    Done,
    Failure,
    ListSessions,
    Note,
    RemoveSessions,
    Result,
    Results,
    Selector,
    Sessions,
    Shutdown,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import FakeBroker
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.pssession.conftest import Command

Captured = pytest.CaptureFixture[str]
ROW: dict[str, typing.Any] = {
    "id": 3,
    "name": "build",
    "computer_name": "web1.example.com",
    "state": "Opened",
    "configuration_name": "Microsoft.PowerShell",
    "availability": "Available",
    "instance_id": "5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4",
}
BROKER = {"version": "0.1.0", "pid": 7, "counters": {"requests": 2}}


class TestSessions:
    def test_all_that_brokers_hold(self, command: Command, broker: FakeBroker, capsys: Captured) -> None:
        broker.answers.append([Sessions([ROW], BROKER)])
        assert command("sessions") == 0
        assert capsys.readouterr().out.splitlines()[2].split() == [
            "3",
            "build",
            "web1.example.com",
            "Opened",
            "Microsoft.PowerShell",
            "Available",
        ]
        assert [seen.message for seen in broker.seen] == [ListSessions()]

    def test_those_of_hosts(self, command: Command, broker: FakeBroker, capsys: Captured) -> None:
        broker.answer_with = lambda message: [
            Sessions([{**ROW, "instance_id": message.target.host, "scope": message.scope}], BROKER)
        ]
        assert command("sessions", "web1:old1", "--computer", "--json") == 0
        rows = json.loads(capsys.readouterr().out)
        assert [(row["instance_id"], row["scope"]) for row in rows] == [
            ("web1.example.com", "computer"),
            ("old1", "computer"),
        ]

    def test_a_host_that_fails_does_not_hide_the_others(
        self, command: Command, broker: FakeBroker, capsys: Captured
    ) -> None:
        broker.answer_with = lambda message: [
            Sessions([ROW], BROKER) if message.target.host == "old1" else Failure("unreachable", "No route.")
        ]
        assert command("sessions", "web1:old1", "--computer") == 1
        shown = capsys.readouterr()
        assert len(shown.out.splitlines()) == 3
        assert shown.err == "web1: No route.\n"

    def test_hosts_without_powershell_are_left_out(
        self, command: Command, broker: FakeBroker, capsys: Captured
    ) -> None:
        broker.answers.append([Sessions([ROW], BROKER)])
        assert command("sessions", "old1:linux1", "--computer") == 0
        assert capsys.readouterr().err == ""
        assert command("sessions", "linux1", "--computer") == 1
        assert capsys.readouterr().err.startswith("linux1: a PowerShell session needs the connection")

    def test_one_computer_of_several_names(self, command: Command, broker: FakeBroker, capsys: Captured) -> None:
        rows = {"web1.example.com": {**ROW, "id": None}, "old1": ROW}
        broker.answer_with = lambda message: [Sessions([rows[message.target.host]], BROKER)]
        assert command("sessions", "web1:old1", "--computer", "--json") == 0
        assert json.loads(capsys.readouterr().out) == [ROW]

    @pytest.mark.parametrize("arguments", [(), ("web1",)])
    def test_without_a_broker_none_is_started(
        self, command: Command, arguments: tuple[str, ...], socket_dir: str, capsys: Captured
    ) -> None:
        assert command("sessions", *arguments, "--json") == 0
        assert json.loads(capsys.readouterr().out) == []

    def test_what_the_broker_has_to_say(self, command: Command, broker: FakeBroker, capsys: Captured) -> None:
        notes = [Note("warning", "careful"), Note("v", "shown"), Note("vvv", "not shown")]
        broker.answers.append([*notes, Sessions([], BROKER)])
        assert command("sessions", "web1", "--computer", "-v") == 0
        assert capsys.readouterr().err.splitlines() == ["[WARNING]: careful", "shown", "No sessions."]


class TestRemove:
    def test_by_name(self, command: Command, broker: FakeBroker, capsys: Captured) -> None:
        broker.answer_results(Result(ROW, changed=True))
        assert command("remove", "web1", "--name", "b*", "--name", "c", "--computer", "--force") == 0
        assert capsys.readouterr().out == f"web1: removed build ({ROW['instance_id']})\n"
        request = broker.seen[0].message
        assert isinstance(request, RemoveSessions)
        assert (request.selector, request.scope, request.force) == (Selector(["b*", "c"]), "computer", True)
        assert request.target.host == "web1.example.com"

    def test_one_that_is_in_use_fails_alone(self, command: Command, broker: FakeBroker, capsys: Captured) -> None:
        broker.answer_results(Result(ROW, error=Failure("busy", "build is in use.")), Result(ROW, changed=True))
        assert command("remove", "web1", "--id", "3", "--id", "4") == 1
        shown = capsys.readouterr()
        assert shown.err == "web1: build is in use.\n"
        assert "removed build" in shown.out

    def test_none(self, command: Command, broker: FakeBroker, capsys: Captured) -> None:
        broker.answers.append([Results([])])
        assert command("remove", "web1", "--name", "x") == 0
        assert capsys.readouterr().out == "web1: no such session\n"


class TestStatus:
    def test_facts(self, command: Command, broker: FakeBroker, socket_dir: str, capsys: Captured) -> None:
        broker.answers.append([Sessions([ROW, ROW], BROKER)])
        assert command("status", "--json") == 0
        assert json.loads(capsys.readouterr().out) == [{**BROKER, "sessions": 2, "socket_dir": socket_dir}]

    def test_text(self, command: Command, broker: FakeBroker, capsys: Captured) -> None:
        broker.answers.append([Sessions([ROW], BROKER)])
        assert command("status") == 0
        assert "pid         7\n" in capsys.readouterr().out

    def test_none(self, command: Command, capsys: Captured) -> None:
        assert command("status") == 0
        assert capsys.readouterr().err.startswith("No session broker runs.")


class TestStop:
    def test_each_broker_is_asked(
        self, command: Command, broker: FakeBroker, socket_dir: str, capsys: Captured
    ) -> None:
        broker.answers.append([Done(2)])
        assert command("stop") == 0
        assert [seen.message for seen in broker.seen] == [Shutdown()]
        assert capsys.readouterr().out == f"The session broker in {socket_dir} ends; it lets go of 2 sessions.\n"

    def test_none(self, command: Command, capsys: Captured) -> None:
        assert command("stop") == 0
        assert capsys.readouterr().err == "No session broker runs.\n"
