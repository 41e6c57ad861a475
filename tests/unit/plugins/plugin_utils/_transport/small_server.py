# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small HTTP server whose every answer a test writes itself, down to the byte."""

from __future__ import annotations

import base64
import collections.abc
import dataclasses
import re
import socket
import ssl
import threading
import types

RSP = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
NAMESPACES = (
    ' xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"'
    ' xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"'
    f' xmlns:rsp="{RSP}" xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"'
)


@dataclasses.dataclass(frozen=True)
class Request:
    """One HTTP request as it came."""

    head: str
    body: bytes
    #: Which connection brought it, from 1.
    connection: int

    @property
    def message_id(self) -> str:
        match = re.search(rb"MessageID>([^<]*)<", self.body)
        return match[1].decode() if match else ""

    @property
    def action(self) -> str:
        match = re.search(rb"Action[^>]*>([^<]*)<", self.body)
        return match[1].decode().rpartition("/")[2] if match else ""


class Last(bytes):
    """Bytes after which the connection ends."""


#: Gives the bytes to answer with; None ends the connection.
Handler = collections.abc.Callable[[Request], bytes | None]


class SmallServer:
    """Answers each request with what the handler gives; with a TLS context it speaks HTTPS."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self._handler = handler
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[Request] = []
        self.connections = 0
        self._closing = False

    def __enter__(self) -> SmallServer:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._closing = True
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        self.close_connections()
        for thread in self._threads:
            thread.join()

    def close_connections(self) -> None:
        """End every connection, as a server does with idle ones."""
        for connection in self._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the client was faster

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            if self._closing:
                connection.close()
                return
            self.connections += 1
            self._sockets.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with self._tls.wrap_socket(connection, server_side=True) if self._tls else connection as stream:
                while (request := _read(stream, number)) is not None:
                    self.requests.append(request)
                    answer = self._handler(request)
                    if answer is None:
                        return
                    stream.sendall(answer)
                    if isinstance(answer, Last):
                        return
        except OSError:
            pass  # a client that refuses the certificate or goes away is what some tests want
        finally:
            connection.close()


def _read(stream: socket.socket, number: int) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = stream.recv(65536)
        if not more:
            return None
        data += more
        if data[:1] == b"\x16":
            return Request("a TLS handshake", data, number)
    head, _blank, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    while length and len(body) < int(length[1]):
        more = stream.recv(65536)
        if not more:
            return None
        body += more
    return Request(head.decode("latin-1"), body, number)


def http(body: bytes | str, status: str = "200 OK", content_type: str = "application/soap+xml;charset=UTF-8") -> bytes:
    """An HTTP answer with a body of known length."""
    data = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data


def envelope(request: Request, body: str, relates_to: str | None = None) -> str:
    """An answer's envelope, laid out as Windows does it."""
    return (
        f'<s:Envelope xml:lang="en-US"{NAMESPACES}><s:Header><a:Action>{request.action}Response</a:Action>'
        "<a:MessageID>uuid:00000000-0000-0000-0000-000000000001</a:MessageID>"
        f"<a:RelatesTo>{request.message_id if relates_to is None else relates_to}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )


def fault(code: int | str | None, text: str = "No.", subcode: str = "w:InternalError", provider: str = "") -> str:
    """The body of a fault."""
    message = f'<f:ProviderFault provider="{provider}">{text}</f:ProviderFault>' if provider else text
    detail = f'<f:WSManFault Code="{code}" Machine="h"><f:Message>{message}</f:Message></f:WSManFault>'
    return (
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason>'
        f"<s:Detail>{detail if code is not None else ''}</s:Detail></s:Fault>"
    )


def received(*data: bytes, done: bool = False) -> str:
    """The body of a ReceiveResponse."""
    streams = "".join(f'<rsp:Stream Name="stdout">{base64.b64encode(one).decode()}</rsp:Stream>' for one in data)
    state = f'<rsp:CommandState State="{RSP}/CommandState/{"Done" if done else "Running"}"/>'
    return f"<rsp:ReceiveResponse>{streams}{state}</rsp:ReceiveResponse>"
