# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts that are ended before they have finished by themselves, against the test endpoint."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils import _invoke, _pipeline
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.record import replaced
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import counting

_SETS = "$Ansible.Changed = $false; $Ansible.Result = @{ got = 'so far' };"


def request(broker: Broker, script: str, **arguments: typing.Any) -> messages.Run:
    """What pssession_invoke asks for."""
    defaults = {name: option.get("default") for name, option in _invoke.ARGUMENT_SPEC.items()}
    return _invoke.request(broker.target(), {**defaults, "script": script, **arguments}, False, 0)


def invoke(broker: Broker, script: str, **arguments: typing.Any) -> dict[str, typing.Any]:
    """pssession_invoke's result."""
    return _pipeline.run(broker.client, request(broker, script, **arguments), print)


@pytest.mark.parametrize("temporary", [False, True])
@pytest.mark.parametrize(
    ("ending", "failed", "rc"),
    [("throw 'boom'", True, 1), ("exit 3", True, 3), ("exit 0", False, 0), ("break", False, 0)],
)
def test_a_script_that_was_ended_has_its_outcome(
    broker: Broker, endpoint: Endpoint, ending: str, failed: bool, rc: int, temporary: bool
) -> None:
    result = invoke(broker, f"'before'; {_SETS} {ending}; 'after'", temporary=temporary, error_action="stop")
    assert (result["output"], result["result"]) == (["before"], {"got": "so far"})
    assert (result["changed"], result["failed"], result["rc"]) == (False, failed, rc)
    assert result["information"] == []
    assert broker.run("$ErrorActionPreference; Test-Path Variable:Ansible")[1] == ["Continue", False]
    assert broker.run("(Get-Variable).Name -like '__pssession*'")[1] == []


def test_it_costs_one_more_pipeline_and_only_then(broker: Broker, endpoint: Endpoint) -> None:
    invoke(broker, "1")
    wait_for(lambda: endpoint.counters.actions["Signal"] == 1)
    count = counting(endpoint)
    invoke(broker, "1 / 0; nope-cmd; 'after'")
    wait_for(lambda: count().get("Signal") == 1)
    assert count()["Command"] == 1
    count = counting(endpoint)
    invoke(broker, "throw 'x'")
    wait_for(lambda: count().get("Signal") == 2)
    assert count()["Command"] == 2


def test_a_script_whose_time_was_up_leaves_the_session_as_it_was(broker: Broker) -> None:
    invoke(broker, "1")
    result = invoke(broker, f"{_SETS} Start-Sleep 300", timeout=5, chdir="/", error_action="stop")
    assert (result["failed"], result["result"], result["changed"]) == (True, {"got": "so far"}, False)
    assert broker.run("$ErrorActionPreference; (Get-Variable).Name -like '__pssession*'")[1] == ["Continue"]


@pytest.mark.parametrize("ending", ["throw 'boom'", "'fine'"])
def test_who_receives_it_later_has_the_outcome(broker: Broker, endpoint: Endpoint, ending: str) -> None:
    run = request(broker, f"{_SETS} {ending}", in_disconnected_session=True, session_name="left")
    left = broker.client.run(run, on_records=lambda records, body: None)
    asked = messages.Receive(
        replaced(broker.target(), session_name="left"), messages.Selector(["left"]), epilogue=_pipeline.epilogue()
    )
    assert left.state == "running"
    result = _pipeline.receive(broker.client, asked, print)
    assert (result["result"], result["changed"]) == ({"got": "so far"}, False)
    assert (result["state"], result["failed"]) == (("failed", True) if "throw" in ending else ("completed", False))
    count = counting(endpoint)
    again = _pipeline.receive(broker.client, asked, print)
    assert (again["state"], again["result"], "Command" in count()) == (result["state"], {}, False)
