# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ports of one computer, which its scripts may open and close while the endpoint runs (test endpoint process)."""

from __future__ import annotations

import pathlib
import socket
import ssl
import typing

from .server import Listener, Server

if typing.TYPE_CHECKING:
    from .computer import Computer
    from .engine.machine import StoredCertificate


class Ports:
    """See winrm.ListenerControl.

    Args:
        computer: Whose ports they are.
        address: Where they are opened.
        listeners: All listeners of the endpoint.
        server: Accepts on them.
        folder: For the files of certificates.
    """

    def __init__(
        self, computer: Computer, address: str, listeners: list[Listener], server: Server, folder: pathlib.Path
    ) -> None:
        self._computer = computer
        self._address = address
        self._listeners = listeners
        self._server = server
        self._folder = folder

    def ports(self) -> dict[str, int]:
        """Open ports by transport."""
        return {_transport(listener): listener.port for listener in self._own()}

    def open(self, transport: str, port: int, certificate: StoredCertificate | None) -> None:
        """Opens a port; OSError when it is taken."""
        tls = None if certificate is None else self._context(certificate)
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        sock = socket.create_server((self._address, port), family=family, backlog=256)
        sock.setblocking(False)
        self._server.add(Listener(self._computer, sock, tls))

    def close(self, transport: str) -> None:
        """Closes one; connections that there are go on."""
        for listener in self._own():
            if _transport(listener) == transport:
                self._server.drop(listener)

    def _own(self) -> list[Listener]:
        return [listener for listener in self._listeners if listener.computer is self._computer]

    def _context(self, stored: StoredCertificate) -> ssl.SSLContext:
        from cryptography.hazmat.primitives import serialization

        assert stored.key is not None
        file = self._folder / f"{self._computer.name}-listener.pem"
        file.touch(mode=0o600)
        file.write_bytes(
            stored.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + stored.certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        file.unlink()
        return context


def _transport(listener: Listener) -> str:
    return "HTTP" if listener.tls is None else "HTTPS"
