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

_DOCUMENT = pathlib.Path(__file__).parents[4] / "docs" / "engines.md"

_CSHARP = "Add-Type compiles C#, which is a clear error here"

#: The one table of what the engine may answer otherwise, with the reason; docs/engines.md shows it.
TOLERATED = {
    "state:type_added": _CSHARP,
    "state:type_still": _CSHARP,
    "value:aliasinfo": "the output types and the help link of the aliased cmdlet, which PowerShell's files tell",
    "value:cmdletinfo": "the output types, the help link and the file of the cmdlet, which PowerShell's files tell",
    "value:delegate": "a delegate names the method that .NET made up for it",
    "value:type": "reflection: the members and attributes of .NET's own types",
}

#: Which of a program's two pipes is read first is not determined: each stream's messages are in order.
UNORDERED = {"native:stderr"}

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


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case["name"]) for case in _CASES if case["name"] not in TOLERATED]
)
def test_answers_as_recorded(case: Case, answers: dict[str, Answer]) -> None:
    given, recorded = answers[case["name"]], _recorded(case)
    if case["name"] in UNORDERED:
        given, recorded = (sorted(answer, key=lambda message: message[0]) for answer in (given, recorded))
    assert given == recorded


@pytest.mark.parametrize("name", sorted(TOLERATED))
def test_the_table_of_tolerated_differences_is_exact(name: str, answers: dict[str, Answer]) -> None:
    (case,) = (case for case in _CASES if case["name"] == name)
    assert answers[name] != _recorded(case)
    # Still an answer: as many messages, or an error that says why there are none.
    kinds = [kind for kind, _content in answers[name]]
    failed = kinds == [PSRPMessageType.PipelineState]
    assert failed or kinds == [kind for kind, _content in _recorded(case)]


def test_the_documents_show_the_table() -> None:
    text = " ".join(_DOCUMENT.read_text(encoding="utf-8").split())
    assert [name for name, reason in TOLERATED.items() if f"| `{name}` | {reason} |" not in text] == []
