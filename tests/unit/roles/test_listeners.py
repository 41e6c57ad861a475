# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role remoting's listeners.ps1: what it leaves of a certificate that it only looks at."""

from __future__ import annotations

import base64
import pathlib
import typing

import pytest

pytest.importorskip("tree_sitter_pwsh", reason="the embedded evaluator needs tree-sitter-pwsh")
pytest.importorskip("psrpcore", reason="values are serialized by psrpcore")

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from ansible_collections.remoting.powershell.tests.endpoint.engine.machine import (
    ListenerInfo,
    Machine,
    StoredCertificate,
)
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell.net_certificates import (
    self_signed,
    thumbprint_of,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.script_runs import invoke

SCRIPT = pathlib.Path(__file__).parents[3] / "roles" / "remoting" / "files" / "listeners.ps1"


class Listeners:
    """A WinRM service that has nothing but listeners."""

    def __init__(self) -> None:
        self._open: dict[str, ListenerInfo] = {}

    def listeners(self) -> list[ListenerInfo]:
        return list(self._open.values())

    def add_listener(self, transport: str, port: int | None, certificate: StoredCertificate | None) -> None:
        assert certificate is not None
        self._open[transport] = ListenerInfo(transport, port or 5986, thumbprint_of(certificate.certificate))


def pfx() -> str:
    """A certificate with its key, in PKCS 12 as base64."""
    made = self_signed(["web1"], 400, "")
    key = typing.cast(typing.Any, made.key)
    content = pkcs12.serialize_key_and_certificates(b"", key, made.certificate, None, serialization.NoEncryption())
    return base64.b64encode(content).decode()


def test_a_key_stays_on_the_disk_for_a_new_listener_only(tmp_path: pathlib.Path) -> None:
    runspace = Runspace("WEB1", "alice")
    machine = runspace.machine = Machine("WEB1", tmp_path, typing.cast(typing.Any, Listeners()))
    parameters = {
        "RemotingPorts": {"HTTPS": 5986},
        "RemotingInUse": 5985,
        "RemotingCertificate": {"Thumbprint": "", "Names": ["web1"], "Days": 400},
        "RemotingPfx": pfx(),
    }
    script = SCRIPT.read_text(encoding="utf-8")
    seen = []
    for _run in range(3):
        written = invoke(runspace, script, parameters=parameters, error_action="stop")
        assert written.failure is None
        seen.append((written.outcomes[0]["changed"], machine.keys_kept))
    assert seen == [(True, 1), (False, 1), (False, 1)]
