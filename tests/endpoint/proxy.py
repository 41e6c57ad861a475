# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP proxy that makes a network out of loopback: latency, loss, cuts, low bandwidth (its process, or a test's).

``python -m ansible_collections.remoting.powershell.tests.endpoint.proxy --to 127.0.0.1:5985`` runs one; settings are
read from standard input, one JSON object a line, such as ``{"latency": 0.05}`` or ``{"cut": true}``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
import queue
import socket
import sys
import threading
import time
import types
import typing

_CHUNK = 64 * 1024


@dataclasses.dataclass
class Conditions:
    """What the network is like now; may be changed at any time."""

    #: Seconds for each direction: a round trip takes twice as long.
    latency: float = 0.0
    #: True: everything that comes is swallowed, connections stay open and new ones get no answer.
    drop: bool = False
    #: Bytes a second in each direction and connection; 0: no limit.
    throttle: int = 0

    def __post_init__(self) -> None:
        if self.latency < 0 or self.throttle < 0:
            raise ValueError("latency and throttle are not negative")


@dataclasses.dataclass
class Traffic:
    """What has passed since the start."""

    connections: int = 0
    bytes_to_server: int = 0
    bytes_to_client: int = 0


class Proxy:
    """Forwards a port of this machine to a server, under :attr:`conditions`."""

    def __init__(self, host: str, port: int, listen: int = 0, conditions: Conditions | None = None) -> None:
        self.conditions = conditions or Conditions()
        self.traffic = Traffic()
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", listen), backlog=128)
        self._pairs: set[_Pair] = set()
        self._lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._accept, name="proxy", daemon=True)
        self._thread.start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def connections(self) -> int:
        """How many are open now."""
        return len(self._pairs)

    def cut(self) -> int:
        """Breaks all connections that there are; how many."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            pair.end()
        return len(pairs)

    def set(self, **settings: typing.Any) -> None:
        """Changes conditions by name; ValueError or TypeError for what there is not."""
        self.conditions = dataclasses.replace(self.conditions, **settings)

    def stop(self) -> None:
        self._stopped = True
        # A thread in accept() is not woken by close() on every system; a connection wakes it everywhere.
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            self._listener.close()
        self._thread.join()
        self._listener.close()
        self.cut()

    def forget(self, pair: _Pair) -> None:
        with self._lock:
            self._pairs.discard(pair)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            if self._stopped:
                client.close()
                return
            self.traffic.connections += 1
            pair = _Pair(self, client)
            with self._lock:
                self._pairs.add(pair)
            threading.Thread(target=pair.run, args=self._target, daemon=True).start()


class _Pair:
    """One client's connection and the one to the server."""

    def __init__(self, proxy: Proxy, client: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server: socket.socket | None = None
        self._ended = threading.Event()

    def run(self, host: str, port: int) -> None:
        try:
            time.sleep(self._proxy.conditions.latency)  # the way of the SYN
            self._server = socket.create_connection((host, port), timeout=30)
            self._server.settimeout(None)
        except OSError:
            self.end()
            return
        for sock in (self._client, self._server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        directions = (
            _Direction(self, self._client, self._server, "bytes_to_server"),
            _Direction(self, self._server, self._client, "bytes_to_client"),
        )
        for direction in directions:
            direction.start()
        for direction in directions:
            direction.join()
        self.end()
        self._client.close()
        self._server.close()

    def end(self) -> None:
        """Breaks both connections."""
        self._ended.set()
        for sock in (self._client, self._server):
            if sock is not None:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # this half has ended already
        if self._server is None:
            self._client.close()
        self._proxy.forget(self)

    @property
    def conditions(self) -> Conditions:
        return self._proxy.conditions

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def count(self, name: str, amount: int) -> None:
        setattr(self._proxy.traffic, name, getattr(self._proxy.traffic, name) + amount)


class _Direction:
    """Bytes from one socket to the other: a reader and, behind the latency, a writer."""

    def __init__(self, pair: _Pair, source: socket.socket, target: socket.socket, counter: str) -> None:
        self._pair = pair
        self._source = source
        self._target = target
        self._counter = counter
        self._waiting: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._write)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _read(self) -> None:
        data = b"first"
        while data:
            try:
                data = self._source.recv(_CHUNK)
            except OSError:
                data = b""
            if data and self._pair.conditions.drop:
                continue
            self._waiting.put((time.monotonic() + self._pair.conditions.latency, data))

    def _write(self) -> None:
        while True:
            due, data = self._waiting.get()
            time.sleep(max(0.0, due - time.monotonic()))
            if not data or self._pair.ended:
                break
            rate = self._pair.conditions.throttle
            if rate:
                time.sleep(len(data) / rate)
            self._pair.count(self._counter, len(data))
            try:
                self._target.sendall(data)
            except OSError:
                break
        try:
            self._target.shutdown(socket.SHUT_WR)
        except OSError:
            return  # it has ended already


def serve(proxy: Proxy, lines: typing.Iterable[str], answers: typing.TextIO) -> None:
    """Obeys settings, one JSON object a line, and answers each with the traffic so far, or an error."""
    for line in lines:
        answer: dict[str, typing.Any]
        try:
            settings = json.loads(line)
            if settings.pop("cut", False):
                proxy.cut()
            proxy.set(**settings)
            answer = dataclasses.asdict(proxy.traffic)
        except (ValueError, TypeError, AttributeError) as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), file=answers, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Runs a proxy until standard input ends."""
    parser = argparse.ArgumentParser(prog="proxy", description="A TCP proxy with a bad network in it.")
    parser.add_argument("--to", required=True, metavar="HOST:PORT")
    parser.add_argument("--listen", type=int, default=0, metavar="PORT")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="for each direction")
    parser.add_argument("--ready-file", type=pathlib.Path, metavar="PATH", help="written as JSON: the port")
    options = parser.parse_args(arguments)
    host, _colon, port = options.to.rpartition(":")
    with Proxy(host, int(port), options.listen, Conditions(latency=options.latency)) as proxy:
        if options.ready_file is not None:
            aside = options.ready_file.with_name(options.ready_file.name + ".part")
            aside.write_text(json.dumps({"port": proxy.port}), encoding="utf-8")
            aside.replace(options.ready_file)
        serve(proxy, sys.stdin, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
