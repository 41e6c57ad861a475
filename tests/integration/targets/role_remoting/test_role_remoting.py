# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role remoting against an endpoint whose WSMan: drive is its own live configuration.

Every test has an endpoint of its own, since what the role sets stays.
"""

from __future__ import annotations

import collections.abc
import json
import pathlib
import socket
import typing

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess, inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Outcome, Workspace

HERE = pathlib.Path(__file__).resolve().parent
QUOTAS = {
    "max_shells_per_user": 3,
    "max_memory_per_shell_mb": 2048,
    "max_processes_per_shell": 40,
    "max_concurrent_operations_per_user": 900,
    "idle_timeout": 3600,
    "max_idle_timeout": 7200,
    "max_envelope_size_kb": 400,
}
#: The same in the endpoint's configuration; the restart that plugins need has happened.
IN_FORCE = {
    "max_shells_per_user": 3,
    "max_plugin_shells_per_user": 3,
    "max_memory_per_shell_mb": 2048,
    "max_processes_per_shell": 40,
    "max_concurrent_operations_per_user": 900,
    "idle_timeout_ms": 3_600_000,
    "max_idle_timeout_ms": 7_200_000,
    "max_envelope_size_kb": 400,
}


class Scene:
    """An endpoint and a controller."""

    def __init__(self, endpoint: EndpointProcess, workspace: Workspace) -> None:
        self.endpoint, self.workspace = endpoint, workspace
        self.computer = endpoint.computers[0]

    def apply(self, *arguments: str, **wanted: typing.Any) -> Outcome:
        """Run the role with these variables."""
        outcome = self.workspace.playbook(HERE / "apply.yml", "-e", json.dumps(wanted), *arguments)
        print(outcome.output)
        return outcome

    def state(self) -> dict[str, typing.Any]:
        """What the endpoint tells of its first computer, but for what is counted."""
        described = next(each for each in self.endpoint.call("status")["computers"] if each["name"] == self.computer)
        return {key: value for key, value in described.items() if key not in ("counters", "shells")}

    def in_force(self) -> dict[str, typing.Any]:
        """The quotas that the role sets, as they count now."""
        return {name: self.state()["quotas"][name] for name in IN_FORCE}


@pytest.fixture
def options() -> tuple[str, ...]:
    """Of the endpoint's command line."""
    return ()


@pytest.fixture
def scene(options: tuple[str, ...]) -> collections.abc.Iterator[Scene]:
    with EndpointProcess(("win1",), options) as endpoint:
        if endpoint.engine != "embedded":
            pytest.skip("a real PowerShell administers the computer that it runs on, and Linux has no WSMan: drive")
        workspace = Workspace()
        workspace.write_inventory(inventory_groups(endpoint, str(workspace.sockets)))
        yield Scene(endpoint, workspace)
        deaf = workspace.stop_brokers()
        print(workspace.broker_log())
        assert (workspace.remove(), deaf) == ([], [])


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def changed(outcome: Outcome) -> int:
    """How many tasks say that they changed something."""
    return int(outcome.output.rpartition("changed=")[2].split()[0])


def everything(port: int) -> dict[str, typing.Any]:
    return {
        "remoting_http_listener": "present",
        "remoting_https_listener": "present",
        "remoting_https_port": port,
        # Windows tells them in another order and with masks.
        "remoting_firewall_addresses": ["LocalSubnet", "10.0.0.0/9", "127.0.0.1", "fe80::/64"],
        "remoting_firewall_profiles": ["Private", "Domain"],
        "remoting_quotas": QUOTAS,
        "remoting_authentication": {"credssp": False, "cbt_hardening_level": "strict"},
        "remoting_local_account_tokens": "full",
        "remoting_ssh_subsystem": True,
        "remoting_session_configurations": [
            {
                "name": "Operators",
                "visible_cmdlets": [
                    "Get-Service",
                    {"name": "Restart-Service", "parameters": [{"name": "Name", "validate_set": ["sshd"]}]},
                ],
            },
            {"name": "AsOther", "session_type": "default", "run_as_user": "X\\other", "run_as_password": "hid'den"},
        ],
    }


