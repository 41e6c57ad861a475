# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""put_file.ps1, fetch_file.ps1 and run_file.ps1, run by the embedded evaluator of the test endpoint."""

from __future__ import annotations

import base64
import hashlib
import os
import pathlib
import struct
import typing

import pytest

pytest.importorskip("tree_sitter_pwsh", reason="the embedded evaluator needs tree-sitter-pwsh")
pytest.importorskip("psrpcore", reason="values are serialized by psrpcore")

from ansible_collections.remoting.powershell.plugins.plugin_utils import _command_line, _levels, scripts
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Command
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.errors import NetError
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.script_runs import TARGET, Written, run


def sha1(content: bytes) -> bytes:
    """A file's hash as it goes with it."""
    return hashlib.sha1(content, usedforsecurity=False).digest()


def failing(monkeypatch: pytest.MonkeyPatch, code: int, times: int) -> list[NetError]:
    """Lets the replacing of a file fail with an error of winerror.h, so often; returns what is left of the failures."""
    failures = [NetError("System.IO.IOException", f"error {code}") for _time in range(times)]
    replace = os.replace

    def replace_later(*arguments: typing.Any) -> None:
        if failures:
            failures[-1].exception.code = code - 0x7FF90000
            raise failures.pop()
        replace(*arguments)

    monkeypatch.setattr(os, "replace", replace_later)
    return failures


