# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that work on the objects of a pipeline (test endpoint process)."""

from __future__ import annotations

import decimal
import functools
import typing

from .. import members, numbers, operators, typesystem, values
from ..cmdlets import Call, Cmdlet, cmdlet
from ..convert import to_bool, to_number, to_string
from ..errors import Category, ReturnSignal, UpstreamDone
from ..functions import block_output
from ..net_values import OBJECT_COLLECTION
from ..operators import as_list, enumerate_value
from ..scopes import Variable
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
    return members.get_member(item, to_string(key))


def _key_name(key: object) -> str:
    if isinstance(key, values.Hashtable):
        name = next(
            (value for label, value in key.items() if to_string(label).lower() in ("n", "name", "l", "label")), None
        )
        return to_string(name) if name is not None else _key_name(next(iter(key.values())))
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
        excluded = [operators.wildcard(text) for text in self.call.texts("ExcludeProperty")]
        for key in self.call.items("Property") or ["*"]:
            if isinstance(key, str) and set("*?") & set(key):
                pattern = operators.wildcard(key)
                names = [name for name, _ in members.property_names(item) if pattern.match(name)]
            else:
                names = []
                made.set(
                    _key_name(key) if not isinstance(key, str) else self._real_name(item, key),
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
                order = _compare(left, right, not cased)
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


def _compare(left: object, right: object, ignore_case: bool) -> int:
    try:
        return operators.compare(left, right, ignore_case)
    except Exception:
        return operators.compare(to_string(left), to_string(right), ignore_case)


@cmdlet(
    "Measure-Object",
    "Property:string[]@0 Sum:switch Average:switch Maximum:switch Minimum:switch "
    "StandardDeviation:switch AllStats:switch "
    "Line:switch Word:switch Character:switch InputObject<0",
    aliases="measure",
)
class MeasureObject(Collecting):
    def end(self) -> None:
        if any(self.call.flag(name) for name in ("Line", "Word", "Character")):
            self.call.write(self._text_info())
            return
        for name in self.call.items("Property") or [None]:
            self.call.write(self._info(name))

    def _info(self, name: object) -> values.ObjectValue:
        items = [item if name is None else members.get_member(item, to_string(name)) for item in self.items]
        items = [item for item in items if item is not None]
        every = self.call.flag("AllStats")
        sums = (
            [float(to_number(item)) for item in items]
            if every or self.call.flag("Sum") or self.call.flag("Average")
            else []
        )
        wanted: dict[str, object] = {"Count": len(items)}
        wanted["Average"] = sum(sums) / len(sums) if sums and (every or self.call.flag("Average")) else None
        wanted["Sum"] = float(sum(sums)) if sums and (every or self.call.flag("Sum")) else None
        wanted["Maximum"] = self._extreme(items, 1) if every or self.call.flag("Maximum") else None
        wanted["Minimum"] = self._extreme(items, -1) if every or self.call.flag("Minimum") else None
        wanted["StandardDeviation"] = None
        wanted["Property"] = None if name is None else to_string(name)
        return values.ObjectValue(
            [
                "Microsoft.PowerShell.Commands.GenericMeasureInfo",
                "Microsoft.PowerShell.Commands.MeasureInfo",
                "System.Object",
            ],
            wanted,
        )

    def _extreme(self, items: list[object], sign: int) -> object:
        result: object = None
        for item in items:
            if result is None or _compare(item, result, True) * sign > 0:
                result = item
        return float(result) if isinstance(result, (int, decimal.Decimal)) and not isinstance(result, bool) else result

    def _text_info(self) -> values.ObjectValue:
        text = [to_string(item) for item in self.items]
        return values.ObjectValue(
            ["Microsoft.PowerShell.Commands.TextMeasureInfo", "Microsoft.PowerShell.Commands.MeasureInfo",
            "System.Object"],
            {
                "Lines": sum(max(1, line.count("\n") + 1) for line in text) if self.call.flag("Line") else None,
                "Words": sum(len(line.split()) for line in text) if self.call.flag("Word") else None,
                "Characters": sum(map(len, text)) if self.call.flag("Character") else None, "Property": None,
            },
        )  # fmt: skip


@cmdlet(
    "Group-Object",
    "Property:object[]@0 AsHashTable:switch AsString:switch NoElement:switch CaseSensitive:switch InputObject<0",
    aliases="group",
)
class GroupObject(Collecting):
    def end(self) -> None:
        groups: dict[object, tuple[list[typing.Any], list[object]]] = {}
        for item in self.items:
            found = (
                [item]
                if not self.call.has("Property")
                else [selected(item, key, self.call.frame) for key in self.call.items("Property")]
            )
            key = tuple(values.key_of(to_string(value), not self.call.flag("CaseSensitive")) for value in found)
            groups.setdefault(key, (found, []))[1].append(item)
        if self.call.flag("AsHashTable"):
            table = values.Hashtable()
            for found, items in groups.values():
                table[to_string(found[0]) if self.call.flag("AsString") else found[0]] = items
            self.call.write(table)
            return
        ordered = list(groups.values())
        ordered.sort(key=functools.cmp_to_key(lambda first, second: _compare(first[0][0], second[0][0], True)))
        for found, items in ordered:
            self.call.write(_group(found, [] if self.call.flag("NoElement") else items, len(items)))


def _group(found: list[object], items: list[object], count: int) -> values.ObjectValue:
    collection = values.NetList(OBJECT_COLLECTION, items)
    return values.ObjectValue(
        ["Microsoft.PowerShell.Commands.GroupInfo", "System.Object"],
        {
            "Values": values.NetList("System.Collections.ArrayList", found),
            "Count": count,
            "Group": collection,
            "Name": ", ".join(map(to_string, found)),
        },
    )


@cmdlet("Get-Unique", "AsString:switch OnType:switch InputObject<0", aliases="gu")
class GetUnique(Collecting):
    def end(self) -> None:
        for position, item in enumerate(self.items):
            if not position or not operators.equal(
                self.items[position - 1], item, ignore_case=self.call.flag("AsString")
            ):
                self.call.write(item)


@cmdlet("Tee-Object", "FilePath:string@0(File) Variable:string(Variable) Append:switch InputObject<0", aliases="tee")
class TeeObject(Collecting):
    def process(self, item: object) -> None:
        super().process(item)
        self.call.write(item)

    def end(self) -> None:
        if self.call.has("Variable"):
            self.call.frame.scope.set(self.call.text("Variable"), self.items[0] if len(self.items) == 1 else self.items)


_MEMBER_TYPES = ("aliasproperty", "noteproperty", "scriptmethod", "scriptproperty")


@cmdlet(
    "Add-Member",
    "MemberType|Type@0 Name@1 Value@2 SecondValue@3 NotePropertyName:string NotePropertyValue "
    "NotePropertyMembers:hashtable TypeName:string PassThru:switch Force:switch InputObject!<0",
)
class AddMember(Cmdlet):
    def process(self, item: object) -> None:
        call = self.call
        item = call.get("InputObject")
        target = item if isinstance(item, values.PSObject) else values.PSObject(base=item)
        for member in self._members():
            self._add(target, member)
        if call.has("TypeName"):
            target.type_names.insert(0, call.text("TypeName"))
        if call.flag("PassThru"):
            call.write(target)

    def _members(self) -> typing.Iterator[values.PSMember]:
        call = self.call
        kind, name, value = call.get("MemberType"), call.text("Name"), call.get("Value")
        if call.has("NotePropertyName"):
            yield values.NoteProperty(call.text("NotePropertyName"), call.get("NotePropertyValue"))
        elif call.has("NotePropertyMembers") or isinstance(kind, values.Hashtable):
            for key, note in (kind or call.get("NotePropertyMembers")).items():
                yield values.NoteProperty(to_string(key), note)
        elif kind is not None and to_string(kind).lower() not in _MEMBER_TYPES:
            # Two arguments without names are a note property's name and value.
            yield values.NoteProperty(to_string(kind), call.get("Name"))
        elif to_string(kind).lower() == "scriptproperty":
            yield values.ScriptProperty(name, value, call.get("SecondValue"))
        elif to_string(kind).lower() == "scriptmethod":
            yield values.ScriptMethod(name, value)
        elif to_string(kind).lower() == "aliasproperty":
            yield values.AliasProperty(name, to_string(value))
        elif name:
            yield values.NoteProperty(name, value)

    def _add(self, target: values.PSObject, member: values.PSMember) -> None:
        if member.name.lower() in target.members and not self.call.flag("Force"):
            message = (
                f'Cannot add a member with the name "{member.name}" because a member with that name '
                "already exists. To overwrite the member anyway, add the Force parameter to your command."
            )
            kind = "System.InvalidOperationException"
            self.call.write_error(
                self.call.error(message, "MemberAlreadyExists", Category.InvalidOperation, target, kind)
            )
            return
        target.add(member)


@cmdlet("Get-Member", "Name:string[]@0 MemberType|Type:string Static:switch Force:switch InputObject<0", aliases="gm")
class GetMember(Collecting):
    def end(self) -> None:
        seen: set[str] = set()
        patterns = [operators.wildcard(name) for name in self.call.texts("Name")] or [operators.wildcard("*")]
        for item in self.items:
            type_name = typesystem.type_names(item)[0]
            if type_name in seen:
                continue
            seen.add(type_name)
            for name, kind in sorted(members.property_names(item)):
                if any(pattern.match(name) for pattern in patterns):
                    value = members.get_member(item, name)
                    shown = (
                        f"{typesystem.type_of(value).full_name if value is not None else 'object'} "
                        f"{name}={to_string(value)}"
                    )
                    self.call.write(values.ObjectValue(
                        ["Microsoft.PowerShell.Commands.MemberDefinition", "System.Object"],
                        {"TypeName": type_name, "Name": name, "MemberType": kind, "Definition": shown},
                    ))  # fmt: skip


@cmdlet(
    "Compare-Object",
    (
        "ReferenceObject:object[]@0!0 DifferenceObject:object[]@1!0< Property:object[] "
        "IncludeEqual:switch ExcludeDifferent:switch PassThru:switch"
    ),
    aliases="compare diff",
)
def compare_object(call: Call) -> typing.Iterable[object]:
    left, right = call.items("ReferenceObject"), call.items("DifferenceObject")
    rest = list(right)
    for item in left:
        match = next((other for other in rest if operators.equal(item, other)), None)
        if match is None:
            continue
        rest.remove(match)
        if call.flag("IncludeEqual"):
            yield values.PSObject([("InputObject", item), ("SideIndicator", "==")])
    for items, others, side in ((rest, [], "=>"), (left, right, "<=")):
        for item in items:
            if not any(operators.equal(item, other) for other in others) and not call.flag("ExcludeDifferent"):
                yield values.PSObject([("InputObject", item), ("SideIndicator", side)])


@cmdlet("New-Object", "TypeName:string@0! ArgumentList|Args:object[]@1 Property:hashtable ComObject:string")
def new_object(call: Call) -> typing.Iterable[object]:
    name = call.text("TypeName")
    found = call.session.classes.get(name.lower()) or typesystem.lookup(name)
    if not isinstance(found, typesystem.NetType):
        message = f"Cannot find type [{name}]: verify that the assembly containing this type is loaded."
        raise call.fail(
            message, "TypeNotFound", Category.InvalidType, None, "System.Management.Automation.PSArgumentException"
        )
    made = members.invoke_static(found, "new", call.items("ArgumentList"))
    for key, value in (call.get("Property") or values.Hashtable()).items():
        if isinstance(made, values.PSObject) and made.custom:
            made.set(to_string(key), value)
        else:
            members.set_member(made, to_string(key), value)
    yield made


@cmdlet("Get-Random", "Maximum@0 Minimum Count:int SetSeed:int InputObject:object[]<0", aliases="random")
class GetRandom(Collecting):
    def end(self) -> None:
        import random

        if self.items:
            for item in random.sample(self.items, min(self.call.get("Count", 1), len(self.items))):
                self.call.write(item)
            return
        low = to_number(self.call.get("Minimum", 0))
        high = to_number(self.call.get("Maximum", 2**31 - 1))
        self.call.write(
            random.uniform(low, high) if isinstance(high, float) else numbers.smallest(random.randrange(low, high))
        )


__all__ = ["Collecting", "as_list", "run_in_place"]
