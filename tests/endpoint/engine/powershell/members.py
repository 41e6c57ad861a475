# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of values: properties and methods (test endpoint process)."""

from __future__ import annotations

import functools
import typing
import zlib

from . import typesystem, values
from .calling import AUTOMATION, member_of, method_error, no_method, run, static_property, wrap_io
from .construct import construct
from .errors import Category, ConversionError, ExceptionObject, NetError, runtime_error
from .session import current
from .typesystem import NetObject, NetType
from .values import unwrap


def get_member(target: object, name: str, strict: int = 0) -> object:
    """``$target.name``: null where there is no such member, unless strict mode forbids it."""
    found, value = find_property(target, name)
    if found:
        return value
    items = unwrap(target)
    if isinstance(items, (list, bytearray)) and not isinstance(target, str):
        gathered = [value for item in items for found, value in (find_property(item, name),) if found]
        if gathered:
            flat = [part for value in gathered for part in (value if isinstance(value, list) else [value])]
            return flat[0] if len(flat) == 1 else flat
        if not items:
            return None
    if strict >= 2:
        message = f"The property '{name}' cannot be found on this object. Verify that the property exists."
        kind = f"{AUTOMATION}PropertyNotFoundException"
        raise runtime_error(message, "PropertyNotFoundStrict", Category.NotSpecified, type_name=kind)
    return None


def find_property(target: object, name: str) -> tuple[bool, object]:
    """Whether a value has a property (or a method, which is a value too), and what it is.

    As in the language, what is no list has Count and Length, too.
    """
    found, value = find_member(target, name)
    plain = unwrap(target)
    if found or name.lower() not in ("count", "length"):
        return found, value
    if isinstance(plain, (list, bytearray, values.Hashtable, NetType)):
        return False, None
    return True, 0 if plain is None or plain is values.NOTHING else 1


def find_member(target: object, name: str) -> tuple[bool, object]:
    """As find_property, without what the language adds: what cmdlets see."""
    lowered = name.lower()
    target = current().shared.with_members(target) or target
    if isinstance(target, values.PSObject) and lowered in target.members:
        return True, _extended_value(target, target.members[lowered])
    plain = unwrap(target)
    if plain is None or plain is values.NOTHING:
        return False, None
    if isinstance(plain, values.Hashtable) and name in plain:
        return True, plain[name]
    if lowered in ("psobject", "psbase"):
        return True, ps_object_view(target) if lowered == "psobject" else plain
    if lowered == "pstypenames":
        return True, _names_of(target)
    if isinstance(plain, values.ObjectValue):
        for properties in (plain.properties, plain.extended):
            for key, value in properties.items():
                if key.lower() == lowered:
                    return True, value
    if isinstance(plain, ExceptionObject):
        for key, value in plain.properties.items():
            if key.lower() == lowered:
                return True, value
    return _adapted_value(plain, name)


def _adapted_value(plain: object, name: str) -> tuple[bool, object]:
    kind = typesystem.type_of(plain)
    member = member_of(kind, name)
    if member is None and (named := member_of(kind, "GetProperty")) is not None:
        # What a document holds are its properties, whatever they are called.
        return typing.cast(typing.Any, named)(plain, name)  # type: ignore[no-any-return]
    if isinstance(member, property):
        try:
            return True, typing.cast(typing.Any, member).fget(plain)
        except NetError as error:
            message = f'Exception getting "{name}": "{error.exception.message}"'
            raise runtime_error(
                message,
                "GetValueInvocationException",
                Category.NotSpecified,
                inner=error.exception,
                type_name=f"{AUTOMATION}GetValueInvocationException",
            ) from None
    return False, None


def _extended_value(target: values.PSObject, member: values.PSMember) -> object:
    if isinstance(member, values.NoteProperty):
        return member.value
    if isinstance(member, values.AliasProperty):
        return get_member(target, member.target)

    if isinstance(member, values.ScriptProperty):
        return current().call_block(member.getter, this=target)
    return member


class PropertyTable(values.NetList):
    """``$target.PSObject.Properties``: adding to it adds to the target."""

    def __init__(self, target: object) -> None:
        super().__init__(f"{AUTOMATION}PSMemberInfoIntegratingCollection`1")
        self.target = current().shared.adopt(target)


def _names_of(target: object) -> values.NetList:
    """The type names; who changes the list of an object that has members of its own changes the object's."""
    known = target.all_names if isinstance(target, values.PSObject) else None
    names = known or values.NetList("System.Collections.ObjectModel.Collection`1", typesystem.type_names(target))
    if isinstance(target, values.PSObject):
        target.all_names = names
    return names


