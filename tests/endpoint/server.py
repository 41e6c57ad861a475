# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners and connections of the endpoint: accepts, authenticates, hands over, answers (test endpoint process)."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time
import typing

from .auth import ConnectionAuth, Users
from .clock import Clock
from .computer import Computer, Peer
from .http import SOAP_TYPE, BadRequest, HttpRequest, HttpResponse, Wire
from .quotas import BY_NAME
from .service import Answer, Request, WSManService, is_identify
from .wsmanfault import shell_disconnected

_PATHS = ("/wsman", "/wsman/")
_ANONYMOUS_PATHS = ("/wsman-anon/identify", "/wsman-anon/identify/")
#: Real seconds that a TLS handshake may take.
_HANDSHAKE = 10.0
#: Real seconds that an answer which is being written may hold up the closing of idle connections.
_WRITE = 1.0


class Dropped(Exception):
    """A failure that was asked for ends the connection."""


class Connection(threading.Thread):
    """One TCP connection and the thread that serves it."""

    def __init__(self, server: Server, listener: Listener, sock: socket.socket, client_ip: str) -> None:
        super().__init__(name=f"connection-{listener.computer.name}", daemon=True)
        self._server = server
        self._listener = listener
        self._socket = sock
        self._client_ip = client_ip
        self._wire = Wire(sock)
        computer = listener.computer
        self._auth = ConnectionAuth(
            server.users, computer.auth_methods, lambda: computer.allow_unencrypted, computer.counters.logon
        )
        self._last_used = server.clock.now()
        #: A request is being worked on.
        self._busy = False
        #: Held from the arrival of a request until its answer has been written.
        self._request = threading.Lock()

    def run(self) -> None:
        computer = self._listener.computer
        try:
            if self._handshake():
                while self._serve():
                    continue
        except (OSError, Dropped):
            pass  # the client, or a failure that was asked for, ended the connection: nothing to answer
        finally:
            self._wire.abort()
            self._wire.close()
            self._server.forget(self)
            computer.connection_ended(self)

    def abort(self) -> None:
        self._wire.abort()

    def abort_if_idle(self, limit: float) -> bool:
        """Ends the connection when nothing has come through it for `limit` endpoint seconds."""
        if self._busy or self._server.clock.now() - self._last_used < limit:
            return False
        if not self._request.acquire(timeout=_WRITE):
            return False
        try:
            if self._server.clock.now() - self._last_used < limit:
                return False
            self._wire.abort()
        finally:
            self._request.release()
        return True

    def _handshake(self) -> bool:
        context = self._listener.tls
        if context is None:
            return True
        self._socket.settimeout(_HANDSHAKE)
        try:
            secured = context.wrap_socket(self._socket, server_side=True)
        except (ssl.SSLError, OSError):
            self._listener.computer.counters.add("tls_failures")
            return False
        secured.settimeout(None)
        self._socket = secured
        self._wire = Wire(secured)
        self._auth.secure(secured)
        return True

    def _serve(self) -> bool:
        """Answers one request; False when the connection ends after it."""
        try:
            # Encryption adds to a message, so the limit on what is inside is checked again when it is known.
            limit = self._listener.computer.quotas.max_envelope_size_kb * 1024
            if self._listener.computer.manners.oversize_answer == "fault":
                limit *= 16
            request = self._wire.read(limit + limit // 8)
        except BadRequest as error:
            self._wire.write(HttpResponse(error.status, close=True).encode())
            return False
        if request is None:
            return False
        with self._request:
            self._busy = True
            try:
                response = self._respond(request)
            finally:
                # Before the answer goes out: who has it may expect that the connection counts as idle.
                self._last_used = self._server.clock.now()
                self._busy = False
            response.close = response.close or not request.keep_alive
            self._wire.write(response.encode())
        return not response.close

    def _respond(self, request: HttpRequest) -> HttpResponse:
        computer = self._listener.computer
        path = request.path.split("?", 1)[0].lower()
        if path in _ANONYMOUS_PATHS or (path in _PATHS and "wsmanidentify" in request.headers):
            if is_identify(request.body):
                return self._answer(request, Request(computer, request.body), "")
            return self._auth.challenge()
        if path not in _PATHS:
            return HttpResponse(404)
        if request.method != "POST":
            return HttpResponse(405)
        user = self._auth.authenticate(request)
        if isinstance(user, HttpResponse):
            if user.status == 401 and "authorization" in request.headers and len(user.headers) != 1:
                computer.counters.add("authentication_failures")
            return user
        message = self._auth.read(request)
        if isinstance(message, HttpResponse):
            return message
        if not message:
            # The empty request with which a client sets up its security context.
            return self._auth.write(request, 200, b"", SOAP_TYPE)
        limit = computer.quotas.max_envelope_size_kb * 1024
        if len(message) > limit and computer.manners.oversize_answer == "http-413":
            return HttpResponse(413, close=True)
        return self._answer(request, Request(computer, message), user)

    def _answer(self, http: HttpRequest, request: Request, user: str) -> HttpResponse:
        """Processes a request, unless a failure that was asked for comes first, and counts it."""
        computer = self._listener.computer
        service = self._listener.service
        faults = computer.faults.take(request.action, request.shell_id, computer.name)
        answer: Answer | None = None
        for fault in faults:
            if fault.kind == "drop-before":
                raise Dropped
            if fault.kind in ("http-400", "http-503"):
                return HttpResponse(int(fault.kind[-3:]))
            if fault.kind == "delay":
                time.sleep(fault.seconds)
            elif fault.kind == "hold":
                computer.faults.hold()
            elif fault.kind == "quota":
                answer = service.fault(request, BY_NAME[fault.quota](computer.quotas))
            elif fault.kind in ("restart", "shell-gone", "disconnect-idle"):
                _befall(computer, fault.kind, request.shell_id)
        peer = Peer(user, self._client_ip, self, self._wire.gone)
        answer = answer or service.handle(request, peer)
        response = self._auth.write(http, answer.status, answer.body, SOAP_TYPE)
        data = response.encode()
        computer.counters.count(len(http.body), len(data), answer.action)
        for fault in faults:
            if fault.kind in ("drop-after", "cut"):
                if fault.kind == "cut":
                    self._wire.write(data[: fault.bytes])
                self._lose(answer)
                raise Dropped
        if answer.undo is not None and self._wire.gone():
            self._lose(answer)
            raise Dropped
        return response

    def _lose(self, answer: Answer) -> None:
        if answer.undo is not None:
            answer.undo()


def _befall(computer: Computer, kind: str, shell_id: str | None) -> None:
    if kind == "restart":
        computer.remove_all()
        return
    shell = computer.shells.get((shell_id or "").upper())
    if shell is None:
        return
    if kind == "shell-gone":
        computer.remove(shell)
    else:
        shell.disconnect(shell_disconnected())


class Listener:
    """One address and port of one computer."""

    def __init__(self, computer: Computer, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        self.computer = computer
        self.service = WSManService(computer)
        self.socket = sock
        self.tls = tls

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])


