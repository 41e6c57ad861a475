# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What WSManConnection does with a network and a server that misbehave."""

from __future__ import annotations

import io
import logging
import pathlib
import socket
import typing
import uuid
import warnings

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    FaultKind,
    TransportError,
    WSManConnection,
    WSManOptions,
)
from ansible_collections.remoting.powershell.tests.endpoint.certificates import Authority
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_server import (
    Handler,
    Last,
    Request,
    SmallServer,
    envelope,
    fault,
    http,
    received,
)

SHELL = uuid.UUID("11111111-2222-3333-4444-55555555abcd")
COMMAND = uuid.UUID("99999999-8888-7777-6666-55555555abcd")
SECRET = "N0body-may-see-this"


def connect(port: int, **changes: typing.Any) -> WSManConnection:
    """A connection with Basic over http, unless changed."""
    settings: dict[str, typing.Any] = {
        "host": "127.0.0.1",
        "ssl": False,
        "user": "alice",
        "password": SECRET,
        "auth": "basic",
        "message_encryption": "never",
        "connection_timeout": 5,
        "read_timeout": 30,
        "ignore_proxy": True,
    }
    return WSManConnection(WSManOptions(port=port, **{**settings, **changes}), uuid.uuid4())


def failure(connection: WSManConnection) -> TransportError:
    """What a Receive fails with; it must not quote the password, nor chain an exception that carries the request."""
    with pytest.raises(TransportError) as caught:
        connection.receive(SHELL, COMMAND)
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or isinstance(caught.value.__context__, ValueError)
    return caught.value


def always(answer: typing.Callable[[Request], bytes | None] | bytes | None) -> Handler:
    return lambda request: answer(request) if callable(answer) else answer


def good_then(answer: bytes | None) -> Handler:
    """The first request is answered well, what comes then as given."""
    seen: list[Request] = []

    def handler(request: Request) -> bytes | None:
        seen.append(request)
        return http(envelope(request, received(b"data"))) if len(seen) == 1 else answer

    return handler


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


def test_idle_connection_is_opened_again_for_basic_which_authenticates_each_request() -> None:
    with SmallServer(lambda request: http(envelope(request, received(b"data")))) as server:
        connection = connect(server.port)
        connection.receive(SHELL, COMMAND)
        server.close_connections()
        assert connection.receive(SHELL, COMMAND).data == b"data"
        assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        http("<html><title>Router login</title></html>", "404 Not Found", "text/html"),
        http("<html><title>Router login</title></html>", "400 Bad Request", "text/html"),
        http("<html><title>Router login</title></html>", content_type="text/html"),
        http("", "405 Method Not Allowed"),
        http(""),
        http("<a/>"),
        http("", "500 Internal Server Error"),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/wsman\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["404", "400", "html", "405", "empty", "xml", "500", "ssh", "redirect"],
)
def test_something_else_answers(answer: bytes) -> None:
    with SmallServer(always(lambda request: answer)) as server:
        connection = connect(server.port)
        error = failure(connection)
        assert len(server.requests) == 1
    expected = FaultKind.LOST if answer.startswith(b"SSH") else FaultKind.NOT_WSMAN
    assert error.kind is expected
    assert connection.broken
    if b"Router" in answer and b"404" in answer:
        assert "Router login" in error.message
        assert "/wsman" in error.message


@pytest.mark.parametrize(
    ("status", "kind", "may_have_arrived"),
    [
        ("400 Bad Request", FaultKind.REFUSED, True),
        ("401 Unauthorized", FaultKind.REFUSED, False),
        ("503 Service Unavailable", FaultKind.REFUSED, True),
        ("403 Forbidden", FaultKind.ACCESS_DENIED, False),
        ("413 Request Entity Too Large", FaultKind.ENVELOPE_TOO_LARGE, False),
        ("404 Not Found", FaultKind.LOST, True),
        ("500 Internal Server Error", FaultKind.LOST, True),
        ("502 Bad Gateway", FaultKind.LOST, True),
    ],
)
def test_status_in_the_middle_of_a_session(status: str, kind: FaultKind, may_have_arrived: bool) -> None:
    with SmallServer(good_then(http("", status))) as server:
        connection = connect(server.port)
        connection.receive(SHELL, COMMAND)
        error = failure(connection)
    assert (error.kind, error.may_have_arrived) == (kind, may_have_arrived)
    assert error.code == int(status[:3])
    assert connection.broken == (kind in (FaultKind.REFUSED, FaultKind.LOST))


def test_wrong_password() -> None:
    with SmallServer(always(http("", "401 Unauthorized"))) as server:
        error = failure(connect(server.port))
    assert (error.kind, error.code, error.may_have_arrived) == (FaultKind.AUTHENTICATION, 401, False)
    assert "alice" in error.message
    assert "basic" in error.message


@pytest.mark.parametrize("auth", ["ntlm", "negotiate", "credssp"])
def test_authentication_that_is_not_offered(auth: str) -> None:
    refusal = b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="WSMAN"\r\nContent-Length: 0\r\n\r\n'
    with SmallServer(always(lambda request: refusal)) as server:
        error = failure(connect(server.port, auth=auth, message_encryption="auto"))
    assert (error.kind, error.may_have_arrived) == (FaultKind.AUTHENTICATION, False)


@pytest.mark.parametrize("token", [b"", b"!!!", b"TlRMTVNTUAACAAAA", b"YWJj"])
@pytest.mark.parametrize("encryption", ["auto", "never"])
def test_authentication_token_that_is_garbage(token: bytes, encryption: str) -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate %s\r\nContent-Length: 0\r\n\r\n" % token
    with SmallServer(always(lambda request: refusal)) as server:
        error = failure(connect(server.port, auth="ntlm", message_encryption=encryption))
    assert error.kind in (FaultKind.AUTHENTICATION, FaultKind.NOT_WSMAN)
    assert error.may_have_arrived == (encryption == "never" and error.code != 401)


