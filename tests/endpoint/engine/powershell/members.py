# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of values: properties, methods, constructors (test endpoint process)."""

from __future__ import annotations

import functools
import inspect
import re
import typing
import zlib

from . import convert, syntax, typesystem, values
from .errors import Category, ConversionError, ErrorRecord, ExceptionObject, NetError, PSTerminating, runtime_error
from .typesystem import NetObject, NetType
from .values import unwrap

_EXTENDED = "System.Management.Automation."


class static_property:  # noqa: N801 - stands beside property
    """A static property: its function is called without arguments."""

    def __init__(self, function: typing.Callable[[], object]) -> None:
        self.function = function


@functools.cache
def _table(members: type) -> dict[str, object]:
    """The members of a Python class by their names in .NET, in lower case."""
    table: dict[str, object] = {}
    for cls in reversed(members.__mro__[:-1]):
        for name, value in vars(cls).items():
            if not name.startswith("_"):
                table[name.replace("_", "").lower()] = value
    return table


def _member(net_type: NetType, name: str) -> object:
    for full_name in net_type.type_names:
        members = net_type.members if full_name == net_type.full_name else typesystem.lookup_members(full_name)
        if members and (found := _table(members).get(name.lower())) is not None:
            return found
    return None


def wrap_io(error: OSError, path: object = None) -> NetError:
    """What .NET says of a failed file operation."""
    name = str(error.filename if path is None else path)
    if isinstance(error, FileNotFoundError):
        return NetError("System.IO.FileNotFoundException", f"Could not find file '{name}'.", FileName=name)
    if isinstance(error, (PermissionError, IsADirectoryError)):
        return NetError("System.UnauthorizedAccessException", f"Access to the path '{name}' is denied.")
    if isinstance(error, NotADirectoryError):
        return NetError("System.IO.IOException", f"The directory name is invalid. : '{name}'")
    if isinstance(error, FileExistsError):
        return NetError("System.IO.IOException", f"The file '{name}' already exists.")
    return NetError("System.IO.IOException", f"{error.strerror} : '{name}'")


def _converted(function: typing.Callable[..., object], arguments: typing.Sequence[object], skip: int) -> list[object]:
    """The arguments as the function's annotations ask for them.

    :raises TypeError: their number does not fit.
    """
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    result: list[object] = []
    for position, argument in enumerate(arguments):
        index = min(position + skip, len(parameters) - 1) if parameters else 0
        annotation = str(parameters[index].annotation) if parameters else ""
        plain = unwrap(argument)
        result.append(_CONVERSIONS[annotation](plain) if annotation in _CONVERSIONS else plain)
    signature.bind(*([None] * skip), *result)
    return result


def _text_or_none(value: object) -> object:
    return None if value is None else convert.to_string(value)


_CONVERSIONS: dict[str, typing.Callable[[object], object]] = {
    "int": convert.to_int,
    "str": convert.to_string,
    "str | None": _text_or_none,
    "bool": convert.to_bool,
    "float": lambda value: float(convert.to_number(value)),
    "bytearray": lambda value: convert.to_array(value, typesystem.find("System.Byte")),
}


def _run(
    function: typing.Callable[..., object], name: str, prefix: tuple[object, ...], arguments: typing.Sequence[object]
) -> object:
    """Calls a member's function; what it raises becomes what PowerShell makes of it."""
    try:
        converted = _converted(function, arguments, len(prefix))
    except TypeError:
        message = f'Cannot find an overload for "{name}" and the argument count: "{len(arguments)}".'
        method = f"{_EXTENDED}MethodException"
        error_id = "MethodCountCouldNotFindBest"
        raise runtime_error(message, error_id, Category.NotSpecified, type_name=method) from None
    except ConversionError as error:
        message = f'Cannot convert argument "0", with value: "{{}}", for "{name}" to type: "{error}"'
        raise runtime_error(
            message,
            "MethodArgumentConversionInvalidCastArgument",
            Category.NotSpecified,
            inner=error.exception,
            type_name=f"{_EXTENDED}MethodException",
        ) from None
    try:
        result = function(*prefix, *converted)
        # A method of type void gives nothing, not even null.
        void = getattr(function, "__annotations__", {}).get("return") in (None, "None")
        return values.NOTHING if result is None and void else result
    except NetError as error:
        raise method_error(name, len(arguments), error.exception) from None
    except OSError as error:
        raise method_error(name, len(arguments), wrap_io(error).exception) from None
    except (ValueError, OverflowError, LookupError) as error:
        inner = ExceptionObject(
            "System.ArgumentException", str(error) or "Value does not fall within the expected range."
        )
        raise method_error(name, len(arguments), inner) from None


