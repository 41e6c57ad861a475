# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to run, and one running pipeline's client half (broker process)."""

from __future__ import annotations

import dataclasses
import typing
import uuid

from .records import PipelineState


@dataclasses.dataclass(frozen=True)
class Command:
    """One command or script of a pipeline.

    Attributes:
        text: The command's name or the script.
        is_script: Whether the text is a script; a JEA endpoint (NoLanguage) takes commands only.
        parameters: Name and value; the name None gives a positional argument. Values as for values.from_json.
        use_local_scope: Whether the command gets a scope of its own; None leaves it to the server (a script then
            shares the runspace's scope).
        end_of_statement: Whether the next command begins a new statement rather than taking this one's output.
    """

    text: str = dataclasses.field(repr=False)
    is_script: bool = True
    parameters: typing.Sequence[tuple[str | None, object]] = dataclasses.field(default=(), repr=False)
    use_local_scope: bool | None = None
    end_of_statement: bool = False


@dataclasses.dataclass(frozen=True)
class PipelineSpec:
    """What a pipeline runs.

    Attributes:
        commands: At least one.
        expects_input: Whether input is going to be sent; end_input() must follow then.
        add_to_history: Whether Get-History lists it.
        redirect_errors: Whether an error that ends a statement (1/0) is reported and the next statement runs, as under
            Invoke-Command; else it ends the pipeline, as PowerShell's API has it (RedirectShellErrorOutputPipe,
            MS-PSRP 2.2.3.11).
    """

    commands: typing.Sequence[Command]
    expects_input: bool = False
    add_to_history: bool = False
    redirect_errors: bool = True


class InputSink(typing.Protocol):
    """Where a pipeline's input goes: the pool."""

    def send_input(self, pipeline: Pipeline, value: object) -> None:
        """Queue one input object."""

    def send_end_of_input(self, pipeline: Pipeline) -> None:
        """Queue the end of the input."""


class Pipeline:
    """One pipeline's client half; made by PoolClient.start and PoolClient.adopt.

    Attributes:
        pipeline_id: Its id, which is the WSMan command's id too.
        state: As far as the fed data tells.
        accepts_input: Whether input() may be called.
    """

    def __init__(self, sink: InputSink, pipeline_id: uuid.UUID, accepts_input: bool) -> None:
        self._sink = sink
        self.pipeline_id = pipeline_id
        self.state = PipelineState.NOT_STARTED
        self.accepts_input = accepts_input

    def input(self, value: object) -> None:
        """Queue one input object (values.from_json).

        Raises:
            StateError: The pipeline does not run, takes no input, or its input was ended.
            SessionKeyRequired: The value holds a SecureString and there is no session key.
            ValueNotSupported: The value has no PowerShell form.
        """
        self._sink.send_input(self, value)

    def end_input(self) -> None:
        """Queue the end of the input; once is enough, more is no error.

        Raises:
            StateError: The pipeline does not run.
        """
        self._sink.send_end_of_input(self)
