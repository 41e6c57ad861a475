# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error records as JSON, and as the text that ansible.builtin.psrp makes of them (broker process)."""

from __future__ import annotations

import typing

from . import clixml
from .values import int_of, text_of, to_json

#: System.Management.Automation.ErrorCategory, by number (MS-PSRP 2.2.3.9).
_CATEGORIES = (
    "NotSpecified OpenError CloseError DeviceError DeadlockDetected InvalidArgument InvalidData InvalidOperation "
    "InvalidResult InvalidType MetadataError NotImplemented NotInstalled ObjectNotFound OperationStopped "
    "OperationTimeout SyntaxError ParserError PermissionDenied ResourceBusy ResourceExists ResourceUnavailable "
    "ReadError WriteError FromStdErr SecurityError ProtocolError ConnectionError AuthenticationError LimitsExceeded "
    "QuotaExceeded NotEnabled"
).split()
_MAX_INNER = 16


class ErrorDict(typing.TypedDict, total=False):
    """An error record; the fields that ansible.windows.win_powershell documents, and what rendering needs more."""

    output: str
    exception: dict[str, object] | None
    category_info: dict[str, object]
    error_details: dict[str, object] | None
    fully_qualified_error_id: str | None
    target_object: object
    script_stack_trace: str | None
    pipeline_iteration_info: object
    #: What ToString() gave on the server: the message that is shown.
    message: str
    #: The command that failed, as Get-Item.
    command_name: str | None
    #: Where it stands in the script: PowerShell's own lines "At line:1 char:1 ...".
    position: str | None
    #: With OutputFormat.STRINGS: what psrp writes to stderr, without and with its stack trace (-vvv).
    text: str
    text_with_stack: str


def is_error_record(node: clixml.Node) -> bool:
    """Whether a value is an ErrorRecord (it may be among the output: ``2>&1``)."""
    return isinstance(node, clixml.Obj) and node.is_a("System.Management.Automation.ErrorRecord")


def error_to_dict(node: clixml.Node, with_texts: bool = False) -> ErrorDict:
    """Convert a serialized ErrorRecord.

    Args:
        node: The record, as ERROR_RECORD and PIPELINE_STATE carry it.
        with_texts: Whether to add ``text`` and ``text_with_stack``.

    Raises:
        ProtocolError: A value in it does not fit its type.
    """
    if not isinstance(node, clixml.Obj):
        node = clixml.Obj(to_string=node.text)
    fields = node.properties
    exception = _exception(fields.get("Exception"), 0)
    message = node.to_string if node.to_string is not None else (exception or {}).get("message")
    record: ErrorDict = {
        "output": "",
        "exception": exception,
        "category_info": _category(fields),
        "error_details": _details(fields),
        "fully_qualified_error_id": text_of(fields.get("FullyQualifiedErrorId")),
        "target_object": to_json(fields.get("TargetObject", clixml.NULL)),
        "script_stack_trace": text_of(fields.get("ErrorDetails_ScriptStackTrace")),
        "pipeline_iteration_info": to_json(fields.get("PipelineIterationInfo", clixml.NULL)) or [],
        "message": str(message or ""),
        "command_name": text_of(fields.get("CommandInfo_Name")),
        "position": text_of(fields.get("InvocationInfo_PositionMessage")),
    }
    record["output"] = render_error(record, with_stack=False)
    if with_texts:
        record["text"] = record["output"]
        record["text_with_stack"] = render_error(record, with_stack=True)
    return record


def render_error(record: ErrorDict, with_stack: bool) -> str:
    """What ansible.builtin.psrp writes to stderr for an error record.

    A native command's stderr arrives as error records; only their message is shown.  Windows Server 2016 sends
    all but the first of them as raw text without a target, which already has its line ends.

    Args:
        record: From error_to_dict.
        with_stack: Whether the script's stack trace follows (Ansible's verbosity 3).
    """
    error_id, category = record["fully_qualified_error_id"], record["category_info"]
    if error_id == "NativeCommandErrorMessage" and not category["target_name"]:
        return record["message"]
    if error_id in ("NativeCommandError", "NativeCommandErrorMessage"):
        return f"{record['message']}\r\n"
    command = f"{record['command_name']} : " if record["command_name"] else ""
    position = f"{record['position']}\r\n" if record["position"] else ""
    text = (
        f"{command}{record['message']}\r\n{position}"
        f"    + CategoryInfo          : {category['message']}\r\n"
        f"    + FullyQualifiedErrorId : {error_id}"
    )
    if with_stack and record["script_stack_trace"] is not None:
        text += f"\r\nStackTrace:\r\n{record['script_stack_trace']}"
    return f"{text}\r\n"


def _category(fields: dict[str, clixml.Node]) -> dict[str, object]:
    number = int_of(fields.get("ErrorCategory_Category")) or 0
    return {
        "category": _CATEGORIES[number] if 0 <= number < len(_CATEGORIES) else str(number),
        "category_id": number,
        "activity": text_of(fields.get("ErrorCategory_Activity")),
        "reason": text_of(fields.get("ErrorCategory_Reason")),
        "target_name": text_of(fields.get("ErrorCategory_TargetName")),
        "target_type": text_of(fields.get("ErrorCategory_TargetType")),
        "message": text_of(fields.get("ErrorCategory_Message")),
    }


def _details(fields: dict[str, clixml.Node]) -> dict[str, object] | None:
    message = text_of(fields.get("ErrorDetails_Message"))
    action = text_of(fields.get("ErrorDetails_RecommendedAction"))
    if message is None and action is None:
        return None
    return {"message": message, "recommended_action": action}


def _exception(node: clixml.Node | None, depth: int) -> dict[str, object] | None:
    text = text_of(node)
    if not isinstance(node, clixml.Obj) or depth >= _MAX_INNER:
        # Below the depth that the server serializes to, an exception is its text.
        return None if text is None else _exception_dict(text, None, {}, None)
    fields = node.properties
    message = text_of(fields.get("Message"))
    inner = _exception(fields.get("InnerException"), depth + 1)
    return _exception_dict(
        message if message is not None else text, node.types[0] if node.types else None, fields, inner
    )


def _exception_dict(
    message: str | None, type_name: str | None, fields: dict[str, clixml.Node], inner: dict[str, object] | None
) -> dict[str, object]:
    return {
        "message": message,
        "type": type_name,
        "help_link": text_of(fields.get("HelpLink")),
        "source": text_of(fields.get("Source")),
        "hresult": to_json(fields.get("HResult", clixml.NULL)),
        "inner_exception": inner,
    }
