# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running pipeline tells its client: streams and host calls as messages (test endpoint process)."""

from __future__ import annotations

import logging
import threading
import typing
import uuid

import psrpcore
from psrpcore.types import (
    HostInfo,
    HostMethodIdentifier,
    PSInvocationState,
    PSRPMessageType,
)

from .outbox import Outbox
from .powershell import (
    ErrorRecord,
    InformationalRecord,
    InformationRecord,
    PipelineStopped,
    ProgressRecord,
    Screen,
    Shared,
    from_psrp,
    information_message,
    numbers,
    pipeline_state,
    serialize,
    to_host,
)
from .powershell.convert import to_string
from .powershell.errors import runtime_error
from .powershell.net_host import CONSOLE_COLORS
from .powershell.records import HostMessage

_log = logging.getLogger(__name__)


class PipelineMessages:
    """The messages of one pipeline; a Streams for the evaluator.  Says nothing any more once it is closed."""

    def __init__(self, pipeline_id: uuid.UUID, outbox: Outbox) -> None:
        self._id = pipeline_id
        self._outbox = outbox
        self._closed = False
        #: Of the runspace that runs the pipeline.
        self.shared = Shared()
        #: The client's host can write: it is asked to show warnings and their like, besides getting their records.
        self.has_ui = False

    def close(self) -> None:
        """The client has closed the pipeline: whatever it still says is dropped."""
        self._closed = True
        self._outbox.forget(self._id)

    def output(self, value: object) -> None:
        """PIPELINE_OUTPUT."""
        self._send(value, PSRPMessageType.PipelineOutput)

    def error(self, record: ErrorRecord) -> None:
        """ERROR_RECORD."""
        self._send(record, PSRPMessageType.ErrorRecord)

    def warning(self, record: InformationalRecord) -> None:
        """WARNING_RECORD."""
        self._send(record, PSRPMessageType.WarningRecord)
        self._show(HostMethodIdentifier.WriteWarningLine, record.message)

    def verbose(self, record: InformationalRecord) -> None:
        """VERBOSE_RECORD."""
        self._send(record, PSRPMessageType.VerboseRecord)
        self._show(HostMethodIdentifier.WriteVerboseLine, record.message)

    def debug(self, record: InformationalRecord) -> None:
        """DEBUG_RECORD."""
        self._send(record, PSRPMessageType.DebugRecord)
        self._show(HostMethodIdentifier.WriteDebugLine, record.message)

    def information(self, record: InformationRecord) -> None:
        """INFORMATION_RECORD."""
        self._send(information_message(record), PSRPMessageType.InformationRecord)
        if record.shown:
            self._show(*_write_host(record.message))

    def progress(self, record: ProgressRecord) -> None:
        """PROGRESS_RECORD."""
        self._send(record, PSRPMessageType.ProgressRecord)
        self._show(HostMethodIdentifier.WriteProgress, numbers.Int64(0), record)

    def exit(self, code: int) -> None:
        """PIPELINE_HOST_CALL SetShouldExit, which needs no host on the client's side."""
        self.host_call(HostMethodIdentifier.SetShouldExit, [code])

    def host_call(self, method: HostMethodIdentifier, parameters: list[object]) -> int | None:
        """PIPELINE_HOST_CALL; returns the id that its answer will bear, None when nobody is there to answer."""
        if self._closed:
            return None
        body = [to_host(parameter) for parameter in parameters]
        with self._outbox.using(self._id) as pool:
            return pool.host_call(method, body, self._id)

    def ended(self, state: PSInvocationState, error: ErrorRecord | None = None) -> None:
        """PIPELINE_STATE: completed, stopped or failed."""
        try:
            self._end(state, error)
        except Exception as failure:  # whatever the record holds, the client must hear of the end
            _log.exception("the error of pipeline %s cannot be sent", self._id)
            text = f"{error} (which cannot be sent: {failure})"
            self._end(PSInvocationState.Failed, runtime_error(text, "EmbeddedEngineFailed").error_record)

    def _show(self, method: HostMethodIdentifier, *parameters: object) -> None:
        if self.has_ui:
            self.host_call(method, list(parameters))

    def _end(self, state: PSInvocationState, error: ErrorRecord | None) -> None:
        with self._outbox.lock:
            pipeline = self._outbox.pool.pipeline_table.get(self._id)
            if pipeline is not None:
                pipeline.state = state
        self._send(pipeline_state(int(state), error), PSRPMessageType.PipelineState)

    def _send(self, value: object, message_type: PSRPMessageType) -> None:
        if not self._closed:
            body = serialize(value, self.shared, self._outbox.encrypted)
            self._outbox.post(self._id, message_type, body.encode())


def _write_host(message: object) -> tuple[typing.Any, ...]:
    """The host call that shows the message of an information record."""
    if not isinstance(message, HostMessage):
        return HostMethodIdentifier.WriteLine2, to_string(message)
    if message.foreground is None and message.background is None:
        return HostMethodIdentifier["Write1" if message.no_new_line else "WriteLine2"], message.message
    colors = (message.foreground or "Gray", message.background or "Black")
    method = HostMethodIdentifier["Write2" if message.no_new_line else "WriteLine3"]
    return (method, *(CONSOLE_COLORS.find(color) for color in colors), message.message)


class ClientHost:
    """The host of the client that runs a pipeline; a HostCalls for the evaluator.

    Attributes:
        has_ui: Whether it can write and ask.
        screen: What it writes on, if anything.
    """

    def __init__(self, messages: PipelineMessages, stop: threading.Event) -> None:
        self.has_ui = False
        self.screen: Screen | None = None
        self._messages = messages
        self._stop = stop
        self._answered = threading.Condition()
        self._answers: dict[int, psrpcore.PipelineHostResponseEvent] = {}

    def describe(self, info: HostInfo) -> None:
        """Takes what INIT_RUNSPACEPOOL or CREATE_PIPELINE tells of the host."""
        self.has_ui = self._messages.has_ui = not info.IsHostUINull
        data = info.HostDefaultData
        if data is not None and not info.IsHostRawUINull:
            size = data.BufferSize
            colors = (data.ForegroundColor.name, data.BackgroundColor.name)
            self.screen = Screen(*colors, int(size.Width), int(data.WindowSize.Height), str(data.WindowTitle))

    def call(self, method: str, parameters: list[object]) -> object:
        """Asks, and waits for the answer where the method has one.

        :raises PSTerminating: with the error that the client's host answered.
        :raises PipelineStopped: the pipeline was stopped meanwhile.
        """
        identifier = HostMethodIdentifier[method]
        call_id = self._messages.host_call(identifier, parameters)
        if call_id is None or identifier.is_void():
            return None
        with self._answered:
            self._answered.wait_for(lambda: call_id in self._answers or self._stop.is_set())
            answer = self._answers.pop(call_id, None)
        if answer is None:
            raise PipelineStopped()
        if answer.error is not None:
            raise runtime_error(str(answer.error), type_name="System.Management.Automation.RemoteException")
        return from_psrp(answer.result)

    def answer(self, event: psrpcore.PipelineHostResponseEvent) -> None:
        """PIPELINE_HOST_RESPONSE."""
        with self._answered:
            self._answers[event.ci] = event
            self._answered.notify_all()

    def stopped(self) -> None:
        """Wakes a call that waits, after the stop event was set."""
        with self._answered:
            self._answered.notify_all()
