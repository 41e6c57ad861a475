# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoint as one object, to be used inside a test or by its process (test endpoint process)."""

from __future__ import annotations

import pathlib
import socket
import ssl
import tempfile
import threading
import types
import typing

from .auth import Users
from .certificates import Authority
from .clock import Clock
from .computer import Computer
from .config import EndpointConfig
from .control import ControlServer
from .counters import Counters
from .engine.machine import Machine
from .faults import FaultList
from .ports import Ports
from .server import Listener, Server
from .shells import Shell
from .winrm import WinRM

#: Real seconds between two looks at what has expired.
_TICK = 0.2


class Endpoint:
    """One or more computers that speak WS-Management, from :meth:`start` (or ``with``) to :meth:`stop`."""

    def __init__(self, config: EndpointConfig) -> None:
        self.config = config
        self.clock = Clock(config.time_scale)
        self.faults = FaultList()
        self.computers = {name: Computer(name, config, self.clock, self.faults) for name in config.computers}
        #: Set by :meth:`start`: ports by computer.
        self.http_ports: dict[str, int] = {}
        self.https_ports: dict[str, int] = {}
        self.addresses: dict[str, str] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._listeners: list[Listener] = []
        self._server: Server | None = None
        self._control: ControlServer | None = None
        self._authority: Authority | None = None
        self._stopping = threading.Event()
        self._ticker: threading.Thread | None = None

    def __enter__(self) -> Endpoint:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Opens the ports; OSError when one is taken, and nothing is left then."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        config = self.config
        self._folder = tempfile.TemporaryDirectory(prefix="wsman-endpoint-")
        folder = pathlib.Path(self._folder.name)
        users = Users(dict(config.users), config.computers, config.keytab, None, dict(config.certificate_users))
        users.write_ntlm_file(folder / "ntlm-users")
        tls = self._tls(folder) if config.https_port is not None else None
        self._listen(config.http_port, None, self.http_ports)
        self._listen(config.https_port, tls, self.https_ports)
        self._server = Server(self._listeners, users, self.clock)
        self._server.start()
        for name, computer in self.computers.items():
            ports = Ports(computer, self.addresses[name], self._listeners, self._server, folder)
            if config.engine.name == "embedded":  # a real PowerShell administers the computer that it runs on
                computer.machine = Machine(name, folder / name, WinRM(computer, ports))
        if config.control_port is not None:
            self._control = ControlServer(self, config.control_port)
        self.clock.on_advance(self._advanced)
        self._ticker = threading.Thread(target=self._tick, name="expiry", daemon=True)
        self._ticker.start()

    def stop(self) -> None:
        """Ends everything: connections, shells, engines, files."""
        self._stopping.set()
        self.faults.clear()
        if self._control is not None:
            self._control.stop()
        if self._ticker is not None:
            self._ticker.join()
        for computer in self.computers.values():
            computer.remove_all()
        if self._server is not None:
            self._server.stop()
        for listener in self._listeners:
            listener.socket.close()
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def port(self) -> int:
        """The first computer's HTTP port, or its HTTPS port when there is no HTTP."""
        name = self.config.computers[0]
        return self.http_ports[name] if name in self.http_ports else self.https_ports[name]

    @property
    def http_url(self) -> str:
        name = self.config.computers[0]
        return f"http://{self._host(name)}:{self.http_ports[name]}/wsman"

    def _host(self, name: str) -> str:
        address = self.addresses[name]
        return f"[{address}]" if ":" in address else address

    @property
    def ca_file(self) -> pathlib.Path:
        """The certificate that clients have to trust for HTTPS."""
        return self.authority.ca_file

    @property
    def authority(self) -> Authority:
        """The endpoint's own CA, which also makes client certificates."""
        if self._authority is None:
            raise RuntimeError("an endpoint without HTTPS has no certificate authority")
        return self._authority

    @property
    def control(self) -> ControlServer:
        if self._control is None:
            raise RuntimeError("this endpoint has no control port")
        return self._control

    @property
    def counters(self) -> Counters:
        """The counts of all computers together; of one: ``computers[name].counters``."""
        return Counters.sum([computer.counters for computer in self.computers.values()])

    @property
    def shells(self) -> list[Shell]:
        return [shell for computer in self.computers.values() for shell in list(computer.shells.values())]

    @property
    def connections(self) -> int:
        """TCP connections that are open now."""
        return 0 if self._server is None else self._server.connections

    def sweep(self) -> None:
        """Has shells and idle connections expire whose time has come; runs by itself, too."""
        for computer in self.computers.values():
            computer.sweep()
        if self._server is not None:
            self._server.close_idle(self.config.idle_close)

    def _advanced(self) -> None:
        self.sweep()
        for computer in self.computers.values():
            computer.wake()

    def restart(self) -> None:
        """All shells are gone, as after a reboot."""
        for computer in self.computers.values():
            computer.remove_all()

    def _tick(self) -> None:
        while not self._stopping.wait(_TICK):
            self.sweep()

    def _tls(self, folder: pathlib.Path) -> ssl.SSLContext:
        addresses = [self._address(number) for number in range(len(self.config.computers))]
        names = ["localhost", *self.config.computers, *self.config.certificate_names]
        self._authority = Authority(folder)
        return self._authority.server_context(names, sorted({"127.0.0.1", "::1", *addresses}))

    def _address(self, number: int) -> str:
        return f"127.0.0.{number + 1}" if self.config.layout == "addresses" else self.config.address

    def _listen(self, port: int | None, tls: ssl.SSLContext | None, ports: dict[str, int]) -> None:
        if port is None:
            return
        shared = port
        for number, (name, computer) in enumerate(self.computers.items()):
            address = self._address(number)
            wanted = shared if self.config.layout == "addresses" else port and port + number
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            sock = socket.create_server((address, wanted), family=family, backlog=256)
            sock.setblocking(False)
            listener = Listener(computer, sock, tls)
            self._listeners.append(listener)
            self.addresses[name] = address
            ports[name] = shared = listener.port

    def describe(self) -> dict[str, typing.Any]:
        """Everything that the control resource tells."""
        return {
            "engine": self.config.engine.name,
            "now": self.clock.now(),
            "connections_now": self.connections,
            "faults_pending": len(self.faults),
            "requests_held": self.faults.held,
            "counters": self.counters.as_dict(),
            "computers": [computer.describe() for computer in self.computers.values()],
        }
