# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pipeline's messages as records (broker process)."""

from __future__ import annotations

import base64
import binascii
import collections
import datetime
import typing

from . import clixml
from .error_records import error_to_dict, is_error_record
from .errors import ProtocolError, ValueTooLarge
from .host import COLORS, NO_ANSWER, HostCall, color_number
from .inbox import MAX_MESSAGE
from .messages import InvocationState, MessageType
from .records import OutputFormat, PipelineState
from .text import message_text
from .values import int_of, text_of, to_json

Entry = tuple[str, object]
#: A stream, and a text's length and hash.
Reported = tuple[str, int, int]

_INFORMATIONAL = {
    MessageType.DEBUG_RECORD: "debug",
    MessageType.VERBOSE_RECORD: "verbose",
    MessageType.WARNING_RECORD: "warning",
}
_END_STATES: dict[int | None, PipelineState] = {
    InvocationState.STOPPED: PipelineState.STOPPED,
    InvocationState.COMPLETED: PipelineState.COMPLETED,
    InvocationState.FAILED: PipelineState.FAILED,
}
#: What psrp's host puts before a line that it is asked to show.
_PREFIXES = {"debug": "DEBUG: ", "verbose": "VERBOSE: ", "warning": "WARNING: "}
_PROGRESS = {
    "activity": "Activity",
    "activity_id": "ActivityId",
    "status_description": "StatusDescription",
    "current_operation": "CurrentOperation",
    "parent_activity_id": "ParentActivityId",
    "percent_complete": "PercentComplete",
    "seconds_remaining": "SecondsRemaining",
    "record_type": "Type",
}
#: The id of the error that stands for an object which is too large to convert.
TOO_LARGE = "remoting.powershell.OutputTooLarge"
#: How many reports may lie between a text's two reports.
_UNMATCHED = 64


class Streams:
    """Converts one pipeline's messages.

    A server that knows of a host with a user interface reports Write-Host twice, as an information record tagged
    PSHOST and as a host call, and a warning, verbose or debug message too; one that does not, reports it once.
    ansible.builtin.psrp shows the calls only, and so does OutputFormat.STRINGS; the others give each text once.

    Where a user sits before a screen, what is written to it is a host call, however it was reported.

    Args:
        output_format: The form of the output.
        interactive: Whether there is a screen.
    """

    def __init__(self, output_format: OutputFormat, interactive: bool = False) -> None:
        self._format = output_format
        self._interactive = interactive
        self._by_record: collections.deque[Reported] = collections.deque(maxlen=_UNMATCHED)
        self._by_call: collections.deque[Reported] = collections.deque(maxlen=_UNMATCHED)

    def convert(self, message_type: MessageType, data: bytes) -> list[Entry]:
        """The records, as stream and value, that one message of a stream gives.

        Raises:
            ProtocolError: The message cannot be parsed.
        """
        if message_type is MessageType.PIPELINE_OUTPUT:
            try:
                return [("output", self._output(data))]
            except ValueTooLarge as error:
                return [("error", self._error(_too_large(str(error))))]
        node = clixml.loads(data)
        if message_type is MessageType.ERROR_RECORD:
            return [("error", self._error(node))]
        if message_type in _INFORMATIONAL:
            entry = (_INFORMATIONAL[message_type], text_of(_field(node, "InformationalRecord_Message")) or "")
            return self._once(entry, self._by_record, self._by_call)
        if message_type is MessageType.PROGRESS_RECORD:
            return [("progress", {name: to_json(_field(node, source)) for name, source in _PROGRESS.items()})]
        return self._information(node)

    def host_records(self, entries: typing.Sequence[Entry]) -> list[Entry]:
        """The records for what a host call reported."""
        result: list[Entry] = []
        for entry in entries:
            stream, value = entry
            if self._format is OutputFormat.STRINGS:
                result.append(("host_out", f"{_PREFIXES[stream]}{value}\r\n") if stream in _PREFIXES else entry)
            elif stream in _PREFIXES or stream == "host_out":
                result += self._once(entry, self._by_call, self._by_record)
            else:
                result.append(entry)
        return result

    def is_news(self, text: str) -> bool:
        """Whether a text that a host call shows was not reported before."""
        return bool(self._once(("host_out", text), self._by_call, self._by_record))

    def end_state(self, data: bytes) -> tuple[PipelineState, Entry] | None:
        """What PIPELINE_STATE says; None for a state that is not an end."""
        node = clixml.loads(data)
        state = _END_STATES.get(int_of(_field(node, "PipelineState")))
        if state is None:
            return None
        error = _field(node, "ExceptionAsErrorRecord")
        has_error = isinstance(error, clixml.Obj)
        return state, ("state", {"state": state.value, "error": self._error(error) if has_error else None})

    def too_large(self, size: int) -> Entry:
        """What stands for a message of so many bytes, more than is kept."""
        return "error", self._error(_too_large(f"it has {size} bytes, and {MAX_MESSAGE} are the most that are taken"))

    def lost_state(self, size: int) -> tuple[PipelineState, Entry]:
        """What stands for a PIPELINE_STATE of so many bytes: it tells of an error, nothing else in it can be large."""
        return PipelineState.FAILED, ("state", {"state": "failed", "error": self.too_large(size)[1]})

    def _error(self, node: clixml.Node) -> object:
        return error_to_dict(node, with_texts=self._format is OutputFormat.STRINGS)

    def _output(self, data: bytes) -> object:
        if self._format is OutputFormat.STRINGS:
            return message_text(data)
        node = clixml.loads(data)
        if self._format is OutputFormat.BYTES and isinstance(node, clixml.Scalar) and node.tag in ("S", "BA"):
            try:
                return base64.b64decode(node.text, validate=True)
            except (binascii.Error, ValueError):
                if node.tag == "BA":
                    raise ProtocolError("a byte array is not base64") from None
        return error_to_dict(node) if is_error_record(node) else to_json(node)

    def _information(self, node: clixml.Node) -> list[Entry]:
        message, tags = _field(node, "MessageData"), to_json(_field(node, "Tags"))
        is_host_message = isinstance(message, clixml.Obj) and message.is_a(
            "System.Management.Automation.HostInformationMessage"
        )
        generated = text_of(_field(node, "TimeGenerated"))
        record: Entry = (
            "information",
            {
                "message_data": text_of(message) if is_host_message else to_json(message),
                "source": text_of(_field(node, "Source")),
                "time_generated": generated and _to_utc(generated),
                "tags": tags if isinstance(tags, list) else [],
            },
        )
        # FORWARDED: another remote pipeline wrote it, and its host call was passed on.
        if not isinstance(tags, list) or "PSHOST" not in tags or "FORWARDED" in tags:
            return [record]
        if self._format is OutputFormat.STRINGS and not self._interactive:
            return [record]
        line = not (is_host_message and to_json(_field(message, "NoNewLine")) is True)
        text = text_of(message) or ""
        news = self._once(("host_out", text + "\r\n" * line), self._by_record, self._by_call)
        if news and self._interactive:
            return [record, ("host_call", _written(message, text, line))]
        return [record, *news]

    @staticmethod
    def _once(entry: Entry, here: collections.deque[Reported], there: collections.deque[Reported]) -> list[Entry]:
        """The entry, unless the other way of reporting brought it before."""
        # Not the text itself: it may be long, and nothing may ever match it.
        text = str(entry[1])
        reported = (entry[0], len(text), hash(text))
        if reported in there:
            there.remove(reported)
            return []
        here.append(reported)
        return [entry]


