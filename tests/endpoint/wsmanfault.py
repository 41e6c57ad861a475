# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WS-Management faults that the endpoint answers with (test endpoint process).

Codes and texts are those of wsmerror.h; the form of each was taken from recorded answers of Windows Server 2016 where
there is one.
"""

from __future__ import annotations

import dataclasses

_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"

SHELL_NOT_FOUND = 2150858843
OPERATION_TIMEOUT = 2150858793
OPERATION_ABORTED = 995
ACCESS_DENIED = 5
INVALID_RESOURCE_URI = 2150858811
SHELL_DISCONNECTED = 2150859204
DISCONNECT_NOT_SUPPORTED = 2150859205
CLIENT_MISMATCH = 2150859206
CONNECTED_TO_DIFFERENT_CLIENT = 2150859213
ALREADY_DISCONNECTED = 2150859215
STREAM_DISCONNECTED = 2150859230
HOST_PROCESS_FAILED = 2150859012
PLUGIN_FAILED = 2150858883

_CANNOT = "The WS-Management service cannot process the request. "


@dataclasses.dataclass
class WSManFault(Exception):
    """One fault; `message` is what Windows says, `code` what a client looks at."""

    code: int
    message: str
    subcode: str = "w:InternalError"
    sender: bool = False
    detail: str | None = None
    #: Text of the SOAP Reason where it differs from the message.
    reason: str | None = None
    #: (provider, path) when the fault comes out of a provider.
    provider: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        super().__init__(self.code, self.message)


def operation_timeout() -> WSManFault:
    """A Receive that had nothing to give within OperationTimeout; no error, the client asks again."""
    text = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  "
    return WSManFault(OPERATION_TIMEOUT, text, "w:TimedOut")


def aborted() -> WSManFault:
    """An operation that was waiting when its shell or command went away."""
    text = "The I/O operation has been aborted because of either a thread exit or an application request. "
    return WSManFault(OPERATION_ABORTED, text)


def access_denied() -> WSManFault:
    return WSManFault(ACCESS_DENIED, "Access is denied. ", "w:AccessDenied", sender=True)


_INVALID_SELECTORS = (
    "The WS-Management service cannot process the request because the request contained invalid selectors for the "
    "resource. "
)


def shell_not_found(shell_id: str) -> WSManFault:
    text = (
        f"The request for the Windows Remote Shell with ShellId {shell_id} failed because the shell was not found on "
        "the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the "
        "server. Provide the correct ShellId or create a new shell and retry the operation. "
    )
    detail = _DETAIL + "UnexpectedSelectors"
    return WSManFault(SHELL_NOT_FOUND, text, "w:InvalidSelectors", True, detail, _INVALID_SELECTORS)


def command_not_found() -> WSManFault:
    text = (
        "The Windows Remote Shell received a request to perform an operation on a command identifier that does not "
        "exist. Either the command has completed execution or the client specified an invalid command identifier. "
    )
    detail = _DETAIL + "UnexpectedSelectors"
    return WSManFault(SHELL_NOT_FOUND, text, "w:InvalidSelectors", True, detail, _INVALID_SELECTORS)


def resource_not_found(what: str = "UnexpectedSelectors") -> WSManFault:
    """A Get for a shell that is not there: the shell provider's own words."""
    provider = ("Shell provider", r"%systemroot%\system32\WsmSvc.dll")
    return WSManFault(
        SHELL_NOT_FOUND, _INVALID_SELECTORS, "w:InvalidSelectors", True, _DETAIL + what, provider=provider
    )


def invalid_resource_uri(uri: str) -> WSManFault:
    """No such session configuration or resource; PowerShell says "Cannot find the ... session configuration"."""
    text = (
        f"{_CANNOT}The resource URI ({uri}) was not found in the WS-Management catalog. The catalog contains the "
        "metadata that describes resources, or logical endpoints. "
    )
    return WSManFault(INVALID_RESOURCE_URI, text, "w:DestinationUnreachable", True, _DETAIL + "InvalidResourceURI")


def shell_disconnected() -> WSManFault:
    text = "The WinRM service cannot process the request because the WinRS shell instance is currently disconnected. "
    return WSManFault(SHELL_DISCONNECTED, text)


