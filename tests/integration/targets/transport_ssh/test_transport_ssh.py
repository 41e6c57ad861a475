# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions over SSH: the OpenSSH client, a server of the test's own, and PowerShell as its subsystem."""

from __future__ import annotations

import base64
import collections.abc
import pathlib
import re
import signal
import sys
import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.program import powershell_program
from ansible_collections.remoting.powershell.tests.endpoint.proxy import Proxy
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess, inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.ssh_server import SSHServer, find_sshd
from ansible_collections.remoting.powershell.tests.integration.support.stage import (
    FAILED,
    FIND,
    LEAVE,
    PING,
    Played,
    Stage,
    invoke,
    module,
    raw,
)
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for

TARGETS = pathlib.Path(__file__).parents[1]
IGNORE = {"ignore_errors": True, "ignore_unreachable": True}

pytestmark = pytest.mark.skipif(find_sshd() is None, reason="no sshd here (Debian's package openssh-server)")


@pytest.fixture(scope="module")
def server() -> collections.abc.Iterator[SSHServer]:
    """One server for all; no session of a test outlives it."""
    with SSHServer() as running:
        yield running


@pytest.fixture
def ssh(stage: Stage, server: SSHServer) -> collections.abc.Iterator[Stage]:
    """The stage with one more host, ``ssh1``."""
    use(stage, server)
    yield stage
    assert stage.workspace.stop_brokers() == [], "a broker did not end when asked to"
    server.wait_for_no_session()


def use(stage: Stage, server: SSHServer, **changes: typing.Any) -> None:
    """Writes the inventory with the host ``ssh1``, and ``win1`` the same one."""
    variables = {**sockets(stage), **server.variables(**changes)}
    given = {name: value for name, value in variables.items() if value is not None}
    groups = inventory_groups(stage.endpoint, str(stage.workspace.sockets))
    hosts: dict[str, typing.Any] = {"ssh1": {}, "win1": {}}
    stage.workspace.write_inventory({"ssh": {"hosts": hosts, "vars": given}, "psrp": groups["psrp"]})


def sockets(stage: Stage) -> dict[str, str]:
    return {"ansible_pssession_socket_dir": str(stage.workspace.sockets)}


def play(stage: Stage, *tasks: dict[str, typing.Any], **more: typing.Any) -> Played:
    return stage.play(list(tasks), hosts="ssh1", **more)


@pytest.mark.parametrize("target", ["connection_raw", "connection_reset", "row08_invoke_command"])
def test_what_runs_over_wsman_runs_over_ssh(ssh: Stage, endpoint: EndpointProcess, target: str) -> None:
    with endpoint.counting("win1") as counts:
        outcome = ssh.workspace.playbook(TARGETS / target / "test.yml")
    print(outcome.output)
    assert outcome.code == 0
    ours = counts["requests"] if "psrp1" not in outcome.output else 0
    assert ours == 0, "the host was reached over WSMan"


def test_a_session_is_kept_and_named_ones_are_of_their_own(ssh: Stage) -> None:
    first = play(ssh, LEAVE, PING, FIND, invoke("pid", "$PID"), module("named", "pssession", {"name": "work"}))
    assert first.kept
    second = play(
        ssh, FIND, invoke("pid", "$PID"), module("other", "pssession_invoke", {"name": "work", "script": "$PID"})
    )
    assert second.kept
    pid = first.row("pid").result["output"]
    assert second.row("pid").result["output"] == pid
    assert second.row("other").result["output"] != pid
    session = first.row("named").result["session"]
    told = ("name", "state", "transport", "configuration_name", "idle_timeout")
    assert [session[name] for name in told] == ["work", "Opened", "ssh", "DefaultShell", None]


def test_unmodified_modules_files_and_much_input_and_output(ssh: Stage) -> None:
    scratch = ssh.workspace.scratch
    (scratch / "large").write_bytes(bytes(range(256)) * 12000)
    (scratch / "run.ps1").write_text("'from the ' + 'controller'", encoding="utf-8")
    lines = ["x" * 5000] * 300
    played = play(
        ssh,
        {"name": "ping", "ansible.windows.win_ping": {"data": "漢字"}},
        {"name": "crash", "ansible.windows.win_ping": {"data": "crash"}, **IGNORE},
        {"name": "stat", "ansible.windows.win_stat": {"path": f"{scratch}/large"}},
        {"name": "slurp", "ansible.builtin.slurp": {"src": f"{scratch}/large"}},
        {
            "name": "fetch",
            "ansible.builtin.fetch": {"src": f"{scratch}/large", "dest": f"{scratch}/back", "flat": True},
        },
        {"name": "script", "ansible.builtin.script": f"{scratch}/run.ps1"},
        module("much", "pssession_invoke", {"script": "process { $_ }", "input": lines}),
    )
    assert played.row("ping").result["ping"] == "漢字"
    assert played.row("crash").status == "failed"
    assert played.row("stat").result["stat"]["size"] == 256 * 12000
    assert base64.b64decode(played.row("slurp").result["content"]) == (scratch / "large").read_bytes()
    assert (scratch / "back").read_bytes() == (scratch / "large").read_bytes()
    assert "from the controller" in played.row("script").result["stdout"]
    assert played.row("much").result["output"] == lines


