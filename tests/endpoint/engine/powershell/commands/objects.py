# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that work on the objects of a pipeline (test endpoint process)."""

from __future__ import annotations

import functools
import typing

from .. import members, operators, patterns, typesystem, values
from ..cmdlets import Cmdlet, cmdlet
from ..convert import to_bool, to_string
from ..errors import Category, ReturnSignal, UpstreamDone
from ..functions import block_output
from ..scopes import Variable
from ..sequences import enumerate_value
from ..session import Frame
from ..statements import run_statements


def run_in_place(block: values.ScriptBlock, frame: Frame, item: object) -> None:
    """Runs a block for an object in the caller's own scope, as ForEach-Object does."""
    if block.tree.parameters or "end" not in block.tree.blocks or block.closure:
        for value in block_output(block, frame, [], {"_": item, "PSItem": item}):
            frame.out(value)
        return
    variables = frame.scope.variables
    outer = variables.get("_")
    variables["_"] = Variable("_", item)
    try:
        run_statements(block.tree.blocks["end"], frame)
    except ReturnSignal:
        return
    finally:
        if outer is None:
            variables.pop("_", None)
        else:
            variables["_"] = outer


@cmdlet(
    "ForEach-Object",
    "Process|MemberName:object[]@0! Begin:scriptblock End:scriptblock RemainingScripts:scriptblock[] "
    "ArgumentList|Args:object[]@* InputObject<0",
    aliases="% foreach",
    module="Core",
)
class ForEachObject(Cmdlet):
    def begin(self) -> None:
        self.frame = self.call.frame.with_output(self.call.stage.write, self.call.stage.streams)
        blocks = self.call.items("Process")
        if len(blocks) > 1 and not self.call.has("Begin"):
            self.call.parameters["begin"], *blocks = blocks
            if len(blocks) > 1 and not self.call.has("End"):
                self.call.parameters["end"] = blocks.pop()
        self.blocks = blocks
        self._once("Begin")

    def _once(self, name: str) -> None:
        block = self.call.get(name)
        if isinstance(block, values.ScriptBlock):
            run_in_place(block, self.frame, None)

    def process(self, item: object) -> None:
        if not self.call.stage.expects_input and not self.call.has("InputObject"):
            return
        for block in self.blocks:
            if isinstance(block, values.ScriptBlock):
                run_in_place(block, self.frame, item)
            else:
                self._member(item, to_string(block))

    def _member(self, item: object, name: str) -> None:
        found, value = members.find_property(item, name)
        if not found or isinstance(value, values.ScriptMethod):
            try:
                value = members.invoke(item, name, self.call.items("ArgumentList"))
            except Exception:
                if found or self.call.has("ArgumentList"):
                    raise
                value = members.get_member(item, name)
        for part in enumerate_value(value):
            self.call.write(part)

    def end(self) -> None:
        self._once("End")


_TESTS = "EQ NE GT GE LT LE Like NotLike Match NotMatch Contains NotContains In NotIn Is IsNot".split()


@cmdlet(
    "Where-Object",
    "FilterScript:scriptblock@0(Script) Property:string@0!(Property) Value@1 Not:switch InputObject<0 "
    + " ".join(
        f"{prefix}{name}:switch" for name in _TESTS for prefix in (("", "C") if name not in ("Is", "IsNot") else ("",))
    ),
    aliases="? where",
    module="Core",
    default_set="Script",
)
class WhereObject(Cmdlet):
    def process(self, item: object) -> None:
        if self.call.stage.expects_input and self._passes(item):
            self.call.write(item)

    def _passes(self, item: object) -> bool:
        block = self.call.get("FilterScript")
        if isinstance(block, values.ScriptBlock):
            collected: list[object] = []
            run_in_place(block, self.call.frame.with_output(collected.append, self.call.stage.streams), item)
            return to_bool(collected)
        value = members.get_member(item, self.call.text("Property"))
        test = next(
            (
                name
                for name in self.call.parameters
                if name.lstrip("c").upper() in map(str.upper, _TESTS) or name.upper() in map(str.upper, _TESTS)
            ),
            None,
        )
        if test is None:
            return to_bool(value) != self.call.flag("Not")
        if test in ("is", "isnot"):
            return typesystem.is_a(value, typesystem.find(self.call.text("Value"))) == (test == "is")
        return to_bool(operators.comparison(test, value, self.call.get("Value"), lambda match: None))


def selected(item: object, key: object, frame: Frame) -> object:
    """A property by its name, by a script block, or by a table with Expression."""
    if isinstance(key, values.ScriptBlock):
        found = block_output(key, frame, [], {"_": item, "PSItem": item})
        return found[0] if len(found) == 1 else found if found else None
    if isinstance(key, values.Hashtable):
        expression = next(
            (value for name, value in key.items() if "expression".startswith(to_string(name).lower())), None
        )
        return selected(item, expression, frame)
    return members.find_member(item, to_string(key))[1]


def key_name(key: object) -> str:
    """What a property that was asked for is called: its name, or the one that a table gives it."""
    if isinstance(key, values.Hashtable):
        name = next(
            (value for label, value in key.items() if to_string(label).lower() in ("n", "name", "l", "label")), None
        )
        return to_string(name) if name is not None else key_name(next(iter(key.values())))
    return key.text if isinstance(key, values.ScriptBlock) else to_string(key)


