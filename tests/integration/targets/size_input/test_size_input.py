# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large input and files: whole, in bounded memory, and the quota's name where the computer takes no more."""

from __future__ import annotations

import hashlib
import pathlib
import random
import typing

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.processes import Process
from ansible_collections.remoting.powershell.tests.integration.support.stage import (
    FIND,
    LEAVE,
    Order,
    Stage,
    module,
)

#: What the broker may need above its base, in bytes.
_MOST = 150 * 2**20
_LINES, _LENGTH = 1200, 10_000
_FILE = 24 * 2**20
_IGNORE = {"ignore_errors": True}

#: Lifts the quota for what is sent to one command.
_UNLIMITED: Order = ("quota", {"name": "max_received_data_per_command_mb", "value": 0})

#: Counts and hashes its input, on the host.
_HASH = """
begin { $algorithm = [System.Security.Cryptography.SHA256]::Create(); $count = 0 }
process {
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($_)
    $null = $algorithm.TransformBlock($bytes, 0, $bytes.Length, $null, 0)
    $count++
}
end {
    $null = $algorithm.TransformFinalBlock($bytes, 0, 0)
    $count
    [System.BitConverter]::ToString($algorithm.Hash).Replace('-', '').ToLowerInvariant()
}
"""


def _peak(broker: Process) -> int:
    """The most memory that a process ever had, in bytes."""
    status = pathlib.Path(f"/proc/{broker.pid}/status")
    if not status.exists():
        pytest.skip("the memory of another process is read from /proc")
    (kilobytes,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024


def _broker(stage: Stage) -> Process:
    """The broker, which a first play has started and which has run a pipeline."""
    stage.play([LEAVE])
    (broker,) = stage.workspace.brokers()
    return broker


def _put(source: pathlib.Path, destination: pathlib.Path, **more: typing.Any) -> dict[str, typing.Any]:
    return {"name": "put", "put_file": {"src": str(source), "dest": str(destination)}, **more}


def _fetch(source: pathlib.Path, destination: pathlib.Path, **more: typing.Any) -> dict[str, typing.Any]:
    options = {"src": str(source), "dest": str(destination), "flat": True}
    return {"name": "fetch", "ansible.builtin.fetch": options, **more}


@pytest.fixture(name="files")
def _files(stage: Stage) -> pathlib.Path:
    """A folder for files; the plays know the action put_file."""
    actions = pathlib.Path(__file__).parent / "action_plugins"
    stage.workspace.environment["ANSIBLE_ACTION_PLUGINS"] = str(actions)
    folder = stage.workspace.scratch / "files of 'ours'"
    folder.mkdir()
    return folder


def test_twelve_megabytes_of_input_come_whole(stage: Stage) -> None:
    broker = _broker(stage)
    base = _peak(broker)
    letters = random.Random(1)
    plain, escaped = "abc äöü漢.", "a_x0041_&<>😀"
    lines = ["".join(letters.choices(plain if number % 20 else escaped, k=_LENGTH)) for number in range(_LINES)]
    (stage.workspace.scratch / "lines").write_text("\n".join(lines), encoding="utf-8")
    read = f"{{{{ lookup('ansible.builtin.file', '{stage.workspace.scratch}/lines').splitlines() }}}}"
    played = stage.play([module("much", "pssession_invoke", {"script": _HASH, "input": read}), FIND])
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert played.row("much").result["output"] == [_LINES, digest]
    assert played.kept
    assert stage.workspace.brokers() == [broker]
    assert _peak(broker) - base < _MOST


def test_what_is_over_a_quota_fails_naming_it(stage: Stage, endpoint: EndpointProcess) -> None:
    # The server's default for an object, in a parameter; and smaller quotas, for less to send.
    large = {"script": "param($Text) $global:left = 'run'", "parameters": {"Text": "{{ 'x' * 11000000 }}"}}
    first = stage.play([LEAVE, module("parameter", "pssession_invoke", large, **_IGNORE)])
    told = first.row("parameter").message
    assert "Nothing was run: " in told
    assert "objects of at most 10 MB (PSMaximumReceivedObjectSizeMB of session configuration" in told
    endpoint.manner("receive_quota_ends_session", False)
    endpoint.quota("max_received_object_mb", 1)
    endpoint.quota("max_received_data_per_command_mb", 2)
    played = stage.play(
        [
            LEAVE,
            module("object", "pssession_invoke", {"script": _HASH, "input": ["{{ 'x' * 1500000 }}"]}, **_IGNORE),
            module("command", "pssession_invoke", {"script": _HASH, "input": "{{ ['x' * 5000] * 600 }}"}, **_IGNORE),
            FIND,
        ]
    )
    for name, size, setting in (
        ("object", "objects of at most 1 MB", "MaximumReceivedObjectSizeMB"),
        ("command", "at most 2 MB", "MaximumReceivedDataSizePerCommandMB"),
    ):
        row = played.row(name)
        assert row.status == "failed"
        for part in (size, f"PS{setting}", f"Set-PSSessionConfiguration -Name Microsoft.PowerShell -{setting}"):
            assert part in row.message
        assert "What it had done by then is unknown" in row.message
    assert played.kept


def test_files_come_whole_both_ways(stage: Stage, files: pathlib.Path) -> None:
    broker = _broker(stage)
    base = _peak(broker)
    content = random.Random(2).randbytes(_FILE)
    (files / "source").write_bytes(content)
    (files / "host").write_bytes(b"what was there before")
    played = stage.play([_put(files / "source", files / "host"), _fetch(files / "host", files / "back")], "-vvv")
    assert set(played.statuses.values()) == {"ok"}
    assert hashlib.sha256((files / "host").read_bytes()).digest() == hashlib.sha256(content).digest()
    assert hashlib.sha256((files / "back").read_bytes()).digest() == hashlib.sha256(content).digest()
    assert sorted(path.name for path in files.iterdir()) == ["back", "host", "source"]
    told = [line for line in played.outcome.output.splitlines() if " MB in " in line and "MB/s" in line]
    assert [line.split("PSSESSION: ")[1].split()[0] for line in told] == ["PUT", "FETCH"]
    assert stage.workspace.brokers() == [broker]
    assert _peak(broker) - base < _MOST


def test_a_transfer_that_fails_leaves_what_was_there(
    stage: Stage, endpoint: EndpointProcess, files: pathlib.Path
) -> None:
    (files / "source").write_bytes(bytes(5_000_000))
    (files / "host").write_bytes(b"what was there before")
    endpoint.quota("max_received_data_per_command_mb", 2)
    played = stage.play(
        [
            _put(files / "source", files / "host", **_IGNORE),
            {"name": "lift", "ansible.builtin.raw": "1", "vars": {"orders": [_UNLIMITED]}},
            {**_put(files / "source", files / "host"), "name": "again"},
        ]
    )
    failed = played.row("put")
    assert failed.status == "failed"
    # As base64 a little over 1.5 MB fits into 2.
    assert "after 1.3 of 5.0 MB: " in failed.message
    assert "PSMaximumReceivedDataSizePerCommandMB" in failed.message
    assert failed.message.endswith("Nothing of it is left there.")
    assert played.row("again").status == "ok"
    assert (files / "host").read_bytes() == bytes(5_000_000)
    assert sorted(path.name for path in files.iterdir()) == ["host", "source"]


def test_files_that_cannot_be_are_named(stage: Stage, files: pathlib.Path) -> None:
    (files / "source").write_text("content", encoding="utf-8")
    tasks = {
        "none": (_put(files / "none", files / "x"), f"{files}/none"),
        "folder": (_put(files, files / "x"), f"failed to read file '{files}': Is a directory"),
        "nul": (_put(files / "source", files / "a\0b"), "is a path with a nul character"),
        "onto": (_put(files / "source", files), f"{files} is a directory"),
        "nowhere": (_put(files / "source", files / "nowhere" / "x"), f"{files}/nowhere/x"),
        "missing": (_fetch(files / "none", files / "x"), "does not exist"),
    }
    played = stage.play([{**task, "name": name, **_IGNORE} for name, (task, _text) in tasks.items()])
    for name, (_task, text) in tasks.items():
        row = played.row(name)
        assert row.status == "failed", name
        assert text in row.message, name
    assert [path.name for path in files.iterdir()] == ["source"]
