# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell actions of MS-WSMV: Create, Command, Send, Receive, Signal and the rest (test endpoint process)."""

from __future__ import annotations

import base64
import collections.abc
import contextlib
import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from . import quotas as limits
from . import soap
from .computer import Computer, Peer
from .creation import buffer_mode, create_shell
from .psrp import ReceiveQuota, decode_base64
from .receiving import give_back, receive_response, take
from .shells import CMD_RESOURCE, Command, Runtime, Shell, State
from .views import shell_xml
from .wsmanfault import (
    WSManFault,
    aborted,
    already_disconnected,
    client_mismatch,
    connected_to_different_client,
    disconnect_not_supported,
    id_conflict,
    invalid_id,
    invalid_message,
    invalid_parameter,
    plugin_failed,
    shell_disconnected,
    stream_disconnected,
)

_RSP = f"{{{soap.RSP}}}"
_SIGNAL = soap.RSP + "/signal/"
#: PowerShell's own signal is misspelt; both spellings are understood.
_INTERRUPTS = ("powershell/signal/crtl_c", "powershell/signal/ctrl_c", _SIGNAL + "ctrl_c", _SIGNAL + "ctrl_break")
#: What a ReceiveResponse needs besides its Stream elements.
_OVERHEAD = 2048

Undo = collections.abc.Callable[[], None]