@cmdlet(
    "Select-Object",
    "Property:object[]@0 ExcludeProperty:string[] ExpandProperty:string First:int Last:int Skip:int SkipLast:int "
    "Unique:switch Index:int[] Wait:switch InputObject<0",
    aliases="select",
)
class SelectObject(Cmdlet):
    def begin(self) -> None:
        self.seen: list[object] = []
        self.kept: list[object] = []
        self.count = 0
        self.written = 0
        self.late = self.call.has("Last") or self.call.has("SkipLast")
        if self.call.has("First") and self.call.get("First") == 0:
            raise UpstreamDone(self.call.stage)

    def process(self, item: object) -> None:
        if not self.call.stage.expects_input and not self.call.has("InputObject"):
            return
        self.count += 1
        if self.late:
            self.kept.append(item)
            return
        if self.count <= self.call.get("Skip", 0):
            return
        if self.call.has("Index") and self.count - 1 not in self.call.items("Index"):
            return
        self._write(item)
        if self.call.has("First") and self.written >= self.call.get("First"):
            raise UpstreamDone(self.call.stage)

    def end(self) -> None:
        if not self.late:
            return
        items = self.kept[: len(self.kept) - (self.call.get("SkipLast", 0) or self.call.get("Skip", 0))]
        last = self.call.get("Last", len(items))
        for item in items[len(items) - min(last, len(items)) :]:
            self._write(item)

    def _write(self, item: object) -> None:
        for value in self._shaped(item):
            if self.call.flag("Unique"):
                if any(_same(value, known) for known in self.seen):
                    continue
                self.seen.append(value)
            self.written += 1
            self.call.write(value)

    def _shaped(self, item: object) -> typing.Iterable[object]:
        if self.call.has("ExpandProperty"):
            name = self.call.text("ExpandProperty")
            found, value = members.find_property(item, name)
            if not found:
                record = self.call.error(
                    f'Property "{name}" cannot be found.',
                    "ExpandPropertyNotFound",
                    Category.InvalidArgument,
                    item,
                    "System.Management.Automation.PSArgumentException",
                )
                self.call.write_error(record)
                return []
            return enumerate_value(value)
        if not self.call.has("Property") and not self.call.has("ExcludeProperty"):
            return [item]
        return [self._projected(item)]

    def _projected(self, item: object) -> values.PSObject:
        made = values.PSObject()
        base = typesystem.type_names(item)[0] if item is not None else "System.Object"
        made.type_names = [f"Selected.{base}"]
        excluded = [patterns.wildcard(text) for text in self.call.texts("ExcludeProperty")]
        for key in self.call.items("Property") or ["*"]:
            if isinstance(key, str) and set("*?") & set(key):
                pattern = patterns.wildcard(key)
                names = [name for name, _ in members.property_names(item) if pattern.match(name)]
            else:
                names = []
                made.set(
                    key_name(key) if not isinstance(key, str) else self._real_name(item, key),
                    selected(item, key, self.call.frame),
                )
            for name in names:
                if not any(pattern.match(name) for pattern in excluded):
                    made.set(name, members.get_member(item, name))
        return made

    @staticmethod
    def _real_name(item: object, key: str) -> str:
        return next((name for name, _ in members.property_names(item) if name.lower() == key.lower()), key)


def _same(first: object, second: object) -> bool:
    if isinstance(first, values.PSObject) and isinstance(second, values.PSObject):
        names = [name for name, _ in members.property_names(first)]
        return names == [name for name, _ in members.property_names(second)] and all(
            operators.equal(members.get_member(first, name), members.get_member(second, name), False) for name in names
        )
    return operators.equal(first, second, ignore_case=False)


class Collecting(Cmdlet):
    """Collects everything before it writes."""

    def begin(self) -> None:
        self.items: list[object] = []

    def process(self, item: object) -> None:
        if self.call.stage.expects_input:
            self.items.append(item)
        elif self.call.has("InputObject"):
            self.items.extend(enumerate_value(item))


@cmdlet(
    "Sort-Object",
    (
        "Property:object[]@0 Descending:switch Unique:switch CaseSensitive:switch Stable:switch Top:int "
        "Bottom:int InputObject<0"
    ),
    aliases="sort",
)
class SortObject(Collecting):
    def end(self) -> None:
        keys = self.call.items("Property") or [None]
        descending, cased = self.call.flag("Descending"), self.call.flag("CaseSensitive")

        def compare(first: object, second: object) -> int:
            for key in keys:
                left, right = (
                    (item if key is None else selected(item, key, self.call.frame)) for item in (first, second)
                )
                order = compared(left, right, not cased)
                reverse = descending
                if isinstance(key, values.Hashtable) and "Descending" in key:
                    reverse = to_bool(key["Descending"])
                if order:
                    return -order if reverse else order
            return 0

        items = [item for item in self.items if item is not None]
        items.sort(key=functools.cmp_to_key(compare))
        if self.call.flag("Unique"):
            items = [item for position, item in enumerate(items) if not position or compare(items[position - 1], item)]
        top, bottom = self.call.get("Top"), self.call.get("Bottom")
        for item in items[:top] if top else items[-bottom:] if bottom else items:
            self.call.write(item)


def compared(left: object, right: object, ignore_case: bool) -> int:
    try:
        return operators.compare(left, right, ignore_case)
    except Exception:
        return operators.compare(to_string(left), to_string(right), ignore_case)
