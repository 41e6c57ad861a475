# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which types there are, what they are called, and which a value has (test endpoint process)."""

from __future__ import annotations

import dataclasses
import decimal
import typing
import uuid

from . import numbers, values
from .errors import Category, ErrorRecord, ExceptionObject, exception_bases, exception_types, runtime_error

_VALUE_TYPE = ("System.ValueType", "System.Object")


class NetObject:
    """A class of .NET written in Python.

    A public attribute is a member of the same name without underscores: ``copy_to`` is ``CopyTo``.  A method that
    is static there is static here; a property is a property.
    """

    net_name = "System.Object"
    net_bases: tuple[str, ...] = ("System.Object",)
    #: The properties that are serialized, with the right case, and those that PowerShell's type data adds.
    net_properties: tuple[str, ...] = ()
    net_extended: tuple[str, ...] = ()
    #: PowerShell's type data may say how deep objects of a type are serialized, wherever they stand.
    net_depth: int | None = None

    def __str__(self) -> str:
        return self.net_name


@dataclasses.dataclass(eq=False)
class NetType:
    """A type; types are equal when they are the same object."""

    full_name: str
    #: From the next base to System.Object.
    bases: tuple[str, ...] = ("System.Object",)
    #: Python functions of its members; called with the value first.
    members: type | None = None
    enum: values.EnumType | None = None
    #: An array's element.
    element: NetType | None = None
    arguments: tuple[NetType, ...] = ()
    #: A class that a script defined.
    definition: typing.Any = None
    rank: int = 1

    @property
    def name(self) -> str:
        return self.full_name.partition("[[")[0].rpartition(".")[2]

    @property
    def type_names(self) -> list[str]:
        return [self.full_name, *self.bases]

    @property
    def qualified_name(self) -> str:
        return f"{self.full_name}, {values.CORE_LIBRARY}"


_ACCELERATORS = {
    "array": "System.Array", "bigint": "System.Numerics.BigInteger", "bool": "System.Boolean", "byte": "System.Byte",
    "char": "System.Char", "cultureinfo": "System.Globalization.CultureInfo", "datetime": "System.DateTime",
    "decimal": "System.Decimal", "double": "System.Double", "float": "System.Single", "guid": "System.Guid",
    "ipaddress": "System.Net.IPAddress", "mailaddress": "System.Net.Mail.MailAddress",
    "semver": "System.Management.Automation.SemanticVersion",
    "hashtable": "System.Collections.Hashtable", "int": "System.Int32", "int16": "System.Int16",
    "int32": "System.Int32", "int64": "System.Int64", "intptr": "System.IntPtr", "long": "System.Int64",
    "nullstring": "System.Management.Automation.Language.NullString",
    "object": "System.Object", "pscredential": "System.Management.Automation.PSCredential",
    "pscustomobject": "System.Management.Automation.PSObject", "psobject": "System.Management.Automation.PSObject",
    "ref": "System.Management.Automation.PSReference", "regex": "System.Text.RegularExpressions.Regex",
    "sbyte": "System.SByte",
    "runspace": "System.Management.Automation.Runspaces.Runspace",
    "scriptblock": "System.Management.Automation.ScriptBlock", "securestring": "System.Security.SecureString",
    "short": "System.Int16", "single": "System.Single", "string": "System.String",
    "switch": "System.Management.Automation.SwitchParameter", "timespan": "System.TimeSpan", "type": "System.Type",
    "uint": "System.UInt32", "uint16": "System.UInt16", "uint32": "System.UInt32", "uint64": "System.UInt64",
    "ulong": "System.UInt64", "uri": "System.Uri", "ushort": "System.UInt16", "version": "System.Version",
    "void": "System.Void", "xml": "System.Xml.XmlDocument",
    "ordered": "System.Collections.Specialized.OrderedDictionary",
}  # fmt: skip
_PYTHON_TYPES: dict[type, str] = {
    str: "System.String", values.Char: "System.Char", bool: "System.Boolean", int: "System.Int32",
    numbers.SByte: "System.SByte", numbers.Byte: "System.Byte", numbers.Int16: "System.Int16",
    numbers.UInt16: "System.UInt16", numbers.UInt32: "System.UInt32", numbers.Int64: "System.Int64",
    numbers.UInt64: "System.UInt64", numbers.BigInteger: "System.Numerics.BigInteger", float: "System.Double",
    numbers.Single: "System.Single", decimal.Decimal: "System.Decimal", uuid.UUID: "System.Guid",
    values.DateTime: "System.DateTime", values.TimeSpan: "System.TimeSpan", values.Version: "System.Version",
    values.Uri: "System.Uri", values.XmlDocument: "System.Xml.XmlDocument", list: "System.Object[]",
    bytearray: "System.Byte[]", values.SwitchParameter: "System.Management.Automation.SwitchParameter",
    values.ScriptBlock: "System.Management.Automation.ScriptBlock",
    ErrorRecord: "System.Management.Automation.ErrorRecord", NetType: "System.RuntimeType",
}  # fmt: skip
#: The .NET number types, for conversions.
PYTHON_OF: dict[str, type] = {name: python for python, name in _PYTHON_TYPES.items()}
_REFERENCE_TYPES = {
    "System.String", "System.Version", "System.Uri", "System.Management.Automation.ScriptBlock",
    "System.Management.Automation.ErrorRecord",
}  # fmt: skip
_types: dict[str, NetType] = {}
_BAG_NAMES = ["System.Management.Automation.PSCustomObject", "System.Object"]