class ShellActions:
    """Answers the shell actions of one computer; each method returns the XML of the answer's body."""

    def __init__(self, computer: Computer) -> None:
        self._computer = computer

    def create(self, envelope: soap.Envelope, peer: Peer) -> str:
        body = _body(envelope, "Shell")
        shell = create_shell(self._computer, envelope, body, peer)
        self._computer.counters.add("shells_created")
        selector = f'<w:Selector Name="ShellId">{shell.shell_id}</w:Selector>'
        return (
            f"<x:ResourceCreated><a:Address>{escape(envelope.to)}</a:Address><a:ReferenceParameters><w:ResourceURI>"
            f"{escape(envelope.resource_uri)}</w:ResourceURI><w:SelectorSet>{selector}</w:SelectorSet>"
            f"</a:ReferenceParameters></x:ResourceCreated>{shell_xml(shell, whole=False)}"
        )

    def command(self, envelope: soap.Envelope, peer: Peer) -> str:
        computer = self._computer
        with self._operation(envelope, peer) as (shell, runtime):
            body = _body(envelope, "CommandLine")
            command_id = _new_id(body.get("CommandId"))
            if command_id in shell.commands:
                raise id_conflict(command=True)
            if len(shell.commands) >= computer.quotas.max_concurrent_commands_per_shell:
                raise limits.max_commands_per_shell()
            if computer.operations_of(peer.user) > computer.quotas.max_concurrent_operations_per_user:
                raise limits.max_operations_per_user(computer.quotas.max_concurrent_operations_per_user)
            line = body.findtext(_RSP + "Command") or ""
            arguments = [element.text or "" for element in body.findall(_RSP + "Arguments")]
            skip_cmd = envelope.options.get("WINRS_SKIP_CMD_SHELL", "").upper() in ("TRUE", "1")
            command = shell.new_command(command_id, line)
            computer.counters.add("commands")
            try:
                runtime.command(command, line, arguments, skip_cmd)
            except BaseException:
                shell.remove_command(command)
                raise
        return f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"

    def send(self, envelope: soap.Envelope, peer: Peer) -> str:
        with self._operation(envelope, peer) as (shell, runtime):
            streams = _body(envelope, "Send").findall(_RSP + "Stream")
            if not streams:
                raise invalid_message("Send holds no Stream. ")
            for stream in streams:
                command_id = stream.get("CommandId")
                command = None if command_id is None else shell.find_command(command_id)
                name = stream.get("Name", "")
                if name not in shell.settings.input_streams.split():
                    raise invalid_parameter(f"The shell has no input stream {name[:40]!r}. ")
                end = stream.get("End", "").lower() in ("true", "1")
                try:
                    runtime.send(command, name, decode_base64(stream.text), end)
                except ReceiveQuota as quota:
                    raise self._break(shell, runtime, command, quota) from None
        return "<rsp:SendResponse/>"

    def receive(self, envelope: soap.Envelope, peer: Peer) -> tuple[str, Undo | None]:
        """A long poll: the body, and what undoes the delivery when the answer gets lost."""
        with self._operation(envelope, peer) as (shell, _runtime):
            desired = _body(envelope, "Receive").find(_RSP + "DesiredStream")
            if desired is None:
                raise invalid_message("Receive names no DesiredStream. ")
            command_id = desired.get("CommandId")
            command = None if command_id is None else shell.find_command(command_id)
            channel = shell.pool if command is None else command.channel
            ours = self._computer.quotas.max_envelope_size_kb * 1024
            room = min(ours, envelope.max_envelope_size or ours) - _OVERHEAD
            with shell.changed:
                batch = take(self._computer, envelope, peer, shell, channel, room)
        running = shell.settings.resource_uri == CMD_RESOURCE
        undo = None
        if self._computer.manners.redeliver_lost_output:
            undo = lambda: give_back(shell, channel, batch)  # noqa: E731
        return receive_response(batch, command, running), undo

    def signal(self, envelope: soap.Envelope, peer: Peer) -> str:
        with self._operation(envelope, peer) as (shell, runtime):
            body = _body(envelope, "Signal")
            command = shell.find_command(body.get("CommandId", ""))
            code = (body.findtext(_RSP + "Code") or "").strip()
            if code.lower() == (_SIGNAL + "terminate").lower():
                shell.remove_command(command)
                runtime.terminate(command)
            elif code.lower() in _INTERRUPTS:
                runtime.signal(command, code.lower())
            else:
                raise invalid_parameter(f"The signal code {code[:120]!r} is not known. ")
        return "<rsp:SignalResponse/>"

    def disconnect(self, envelope: soap.Envelope, peer: Peer) -> str:
        shell, runtime = self._shell(envelope, peer)
        if not runtime.can_disconnect:
            raise disconnect_not_supported()
        if shell.state is State.DISCONNECTED:
            raise already_disconnected()
        self._check_client(shell, envelope)
        body = _body(envelope, "Disconnect")
        idle = soap.duration(body.findtext(_RSP + "IdleTimeOut"))
        if idle is not None:
            shell.idle_timeout = limits.check_idle_timeout(self._computer.quotas, idle)
        mode = body.findtext(_RSP + "BufferMode")
        if mode is not None:
            shell.drop_output = buffer_mode(mode)
        shell.disconnect(stream_disconnected())
        return ""

    def reconnect(self, envelope: soap.Envelope, peer: Peer) -> str:
        """The client that disconnected comes back.  One that never left is told nothing else (recorded so)."""
        shell, runtime = self._shell(envelope, peer)
        if not runtime.can_disconnect:
            raise disconnect_not_supported()
        self._check_client(shell, envelope)
        shell.connection = peer.connection
        shell.connect(envelope.session_id, with_commands=True)
        return ""

    def connect(self, envelope: soap.Envelope, peer: Peer) -> str:
        shell, runtime = self._shell(envelope, peer)
        if not runtime.can_disconnect:
            raise disconnect_not_supported()
        body = _body(envelope, "Connect")
        command_id = body.get("CommandId")
        if command_id is not None:
            with self._operation(envelope, peer):
                shell.find_command(command_id).channel.connected = True
            return "<rsp:ConnectResponse/>"
        if shell.state is State.CONNECTED and shell.session_id != envelope.session_id:
            if shell.inactivity < self._computer.manners.vanished_client_timeout:
                raise connected_to_different_client()
        data = decode_base64(body.findtext(f"{{{soap.PWSH}}}connectXml"))
        shell.disconnect(stream_disconnected())
        answer = runtime.connect(data)
        shell.connection = peer.connection
        shell.connect(envelope.session_id, with_commands=self._computer.manners.connect_covers_commands)
        streams = shell.settings
        return (
            f"<rsp:ConnectResponse><rsp:InputStreams>{escape(streams.input_streams)}</rsp:InputStreams>"
            f"<rsp:OutputStreams>{escape(streams.output_streams)}</rsp:OutputStreams>"
            f'<connectResponseXml xmlns="{soap.PWSH}">{base64.b64encode(answer).decode()}</connectResponseXml>'
            "</rsp:ConnectResponse>"
        )

    def delete(self, envelope: soap.Envelope, peer: Peer) -> str:
        self._computer.remove(self._computer.find(envelope.selectors.get("ShellId"), peer))
        return ""

    def _shell(self, envelope: soap.Envelope, peer: Peer) -> tuple[Shell, Runtime]:
        shell = self._computer.find(envelope.selectors.get("ShellId"), peer)
        if shell.runtime is None:
            raise plugin_failed("The shell is not open yet. ")
        return shell, shell.runtime

    def _check_client(self, shell: Shell, envelope: soap.Envelope) -> None:
        if shell.session_id != envelope.session_id and shell.settings.resource_uri != CMD_RESOURCE:
            raise client_mismatch()

    @contextlib.contextmanager
    def _operation(self, envelope: soap.Envelope, peer: Peer) -> collections.abc.Iterator[tuple[Shell, Runtime]]:
        """The shell of a request that only its own client may send, and only while it is connected."""
        shell, runtime = self._shell(envelope, peer)
        if shell.state is State.DISCONNECTED:
            raise shell_disconnected()
        if not self._computer.manners.other_clients_may_use:
            self._check_client(shell, envelope)
        with shell.changed:
            shell.operations += 1
            shell.connection = peer.connection
        try:
            yield shell, runtime
        finally:
            with shell.changed:
                shell.operations -= 1
                shell.touch()

    def _break(self, shell: Shell, runtime: Runtime, command: Command | None, quota: ReceiveQuota) -> WSManFault:
        """PowerShell's receive quota ends the pipeline, or the whole session; returns what the Send is told."""
        told_by_receive = self._computer.manners.receive_quota_told_by == "receive"
        if command is not None:
            shell.remove_command(command, quota if told_by_receive else None)
            runtime.terminate(command)
        if command is None or self._computer.manners.receive_quota_ends_session:
            self._computer.remove(shell)
        return aborted() if told_by_receive and command is not None else quota


def _body(envelope: soap.Envelope, name: str) -> ET.Element:
    if envelope.body is None or envelope.body.tag != _RSP + name:
        raise invalid_message(f"The body holds no {name} element. ")
    return envelope.body


def _new_id(chosen: str | None) -> str:
    if chosen is None:
        return soap.new_id()
    try:
        return str(uuid.UUID(chosen)).upper()
    except ValueError:
        raise invalid_id(command=True) from None
