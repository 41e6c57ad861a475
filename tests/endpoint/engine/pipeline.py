# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pipeline of the embedded engine, on a thread of its own while it runs (test endpoint process)."""

from __future__ import annotations

import collections.abc
import logging
import threading
import typing
import uuid

import psrpcore
from psrpcore.types import PipelineResultTypes, PSInvocationState

from .api import ShellInfo
from .messages import ClientHost, PipelineMessages
from .modules import BadManifestError, Manifest, ManifestRunner, OpenRunspace, read_manifest
from .outbox import Outbox
from .pipeline_input import PipelineInput
from .powershell import CommandCall, ErrorRecord, PipelineStopped, PSTerminating, Runspace
from .powershell.errors import runtime_error

_log = logging.getLogger(__name__)

Statements = list[list[CommandCall]]


class EmbeddedPipeline:
    """From CREATE_PIPELINE to PIPELINE_STATE."""

    def __init__(self, pipeline_id: uuid.UUID, outbox: Outbox, info: ShellInfo, open_runspace: OpenRunspace) -> None:
        self.id = pipeline_id
        self._info = info
        self._open_runspace = open_runspace
        self.input = PipelineInput()
        self.stop_requested = threading.Event()
        self.messages = PipelineMessages(pipeline_id, outbox)
        self.host = ClientHost(self.messages, self.stop_requested)
        self._statements: Statements = []
        self._no_input = False
        self._has_host = False
        self._goes_on = False

    def create(self, powershell: psrpcore.PowerShell, pool_host: psrpcore.types.HostInfo | None) -> None:
        """CREATE_PIPELINE; the pool's host counts where the pipeline says so."""
        self._statements = statements(powershell.commands)
        host = pool_host if powershell.host is None or powershell.host.UseRunspaceHost else powershell.host
        if host is not None and not host.IsHostNull:
            self._has_host = True
            self.host.describe(host)
        self._no_input = powershell.no_input
        self._goes_on = powershell.redirect_shell_error_to_out
        if powershell.no_input:
            self.input.end()

    def run(self, runspace: Runspace, released: collections.abc.Callable[[Runspace], None]) -> None:
        """Runs to the end; gives the runspace back before it says so, so that who hears it can use it."""
        state, error = self._invoke(runspace)
        released(runspace)
        self.messages.ended(state, error)

    def stop(self) -> None:
        """Asks for the end; wakes what waits for the client."""
        self.stop_requested.set()
        self.input.abandon()
        self.host.stopped()

    def end_unstarted(self) -> None:
        """Stopped while it waited for a runspace."""
        self.messages.ended(PSInvocationState.Stopped, PipelineStopped().error_record)

    def refuse(self, reason: str) -> None:
        """Fails without having run."""
        self.messages.ended(PSInvocationState.Failed, runtime_error(reason).error_record)

    def _invoke(self, runspace: Runspace) -> tuple[PSInvocationState, ErrorRecord | None]:
        try:
            self.messages.shared = runspace.shared
            host = runspace.host = self.host if self._has_host else None
            manifest = self._manifest()
            if manifest is None:
                # A command that is told of an input, be it an empty one, works on the objects of that alone.
                objects = () if self._no_input else self.input
                runspace.invoke(self._statements, objects, self.messages, self.stop_requested, self._goes_on)
            else:
                runner = ManifestRunner(runspace, self._open_runspace, self._info.computer_name, self._info.user, host)
                runner.run(manifest, self.input, self.messages, self.stop_requested)
        except PipelineStopped as stopped:
            return PSInvocationState.Stopped, stopped.error_record
        except PSTerminating as terminating:
            return PSInvocationState.Failed, terminating.error_record
        except BadManifestError as error:
            return PSInvocationState.Failed, runtime_error(f"The embedded engine {error}").error_record
        except Exception as error:  # an error of the evaluator must not take the endpoint down
            _log.exception("the evaluator failed in pipeline %s", self.id)
            return PSInvocationState.Failed, internal_error(error)
        return PSInvocationState.Completed, None

    def _manifest(self) -> Manifest | None:
        """What ansible-core sends beside a script, where this is such a script.

        A JEA endpoint runs no script, so nothing can come beside one.
        """
        if not self._info.full_language or len(self._statements) != 1 or not self._statements[0][0].is_script:
            return None
        return read_manifest(self.input)


def internal_error(error: Exception) -> ErrorRecord:
    """What the client is told of an exception that is the evaluator's own fault."""
    return runtime_error(f"The embedded engine failed: {type(error).__name__}: {error}").error_record


def statements(commands: collections.abc.Iterable[psrpcore.Command]) -> Statements:
    """The commands of CREATE_PIPELINE, cut where psrpcore marks the end of a statement."""
    result: Statements = [[]]
    for command in commands:
        result[-1].append(_call(command))
        if command.end_of_statement:
            result.append([])
    return [statement for statement in result if statement]


def _call(command: psrpcore.Command) -> CommandCall:
    merge: dict[str, str] = {}
    # MergeMyResult and MergeToResult are how version 2 clients say it, and name the error stream alone.
    if command.merge_my == PipelineResultTypes.Error and command.merge_to == PipelineResultTypes.Output:
        merge["error"] = "output"
    for stream in ("error", "warning", "verbose", "debug", "information"):
        target = getattr(command, f"merge_{stream}")
        if target == PipelineResultTypes.Null:
            merge[stream] = "null"
        elif target == PipelineResultTypes.Output:
            merge[stream] = "output"
    parameters = typing.cast("list[tuple[str | None, object]]", list(command.parameters))
    return CommandCall(str(command.command_text), command.is_script, parameters, command.use_local_scope, merge)
