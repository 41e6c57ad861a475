# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs pipelines: stages that hand objects on one at a time (test endpoint process)."""

from __future__ import annotations

import dataclasses
import functools
import typing

from . import convert, expressions, syntax, values
from .api import Streams
from .calling import wrap_io
from .errors import Category, ErrorRecord, PSTerminating, UpstreamDone
from .records import InformationalRecord, InvocationInfo
from .scopes import Scope
from .sequences import as_list, enumerate_value
from .session import Frame

_STREAMS = {"2": "error", "3": "warning", "4": "verbose", "5": "debug", "6": "information"}


class Stage:
    """One command of a pipeline, which sets `write` and `streams` before it begins."""

    expects_input = False
    streams: Streams
    #: Hands one object to the next stage.
    write: typing.Callable[[object], None]
    #: What -ErrorVariable asks for; it takes errors that are silenced too.
    record_error: typing.Callable[[object], None] | None = None
    begun = False

    def start(self) -> None:
        """Begins, once: when its turn has come, or before, when the stage in front of it writes as it begins."""
        if not self.begun:
            self.begun = True
            self.begin()

    def take(self, item: object) -> None:
        """An object from the stage in front of it."""
        self.start()
        self.process(item)

    def begin(self) -> None:
        """Before the first object."""

    def process(self, item: object) -> None:
        """Takes one object."""

    def end(self) -> None:
        """After the last object."""

    def close(self) -> None:
        """Frees what is held, whether the pipeline ended well or not."""

    def out_variable_names(self, common: typing.Mapping[str, object], scope: Scope) -> bool:
        """Applies -OutVariable, -ErrorVariable and their like; tells whether there was one."""
        name = common.get("OutVariable")
        if name:
            self.write = _recording(self.write, scope, convert.to_string(name))
        if common.get("ErrorVariable"):
            self.record_error = _recording(lambda record: None, scope, convert.to_string(common["ErrorVariable"]))
        for parameter, stream in (
            ("WarningVariable", "warning"),
            ("InformationVariable", "information"),
        ):
            if common.get(parameter):
                handler = getattr(self.streams, stream)
                recorder = _recording(handler, scope, convert.to_string(common[parameter]))
                self.streams = Redirected(self.streams, {stream: recorder})
        return bool(name)


def _recording(handler: typing.Callable[[object], None], scope: Scope, name: str) -> typing.Callable[[object], None]:
    plain = name.lstrip("+")
    existing = scope.value(plain) if name.startswith("+") else None
    kept = values.NetList(items=as_list(existing))
    scope.set(plain, kept)

    def record(value: object) -> None:
        kept.append(value)
        handler(value)

    return record


class Redirected:
    """Streams of which some go elsewhere."""

    def __init__(self, base: Streams, targets: typing.Mapping[str, typing.Callable[[typing.Any], None]]) -> None:
        self._base = base
        self._targets = targets

    def __getattr__(self, name: str) -> typing.Any:
        return self._targets.get(name) or getattr(self._base, name)


class FileSink:
    """Takes what ``> file`` redirects, as text."""

    def __init__(self, path: str, append: bool) -> None:
        self._file = open(path, "a" if append else "w", encoding="utf-8", newline="")  # noqa: SIM115 - closed by close

    def __call__(self, value: object) -> None:
        from .formatting import lines_of

        self._file.writelines(f"{line}\n" for line in lines_of([value]))

    def close(self) -> None:
        self._file.close()


def _discard(record: object) -> None:
    """What ``> $null`` does."""


def both(
    first: typing.Callable[[object], None], second: typing.Callable[[typing.Any], None]
) -> typing.Callable[[object], None]:
    """Hands what comes to the one and to the other."""

    def handle(value: object) -> None:
        first(value)
        second(value)

    return handle


def merged(record: object, out: typing.Callable[[object], None]) -> None:
    """Puts a record of another stream among the output."""
    if isinstance(record, ErrorRecord):
        record.extended = False
    if isinstance(record, InformationalRecord):
        record = dataclasses.replace(record, invocation=InvocationInfo(None, None))
    out(record)


