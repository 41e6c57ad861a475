# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kerberos against a real KDC: MIT's, made for the test, when Debian's krb5-kdc is installed."""

from __future__ import annotations

import collections.abc
import importlib.util
import os
import pathlib
import shutil
import socket
import subprocess
import typing

import pypsrp.exceptions
import pytest

from .clients import opened, run
from .conftest import PASSWORD, USER, MakeEndpoint

_REALM = "TEST.EXAMPLE"
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
_TOOLS = ("krb5kdc", "kdb5_util", "kadmin.local")

pytestmark = [
    pytest.mark.skipif(
        any(shutil.which(tool, path=_PATH) is None for tool in _TOOLS),
        reason="no MIT KDC here: apt-get install krb5-kdc krb5-admin-server",
    ),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("gssapi", "krb5")),
        reason="the Python packages gssapi and krb5 are not installed",
    ),
]


@pytest.fixture
def keytab(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> collections.abc.Iterator[pathlib.Path]:
    """A realm with one user and the keys of this machine's service; the environment points to it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "krb5.conf").write_text(
        f"[libdefaults]\n default_realm = {_REALM}\n dns_lookup_kdc = false\n rdns = false\n"
        " dns_canonicalize_hostname = false\n udp_preference_limit = 1\n"
        f"[realms]\n {_REALM} = {{\n  kdc = 127.0.0.1:{port}\n }}\n"
        f"[domain_realm]\n localhost = {_REALM}\n",
        encoding="utf-8",
    )
    (tmp_path / "kdc.conf").write_text(
        f"[realms]\n {_REALM} = {{\n  database_name = {tmp_path}/principal\n  key_stash_file = {tmp_path}/stash\n"
        f"  kdc_listen = 127.0.0.1:{port}\n  kdc_tcp_listen = 127.0.0.1:{port}\n }}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PATH", _PATH)
    monkeypatch.setenv("KRB5_CONFIG", str(tmp_path / "krb5.conf"))
    monkeypatch.setenv("KRB5_KDC_PROFILE", str(tmp_path / "kdc.conf"))
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path}/ccache")
    monkeypatch.delenv("KRB5_KTNAME", raising=False)
    _run("kdb5_util", "create", "-s", "-r", _REALM, "-P", "master")
    keys = tmp_path / "service.keytab"
    # A Windows computer answers to HOST/name; pypsrp asks for that one.
    commands = [f'addprinc -pw "{PASSWORD}" {USER}', "addprinc -randkey host/localhost"]
    for command in [*commands, f"ktadd -k {keys} host/localhost"]:
        _run("kadmin.local", "-r", _REALM, "-q", command)
    with open(tmp_path / "kdc.log", "wb") as log:
        kdc = subprocess.Popen(["krb5kdc", "-n", "-r", _REALM], stdout=log, stderr=log)
    try:
        _wait_for(port, kdc)
        yield keys
    finally:
        kdc.terminate()
        kdc.wait(20)


@pytest.mark.parametrize(
    "settings",
    [
        {"auth": "kerberos"},
        {"auth": "negotiate"},
        {"auth": "kerberos", "ssl": True},
        {"auth": "kerberos", "ssl": True, "encryption": "always"},
    ],
    ids=["kerberos-http-encrypted", "negotiate-http-encrypted", "kerberos-https", "kerberos-https-encrypted"],
)
def test_kerberos(make_endpoint: MakeEndpoint, keytab: pathlib.Path, settings: dict[str, typing.Any]) -> None:
    endpoint = make_endpoint(
        https_port=0, keytab=keytab, auth_methods=("kerberos", "negotiate"), allow_unencrypted=False
    )
    with opened(endpoint, negotiate_hostname_override="localhost", **settings) as pool:
        assert [shell.owner for shell in endpoint.shells] == [USER]
        assert len(run(pool, "big 200000")[0]) == 200000
        assert run(pool, "input", "x" * 300_000) == ["x" * 300_000]
    assert endpoint.counters.connections == 1
    assert endpoint.counters.mechanisms == {"kerberos": 1}


def test_a_wrong_password_is_the_kdcs_business(make_endpoint: MakeEndpoint, keytab: pathlib.Path) -> None:
    endpoint = make_endpoint(keytab=keytab, auth_methods=("kerberos",))
    with (
        pytest.raises(Exception, match=r"(?i)password|preauth|decrypt|integrity"),
        opened(endpoint, auth="kerberos", password="wrong", negotiate_hostname_override="localhost"),
    ):
        raise AssertionError("let in")
    assert endpoint.counters.authentications == 0


def test_ntlm_beside_kerberos(make_endpoint: MakeEndpoint, keytab: pathlib.Path) -> None:
    endpoint = make_endpoint(keytab=keytab, auth_methods=("kerberos", "negotiate"))
    with opened(endpoint, auth="ntlm") as pool:
        assert run(pool, "echo a") == ["a"]
    with pytest.raises(pypsrp.exceptions.AuthenticationError), opened(endpoint, auth="ntlm", password="wrong"):
        raise AssertionError("let in")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def _wait_for(port: int, kdc: subprocess.Popen[bytes]) -> None:
    while True:
        assert kdc.poll() is None, "the KDC ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            continue
        return
