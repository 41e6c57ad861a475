# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options to a target: what is concluded, and what is refused with which words."""

from __future__ import annotations

import os
import pathlib
import pwd
import typing

import pytest
from ansible import constants
from ansible.plugins.loader import connection_loader

from ansible_collections.remoting.powershell.plugins.plugin_utils import _options
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target

DEFAULTS: dict[str, typing.Any] = {
    "remote_addr": "web1",
    "remote_user": None,
    "remote_password": None,
    "port": None,
    "protocol": None,
    "path": "wsman",
    "auth": "negotiate",
    "cert_validation": "validate",
    "ca_cert": None,
    "idle_timeout": None,
    "transport": "wsman",
    "message_encryption": "auto",
    "proxy": None,
    "ignore_proxy": False,
    "certificate_pem": None,
    "certificate_key_pem": None,
    "certificate_key_password": None,
    "credssp_auth_mechanism": "auto",
    "credssp_disable_tlsv1_2": False,
    "credssp_minimum_version": 2,
    "negotiate_delegate": None,
    "negotiate_hostname_override": None,
    "negotiate_send_cbt": True,
    "negotiate_service": "host",
    "configuration_name": "Microsoft.PowerShell",
    "session_name": None,
    "no_profile": False,
    "connection_timeout": 30,
    "operation_timeout": 20,
    "read_timeout": 30,
    "max_envelope_size": 512000,
    "persist": 60,
    "busy_timeout": 240,
    "max_sessions": 0,
    "max_age": 28800,
    "pwsh_path": None,
    "subsystem": "powershell",
    "host_key_checking": True,
    "private_key_file": None,
    "private_key_passphrase": None,
    "ssh_executable": "ssh",
    "ssh_args": "",
    "ssh_common_args": "",
    "ssh_extra_args": "",
    "sshpass_prompt": "",
}


def target(variables: typing.Iterable[str] = (), **options: typing.Any) -> Target:
    """The target of these options and the defaults."""
    assert set(options) <= set(DEFAULTS)
    return _options.target({**DEFAULTS, **options}.__getitem__, "web1", variables)


@pytest.mark.parametrize(
    ("options", "ssl", "port"),
    [
        ({}, True, 5986),
        ({"port": 5985}, False, 5985),
        ({"port": 8443}, True, 8443),
        ({"protocol": "http"}, False, 5985),
        ({"protocol": "https"}, True, 5986),
        ({"protocol": "http", "port": 80}, False, 80),
    ],
)
def test_port_and_protocol_follow_from_each_other(options: dict[str, typing.Any], ssl: bool, port: int) -> None:
    assert (target(**options).ssl, target(**options).port) == (ssl, port)


def test_idle_timeout_is_short_unless_the_session_has_a_name() -> None:
    assert target().idle_timeout == 300
    assert target(idle_timeout=7200).idle_timeout == 7200
    assert target(session_name="mine", persist=1000).idle_timeout is None