def method_error(name: str, count: int, inner: ExceptionObject) -> PSTerminating:
    """An exception of .NET, wrapped as a method call's."""
    message = f'Exception calling "{name}" with "{count}" argument(s): "{inner.message}"'
    error_id = inner.type_names[0].rpartition(".")[2]
    return runtime_error(
        message, error_id, Category.NotSpecified, inner=inner, type_name=f"{_EXTENDED}MethodInvocationException"
    )


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
        raise runtime_error(message, "PropertyNotFoundStrict", Category.NotSpecified)
    return None


def find_property(target: object, name: str) -> tuple[bool, object]:
    """Whether a value has a property (or a method, which is a value too), and what it is."""
    lowered = name.lower()
    if isinstance(target, values.PSObject) and lowered in target.members:
        return True, _extended_value(target, target.members[lowered])
    plain = unwrap(target)
    if plain is None or plain is values.NOTHING:
        return lowered in ("count", "length"), 0
    if isinstance(plain, values.Hashtable) and name in plain:
        return True, plain[name]
    if lowered in ("psobject", "psbase"):
        return True, ps_object_view(target) if lowered == "psobject" else plain
    if lowered == "pstypenames":
        return True, values.NetList("System.Collections.ObjectModel.Collection`1", typesystem.type_names(target))
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
    member = _member(typesystem.type_of(plain), name)
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
                type_name=f"{_EXTENDED}GetValueInvocationException",
            ) from None
    if isinstance(plain, NetType) and plain.enum is None and member is None:
        return False, None
    if name.lower() in ("count", "length") and not isinstance(plain, (list, bytearray, values.Hashtable, str)):
        return True, 1
    if name.lower() == "count" and isinstance(plain, str):
        return True, 1
    return False, None


def _extended_value(target: values.PSObject, member: values.PSMember) -> object:
    if isinstance(member, values.NoteProperty):
        return member.value
    if isinstance(member, values.AliasProperty):
        return get_member(target, member.target)
    from .session import current

    if isinstance(member, values.ScriptProperty):
        return current().call_block(member.getter, this=target)
    return member


