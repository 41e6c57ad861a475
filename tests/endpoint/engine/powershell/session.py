# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a runspace's code works in: the session that lasts, and the frame of what runs now (test endpoint process)."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import threading
import time
import typing
import uuid

from . import values
from .api import HostCalls, Language, Origin, Streams
from .errors import Category, ErrorRecord, PipelineStopped, PSTerminating, runtime_error
from .records import CommandInfo, InformationalRecord, InvocationInfo
from .scopes import Scope
from .shared import Shared

if typing.TYPE_CHECKING:
    from ..machine import Machine
    from .syntax import Extent

#: How many calls may be nested; a call takes some 25 frames of Python's stack.
MAXIMUM_DEPTH = 250
#: As the process began: a logon changes it for a moment, beside whatever opens a session.
_ENVIRONMENT = dict(os.environ)
_active = threading.local()


def current() -> Session:
    """The session whose code this thread runs."""
    session: Session = _active.session
    return session


class Session:
    """The state of one runspace; commands reach everything through it."""

    def __init__(self, computer_name: str, origin: Origin, host: HostCalls | None, language: Language) -> None:
        self.computer_name, self.origin, self.host, self.language = computer_name, origin, host, language
        self.user = origin.user
        self.instance_id = uuid.uuid4()
        #: The computer that cmdlets of Windows' administration work on; None where there is none.
        self.machine: Machine | None = None
        #: As each wsmprovhost is a process, each session has its own environment and its own location.
        self.environment: dict[str, str] = dict(_ENVIRONMENT)
        self.location = os.path.expanduser("~")
        self.location_stack: list[str] = []
        #: Stacks of PathIntrinsics, by name.
        self.named_locations: dict[str, list[str]] = {}
        self.globals = Scope(None, "global")
        self.errors = values.NetList()
        self.modules: list[str] = ["Microsoft.PowerShell.Management", "Microsoft.PowerShell.Utility"]
        self.classes: dict[str, object] = {}
        self.jobs: list[object] = []
        self.shared = Shared()
        self.stop = threading.Event()
        #: The client asked (RedirectShellErrorOutputPipe) that the statement after one that failed be run, too.
        self.goes_on = False
        #: How many try statements with a catch, traps and methods of classes wait for an error.
        self.guards = 0
        self.success = True
        self.depth = 0
        self.frames: list[Frame] = []

    @property
    def ui(self) -> HostCalls | None:
        """The client's host where it can write and ask."""
        return self.host if self.host is not None and self.host.has_ui else None

    @contextlib.contextmanager
    def guarded(self) -> typing.Iterator[None]:
        """While the body runs, an error reaches whoever waits for it."""
        self.guards += 1
        try:
            yield
        finally:
            self.guards -= 1

    def activate(self) -> None:
        """Makes this the session of the calling thread."""
        _active.session = self

    def check_stop(self) -> None:
        if self.stop.is_set():
            raise PipelineStopped

    def sleep(self, seconds: float) -> None:
        """Waits, unless the pipeline is stopped meanwhile."""
        deadline = time.monotonic() + seconds
        while (rest := deadline - time.monotonic()) > 0:
            self.check_stop()
            self.stop.wait(min(rest, 3600.0))
        self.check_stop()

    def resolve(self, path: str) -> str:
        """A path of the file system as an absolute one, by the session's location."""
        path = (
            path.partition("::")[2]
            if path.lower().startswith(("filesystem::", "microsoft.powershell.core\\"))
            else path
        )
        path = path.replace("\\", "/")
        if path == "~" or path.startswith("~/"):
            path = os.path.expanduser("~") + path[1:]
        return os.path.normpath(os.path.join(self.location, path))

    def remember(self, record: ErrorRecord) -> None:
        """Puts an error at the head of $Error, once."""
        if not any(known is record for known in self.errors):
            self.errors.insert(0, record)
            del self.errors[256:]

    def call_block(
        self,
        block: values.ScriptBlock,
        arguments: typing.Sequence[object] = (),
        this: object = None,
        item: object = None,
    ) -> object:
        """Runs a script block that a value or a method holds, and gives what it wrote as one value."""
        from .functions import invoke_block

        variables = {"this": this} if this is not None else {}
        if item is not None:
            variables.update({"_": item, "PSItem": item})
        return invoke_block(block, self.frames[-1], arguments, variables)

    def enter(self, frame: Frame) -> None:
        """:raises PSTerminating: too many calls are nested."""
        self.check_stop()
        if self.depth >= MAXIMUM_DEPTH:
            raise call_depth_error()
        self.depth += 1
        self.frames.append(frame)

    def leave(self) -> None:
        self.depth -= 1
        self.frames.pop()

    def stack_trace(self) -> str:
        """``at function, file: line n`` for each call, the innermost first."""
        lines = []
        # The first frame is the pipeline's own, which calls the script.
        for frame in reversed(self.frames[1:] or self.frames):
            extent = frame.position
            file = extent.source.file if extent and extent.source.file else "<No file>"
            lines.append(f"at {frame.name}, {file}: line {extent.line_number if extent else 1}")
        return "\n".join(lines)


