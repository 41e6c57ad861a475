# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out a manifest, as ansible-core's exec wrapper and the wrappers under it do (test endpoint process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import pathlib
import threading
import typing

from .. import identity
from ..collected import CollectedStreams
from ..powershell import CommandCall, ErrorRecord, HostCalls, PipelineStopped, PSTerminating, Runspace, Streams
from ..powershell.convert import to_string
from .asynchronous import BackgroundTask
from .call import ModuleCall
from .library import MODULES, find_module
from .manifest import Manifest
from .results import ModuleCrashedError, Result, to_json

#: Scripts that run around those of a task.
_SCRIPTS = pathlib.Path(__file__).parent / "scripts"


class OpenRunspace(typing.Protocol):
    """Opens a further runspace in the process of a session."""

    def __call__(self, *, user: str | None = None, host: HostCalls | None = None) -> Runspace:
        """`user` is who the runspace belongs to, the session's user if None."""


@dataclasses.dataclass
class ManifestRunner:
    """Runs manifests for one runspace."""

    runspace: Runspace
    open_runspace: OpenRunspace
    computer_name: str
    user: str
    host: HostCalls | None = None

    def run(
        self,
        manifest: Manifest,
        input: collections.abc.Iterable[typing.Any],
        streams: Streams,
        stop: threading.Event,
    ) -> None:
        """Runs to the end; a failure of the task is output, as core's wrapper makes it, not an exception.

        :raises PipelineStopped: `stop` was set.
        """
        if not _new_enough(manifest.min_powershell):
            message = (
                "This module cannot run as it requires a minimum PowerShell version of "
                f'{manifest.min_powershell}, actual was "{identity.VERSION}"'
            )
            _fail(streams, message)
            return
        # The environment belongs to the process, so it stays in a session that is kept, as it does on Windows.
        self.runspace.environment.update({name: str(value) for name, value in manifest.environment.items()})
        if manifest.async_job is not None:
            streams.output(to_json(self._start_job(manifest)))
        elif manifest.module is not None:
            self._run_module(manifest, streams, stop)
        elif manifest.wrapped:
            self._run_wrapped(manifest, streams, stop)
        else:
            self._run_action(manifest, input, streams, stop)

    def _start_job(self, manifest: Manifest) -> Result:
        assert manifest.async_job is not None
        directory = self._call(manifest).path(manifest.async_job.directory)

        def work(stop: threading.Event) -> str:
            collected = CollectedStreams()
            if manifest.module is not None:
                self._run_module(manifest, collected, stop)
            else:
                self._run_wrapped(manifest, collected, stop)
            return "\n".join(str(value) for value in collected.outputs)

        return BackgroundTask(manifest.async_job, pathlib.Path(directory), manifest.numeric_flags, work).start()

    def _call(self, manifest: Manifest, stop: threading.Event | None = None) -> ModuleCall:
        stopped = stop or threading.Event()

        def invoke(runspace: Runspace, calls: collections.abc.Sequence[CommandCall], streams: Streams) -> None:
            runspace.invoke([calls], (), streams, stopped)

        return ModuleCall(
            name=manifest.module or "",
            given=manifest.arguments,
            environment=self.runspace.environment,
            computer_name=self.computer_name,
            user=manifest.become_user or self.user,
            open_runspace=lambda host: self._open(manifest, host),
            invoke=invoke,
        )

    def _run_module(self, manifest: Manifest, streams: Streams, stop: threading.Event) -> None:
        assert manifest.module is not None
        module = find_module(manifest.module)
        if module is None:
            known = ", ".join(MODULES)
            message = (
                f"The embedded engine of the test endpoint cannot run the module {manifest.module}: it stands in for "
                f"PowerShell with {known} only. With a real PowerShell (PSSESSION_PWSH) the endpoint runs others."
            )
            _fail(streams, message)
            return
        try:
            result, status = module.call(self._call(manifest, stop))
        except ModuleCrashedError as error:
            _fail(streams, f"Unhandled exception while executing module: {error}", exception=str(error))
            return
        except PSTerminating as error:
            if stop.is_set():
                raise
            _fail(streams, f"Unhandled exception while executing module: {error}", exception=_trace(error))
            return
        streams.output(to_json(result))
        if status is not None:
            streams.exit(status)

    def _run_wrapped(self, manifest: Manifest, streams: Streams, stop: threading.Event) -> None:
        """A user's script: its output is one text, its errors go to the host, $LASTEXITCODE is the status."""
        runspace = self._open(manifest)
        collected = CollectedStreams()
        setup = CommandCall((_SCRIPTS / "wrapped.ps1").read_text(encoding="utf-8"), is_script=True)
        script = CommandCall(manifest.script, is_script=True)
        try:
            runspace.invoke([[setup], [script]], (), collected, stop)
        except PipelineStopped:
            raise
        except PSTerminating as error:
            collected.errors.insert(0, error.error_record)
        if collected.outputs:
            streams.output("\r\n".join(to_string(value) for value in collected.outputs))
        status = runspace.variable("LASTEXITCODE")
        if isinstance(status, int):
            streams.exit(status)
        if self.host is not None:
            for record in collected.errors:
                self.host.call("WriteErrorLine", [_trace_record(record)])

    def _run_action(
        self,
        manifest: Manifest,
        input: collections.abc.Iterable[typing.Any],
        streams: Streams,
        stop: threading.Event,
    ) -> None:
        """A script of core's own, which takes input and writes output as it runs."""
        runspace = self._open(manifest)
        setup = CommandCall((_SCRIPTS / "action.ps1").read_text(encoding="utf-8"), is_script=True)
        parameters: list[tuple[str | None, object]] = list(manifest.parameters.items())
        try:
            runspace.invoke([[setup]], (), streams, stop)
            runspace.invoke(
                [[CommandCall(manifest.script, True, parameters, use_local_scope=True)]], input, streams, stop
            )
        except PipelineStopped:
            raise
        except PSTerminating as error:
            _fail(streams, f"failure during exec_wrapper: {error}", exception=_trace(error))

    def _open(self, manifest: Manifest, host: HostCalls | None = None) -> Runspace:
        """A runspace in the same process: with its environment, but with nothing of what scripts have defined."""
        runspace = self.open_runspace(user=manifest.become_user, host=host)
        user = manifest.become_user or self.user
        runspace.environment.update({**self.runspace.environment, "USERNAME": user})
        return runspace


def _new_enough(version: str | None) -> bool:
    if not version:
        return True
    wanted, have = (tuple(int(part) for part in text.split(".")) for text in (version, identity.VERSION))
    return have >= wanted


def _fail(streams: Streams, message: str, **more: str) -> None:
    streams.output(to_json({"failed": True, "msg": message, **more}))
    streams.exit(1)


def _trace(error: PSTerminating) -> str:
    return _trace_record(error.error_record)


def _trace_record(record: ErrorRecord) -> str:
    position = record.invocation.position_message if record.invocation else ""
    return "\n".join([str(record), position, f"+ FullyQualifiedErrorId : {record.error_id}"])
