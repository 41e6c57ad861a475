# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the language and .NET make of a value as text (test endpoint process)."""

from __future__ import annotations

import collections.abc
import decimal
import uuid

from . import dates, numbers, typesystem, values
from .errors import ErrorRecord, ExceptionObject
from .records import HostMessage, InformationalRecord, InformationRecord
from .typesystem import NetObject, NetType

_SHORT_NAMES = {
    "System.String": "string", "System.Int32": "int", "System.Int64": "long", "System.Boolean": "bool",
    "System.Object": "System.Object", "System.Double": "double", "System.Char": "char", "System.Byte": "byte",
    "System.Collections.Hashtable": "hashtable", "System.DateTime": "datetime", "System.Guid": "guid",
    "System.Decimal": "decimal", "System.Single": "float", "System.SByte": "sbyte", "System.Int16": "short",
    "System.UInt16": "ushort", "System.UInt32": "uint", "System.UInt64": "ulong", "System.TimeSpan": "timespan",
    "System.Version": "version", "System.Uri": "uri", "System.Xml.XmlDocument": "xml", "System.Void": "void",
    "System.Text.RegularExpressions.Regex": "regex", "System.Net.IPAddress": "ipaddress",
    "System.Numerics.BigInteger": "bigint", "System.Management.Automation.ScriptBlock": "scriptblock",
    "System.Management.Automation.SwitchParameter": "switch", "System.Globalization.CultureInfo": "cultureinfo",
    "System.Management.Automation.PSCredential": "pscredential", "System.Security.SecureString": "securestring",
}  # fmt: skip


def to_string(value: object, separator: str = " ") -> str:
    """The text that the language makes of a value; arrays are joined."""
    if isinstance(value, str):
        return str(value)
    if value is None or value is values.NOTHING:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (list, bytearray, collections.abc.Iterator)):
        # An iterator is $input, which reads as what is left of it.
        return separator.join(to_string(item, separator) for item in value)
    if isinstance(value, NetType):
        return _type_string(value)
    return dotnet_string(value)


def _type_string(net_type: NetType) -> str:
    """``int``, ``System.Collections.Generic.List[int]``"""
    if net_type.element:
        return f"{_type_string(net_type.element)}[{',' * (net_type.rank - 1)}]"
    if net_type.arguments:
        return f"{net_type.full_name.partition('`')[0]}[{','.join(map(_type_string, net_type.arguments))}]"
    return _SHORT_NAMES.get(net_type.full_name, net_type.full_name)


def dotnet_string(value: object) -> str:
    """What ToString() gives."""
    if isinstance(value, float):
        return numbers.double_text(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, values.DateTime):
        return dates.format_date(value)
    if isinstance(value, values.TimeSpan):
        return dates.span_text(value)
    if isinstance(value, (values.Uri, values.ScriptBlock)):
        return value.text
    if isinstance(value, values.XmlDocument):
        return "System.Xml.XmlDocument"
    if isinstance(value, values.SwitchParameter):
        return str(value.present)
    if isinstance(value, values.DictionaryEntry):
        return (
            typesystem.type_of(value).full_name
            if value.type_name.endswith("Entry")
            else f"[{to_string(value.key)}, {to_string(value.value)}]"
        )
    if isinstance(value, values.PSObject):
        return _object_string(value)
    if isinstance(value, values.ObjectValue):
        return value.text if value.text is not None else value.type_names[0]
    if isinstance(value, NetType):
        return typesystem.runtime_text(value)
    if isinstance(value, InformationRecord):
        return to_string(value.message)
    if isinstance(value, (InformationalRecord, HostMessage)):
        return str(value)
    if isinstance(
        value, (bool, int, str, uuid.UUID, values.Version, values.EnumValue, ErrorRecord, ExceptionObject, NetObject)
    ):
        return str(value)
    return typesystem.runtime_text(typesystem.type_of(value))


def _object_string(value: values.PSObject) -> str:
    definition = getattr(value, "definition", None)
    if definition is not None:
        return (
            to_string(definition.call(value, "ToString", []))
            if definition.has_method("ToString")
            else value.type_names[0]
        )
    method = value.members.get("tostring")
    if isinstance(method, values.ScriptMethod):
        from .session import current

        return to_string(current().call_block(method.body, this=value))
    if not value.custom:
        return to_string(value.base)
    pairs = (
        f"{member.name}={to_string(member.value)}"
        for member in value.members.values()
        if isinstance(member, values.NoteProperty)
    )
    return f"@{{{'; '.join(pairs)}}}"