def ps_object_view(target: object) -> values.ObjectValue:
    """``$target.PSObject``: Properties, TypeNames, BaseObject, Methods."""
    table = values.NetList("System.Management.Automation.PSMemberInfoIntegratingCollection`1")
    for name, kind in property_names(target):
        value = get_member(target, name)
        entry = values.ObjectValue([f"{_EXTENDED}PS{kind}", f"{_EXTENDED}PSPropertyInfo", "System.Object"], {
            "MemberType": kind, "Value": value, "IsSettable": True, "IsGettable": True, "Name": name,
            "TypeNameOfValue": typesystem.type_of(value).full_name if value is not None else "System.Object",
            "IsInstance": True,
        }, on_set=functools.partial(_set_through, target, name))  # fmt: skip
        table.append(entry)
    names = values.NetList("System.Collections.ObjectModel.Collection`1", typesystem.type_names(target))
    return values.ObjectValue([f"{_EXTENDED}PSMemberSet", "System.Object"], {
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
        names += [(member.name, type(member).__name__) for member in target.members.values()
                  if not isinstance(member, values.ScriptMethod) and member.name.lower() not in known]  # fmt: skip
    return names


def adapted_names(plain: object) -> typing.Sequence[str]:
    """The .NET properties of a value, where they are listed."""
    if isinstance(plain, NetObject):
        return plain.net_properties
    members = typesystem.type_of(plain).members
    return typing.cast("typing.Sequence[str]", getattr(members, "net_properties", ()))


def set_member(target: object, name: str, value: object) -> None:
    """``$target.name = $value``.

    :raises PSTerminating: there is no such property, or it cannot be written.
    """
    lowered = name.lower()
    plain = unwrap(target)
    if isinstance(target, values.PSObject) and lowered in target.members:
        member = target.members[lowered]
        if isinstance(member, values.NoteProperty):
            definition = getattr(target, "definition", None)
            member.value = definition.converted(name, value) if definition else value
            return
        if isinstance(member, values.ScriptProperty) and member.setter:
            from .session import current

            current().call_block(member.setter, [value], this=target)
            return
        if isinstance(member, values.AliasProperty):
            set_member(target, member.target, value)
            return
    if isinstance(plain, values.Hashtable):
        plain[name] = value
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


def _set_adapted(plain: object, name: str, value: object) -> bool:
    member = _member(typesystem.type_of(plain), name)
    if not isinstance(member, property):
        return False
    if member.fset is None:
        message = f"'{name}' is a ReadOnly property."
        raise runtime_error(
            message, "PropertyAssignmentException", Category.InvalidOperation, type_name=f"{_EXTENDED}SetValueException"
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
            type_name=f"{_EXTENDED}SetValueInvocationException",
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
    if plain is None or plain is values.NOTHING:
        message = "You cannot call a method on a null-valued expression."
        raise runtime_error(message, "InvokeMethodOnNull", Category.InvalidOperation)
    if isinstance(target, values.PSObject) and lowered in target.members:
        added = target.members[lowered]
        if isinstance(added, values.ScriptMethod):
            from .session import current

            return current().call_block(added.body, arguments, this=target)
    definition = getattr(target, "definition", None)
    if definition and definition.has_method(name):
        return definition.call(target, name, arguments)
    member = _member(typesystem.type_of(plain), name)
    if callable(member) and not isinstance(member, (property, static_property, type)):
        return _run(member, name, (plain if not _wants_wrapper(member) else target,), arguments)
    if isinstance(plain, list) and not isinstance(plain, values.NetList):
        results = [invoke(item, name, arguments) for item in plain]
        return results[0] if len(results) == 1 else results
    raise no_method(typesystem.type_of(plain).full_name, name)


def _wants_wrapper(member: object) -> bool:
    return bool(getattr(member, "wants_wrapper", False))


def no_method(type_name: str, name: str) -> PSTerminating:
    message = f"Method invocation failed because [{type_name}] does not contain a method named '{name}'."
    return runtime_error(message, "MethodNotFound", Category.InvalidOperation, name)


def get_static(net_type: NetType, name: str, strict: int = 0) -> object:
    """``[type]::name``."""
    if net_type.enum:
        if found := net_type.enum.find(name):
            return found
    if net_type.definition:
        found_static, value = net_type.definition.get_static(name)
        if found_static:
            return value
    member = _member(net_type, name)
    if isinstance(member, static_property):
        return member.function()
    if strict >= 2:
        message = f"The property '{name}' cannot be found on this object. Verify that the property exists."
        raise runtime_error(message, "PropertyNotFoundStrict", Category.NotSpecified)
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
                message, "MethodCountCouldNotFindBest", Category.NotSpecified, type_name=f"{_EXTENDED}MethodException"
            ) from None
        except NetError as error:
            raise method_error(".ctor", len(arguments), error.exception) from None
        except OSError as error:
            raise method_error(".ctor", len(arguments), wrap_io(error).exception) from None
    if net_type.definition and net_type.definition.has_method(name, static=True):
        return net_type.definition.call(None, name, arguments)
    member = _member(net_type, name)
    if isinstance(member, staticmethod):
        return _run(member.__func__, name, (), arguments)
    raise no_method(net_type.full_name, name)


def construct(net_type: NetType, arguments: typing.Sequence[object]) -> object:
    """A new object of the type.

    :raises LookupError: it has no such constructor.
    :raises NetError: what its constructor throws.
    """
    if net_type.definition:
        return net_type.definition.construct(arguments)
    if any(name == "System.Exception" for name in net_type.type_names):
        return _construct_exception(net_type, arguments)
    if net_type.element:
        return _construct_array(net_type, arguments)
    name = net_type.full_name
    if name.startswith("System.Collections."):
        return _construct_collection(net_type, arguments)
    if name == "System.Management.Automation.PSObject":
        return values.PSObject()
    members = net_type.members
    if members is None:
        raise LookupError(name)
    creator = _table(members).get("new")
    try:
        if isinstance(creator, staticmethod):
            return creator.__func__(*_converted(creator.__func__, arguments, 0))
        if issubclass(members, NetObject):
            return members(*_converted(members.__init__, arguments, 1))
    except TypeError:
        pass
    raise LookupError(name)


def _construct_exception(net_type: NetType, arguments: typing.Sequence[object]) -> ExceptionObject:
    texts = [convert.to_string(argument) for argument in arguments if not isinstance(argument, ExceptionObject)]
    inner = next((argument for argument in arguments if isinstance(argument, ExceptionObject)), None)
    message = texts[0] if texts else None
    properties: dict[str, object] = {}
    if "System.ArgumentException" in net_type.type_names:
        name_first = net_type.name in ("ArgumentNullException", "ArgumentOutOfRangeException")
        parameter = texts[0] if name_first and texts else texts[1] if len(texts) > 1 else None
        if name_first:
            message = texts[1] if len(texts) > 1 else "Value cannot be null."
        if parameter:
            message = f"{message} (Parameter '{parameter}')"
        properties = {"ParamName": parameter}
    exception = ExceptionObject("System.Exception", message, inner, **properties)
    exception.type_names = net_type.type_names
    if message is None:
        exception.message = f"Exception of type '{net_type.full_name}' was thrown."
    return exception


def _construct_array(net_type: NetType, arguments: typing.Sequence[object]) -> object:
    element = typing.cast(NetType, net_type.element)
    count = 1
    for argument in arguments:
        count *= convert.to_int(argument)
    if element.full_name == "System.Byte":
        return bytearray(count)
    empty: object = None
    if "System.ValueType" in element.bases:
        empty = convert.cast(0, element) if element.full_name != "System.Boolean" else False
    items = [empty] * count
    return items if element.full_name == "System.Object" else values.TypedArray(element.full_name, items)


def _construct_collection(net_type: NetType, arguments: typing.Sequence[object]) -> object:
    name = net_type.full_name
    first = unwrap(arguments[0]) if arguments else None
    if any(part in name for part in ("Hashtable", "Dictionary")):
        ignore_case = not name.startswith("System.Collections.Generic") or "IgnoreCase" in convert.to_string(
            arguments[-1] if arguments else ""
        )
        pairs = first.items() if isinstance(first, values.Hashtable) else ()
        table = values.Hashtable(
            pairs, name, (ignore_case and name != "System.Collections.Specialized.OrderedDictionary") or ignore_case
        )
        if net_type.arguments:
            table.key_type, table.value_type = (argument.full_name for argument in net_type.arguments)
        return table
    if name.startswith("System.Collections.Generic.KeyValuePair"):
        return values.DictionaryEntry(arguments[0], arguments[1], name)
    items = first if isinstance(first, (list, bytearray)) else []
    made = values.NetList(name, reversed(items) if "Stack" in name else items)
    if net_type.arguments:
        made.element = net_type.arguments[0].full_name
        made[:] = [convert.cast(item, net_type.arguments[0]) for item in made]
    return made


def match_object(match: re.Match[str]) -> object:
    """A match of a regular expression as a Match of .NET."""
    from .net_text import Match

    return Match(match)


def hash_code(value: object) -> int:
    """GetHashCode: the same for equal values, of no other meaning."""
    return zlib.crc32(repr(value).encode()) & 0x7FFFFFFF


__all__ = ["ErrorRecord", "construct", "find_property", "get_member", "invoke", "set_member", "syntax"]
