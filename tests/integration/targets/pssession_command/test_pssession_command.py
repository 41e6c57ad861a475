# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command pssession: sessions, remove, status, stop; how it is started."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.command import COLLECTION, Terminal, pssession
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.stage import LEAVE, Stage, module
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

WORK = module("make", "pssession", {"name": ["Work", "Other"]})
HEADINGS = ["Id", "Name", "ComputerName", "State", "ConfigurationName", "Availability"]


def rows(workspace: Workspace, *arguments: str) -> list[dict[str, typing.Any]]:
    """What ``pssession sessions`` lists."""
    done = pssession(workspace, "sessions", "--json", *arguments)
    print(done.output)
    assert done.code == 0
    listed = json.loads(done.output)
    assert isinstance(listed, list)
    return listed


def names(workspace: Workspace, *arguments: str) -> list[str]:
    return sorted(row["name"] for row in rows(workspace, *arguments))


@pytest.fixture
def made(stage: Stage, workspace: Workspace) -> typing.Iterator[None]:
    """Two named sessions on win1, and nothing of them afterwards."""
    stage.play([WORK])
    yield
    pssession(workspace, "remove", "win1", "--name", "*", "--computer", "--force")


@pytest.mark.usefixtures("made")
class TestSessions:
    def test_the_table_is_powershells(self, workspace: Workspace) -> None:
        done = pssession(workspace, "sessions")
        lines = done.output.splitlines()
        assert lines[0].split() == HEADINGS
        # Made at the same time: either may be the first.
        assert sorted(line.split()[1:] for line in lines[2:]) == [
            ["Other", "127.0.0.1", "Opened", "Microsoft.PowerShell", "Available"],
            ["Work", "127.0.0.1", "Opened", "Microsoft.PowerShell", "Available"],
        ]

    @pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
    def test_on_a_terminal_it_is_colored(self, workspace: Workspace) -> None:
        pytest.importorskip("pexpect", reason="a user at a terminal is played by pexpect")
        with Terminal(workspace, "sessions", "win1") as terminal:
            assert terminal.ends() == 0
        lines = terminal.rest.splitlines()
        assert lines[0].split() == HEADINGS
        assert sorted(line.split()[1] for line in lines[1:]) == ["Other", "Work"]

    def test_those_of_a_host(self, workspace: Workspace) -> None:
        assert names(workspace, "win1") == ["Other", "Work"]
        assert rows(workspace, "win2") == []

    def test_the_computer_knows_those_of_others(self, workspace: Workspace, elsewhere: Workspace) -> None:
        assert rows(elsewhere, "win1") == []
        listed = rows(elsewhere, "win1:win2", "--computer")
        assert sorted((row["name"], row["id"]) for row in listed) == [("Other", None), ("Work", None)]

    def test_a_reader_that_has_had_enough(self, workspace: Workspace) -> None:
        program = COLLECTION / "plugins" / "plugin_utils" / "pssession"
        command = [sys.executable, str(program), "sessions", "-i", str(workspace.inventory)]
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            done = subprocess.run(
                command, env=workspace.environment, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
            )
        assert done.returncode == 1
        assert done.stderr == ""


@pytest.mark.usefixtures("made")
class TestRemove:
    def test_by_name(self, endpoint: EndpointProcess, workspace: Workspace) -> None:
        done = pssession(workspace, "remove", "win1", "--name", "w*")
        assert done.code == 0
        assert done.output.startswith("win1: removed Work (")
        assert [shell["name"] for shell in endpoint.shells("win1")] == ["Other"]
        assert pssession(workspace, "remove", "win1", "--name", "w*").output == "win1: no such session\n"

    def test_by_id_and_instance_id(self, endpoint: EndpointProcess, workspace: Workspace) -> None:
        first, second = rows(workspace)
        assert pssession(workspace, "remove", "win1", "--id", str(first["id"])).code == 0
        assert pssession(workspace, "remove", "win1", "--instance-id", second["instance_id"]).code == 0
        assert endpoint.shells("win1") == []

    def test_what_another_controller_made(
        self, endpoint: EndpointProcess, workspace: Workspace, elsewhere: Workspace
    ) -> None:
        held = ["win1", "--name", "*"]
        assert pssession(elsewhere, "remove", *held).output == "win1: no such session\n"
        refused = pssession(elsewhere, "remove", *held, "--computer")
        assert refused.code == 1
        assert "force" in refused.output
        assert len(endpoint.shells("win1")) == 2
        assert pssession(elsewhere, "remove", *held, "--computer", "--force").code == 0
        assert endpoint.shells("win1") == []


class TestBrokers:
    def test_status(self, workspace: Workspace, stage: Stage) -> None:
        assert json.loads(pssession(workspace, "status", "--json").output) == []
        stage.play([LEAVE])
        (broker,) = json.loads(pssession(workspace, "status", "--json").output)
        (process,) = workspace.brokers()
        assert broker["pid"] == process.pid
        assert broker["socket_dir"] == str(workspace.sockets)
        assert (broker["sessions"], broker["counters"]["sessions_opened"]) == (1, 1)
        text = pssession(workspace, "status").output
        assert f"{process.pid}\n" in text

    def test_stop_removes_implicit_sessions_and_leaves_named_ones(
        self, endpoint: EndpointProcess, workspace: Workspace, stage: Stage
    ) -> None:
        stage.play([LEAVE, module("make", "pssession", {"name": "Work"})])
        done = pssession(workspace, "stop")
        assert (done.code, done.output) == (
            0,
            f"The session broker in {workspace.sockets} ends; it lets go of 2 sessions.\n",
        )
        wait_for("the broker to end", lambda: not workspace.brokers())
        assert [(shell["name"], shell["state"]) for shell in endpoint.shells("win1")] == [("Work", "Disconnected")]
        assert pssession(workspace, "stop").output == "No session broker runs.\n"
        assert pssession(workspace, "remove", "win1", "--name", "Work").code == 0


def test_it_finds_the_collection_that_it_is_part_of(workspace: Workspace, tmp_path: pathlib.Path) -> None:
    place = tmp_path / "ansible_collections" / "remoting" / "powershell"
    place.parent.mkdir(parents=True)
    place.symlink_to(COLLECTION)
    environment = {
        name: value
        for name, value in workspace.environment.items()
        if name not in ("ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH")
    }
    done = subprocess.run(
        [sys.executable, str(place / "plugins/plugin_utils/pssession"), "sessions", "win1", "-i", workspace.inventory],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "No sessions.\n")


def test_vaulted_variables(workspace: Workspace, endpoint: EndpointProcess) -> None:
    key = workspace.scratch / "key"
    key.write_text("open sesame", encoding="utf-8")
    variables = workspace.scratch / "secret.yml"
    variables.write_text(json.dumps({"ansible_password": endpoint.password}), encoding="utf-8")
    vault = pathlib.Path(sys.executable).parent / "ansible-vault"
    subprocess.run(
        [str(vault), "encrypt", "--vault-password-file", str(key), str(variables)],
        env=workspace.environment,
        check=True,
        capture_output=True,
    )
    extra = ["-e", "ansible_password=wrong", "-e", f"@{variables}"]
    opened = pssession(workspace, "sessions", "win1", "--computer", *extra, "--vault-password-file", str(key))
    assert (opened.code, opened.output) == (0, "No sessions.\n")
    closed = pssession(workspace, "sessions", "win1", "--computer", *extra)
    assert closed.code == 1
    assert "vault" in closed.output.lower()
    assert "Traceback" not in closed.output