def ps_object_view(target: object) -> values.ObjectValue:
    """``$target.PSObject``: Properties, TypeNames, BaseObject, Methods."""
    table = PropertyTable(target)
    for name, kind in property_names(target):
        value = get_member(target, name)
        entry = values.ObjectValue([f"{AUTOMATION}PS{kind}", f"{AUTOMATION}PSPropertyInfo", "System.Object"], {
            "MemberType": kind, "Value": value, "IsSettable": True, "IsGettable": True, "Name": name,
            "TypeNameOfValue": typesystem.type_of(value).full_name if value is not None else "System.Object",
            "IsInstance": True,
        }, on_set=functools.partial(_set_through, target, name))  # fmt: skip
        table.append(entry)
    names = _names_of(target)
    return values.ObjectValue([f"{AUTOMATION}PSMemberSet", "System.Object"], {
        "Properties": table, "TypeNames": names, "BaseObject": unwrap(target), "ImmediateBaseObject": unwrap(target),
        "Methods": values.NetList(),
    })  # fmt: skip


def _set_through(target: object, name: str, key: str, value: object) -> None:
    if key.lower() == "value":
        set_member(target, name, value)


def property_names(target: object) -> list[tuple[str, str]]:
    """The names of a value's properties with their kinds (NoteProperty, Property, ...), in order."""
    plain = unwrap(target)
    names: list[tuple[str, str]] = []
    if isinstance(plain, values.ObjectValue):
        names += [(name, "Property") for name in plain.properties] + [(name, "CodeProperty") for name in plain.extended]
    elif isinstance(plain, ExceptionObject):
        names += [
            (name, "Property") for name in (*plain.properties, "Message", "InnerException", "HResult", "StackTrace")
        ]
    elif isinstance(plain, values.Hashtable):
        names += [(name, "Property") for name in ("Count", "Keys", "Values")]
    elif not isinstance(plain, values.PSObject) and plain is not None:
        names += [(name, "Property") for name in adapted_names(plain)]
    if isinstance(target, values.PSObject):
        known = {name.lower() for name, _ in names}
        definition = getattr(target, "definition", None)
        known |= {name for name in target.members if definition and definition.hides(name)}
        names += [(member.name, type(member).__name__) for member in target.members.values()
                  if not isinstance(member, values.ScriptMethod) and member.name.lower() not in known]  # fmt: skip
    return names


def adapted_names(plain: object) -> typing.Sequence[str]:
    """The .NET properties of a value, where they are listed."""
    if isinstance(plain, NetObject):
        return plain.net_properties
    members = typesystem.type_of(plain).members
    return typing.cast("typing.Sequence[str]", getattr(members, "net_properties", ()))


def added_names(plain: object) -> typing.Sequence[str]:
    """The properties that PowerShell's type data add to a value of .NET."""
    members = plain if isinstance(plain, NetObject) else typesystem.type_of(plain).members
    return typing.cast("typing.Sequence[str]", getattr(members, "net_extended", ()))


def set_member(target: object, name: str, value: object) -> None:
    """``$target.name = $value``.

    :raises PSTerminating: there is no such property, or it cannot be written.
    """
    lowered = name.lower()
    plain = unwrap(target)
    target = current().shared.with_members(target) or target
    if isinstance(target, values.PSObject) and lowered in target.members:
        member = target.members[lowered]
        if isinstance(member, values.NoteProperty):
            member.value = _as_declared(target, name, value)
            return
        if isinstance(member, values.ScriptProperty) and member.setter:
            current().call_block(member.setter, [value], this=target)
            return
        if isinstance(member, values.AliasProperty):
            set_member(target, member.target, value)
            return
    if isinstance(plain, values.Hashtable):
        plain[name] = value
        return
    if isinstance(plain, ExceptionObject):
        for key in plain.properties:
            if key.lower() == lowered:
                plain.properties[key] = _as_declared(plain, name, value)
                return
    if isinstance(plain, values.ObjectValue):
        for key in plain.properties:
            if key.lower() == lowered:
                plain.properties[key] = value
                if plain.on_set:
                    plain.on_set(key, value)
                return
    if plain is not None and not isinstance(plain, values.PSObject):
        if _set_adapted(plain, name, value):
            return
    if plain is None or plain is values.NOTHING or not _set_each(plain, name, value):
        message = (
            f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set."
        )
        raise runtime_error(message, "PropertyNotFound", Category.InvalidOperation)


def _as_declared(target: object, name: str, value: object) -> object:
    """The value as the type of the property of a script's class, if it is one.

    :raises PSTerminating: it cannot be made that.
    """
    definition = getattr(target, "definition", None)
    if definition is None:
        return value
    try:
        return definition.converted(name, value)
    except ConversionError as error:
        message = f'Exception setting "{name}": "{error}"'
        kind = f"{AUTOMATION}SetValueInvocationException"
        raise runtime_error(
            message, "ExceptionWhenSetting", Category.NotSpecified, inner=error.exception, type_name=kind
        ) from None


