# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scripts of the endpoint administer is the endpoint's live configuration (test process)."""

from __future__ import annotations

import base64
import collections.abc
import socket
import ssl
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.tests.endpoint.computer import Computer
from ansible_collections.remoting.powershell.tests.endpoint.config import EndpointConfig
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.endpoint.winrs_powershell import is_powershell, run, script_of

NAME = "SRV"
LOCAL = "WSMan:\\localhost"


@pytest.fixture
def endpoint() -> collections.abc.Iterator[Endpoint]:
    with Endpoint(EndpointConfig(engine=EmbeddedEngine(), users={"u": "p"}, computers=(NAME,))) as endpoint:
        yield endpoint


@pytest.fixture
def computer(endpoint: Endpoint) -> Computer:
    return endpoint.computers[NAME]


class Console:
    """Runs scripts as a process of the computer does."""

    def __init__(self, computer: Computer) -> None:
        assert computer.machine is not None
        self._machine = computer.machine
        self.errors: list[str] = []

    def __call__(self, script: str) -> list[str]:
        written: dict[str, str] = {"stdout": "", "stderr": ""}

        def write(stream: str, text: str) -> None:
            written[stream] += text

        run(self._machine, "u", script, write, threading.Event())
        self.errors = written["stderr"].splitlines()
        return written["stdout"].splitlines()


@pytest.fixture
def console(computer: Computer) -> Console:
    return Console(computer)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("Shell\\MaxShellsPerUser", 7, "max_shells_per_user"),
        ("Shell\\IdleTimeout", 90_000, "idle_timeout_ms"),
        ("Shell\\MaxMemoryPerShellMB", 0, "max_memory_per_shell_mb"),
        ("Service\\MaxConcurrentOperationsPerUser", 100, "max_concurrent_operations_per_user"),
        ("MaxEnvelopeSizekb", 8192, "max_envelope_size_kb"),
    ],
)
def test_a_setting_counts_at_once(computer: Computer, console: Console, path: str, value: int, field: str) -> None:
    written = console(
        f"Set-Item -Path {LOCAL}\\{path} -Value 1 -WhatIf; (Get-Item -Path {LOCAL}\\{path}).Value;"
        f"Set-Item -Path {LOCAL}\\{path} -Value {value} -Force; (Get-Item -Path {LOCAL}\\{path}).Value"
    )
    assert written[-1] == str(value)
    assert written[-2] != "1"
    assert getattr(computer.quotas, field) == value


def test_a_plugins_quota_waits_for_a_restart(computer: Computer, console: Console) -> None:
    path = f"{LOCAL}\\Plugin\\Microsoft.PowerShell\\Quotas\\MaxShellsPerUser"
    assert console(f"Set-Item -Path {path} -Value 3; (Get-Item -Path {path}).Value") == ["3"]
    assert computer.quotas.max_plugin_shells_per_user == 25
    console("Restart-Service -Name WinRM")
    assert computer.quotas.max_plugin_shells_per_user == 3
    assert computer.counters.winrm_restarts == 1


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (f"Set-Item -Path {LOCAL}\\Shell\\MaxShellsPerUser -Value -1", "it is 0 to 2147483647"),
        (f"Set-Item -Path {LOCAL}\\MaxEnvelopeSizekb -Value many", "cannot set MaxEnvelopeSizekb to 'many'"),
        (f"Set-Item -Path {LOCAL}\\Shell\\Nothing -Value 1", "does not exist"),
        (f"Set-Item -Path {LOCAL}\\Service\\Auth\\Basic -Value maybe", "it is one of true, false"),
        ("New-WSManInstance winrm/config/Listener @{Transport = 'HTTP'} -ValueSet @{Port = 1}", "already exists"),
        (
            "New-WSManInstance winrm/config/Listener @{Transport = 'HTTPS'} -ValueSet @{Port = 1}",
            "together with its private key",
        ),
        ("Remove-WSManInstance winrm/config/Listener @{Transport = 'HTTPS'}", "There is no listener for HTTPS"),
        ("Get-Service -Name none", "Cannot find any service"),
        ("Unregister-PSSessionConfiguration -Name none", "No session configuration matches"),
        ("Register-PSSessionConfiguration -Name Microsoft.PowerShell", "exists"),
        ("Register-PSSessionConfiguration -Name New -Path none.pssc", "Could not find file"),
    ],
)
def test_what_cannot_be_is_refused(computer: Computer, console: Console, script: str, said: str) -> None:
    assert computer.machine is not None
    before = computer.machine.remoting.settings()
    console(script)
    assert said in "".join(console.errors)
    assert computer.machine.remoting.settings() == before


def test_authentication_counts_for_the_next_connection(computer: Computer, console: Console) -> None:
    console(
        f"Set-Item -Path {LOCAL}\\Service\\Auth\\CredSSP -Value $false; "
        f"Set-Item -Path {LOCAL}\\Service\\Auth\\Kerberos -Value true; "
        f"Set-Item -Path {LOCAL}\\Service\\AllowUnencrypted -Value true"
    )
    assert set(computer.auth_methods) == {"basic", "negotiate", "certificate", "kerberos"}
    assert computer.allow_unencrypted


