# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control resource, and the endpoint as a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import typing
import urllib.error

import pypsrp.exceptions
import pypsrp.powershell
import pypsrp.wsman
import pytest
from pypsrp.complex_objects import RunspacePoolState

from ansible_collections.remoting.powershell.tests.endpoint.__main__ import configuration, parse_arguments, users
from ansible_collections.remoting.powershell.tests.endpoint.control import ControlClient

from .clients import opened, run
from .conftest import MakeEndpoint

_MODULE = "ansible_collections.remoting.powershell.tests.endpoint"


def test_counts_and_shells(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(control_port=0)
    control = ControlClient(endpoint.control.port, endpoint.control.token)
    with opened(endpoint) as pool:
        for _number in range(2):
            run(pool, "echo <a> & b")
        status = control.call("status")
        assert status["engine"] == "fake"
        assert status["connections_now"] == 1
        counters = status["counters"]
        assert counters["shells_created"] == 1
        assert counters["commands"] == counters["actions"]["Command"] == 2
        assert counters["scripts"] == {hashlib.sha256(b"echo <a> & b").hexdigest(): 2}
        [shell] = status["computers"][0]["shells"]
        assert (shell["shell_id"], shell["state"]) == (pool.id, "Connected")


def test_failures_clock_and_settings(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(control_port=0)
    control = ControlClient(endpoint.control.port, endpoint.control.token)
    control.call("quota", name="max_plugin_shells", value=1)
    control.call("manner", name="vanished_client_disconnects", value=True)
    control.call("fault", kind="http-503", action="Create")
    with pytest.raises(pypsrp.exceptions.WinRMTransportError), opened(endpoint):
        raise AssertionError("opened")
    with opened(endpoint) as pool:
        with pytest.raises(pypsrp.exceptions.WSManFaultError), opened(endpoint):
            raise AssertionError("opened")
        control.call("advance", seconds=8000)
        assert endpoint.shells == []
        pool.state = RunspacePoolState.CLOSED
    control.call("fault", kind="delay", seconds=5)
    assert control.call("status")["faults_pending"] == 1
    control.call("clear")
    control.call("restart")
    assert control.call("status")["faults_pending"] == 0


@pytest.mark.parametrize(
    ("resource", "body", "status"),
    [
        ("fault", {"kind": "explode"}, 400),
        ("fault", {"kind": "delay", "colour": 3}, 400),
        ("advance", {"seconds": -1}, 400),
        ("advance", {"days": 1}, 400),
        ("quota", {"name": "x", "value": 1}, 400),
        ("nothing", {}, 404),
    ],
)
def test_what_control_does_not_know(
    make_endpoint: MakeEndpoint, resource: str, body: dict[str, typing.Any], status: int
) -> None:
    endpoint = make_endpoint(control_port=0)
    control = ControlClient(endpoint.control.port, endpoint.control.token)
    with pytest.raises(urllib.error.HTTPError) as caught:
        control.call(resource, **body)
    assert caught.value.code == status
    with pytest.raises(urllib.error.HTTPError) as caught:
        ControlClient(endpoint.control.port, "guess").call("status")
    assert caught.value.code == 401


def test_users_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENDPOINT_PASSWORD", "se:cret")
    assert users(["a:b:c", "d"], "ENDPOINT_PASSWORD") == {"a": "b:c", "d": "se:cret"}
    with pytest.raises(ValueError, match="user d has no password"):
        users(["d"], None)


def test_computers_of_the_command_line() -> None:
    options = parse_arguments(["--computers", "web01,web02", "--engine", "embedded", "--kind", "--user", "a:b"])
    config = configuration(options)
    assert config.computers == ("web01", "web02")
    assert (config.http_port, config.https_port) == (0, None)
    assert config.manners.vanished_client_disconnects
    with pytest.raises(ValueError, match="each name once"):
        configuration(parse_arguments(["--computers", "a,a", "--engine", "embedded"]))


class Process:
    """The endpoint's process, as the demo starts it."""

    def __init__(self, folder: pathlib.Path, *arguments: str) -> None:
        self.ready_file = folder / "ready.json"
        command = [sys.executable, "-m", _MODULE, "--engine", "embedded", "--ready-file", str(self.ready_file)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
        environment["ENDPOINT_PASSWORD"] = "secret"
        self.process = subprocess.Popen(
            [*command, "--user", "alice", "--password-env", "ENDPOINT_PASSWORD", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
        )

    def ready(self) -> dict[str, typing.Any]:
        while not self.ready_file.exists():
            assert self.process.poll() is None, "the endpoint ended"
            time.sleep(0.02)
        return dict(json.loads(self.ready_file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_told_to_end(tmp_path: pathlib.Path, number: signal.Signals) -> None:
    started = Process(tmp_path, "--computers", "web01,web02", "--https", "0", "--http", "0", "--allow-unencrypted")
    ready = started.ready()
    assert started.ready_file.stat().st_mode & 0o777 == 0o600
    for name, port in ready["https_ports"].items():
        wsman = pypsrp.wsman.WSMan(
            "127.0.0.1", port=port, username="alice", password="secret", auth="basic", cert_validation=ready["ca_file"]
        )
        with wsman, pypsrp.powershell.RunspacePool(wsman) as pool:
            assert run(pool, "$env:COMPUTERNAME") == [name]
    status = ControlClient(ready["control_port"], ready["control_token"]).call("status")
    assert status["counters"]["shells_created"] == 2
    os.kill(ready["pid"], number)
    assert started.process.wait(20) == 0
    assert not started.ready_file.exists()
    assert not pathlib.Path(ready["ca_file"]).exists()


def test_a_process_ends_with_its_parent(tmp_path: pathlib.Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = Process(tmp_path, "--parent-pid", str(parent.pid))
    started.ready()
    parent.communicate(b"\n", timeout=20)
    assert started.process.wait(20) == 0


def test_a_configuration_that_can_not_be(tmp_path: pathlib.Path) -> None:
    assert Process(tmp_path, "--computers", "a,a").process.wait(30) == 2
