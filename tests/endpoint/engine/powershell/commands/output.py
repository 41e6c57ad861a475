# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write-* and Out-*: the streams and the host (test endpoint process)."""

from __future__ import annotations

import dataclasses
import os
import typing

from ..cmdlets import Call, Cmdlet, cmdlet
from ..convert import to_string
from ..errors import Category, ErrorRecord, ExceptionObject
from ..formatting import Formatter, Line, lines_of
from ..net_host import CONSOLE_COLORS
from ..records import HostMessage, InformationRecord, ProgressRecord
from ..sequences import as_list, enumerate_value
from ..session import Frame, Session


@cmdlet("Write-Output", "InputObject:object@*0<! NoEnumerate:switch", aliases="echo write")
class WriteOutput(Cmdlet):
    def process(self, item: object) -> None:
        value = self.call.get("InputObject")
        arguments = value if isinstance(value, list) and not self.call.stage.expects_input else [value]
        if self.call.flag("NoEnumerate"):
            self.call.write(arguments[0] if len(arguments) == 1 else arguments)
            return
        for argument in arguments:
            for part in enumerate_value(argument):
                self.call.write(part)


@cmdlet(
    "Write-Error",
    "Message|Msg:string@0!<0(Message!,Exception) ErrorRecord!(Record) Exception!(Exception) "
    "Category:System.Management.Automation.ErrorCategory ErrorId:string TargetObject "
    "RecommendedAction:string CategoryActivity|Activity:string CategoryReason|Reason:string "
    "CategoryTargetName|TargetName:string CategoryTargetType|TargetType:string",
    default_set="Message",
)
def write_error(call: Call) -> None:
    record = call.get("ErrorRecord")
    if not isinstance(record, ErrorRecord):
        record = _new_error(call)
    else:
        record = dataclasses.replace(record)
    record.activity = call.text("CategoryActivity", "Write-Error")
    record.invocation = caller = call.frame.invocation
    if caller.command and caller.command.name:
        record.error_id += f",{caller.command.name}"
    if call.has("RecommendedAction"):
        record.details, record.recommended_action = str(record), call.text("RecommendedAction")
    call.write_error(record)


def _new_error(call: Call) -> ErrorRecord:
    name = "Microsoft.PowerShell.Commands.WriteErrorException"
    given = call.get("Exception")
    exception = given if isinstance(given, ExceptionObject) else ExceptionObject(name, call.text("Message"))
    number = int(call.get("Category", Category.NotSpecified))
    record = ErrorRecord(
        exception, call.text("ErrorId") or exception.type_names[0], Category(number), call.get("TargetObject")
    )
    if call.has("Exception") and call.has("Message"):
        record.details = call.text("Message")
    record.reason = call.text("CategoryReason") or None
    record.target_name = call.text("CategoryTargetName") or None
    record.target_type = call.text("CategoryTargetType") or None
    return record


def _informational(kind: str) -> typing.Callable[[Call], None]:
    return lambda call: call.informational(kind, call.text("Message"))


for _kind in ("warning", "verbose", "debug"):
    cmdlet(f"Write-{_kind.capitalize()}", "Message|Msg:string@0!<0")(_informational(_kind))


def information_record(session: Session, message: object, tags: list[str], source: str) -> InformationRecord:
    user = session.environment.get("USERNAME", session.user)
    shown = isinstance(message, HostMessage)
    return InformationRecord(message, source, tags, user, session.computer_name, os.getpid(), shown)


def write_information(call: Call, message: object, tags: list[str], source: str) -> None:
    action = call.action("InformationAction", "InformationPreference").lower()
    if action != "ignore":
        record = information_record(call.session, message, tags, source)
        record.shown = record.shown or action == "continue"
        call.stage.streams.information(record)


def write_host_line(frame: Frame, text: str) -> None:
    """A line for the host from code that is no cmdlet."""
    frame.streams.information(information_record(frame.session, HostMessage(text), ["PSHOST"], "Write-Host"))


@cmdlet("Write-Information", "MessageData|Msg|Message@0!<0 Tags:string[]@1")
def _write_information(call: Call) -> None:
    write_information(call, call.get("MessageData"), call.texts("Tags"), "Write-Information")


def write_host_message(call: Call, text: str, **details: typing.Any) -> None:
    write_information(call, HostMessage(text, **details), ["PSHOST"], "Write-Host")


@cmdlet(
    "Write-Host",
    f"Object|Msg|Message@*0< NoNewline:switch Separator ForegroundColor:{CONSOLE_COLORS.name} "
    f"BackgroundColor:{CONSOLE_COLORS.name}",
)
def write_host(call: Call) -> None:
    separator = call.text("Separator", " ")
    text = separator.join(to_string(item, separator) for item in as_list(call.get("Object")))
    screen = call.session.ui.screen if call.session.ui else None
    colors = {
        key: call.text(name) or (getattr(screen, key) if screen else None)
        for key, name in (("foreground", "ForegroundColor"), ("background", "BackgroundColor"))
    }
    write_host_message(call, text, no_new_line=call.flag("NoNewline"), **colors)


@cmdlet(
    "Write-Progress",
    "Activity:string@0! Status:string@1 Id:int@2 PercentComplete:int SecondsRemaining:int CurrentOperation:string "
    "ParentId:int SourceId:int Completed:switch",
)
def write_progress(call: Call) -> None:
    operation = call.text("CurrentOperation") if call.has("CurrentOperation") else None
    record = ProgressRecord(
        call.text("Activity"), call.get("Id", 0), call.text("Status", "Processing"), operation, call.get("ParentId",
        -1),
        call.get("PercentComplete", -1), call.get("SecondsRemaining", -1), call.flag("Completed"),
    )  # fmt: skip
    if call.action("ProgressAction", "ProgressPreference").lower() not in ("silentlycontinue", "ignore"):
        call.stage.streams.progress(record)


@cmdlet("Out-Null", "InputObject<0", module="Core")
class OutNull(Cmdlet):
    """Takes everything, writes nothing."""


class _OutHost(Cmdlet):
    """Shows objects as text to the client's host; without one nobody sees them."""

    def begin(self) -> None:
        self.ui = self.call.session.ui
        screen = self.ui.screen if self.ui else None
        self.formatter = Formatter(screen.width if screen else None)

    def process(self, item: object) -> None:
        if self.call.stage.expects_input or self.call.has("InputObject"):
            self._show(self.formatter.feed(item))

    def end(self) -> None:
        self._show(self.formatter.end())

    def _show(self, lines: typing.Iterable[Line]) -> None:
        for line in lines:
            if self.ui is not None:
                self.ui.call("WriteErrorLine" if line.error else "WriteLine2", [line.text])


cmdlet("Out-Default", "InputObject<0 Transcript:switch", module="Core")(_OutHost)
cmdlet("Out-Host", "InputObject<0 Paging:switch", aliases="oh", module="Core")(_OutHost)


@cmdlet("Out-String", "InputObject<0 Stream:switch Width:int NoNewline:switch")
class OutString(Cmdlet):
    def begin(self) -> None:
        self.items: list[object] = []

    def process(self, item: object) -> None:
        self.items.append(item)

    def end(self) -> None:
        lines = lines_of(self.items, self.call.get("Width"))
        if self.call.flag("Stream"):
            for line in lines:
                self.call.write(line)
            return
        joint = "" if self.call.flag("NoNewline") else "\n"
        self.call.write("".join(f"{line}{joint}" for line in lines))


@cmdlet("Clear-Host", "", aliases="cls clear", module="Core")
def clear_host(call: Call) -> None:
    if call.session.host:
        call.session.host.call("SetBufferContents1", [])
