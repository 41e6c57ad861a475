# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects made and changed: New-Object, Add-Member and their like (test endpoint process)."""

from __future__ import annotations

import typing

from .. import members, numbers, operators, patterns, typesystem, values
from ..calling import declared
from ..cmdlets import Call, Cmdlet, cmdlet
from ..convert import to_number, to_string
from ..errors import Category
from .objects import Collecting

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
        target = call.session.shared.adopt(item)
        for member in self._members():
            self._add(target, member)
        if call.has("TypeName"):
            target.type_names.insert(0, call.text("TypeName"))
            target.all_names = None
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
            self.call.report(message, "MemberAlreadyExists", Category.InvalidOperation, target, kind)
            return
        target.add(member)


@cmdlet("Get-Member", "Name:string[]@0 MemberType|Type:string Static:switch Force:switch InputObject<0", aliases="gm")
class GetMember(Collecting):
    def end(self) -> None:
        seen: set[str] = set()
        wanted = [patterns.wildcard(name) for name in self.call.texts("Name")] or [patterns.wildcard("*")]
        for item in self.items:
            type_name = typesystem.type_names(item)[0]
            if type_name in seen:
                continue
            seen.add(type_name)
            for kind, name, shown in sorted({*_methods(item), *_properties(item)}):
                if any(pattern.match(name) for pattern in wanted) and self._is_wanted(kind):
                    class_name = "Microsoft.PowerShell.Commands.MemberDefinition"
                    self.call.write(values.ObjectValue(
                        [class_name, "System.Object"],
                        {"TypeName": type_name, "Name": name, "MemberType": kind, "Definition": shown},
                        shown,
                    ))  # fmt: skip

    def _is_wanted(self, kind: str) -> bool:
        asked = [text.strip().lower() for text in self.call.text("MemberType").split(",") if text.strip()]
        named = {"properties": "property", "methods": "method"}
        return not asked or any(
            kind.lower() == text or kind.lower().endswith(named.get(text, "\0")) or text == "all" for text in asked
        )


def _methods(item: object) -> typing.Iterator[tuple[str, str, str]]:
    """What every object of .NET can do, what its type can do besides, and a script's methods."""
    yield "Method", "Equals", "bool Equals(System.Object obj)"
    yield "Method", "GetHashCode", "int GetHashCode()"
    yield "Method", "GetType", "type GetType()"
    yield "Method", "ToString", "string ToString()"
    plain = values.unwrap(item)
    if not isinstance(plain, values.PSObject):
        for name, member in declared(typesystem.type_of(plain)).items():
            if callable(member) and not isinstance(member, (property, staticmethod)) and name != "ToString":
                yield "Method", name, f"{name}()"
    if isinstance(item, values.PSObject):
        for added in item.members.values():
            if isinstance(added, values.ScriptMethod):
                yield "ScriptMethod", added.name, f"System.Object {added.name}();"


def _properties(item: object) -> typing.Iterator[tuple[str, str, str]]:
    for name, kind in members.property_names(item):
        value = members.get_member(item, name)
        of_type = "object" if value is None else typesystem.accelerator(typesystem.type_of(value))
        note = f"{of_type} {name}={to_string(value)}"
        yield kind, name, note if kind == "NoteProperty" else f"{of_type} {name} {{get;set;}}"


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
        if low >= high:
            message = f"The Minimum value ({low}) cannot be greater than or equal to the Maximum value ({high})."
            kind = "System.ArgumentException"
            raise self.call.fail(message, "MinGreaterThanOrEqualMax", Category.InvalidArgument, None, kind)
        self.call.write(
            random.uniform(low, high) if isinstance(high, float) else numbers.smallest(random.randrange(low, high))
        )
