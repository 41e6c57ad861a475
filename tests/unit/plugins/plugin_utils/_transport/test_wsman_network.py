# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What WSManConnection says of a network and of TLS that fail."""

from __future__ import annotations

import pathlib
import socket
import warnings

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    FaultKind,
    TransportError,
)
from ansible_collections.remoting.powershell.tests.endpoint.certificates import Authority
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.forward_proxy import (
    ForwardProxy,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_connections import (
    COMMAND,
    SECRET,
    SHELL,
    always,
    connect,
    failure,
    good_then,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_server import (
    Last,
    SmallServer,
    envelope,
    http,
    received,
)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_refused() -> None:
    connection = connect(port := closed_port())
    error = failure(connection)
    assert error.kind is FaultKind.UNREACHABLE
    assert not error.may_have_arrived
    assert str(port) in error.message
    assert "Enable-PSRemoting" in error.message
    assert connection.broken


def test_name_that_does_not_resolve() -> None:
    error = failure(connect(5985, host="no-such-host.invalid"))
    assert (error.kind, error.may_have_arrived) == (FaultKind.UNREACHABLE, False)
    assert "no-such-host.invalid" in error.message
    assert "resolved" in error.message


@pytest.mark.parametrize("ssl", [False, True])
@pytest.mark.parametrize("host", ["bad host", "a" * 300, "x..y", "\udc80", "[::"])
def test_host_that_is_no_name(host: str, ssl: bool) -> None:
    with pytest.raises(TransportError) as caught:
        connect(5985, host=host, ssl=ssl).receive(SHELL, COMMAND)
    assert (caught.value.kind, caught.value.may_have_arrived) == (FaultKind.UNREACHABLE, False)


@pytest.mark.parametrize("ssl", [False, True])
def test_proxy_that_is_not_there(ssl: bool) -> None:
    proxy = f"http://bob:{SECRET}@127.0.0.1:{closed_port()}"
    error = failure(connect(5985, proxy=proxy, ignore_proxy=False, ssl=ssl))
    assert (error.kind, error.may_have_arrived) == (FaultKind.UNREACHABLE, False)
    assert "proxy" in error.message


def test_proxy_that_wants_credentials() -> None:
    with SmallServer(always(http("", "407 Proxy Authentication Required"))) as server:
        error = failure(connect(5985, proxy=f"http://127.0.0.1:{server.port}", ignore_proxy=False))
    assert (error.kind, error.code) == (FaultKind.UNREACHABLE, 407)


@pytest.mark.parametrize("ssl", [False, True])
def test_through_a_proxy(ssl: bool, tmp_path: pathlib.Path) -> None:
    authority = Authority(tmp_path)
    context = authority.server_context(["wsman.example"], []) if ssl else None
    with (
        SmallServer(lambda request: http(envelope(request, received(b"data"))), context) as server,
        ForwardProxy(server.port) as proxy,
    ):
        connection = connect(
            5986,
            host="wsman.example",
            ssl=ssl,
            cert_validation=str(authority.ca_file),
            ignore_proxy=False,
            proxy=f"http://127.0.0.1:{proxy.port}",
        )
        assert connection.receive(SHELL, COMMAND).data == b"data"
        connection.close()
        assert (proxy.connections, server.connections) == (1, 1)
        method = "CONNECT wsman.example:5986" if ssl else "POST http://wsman.example:5986/wsman"
        assert proxy.first_line.startswith(method)


def test_connection_cut_before_an_answer() -> None:
    with SmallServer(always(None)) as server:
        connection = connect(server.port)
        error = failure(connection)
        assert (error.kind, error.may_have_arrived) == (FaultKind.LOST, True)
        assert connection.broken
        again = failure(connection)
        assert (again.kind, again.may_have_arrived) == (FaultKind.LOST, False)
        assert len(server.requests) == 1


@pytest.mark.parametrize("left", [0, 10, 40, 1000])
def test_answer_cut_in_the_middle(left: int) -> None:
    with SmallServer(good_then(Last(http("x" * 1000)[: left + 1]))) as server:
        connection = connect(server.port)
        assert connection.receive(SHELL, COMMAND).data == b"data"
        error = failure(connection)
    assert (error.kind, error.may_have_arrived) == (FaultKind.LOST, True)


def test_no_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ansible_collections.remoting.powershell.plugins.plugin_utils._transport._exchange._TRAVEL", 0.05
    )
    with SmallServer(always(b"")) as server:
        connection = connect(server.port, read_timeout=0, operation_timeout=0.05)
        error = failure(connection)
    assert (error.kind, error.may_have_arrived) == (FaultKind.LOST, True)
    assert connection.broken


def test_port_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ansible_collections.remoting.powershell.plugins.plugin_utils._transport._exchange._TRAVEL", 0.05
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        timeouts = {"read_timeout": 0, "operation_timeout": 0.05}
        error = failure(connect(port, auth="ntlm", message_encryption="auto", **timeouts))
    assert (error.kind, error.may_have_arrived) == (FaultKind.UNREACHABLE, False)
    assert "does not answer" in error.message
    assert "TLS" not in error.message


def test_idle_connection_is_opened_again_for_basic_which_authenticates_each_request() -> None:
    with SmallServer(lambda request: http(envelope(request, received(b"data")))) as server:
        connection = connect(server.port)
        connection.receive(SHELL, COMMAND)
        server.close_connections()
        assert connection.receive(SHELL, COMMAND).data == b"data"
        assert server.connections == 2


def test_server_certificate_of_an_unknown_authority(tmp_path: pathlib.Path) -> None:
    for name in ("theirs", "ours"):
        (tmp_path / name).mkdir()
    theirs, ours = Authority(tmp_path / "theirs"), Authority(tmp_path / "ours")
    context = theirs.server_context(["localhost"], ["127.0.0.1"])
    with SmallServer(lambda request: http(envelope(request, received(b"data"))), context) as server:
        error = failure(connect(server.port, ssl=True, cert_validation=str(ours.ca_file)))
        assert (error.kind, error.may_have_arrived) == (FaultKind.TLS, False)
        assert "ca_cert" in error.message
        assert "cert_validation" in error.message
        assert server.requests == []
        trusting = connect(server.port, ssl=True, cert_validation=str(theirs.ca_file))
        assert trusting.receive(SHELL, COMMAND).data == b"data"
        trusting.close()


def test_server_certificate_that_is_not_checked_warns_of_nothing(tmp_path: pathlib.Path) -> None:
    context = Authority(tmp_path).server_context(["localhost"], ["127.0.0.1"])
    with (
        SmallServer(lambda request: http(envelope(request, received(b"data"))), context) as server,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        connection = connect(server.port, ssl=True, cert_validation=False)
        assert connection.receive(SHELL, COMMAND).data == b"data"
        connection.close()
    assert [str(warning.message) for warning in caught] == []


def test_server_certificate_of_another_name(tmp_path: pathlib.Path) -> None:
    authority = Authority(tmp_path)
    context = authority.server_context(["other.example"], [])
    with SmallServer(always(None), context) as server:
        error = failure(connect(server.port, ssl=True, cert_validation=str(authority.ca_file)))
    assert (error.kind, error.may_have_arrived) == (FaultKind.TLS, False)
    assert "127.0.0.1" in error.message


def test_tls_to_a_port_that_speaks_http() -> None:
    with SmallServer(always(http("", "400 Bad Request"))) as server:
        error = failure(connect(server.port, ssl=True))
    assert (error.kind, error.may_have_arrived) == (FaultKind.TLS, False)
    assert "https" in error.message


@pytest.mark.parametrize("option", ["cert_validation", "certificate_pem"])
def test_files_that_are_missing(option: str, tmp_path: pathlib.Path) -> None:
    missing = str(tmp_path / "missing.pem")
    changes = {option: missing, "ssl": True}
    if option == "certificate_pem":
        changes.update(auth="certificate", certificate_key_pem=missing, cert_validation=False)
    with SmallServer(always(None)) as server:
        error = failure(connect(server.port, **changes))
    assert (error.kind, error.may_have_arrived) == (FaultKind.TLS, False)
    assert "missing.pem" in error.message
    assert ("ca_cert" if option == "cert_validation" else "certificate_pem") in error.message
