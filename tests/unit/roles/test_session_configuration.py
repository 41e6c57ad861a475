# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role remoting's session_configuration.ps1 where groups are not called as in English."""

from __future__ import annotations

import collections.abc
import pathlib
import typing

import pytest

pytest.importorskip("tree_sitter_pwsh", reason="the embedded evaluator needs tree-sitter-pwsh")
pytest.importorskip("psrpcore", reason="values are serialized by psrpcore")

from ansible_collections.remoting.powershell.tests.endpoint.engine.machine import Machine, RegisteredConfiguration
from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.script_runs import invoke

SCRIPT = pathlib.Path(__file__).parents[3] / "roles" / "remoting" / "files" / "session_configuration.ps1"
DEFINITION = """@{
    SessionType = 'RestrictedRemoteServer'
    RoleDefinitions = @{
        'BUILTIN\\Administrators' = @{ RoleCapabilities = 'Desk' }
    }
}
"""


class Configurations:
    """A WinRM service that has nothing but session configurations."""

    def __init__(self) -> None:
        self._registered: dict[str, RegisteredConfiguration] = {}

    def configurations(self) -> list[RegisteredConfiguration]:
        return list(self._registered.values())

    def register(self, name: str, file: str, visible: collections.abc.Sequence[str] | None, run_as: str = "") -> None:
        self._registered[name] = RegisteredConfiguration(name, True, file, run_as)


@pytest.mark.parametrize("administrators", ["BUILTIN\\Administrators", "VORDEFINIERT\\Administratoren"])
def test_the_administrators_are_called_as_the_system_calls_them(tmp_path: pathlib.Path, administrators: str) -> None:
    service = Configurations()
    runspace = Runspace("WEB1", "alice")
    runspace.machine = Machine("WEB1", tmp_path, typing.cast(typing.Any, service))
    runspace.machine.administrators = administrators
    runspace.environment.update(runspace.machine.environment, TMPDIR=str(tmp_path))
    parameters = {
        "RemotingName": "Desk",
        "RemotingDefinition": DEFINITION,
        "RemotingCapability": "@{ VisibleCmdlets = 'Get-Date' }",
        "RemotingInUse": "Microsoft.PowerShell",
    }
    first = invoke(runspace, SCRIPT.read_text(encoding="utf-8"), parameters=parameters, error_action="stop")
    assert (first.failure, first.outcomes[0]["changed"]) == (None, True)
    kept = pathlib.Path(service.configurations()[0].file).read_text(encoding="utf-8-sig")
    assert f"'{administrators}' = @{{" in kept
    again = invoke(runspace, SCRIPT.read_text(encoding="utf-8"), parameters=parameters, error_action="stop")
    assert (again.failure, again.outcomes[0]["changed"]) == (None, False)
