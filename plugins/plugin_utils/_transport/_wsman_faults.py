# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a server's SOAP fault to a kind of failure and a text for the user (broker process).

The codes are those of Windows' wsmerror.h; what a code means for a shell is read from their texts there and, where a
Windows answer was recorded, from the recording.
"""

from __future__ import annotations

import dataclasses
import uuid
import xml.etree.ElementTree as ET

from ._receive_quotas import receive_quota
from ._wsman_answers import parse_number
from ._wsman_xml import SOAP, WSMAN_FAULT, tag
from .faults import FaultKind, TransportError

#: The operation timeout passed without an answer; for a Receive this is no error.
OPERATION_TIMED_OUT = 0x80338029
_UNEXPECTED_SELECTORS = 0x8033805B
_RESOURCE_NOT_FOUND = 0x80338000

_KINDS: dict[int, FaultKind] = {
    5: FaultKind.ACCESS_DENIED,  # ERROR_ACCESS_DENIED
    995: FaultKind.ABORTED,  # ERROR_OPERATION_ABORTED
    1223: FaultKind.ABORTED,  # ERROR_CANCELLED
    0x80338002: FaultKind.CONFIGURATION_NOT_FOUND,  # INVALID_URI
    0x80338026: FaultKind.ENVELOPE_TOO_LARGE,  # ENVELOPE_TOO_LARGE
    0x80338032: FaultKind.BUSY,  # CONCURRENCY
    0x80338033: FaultKind.ALREADY_EXISTS,  # ALREADY_EXISTS
    0x80338035: FaultKind.ENVELOPE_TOO_LARGE,  # ENCODING_LIMIT
    0x80338036: FaultKind.AUTHENTICATION,  # FAILED_AUTHENTICATION
    0x8033803B: FaultKind.CONFIGURATION_NOT_FOUND,  # INVALID_RESOURCE_URI
    0x80338047: FaultKind.ENVELOPE_TOO_LARGE,  # MAX_ENVELOPE_SIZE
    0x80338048: FaultKind.ENVELOPE_TOO_LARGE,  # MAX_ENVELOPE_SIZE_EXCEEDED
    0x80338049: FaultKind.ENVELOPE_TOO_LARGE,  # SERVER_ENVELOPE_LIMIT
    0x803381A5: FaultKind.QUOTA,  # QUOTA_MAX_SHELLS
    0x803381A6: FaultKind.QUOTA,  # QUOTA_MAX_OPERATIONS
    0x803381A7: FaultKind.QUOTA,  # QUOTA_USER
    0x803381A8: FaultKind.QUOTA,  # QUOTA_SYSTEM
    0x803381AB: FaultKind.QUOTA,  # QUOTA_MAX_SHELLUSERS
    0x803381AC: FaultKind.ACCESS_DENIED,  # REMOTESHELLS_NOT_ALLOWED
    0x803381C4: FaultKind.WRONG_STATE,  # SHELL_DISCONNECTED
    0x803381C6: FaultKind.BUSY,  # SHELL_CLIENTSESSIONID_MISMATCH
    0x803381CD: FaultKind.BUSY,  # SHELL_CONNECTED_TO_DIFFERENT_CLIENT
    0x803381CF: FaultKind.WRONG_STATE,  # SHELL_DISCONNECT_OPERATION_NOT_VALID: it is disconnected already
    0x803381D0: FaultKind.WRONG_STATE,  # SHELL_RECONNECT_OPERATION_NOT_VALID: it is connected
    0x803381D3: FaultKind.WRONG_STATE,  # SHELLCOMMAND_RECONNECT_OPERATION_NOT_VALID
    0x803381D6: FaultKind.ALREADY_EXISTS,  # SHELLCOMMAND_CLIENTID_RESOURCE_CONFLICT
    0x803381D7: FaultKind.ALREADY_EXISTS,  # SHELL_CLIENTID_RESOURCE_CONFLICT
    0x803381D8: FaultKind.WRONG_STATE,  # SHELLCOMMAND_DISCONNECT_OPERATION_NOT_VALID
    0x803381DD: FaultKind.ACCESS_DENIED,  # SERVICE_REMOTE_ACCESS_DISABLED
    0x803381DE: FaultKind.WRONG_STATE,  # SERVICE_STREAM_DISCONNECTED
    0x803381E3: FaultKind.ACCESS_DENIED,  # REMOTE_CONNECTION_NOT_ALLOWED
    **dict.fromkeys(range(0x803381E4, 0x803381EB), FaultKind.QUOTA),  # the quotas of a session configuration
}
_SUBCODES: dict[str, FaultKind] = {
    "AccessDenied": FaultKind.ACCESS_DENIED,
    "AlreadyExists": FaultKind.ALREADY_EXISTS,
    "Concurrency": FaultKind.BUSY,
    "EncodingLimit": FaultKind.ENVELOPE_TOO_LARGE,
    "InvalidResourceURI": FaultKind.CONFIGURATION_NOT_FOUND,
    "QuotaLimit": FaultKind.QUOTA,
}
#: Faults that end an operation that had begun, or whose meaning is not known.
_MAY_HAVE_ARRIVED = frozenset({FaultKind.ABORTED, FaultKind.OTHER})
_MAX_TEXT = 1000


@dataclasses.dataclass(frozen=True)
class Asked:
    """What was asked of whom; for texts, and to tell a missing command from a missing shell."""

    host: str
    port: int
    user: str | None
    configuration_name: str
    max_envelope_size: int
    #: The last part of the action's URI, such as Receive.
    operation: str
    shell_id: uuid.UUID | None = None
    command_id: uuid.UUID | None = None


@dataclasses.dataclass(frozen=True)
class SoapFault:
    """A fault as it was read; the code is None when the server gave none that is a 32 bit number."""

    code: int | None
    subcode: str
    text: str


def read_fault(envelope: ET.Element) -> SoapFault | None:
    """The fault in an envelope's body, if that is what it holds."""
    fault = envelope.find(f"{tag(SOAP, 'Body')}/{tag(SOAP, 'Fault')}")
    if fault is None:
        return None
    code = None
    text = ""
    detail = fault.find(f"{tag(SOAP, 'Detail')}/{tag(WSMAN_FAULT, 'WSManFault')}")
    if detail is not None:
        code = parse_number(detail.get("Code"))
        # The message proper may be some levels down, inside of a provider's fault.
        text = "".join(detail.itertext())
    text = " ".join(text.split()) or " ".join(fault.findtext(f"{tag(SOAP, 'Reason')}/{tag(SOAP, 'Text')}", "").split())
    subcode = fault.findtext("/".join(tag(SOAP, name) for name in ("Code", "Subcode", "Value")), "")
    return SoapFault(
        code if code is not None and code <= 0xFFFFFFFF else None,
        subcode.strip().rpartition(":")[2],
        text[:_MAX_TEXT],
    )


