# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs statements (test endpoint process)."""

from __future__ import annotations

import contextlib
import re
import typing

from . import convert, operators, patterns, syntax, typesystem, values
from .assignment import assign
from .convert import to_bool, to_string
from .errors import (
    RUNTIME,
    BreakSignal,
    Category,
    ContinueSignal,
    ConversionError,
    ErrorRecord,
    ExceptionObject,
    ExitSignal,
    NetError,
    PipelineStopped,
    PSTerminating,
    ReturnSignal,
    net_failure,
    runtime_error,
)  # fmt: skip
from .expressions import evaluate, statement_value, value_of_statement
from .pipeline import run_pipeline
from .scopes import Variable, define_function
from .sequences import as_list
from .session import Frame, call_depth_error

_Runner = typing.Callable[[typing.Any, Frame], None]
_RUNNERS: dict[type, _Runner] = {}


def runs(kind: type) -> typing.Callable[[_Runner], _Runner]:
    def register(function: _Runner) -> _Runner:
        _RUNNERS[kind] = function
        return function

    return register


def run_statements(statements: list[syntax.Node], frame: Frame) -> None:
    """Runs statements one after the other; a trap among them takes their errors."""
    traps = [statement for statement in statements if isinstance(statement, syntax.Trap)]
    for statement in statements:
        try:
            with frame.session.guarded() if traps else contextlib.nullcontext():
                run_statement(statement, frame)
        except PipelineStopped:
            raise
        except PSTerminating as error:
            if traps:
                _run_trap(traps, error, frame)
            elif not _goes_on(error, frame):
                raise


def _goes_on(error: PSTerminating, frame: Frame) -> bool:
    """Whether the next statement runs after one that failed; if so, the error has been reported."""
    session, record = frame.session, error.error_record
    if error.unwinds or session.guards or not session.goes_on:
        return False
    action = frame.preference("ErrorActionPreference").lower()
    thrown = error.thrown or record.exception.thrown_by_script
    if action == "stop" or (thrown and action not in ("silentlycontinue", "ignore")):
        return False
    frame.write_error(record)
    return True


def run_statement(node: syntax.Node, frame: Frame) -> None:
    """Runs one statement; errors learn here where they happened.

    :raises PSTerminating: the statement failed.
    """
    frame.session.check_stop()
    outer, frame.position = frame.position, node.extent
    try:
        _RUNNERS[type(node)](node, frame)
    except PSTerminating as error:
        frame.locate(error, frame.position)
        raise
    except ConversionError as error:
        raise _located(conversion_failure(error), frame) from None
    except NetError as error:
        raise _located(net_failure(error.exception), frame) from None
    except RecursionError:
        raise _located(call_depth_error(), frame) from None
    finally:
        frame.position = outer


def _located(error: PSTerminating, frame: Frame) -> PSTerminating:
    frame.locate(error, frame.position)
    return error


def conversion_failure(error: ConversionError) -> PSTerminating:
    """A failed conversion as the error of a statement."""
    return runtime_error(str(error), error.error_id, Category.InvalidArgument, inner=error.exception)


@contextlib.contextmanager
def at(node: syntax.Node, frame: Frame) -> typing.Iterator[None]:
    """A condition is a place of its own in error messages."""
    outer, frame.position = frame.position, node.extent
    try:
        yield
    except PSTerminating as error:
        frame.locate(error, node.extent)
        raise
    except ConversionError as error:
        raise _located(conversion_failure(error), frame) from None
    except NetError as error:
        raise _located(net_failure(error.exception), frame) from None
    finally:
        frame.position = outer


def _test(node: syntax.Node, frame: Frame) -> bool:
    with at(node, frame):
        return to_bool(value_of_statement(node, frame))


@runs(syntax.Pipeline)
def _pipeline(node: syntax.Pipeline, frame: Frame) -> None:
    run_pipeline(node, frame)


@runs(syntax.Chain)
def _chain(node: syntax.Chain, frame: Frame) -> None:
    run_statement(node.left, frame)
    if frame.session.success == (node.operator == "&&"):
        run_statement(node.right, frame)


@runs(syntax.Assignment)
def _assignment(node: syntax.Assignment, frame: Frame) -> None:
    if node.operator == "??=":
        if evaluate(node.target, frame) is None:
            assign(node.target, value_of_statement(node.value, frame), frame)
        return
    value = value_of_statement(node.value, frame)
    if node.operator != "=":
        value = None if value is values.NOTHING else value
        value = operators.arithmetic(node.operator[0], evaluate(node.target, frame), value)
    assign(node.target, value, frame)
    if isinstance(node.value, syntax.Pipeline) and isinstance(node.value.elements[0], syntax.CommandExpression):
        frame.session.success = True


