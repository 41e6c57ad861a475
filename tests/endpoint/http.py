# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 as http.sys speaks it, one thread for each connection (test endpoint process)."""

from __future__ import annotations

import dataclasses
import email.utils
import select
import socket
import ssl

#: http.sys's own limits are of this size; a header that is longer is answered with 400.
_MAX_HEADER = 64 * 1024
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
SOAP_TYPE = "application/soap+xml;charset=UTF-8"


class BadRequest(Exception):
    """What came is no HTTP request that can be answered; the connection ends after `status`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclasses.dataclass
class HttpRequest:
    """One request, headers by their lower-case names."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    keep_alive: bool


@dataclasses.dataclass
class HttpResponse:
    """One answer; several headers of one name are several entries."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    close: bool = False

    def encode(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Unknown')}"]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        lines.append("Server: Microsoft-HTTPAPI/2.0")
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines.append(f"Date: {email.utils.formatdate(usegmt=True)}")
        if self.close:
            lines.append("Connection: close")
        lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


class Wire:
    """The bytes of one connection: reads whole requests, writes whole answers."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._buffer = bytearray()

    def read(self, limit: int) -> HttpRequest | None:
        """The next request; None when the client has closed.  BadRequest for what is none, OSError for a break."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > _MAX_HEADER:
                raise BadRequest(400)
            if not self._more():
                return None
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        method, path, version, headers = _parse_head(head)
        length = _content_length(method, headers)
        if length > limit:
            raise BadRequest(413)
        if headers.get("expect", "").lower() == "100-continue":
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(self._buffer) < length:
            if not self._more():
                return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        keep = headers.get("connection", "").lower() != "close" and version == "HTTP/1.1"
        return HttpRequest(method, path, headers, body, keep)

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def gone(self) -> bool:
        """The client has closed its side while it waits for an answer."""
        try:
            if isinstance(self._socket, ssl.SSLSocket) or hasattr(select, "POLLRDHUP"):
                return _hung_up(self._socket.fileno())
            return _readable(self._socket) and not self._socket.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True

    def abort(self) -> None:
        """Ends the connection from any thread; a reader in :meth:`read` notices."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended already

    def close(self) -> None:
        self._socket.close()

    def _more(self) -> bool:
        data = self._socket.recv(256 * 1024)
        self._buffer += data
        return bool(data)


def _parse_head(head: bytes) -> tuple[str, str, str, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[0].isalpha() or parts[2] not in ("HTTP/1.0", "HTTP/1.1"):
        raise BadRequest(400)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(400)
        headers[name.lower()] = value.strip()
    return parts[0].upper(), parts[1], parts[2], headers


def _content_length(method: str, headers: dict[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise BadRequest(411)
    text = headers.get("content-length")
    if text is None:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadRequest(400)
    return int(text)


def _hung_up(descriptor: int) -> bool:
    poll = select.poll()
    ended = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR
    poll.register(descriptor, ended)
    return any(event & ended for _descriptor, event in poll.poll(0))


def _readable(sock: socket.socket) -> bool:
    return bool(select.select([sock], [], [], 0)[0])
