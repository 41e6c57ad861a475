# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One runspace: the state that lives between pipelines, and the invocation of pipelines (test endpoint process)."""

from __future__ import annotations

import dataclasses
import sys
import threading
import typing

from . import (
    commands,
    net_accounts,
    net_credentials,
    net_cultures,
    net_data,
    net_dates,
    net_engine,
    net_files,
    net_host,
    net_lists,
    net_numbers,
    net_regex,
    net_small,
    net_system,
    net_values,
    net_xml,
)  # fmt: skip
from .api import CommandCall, HostCalls, Language, Origin, Streams
from .automatic import define_automatic
from .binding import Argument
from .dispatch import is_visible, not_found, parse_block, resolve, stage_for
from .errors import (
    BreakSignal,
    Category,
    ContinueSignal,
    ConversionError,
    ExitSignal,
    NetError,
    PipelineStopped,
    PSTerminating,
    ReturnSignal,
    UpstreamDone,
    net_failure,
    runtime_error,
)  # fmt: skip
from .functions import BlockStage
from .pipeline import Redirected, Stage, connect, merged, run_stages
from .session import Frame, Session, call_depth_error, script_invocation
from .shared import Shared
from .statements import conversion_failure
from .wire_input import from_psrp

if typing.TYPE_CHECKING:
    from ..machine import Machine

#: Enough of Python's stack for MAXIMUM_DEPTH nested calls.
_RECURSION_LIMIT = 20_000
_LIBRARIES = (
    commands, net_accounts, net_credentials, net_cultures, net_data, net_dates, net_engine, net_files, net_host,
    net_lists, net_numbers, net_regex, net_small, net_system, net_values, net_xml,
)  # fmt: skip


class Runspace:
    """A PowerShell runspace.

    :param computer_name: what ``$env:COMPUTERNAME`` and ``hostname`` tell.
    :param origin: the client's user name, in ``$env:USERNAME`` and ``$PSSenderInfo``, or more of the client.
    :param host: the client's host; None when it has none.
    :param language: NO_LANGUAGE refuses scripts and runs visible commands only.
    :param visible_commands: for NO_LANGUAGE, besides those that every such session has.
    """

    def __init__(
        self,
        computer_name: str,
        origin: Origin | str,
        host: HostCalls | None = None,
        language: Language = Language.FULL,
        visible_commands: typing.Collection[str] = (),
    ) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION_LIMIT))
        origin = Origin(origin) if isinstance(origin, str) else origin
        self._session = Session(computer_name, origin, host, language)
        self._visible = tuple(visible_commands)
        define_automatic(self._session)

    @property
    def host(self) -> HostCalls | None:
        """The host that ``Read-Host`` and ``$Host.UI`` call; each pipeline may bring its own."""
        return self._session.host

    @host.setter
    def host(self, host: HostCalls | None) -> None:
        self._session.host = host

    @property
    def machine(self) -> Machine | None:
        """The computer that scripts administer; set by whoever embeds this."""
        return self._session.machine

    @machine.setter
    def machine(self, machine: Machine) -> None:
        self._session.machine = machine

    @property
    def shared(self) -> Shared:
        """What the serializer of its messages keeps from one to the next."""
        return self._session.shared

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the process that this runspace plays, which scripts and whoever embeds it share."""
        return self._session.environment

    def variable(self, name: str) -> object:
        """A global variable's value; None where there is no such variable."""
        return self._session.globals.value(name)

    def invoke(
        self,
        statements: typing.Sequence[typing.Sequence[CommandCall]],
        input: typing.Iterable[object],
        streams: Streams,
        stop: threading.Event,
        goes_on: bool = False,
    ) -> None:
        """Runs the pipelines of one CREATE_PIPELINE message, one after the other.

        :param input: the pipeline's input, from_psrp'ed here; may block until the client sends more.
        :param goes_on: an error that ends a statement is reported, and the next one runs (the client's
            RedirectShellErrorOutputPipe); else it ends the pipeline.
        :raises PSTerminating: the pipeline failed; its ``error_record`` belongs in PIPELINE_STATE.
        :raises PipelineStopped: `stop` was set; its ``error_record`` belongs in PIPELINE_STATE.
        """
        session = self._session
        session.activate()
        session.stop, session.depth, session.frames = stop, 0, []
        session.goes_on, session.guards = goes_on, 0
        try:
            for calls in statements:
                self._run(calls, input, streams)
                input = ()
        except ExitSignal as signal:
            session.globals.set("LASTEXITCODE", signal.code)
            streams.exit(signal.code)
        except PipelineStopped:
            raise
        except PSTerminating as error:
            session.remember(error.error_record)
            raise PSTerminating(dataclasses.replace(error.error_record, extended=False, final=True)) from None
        except (BreakSignal, ContinueSignal, ReturnSignal, UpstreamDone):
            # Outside of any loop these end the script.
            return

    def _run(self, calls: typing.Sequence[CommandCall], items: typing.Iterable[object], streams: Streams) -> None:
        session = self._session
        frame = Frame(session, session.globals, streams.output, streams, script_invocation(calls[0].text))
        session.frames = [frame]
        converted = (from_psrp(item) for item in items)
        try:
            stages = [self._stage(call, frame) for call in calls]
            connect(stages, frame, True, streams.output)
            for stage, call in zip(stages, calls, strict=False):
                _merge(stage, call)
            first = stages[0]
            if isinstance(first, BlockStage) and "process" not in first.tree.blocks:
                # The script reads $input as it comes, so nothing waits for the input's end.
                first.lazy_input, first.input_is_lazy = converted, True
                run_stages(stages, frame, ())
            else:
                feed = list_if_empty(items, converted)
                for stage in stages[:1]:
                    stage.expects_input = feed is not None
                run_stages(stages, frame, feed)
        except ConversionError as error:
            raise conversion_failure(error) from None
        except NetError as error:
            raise net_failure(error.exception) from None
        except RecursionError:
            raise call_depth_error() from None

    def _stage(self, call: CommandCall, frame: Frame) -> Stage:
        arguments = [
            Argument(from_psrp(value), None, name.lstrip("-") if name else None) for name, value in call.parameters
        ]
        if call.is_script:
            if self._session.language is Language.NO_LANGUAGE:
                message = (
                    "The syntax is not supported by this runspace. This can occur if the runspace is in "
                    "no-language mode."
                )
                raise runtime_error(message, "ScriptsNotAllowed", Category.NotSpecified)
            block = parse_block(call.text)
            return BlockStage(frame, block, arguments, new_scope=bool(call.use_local_scope))
        if not is_visible(call.text, frame, self._visible):
            raise not_found(call.text)
        found = resolve(call.text, frame)
        if found is None:
            raise not_found(call.text)
        return stage_for(found, frame, arguments, None, call.text, call.use_local_scope is not False)


def list_if_empty(items: typing.Iterable[object], converted: typing.Iterable[object]) -> typing.Iterable[object] | None:
    """None for an input that is known to be empty, so that commands run without input."""
    return None if isinstance(items, (tuple, list)) and not items else converted


def _merge(stage: Stage, call: CommandCall) -> None:
    """Sends a command's streams where CREATE_PIPELINE says."""
    output = stage.write
    handlers: dict[str, typing.Callable[[typing.Any], None]] = {}
    for stream, target in call.merge.items():
        handlers[stream] = (lambda record: merged(record, output)) if target == "output" else (lambda record: None)
    if handlers:
        stage.streams = typing.cast(Streams, Redirected(stage.streams, handlers))