def test_a_command_is_stopped_over_the_stream_that_brings_its_output(ssh: Stage) -> None:
    played = play(
        ssh,
        LEAVE,
        module("late", "pssession_invoke", {"script": "1; Start-Sleep 300", "timeout": 1}, **IGNORE),
        FIND,
    )
    assert "timeout of 1 s is over" in played.row("late").message
    assert played.kept


def test_a_client_that_is_killed_leaves_the_outcome_unknown(ssh: Stage) -> None:
    marker = ssh.workspace.scratch / "ran"
    script = f"Add-Content -Path '{marker}' -Value once; Start-Sleep 300"
    process, record = ssh.start([LEAVE, raw("cut", script, **IGNORE), FIND], hosts="ssh1")
    wait_for("the command runs", marker.exists)
    (client,) = [each for each in ssh.workspace.processes() if re.match(r"\S*/ssh -T ", each.command)]
    client.kill(signal.SIGKILL)
    played = ssh.finish(process, record)
    cut = played.row("cut")
    assert cut.status == "unreachable"
    assert "its outcome is unknown; it is not started again" in cut.message
    assert "The connection to '127.0.0.1' (ssh) broke (by signal 9)" in cut.message
    assert marker.read_text(encoding="utf-8").split() == ["once"]
    # A new session, and nothing was run twice.
    assert played.row("find").status == "ok"
    assert not played.kept


@pytest.mark.parametrize("how", ["cut", "silence"])
def test_a_network_that_is_lost_leaves_the_outcome_unknown(ssh: Stage, server: SSHServer, how: str) -> None:
    marker = ssh.workspace.scratch / "ran"
    with Proxy("127.0.0.1", server.port) as proxy:
        known = f"{server.common_args()} -o HostKeyAlias=[127.0.0.1]:{server.port}"
        alive = "-o ServerAliveInterval=1 -o ServerAliveCountMax=2"
        use(ssh, server, ansible_port=proxy.port, ansible_ssh_common_args=known, ansible_ssh_args=alive)
        script = f"Add-Content -Path '{marker}' -Value once; Start-Sleep 300"
        process, record = ssh.start([LEAVE, raw("cut", script, **IGNORE)], hosts="ssh1")
        wait_for("the command runs", marker.exists)
        if how == "cut":
            assert proxy.cut() == 1
        else:
            proxy.set(drop=True)
        cut = ssh.finish(process, record).row("cut")
    assert cut.status == "unreachable"
    assert "its outcome is unknown; it is not started again" in cut.message
    assert "The connection to '127.0.0.1' (ssh) broke (with exit status 255)" in cut.message
    assert marker.read_text(encoding="utf-8").split() == ["once"]


def test_a_client_that_is_killed_between_tasks_is_told_of(ssh: Stage) -> None:
    play(ssh, LEAVE)
    (client,) = [each for each in ssh.workspace.processes() if re.match(r"\S*/ssh -T ", each.command)]
    client.kill(signal.SIGKILL)
    played = play(ssh, invoke("again", '"left=$global:left."'))
    assert played.row("again").result["output"] == ["left=."]
    assert played.row("again").result["session"]["recreated"]
    assert "its state is gone" in played.outcome.output


CASES: list[tuple[dict[str, typing.Any], str]] = [
    ({"ansible_ssh_private_key_file": "{folder}/other"}, "Authentication of the user at '127.0.0.1' (ssh) was refused"),
    ({"ansible_user": "nobody-at-all"}, "Authentication of 'nobody-at-all' at"),
    ({"known_hosts": "unknown"}, "The host key of '127.0.0.1' (ssh) is not known"),
    ({"known_hosts": "changed"}, "The host key of '127.0.0.1' (ssh) has changed"),
    ({"ansible_port": 1}, "'127.0.0.1' (ssh) cannot be reached: ssh: connect to host 127.0.0.1 port 1"),
    ({"ansible_host": "nowhere.invalid"}, "The name of 'nowhere.invalid' (ssh) cannot be resolved"),
    (
        {"ansible_ssh_extra_args": "-o ProxyJump=127.0.0.1:1"},
        "The jump host or proxy command on the way to '127.0.0.1'",
    ),
    ({"ansible_ssh_extra_args": "-o Nonsense=1"}, "The SSH client does not take its arguments"),
    ({"ansible_pssession_subsystem": "unheard-of"}, "has no subsystem 'unheard-of'. Install PowerShell 7"),
    ({"ansible_pssession_subsystem": "missing"}, "'missing' of '127.0.0.1' (ssh) ended with exit status 127"),
    ({"ansible_pssession_subsystem": "talkative"}, "is no PowerShell"),
]


