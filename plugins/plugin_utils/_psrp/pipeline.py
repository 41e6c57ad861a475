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

    text: str
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
    """

    commands: typing.Sequence[Command]
    expects_input: bool = False
    add_to_history: bool = False


class Pipeline:
    """One pipeline's client half; made by PoolClient.start and PoolClient.adopt."""

    pipeline_id: uuid.UUID
    state: PipelineState

    def input(self, value: object) -> None:
        """Queue one input object (values.from_json).

        Raises:
            StateError: The pipeline does not run, takes no input, or its input was ended.
            ValueNotSupported: The value has no PowerShell form.
        """
        raise NotImplementedError

    def end_input(self) -> None:
        """Queue the end of the input; once is enough, more is no error."""
        raise NotImplementedError