def to_error(fault: SoapFault, asked: Asked) -> TransportError:
    """The failure that a fault means for what was asked."""
    kind = _kind(fault, asked)
    code = f"WSMan fault {fault.code}, 0x{fault.code:08X}" if fault.code is not None else f"fault {fault.subcode}"
    message = f"{_summary(kind, asked, fault)}: {fault.text or 'the server gave no reason'} ({code})"
    return TransportError(kind, message, code=fault.code, may_have_arrived=kind in _MAY_HAVE_ARRIVED)


def _kind(fault: SoapFault, asked: Asked) -> FaultKind:
    if asked.command_id is not None and receive_quota(fault.text) is not None:
        return FaultKind.DATA_QUOTA
    if fault.code in (_UNEXPECTED_SELECTORS, _RESOURCE_NOT_FOUND) or (
        fault.code is None and fault.subcode == "InvalidSelectors"
    ):
        return _not_found(fault, asked)
    if fault.code is not None and fault.code in _KINDS:
        return _KINDS[fault.code]
    return _SUBCODES.get(fault.subcode, FaultKind.OTHER)


def _not_found(fault: SoapFault, asked: Asked) -> FaultKind:
    """One code tells of both a missing shell and a missing command.

    Windows names the shell in the text when it is the shell that is missing; texts come in the language of the
    locale, the id and the word ShellId do not change.
    """
    if asked.shell_id is None:
        return FaultKind.CONFIGURATION_NOT_FOUND
    if asked.command_id is None or asked.operation == "Command":
        return FaultKind.SHELL_NOT_FOUND
    text = fault.text.lower()
    if "shellid" in text or str(asked.shell_id) in text or "invalid selectors" in text:
        return FaultKind.SHELL_NOT_FOUND
    return FaultKind.COMMAND_NOT_FOUND


def _summary(kind: FaultKind, asked: Asked, fault: SoapFault) -> str:
    """What happened, and the remedy where there is a usual one."""
    where = f"{asked.host!r} port {asked.port}"
    if kind is FaultKind.CONFIGURATION_NOT_FOUND:
        return (
            f"{where} has no session configuration {asked.configuration_name!r}"
            " (Get-PSSessionConfiguration on the computer lists them, Enable-PSRemoting creates the default one)"
        )
    if kind is FaultKind.ACCESS_DENIED:
        return (
            f"{where} denies {asked.user!r} the use of session configuration {asked.configuration_name!r}"
            " (it takes membership of Administrators or Remote Management Users, or a permission of that configuration)"
        )
    if kind is FaultKind.QUOTA:
        return f"A quota of {where} is used up (remove sessions that nobody uses, or raise the quota)"
    if kind is FaultKind.DATA_QUOTA and (quota := receive_quota(fault.text)):
        return f"{where} {quota.described(asked.configuration_name)}"
    if kind is FaultKind.ENVELOPE_TOO_LARGE:
        return (
            f"A message is too large for {where} (max_envelope_size is {asked.max_envelope_size};"
            " it must not be above the computer's MaxEnvelopeSizekb)"
        )
    if kind is FaultKind.SHELL_NOT_FOUND:
        return f"The session does not exist any more on {where}"
    if kind is FaultKind.BUSY:
        return f"The session on {where} is held by another client"
    return f"{asked.operation} failed on {where}"