def test_what_keeps_from_connecting_is_said(ssh: Stage, server: SSHServer) -> None:
    hosts = {}
    for number, (changes, _message) in enumerate(CASES):
        given = {name: str(value).replace("{folder}", str(server.folder)) for name, value in changes.items()}
        if known_hosts := given.pop("known_hosts", None):
            given["ansible_ssh_common_args"] = server.common_args(known_hosts)
        hosts[f"case{number}"] = {**server.variables(**given), **sockets(ssh)}
    ssh.workspace.write_inventory({"cases": {"hosts": hosts}})
    played = ssh.play([PING], hosts="cases")
    for number, (_changes, message) in enumerate(CASES):
        row = played.row("ping", f"case{number}")
        # Who gives wrong arguments learns nothing of the host.
        assert row.status == ("failed" if "arguments" in message else "unreachable")
        assert message in row.message


def test_a_jump_host_that_cannot_reach_the_host(ssh: Stage, server: SSHServer) -> None:
    use(ssh, server, ansible_port=1, ansible_ssh_extra_args=server.through_itself())
    assert "The jump host was reached, but it cannot reach '127.0.0.1'" in play(ssh, PING).row("ping").message
    use(ssh, server, ansible_ssh_extra_args=server.through_itself())
    assert play(ssh, PING).row("ping").status == "ok"


def test_an_unknown_key_is_taken_where_it_is_not_checked(ssh: Stage, server: SSHServer) -> None:
    use(ssh, server, ansible_host_key_checking=False, ansible_ssh_common_args=server.common_args("noted"))
    assert play(ssh, PING).row("ping").status == "ok"
    assert f"[127.0.0.1]:{server.port}" in (server.folder / "noted").read_text(encoding="utf-8")


def test_a_key_with_a_passphrase(ssh: Stage, server: SSHServer) -> None:
    locked = {"ansible_ssh_private_key_file": str(server.folder / "locked")}
    use(ssh, server, **locked)
    assert play(ssh, PING).row("ping").status == "unreachable"
    use(ssh, server, **locked, ansible_ssh_private_key_passphrase=server.PASSPHRASE)
    assert play(ssh, PING, LEAVE).row("ping").status == "ok"
    commands = " ".join(process.command for process in ssh.workspace.processes())
    assert "/ssh -T" in commands
    assert server.PASSPHRASE not in commands + ssh.workspace.broker_log()


def test_a_password_reaches_the_server_once(ssh: Stage, server: SSHServer) -> None:
    use(ssh, server, ansible_ssh_private_key_file=None, ansible_password="certainly-wrong")
    before = server.log
    played = play(ssh, PING)
    assert "Authentication of the user at '127.0.0.1' (ssh) was refused" in played.row("ping").message
    assert server.log[len(before) :].count("Failed password for") == 1
    assert "certainly-wrong" not in played.outcome.output + ssh.workspace.broker_log()


#: Asks for the password as the OpenSSH client does, and is PowerShell where it gets the right one.
ASKS = """#!{python}
import os, subprocess, sys
asked = subprocess.run([os.environ["SSH_ASKPASS"], "joe@web1's password: "], stdout=subprocess.PIPE, check=True)
if asked.stdout.decode() != "pass word\\n":
    sys.exit("joe@web1: Permission denied (password).")
os.execv({powershell!r}, ["pwsh"])
"""


def test_a_password_that_is_right(ssh: Stage, server: SSHServer) -> None:
    client = ssh.workspace.root / "ssh"
    source = ASKS.format(python=sys.executable, powershell=powershell_program(ssh.workspace.root))
    client.write_text(source, encoding="utf-8")
    client.chmod(0o700)
    use(ssh, server, ansible_ssh_executable=str(client), ansible_password="pass word")
    assert play(ssh, LEAVE, FIND).kept
    use(ssh, server, ansible_ssh_executable=str(client), ansible_password="another")
    assert "Permission denied" in play(ssh, PING).row("ping").message
    assert list(ssh.workspace.sockets.glob("askpass-*")) == []


def test_what_the_transport_does_not_have_is_refused(ssh: Stage, server: SSHServer) -> None:
    played = play(
        ssh,
        module("disconnect", "pssession_disconnect", {}, **IGNORE),
        module("connect", "pssession_connect", {"name": "work"}, **IGNORE),
        module("listed", "pssession_info", {"scope": "computer"}, **IGNORE),
        module("timeout", "pssession", {"name": "work", "idle_timeout": 600}, **IGNORE),
    )
    for name in ("disconnect", "connect", "listed", "timeout"):
        assert played.row(name).status == "failed"
        assert re.search(r"transport ssh (cannot .* Use transport wsman|has no such)", played.row(name).message)
    use(ssh, server, ansible_pssession_auth="ntlm")
    refused = play(ssh, PING)
    assert refused.outcome.code == FAILED
    assert "ansible_pssession_auth is set, but transport is 'ssh'" in refused.row("ping").message
