# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control resource: counts, failures, the clock and the settings of a running endpoint, as JSON over HTTP.

It listens on a loopback port of its own and wants the token that the ready file holds (test endpoint process; the
client class runs in whatever drives a test).
"""

from __future__ import annotations

import hmac
import http.server
import json
import secrets
import threading
import typing
import urllib.request

from .config import change

if typing.TYPE_CHECKING:
    from .endpoint import Endpoint

_MAX_BODY = 64 * 1024


class ControlServer:
    """Serves one endpoint until it is stopped."""

    def __init__(self, endpoint: Endpoint, port: int) -> None:
        self.token = secrets.token_urlsafe(24)
        self._endpoint = endpoint
        control = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                control.answer(self, b"")

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "0")
                size = int(length) if length.isdigit() else _MAX_BODY + 1
                control.answer(self, self.rfile.read(size) if size <= _MAX_BODY else b"\0")

            def log_message(self, format: str, *arguments: typing.Any) -> None:
                """Says nothing: the counts are the log."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="control", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        """Answers one request: 200 with JSON, 400 with {"error": text}, 401 or 404."""
        status, value = self._dispatch(request.path, request.headers.get("Authorization", ""), body)
        data = json.dumps(value).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def _dispatch(self, path: str, authorization: str, body: bytes) -> tuple[int, object]:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {self.token}".encode()):
            return 401, {"error": "the token of the ready file is missing"}
        handler = getattr(self, "_do_" + path.strip("/"), None)
        if handler is None:
            return 404, {"error": f"no resource {path}"}
        try:
            return 200, handler(json.loads(body) if body else {})
        except (ValueError, TypeError, KeyError) as error:
            return 400, {"error": f"{type(error).__name__}: {error}"}

    def _do_status(self, body: dict[str, typing.Any]) -> object:
        return self._endpoint.describe()

    def _do_fault(self, body: dict[str, typing.Any]) -> object:
        self._endpoint.faults.add(**body)
        return {}

    def _do_clear(self, body: dict[str, typing.Any]) -> object:
        self._endpoint.faults.clear()
        return {}

    def _do_advance(self, body: dict[str, typing.Any]) -> object:
        self._endpoint.clock.advance(float(body["seconds"]))
        return {"now": self._endpoint.clock.now()}

    def _do_restart(self, body: dict[str, typing.Any]) -> object:
        self._endpoint.restart()
        return {}

    def _do_quota(self, body: dict[str, typing.Any]) -> object:
        for computer in self._endpoint.computers.values():
            if body.get("computer") in (None, computer.name):
                change(computer.quotas, body["name"], body["value"])
        return {}

    def _do_manner(self, body: dict[str, typing.Any]) -> object:
        change(self._endpoint.config.manners, body["name"], body["value"])
        return {}


class ControlClient:
    """Talks to the control resource of another process."""

    def __init__(self, port: int, token: str) -> None:
        self._url = f"http://127.0.0.1:{port}/"
        self._token = token
        # No proxy of the environment may come between: this is loopback.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, resource: str, **body: typing.Any) -> typing.Any:
        """POSTs to a resource (status, fault, clear, advance, restart, quota, manner); its JSON answer."""
        request = urllib.request.Request(  # noqa: S310  (a loopback URL of our own)
            self._url + resource,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Bearer {self._token}"},
        )
        with self._opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())
