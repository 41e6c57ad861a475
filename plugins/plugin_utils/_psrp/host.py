# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pipeline asks of the host application (broker process).

A pipeline may call its client's host: to write, to set the exit code, to ask the user.  ``Host`` is what a pool
needs of one; ``NonInteractiveHost`` is the one of Ansible's tasks: it writes, and refuses what needs a user.

Its HostInfo is the one of ansible.builtin.psrp: a host with a user interface, without a raw one.  So ``$Host.UI``
works as it does there, a prompt reaches us and fails with our message instead of being swallowed, and
``$Host.UI.RawUI`` is null.
"""

from __future__ import annotations

import dataclasses
import typing
import uuid

from . import clixml
from ._psrpcore import ps
from .errors import ProtocolError
from .values import to_json

#: The id of a call that expects no answer.
NO_ANSWER = -100


@dataclasses.dataclass(frozen=True)
class HostCall:
    """A call of the host, from PIPELINE_HOST_CALL or RUNSPACEPOOL_HOST_CALL.

    Attributes:
        call_id: The answer names it.
        method: The method's name as in MS-PSRP 2.2.3.17, "WriteLine2".
        arguments: Its arguments as JSON values.
    """

    call_id: int
    method: str
    arguments: list[object] = dataclasses.field(repr=False)

    @property
    def expects_answer(self) -> bool:
        """Whether the pipeline waits for a return value or an error."""
        return self.call_id != NO_ANSWER

    @classmethod
    def parse(cls, data: bytes) -> HostCall:
        """Read a message.

        Raises:
            ProtocolError: It is no host call.
        """
        fields = to_json(clixml.loads(data))
        call_id = fields.get("ci") if isinstance(fields, dict) else None
        if not isinstance(fields, dict) or not isinstance(call_id, int):
            raise ProtocolError("a host call has no id")
        arguments = fields.get("mp")
        return cls(call_id, str(fields.get("mi")), arguments if isinstance(arguments, list) else [])


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a host makes of a call.

    Attributes:
        records: Stream and value of what is reported; the streams warning, verbose and debug are for lines that the
            host is asked to show.
        value: What the call returns, in psrpcore's types.
        error: Why the call failed; the pipeline gets an exception with this message.
        asks: Somebody else does what is called for: the call itself becomes a record, and where it expects an answer,
            that is given later (PoolClient.answer).
        text: What the call shows, so that a text which the server reports in two ways is shown once.
    """

    records: tuple[tuple[str, object], ...] = ()
    value: typing.Any = dataclasses.field(default=None, repr=False)
    error: str | None = None
    asks: bool = False
    text: str | None = None


class Host(typing.Protocol):
    """The host application as a pool sees it."""

    def info(self) -> typing.Any:
        """psrpcore's HostInfo for INIT_RUNSPACEPOOL and CREATE_PIPELINE."""

    def call(self, method: str, arguments: typing.Sequence[object]) -> Answer:
        """Answer a call at once.

        Args:
            method: The method's name as in MS-PSRP 2.2.3.17, "WriteLine2".
            arguments: Its arguments as JSON values.
        """


#: Methods that write a line or less: stream, and what goes before and after the text, which is the last argument.
_WRITES = {
    "Write1": ("host_out", ""),
    "Write2": ("host_out", ""),
    "WriteLine1": ("host_out", "\r\n"),
    "WriteLine2": ("host_out", "\r\n"),
    "WriteLine3": ("host_out", "\r\n"),
    "WriteErrorLine": ("host_err", "\r\n"),
    "WriteDebugLine": ("debug", ""),
    "WriteVerboseLine": ("verbose", ""),
    "WriteWarningLine": ("warning", ""),
}

#: Methods that return nothing and mean nothing without a screen.  Progress arrives as records too.
_IGNORED = frozenset(
    "NotifyBeginApplication NotifyEndApplication WriteProgress SetForegroundColor SetBackgroundColor "
    "SetCursorPosition SetWindowPosition SetCursorSize SetBufferSize SetWindowSize SetWindowTitle FlushInputBuffer "
    "SetBufferContents1 SetBufferContents2 ScrollBufferContents ExitNestedPrompt PopRunspace".split()
)

#: The screen, in columns and lines, where nobody says otherwise.
SCREEN = (120, 50)
#: Its foreground and background.
COLORS = ("Gray", "Black")


def color_number(name: str | None, default: str) -> int:
    """A ConsoleColor's number by its name (MS-PSRP 2.2.3.3), or the default's."""
    color = getattr(ps.ConsoleColor, name or default, None)
    return int(color.value) if isinstance(color, ps.ConsoleColor) else color_number(None, default)


def written(method: str, arguments: typing.Sequence[object]) -> tuple[str, str] | None:
    """The stream and the text of a call that writes a line or less; None for any other."""
    if method not in _WRITES:
        return None
    stream, end = _WRITES[method]
    text = str(arguments[-1]) if arguments and arguments[-1] is not None else ""
    return stream, text + end


class NonInteractiveHost:
    """Collects what is written and refuses to ask.

    Args:
        name: What the host calls itself.
        screen: Columns and lines.
    """

    def __init__(self, name: str = "Ansible PSSession Host", screen: tuple[int, int] = SCREEN) -> None:
        self._name = name
        self._screen = screen
        self._id = uuid.uuid4()

    def info(self) -> typing.Any:
        """A host with a user interface but no raw one, as ansible.builtin.psrp has."""
        return ps.HostInfo(IsHostNull=False, IsHostUINull=False, IsHostRawUINull=True, UseRunspaceHost=False)

    def call(self, method: str, arguments: typing.Sequence[object]) -> Answer:
        """Answer a call at once; see Host."""
        if (entry := written(method, arguments)) is not None:
            return Answer(records=(entry,))
        if method == "SetShouldExit":
            code = arguments[0] if arguments else 0
            return Answer(records=(("exit", code if isinstance(code, int) else 0),))
        if method in _IGNORED:
            return Answer()
        value = self.value_of(method)
        if value is not None:
            return Answer(value=value)
        return Answer(
            records=(("host_call_refused", method),),
            error=f"the session is not interactive: cannot answer {method}",
        )

    def value_of(self, method: str) -> typing.Any:
        """What a property getter returns; None for any other method."""
        if method in ("GetForegroundColor", "GetBackgroundColor"):
            return ps.PSInt(color_number(None, COLORS[method == "GetBackgroundColor"]))
        if method in ("GetCursorPosition", "GetWindowPosition"):
            return ps.Coordinates.ToPSObjectForRemoting(ps.Coordinates(0, 0), for_host=True)
        if method in ("GetBufferSize", "GetWindowSize", "GetMaxWindowSize", "GetMaxPhysicalWindowSize"):
            return ps.Size.ToPSObjectForRemoting(ps.Size(*self._screen), for_host=True)
        return {
            "GetName": ps.PSString(self._name),
            "GetVersion": ps.PSVersion("1.0"),
            "GetInstanceId": ps.PSGuid(self._id),
            "GetCurrentCulture": ps.PSString("en-US"),
            "GetCurrentUICulture": ps.PSString("en-US"),
            "GetCursorSize": ps.PSInt(25),
            "GetWindowTitle": ps.PSString(self._name),
            "GetKeyAvailable": False,
            "GetIsRunspacePushed": False,
        }.get(method)
