# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Constructors of .NET types (test endpoint process)."""

from __future__ import annotations

import math
import typing

from . import convert, values
from .calling import converted, table_of
from .errors import ExceptionObject, default_message
from .typesystem import NetObject, NetType
from .values import unwrap


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
    if name == "System.Collections.DictionaryEntry":
        return values.DictionaryEntry(arguments[0], arguments[1])
    if name.startswith("System.Collections."):
        return _construct_collection(net_type, arguments)
    if name == "System.Management.Automation.PSObject":
        return values.PSObject()
    if name == "System.Object" and not arguments:
        return values.ObjectValue([name], {}, name)
    members = net_type.members
    if members is None:
        raise LookupError(name)
    creator = table_of(members).get("new")
    try:
        if isinstance(creator, staticmethod):
            return creator.__func__(*converted(creator.__func__, arguments, 0))
        if issubclass(members, NetObject):
            return members(*converted(members.__init__, arguments, 1))
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
            message = texts[-1] if len(texts) > 1 else default_message(net_type.full_name)
        if parameter:
            message = f"{message} (Parameter '{parameter}')"
        properties = {"ParamName": parameter}
        if net_type.name == "ArgumentOutOfRangeException":
            actual = arguments[1] if len(arguments) > 2 else None
            properties = {"ActualValue": actual, **properties}
            message = message if actual is None else f"{message}\nActual value was {texts[1]}."
    if net_type.name == "FileNotFoundException":
        properties = {"FileName": texts[1] if len(texts) > 1 else None, "FusionLog": None}
    exception = ExceptionObject("System.Exception", message, inner, **properties)
    exception.type_names = net_type.type_names
    if message is None:
        exception.message = default_message(net_type.full_name)
    return exception


def _construct_array(net_type: NetType, arguments: typing.Sequence[object]) -> object:
    element = typing.cast(NetType, net_type.element)
    lengths = [convert.to_int(argument) for argument in arguments]
    count = math.prod(lengths)
    if element.full_name == "System.Byte":
        return bytearray(count)
    empty: object = None
    if "System.ValueType" in element.bases:
        empty = convert.cast(0, element) if element.full_name != "System.Boolean" else False
    items = [empty] * count
    if net_type.full_name == "System.Object[]":
        return items
    return values.TypedArray(element.full_name, items, lengths if net_type.rank > 1 else ())


def _construct_collection(net_type: NetType, arguments: typing.Sequence[object]) -> object:
    name = net_type.full_name
    first = unwrap(arguments[0]) if arguments else None
    if any(part in name.partition("[[")[0] for part in ("Hashtable", "Dictionary", "SortedList")):
        # Those of .NET ignore case where their comparer does; PowerShell gives @{} and [ordered]@{} such a one.
        ignore_case = "IgnoreCase" in convert.to_string(arguments[-1] if arguments else "")
        pairs = first.items() if isinstance(first, values.Hashtable) else ()
        table = values.Hashtable(pairs, name, ignore_case)
        if net_type.arguments:
            table.value_type = net_type.arguments[1].full_name
        return table
    if name.startswith("System.Collections.Generic.KeyValuePair"):
        return values.DictionaryEntry(arguments[0], arguments[1], name)
    items = first if isinstance(first, (list, bytearray)) else []
    made = values.NetList(name, reversed(items) if "Stack" in name else items)
    if net_type.arguments:
        made.element = net_type.arguments[0].full_name
        made[:] = [convert.cast(item, net_type.arguments[0]) for item in made]
    return made
