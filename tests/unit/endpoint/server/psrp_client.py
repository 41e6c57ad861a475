# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""psrpcore's client pool over pypsrp's WSMan: what pypsrp's own pool hides of connecting anew, and of lost output."""

from __future__ import annotations

import base64
import typing
import uuid
import xml.etree.ElementTree as ET

import psrpcore
import psrpcore.types
import pypsrp.wsman

from .clients import RSP, element, enumerate_body, invoke

Action = pypsrp.wsman.WSManAction
_PWSH = "http://schemas.microsoft.com/powershell"
_COMMAND = f"{{{RSP}}}Command"


class Client:
    """A runspace pool whose bytes travel by hand."""

    def __init__(self, wsman: pypsrp.wsman.WSMan, shell_id: uuid.UUID | None = None) -> None:
        self.wsman = wsman
        self.pool = psrpcore.ClientRunspacePool(runspace_pool_id=shell_id)
        self.events: list[psrpcore.PSRPEvent[typing.Any, typing.Any]] = []

    @property
    def shell_id(self) -> str:
        return str(self.pool.runspace_pool_id).upper()

    def open(self, name: str | None = None, **children: str) -> None:
        """Creates the shell; `children` are further elements of the request's body."""
        self.pool.open()
        shell = element("Shell", ShellId=self.shell_id, **({"Name": name} if name else {}))
        shell.append(element("InputStreams", "stdin pr"))
        shell.append(element("OutputStreams", "stdout"))
        for name, text in children.items():
            shell.append(element(name, text))
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

    def command(self, script: str, host: psrpcore.types.HostInfo | None = None) -> psrpcore.ClientPowerShell:
        """Starts a pipeline."""
        shell = psrpcore.ClientPowerShell(self.pool)
        shell.add_script(script)
        shell.metadata.host = host or psrpcore.types.HostInfo()
        shell.start()
        line = element("CommandLine", CommandId=str(shell.pipeline_id).upper())
        line.append(element("Command"))
        payload = self.pool.data_to_send()
        assert payload is not None
        line.append(element("Arguments", base64.b64encode(payload.data).decode()))
        invoke(self.wsman, Action.COMMAND, line, ShellId=self.shell_id)
        return shell

    def disconnect(self, **children: str) -> None:
        """Leaves the shell; `children` are elements of the request's body."""
        body = element("Disconnect")
        for name, text in children.items():
            body.append(element(name, text))
        invoke(self.wsman, Action.DISCONNECT, body, ShellId=self.shell_id)

    def commands(self) -> dict[uuid.UUID, str]:
        """The commands that the server lists, with their states."""
        body = enumerate_body(most=1000, ShellId=self.shell_id)
        answer = invoke(self.wsman, Action.ENUMERATE, body, RSP + "/Command")
        listed = [{child.tag.rpartition("}")[2]: child.text or "" for child in one} for one in answer.iter(_COMMAND)]
        return {uuid.UUID(one["CommandId"]): one["CommandState"] for one in listed}

    def adopt(self, pipeline_id: uuid.UUID) -> psrpcore.ClientPowerShell:
        """Connects to a command that another client left."""
        pipeline = psrpcore.ClientPowerShell(self.pool)
        del self.pool.pipeline_table[pipeline.pipeline_id]
        pipeline.pipeline_id = pipeline_id
        pipeline.state = psrpcore.types.PSInvocationState.Running
        self.pool.pipeline_table[pipeline_id] = pipeline
        body = element("Connect", CommandId=str(pipeline_id).upper())
        invoke(self.wsman, Action.CONNECT, body, ShellId=self.shell_id)
        return pipeline

    def available_runspaces(self) -> int:
        """GET_AVAILABLE_RUNSPACES and its answer."""
        self.pool.get_available_runspaces()
        self.send("stdin")
        self.events.clear()
        while not self.events:
            self.receive(None)
        [answer] = self.events
        assert isinstance(answer, psrpcore.GetRunspaceAvailabilityEvent)
        return answer.count

    def send(self, stream: str, pipeline_id: uuid.UUID | None = None) -> None:
        """Sends what the pool has to say."""
        payload = self.pool.data_to_send()
        assert payload is not None
        body = element("Send")
        target = {"CommandId": str(pipeline_id).upper()} if pipeline_id else {}
        body.append(element("Stream", base64.b64encode(payload.data).decode(), Name=stream, **target))
        invoke(self.wsman, Action.SEND, body, ShellId=self.shell_id)

    def receive(self, pipeline_id: uuid.UUID | None) -> bool:
        """One Receive; whether the command is done."""
        body = element("Receive")
        stream = element("DesiredStream", "stdout")
        if pipeline_id is not None:
            stream.set("CommandId", str(pipeline_id).upper())
        body.append(stream)
        answer = invoke(self.wsman, Action.RECEIVE, body, timeout=5, ShellId=self.shell_id)
        for piece in answer.iter(f"{{{RSP}}}Stream"):
            self._feed(base64.b64decode(piece.text or ""), pipeline_id)
        states = answer.iter(f"{{{RSP}}}CommandState")
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