def _set_adapted(plain: object, name: str, value: object) -> bool:
    member = member_of(typesystem.type_of(plain), name)
    if not isinstance(member, property):
        return False
    if member.fset is None:
        message = f"'{name}' is a ReadOnly property."
        raise runtime_error(
            message,
            "PropertyAssignmentException",
            Category.InvalidOperation,
        )
    try:
        typing.cast(typing.Any, member).fset(plain, value)
    except NetError as error:
        message = f'Exception setting "{name}": "{error.exception.message}"'
        raise runtime_error(
            message,
            "ExceptionWhenSetting",
            Category.NotSpecified,
            inner=error.exception,
            type_name=f"{AUTOMATION}SetValueInvocationException",
        ) from None
    return True


def _set_each(plain: object, name: str, value: object) -> bool:
    if not isinstance(plain, list) or not plain:
        return False
    for item in plain:
        set_member(item, name, value)
    return True


def invoke(target: object, name: str, arguments: typing.Sequence[object]) -> object:
    """``$target.name(arguments)``.

    :raises PSTerminating: null, no such method, or what the method throws.
    """
    plain = unwrap(target)
    lowered = name.lower()
    target = current().shared.with_members(target) or target
    if plain is None or plain is values.NOTHING:
        message = "You cannot call a method on a null-valued expression."
        raise runtime_error(message, "InvokeMethodOnNull", Category.InvalidOperation)
    if isinstance(target, values.PSObject) and lowered in target.members:
        added = target.members[lowered]
        if isinstance(added, values.ScriptMethod):
            return current().call_block(added.body, arguments, this=target)
    definition = getattr(target, "definition", None)
    if definition and definition.has_method(name):
        return definition.call(target, name, arguments)
    member = member_of(typesystem.type_of(plain), name)
    if callable(member) and not isinstance(member, (property, static_property, type)):
        return run(member, name, (plain if not _wants_wrapper(member) else target,), arguments)
    if isinstance(plain, list) and not isinstance(plain, values.NetList):
        results = [invoke(item, name, arguments) for item in plain]
        return results[0] if len(results) == 1 else results
    raise no_method(typesystem.type_of(plain).full_name, name)


def _wants_wrapper(member: object) -> bool:
    return bool(getattr(member, "wants_wrapper", False))


def get_static(net_type: NetType, name: str, strict: int = 0) -> object:
    """``[type]::name``."""
    if net_type.enum:
        if found := net_type.enum.find(name):
            return found
    if net_type.definition:
        found_static, value = net_type.definition.get_static(name)
        if found_static:
            return value
    member = member_of(net_type, name)
    if isinstance(member, static_property):
        return member.function()
    if strict >= 2:
        message = f"The property '{name}' cannot be found on this object. Verify that the property exists."
        kind = f"{AUTOMATION}PropertyNotFoundException"
        raise runtime_error(message, "PropertyNotFoundStrict", Category.NotSpecified, type_name=kind)
    return None


def set_static(net_type: NetType, name: str, value: object) -> None:
    if net_type.definition and net_type.definition.set_static(name, value):
        return
    message = f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set."
    raise runtime_error(message, "PropertyNotFound", Category.InvalidOperation)


def invoke_static(net_type: NetType, name: str, arguments: typing.Sequence[object]) -> object:
    """``[type]::name(arguments)``, ``new`` being the constructor.

    :raises PSTerminating: no such method, or what it throws.
    """
    if name.lower() == "new":
        try:
            return construct(net_type, arguments)
        except LookupError:
            message = f'Cannot find an overload for "new" and the argument count: "{len(arguments)}".'
            raise runtime_error(
                message, "MethodCountCouldNotFindBest", Category.NotSpecified, type_name=f"{AUTOMATION}MethodException"
            ) from None
        except NetError as error:
            raise method_error(".ctor", len(arguments), error.exception) from None
        except OSError as error:
            raise method_error(".ctor", len(arguments), wrap_io(error).exception) from None
        except ConversionError as error:
            raise method_error(".ctor", len(arguments), error.exception.inner or error.exception) from None
        except (ValueError, OverflowError) as error:
            inner = ExceptionObject("System.ArgumentException", str(error) or None)
            raise method_error(".ctor", len(arguments), inner) from None
    if net_type.definition and net_type.definition.has_method(name, static=True):
        return net_type.definition.call(None, name, arguments)
    member = member_of(net_type, name)
    if isinstance(member, staticmethod):
        return run(member.__func__, name, (), arguments)
    raise no_method(net_type.full_name, name)


def hash_code(value: object) -> int:
    """GetHashCode: the same for equal values, of no other meaning."""
    return zlib.crc32(repr(value).encode()) & 0x7FFFFFFF
