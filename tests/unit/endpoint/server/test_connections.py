# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections: what http.sys does to idle ones, and what that means for message encryption."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl

import pypsrp.exceptions
import pypsrp.powershell
import pytest
import requests

from ansible_collections.remoting.powershell.tests.endpoint.config import EndpointConfig
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import connect, opened, run
from .conftest import NEEDS_CREDSSP, PASSWORD, USER, MakeEndpoint
from .fake_engine import FakeEngine

_IDENTIFY = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/>'
    "</s:Body></s:Envelope>"
)


def test_an_idle_connection_is_closed_and_basic_goes_on(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        run(pool, "set x=kept")
        endpoint.clock.advance(121)
        assert endpoint.connections == 0
        assert run(pool, "get x") == ["kept"]
    assert endpoint.counters.connections == 2


@pytest.mark.parametrize("auth", ["ntlm", "negotiate", pytest.param("credssp", marks=NEEDS_CREDSSP)])
def test_after_an_idle_close_an_encrypted_request_gets_400(endpoint: Endpoint, auth: str) -> None:
    with connect(endpoint, auth=auth) as wsman:
        pool = pypsrp.powershell.RunspacePool(wsman)
        pool.open()
        endpoint.clock.advance(121)
        for _attempt in range(2):
            with pytest.raises(pypsrp.exceptions.WinRMTransportError) as caught:
                pool.shell._get_shell()
            assert caught.value.code == 400
    assert len(endpoint.shells) == 1
    with connect(endpoint, auth=auth) as anew:
        anew.session_id = wsman.session_id
        pool.shell.wsman = pool.connection = anew
        assert run(pool, "echo still here") == ["still", "here"]


def test_a_message_that_was_tampered_with_gets_400(endpoint: Endpoint) -> None:
    with connect(endpoint, auth="ntlm") as wsman, pypsrp.powershell.RunspacePool(wsman) as pool:
        assert wsman.transport.encryption is not None
        wrap = wsman.transport.encryption.wrap_message

        def tamper(message: bytes) -> tuple[str, bytes]:
            kind, body = wrap(message)
            return kind, body[:-60] + bytes([body[-60] ^ 1]) + body[-59:]

        wsman.transport.encryption.wrap_message = tamper
        with pytest.raises(pypsrp.exceptions.WinRMTransportError) as caught:
            pool.shell._get_shell()
        assert caught.value.code == 400
        pool.state = 3


def test_identify_needs_no_password(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(allow_unencrypted=False)
    for url in (endpoint.http_url + "-anon/identify", endpoint.http_url):
        answer = requests.post(url, data=_IDENTIFY, headers={"WSMANIDENTIFY": "unauthenticated"}, timeout=10)
        assert answer.status_code == 200
        assert "ProtocolVersion" in answer.text
    answer = requests.post(endpoint.http_url + "-anon/identify", data="<x/>", timeout=10)
    assert answer.status_code == 401


def test_identify_with_a_password(endpoint: Endpoint) -> None:
    for encoding in ("utf-8", "latin-1"):
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode(encoding)).decode()
        headers = {"Authorization": f"Basic {token}"}
        assert requests.post(endpoint.http_url, data=_IDENTIFY, headers=headers, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/wsman", 405), ("POST", "/", 404), ("POST", "/wsman?PSVersion=5.1", 401)]
)
def test_other_paths_and_methods(endpoint: Endpoint, method: str, path: str, status: int) -> None:
    answer = requests.request(method, f"http://127.0.0.1:{endpoint.port}{path}", timeout=10)
    assert answer.status_code == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Negotiate, Basic realm="WSMAN", CredSSP'


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n",
        b"POST /wsman HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /wsman HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /wsman HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n",
        b"POST /wsman HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"POST /wsman HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /wsman HTTP/1.1\r\nLong: " + b"x" * 70_000,
        b"POST /wsman HTTP/2.0\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request(endpoint: Endpoint, request_bytes: bytes) -> None:
    with socket.create_connection(("127.0.0.1", endpoint.port), 10) as client:
        client.sendall(request_bytes)
        answer = client.makefile("rb").readline()
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 411", b"HTTP/1.1 413"))
    with opened(endpoint) as pool:
        assert run(pool, "echo a") == ["a"]


@pytest.mark.parametrize(
    ("scheme", "token"),
    [
        ("Negotiate", b"garbage"),
        ("NTLM", b"NTLMSSP\0\x03\0\0\0" + bytes(80)),
        ("NTLM", b"NTLMSSP\0\x01\0\0\0" + b"\xff" * 40),
        ("CredSSP", b"\x16\x03\x01" + b"\xff" * 40),
        ("Kerberos", b"garbage"),
        ("Basic", b"no colon"),
        ("Bearer", b"x"),
    ],
)
def test_tokens_that_let_nobody_in(endpoint: Endpoint, scheme: str, token: bytes) -> None:
    for text in (base64.b64encode(token).decode(), "%%% no base64 %%%"):
        headers = {"Authorization": f"{scheme} {text}", "Connection": "close"}
        answer = requests.post(endpoint.http_url, data=_IDENTIFY, headers=headers, timeout=10)
        assert answer.status_code in (400, 401)
    assert endpoint.counters.authentications == 0


def test_a_plain_client_on_the_tls_port(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(https_port=0)
    port = endpoint.https_ports["TESTHOST"]
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(b"POST /wsman HTTP/1.1\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert not client.makefile("rb").read().startswith(b"HTTP")
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError), socket.create_connection(("127.0.0.1", port), 10) as client:
        context.wrap_socket(client, server_hostname="localhost")
    with opened(endpoint, ssl=True) as pool:
        assert run(pool, "echo a") == ["a"]
    assert endpoint.counters.tls_failures == 2


def test_many_computers_in_one_endpoint(make_endpoint: MakeEndpoint, engine: FakeEngine) -> None:
    names = tuple(f"web{number:02}" for number in range(20))
    endpoint = make_endpoint(computers=names, layout="addresses")
    assert len(set(endpoint.http_ports.values())) == 1
    for name in ("web00", "web19"):
        wsman = connect(endpoint, port=endpoint.http_ports[name])
        wsman.transport.endpoint = f"http://{endpoint.addresses[name]}:{endpoint.http_ports[name]}/wsman"
        with wsman, pypsrp.powershell.RunspacePool(wsman) as pool:
            assert run(pool, "echo a") == ["a"]
            assert [shell.owner for shell in endpoint.computers[name].shells.values()] == [USER]
    assert [session.info.computer_name for session in engine.sessions] == ["web00", "web19"]
    assert endpoint.computers["web07"].counters.connections == 0


def test_nothing_is_left_when_an_endpoint_stops(make_endpoint: MakeEndpoint, engine: FakeEngine) -> None:
    endpoint = make_endpoint(https_port=0)
    folder = endpoint.ca_file.parent
    with connect(endpoint) as wsman:
        pypsrp.powershell.RunspacePool(wsman).open()
        endpoint.stop()
        assert [session.closed for session in engine.sessions] == [True]
        assert not folder.exists()
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(f"http://127.0.0.1:{endpoint.port}/", timeout=10)


def test_a_port_that_is_taken_leaves_nothing(make_endpoint: MakeEndpoint, engine: FakeEngine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = EndpointConfig(engine, http_port=0, https_port=port)
        failing = Endpoint(config)
        with pytest.raises(OSError, match="in use"):
            failing.start()
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(f"http://127.0.0.1:{failing.http_ports['TESTHOST']}/", timeout=10)
        assert not failing.ca_file.exists()


def test_ipv6(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint(address="::1")
    assert requests.post(endpoint.http_url, timeout=10).status_code == 401
