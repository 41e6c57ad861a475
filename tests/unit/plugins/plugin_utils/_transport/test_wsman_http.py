# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What WSManConnection makes of HTTP and SOAP that are not what they should be."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    FaultKind,
    TransportError,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_connections import (
    COMMAND,
    SHELL,
    always,
    connect,
    failure,
    good_then,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_server import (
    Request,
    SmallServer,
    envelope,
    fault,
    http,
    received,
)


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