@runs(syntax.If)
def _if(node: syntax.If, frame: Frame) -> None:
    for condition, body in node.clauses:
        if _test(condition, frame):
            run_statements(body, frame)
            return
    if node.otherwise is not None:
        run_statements(node.otherwise, frame)


def _run_body(body: list[syntax.Node], label: str | None, frame: Frame) -> bool:
    """Runs a loop's body once; False when it breaks."""
    frame.session.check_stop()
    try:
        run_statements(body, frame)
    except BreakSignal as signal:
        if signal.label and signal.label.lower() != (label or "").lower():
            raise
        return False
    except ContinueSignal as signal:
        if signal.label and signal.label.lower() != (label or "").lower():
            raise
    return True


@runs(syntax.While)
def _while(node: syntax.While, frame: Frame) -> None:
    if node.initializer:
        _run_quietly(node.initializer, frame)
    first = node.test_last
    while first or node.condition is None or _test(node.condition, frame) != node.until:
        first = False
        if not _run_body(node.body, node.label, frame):
            return
        if node.iterator:
            _run_quietly(node.iterator, frame)


def _run_quietly(node: syntax.Node, frame: Frame) -> None:
    run_statement(node, frame.with_output(lambda value: None))


@runs(syntax.ForEach)
def _foreach(node: syntax.ForEach, frame: Frame) -> None:
    with at(node.items, frame):
        items = value_of_statement(node.items, frame)
    sequence: typing.Iterable[object] = as_list(items)
    if isinstance(items, typing.Iterator):
        sequence = items
    for item in sequence:
        assign(node.variable, item, frame)
        if not _run_body(node.body, node.label, frame):
            return


@runs(syntax.Switch)
def _switch(node: syntax.Switch, frame: Frame) -> None:
    subject = value_of_statement(node.subject, frame)
    items = (
        as_list(subject) if isinstance(subject, (list, bytearray)) else [None if subject is values.NOTHING else subject]
    )
    if "file" in node.flags:
        path = frame.session.resolve(to_string(subject))
        with open(path, encoding="utf-8") as lines:
            items = [line.rstrip("\r\n") for line in lines]
    for item in items:
        try:
            _switch_item(node, item, frame)
        except BreakSignal as signal:
            if signal.label and signal.label.lower() != (node.label or "").lower():
                raise
            return
        except ContinueSignal as signal:
            if signal.label and signal.label.lower() != (node.label or "").lower():
                raise


def _switch_item(node: syntax.Switch, item: object, frame: Frame) -> None:
    frame.scope.variables["_"] = Variable("_", item)
    matched = False
    for condition, body in node.clauses:
        if _switch_matches(node.flags, condition, item, frame):
            matched = True
            run_statements(body, frame)
    if not matched and node.default is not None:
        run_statements(node.default, frame)


def _switch_matches(flags: set[str], condition: syntax.Node, item: object, frame: Frame) -> bool:
    from .functions import invoke_block

    value = evaluate(condition, frame)
    if isinstance(value, values.ScriptBlock):
        return to_bool(invoke_block(value, frame, variables={"_": item}))
    prefix = "c" if "casesensitive" in flags else "i"
    if "regex" in flags:
        return to_bool(
            operators.comparison(f"{prefix}match", to_string(item), value, lambda match: _matches(match, frame))
        )
    if "wildcard" in flags:
        return bool(patterns.wildcard(to_string(value), prefix == "i").match(to_string(item)))
    return (
        operators.equal(value, item, prefix == "i")
        if not isinstance(item, str)
        else operators.equal(item, value, prefix == "i")
    )


def _matches(match: re.Match[str], frame: Frame) -> None:
    from .expressions import _set_matches

    _set_matches(match, frame)


@runs(syntax.Try)
def _try(node: syntax.Try, frame: Frame) -> None:
    try:
        try:
            # Also where nothing is caught: in a try block an error that ends a statement ends them all.
            with frame.session.guarded():
                run_statements(node.body, frame)
        except PipelineStopped:
            raise
        except PSTerminating as error:
            _run_catch(node, error, frame)
    finally:
        if node.final:
            _run_final(node.final, frame)


def _run_final(statements: list[syntax.Node], frame: Frame) -> None:
    """A finally block runs to its end even when the pipeline is being stopped."""
    stop = frame.session.stop
    stopped = stop.is_set()
    if stopped:
        stop.clear()
    try:
        run_statements(statements, frame)
    finally:
        if stopped:
            stop.set()