def test_certificates_are_checked_against_the_given_ones(tmp_path: pathlib.Path) -> None:
    ca_cert = tmp_path / "ca.pem"
    ca_cert.touch()
    assert target().cert_validation is True
    assert target(ca_cert=str(ca_cert)).cert_validation == str(ca_cert)
    assert target(ca_cert=str(ca_cert), cert_validation="ignore").cert_validation is False
    # A file that is not used need not be there.
    assert target(ca_cert="/none", cert_validation="ignore").cert_validation is False


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"remote_addr": ""}, "remote_addr is '': .* name or the address.* ansible_pssession_host"),
        ({"port": 0}, "port is 0: it must be from 1 to 65535"),
        ({"port": 65536}, "port is 65536"),
        ({"session_name": "a\x07"}, "session_name is .* can hold .* Its variable is ansible_pssession_session_name"),
        ({"connection_timeout": 0}, "connection_timeout is 0: it must be 1 or more"),
        ({"operation_timeout": -1}, "operation_timeout is -1"),
        ({"operation_timeout": 30}, "read_timeout is 30: it must be greater than operation_timeout"),
        ({"idle_timeout": 59}, "idle_timeout is 59: it must be 60 or more"),
        ({"idle_timeout": 60}, "persist is 60: it must be less than idle_timeout"),
        ({"persist": -1}, "persist is -1: it must be 0 or more"),
        ({"max_sessions": -1}, "max_sessions is -1"),
        ({"max_envelope_size": 100}, "max_envelope_size is 100"),
        ({"ca_cert": "/none"}, "ca_cert is '/none': there is no such file"),
        ({"auth": "certificate", "protocol": "http"}, "certificates need TLS; set protocol to https"),
        ({"auth": "certificate"}, "certificate_pem is not set: auth certificate needs"),
        ({"certificate_pem": "/dev/null"}, "certificate_key_pem is not set: .* go together"),
        ({"certificate_pem": "/none", "certificate_key_pem": "/none"}, "certificate_pem is '/none': there is no"),
        ({"auth": "basic", "protocol": "http"}, "auth is 'basic': it would send the password in clear text"),
        ({"auth": "basic", "message_encryption": "always"}, "message_encryption is 'always': auth basic cannot"),
        ({"transport": "ssh", "remote_addr": "-oProxyCommand=x"}, "remote_addr is '-oProxyCommand=x': .* name or"),
        ({"transport": "ssh", "private_key_file": "/none"}, "private_key_file is '/none': there is no such file"),
        ({"transport": "ssh", "ssh_common_args": "-o 'x"}, "ssh_common_args is .* as a shell reads it"),
        ({"transport": "ssh", "ssh_executable": ""}, "ssh_executable is '': it must not be empty"),
        ({"transport": "ssh", "port": 70000}, "port is 70000: it must be from 1 to 65535"),
    ],
)
def test_a_bad_value_is_named_with_its_remedy(options: dict[str, typing.Any], message: str) -> None:
    with pytest.raises(PSSessionError, match=message) as caught:
        target(**options)
    assert caught.value.kind is ErrorKind.USAGE
    assert "Its variable is ansible_pssession_" in caught.value.message


def test_clear_text_is_possible_for_who_asks_for_it() -> None:
    assert target(auth="basic", protocol="http", message_encryption="never").auth == "basic"


@pytest.mark.parametrize("proxy", ["proxy.example.com:3128", "http://", "ftp://proxy", "user:hunter2@proxy"])
def test_a_proxy_that_is_no_url_is_refused_and_not_shown(proxy: str) -> None:
    with pytest.raises(PSSessionError, match="proxy is no URL") as caught:
        target(proxy=proxy)
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ntlm", "ntlm"),
        (["kerberos", "ntlm"], "kerberos"),
        ("nonsense, credssp", "credssp"),
        (["ssl"], "basic"),
        (["nonsense"], None),
        ([], None),
        (None, None),
    ],
)
def test_of_winrms_transports_the_first_that_fits_is_taken(given: typing.Any, expected: str | None) -> None:
    assert _options.translated({"ansible_winrm_transport": given}).get("ansible_winrm_transport") == expected


def test_winrms_ssl_with_a_certificate_means_the_certificate() -> None:
    variables = {"ansible_winrm_transport": "ssl", "ansible_winrm_cert_pem": "/cert.pem"}
    assert _options.translated(variables)["ansible_winrm_transport"] == "certificate"


def test_secrets_and_timeouts_do_not_change_whose_session_it_is() -> None:
    assert target().key() == target(remote_password="x", connection_timeout=5, persist=0).key()
    assert target().key() != target(remote_user="bob").key()


