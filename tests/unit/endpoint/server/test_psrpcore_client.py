# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""psrpcore's client pool on the endpoint: what pypsrp's own pool hides of connecting anew."""

from __future__ import annotations

import base64
import typing
import uuid
import xml.etree.ElementTree as ET

import psrpcore
import psrpcore.types
import pypsrp.wsman

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import connect, element, invoke
from .fake_engine import FakeEngine

Action = pypsrp.wsman.WSManAction
_PWSH = "http://schemas.microsoft.com/powershell"


class Client:
    """A runspace pool whose bytes travel by hand."""

    def __init__(self, wsman: pypsrp.wsman.WSMan, shell_id: uuid.UUID | None = None) -> None:
        self.wsman = wsman
        self.pool = psrpcore.ClientRunspacePool(runspace_pool_id=shell_id)
        self.events: list[psrpcore.PSRPEvent[typing.Any, typing.Any]] = []

    @property
    def shell_id(self) -> str:
        return str(self.pool.runspace_pool_id).upper()

    def open(self) -> None:
        self.pool.open()
        shell = element("Shell", ShellId=self.shell_id)
        shell.append(element("InputStreams", "stdin pr"))
        shell.append(element("OutputStreams", "stdout"))
        shell.append(self._data("creationXml"))
        invoke(self.wsman, Action.CREATE, shell)
        while self.pool.state != psrpcore.types.RunspacePoolState.Opened:
            self.receive(None)

    def connect(self) -> None:
        self.pool.connect()
        body = element("Connect")
        body.append(self._data("connectXml"))
        answer = invoke(self.wsman, Action.CONNECT, body, ShellId=self.shell_id)
        data = answer.findtext(f".//{{{_PWSH}}}connectResponseXml")
        self._feed(base64.b64decode(data or ""), None)
        while self.pool.state != psrpcore.types.RunspacePoolState.Opened:
            self.receive(None)

    def command(self, script: str) -> psrpcore.ClientPowerShell:
        shell = psrpcore.ClientPowerShell(self.pool)
        shell.add_script(script)
        shell.start()
        line = element("CommandLine", CommandId=str(shell.pipeline_id).upper())
        line.append(element("Command"))
        payload = self.pool.data_to_send()
        assert payload is not None
        line.append(element("Arguments", base64.b64encode(payload.data).decode()))
        invoke(self.wsman, Action.COMMAND, line, ShellId=self.shell_id)
        return shell

    def receive(self, pipeline_id: uuid.UUID | None) -> bool:
        """One Receive; whether the command is done."""
        body = element("Receive")
        stream = element("DesiredStream", "stdout")
        if pipeline_id is not None:
            stream.set("CommandId", str(pipeline_id).upper())
        body.append(stream)
        answer = invoke(self.wsman, Action.RECEIVE, body, timeout=5, ShellId=self.shell_id)
        for piece in answer.iter("{http://schemas.microsoft.com/wbem/wsman/1/windows/shell}Stream"):
            self._feed(base64.b64decode(piece.text or ""), pipeline_id)
        states = answer.iter("{http://schemas.microsoft.com/wbem/wsman/1/windows/shell}CommandState")
        return any(str(state.get("State")).endswith("/Done") for state in states)

    def output(self, pipeline_id: uuid.UUID) -> list[object]:
        while not self.receive(pipeline_id):
            continue
        return [event.data for event in self.events if isinstance(event, psrpcore.PipelineOutputEvent)]

    def _data(self, name: str) -> ET.Element:
        payload = self.pool.data_to_send()
        assert payload is not None
        made = ET.Element(f"{{{_PWSH}}}{name}")
        made.text = base64.b64encode(payload.data).decode()
        return made

    def _feed(self, data: bytes, pipeline_id: uuid.UUID | None) -> None:
        self.pool.receive_data(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, pipeline_id))
        while (event := self.pool.next_event()) is not None:
            self.events.append(event)


def test_a_new_pool_connects_and_receives_what_was_buffered(endpoint: Endpoint, engine: FakeEngine) -> None:
    first = Client(connect(endpoint))
    first.open()
    running = first.command("echo early\nhold\necho late")
    invoke(first.wsman, Action.DISCONNECT, element("Disconnect"), ShellId=first.shell_id)
    engine.release.set()

    second = Client(connect(endpoint), first.pool.runspace_pool_id)
    second.connect()
    assert (second.pool.min_runspaces, second.pool.max_runspaces) == (1, 1)
    assert second.pool.application_private_data == first.pool.application_private_data
    pipeline = psrpcore.ClientPowerShell(second.pool)
    del second.pool.pipeline_table[pipeline.pipeline_id]
    pipeline.pipeline_id = running.pipeline_id
    second.pool.pipeline_table[running.pipeline_id] = pipeline
    body = element("Connect", CommandId=str(running.pipeline_id).upper())
    invoke(second.wsman, Action.CONNECT, body, ShellId=second.shell_id)
    assert second.output(running.pipeline_id) == ["early", "late"]

    # And once more: what a pool told when it opened is told to each client that comes.
    invoke(second.wsman, Action.DISCONNECT, element("Disconnect"), ShellId=second.shell_id)
    third = Client(connect(endpoint), first.pool.runspace_pool_id)
    third.connect()
    fresh = third.command("echo again")
    assert third.output(fresh.pipeline_id) == ["again"]
    invoke(third.wsman, Action.DELETE, ShellId=third.shell_id)
    assert endpoint.shells == []
