# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a `Run` message to a job, and from records to `Records` messages (broker process)."""

from __future__ import annotations

import dataclasses
import typing

from .._psrp.host import Host
from .._psrp.interactive import InteractiveHost
from .._psrp.pipeline import Command, PipelineSpec
from .._psrp.records import OutputFormat, Record
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import Receive, Records, Run

#: Called with what each Receive brought, on the thread that receives; it may block to slow the server down.
Deliver = typing.Callable[[list[Record]], None]


@dataclasses.dataclass(frozen=True)
class Job:
    """What to run and where its records go."""

    spec: PipelineSpec
    output: OutputFormat
    deliver: Deliver
    #: Input that is known now, as JSON values.
    values: typing.Sequence[object] = ()
    #: Input that is still to come, some values at a time.
    more: typing.Iterator[list[object]] | None = None
    #: Answers the pipeline's host calls where a user is there; the records then hold calls for him.
    host: Host | None = None


@dataclasses.dataclass(frozen=True)
class Ending:
    """How a pipeline ended, or that it did not.

    Attributes:
        state: completed, failed or stopped; running; none where there was nothing to receive.
        error: The record that ended a failed one.
        truncated: Output was lost because the server's buffer was full.
        sent: How many parts of its input went on to the server.
    """

    state: str
    error: typing.Any = None
    warnings: list[str] = dataclasses.field(default_factory=list)
    truncated: bool = False
    sent: int = 0


def check(message: Run) -> None:
    """Refuses what does not go together; raises PSSessionError (usage)."""
    new = [name for name in ("temporary", "leave") if getattr(message, name)]
    if new and not message.selector.implicit:
        raise PSSessionError(ErrorKind.USAGE, f"A {new[0]} run has a session of its own: it takes no selector.")
    others = [name for name in ("temporary", "interactive", "timeout") if getattr(message, name)]
    if message.leave and others:
        raise PSSessionError(ErrorKind.USAGE, f"A run that is left in a disconnected session takes no {others[0]}.")
    if message.interactive and message.goes_on:
        raise PSSessionError(ErrorKind.USAGE, "An interactive run takes no chunks: the client's messages are answers.")
    if len(message.screen) != 2 or not all(isinstance(size, int) and 0 < size < 32768 for size in message.screen):
        raise PSSessionError(ErrorKind.USAGE, f"screen {message.screen!r} is not a number of columns and of lines.")


def host(message: Run) -> Host | None:
    """Who answers a pipeline's host calls: a user, or None."""
    return InteractiveHost((message.screen[0], message.screen[1])) if message.interactive else None


def spec(message: Run) -> PipelineSpec:
    """The pipeline that a message asks for; raises PSSessionError (usage)."""
    if not message.commands:
        raise PSSessionError(ErrorKind.USAGE, "A pipeline needs at least one command.")
    commands = [
        Command(
            text=command.text,
            is_script=command.is_script,
            parameters=[_parameter(pair) for pair in command.parameters],
            use_local_scope=command.use_local_scope,
        )
        for command in message.commands
    ]
    # What core runs fails where ansible.builtin.psrp lets it fail.
    like_psrp = message.output == "strings"
    return PipelineSpec(
        commands,
        expects_input=message.input != "none",
        redirect_errors=not like_psrp,
        add_to_history=message.history,
    )


def values(message: Run, body: bytes) -> list[typing.Any]:
    """The input that came with a message; raises PSSessionError (usage)."""
    if message.input == "values":
        return message.values
    if message.input not in ("text", "lines"):
        return []
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PSSessionError(ErrorKind.USAGE, f"The command's input is no UTF-8 text: {error.reason}.") from None
    return [text] if message.input == "text" else list(text.splitlines())


def output(message: Run | Receive) -> OutputFormat:
    """The form that a message wants its output in."""
    return OutputFormat(message.output)


def task(message: Run) -> str:
    """What runs, for whoever finds the session busy: never a script's text, which may hold secrets."""
    first = message.commands[0] if message.commands else None
    return "a script" if first is None or first.is_script else f"the command {first.text!r}"


def answer(records: list[Record], output_format: OutputFormat) -> tuple[Records, bytes]:
    """One message that carries records, and its body."""
    if output_format is not OutputFormat.BYTES:
        return Records([[record.stream, record.value] for record in records]), b""
    body = b"".join(_bytes(record.value) for record in records if record.stream == "output")
    return Records([[record.stream, record.value] for record in records if record.stream != "output"]), body


def _bytes(value: object) -> bytes:
    """An output object of a pipeline that is meant to write bytes; what else it writes goes as text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def _parameter(pair: typing.Any) -> tuple[str | None, object]:
    if isinstance(pair, list) and len(pair) == 2 and (pair[0] is None or isinstance(pair[0], str)):
        return pair[0], pair[1]
    raise PSSessionError(ErrorKind.USAGE, "A parameter must be a pair of a name (or null) and a value.")