def test_a_transport_takes_what_it_has_and_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    given: dict[str, typing.Any] = {"remote_user": "joe", "remote_password": "secret", "port": 2222}
    given.update(subsystem="pwsh", pwsh_path="mine")
    ssh = target(transport="ssh", **given)
    assert (ssh.host, ssh.port, ssh.user, ssh.password) == ("web1", 2222, "joe", "secret")
    assert (ssh.subsystem, ssh.pwsh_path, ssh.ssh_auth_sock) == ("pwsh", None, "/run/agent")
    assert (ssh.configuration_name, ssh.idle_timeout, ssh.can_disconnect) == ("DefaultShell", None, False)
    local = target(transport="local", **given)
    assert (local.host, local.port, local.user, local.password) == (
        "localhost",
        0,
        pwd.getpwuid(os.geteuid()).pw_name,
        None,
    )
    assert (local.subsystem, local.pwsh_path, local.ssh_auth_sock) == ("powershell", "mine", None)
    assert (local.configuration_name, local.idle_timeout, local.can_disconnect) == ("DefaultShell", None, False)
    wsman = target(**given)
    assert (wsman.subsystem, wsman.pwsh_path, wsman.ssh_auth_sock) == ("powershell", None, None)
    assert wsman.can_disconnect


def test_a_user_without_a_name_is_known_by_his_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(uid: int) -> typing.NoReturn:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert target(transport="local").user == str(os.geteuid())


def test_ssh_without_a_port_leaves_it_to_the_client() -> None:
    assert target(transport="ssh").port == 0


def test_sessions_over_different_transports_are_of_different_places() -> None:
    assert not target(transport="ssh", port=5986).is_same_host(target(port=5986))


@pytest.mark.parametrize(
    ("transport", "variable", "message"),
    [
        ("ssh", "ansible_pssession_auth", "transport is 'ssh', which has no option auth: it is one of wsman"),
        ("ssh", "ansible_pssession_idle_timeout", "no option idle_timeout: it is one of wsman"),
        ("ssh", "ansible_pssession_pwsh_path", "no option pwsh_path: it is one of local"),
        ("wsman", "ansible_pssession_subsystem", "no option subsystem: it is one of ssh"),
        ("local", "ansible_pssession_password", "no option remote_password: it is one of ssh and wsman"),
        ("local", "ansible_pssession_host", "no option remote_addr: it is one of ssh and wsman"),
    ],
)
def test_an_option_of_another_transport_is_refused(transport: str, variable: str, message: str) -> None:
    with pytest.raises(PSSessionError, match=message) as caught:
        target([variable, "ansible_host"], transport=transport)
    assert caught.value.kind is ErrorKind.USAGE
    assert f"Remove {variable} from the host's variables" in caught.value.message


@pytest.mark.parametrize(
    ("transport", "left"), [("wsman", "psrp winrm"), ("ssh", "ssh"), ("local", ""), (None, "psrp winrm")]
)
def test_variables_of_cores_connections_count_for_their_transport(transport: str | None, left: str) -> None:
    given: dict[str, typing.Any] = {f"ansible_{name}_port": 1 for name in ("psrp", "ssh", "winrm")}
    given["ansible_port"] = 2
    if transport is not None:
        given["ansible_pssession_transport"] = transport
    kept = _options.translated(given)
    assert sorted(name for name in kept if "_port" in name) == sorted(
        ["ansible_port", *(f"ansible_{name}_port" for name in left.split())]
    )


def test_every_option_of_one_transport_is_an_option_of_the_connection() -> None:
    documented = connection_loader.get("remoting.powershell.pssession", class_only=True)
    options = constants.config.get_configuration_definitions("connection", documented._load_name)
    assert set(_options.TRANSPORTS_OF) <= set(options)
    variables = {variable["name"] for option in options.values() for variable in option.get("vars", ())}
    for name in _options.TRANSPORTS_OF:
        short = {"remote_addr": "host", "remote_user": "user", "remote_password": "password"}.get(name, name)
        assert f"ansible_pssession_{short}" in variables