def call_depth_error() -> PSTerminating:
    message = "The script failed due to call depth overflow."
    name = "System.Management.Automation.ScriptCallDepthException"
    error = runtime_error(message, "CallDepthOverflow", Category.InvalidOperation, MAXIMUM_DEPTH, type_name=name)
    error.unwinds = True
    return error


@dataclasses.dataclass(eq=False)
class Frame:
    """One call that runs: its scope, where its output goes, and what it was called as."""

    session: Session
    scope: Scope
    out: typing.Callable[[object], None]
    streams: Streams
    invocation: InvocationInfo
    #: In stack traces.
    name: str = "<ScriptBlock>"
    #: The statement that runs.
    position: Extent | None = None

    def with_output(self, out: typing.Callable[[object], None], streams: Streams | None = None) -> Frame:
        """The same call, writing elsewhere."""
        return dataclasses.replace(self, out=out, streams=streams or self.streams)

    def preference(self, name: str) -> str:
        """A preference variable as the name of an ActionPreference."""
        from .convert import to_string

        value = self.scope.value(name)
        return to_string(value) or "Continue"

    def locate(self, error: PSTerminating, extent: Extent | None = None) -> None:
        """Notes where an error happened, unless it is known."""
        record = error.error_record
        if isinstance(error, PipelineStopped):
            return
        if record.invocation is None:
            record.invocation = InvocationInfo(None, extent or self.position, history_id=1)
        if record.script_stack_trace is None:
            record.script_stack_trace = self.session.stack_trace()

    def write_error(self, record: ErrorRecord, action: str | None = None) -> None:
        """Handles a non-terminating error as the preference says.

        :raises PSTerminating: the preference is Stop.
        """
        action = (action or self.preference("ErrorActionPreference")).lower()
        if record.script_stack_trace is None:
            record.script_stack_trace = self.session.stack_trace()
        if action != "ignore":
            self.session.remember(record)
        self.session.success = False
        if action == "stop":
            raise stop_error(record)
        if action in ("continue", "inquire"):
            record.extended = True
            self.streams.error(record)

    def informational(self, kind: str, message: str, action: str) -> None:
        """Writes a warning, verbose or debug message as the preference says.

        :raises PSTerminating: the preference is Stop.
        """
        lowered = action.lower()
        if lowered in ("silentlycontinue", "ignore"):
            return
        iteration = (0, 1) if self.invocation.command and self.invocation.command.kind == "Function" else (0, 0)
        invocation = dataclasses.replace(self.invocation, origin=0, pipeline_length=1, pipeline_position=1)
        record = InformationalRecord(kind, message, invocation, iteration)
        getattr(self.streams, kind)(record)
        if lowered == "stop":
            text = (
                "The running command stopped because the preference variable "
                f'"{kind.capitalize()}Preference" or common parameter is set to Stop: {message}'
            )
            name = "System.Management.Automation.ActionPreferenceStopException"
            error = runtime_error(text, "ActionPreferenceStop", Category.OperationStopped, type_name=name)
            error.error_record.activity = f"Write-{kind.capitalize()}"
            error.error_record.error_id += f",Microsoft.PowerShell.Commands.Write{kind.capitalize()}Command"
            raise error


def stop_error(record: ErrorRecord) -> PSTerminating:
    """What -ErrorAction Stop makes of an error record."""
    return PSTerminating(record, unwinds=True)


def script_invocation(text: str) -> InvocationInfo:
    """The invocation of a whole script, which has no position of its own."""
    return InvocationInfo(CommandInfo("Script", "", text), None)
