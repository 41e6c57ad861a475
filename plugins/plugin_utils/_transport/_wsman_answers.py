# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reading of the answers about shells ([MS-WSMV]; broker process).

What an operation cannot do without raises :class:`MalformedError` when it is missing or damaged; numbers and times
that only inform become None.
"""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ET

from ._wsman_types import Received, ShellCreated, ShellDescription
from ._wsman_xml import ADDRESSING, POWERSHELL, SHELL, TRANSFER, WSMAN, MalformedError, decode, guid, tag

_STATE_DONE = SHELL + "/CommandState/Done"
_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)
# A year and a month have no fixed length; WinRM sends neither, others may.
_SECONDS = {
    "years": 31536000,
    "months": 2592000,
    "weeks": 604800,
    "days": 86400,
    "hours": 3600,
    "minutes": 60,
    "seconds": 1,
}
_MEMORY = re.compile(r"(\d+)\s*([KMGT]?)B", re.IGNORECASE | re.ASCII)
_MEMORY_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
# More digits than any number that a server can mean; int() of endless digits would cost quadratic time.
_MAX_DIGITS = 20


def read_created(body: ET.Element) -> ShellCreated:
    """CreateResponse: the id under ResourceCreated, and the description where the server sends one."""
    shell = body.find(tag(SHELL, "Shell"))
    path = "/".join(
        (
            tag(TRANSFER, "ResourceCreated"),
            tag(ADDRESSING, "ReferenceParameters"),
            tag(WSMAN, "SelectorSet"),
            tag(WSMAN, "Selector"),
        )
    )
    for selector in body.findall(path):
        if selector.get("Name", "").lower() == "shellid":
            shell_id = guid(selector.text)
            if shell_id is not None:
                return ShellCreated(shell_id, read_shell(shell) if shell is not None else None)
    raise MalformedError("the answer to Create names no shell")


def read_command_id(body: ET.Element) -> uuid.UUID | None:
    """CommandResponse: the id that the server gave the command."""
    text = body.findtext(f"{tag(SHELL, 'CommandResponse')}/{tag(SHELL, 'CommandId')}")
    return guid(text)


def read_received(body: ET.Element) -> Received:
    """ReceiveResponse: the streams' data in the order in which it came."""
    response = body.find(tag(SHELL, "ReceiveResponse"))
    if response is None:
        raise MalformedError("the answer to Receive has no ReceiveResponse")
    data = b"".join(
        decode(stream.text)
        for stream in response.findall(tag(SHELL, "Stream"))
        if stream.get("Name") == "stdout" and stream.text
    )
    state = response.find(tag(SHELL, "CommandState"))
    return Received(data, state is not None and state.get("State") == _STATE_DONE)


def read_connected(body: ET.Element) -> bytes:
    """ConnectResponse for a shell: the fragments of the answer to CONNECT_RUNSPACEPOOL."""
    text = body.findtext(f"{tag(SHELL, 'ConnectResponse')}/{tag(POWERSHELL, 'connectResponseXml')}")
    if not text:
        raise MalformedError("the answer to Connect has no connectResponseXml")
    return decode(text)


def read_shell(shell: ET.Element) -> ShellDescription:
    """One rsp:Shell.

    Raises:
        MalformedError: It has no ShellId that is a GUID.
    """

    def text(name: str) -> str | None:
        value = shell.findtext(tag(SHELL, name))
        return value.strip() or None if value is not None else None

    shell_id = guid(text("ShellId"))
    if shell_id is None:
        raise MalformedError("a shell without a ShellId")
    uri = text("ResourceUri")
    return ShellDescription(
        shell_id=shell_id,
        name=text("Name"),
        configuration_name=configuration_of(uri),
        owner=text("Owner"),
        client_address=text("ClientIP"),
        process_id=parse_number(text("ProcessId")),
        idle_timeout=parse_duration(text("IdleTimeOut")),
        max_idle_timeout=parse_duration(text("MaxIdleTimeOut")),
        output_buffering_mode=text("BufferMode"),
        state=text("State"),
        run_time=parse_duration(text("ShellRunTime")),
        inactivity=parse_duration(text("ShellInactivity")),
        memory=parse_memory(text("MemoryUsed")),
        child_processes=parse_number(text("ChildProcesses")),
        locale=text("Locale"),
        resource_uri=uri,
    )


def configuration_of(resource_uri: str | None) -> str | None:
    """The session configuration's name in a resource URI; None when it is no PowerShell one."""
    prefix = POWERSHELL + "/"
    if resource_uri is None or not resource_uri.lower().startswith(prefix):
        return None
    return resource_uri[len(prefix) :] or None


def parse_duration(text: str | None) -> float | None:
    """Seconds of an xs:duration such as ``PT7200.000S`` or ``P0DT0H0M45S``; None when it is none."""
    match = _DURATION.fullmatch(text) if text is not None and len(text) <= 100 else None
    if match is None or not any(match.groups()):
        return None
    return sum(float(value) * _SECONDS[unit] for unit, value in match.groupdict().items() if value is not None)


def parse_memory(text: str | None) -> int | None:
    """Bytes of a text such as ``65MB``; None when it is none."""
    match = _MEMORY.fullmatch(text) if text is not None else None
    if match is None or len(match[1]) > _MAX_DIGITS:
        return None
    return int(match[1]) * _MEMORY_UNITS[match[2].upper()]


def parse_number(text: str | None) -> int | None:
    """A number without sign; None when it is none."""
    if text is None or len(text) > _MAX_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    return int(text)
