# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of the installed ansible-core run on the embedded engine as core sends them (test process)."""

from __future__ import annotations

import base64
import collections.abc
import hashlib
import json
import pathlib
import typing

import psrpcore
import pytest
from ansible.executor.powershell import module_manifest

from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, script

_BOOTSTRAP = getattr(module_manifest, "_bootstrap_powershell_script", None)

pytestmark = pytest.mark.skipif(_BOOTSTRAP is None, reason="this ansible-core (before 2.19) has no such scripts")

Send = collections.abc.Callable[..., list[typing.Any]]


@pytest.fixture
def send() -> collections.abc.Iterator[Send]:
    client = EngineClient(EmbeddedEngine())

    def run(name: str, parameters: dict[str, typing.Any], *more: str) -> list[typing.Any]:
        assert _BOOTSTRAP is not None
        wrapper, framed = _BOOTSTRAP(name, parameters, has_input=bool(more))
        events = client.run_events(script(wrapper), input=[*framed.decode().splitlines(), *more])
        return [event.data for event in events if isinstance(event, psrpcore.PipelineOutputEvent)]

    yield run
    client.close()


def test_a_file_is_put(send: Send, tmp_path: pathlib.Path) -> None:
    content = bytes(range(256)) * 5
    pieces = [base64.b64encode(content[start : start + 500]).decode() for start in range(0, len(content), 500)]
    (answer,) = send("psrp_put_file.ps1", {"Path": f"{tmp_path}\\copied"}, *pieces)
    assert (tmp_path / "copied").read_bytes() == content
    assert json.loads(answer)["sha1"] == hashlib.sha1(content, usedforsecurity=False).hexdigest()


def test_a_file_is_fetched(send: Send, tmp_path: pathlib.Path) -> None:
    (tmp_path / "there").write_bytes(b"\0" * 1000)
    kind, *pieces = send("psrp_fetch_file.ps1", {"Path": str(tmp_path / "there"), "BufferSize": 300})
    assert kind == "[FILE]"
    assert len(pieces) == 4
    assert b"".join(base64.b64decode(piece) for piece in pieces) == b"\0" * 1000


def test_a_folder_is_not_fetched(send: Send, tmp_path: pathlib.Path) -> None:
    assert send("psrp_fetch_file.ps1", {"Path": str(tmp_path), "BufferSize": 300}) == ["[DIR]"]


def test_what_is_not_there_is_a_failure_by_name(send: Send, tmp_path: pathlib.Path) -> None:
    (answer,) = send("psrp_fetch_file.ps1", {"Path": str(tmp_path / "none"), "BufferSize": 300})
    assert json.loads(answer)["msg"] == f"failure during exec_wrapper: {tmp_path}/none does not exist"


def test_a_temporary_folder_is_made(send: Send, tmp_path: pathlib.Path) -> None:
    (answer,) = send("powershell_mkdtemp.ps1", {"Directory": str(tmp_path), "Name": "ansible-tmp-7"})
    assert answer == str(tmp_path / "ansible-tmp-7")
    assert (tmp_path / "ansible-tmp-7").is_dir()