def test_a_listener_for_https_opens_and_closes(computer: Computer, console: Console) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    selectors = "@{Address = '*'; Transport = 'HTTPS'}"
    written = console(
        "$c = New-SelfSignedCertificate -DnsName one, two -CertStoreLocation Cert:\\LocalMachine\\My; "
        f"New-WSManInstance winrm/config/Listener {selectors} "
        f"-ValueSet @{{Port = {port}; CertificateThumbprint = $c.Thumbprint}}; $c.Thumbprint; "
        "(Get-ChildItem -Path Cert:\\LocalMachine\\My).DnsNameList.Unicode -join ','"
    )
    assert written[1] == "one,two"
    assert computer.machine is not None
    (listener,) = (each for each in computer.machine.remoting.listeners() if each.transport == "HTTPS")
    assert (listener.port, listener.thumbprint) == (port, written[0])
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain) as secure:
        assert secure.version() is not None
    console(f"Remove-WSManInstance winrm/config/Listener {selectors}")
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port)).close()


def test_a_restricted_configuration_shows_what_its_role_says(computer: Computer, console: Console) -> None:
    console(
        "$folder = Join-Path $env:ProgramFiles 'WindowsPowerShell\\Modules\\Ops\\RoleCapabilities'; "
        "New-Item -Path $folder -ItemType Directory -Force | Out-Null; "
        "$role = \"@{ VisibleCmdlets = 'Get-Service', @{ Name = 'Get-Item' } }\"; "
        'Set-Content -Path "$folder\\Ops.psrc" -Value $role; '
        'Set-Content -Path "$folder\\Ops.pssc" -Value ("@{ SessionType = \'RestrictedRemoteServer\'; " + '
        "\"RoleDefinitions = @{ 'a' = @{ RoleCapabilities = 'Ops' } } }\"); "
        'Register-PSSessionConfiguration -Name Ops -Path "$folder\\Ops.pssc" -Force -NoServiceRestart'
    )
    assert console.errors == []
    # Not before the service has been restarted.
    assert "Ops" not in [each.name for each in computer.configurations]
    console("Restart-Service -Name WinRM")
    (made,) = (each for each in computer.configurations if each.name == "Ops")
    assert (made.full_language, made.visible_commands) == (False, ("Get-Service", "Get-Item"))
    assert console("Get-PSSessionConfiguration | ForEach-Object -Process { $_.Name }")[0] == "Microsoft.PowerShell"


def test_enable_remoting_lets_clients_in(computer: Computer, console: Console) -> None:
    assert computer.machine is not None
    computer.machine.services["winrm"].start_type = "Manual"
    console("Enable-PSRemoting -Force -SkipNetworkProfileCheck")
    assert computer.machine.services["winrm"].start_type == "Automatic"
    assert all(configuration.enabled for configuration in computer.configurations)
    assert console("(Get-NetFirewallRule -Name WINRM-HTTP-In-TCP | Get-NetFirewallPortFilter).LocalPort") == ["5985"]


def test_the_registry_and_the_firewall(console: Console) -> None:
    key = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"
    assert console(
        f"New-ItemProperty -Path {key} -Name Token -PropertyType DWord -Value 1 -Force; "
        f"(Get-ItemProperty -Path {key}).Token; Test-Path -Path {key}; Test-Path -Path HKLM:\\none; "
        "New-NetFirewallRule -Name r -DisplayName R -LocalPort 81 -RemoteAddress 10.0.0.0/8, 1.1.1.1 | Out-Null; "
        "Set-NetFirewallRule -Name r -Enabled False; (Get-NetFirewallRule -Name r).Enabled; "
        "(Get-NetFirewallRule -Name r | Get-NetFirewallAddressFilter).RemoteAddress; "
        "Remove-NetFirewallRule -Name r; [bool](Get-NetFirewallRule -Name r -ErrorAction SilentlyContinue)"
    ) == ["1", "True", "False", "False", "10.0.0.0/255.0.0.0", "1.1.1.1", "False"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_command_line_carries_any_script(script: str) -> None:
    encoded = base64.b64encode(script.encode("utf-16-le")).decode()
    line = ["PowerShell", "-NoProfile", "-ExecutionPolicy", "Unrestricted", "-EncodedCommand", encoded]
    assert script_of(line) == script
    assert script_of([" ".join(line)]) == script


@pytest.mark.parametrize(
    "line", [["powershell.exe"], ["pwsh", "-EncodedCommand"], ["pwsh", "-EncodedCommand", "?"], ["pwsh", "-File", "x"]]
)
def test_a_command_line_that_is_not_understood(line: list[str]) -> None:
    with pytest.raises(ValueError, match="EncodedCommand"):
        script_of(line)


def test_which_programs_are_powershell() -> None:
    assert is_powershell("PowerShell")
    assert is_powershell('"C:\\Program Files\\PowerShell\\7\\pwsh.exe" -NoProfile')
    assert not is_powershell("cmd /c powershell")