def stream_disconnected() -> WSManFault:
    text = "The WS-Management service cannot process the request because the stream is currently disconnected. "
    return WSManFault(STREAM_DISCONNECTED, text)


def disconnect_not_supported() -> WSManFault:
    text = (
        "The WinRM service cannot process the request. This WinRS shell instance does not support disconnect and "
        "reconnect operations because it was created by an older WinRS client or its provider does not support the "
        "disconnect operation. "
    )
    return WSManFault(DISCONNECT_NOT_SUPPORTED, text)


def client_mismatch() -> WSManFault:
    text = (
        "The WinRM service cannot process the request because the WinRS shell instance is connected to a different "
        "client. "
    )
    return WSManFault(CLIENT_MISMATCH, text)


def connected_to_different_client() -> WSManFault:
    text = (
        "The WinRM service cannot process the request. The WinRS shell instance is currently connected to a "
        "different client. "
    )
    return WSManFault(CONNECTED_TO_DIFFERENT_CLIENT, text)


def already_disconnected() -> WSManFault:
    text = (
        "The WinRM client cannot process the request. A disconnect operation cannot be performed on a WinRS shell "
        "instance that is already disconnected. "
    )
    return WSManFault(ALREADY_DISCONNECTED, text)


def host_process_failed() -> WSManFault:
    text = (
        "The WSMan provider host process did not return a proper response.  A provider in the host process may have "
        "behaved improperly. "
    )
    return WSManFault(HOST_PROCESS_FAILED, text)


def plugin_failed(text: str) -> WSManFault:
    """What the PowerShell plugin itself reports, in its words."""
    return WSManFault(PLUGIN_FAILED, text)


def response_too_large() -> WSManFault:
    text = "The response that the WS-Management service computed exceeds the maximum envelope size in the request. "
    return WSManFault(2150858824, text, "w:EncodingLimit", True, _DETAIL + "MaxEnvelopeSizeExceeded")


def request_too_large() -> WSManFault:
    text = (
        "The WS-Management service cannot process the request because it is larger than the maximum size allowed: "
        "MaxEnvelopeSizekb. "
    )
    return WSManFault(2150858790, text, "w:EncodingLimit", True, _DETAIL + "ServiceEnvelopeLimit")


def id_conflict(command: bool) -> WSManFault:
    what = "command" if command else "resource"
    kind = "command" if command else "shell"
    text = (
        f"The WinRM service cannot process the request. A {what} already exists with the {kind} ID specified by the "
        "client. "
    )
    return WSManFault(2150859222 if command else 2150859223, text, "w:AlreadyExists", True)


def invalid_id(command: bool) -> WSManFault:
    kind = "command" if command else "shell"
    text = (
        f"The WinRM service cannot process the request because the {kind} ID specified by the client is not a valid "
        "GUID. "
    )
    return WSManFault(2150859220 if command else 2150859221, text, sender=True)


def invalid_message(text: str) -> WSManFault:
    """XML, or SOAP, or a body that is not what it should be."""
    return WSManFault(2150858817, _CANNOT + text, "w:SchemaValidationError", True)


def invalid_parameter(text: str) -> WSManFault:
    return WSManFault(2150858810, _CANNOT + text, "w:InvalidParameter", True)


def unsupported_action(action: str) -> WSManFault:
    text = f"The WS-Management service cannot process the request because the action URI is invalid: {action} "
    return WSManFault(2150858753, text, "a:ActionNotSupported", True)


def invalid_enumeration_context() -> WSManFault:
    text = "The WS-Management service cannot process the request because the supplied enumeration context is invalid. "
    return WSManFault(2150858779, text, "n:InvalidEnumerationContext", False)


def shell_filter_expected() -> WSManFault:
    text = (
        "The WinRM service cannot process the request. The enumeration request expects a selector based filter to "
        "specify the shell identifier. "
    )
    return WSManFault(2150859200, text, "w:CannotProcessFilter", True)


def command_eprs_not_supported() -> WSManFault:
    text = (
        "The WinRM service cannot process the request. The enumeration of end point resources for shell commands is "
        "not supported. "
    )
    return WSManFault(2150859201, text, "w:UnsupportedFeature", True)


def quota(code: int, text: str) -> WSManFault:
    return WSManFault(code, _CANNOT + text, "w:QuotaLimit", False)