def works(scene: Scene, port: int) -> None:
    """The listener takes TLS, and the JEA endpoint shows what it should."""
    play = scene.workspace.play
    secure = {
        "ansible_port": port,
        "ansible_pssession_protocol": "https",
        "ansible_pssession_cert_validation": "ignore",
    }
    over_tls = play([{"ansible.builtin.raw": "'over TLS'"}], vars=secure)
    print(over_tls.output)
    assert over_tls.code == 0
    operators = {"ansible_pssession_configuration_name": "Operators"}
    command = {"command": "Get-Service", "parameters": {"Name": "sshd"}}
    allowed = play([{"remoting.powershell.pssession_invoke": command}], vars=operators)
    script = play([{"remoting.powershell.pssession_invoke": {"script": "Get-Service"}}], vars=operators)
    hidden = play([{"remoting.powershell.pssession_invoke": {"command": "Get-Process"}}], vars=operators)
    print(allowed.output, script.output, hidden.output)
    assert (allowed.code, script.code, hidden.code) == (0, 2, 2)
    assert "no-language mode" in script.output
    assert "Get-Process" in hidden.output


def test_report_check_mode_first_and_second_run(scene: Scene) -> None:
    port = free_port()
    before = scene.state()
    predicted = scene.apply("--check", **everything(port))
    assert (predicted.code, changed(predicted)) == (0, 1)
    reported = scene.apply(remoting_report_only=True, **everything(port))
    assert (reported.code, changed(reported)) == (0, 0)
    for setting in (
        "MaxShellsPerUser",
        "HTTPS listener",
        "firewall rule",
        "Operators",
        "LocalAccountToken",
        "sshd_config",
    ):
        assert setting in reported.output
    assert scene.state() == before
    first = scene.apply("-vv", **everything(port))
    assert first.code == 0
    assert changed(first) > 0
    assert "hid'den" not in first.output
    after = scene.state()
    assert scene.in_force() == IN_FORCE
    assert "credssp" not in after["auth_methods"]
    assert scene.endpoint.counted()["winrm_restarts"] == 1
    works(scene, port)
    second = scene.apply(**everything(port))
    assert (second.code, changed(second)) == (0, 0)
    assert "MISSING ." in second.output
    assert scene.state() == after
    assert scene.endpoint.counted()["winrm_restarts"] == 1


def test_a_session_configuration_and_its_quotas_at_once(scene: Scene) -> None:
    def wanted(visible: str) -> dict[str, typing.Any]:
        return {
            "remoting_session_configurations": [
                {"name": "Desk", "visible_cmdlets": ["Get-Date"], "members": [visible]}
            ],
            "remoting_quota_configurations": ["Microsoft.PowerShell", "Desk"],
            "remoting_quotas": {"max_shells_per_user": 7, "max_idle_timeout": 7200, "idle_timeout": None},
            "remoting_authentication": {"negotiate": None},
        }

    before = scene.state()
    predicted = scene.apply("--check", **wanted("X\\one"))
    assert (predicted.code, changed(predicted)) == (0, 1)
    assert r"Plugin\\Desk\\Quotas\\MaxShellsPerUser" in predicted.output
    assert scene.state() == before
    assert scene.apply(**wanted("X\\one")).code == 0
    assert scene.state()["quotas"]["max_shells_per_user"] == 7
    # Registered anew, it has the quotas of a new one on Windows: they are looked at again.
    anew = scene.apply(**wanted("X\\two"))
    assert anew.code == 0
    assert "(item=settings)" in anew.output.rpartition("remoting : Set what differs]")[2]
    again = scene.apply(**wanted("X\\two"))
    assert (again.code, changed(again)) == (0, 0)


def test_winrm_s_variables_tell_what_is_in_use(scene: Scene) -> None:
    groups = inventory_groups(scene.endpoint, str(scene.workspace.sockets))
    del groups["windows"]["vars"]["ansible_pssession_auth"]
    groups["windows"]["vars"]["ansible_winrm_transport"] = "plaintext,ntlm"
    scene.workspace.write_inventory(groups)
    before = scene.state()
    refused = scene.apply(remoting_authentication={"basic": False})
    assert refused.code != 0
    assert "this host's connection authenticates with basic" in refused.output
    assert scene.state() == before


