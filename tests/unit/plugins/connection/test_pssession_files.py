# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that the connection plugin sends and brings, against a broker that answers as told."""

from __future__ import annotations

import os
import pathlib
import re
import struct
import typing

import pytest
from ansible.errors import AnsibleError, AnsibleFileNotFound

from ansible_collections.remoting.powershell.plugins.plugin_utils._cached import load
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Finished, Records
from ansible_collections.remoting.powershell.tests.unit.plugins.conftest import MakeConnection
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import SESSION, FakeBroker

_FINISHED = Finished("completed", dict(SESSION))
#: The SHA-1 of 0123456789, and the file of that content as the host sends it.
_DIGEST = bytes.fromhex("87acec17cd9dcd20a716cc2cf67417b71c8a7016")
_STREAM = b"F" + struct.pack("<Q", 10) + b"0123456789" + _DIGEST


def _records(*bodies: bytes) -> list[tuple[Records, bytes]]:
    return [(Records([]), body) for body in bodies]


@pytest.fixture(name="send")
def _send(
    make_connection: MakeConnection, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> typing.Callable[[int, int], None]:
    """Sends a file of so many bytes, at most so many of them with one pipeline."""

    def send(size: int, pipeline: int) -> None:
        (_file_transfer,) = load("_file_transfer")
        monkeypatch.setattr(_file_transfer, "PIPELINE", pipeline)
        (tmp_path / "file").write_bytes(bytes(size))
        make_connection().put_file(str(tmp_path / "file"), "C:\\file")

    return send


def test_a_file_is_sent_in_chunks_and_its_hash_compared(
    make_connection: MakeConnection,
    broker: FakeBroker,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (_file_transfer,) = load("_file_transfer")
    monkeypatch.setattr(_file_transfer, "CHUNK", 4)
    monkeypatch.setattr(_file_transfer, "PIPELINE", 8)
    (tmp_path / "file").write_bytes(b"0123456789")
    make_connection().put_file(str(tmp_path / "file"), "C:\\it's [a] file")
    assert [seen.chunks for seen in broker.seen] == [[b"0123", b"4567"], [b"89", _DIGEST]]
    first, second = (dict(run.commands[0].parameters) for run in broker.runs)
    part = first["Part"]
    assert re.fullmatch(r"C:\\it's \[a\] file\.[0-9a-f]{8}\.part", part)
    assert first == {"Path": "C:\\it's [a] file", "Part": part, "Offset": 0, "Last": False}
    assert second == {"Path": "C:\\it's [a] file", "Part": part, "Offset": 8, "Last": True}


def test_an_empty_file_is_made(make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path) -> None:
    (tmp_path / "empty").touch()
    make_connection().put_file(str(tmp_path / "empty"), "C:\\empty")
    assert [seen.chunks for seen in broker.seen] == [[bytes.fromhex("da39a3ee5e6b4b0d3255bfef95601890afd80709")]]


def test_a_transfer_that_fails_tells_how_far_it_came_and_is_cleared_up(
    send: typing.Callable[[int, int], None], broker: FakeBroker
) -> None:
    broker.answer_run()
    broker.answers.append([Finished("failed", dict(SESSION), {"output": "The disk is full.\r\n"}, sent=4)])
    expected = r"^failed to transfer file to 'C:\\file' after 3.0 of 5.0 MB: The disk is full\. Nothing of it is left"
    with pytest.raises(AnsibleError, match=expected):
        send(5_000_000, 2_000_000)
    first, _second, last = (dict(run.commands[0].parameters) for run in broker.runs)
    assert last == {"Part": first["Part"]}


def test_a_file_that_becomes_shorter_ends_the_transfer(
    send: typing.Callable[[int, int], None], broker: FakeBroker, tmp_path: pathlib.Path
) -> None:
    def answer(message: object) -> list[typing.Any]:
        (tmp_path / "file").write_bytes(bytes(120_000))
        return [_FINISHED]

    broker.answer_with = answer
    with pytest.raises(AnsibleError, match="it became shorter meanwhile"):
        send(250_000, 100_000)
    assert len(broker.runs) == 3


@pytest.mark.parametrize(("path", "why"), [("a\0b", "nul"), ("", "empty")])
def test_a_path_that_cannot_be_one_is_refused(
    make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path, path: str, why: str
) -> None:
    (tmp_path / "file").touch()
    for method, paths in (
        ("put_file", (str(tmp_path / "file"), path)),
        ("fetch_file", (path, str(tmp_path / "other"))),
        ("fetch_file", ("C:\\file", path)),
    ):
        with pytest.raises(AnsibleError, match=why):
            getattr(make_connection(), method)(*paths)
    assert not broker.seen and os.listdir(tmp_path) == ["file"]


def test_a_directory_cannot_be_sent(
    make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(AnsibleError, match=f"failed to read file '{tmp_path}': Is a directory"):
        make_connection().put_file(str(tmp_path), "C:\\file")
    assert not broker.seen


def test_a_file_that_is_not_here_is_named(
    make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(AnsibleFileNotFound, match="file or module does not exist"):
        make_connection().put_file(str(tmp_path / "none"), "C:\\none")
    assert not broker.seen


def test_a_file_is_brought_with_its_hash_at_the_end(
    make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
) -> None:
    parts = (_STREAM[:1], _STREAM[1:4], _STREAM[4:35], _STREAM[35:])
    broker.answers.append([*_records(*parts), _FINISHED])
    make_connection().fetch_file("C:\\file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b"0123456789"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_that_is_replaced_keeps_its_mode(
    make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(0o640)
    broker.answer_run(body=_STREAM)
    make_connection().fetch_file("C:\\file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b"0123456789"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("stream", [b"", b"F", b"F" + bytes(8), b"F\n" + bytes(7) + b"0123456789" + bytes(20)])
def test_what_is_not_whole_leaves_the_old_file(
    make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path, stream: bytes
) -> None:
    (tmp_path / "file").write_bytes(b"old")
    broker.answer_run(body=stream)
    with pytest.raises(AnsibleError, match="failed to transfer file"):
        make_connection().fetch_file("C:\\file", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_directory_is_left_to_the_caller(
    make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
) -> None:
    broker.answer_run(body=b"D")
    make_connection().fetch_file("C:\\folder", str(tmp_path / "folder"))
    assert not os.listdir(tmp_path)


def test_the_hosts_error_is_told(make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path) -> None:
    broker.answer_run(state="failed", error={"output": "C:\\none does not exist\r\n"})
    with pytest.raises(AnsibleError, match=r"failed to transfer file 'C:\\none' to '.*': C:\\none does not"):
        make_connection().fetch_file("C:\\none", str(tmp_path / "none"))
    assert not os.listdir(tmp_path)


def test_a_folder_that_is_not_here_is_named(
    make_connection: MakeConnection, broker: FakeBroker, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(AnsibleError, match="failed to write file"):
        make_connection().fetch_file("C:\\file", str(tmp_path / "none" / "file"))
    assert not broker.seen