def test_server_that_asks_for_no_authentication() -> None:
    with SmallServer(always(http("hello"))) as server:
        error = failure(connect(server.port, auth="ntlm", message_encryption="auto"))
    assert (error.kind, error.may_have_arrived) == (FaultKind.NOT_WSMAN, False)


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"auth": "basic", "message_encryption": "auto"}, "encryption"),
        ({"auth": "basic", "user": None}, "username"),
        ({"auth": "basic", "password": None}, "password"),
        ({"auth": "certificate", "message_encryption": "never"}, "certificate"),
        ({"auth": "magic"}, "magic"),
        ({"auth": "credssp", "user": None, "message_encryption": "auto"}, "username"),
    ],
)
def test_options_that_exclude_each_other(changes: dict[str, typing.Any], hint: str) -> None:
    with pytest.raises(TransportError) as caught:
        connect(1, **changes).receive(SHELL, COMMAND)
    assert caught.value.kind is FaultKind.AUTHENTICATION
    assert hint in caught.value.message
    assert not caught.value.may_have_arrived


def test_wrong_relates_to() -> None:
    with SmallServer(lambda request: http(envelope(request, received(b"x"), relates_to="uuid:other"))) as server:
        error = failure(connect(server.port))
    assert error.may_have_arrived


@pytest.mark.parametrize(
    "body",
    [
        "<rsp:ReceiveResponse><rsp:Stream Name='stdout'>%%%</rsp:Stream></rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:Stream Name='stdout'>QQ</rsp:Stream></rsp:ReceiveResponse>",
        "<rsp:ReceiveResponse><rsp:Stream Name='stdout'>Q\u00e4==</rsp:Stream></rsp:ReceiveResponse>",
        "",
    ],
)
def test_answer_without_usable_data(body: str) -> None:
    with SmallServer(lambda request: http(envelope(request, body))) as server:
        connection = connect(server.port)
        error = failure(connection)
    assert (error.kind, error.may_have_arrived) == (FaultKind.NOT_WSMAN, True)
    assert connection.broken


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><b>&c;</b>'
)


@pytest.mark.parametrize("status", ["200 OK", "500 Internal Server Error"])
@pytest.mark.parametrize(
    "document",
    [
        BOMB.encode(),
        BOMB.replace("?>", " encoding='utf-16'?>", 1).encode("utf-16"),
        b"\xef\xbb\xbf \n" + BOMB.encode(),
        BOMB.replace("?>", " encoding='cp037'?>", 1).encode()[:40] + BOMB.encode("cp037"),
        b"\x00" * 100,
        b"<a>" * 100000,
    ],
    ids=["utf-8", "utf-16", "bom", "ebcdic", "zeros", "deep"],
)
def test_documents_that_are_not_parsed(document: bytes, status: str) -> None:
    with SmallServer(good_then(http(document, status))) as server:
        connection = connect(server.port)
        connection.receive(SHELL, COMMAND)
        error = failure(connection)
    assert (error.kind, error.may_have_arrived) == (FaultKind.LOST, True)


def test_fault_leaves_the_connection_usable() -> None:
    def handler(request: Request) -> bytes:
        if len(server.requests) == 1:
            return http(envelope(request, fault(2150858843, "ShellId unknown")), "500 Internal Server Error")
        return http(envelope(request, received(b"data", done=True)))

    with SmallServer(handler) as server:
        connection = connect(server.port)
        assert failure(connection).kind is FaultKind.SHELL_NOT_FOUND
        answer = connection.receive(SHELL, COMMAND)
        assert (answer.data, answer.done) == (b"data", True)
        assert server.connections == 1
        assert connection.requests_sent == 2


def test_fault_with_status_200_is_a_fault() -> None:
    with SmallServer(lambda request: http(envelope(request, fault(5, "Denied")))) as server:
        assert failure(connect(server.port)).kind is FaultKind.ACCESS_DENIED


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


def test_nothing_is_logged_even_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    with SmallServer(lambda request: http(envelope(request, received(b"data")))) as server:
        with caplog.at_level(logging.DEBUG):
            connection = connect(server.port)
            connection.receive(SHELL, COMMAND)
        with SmallServer(always(None)) as other, caplog.at_level(logging.DEBUG):
            failure(connect(other.port))
    assert caplog.records == []


@pytest.fixture
def pypsrp_logger() -> typing.Iterator[logging.Logger]:
    """A logger below pypsrp's as PYPSRP_LOG_CFG may configure it; put back afterwards."""
    logger = logging.getLogger("pypsrp.wsman")
    yield logger
    logger.setLevel(logging.NOTSET)
    logger.handlers.clear()


def test_logging_that_was_configured_for_pypsrp_is_taken_back(pypsrp_logger: logging.Logger) -> None:
    stream = io.StringIO()
    pypsrp_logger.disabled = False
    pypsrp_logger.setLevel(logging.DEBUG)
    pypsrp_logger.addHandler(logging.StreamHandler(stream))
    with SmallServer(lambda request: http(envelope(request, received(b"data")))) as server:
        connect(server.port).receive(SHELL, COMMAND)
    assert stream.getvalue() == ""


def test_options_keep_secrets_out_of_their_repr() -> None:
    options = WSManOptions(
        host="h", port=1, password=SECRET, certificate_key_password=SECRET, proxy=f"http://u:{SECRET}@p"
    )
    assert SECRET not in repr(options)