def test_quotas_strike(scene: Scene) -> None:
    assert scene.apply(remoting_quotas=QUOTAS).code == 0
    scene.workspace.stop_brokers()
    invoke = "remoting.powershell.pssession_invoke"
    sessions = [
        {invoke: {"script": "1"}, "vars": {"ansible_pssession_session_name": f"s{number}"}} for number in range(3)
    ]
    fourth = {invoke: {"script": "1"}, "vars": {"ansible_pssession_session_name": "s3"}}
    outcome = scene.workspace.play([*sessions, fourth], vars={"ansible_pssession_busy_timeout": 1})
    print(outcome.output)
    assert outcome.code != 0
    assert outcome.output.count("changed: [win1]") == 3
    assert "maximum number of 3 concurrent shells" in outcome.output
    scene.endpoint.call("restart")
    scene.workspace.stop_brokers()
    long = scene.workspace.play([{invoke: {"script": "1"}}], vars={"ansible_pssession_idle_timeout": 7201})
    print(long.output)
    assert long.code != 0
    assert "7200" in long.output


@pytest.mark.parametrize("options", [("--remoting-disabled",)])
def test_remoting_is_enabled_over_winrs(scene: Scene) -> None:
    reported = scene.apply(remoting_report_only=True)
    assert reported.code != 0
    assert "Run this role without remoting_report_only" in reported.output
    first = scene.apply(remoting_quotas={"max_shells_per_user": 11})
    assert first.code == 0
    # Once for Enable-PSRemoting, once for the plugin's quota.
    assert scene.state()["quotas"]["max_shells_per_user"] == 11
    assert scene.endpoint.counted()["winrm_restarts"] == 2


def test_bad_values_are_named_and_change_nothing(scene: Scene) -> None:
    before = scene.state()
    outcome = scene.workspace.playbook(HERE / "refuse.yml")
    print(outcome.output)
    assert outcome.code == 0
    assert scene.state() == before
    unknown = scene.apply(remoting_authentication={"digest": True})
    assert unknown.code != 0
    assert "digest" in unknown.output


@pytest.mark.parametrize("fits", [True, False])
def test_certificate_and_key_have_to_belong_together(scene: Scene, fits: bool) -> None:
    file = scene.workspace.scratch / "listener.pfx"
    file.write_bytes(pfx(fits))
    port = free_port()
    outcome = scene.apply(
        remoting_https_listener="present",
        remoting_https_port=port,
        remoting_https_pfx=str(file),
        remoting_https_pfx_password="secret of the file",
    )
    assert "secret of the file" not in outcome.output
    if fits:
        assert outcome.code == 0
        assert "HTTPS listener" in outcome.output
        socket.create_connection(("127.0.0.1", port)).close()
    else:
        assert outcome.code != 0
        assert "does not belong to its private key. Nothing was changed" in outcome.output
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", port))


def pfx(fits: bool) -> bytes:
    """A certificate with its key, or with another one."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "win1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=60))
        .sign(key, hashes.SHA256())
    )
    other = key if fits else rsa.generate_private_key(65537, 2048)
    encryption = serialization.BestAvailableEncryption(b"secret of the file")
    own = certificate if fits else None
    return pkcs12.serialize_key_and_certificates(b"win1", other, own, None if fits else [certificate], encryption)


def test_ssh_server_of_linux(workspace: Workspace) -> None:
    config = workspace.scratch / "sshd_config"
    config.write_text("Subsystem sftp internal-sftp\nMatch User x\n    X11Forwarding no\n", encoding="utf-8")
    pwsh = workspace.scratch / "pwsh"
    pwsh.write_text("#!/bin/sh\necho PowerShell 7\n", encoding="utf-8")
    pwsh.chmod(0o755)

    def apply(**more: object) -> Outcome:
        wanted = {
            "on": "localhost",
            "remoting_ssh_config": str(config),
            "remoting_ssh_command": f"{pwsh} -sshs",
            "remoting_ssh_service": "",
            "remoting_ssh_validate": "",
        }
        outcome = workspace.playbook(HERE / "apply.yml", "-e", json.dumps({**wanted, **more}))
        print(outcome.output)
        return outcome

    absent = apply(remoting_ssh_command="/nowhere/pwsh -sshs")
    assert absent.code != 0
    assert "/nowhere/pwsh does not run here. Install PowerShell 7" in absent.output
    reported = apply(remoting_report_only=True)
    assert (reported.code, changed(reported)) == (0, 0)
    assert "Subsystem powershell" in reported.output
    assert "powershell" not in config.read_text(encoding="utf-8")
    first = apply()
    assert first.code == 0
    assert config.read_text(encoding="utf-8").splitlines()[1] == f"Subsystem powershell {pwsh} -sshs"
    second = apply()
    assert (second.code, changed(second)) == (0, 0)