class Server:
    """All listeners, one thread that accepts, and the connections."""

    def __init__(self, listeners: list[Listener], users: Users, clock: Clock) -> None:
        self.users = users
        self.clock = clock
        self._listeners = listeners
        self._connections: set[Connection] = set()
        self._lock = threading.Lock()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._accept, name="accept", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def connections(self) -> int:
        """How many are open now."""
        return len(self._connections)

    def add(self, listener: Listener) -> None:
        """Listens on one more port."""
        self._listeners.append(listener)
        self._selector.register(listener.socket, selectors.EVENT_READ, listener)

    def drop(self, listener: Listener) -> None:
        """Listens on a port no longer; its connections go on."""
        self._listeners.remove(listener)
        self._selector.unregister(listener.socket)
        listener.socket.close()

    def stop(self) -> None:
        """Ends the listeners and all connections, and waits for their threads."""
        self._wake_writer.close()
        self._thread.join()
        self._wake_reader.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.abort()
        for connection in connections:
            connection.join(5)

    def close_idle(self, limit: float) -> None:
        """Closes connections that have been idle for `limit` endpoint seconds, as http.sys does."""
        with self._lock:
            connections = list(self._connections)
        for connection in [one for one in connections if one.abort_if_idle(limit)]:
            connection.join(_WRITE)

    def forget(self, connection: Connection) -> None:
        with self._lock:
            self._connections.discard(connection)

    def _accept(self) -> None:
        with self._selector as selector:
            selector.register(self._wake_reader, selectors.EVENT_READ)
            for listener in self._listeners:
                selector.register(listener.socket, selectors.EVENT_READ, listener)
            while True:
                for key, _events in selector.select():
                    if key.data is None:
                        self._close_listeners()
                        return
                    self._take(key.data)

    def _take(self, listener: Listener) -> None:
        try:
            sock, address = listener.socket.accept()
        except OSError:
            return  # the client has gone in the meantime
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.computer.counters.add("connections")
        connection = Connection(self, listener, sock, typing.cast(str, address[0]))
        with self._lock:
            self._connections.add(connection)
        connection.start()

    def _close_listeners(self) -> None:
        for listener in self._listeners:
            listener.socket.close()