def apply_redirections(stage: Stage, redirections: typing.Sequence[syntax.Redirection], frame: Frame) -> list[FileSink]:
    """Sends the stage's streams where ``>`` says; gives the files to close."""
    sinks: list[FileSink] = []
    targets: dict[str, typing.Callable[[typing.Any], None]] = {}
    output: typing.Callable[[object], None] = stage.write
    for redirection in redirections:
        handler: typing.Callable[[object], None]
        names = list(_STREAMS.values()) if redirection.stream == "*" else [_STREAMS.get(redirection.stream, "")]
        if redirection.merge:
            handler = functools.partial(merged, out=output)
        else:
            path = expressions.evaluate(typing.cast(syntax.Node, redirection.file), frame)
            if path is None:
                handler = _discard
            else:
                sink = _file_sink(frame.session.resolve(convert.to_string(path)), redirection.append)
                sinks.append(sink)
                handler = sink
            if redirection.stream in ("1", "*"):
                stage.write = output = handler
        targets.update({name: handler for name in names if name})
    if targets:
        stage.streams = typing.cast(Streams, Redirected(stage.streams, targets))
    return sinks


def _file_sink(path: str, append: bool) -> FileSink:
    try:
        return FileSink(path, append)
    except OSError as error:
        problem = wrap_io(error, path, writing=True).exception
        error_id = "FileOpenFailure,Microsoft.PowerShell.Commands.OutFileCommand"
        raise PSTerminating(ErrorRecord(problem, error_id, Category.OpenError, activity="Out-File")) from None


def connect(
    stages: typing.Sequence[Stage], frame: Frame, has_input: bool, out: typing.Callable[[object], None]
) -> None:
    """Lets each stage write to the next one, the last one to `out`."""
    for position, stage in enumerate(stages):
        stage.expects_input = has_input or position > 0
        stage.streams = frame.streams
        stage.write = out if position == len(stages) - 1 else stages[position + 1].take


def run_stages(stages: typing.Sequence[Stage], frame: Frame, items: typing.Iterable[object] | None) -> None:
    """Runs connected stages.

    :param items: what the first stage takes; None when it gets no input.
    """
    position = 0
    try:
        try:
            for stage in stages:
                stage.start()
            for item in items or ():
                frame.session.check_stop()
                stages[0].process(item)
        except UpstreamDone as done:
            position = _index(stages, done)
        while position < len(stages):
            try:
                stages[position].start()
                stages[position].end()
                position += 1
            except UpstreamDone as done:
                position = max(_index(stages, done), position + 1)
    finally:
        for stage in stages:
            stage.close()


def _index(stages: typing.Sequence[Stage], done: UpstreamDone) -> int:
    for position, stage in enumerate(stages):
        if stage is done.command:
            return position
    raise done


class ExpressionStage(Stage):
    """An expression whose output is redirected."""

    def __init__(self, node: syntax.Node, frame: Frame) -> None:
        self.node, self.frame = node, frame

    def end(self) -> None:
        for item in enumerate_value(
            expressions.statement_value(self.node, self.frame.with_output(self.write, self.streams))
        ):
            self.write(item)


def run_pipeline(node: syntax.Pipeline, frame: Frame) -> None:
    """Runs a pipeline of a script."""
    first, session = node.elements[0], frame.session
    elements, items = list(node.elements), None
    if isinstance(first, syntax.CommandExpression):
        if len(elements) == 1 and not first.redirections:
            for item in enumerate_value(expressions.statement_value(first.expression, frame)):
                frame.out(item)
            session.success = True
            return
        if len(elements) > 1:
            items = expressions.pipeline_input(first.expression, frame)
            elements = elements[1:]
    session.success = True
    from .dispatch import make_stage

    stages: list[Stage] = []
    for element in elements:
        if isinstance(element, syntax.CommandExpression):
            stages.append(ExpressionStage(element.expression, frame))
        else:
            stages.append(make_stage(element, frame))
    connect(stages, frame, items is not None, frame.out)
    sinks: list[FileSink] = []
    try:
        for stage, element in zip(stages, elements, strict=False):
            sinks += apply_redirections(stage, element.redirections, frame)
        run_stages(stages, frame, items)
    finally:
        for sink in sinks:
            sink.close()
