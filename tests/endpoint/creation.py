# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a shell: what a Create request may ask for, and the engine behind it (test endpoint process)."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET

from . import quotas as limits
from . import soap
from .computer import Computer, Peer
from .config import SessionConfiguration
from .engine.api import ShellInfo
from .psrp import PowerShellRuntime, decode_base64
from .shells import CMD_RESOURCE, POWERSHELL_PREFIX, Shell, ShellSettings
from .winrs import CommandRuntime
from .wsmanfault import (
    access_denied,
    host_process_failed,
    id_conflict,
    invalid_id,
    invalid_message,
    invalid_parameter,
    invalid_resource_uri,
    plugin_failed,
)

_RSP = f"{{{soap.RSP}}}"


def create_shell(computer: Computer, envelope: soap.Envelope, body: ET.Element, peer: Peer) -> Shell:
    """Makes the shell that a Create request asks for, within the quotas, and opens what works behind it."""
    configuration = _configuration(computer, envelope.resource_uri)
    creation = body.findtext(f"{{{soap.PWSH}}}creationXml")
    if configuration is not None and creation is None:
        raise invalid_message("creationXml is missing. ")
    shell = Shell(
        _shell_id(body.get("ShellId")),
        _settings(envelope, body),
        peer.user,
        peer.client_ip,
        envelope.session_id,
        computer.new_process_id(),
        computer.clock,
        computer.manners.output_buffer,
    )
    idle = soap.duration(body.findtext(_RSP + "IdleTimeOut"))
    shell.idle_timeout = limits.check_idle_timeout(computer.quotas, idle)
    shell.max_idle_timeout = computer.quotas.max_idle_timeout_ms / 1000
    shell.drop_output = buffer_mode(body.findtext(_RSP + "BufferMode") or "Block")
    shell.connection = peer.connection
    shell.operations = 1
    computer.add(shell, lambda present: _check(computer, shell, present))
    try:
        if configuration is None:
            shell.runtime = CommandRuntime(shell, computer)
        else:
            _open_engine(computer, shell, configuration, decode_base64(creation))
    except BaseException:
        computer.remove(shell)
        raise
    shell.operations = 0
    shell.touch()
    return shell


def _open_engine(computer: Computer, shell: Shell, configuration: SessionConfiguration, creation: bytes) -> None:
    runtime = PowerShellRuntime(
        shell,
        creation,
        computer.quotas,
        computer.counters.script,
        lambda: computer.remove(shell, host_process_failed()),
    )
    shell.runtime = runtime
    info = ShellInfo(
        shell_id=uuid.UUID(shell.shell_id),
        user=shell.owner,
        computer_name=computer.name,
        configuration_name=configuration.name,
        culture=shell.settings.data_locale,
        ui_culture=shell.settings.locale,
        full_language=configuration.full_language,
        visible_commands=configuration.visible_commands,
        no_profile=shell.settings.no_profile,
        machine=computer.machine,
    )
    try:
        runtime.opened(computer.config.engine.open(info, creation, runtime))
    except Exception as error:
        raise plugin_failed(f"The runspace pool could not be opened: {error} ") from error


def _check(computer: Computer, shell: Shell, present: list[Shell]) -> None:
    if any(other.shell_id == shell.shell_id for other in present):
        raise id_conflict(command=False)
    owned = [other for other in present if other.owner == shell.owner]
    plugin = shell.plugin.lower()
    limits.check_new_shell(
        computer.quotas,
        len(owned),
        sum(other.plugin.lower() == plugin for other in owned),
        sum(other.plugin.lower() == plugin for other in present),
    )


def _configuration(computer: Computer, uri: str) -> SessionConfiguration | None:
    """The session configuration of a resource URI, None for cmd shells; a fault for what is not registered."""
    if uri.lower() == CMD_RESOURCE and computer.config.winrs:
        return None
    if uri.lower().startswith(POWERSHELL_PREFIX):
        name = uri[len(POWERSHELL_PREFIX) :].lower()
        for configuration in computer.configurations:
            if configuration.name.lower() == name:
                if not configuration.enabled:
                    raise access_denied()
                return configuration
    raise invalid_resource_uri(uri)


def _settings(envelope: soap.Envelope, body: ET.Element) -> ShellSettings:
    # PowerShell writes the name as an attribute, the schema and pypsrp as an element.
    name = body.get("Name") or body.findtext(_RSP + "Name")
    if name is not None and len(name) > 255:
        raise invalid_parameter("The shell name has exceeded 255 characters in length. ")
    return ShellSettings(
        resource_uri=envelope.resource_uri,
        name=name,
        input_streams=(body.findtext(_RSP + "InputStreams") or "stdin").strip(),
        output_streams=(body.findtext(_RSP + "OutputStreams") or "stdout stderr").strip(),
        locale=envelope.locale,
        data_locale=envelope.data_locale,
        no_profile=envelope.options.get("WINRS_NOPROFILE", "").upper() in ("TRUE", "1"),
        environment={
            variable.get("Name", ""): variable.text or ""
            for variable in body.findall(f"{_RSP}Environment/{_RSP}Variable")
        },
        working_directory=body.findtext(_RSP + "WorkingDirectory"),
    )


def _shell_id(chosen: str | None) -> str:
    if chosen is None:
        return soap.new_id()
    try:
        return str(uuid.UUID(chosen)).upper()
    except ValueError:
        raise invalid_id(command=False) from None


def buffer_mode(text: str) -> bool:
    """True for Drop, False for Block; a fault for anything else."""
    mode = text.strip().lower()
    if mode not in ("block", "drop"):
        raise invalid_parameter("BufferMode is Block or Drop. ")
    return mode == "drop"
