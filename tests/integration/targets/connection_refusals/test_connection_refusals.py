# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot work: each gets a message that names the remedy, no stack trace, and leaves nothing behind."""

from __future__ import annotations

import http.server
import json
import pathlib
import re
import threading
import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.proxy import Conditions, Proxy
from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess, inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

#: ansible's exit codes: 2 a task failed, 4 a host is unreachable.
FAILED, UNREACHABLE = 2, 4
_RESULT = re.compile(r"^(\S+) \| (\w+)!? => ", re.MULTILINE)

#: By a name: what is wrong with win1's variables, FAILED or UNREACHABLE, and what the message has to say.
HOSTS: dict[str, tuple[dict[str, typing.Any], str, list[str]]] = {
    "password": ({"ansible_password": "wr0ng-secret"}, "UNREACHABLE", ["password"]),
    "refused": ({"ansible_port": 9}, "UNREACHABLE", ["port 9", "Enable-PSRemoting"]),
    "configuration": ({"ansible_pssession_configuration_name": "No.Such"}, "UNREACHABLE", ["No.Such"]),
    "path": ({"ansible_pssession_path": "nowhere"}, "UNREACHABLE", ["wsman"]),
    "protocol": ({"ansible_pssession_protocol": "htp"}, "FAILED", ["protocol", "htp"]),
    "number": ({"ansible_pssession_operation_timeout": "soon"}, "FAILED", ["operation_timeout"]),
    "timeouts": ({"ansible_pssession_read_timeout": 5}, "FAILED", ["read_timeout", "operation_timeout"]),
    "persist": ({"ansible_pssession_persist": 9999}, "FAILED", ["persist", "idle_timeout"]),
    "envelope": ({"ansible_pssession_max_envelope_size": 1}, "FAILED", ["max_envelope_size", "32768"]),
    "transport": ({"ansible_pssession_transport": "ssh"}, "FAILED", ["transport", "wsman"]),
    "certificate": (
        {"ansible_pssession_ca_cert": "/nowhere/ca.pem", "ansible_pssession_protocol": "https"},
        "FAILED",
        ["/nowhere/ca.pem"],
    ),
    "clear": ({"ansible_pssession_auth": "basic"}, "FAILED", ["basic", "https"]),
    "proxy": ({"ansible_pssession_proxy": "me:s3cret@p"}, "FAILED", ["proxy", "http://"]),
}


def _play(
    workspace: Workspace, hosts: dict[str, dict[str, typing.Any]], endpoint: EndpointProcess, verbosity: str
) -> tuple[str, dict[str, tuple[str, str]]]:
    """Pings hosts whose variables are win1's but for some; the output, and status and message of each."""
    groups = inventory_groups(endpoint, str(workspace.sockets))
    like = {**groups["windows"]["vars"], **groups["windows"]["hosts"]["win1"]}
    groups["cases"] = {"hosts": {name: {**like, **own} for name, own in hosts.items()}}
    workspace.write_inventory(groups)
    outcome = workspace.ad_hoc("cases", "ansible.windows.win_ping", "", verbosity, "--forks", str(len(hosts)))
    print(outcome.output)
    found = {}
    for match in _RESULT.finditer(outcome.output):
        result, _end = json.JSONDecoder().raw_decode(outcome.output, match.end())
        found[match[1]] = (match[2], str(result.get("msg", "")))
    return outcome.output, found


def test_each_refusal_names_the_remedy(endpoint: EndpointProcess, workspace: Workspace) -> None:
    output, found = _play(workspace, {name: own for name, (own, _s, _w) in HOSTS.items()}, endpoint, "-vvv")
    assert "Traceback" not in output
    for name, (_own, status, words) in HOSTS.items():
        assert found[name][0] == status, (name, found[name])
        assert [word for word in words if word not in found[name][1]] == [], (name, found[name])
    for secret in ("wr0ng-secret", "s3cret", endpoint.password):
        assert secret not in output
        assert secret not in workspace.broker_log()
    assert endpoint.shells() == []


def test_untrusted_authority(endpoint: EndpointProcess, workspace: Workspace) -> None:
    secure = {"ansible_pssession_protocol": "https", "ansible_port": endpoint.ready["https_ports"]["win1"]}
    output, found = _play(workspace, {"untrusted": secure}, endpoint, "-vvv")
    assert found["untrusted"][0] == "UNREACHABLE"
    assert "ca_cert" in found["untrusted"][1]
    assert "Traceback" not in output


class _NoWSMan(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Answers as a web server that knows no such page."""
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: typing.Any) -> None:
        """Says nothing."""


def test_servers_that_are_no_wsman(endpoint: EndpointProcess, workspace: Workspace) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _NoWSMan)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,))
    thread.start()
    swallowing = Proxy("127.0.0.1", endpoint.ready["http_ports"]["win1"], conditions=Conditions(drop=True))
    quick = {
        "ansible_pssession_connection_timeout": 1,
        "ansible_pssession_operation_timeout": 1,
        "ansible_pssession_read_timeout": 2,
    }
    try:
        with swallowing:
            hosts = {
                "web": {"ansible_port": server.server_address[1]},
                "mute": {"ansible_port": (port := swallowing.port), **quick},
            }
            output, found = _play(workspace, hosts, endpoint, "-vvv")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert "Traceback" not in output
    assert found["web"][0] == found["mute"][0] == "UNREACHABLE"
    assert "No WSMan service" in found["web"][1]
    assert f"port {port} takes connections and does not answer" in found["mute"][1]


@pytest.mark.parametrize("package", ["psrpcore", "pypsrp"])
def test_missing_library(endpoint: EndpointProcess, workspace: Workspace, package: str) -> None:
    shadow = workspace.root / "shadow" / package
    shadow.mkdir(parents=True)
    text = f"raise ModuleNotFoundError(\"No module named '{package}'\", name='{package}')\n"
    (shadow / "__init__.py").write_text(text, encoding="utf-8")
    before = workspace.environment.get("PYTHONPATH", "")
    workspace.environment["PYTHONPATH"] = f"{shadow.parent}:{before}"
    output, found = _play(workspace, {"missing": {}}, endpoint, "-vvv")
    assert found["missing"][0] == "FAILED"
    assert package in found["missing"][1]
    assert "pip install" in found["missing"][1]
    assert "Traceback" not in output
    assert workspace.brokers() == []


@pytest.mark.parametrize("kind", ["link", "file"])
def test_socket_directory_that_is_none_of_ours(endpoint: EndpointProcess, workspace: Workspace, kind: str) -> None:
    place = pathlib.Path(workspace.root, "other")
    if kind == "link":
        place.symlink_to(workspace.sockets)
    else:
        place.write_text("", encoding="utf-8")
    output, found = _play(workspace, {"place": {"ansible_pssession_socket_dir": str(place)}}, endpoint, "-vvv")
    assert found["place"][0] == "FAILED"
    assert "socket_dir" in found["place"][1]
    assert "0700" in found["place"][1]
    assert "Traceback" not in output
    assert workspace.brokers() == []


def test_nobody_tells_the_password(endpoint: EndpointProcess, workspace: Workspace) -> None:
    output, found = _play(workspace, {"good": {"ansible_pssession_log_level": "debug"}}, endpoint, "-vvvvv")
    assert found["good"][0] == "SUCCESS"
    assert endpoint.password not in output
    assert endpoint.password not in workspace.broker_log()
    assert all(endpoint.password not in process.command for process in workspace.processes())
