# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible.builtin.psrp, the connection that this collection is measured against, on the endpoint."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine

from .conftest import PASSWORD, USER, MakeEndpoint

_TRANSPORTS = {
    "basic-http": {"ansible_psrp_auth": "basic", "ansible_psrp_protocol": "http"},
    "ntlm-http-encrypted": {"ansible_psrp_auth": "ntlm", "ansible_psrp_protocol": "http"},
    "negotiate-https": {"ansible_psrp_auth": "negotiate", "ansible_psrp_protocol": "https"},
}


def _has_ansible_windows() -> bool:
    entries = os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(os.pathsep)
    return any(pathlib.Path(entry, "ansible_collections/ansible/windows").is_dir() for entry in entries if entry)


@pytest.mark.parametrize("transport", _TRANSPORTS.values(), ids=_TRANSPORTS)
def test_raw(make_endpoint: MakeEndpoint, tmp_path: pathlib.Path, transport: dict[str, str]) -> None:
    endpoint = make_endpoint(https_port=0)
    told = _ansible(tmp_path, _variables(endpoint, transport), "ansible.builtin.raw", "echo first second")
    assert told.splitlines()[:3] == ["web01 | CHANGED | rc=0 >>", "first", "second"]
    counters = endpoint.counters
    assert (counters.shells_created, counters.connections, counters.commands) == (1, 1, 1)
    assert endpoint.shells == []


@pytest.mark.skipif(not _has_ansible_windows(), reason="the collection ansible.windows is not on the collections path")
def test_an_unmodified_module(make_endpoint: MakeEndpoint, tmp_path: pathlib.Path) -> None:
    endpoint = make_endpoint(engine=EmbeddedEngine())
    variables = _variables(endpoint, _TRANSPORTS["ntlm-http-encrypted"])
    told = _ansible(tmp_path, variables, "ansible.windows.win_ping", "data=fine")
    status, _arrow, result = told.partition(" => ")
    assert status == "web01 | SUCCESS"
    assert json.loads(result) == {"changed": False, "ping": "fine"}
    assert endpoint.counters.shells_created == 1


def _variables(endpoint: Endpoint, transport: dict[str, str]) -> dict[str, typing.Any]:
    """What the inventory says of the one host."""
    encrypted = transport["ansible_psrp_protocol"] == "https"
    port = (endpoint.https_ports if encrypted else endpoint.http_ports)["TESTHOST"]
    variables: dict[str, typing.Any] = {
        **transport,
        "ansible_connection": "ansible.builtin.psrp",
        "ansible_shell_type": "powershell",
        "ansible_host": "127.0.0.1",
        "ansible_port": port,
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        "ansible_psrp_message_encryption": "never" if transport["ansible_psrp_auth"] == "basic" else "auto",
        "ansible_psrp_ignore_proxy": True,
    }
    if encrypted:
        variables["ansible_psrp_ca_cert"] = str(endpoint.ca_file)
    return variables


def _ansible(folder: pathlib.Path, variables: dict[str, typing.Any], module: str, arguments: str) -> str:
    """What ansible prints for a module on the one host."""
    settings = folder / "ansible.cfg"
    settings.touch()
    inventory = folder / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": {"web01": variables}}}), encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(settings),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ansible.cli.adhoc", "-i", str(inventory), "web01"),
            *("-m", module, "-a", arguments),
        ],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