def _written(message: clixml.Node, text: str, line: bool) -> HostCall:
    """The host call that Write-Host stands for; a HostInformationMessage may name colors."""
    names = [text_of(_field(message, name)) for name in ("ForegroundColor", "BackgroundColor")]
    if names == [None, None]:
        return HostCall(NO_ANSWER, "WriteLine2" if line else "Write1", [text])
    colors = map(color_number, names, COLORS)
    return HostCall(NO_ANSWER, "WriteLine3" if line else "Write2", [*colors, text])


def too_large(reason: str, with_texts: bool) -> object:
    """The error that stands for what was not taken; see error_to_dict."""
    return error_to_dict(_too_large(reason), with_texts=with_texts)


def _too_large(reason: str) -> clixml.Node:
    """The error record that stands for an object of the output, or for a record of another stream."""
    message = (
        f"An object of the output was not taken: {reason}. Choose properties with Select-Object, give out a long text "
        "line by line, or write to a file and fetch that."
    )
    exception = clixml.Obj(
        types=("System.Management.Automation.RuntimeException", "System.Exception"),
        adapted={"Message": clixml.Scalar("S", message)},
    )
    fields: dict[str, clixml.Node] = {
        "Exception": exception,
        "FullyQualifiedErrorId": clixml.Scalar("S", TOO_LARGE),
        "ErrorCategory_Category": clixml.Scalar("I32", "29"),
        "ErrorCategory_Message": clixml.Scalar("S", "LimitsExceeded: (:) [], RuntimeException"),
    }
    return clixml.Obj(to_string=message, extended=fields)


def _field(node: clixml.Node, name: str) -> clixml.Node:
    if isinstance(node, clixml.Scalar):
        return clixml.NULL
    return node.extended.get(name) or node.adapted.get(name) or clixml.NULL


def _to_utc(text: str) -> str:
    """A date with an offset in UTC, its seven digits of a second kept; any other text as it is."""
    moment, fraction = text[:19], text[19:]
    digits = ""
    if fraction.startswith("."):
        digits = fraction[: len(fraction) - len(fraction[1:].lstrip("0123456789"))]
    offset = fraction[len(digits) :]
    try:
        shift = datetime.datetime.strptime(f"{moment}{offset}", "%Y-%m-%dT%H:%M:%S%z")
        return f"{shift.astimezone(datetime.timezone.utc):%Y-%m-%dT%H:%M:%S}{digits}Z"
    except (ValueError, OverflowError):
        return text