def _run_catch(node: syntax.Try, error: PSTerminating, frame: Frame) -> None:
    record = error.error_record
    body = _matching_catch(node, record, frame)
    if body is None:
        raise error
    frame.session.remember(record)
    outer = frame.scope.variables.get("_")
    frame.scope.variables["_"] = Variable("_", record)
    try:
        run_statements(body, frame)
    finally:
        if outer is None:
            frame.scope.variables.pop("_", None)
        else:
            frame.scope.variables["_"] = outer


def _exceptions_of(record: ErrorRecord) -> list[ExceptionObject]:
    """An error's exception, and the one that PowerShell has wrapped in it, which is caught by its own type too."""
    wrapped = record.exception.inner if record.exception.is_a(RUNTIME) else None
    return [record.exception, wrapped] if wrapped else [record.exception]


def _is_caught(type_name: str, exception: ExceptionObject) -> bool:
    known = typesystem.lookup(type_name)
    return exception.is_a(known.full_name if known else type_name)


def _matching_catch(node: syntax.Try, record: ErrorRecord, frame: Frame) -> list[syntax.Node] | None:
    for exception in _exceptions_of(record):
        for names, body in node.catches:
            if any(_is_caught(name, exception) for name in names):
                return body
    return next((body for names, body in node.catches if not names), None)


def _run_trap(traps: list[syntax.Trap], error: PSTerminating, frame: Frame) -> None:
    record = error.error_record
    for trap in traps:
        if trap.type_name and not any(_is_caught(trap.type_name, exception) for exception in _exceptions_of(record)):
            continue
        frame.session.remember(record)
        frame.scope.variables["_"] = Variable("_", record)
        try:
            run_statements(trap.body, frame)
        except ContinueSignal:
            return
        except BreakSignal:
            raise error from None
        frame.write_error(record, "Continue")
        return
    raise error


@runs(syntax.Trap)
def _trap(node: syntax.Trap, frame: Frame) -> None:
    """A trap acts when a statement of its block fails."""


@runs(syntax.Flow)
def _flow(node: syntax.Flow, frame: Frame) -> None:
    if node.kind == "break":
        raise BreakSignal(node.label)
    if node.kind == "continue":
        raise ContinueSignal(node.label)
    if node.kind == "exit":
        raise ExitSignal(_exit_code(node, frame))
    if node.kind == "throw":
        error = _thrown(None if node.value is None else value_of_statement(node.value, frame), frame)
        error.thrown = True
        raise error
    if node.value is not None:
        run_statement(node.value, frame)
    raise ReturnSignal


def _exit_code(node: syntax.Flow, frame: Frame) -> int:
    if node.value is None:
        return 0
    try:
        return convert.to_int(value_of_statement(node.value, frame))
    except ConversionError:
        return 0


def _thrown(value: object, frame: Frame) -> PSTerminating:
    value = values.unwrap(value)
    if value is None or value is values.NOTHING:
        current = frame.scope.value("_")
        if isinstance(current, ErrorRecord):
            return PSTerminating(current)
        value = "ScriptHalted"
    if isinstance(value, ErrorRecord):
        value.script_stack_trace = value.script_stack_trace or frame.session.stack_trace()
        return PSTerminating(value)
    if isinstance(value, ExceptionObject):
        if value.error_record:
            return PSTerminating(value.error_record)
        return PSTerminating(ErrorRecord(value, value.message, Category.OperationStopped))
    text = to_string(value)
    exception = ExceptionObject(RUNTIME, text)
    exception.thrown_by_script = True
    target = None if text == "ScriptHalted" else value
    return PSTerminating(ErrorRecord(exception, text, Category.OperationStopped, target))


@runs(syntax.FunctionDefinition)
def _function(node: syntax.FunctionDefinition, frame: Frame) -> None:
    define_function(frame.scope, node.name, node.block)


@runs(syntax.ClassDefinition)
def _class(node: syntax.ClassDefinition, frame: Frame) -> None:
    from .classes import define_class

    define_class(node, frame)


@runs(syntax.EnumDefinition)
def _enum(node: syntax.EnumDefinition, frame: Frame) -> None:
    members: dict[str, int] = {}
    following = 0
    for name, value in node.members:
        following = convert.to_int(evaluate(value, frame)) if value else following
        members[name] = following
        following += 1
    enum_type = values.EnumType(node.name, members, node.flags)
    bases = ("System.Enum", "System.ValueType", "System.Object")
    frame.session.classes[node.name.lower()] = typesystem.NetType(node.name, bases, enum=enum_type)


__all__ = ["run_statement", "run_statements", "statement_value"]