def accelerator(net_type: NetType) -> str:
    """The short name of a type, where it has one."""
    matching = (short for short, full in _ACCELERATORS.items() if full == net_type.full_name)
    return next(matching, net_type.name)


def runtime_text(net_type: NetType) -> str:
    """A type as .NET writes it: ``System.Collections.Generic.List`1[System.Int32]``."""
    if net_type.element:
        return f"{runtime_text(net_type.element)}[{',' * (net_type.rank - 1)}]"
    if net_type.arguments:
        return f"{net_type.full_name.partition('[[')[0]}[{','.join(map(runtime_text, net_type.arguments))}]"
    return net_type.full_name


def register(net_type: NetType) -> NetType:
    _types[net_type.full_name.lower()] = net_type
    return net_type


def net_class(cls: type[NetObject]) -> type[NetObject]:
    """Makes a class known under its `net_name`."""
    register(NetType(cls.net_name, cls.net_bases, cls))
    return cls


def members_of(full_name: str) -> typing.Callable[[type], type]:
    """Makes a Python class the members of a type that another Python class stands for."""

    def decorate(cls: type) -> type:
        find(full_name).members = cls
        return cls

    return decorate


def _register_known() -> None:
    for full_name in _PYTHON_TYPES.values():
        if full_name.endswith("[]"):
            continue
        bases = ("System.Object",) if full_name in _REFERENCE_TYPES else _VALUE_TYPE
        register(NetType(full_name, bases))
    register(NetType("System.Object", ()))
    register(NetType("System.ValueType"))
    register(NetType("System.Array"))
    register(NetType("System.Void", _VALUE_TYPE))
    register(NetType("System.Enum", _VALUE_TYPE))
    register(NetType("System.Management.Automation.PSObject"))
    register(NetType("System.Management.Automation.PSCustomObject"))
    register(NetType("System.Management.Automation.PSReference"))
    find("System.Xml.XmlDocument").bases = ("System.Xml.XmlNode", "System.Object")
    find("System.RuntimeType").bases = (
        "System.Reflection.TypeInfo", "System.Type", "System.Reflection.MemberInfo", "System.Object",
    )  # fmt: skip
    register(NetType("System.Type", ("System.Reflection.MemberInfo", "System.Object")))
    for name in exception_types():
        register(NetType(name, tuple(exception_bases(name)[1:])))
    for name in ("System.Collections.Hashtable", "System.Collections.Specialized.OrderedDictionary",
                 "System.Collections.ArrayList", "System.Collections.Queue", "System.Collections.Stack",
                 "System.Collections.IDictionary", "System.Collections.IEnumerable", "System.Collections.IList",
                 "System.Xml.XmlNode"):  # fmt: skip
        register(NetType(name))
    register(NetType("System.Collections.DictionaryEntry", _VALUE_TYPE))
    for name in ("SortedList", "Generic.SortedList`2", "Concurrent.ConcurrentDictionary`2", "Generic.HashSet`1",
                 "ObjectModel.ReadOnlyCollection`1", "Generic.List`1", "Generic.Queue`1", "Generic.Stack`1",
                 "Generic.Dictionary`2", "Generic.SortedDictionary`2", "ObjectModel.Collection`1"):  # fmt: skip
        register(NetType(f"System.Collections.{name}"))
    hashtable = ("System.Collections.Hashtable", "System.Object")
    register(NetType("System.Management.Automation.PSPrimitiveDictionary", hashtable))
    register(NetType("System.Management.Automation.OrderedHashtable", hashtable))
    register(NetType("System.Collections.Generic.KeyValuePair`2", _VALUE_TYPE))
    register(NetType("System.Nullable`1", _VALUE_TYPE))


def register_enum(enum_type: values.EnumType) -> values.EnumType:
    register(NetType(enum_type.name, ("System.Enum", *_VALUE_TYPE), enum=enum_type))
    return enum_type


def lookup(name: str) -> NetType | None:
    """The type of that name (accelerators, ``System.`` left out, arrays and generics too), or None."""
    known = _types.get(name.lower())
    if known:
        return known
    if name.endswith("]"):
        begin = _matching_bracket(name)
        inner = name[begin + 1 : -1]
        if not inner.strip(","):
            element = lookup(name[:begin])
            return array_of(element, inner.count(",") + 1) if element else None
        return _generic(name[:begin], inner)
    key = _ACCELERATORS.get(name.lower(), name).lower()
    return _types.get(key) or _types.get(f"system.{key}") or _types.get(f"system.management.automation.{key}")


