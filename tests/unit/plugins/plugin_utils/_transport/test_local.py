# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PowerShell of this computer, spoken with over pipes."""

from __future__ import annotations

import collections.abc
import pathlib
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pool import PoolClient
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    FaultKind,
    Line,
    LocalOptions,
    LocalProgram,
    TransportError,
)
from ansible_collections.remoting.powershell.tests.endpoint.program import powershell_program

_SHELL = uuid.UUID(int=77)


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The only folder on the path, and the user's home; both end with nothing in them but what a test put there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def program(folder: pathlib.Path, name: str, script: str) -> str:
    """A program in a folder."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def refusal(pwsh_path: str | None) -> TransportError:
    """Why no shell can be made."""
    connection = Line().connect(LocalProgram(LocalOptions(pwsh_path, connection_timeout=20)), 1)
    try:
        with pytest.raises(TransportError) as caught:
            connection.create(_SHELL, b"nothing that would be read")
    finally:
        connection.close()
    return caught.value


def run(folder: pathlib.Path, *scripts: str) -> collections.abc.Iterator[object]:
    """The output of scripts that run one after the other in one session."""
    pool = PoolClient(_SHELL)
    connection = Line().connect(LocalProgram(LocalOptions(powershell_program(folder))), 20)
    connection.create(_SHELL, pool.creation())
    while not pool.opened:
        pool.feed(connection.receive(_SHELL, None).data)
    for script in scripts:
        pipeline = pool.start(PipelineSpec([Command(script, use_local_scope=False)]))
        outgoing = pool.take(connection.max_payload)
        assert outgoing is not None
        connection.command(_SHELL, pipeline.pipeline_id, outgoing.data)
        while not pipeline.state.ended:
            records = pool.feed(connection.receive(_SHELL, pipeline.pipeline_id).data)
            yield from (record.value for record in records if record.stream == "output")
    connection.close()


def test_a_session_keeps_its_state(tmp_path: pathlib.Path) -> None:
    assert list(run(tmp_path, "$a = 20", "$a + 1; 'ä' * 200000")) == [21, "ä" * 200000]


def test_a_session_starts_in_the_home_folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert list(run(tmp_path, "(Get-Location).Path")) == [str(tmp_path)]


def test_no_powershell_at_all(folder: pathlib.Path) -> None:
    failure = refusal(None)
    assert failure.kind is FaultKind.MISSING_LIBRARY
    assert "No PowerShell was found on the path on the controller" in failure.message
    assert "https://learn.microsoft.com/powershell/scripting/install" in failure.message


def test_a_path_that_is_no_program(folder: pathlib.Path) -> None:
    (folder / "text").write_text("no program", encoding="utf-8")
    for path in (str(folder / "text"), str(folder / "none"), "unheard-of"):
        failure = refusal(path)
        assert failure.kind is FaultKind.MISSING_LIBRARY
        assert f"pwsh_path is {path!r}, which is no program" in failure.message


def test_the_names_are_tried_in_order(folder: pathlib.Path) -> None:
    program(folder, "powershell", "exit 5")
    assert "exit status 5" in refusal(None).message
    program(folder, "pwsh", "exit 7")
    assert "exit status 7" in refusal(None).message
    assert "exit status 5" in refusal("powershell").message


def test_a_program_that_is_no_powershell(folder: pathlib.Path) -> None:
    path = program(folder, "other", "echo 'hello there'; echo 'what is -s?' >&2; exit 3")
    failure = refusal(path)
    assert failure.kind is FaultKind.NOT_WSMAN
    assert "ended with exit status 3 without a word: what is -s?; hello there." in failure.message
    assert f"Is {path} a PowerShell (pwsh_path)?" in failure.message


def test_a_program_without_an_interpreter(folder: pathlib.Path) -> None:
    path = folder / "broken"
    path.write_text("#!/nonexistent/interpreter\n", encoding="utf-8")
    path.chmod(0o755)
    failure = refusal(str(path))
    assert failure.kind is FaultKind.MISSING_LIBRARY
    assert "cannot be started" in failure.message
