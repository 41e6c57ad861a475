# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded engine answers what a real PowerShell was recorded to answer (test process)."""

from __future__ import annotations

import json
import pathlib
import typing

import pytest
from psrpcore.types import PSRPMessageType, PSSingle

from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.client import EngineClient, Message, script
from ansible_collections.remoting.powershell.tests.unit.endpoint.engine.clixml import Canonical, canonical

_RECORDINGS = pathlib.Path(__file__).parents[2] / "fixtures" / "recordings" / "powershell-7.6-linux.jsonl"

_NET_TYPES = "needs properties of a .NET type that the evaluator does not play yet"
_WRAPPED = "psrpcore cannot write a text as an object of its own"

#: Cases that the engine may still answer otherwise, with the reason; everything else must be answered as recorded.
NOT_YET_REQUIRED = {
    "state:type_added": "Add-Type compiles C#, which the evaluator does not",
    "state:type_still": "Add-Type compiles C#, which the evaluator does not",
    "native:stderr": "which of a program's two pipes is read first is not determined",
    "stream:validate_error": _WRAPPED,
    "value:aliasinfo": "needs what PowerShell's help knows of the aliased command",
    "value:cmdletinfo": "names files of the PowerShell that was recorded",
    "value:datatable": _NET_TYPES,
    "value:delegate": "names a method that .NET made up",
    "value:depth_list": "carries a member that another case had added to the number 5",
    "value:fileinfo_full": "tells of a file as it was on the machine that was recorded",
    "value:hashset": _NET_TYPES,
    "value:location": _WRAPPED,
    "value:recursive": "psrpcore cannot write an object that holds itself",
    "value:task": _NET_TYPES,
    "value:type": _NET_TYPES,
}

_RECORDED_TYPES = {
    "SESSION_CAPABILITY": PSRPMessageType.SessionCapability,
    "APPLICATION_PRIVATE_DATA": PSRPMessageType.ApplicationPrivateData,
    "RUNSPACEPOOL_STATE": PSRPMessageType.RunspacePoolState,
    "PIPELINE_OUTPUT": PSRPMessageType.PipelineOutput,
    "PIPELINE_STATE": PSRPMessageType.PipelineState,
    "PIPELINE_HOST_CALL": PSRPMessageType.PipelineHostCall,
    "ERROR_RECORD": PSRPMessageType.ErrorRecord,
    "WARNING_RECORD": PSRPMessageType.WarningRecord,
    "VERBOSE_RECORD": PSRPMessageType.VerboseRecord,
    "DEBUG_RECORD": PSRPMessageType.DebugRecord,
    "INFORMATION_RECORD": PSRPMessageType.InformationRecord,
    "PROGRESS_RECORD": PSRPMessageType.ProgressRecord,
}

Case = dict[str, typing.Any]
Answer = list[tuple[PSRPMessageType, Canonical]]


def _cases() -> list[Case]:
    with _RECORDINGS.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


_CASES = _cases()


def _required(case: Case) -> bool:
    return case["name"] not in NOT_YET_REQUIRED


def _parameters(case: Case) -> dict[str, typing.Any]:
    # The recording client sent every float as a Single.
    given = case.get("parameters") or {}
    return {name: PSSingle(value) if isinstance(value, float) else value for name, value in given.items()}


def _play(client: EngineClient, case: Case) -> list[Message]:
    command = script(case["script"], **_parameters(case))
    if "stop_after" not in case:
        return client.run(command)
    powershell = client.start(command)
    outputs = len(case["messages"]) - 1
    client.wait_until(lambda: len(client.messages.get(powershell.pipeline_id, ())) >= outputs)
    client.session.stop_pipeline(powershell.pipeline_id)
    client.wait_end(powershell)
    client.close_pipeline(powershell)
    return client.messages.pop(powershell.pipeline_id)


def _recorded(case: Case) -> Answer:
    return [(_RECORDED_TYPES[message["type"]], canonical(message["clixml"])) for message in case["messages"]]


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    """What the engine answers to each case; the cases of a group run in order in one session."""
    found: dict[str, list[Message]] = {}
    clients: dict[str, EngineClient] = {}
    for case in _CASES:
        name, group = case["name"], case["group"]
        if name.startswith("open:"):
            clients[group] = EngineClient(EmbeddedEngine())
            found[name] = clients[group].messages[None]
        else:
            found[name] = _play(clients[group], case)
    for client in clients.values():
        client.close()
    return {name: [(one.kind, canonical(one.clixml)) for one in messages] for name, messages in found.items()}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in _CASES if _required(case)])
def test_answers_as_recorded(case: Case, answers: dict[str, Answer]) -> None:
    assert answers[case["name"]] == _recorded(case)


def test_what_is_not_required_yet_still_ends_its_pipeline(
    answers: dict[str, Answer], capsys: pytest.CaptureFixture[str]
) -> None:
    later = [case for case in _CASES if not _required(case)]
    right = [case["name"] for case in later if answers[case["name"]] == _recorded(case)]
    with capsys.disabled():
        print(f"\n{len(right)} of {len(later)} recorded cases that are not required yet are answered right")
    assert {answers[case["name"]][-1][0] for case in later} == {PSRPMessageType.PipelineState}


def test_every_case_that_is_not_required_is_recorded() -> None:
    assert set(NOT_YET_REQUIRED) <= {case["name"] for case in _CASES}