def _matching_bracket(name: str) -> int:
    depth = 0
    for position in range(len(name) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(name[position], 0)
        if depth == 0:
            return position
    return 0


def _generic(name: str, inner: str) -> NetType | None:
    parts, depth = [""], 0
    for character in inner:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    definition = lookup(f"{name.partition('`')[0]}`{len(parts)}")
    arguments = [lookup(part.strip("[]") if part.startswith("[") else part) for part in parts]
    found = tuple(argument for argument in arguments if argument)
    if definition is None or len(found) != len(parts):
        return None
    full_name = f"{definition.full_name}[{','.join(f'[{argument.qualified_name}]' for argument in found)}]"
    known = _types.get(full_name.lower())
    return known or register(NetType(full_name, definition.bases, definition.members, arguments=found))


def known_generic(name: str, members_of: str) -> str:
    """The name of a type whose arguments nobody writes in a script, made known with another type's members."""
    if name.lower() not in _types:
        register(NetType(name, members=lookup_members(members_of)))
    return name


def find(name: str) -> NetType:
    """The type of that name.

    :raises PSTerminating: there is none.
    """
    found = lookup(name)
    if found is None:
        error = runtime_error(f"Unable to find type [{name}].", "TypeNotFound", target=name)
        error.error_record.target_type = "TypeName"
        raise error
    return found


def array_of(element: NetType, rank: int = 1) -> NetType:
    full_name = f"{element.full_name}[{',' * (rank - 1)}]"
    known = _types.get(full_name.lower())
    return known or register(
        NetType(full_name, ("System.Array", "System.Object"), lookup_members("System.Array"), None, element, rank=rank)
    )


def lookup_members(full_name: str) -> type | None:
    found = _types.get(full_name.lower())
    return found.members if found else None


def type_of(value: object) -> NetType:
    """The type of a value that is not null."""
    python = type(value)
    if python in _PYTHON_TYPES:
        return find(_PYTHON_TYPES[python])
    if isinstance(value, NetObject):
        return _types[value.net_name.lower()]
    if isinstance(value, values.EnumValue):
        return _types.get(value.type.name.lower()) or NetType(
            value.type.name, ("System.Enum", *_VALUE_TYPE), enum=value.type
        )
    if isinstance(value, values.TypedArray):
        return array_of(find(value.element), len(value.lengths) or 1)
    if isinstance(value, (values.NetList, values.Hashtable, values.DictionaryEntry)):
        return find(value.type_name)
    if isinstance(value, values.PSObject):
        if value.exact_type:
            return typing.cast(NetType, value.net_type)
        return type_of(value.base) if value.base is not None else find("System.Management.Automation.PSCustomObject")
    if isinstance(value, ExceptionObject):
        if definition := getattr(value, "definition", None):
            return typing.cast(NetType, definition.net_type)
        return _types.get(value.type_names[0].lower()) or NetType(value.type_names[0], tuple(value.type_names[1:]))
    if isinstance(value, values.ObjectValue):
        return _types.get(value.type_names[0].lower()) or NetType(value.type_names[0], tuple(value.type_names[1:]))
    return _types.get(str(getattr(value, "net_name", "")).lower()) or find("System.Object")


def type_names(value: object) -> list[str]:
    """The names in ``$value.PSObject.TypeNames``."""
    if isinstance(value, values.PSObject):
        if value.all_names is not None:
            return typing.cast("list[str]", list(value.all_names))
        if value.exact_type:
            return value.type_names
        if value.base is None and not value.type_names:
            return _BAG_NAMES
        base = type_names(value.base) if value.base is not None else _BAG_NAMES
        return [*value.type_names, *(name for name in base if name not in value.type_names)]
    return type_of(value).type_names


def is_a(value: object, net_type: NetType) -> bool:
    """The -is operator; interfaces are known as far as scripts ask for them."""
    value = values.unwrap(value)
    if value is None:
        return False
    own = type_of(value)
    name = net_type.full_name
    if name in ("System.Management.Automation.PSObject", "System.Management.Automation.PSCustomObject"):
        return isinstance(value, values.PSObject)
    if name == "System.Collections.IDictionary":
        return isinstance(value, values.Hashtable)
    if name == "System.Collections.IList":
        return isinstance(value, (list, bytearray))
    if name == "System.Collections.IEnumerable":
        return isinstance(value, (list, bytearray, values.Hashtable, str)) and not isinstance(value, values.Char)
    return own is net_type or any(base.lower() == name.lower() for base in own.type_names)


_register_known()
register_enum(
    values.EnumType("System.Management.Automation.ErrorCategory", {item.name: item.value for item in Category})
)
