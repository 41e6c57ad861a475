# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The broker as a process: one of it, private, hard to hurt, and gone when nothing is left to keep."""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import time
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils import _client
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import PROTOCOL, frames, messages, place
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target

#: Nobody listens there: the discard port of an address of our own.
NOBODY = Target(host="127.0.0.1", port=9, ssl=False, auth="basic", user="u", password="secret-of-the-test")


@pytest.fixture(name="directory")
def _directory(tmp_path: pathlib.Path) -> typing.Iterator[str]:
    folder = str(tmp_path / "s")
    yield folder
    for client in _client.running(folder, os.getpid(), print):
        client.request(messages.Shutdown())
        client.close()
    deadline = time.monotonic() + 20
    while list(pathlib.Path(folder).glob("*.sock")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not list(pathlib.Path(folder).glob("*.sock"))


def connect(directory: str) -> _client.BrokerClient:
    """A client of the broker in a directory, which is started if need be."""
    return _client.connect(directory, os.getpid(), print, "debug")


def facts(client: _client.BrokerClient) -> dict[str, typing.Any]:
    """What the broker tells of itself."""
    answer: messages.Sessions = client.request(messages.ListSessions())
    return answer.broker


def raw(directory: str) -> socket.socket:
    """A connection on which nothing was said yet."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(place.here(directory).socket))
    connection.settimeout(10)
    return connection


def hung_up(connection: socket.socket) -> bool:
    """Whether the peer closed the connection rather than answering."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_many_clients_start_one_broker(directory: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        clients = list(pool.map(lambda _: connect(directory), range(12)))
    assert len({facts(client)["pid"] for client in clients}) == 1
    for client in clients:
        client.close()


def test_its_files_are_private(directory: str) -> None:
    connect(directory).close()
    modes = {path.suffix: path.stat().st_mode & 0o077 for path in pathlib.Path(directory).iterdir()}
    assert set(modes) == {".sock", ".start", ".life", ".log"}
    assert set(modes.values()) == {0}


def test_a_killed_broker_is_replaced(directory: str) -> None:
    client = connect(directory)
    pid = facts(client)["pid"]
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(PSSessionError, match="broker is gone") as error:
        client.request(messages.ListSessions())
    assert error.value.kind is ErrorKind.UNKNOWN
    client.close()
    again = connect(directory)
    assert facts(again)["pid"] != pid
    again.close()


def test_a_stale_socket_is_no_obstacle(directory: str) -> None:
    stale = place.here(directory).socket
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(stale))
    assert stale.exists()
    connect(directory).close()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff" * 4096, id="noise"),
        pytest.param(struct.pack("!4sII", frames.MAGIC, 0xFFFFFFFF, 0), id="huge"),
        pytest.param(struct.pack("!4sII", frames.MAGIC, 100, 0) + b"{", id="truncated"),
        pytest.param(struct.pack("!4sII", frames.MAGIC, 300000, 0) + b"[" * 300000, id="deeply nested"),
        pytest.param(frames.encode({"type": "Shutdown"}), id="not greeted"),
        pytest.param(b"", id="silent"),
    ],
)
def test_nonsense_only_costs_its_sender_the_connection(directory: str, data: bytes) -> None:
    client = connect(directory)
    pid = facts(client)["pid"]
    with raw(directory) as hostile:
        hostile.sendall(data)
        hostile.shutdown(socket.SHUT_WR)
        assert hung_up(hostile)
    assert facts(client)["pid"] == pid
    client.close()


def test_another_version_is_told_so(directory: str) -> None:
    connect(directory).close()
    with raw(directory) as connection:
        hello = messages.Hello(PROTOCOL, "0.0.1", os.getpid(), 0)
        connection.sendall(messages.REQUESTS.encode(hello))
        with pytest.raises(PSSessionError, match="version"):
            _client.BrokerClient(connection, print).request(hello)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_another_user_is_refused(directory: str) -> None:
    client = connect(directory)
    socket_path = place.here(directory).socket
    # The directory keeps others out; take that away to see the second line of defence.
    for path in (socket_path, *socket_path.parents):
        if path.stat().st_uid == 0 and path not in (pathlib.Path("/"), pathlib.Path("/tmp")):
            os.chmod(path, path.stat().st_mode | 0o777)
    script = (
        "import os, socket, sys; os.setgid(65534); os.setuid(65534); s = socket.socket(socket.AF_UNIX);"
        "s.connect(sys.argv[1]); s.settimeout(10)\n"
        "try: print(s.recv(1))\nexcept ConnectionResetError: print(b'')"
    )
    seen = subprocess.run(
        [sys.executable, "-c", script, str(socket_path)], capture_output=True, text=True, timeout=60, check=True
    )
    os.chmod(socket_path.parent, 0o700)
    assert seen.stdout.strip() == "b''"
    assert "uid 65534 was refused" in place.here(directory).log.read_text()
    assert facts(client)["pid"]
    client.close()


def test_an_unreachable_host_is_told_and_the_secret_kept(directory: str) -> None:
    client = connect(directory)
    with pytest.raises(PSSessionError) as error:
        client.run(messages.Run(NOBODY, [messages.Command("a-script-of-the-test")]))
    assert error.value.kind is ErrorKind.UNREACHABLE
    assert "127.0.0.1" in error.value.message
    log = place.here(directory).log.read_text()
    assert "secret-of-the-test" not in log + error.value.message
    assert "a-script-of-the-test" not in log
    client.close()


def test_a_transport_that_is_not_there_is_told(directory: str) -> None:
    client = connect(directory)
    target = Target(**{**vars(NOBODY), "transport": "pigeon"})
    with pytest.raises(PSSessionError, match="pigeon") as error:
        client.run(messages.Run(target, [messages.Command("1")]))
    assert error.value.kind is ErrorKind.USAGE
    client.close()


def test_a_missing_library_is_told_by_name(directory: str, tmp_path: pathlib.Path, monkeypatch: typing.Any) -> None:
    (tmp_path / "hidden" / "psrpcore").mkdir(parents=True)
    (tmp_path / "hidden" / "psrpcore" / "__init__.py").write_text("raise ImportError('hidden by the test')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hidden"))
    with pytest.raises(PSSessionError, match="pip install psrpcore") as error:
        connect(directory)
    assert error.value.kind is ErrorKind.FAILED


def test_it_ends_on_sigterm_and_leaves_no_socket(directory: str) -> None:
    client = connect(directory)
    pid = facts(client)["pid"]
    client.close()
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 20
    while place.here(directory).socket.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not place.here(directory).socket.exists()


def test_idle_clients_cost_one_thread_each_and_none_when_gone(directory: str) -> None:
    client = connect(directory)
    alone = facts(client)["threads"]
    others = [connect(directory) for _number in range(5)]
    assert facts(client)["threads"] == alone + 5
    for other in others:
        other.close()
    deadline = time.monotonic() + 10
    while facts(client)["threads"] > alone and time.monotonic() < deadline:
        time.sleep(0.05)
    assert facts(client)["threads"] == alone
    client.close()
