# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SOAP bodies of the requests about shells ([MS-WSMV]; broker process)."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET

from ._wsman_types import ShellSettings, Signal
from ._wsman_xml import ENUMERATION, POWERSHELL, SHELL, TRANSFER, child, encode, tag

#: The resource of all shells, whatever made them; Get and Enumerate work on it.
SHELL_RESOURCE = SHELL
#: The resource of all commands of a shell.
COMMAND_RESOURCE = SHELL + "/Command"

#: The action URI of each operation.
ACTIONS = {
    "Create": TRANSFER + "/Create",
    "Delete": TRANSFER + "/Delete",
    "Get": TRANSFER + "/Get",
    "Enumerate": ENUMERATION + "/Enumerate",
    "Pull": ENUMERATION + "/Pull",
    "Command": SHELL + "/Command",
    "Connect": SHELL + "/Connect",
    "Disconnect": SHELL + "/Disconnect",
    "Receive": SHELL + "/Receive",
    "Reconnect": SHELL + "/Reconnect",
    "Send": SHELL + "/Send",
    "Signal": SHELL + "/Signal",
}


def upper(value: uuid.UUID) -> str:
    """A GUID as PowerShell sends ids of shells and commands."""
    return str(value).upper()


def shell_body(shell_id: uuid.UUID, creation: bytes, settings: ShellSettings) -> ET.Element:
    """Create's body: [MS-WSMV] 2.2.4.37, the name and the id as attributes as WinRM's own client sends them."""
    shell = ET.Element(tag(SHELL, "Shell"), ShellId=upper(shell_id))
    if settings.name is not None:
        shell.set("Name", settings.name)
    if settings.idle_timeout is not None:
        child(shell, SHELL, "IdleTimeOut", f"PT{settings.idle_timeout}S")
    child(shell, SHELL, "InputStreams", "stdin pr")
    child(shell, SHELL, "OutputStreams", "stdout")
    if settings.output_buffering_mode is not None:
        child(shell, SHELL, "BufferMode", settings.output_buffering_mode)
    shell.append(_powershell("creationXml", creation))
    return shell


def command_body(command_id: uuid.UUID, arguments: bytes) -> ET.Element:
    """Command's body; the command line is empty, the pipeline is in the arguments."""
    line = ET.Element(tag(SHELL, "CommandLine"), CommandId=upper(command_id))
    child(line, SHELL, "Command", "")
    child(line, SHELL, "Arguments", encode(arguments))
    return line


def send_body(command_id: uuid.UUID | None, data: bytes, stream: str) -> ET.Element:
    """Send's body; without a command id the data is for the runspace pool."""
    send = ET.Element(tag(SHELL, "Send"))
    element = child(send, SHELL, "Stream", encode(data))
    element.set("Name", stream)
    if command_id is not None:
        element.set("CommandId", upper(command_id))
    return send


def receive_body(command_id: uuid.UUID | None) -> ET.Element:
    """Receive's body."""
    receive = ET.Element(tag(SHELL, "Receive"))
    desired = child(receive, SHELL, "DesiredStream", "stdout")
    if command_id is not None:
        desired.set("CommandId", upper(command_id))
    return receive


def signal_body(command_id: uuid.UUID, signal: Signal) -> ET.Element:
    """Signal's body."""
    element = ET.Element(tag(SHELL, "Signal"), CommandId=upper(command_id))
    child(element, SHELL, "Code", signal.value)
    return element


def disconnect_body(idle_timeout: int | None, output_buffering_mode: str | None) -> ET.Element:
    """Disconnect's body ([MS-WSMV] 2.2.4.15); what is given overrides what Create said."""
    disconnect = ET.Element(tag(SHELL, "Disconnect"))
    if idle_timeout is not None:
        child(disconnect, SHELL, "IdleTimeOut", f"PT{idle_timeout}S")
    if output_buffering_mode is not None:
        child(disconnect, SHELL, "BufferMode", output_buffering_mode)
    return disconnect


def connect_body(connection: bytes) -> ET.Element:
    """Connect's body for a shell."""
    connect = ET.Element(tag(SHELL, "Connect"))
    connect.append(_powershell("connectXml", connection))
    return connect


def connect_command_body(command_id: uuid.UUID) -> ET.Element:
    """Connect's body for a command of a connected shell."""
    return ET.Element(tag(SHELL, "Connect"), CommandId=upper(command_id))


def _powershell(name: str, fragments: bytes) -> ET.Element:
    """An element of PowerShell's own; without a prefix, since PowerShell looks for its name as it is written."""
    element = ET.Element(name, xmlns=POWERSHELL)
    element.text = encode(fragments)
    return element