class TestFiles:
    @staticmethod
    def put(runspace: Runspace, path: pathlib.Path, offset: int, last: bool, *chunks: bytes) -> Written:
        """Sends a part of a file; the last chunk of the last part is the hash."""
        parameters = [["Path", str(path)], ["Part", f"{path}.part"], ["Offset", offset], ["Last", last]]
        command = Command(scripts.read("put_file"), use_local_scope=True, parameters=parameters)
        return run(runspace, command, [base64.b64encode(chunk).decode() for chunk in chunks])

    @staticmethod
    def fetch(runspace: Runspace, path: pathlib.Path) -> Written:
        """Reads a file."""
        command = Command(scripts.read("fetch_file"), use_local_scope=True, parameters=[["Path", str(path)]])
        return run(runspace, command)

    def test_a_file_is_written_in_parts(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        path = tmp_path / "it's [a] 'file' äö.bin"
        path.write_bytes(b"an older and longer content")
        path.chmod(0o640)
        assert self.put(runspace, path, 0, False, b"\0\1", b"\xff").failure is None
        assert path.read_bytes() == b"an older and longer content"
        written = self.put(runspace, path, 3, True, b"end", sha1(b"\0\1\xffend"))
        assert (written.failure, written.texts) == (None, [])
        assert path.read_bytes() == b"\0\1\xffend"
        assert path.stat().st_mode & 0o777 == 0o640
        assert [each.name for each in tmp_path.iterdir()] == [path.name]

    def test_an_empty_file_is_made(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert self.put(runspace, tmp_path / "empty", 0, True, sha1(b"")).failure is None
        assert (tmp_path / "empty").read_bytes() == b""

    @pytest.mark.parametrize("code", [32, 33, 1175, 1176])
    def test_a_file_that_is_held_for_a_moment_is_waited_for(
        self, runspace: Runspace, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, code: int
    ) -> None:
        (tmp_path / "file").write_bytes(b"old")
        left = failing(monkeypatch, code, times=2)
        assert self.put(runspace, tmp_path / "file", 0, True, b"new", sha1(b"new")).failure is None
        assert ((tmp_path / "file").read_bytes(), left) == (b"new", [])

    def test_another_trouble_with_the_name_is_told_at_once(
        self, runspace: Runspace, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_bytes(b"old")
        left = failing(monkeypatch, 112, times=2)
        failure = self.put(runspace, tmp_path / "file", 0, True, b"new", sha1(b"new")).failure
        assert (failure is not None and "error 112" in failure, len(left)) == (True, 1)

    def test_a_wrong_hash_leaves_what_was_there(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        (tmp_path / "file").write_bytes(b"old")
        written = self.put(runspace, tmp_path / "file", 0, True, b"new", sha1(b"other"))
        assert written.failure is not None and "its SHA-1 on the disk is" in written.failure
        assert (tmp_path / "file").read_bytes() == b"old"

    def test_a_directory_is_refused(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert self.put(runspace, tmp_path, 0, True, sha1(b"")).failure == f"{tmp_path} is a directory"
        assert not pathlib.Path(f"{tmp_path}.part").exists()

    def test_what_is_left_is_removed(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        (tmp_path / "[a].part").touch()
        parameters = [["Part", str(tmp_path / "[a].part")]]
        command = Command(scripts.read("remove_part"), use_local_scope=True, parameters=parameters)
        assert [run(runspace, command).failure for _again in range(2)] == [None, None]
        assert not list(tmp_path.iterdir())

    def test_a_file_that_something_else_writes_to_is_noticed(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        (tmp_path / "file.part").write_bytes(b"12345")
        written = self.put(runspace, tmp_path / "file", 3, True, b"end", sha1(b"123end"))
        assert written.failure is not None and "has 5 bytes instead of 3" in written.failure
        assert not (tmp_path / "file").exists()

    def test_a_folder_that_is_not_there_fails(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert self.put(runspace, tmp_path / "none" / "file", 0, True, b"x").failure is not None

    @pytest.mark.parametrize("content", [b"", b"\0\xffabc", bytes(range(256)) * 2000])
    def test_a_file_is_read_with_its_hash(self, runspace: Runspace, tmp_path: pathlib.Path, content: bytes) -> None:
        (tmp_path / "[a] file").write_bytes(content)
        stream = b"".join(base64.b64decode(text) for text in self.fetch(runspace, tmp_path / "[a] file").texts)
        assert stream == b"F" + struct.pack("<Q", len(content)) + content + sha1(content)

    def test_a_directory_is_told_from_a_file(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert [base64.b64decode(text) for text in self.fetch(runspace, tmp_path).texts] == [b"D"]

    def test_a_missing_file_is_named(self, runspace: Runspace, tmp_path: pathlib.Path) -> None:
        assert self.fetch(runspace, tmp_path / "none").failure == f"{tmp_path / 'none'} does not exist"


def test_a_script_file_gets_its_arguments(runspace: Runspace, tmp_path: pathlib.Path) -> None:
    (tmp_path / "my script.ps1").write_text('param($First) "$First|$args"', encoding="utf-8")
    parameters = [[None, str(tmp_path / "my script.ps1")], [None, "a b"], [None, "c"]]
    written = run(runspace, Command(scripts.read("run_file"), use_local_scope=True, parameters=parameters))
    assert written.texts == ["a b|c"]


@pytest.mark.parametrize(
    "state", ["sh -c 'exit 3'", "Set-StrictMode -Version Latest", "$WhatIfPreference = $true; sh -c 'exit 3'"]
)
def test_a_command_line_has_no_exit_code_but_its_own(runspace: Runspace, state: str) -> None:
    run(runspace, Command(state, use_local_scope=False))
    spoken = _command_line.dialect("2.19.0")
    for line, code in (("'a line'", 0), ("sh -c 'exit 4'", 4)):
        request, _body = _levels.request(TARGET, _command_line.parse(line, spoken), None, spoken)
        written = run(runspace, request.commands[0])
        assert (written.failure, written.errors, written.code) == (None, [], code)


@pytest.mark.parametrize(
    "first",
    ["param($A) 1", "<# says #>\n# what\n[CmdletBinding()] param() 1", "begin { 0 }\nend { 1 }", "process\n{ 1 }"],
)
def test_what_has_to_be_first_is(runspace: Runspace, first: str) -> None:
    spoken = _command_line.dialect("2.19.0")
    request, _body = _levels.request(TARGET, _command_line.CommandLine(first, encoded=True), None, spoken)
    written = run(runspace, request.commands[0])
    assert (written.failure, written.errors, written.texts[-1:]) == (None, [], ["1"])


@pytest.mark.parametrize("state", ["$null", "Set-StrictMode -Version Latest", "$WhatIfPreference = $true"])
def test_a_line_of_core_exits_with_a_code_of_its_own(runspace: Runspace, state: str) -> None:
    run(runspace, Command(f"{state}; sh -c 'exit 3'", use_local_scope=False))
    spoken = _command_line.dialect("2.19.0")
    asked = "Get-Variable LASTEXITCODE -ErrorAction SilentlyContinue"
    ending = f"If (-not $?) {{ If ({asked}) {{ exit $LASTEXITCODE }} Else {{ exit 1 }} }}"
    for line, code in (("Get-Item nowhere", 1), ("sh -c 'exit 4'", 4), ("'a line'", None)):
        encoded = base64.b64encode(f"{line}\r\n{ending}".encode("utf-16-le")).decode()
        command = f"PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand {encoded}"
        request, _body = _levels.request(TARGET, _command_line.parse(command, spoken), None, spoken)
        assert run(runspace, request.commands[0]).code == code
