# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a `Run` message to a job, and from records to `Records` messages (broker process)."""

from __future__ import annotations

import typing

from .._psrp.pipeline import Command, PipelineSpec
from .._psrp.records import OutputFormat, Record
from .._wire.errors import ErrorKind, PSSessionError
from .._wire.messages import Records, Run


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
    return PipelineSpec(commands, expects_input=message.input != "none")


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


def output(message: Run) -> OutputFormat:
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
