# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of arrays, lists and dictionaries (test endpoint process)."""

from __future__ import annotations

import typing

from . import convert, dates, members, numbers, operators, patterns, sequences, typesystem, values
from .calling import argument_error
from .convert import to_string
from .errors import ConversionError, NetError
from .sequences import as_list
from .typesystem import NetType, members_of
from .values import Hashtable


@members_of("System.Array")
class ArrayMembers:
    length = property(len)
    count = property(len)
    long_length = property(lambda value: numbers.Int64(len(value)))
    rank = property(lambda value: len(getattr(value, "lengths", ())) or 1)

    def clone(self: typing.Any) -> object:
        return values.TypedArray(self.element, self) if isinstance(self, values.TypedArray) else self[:]

    def contains(self: typing.Any, value: object) -> bool:
        return any(operators.equal(item, value, ignore_case=False) for item in self)

    def get_enumerator(self: typing.Any) -> object:
        return iter(list(sequences.enumerate_value(self)))

    def add(self: typing.Any, value: object) -> object:
        """Add, Remove and their like of an array's IList."""
        raise NetError("System.NotSupportedException", "Collection was of a fixed size.")

    remove = remove_at = add

    def insert(self: typing.Any, position: int, value: object) -> object:
        return ArrayMembers.add(self, value)

    def get_value(self: typing.Any, position: int) -> object:
        return self[position]

    def get_length(self: typing.Any, dimension: int) -> int:
        return (getattr(self, "lengths", ()) or (len(self),))[dimension]

    def copy_to(self: typing.Any, target: typing.Any, start: int) -> None:
        target[start : start + len(self)] = self

    @staticmethod
    def index_of(items: object, value: object) -> int:
        return next(
            (position for position, item in enumerate(as_list(items)) if operators.equal(item, value, False)), -1
        )

    @staticmethod
    def reverse(items: typing.Any) -> None:
        items[:] = items[::-1]

    @staticmethod
    def sort(items: typing.Any) -> None:
        items[:] = sorted(items, key=lambda item: item if not isinstance(item, str) else item.lower())

    @staticmethod
    def copy(source: typing.Any, *rest: typing.Any) -> None:
        start, target, offset, count = (0, rest[0], 0, rest[1]) if len(rest) == 2 else rest
        target[offset : offset + count] = source[start : start + count]

    @staticmethod
    def clear(items: typing.Any, start: int = 0, count: object = None) -> None:
        for position in range(start, start + (len(items) if count is None else convert.to_int(count))):
            items[position] = 0 if isinstance(items, bytearray) else None

    @staticmethod
    def resize(items: object, size: int) -> None:
        raise NetError("System.NotSupportedException", "Specified method is not supported.")


def _element(items: values.NetList, value: object) -> object:
    """:raises PSTerminating: it is none of the list's type."""
    if not items.element:
        return value
    try:
        return convert.cast(value, typesystem.find(items.element))
    except ConversionError as error:
        raise argument_error("item", value, "Add", items.element, error) from None


#: System.Collections.HashHelpers' first primes: how many places a set or a dictionary has.
_PRIMES = (3, 7, 11, 17, 23, 29, 37, 47, 59, 71, 89, 107, 131, 163, 197, 239, 293, 353, 431, 521, 631, 761, 919)


def _places(count: int) -> int:
    return next((prime for prime in (0, *_PRIMES) if prime >= count), count)


class ListMembers(ArrayMembers):
    """The lists that grow."""

    capacity = property(len)

    def add(self: values.NetList, value: object) -> object:  # type: ignore[misc]
        value = _element(self, value)
        if "HashSet" in self.type_name:
            if any(operators.equal(item, value, False) for item in self):
                return False
            self.append(value)
            return True
        self.append(value)
        return len(self) - 1 if self.type_name == "System.Collections.ArrayList" else values.NOTHING

    def add_range(self: values.NetList, added: object) -> object:  # type: ignore[misc]
        self.extend(_element(self, item) for item in as_list(added))
        return values.NOTHING

    def insert(self: values.NetList, position: int, value: object) -> object:  # type: ignore[misc]
        self[position:position] = [_element(self, value)]
        return values.NOTHING

    def remove(self: values.NetList, value: object) -> object:  # type: ignore[misc]
        for position, item in enumerate(self):
            if operators.equal(item, value, ignore_case=False):
                del self[position]
                break
        else:
            return False if "Generic" in self.type_name else values.NOTHING
        return True if "Generic" in self.type_name else values.NOTHING

    def remove_at(self: values.NetList, position: int) -> object:  # type: ignore[misc,override]
        if not 0 <= position < len(self):
            message = (
                "Index was out of range. Must be non-negative and less than the size of the collection. "
                "(Parameter 'index')"
            )
            raise NetError("System.ArgumentOutOfRangeException", message, ParamName="index")
        del self[position]
        return values.NOTHING

    def clear(self: values.NetList) -> object:  # type: ignore[misc,override]
        list.clear(self)
        return values.NOTHING

    def to_array(self: values.NetList) -> object:  # type: ignore[misc]
        return values.TypedArray(self.element, self) if self.element else list(self)

    def index_of(self: values.NetList, value: object) -> int:  # type: ignore[misc,override]
        return next((position for position, item in enumerate(self) if operators.equal(item, value, False)), -1)

    def reverse(self: values.NetList) -> object:  # type: ignore[misc,override]
        list.reverse(self)
        return values.NOTHING

    def sort(self: values.NetList) -> object:  # type: ignore[misc,override]
        ArrayMembers.sort(self)
        return values.NOTHING

    def enqueue(self: values.NetList, value: object) -> object:  # type: ignore[misc]
        self.append(value)
        return values.NOTHING

    def dequeue(self: values.NetList) -> object:  # type: ignore[misc]
        return _taken(self, 0, "Queue empty.")

    def push(self: values.NetList, value: object) -> object:  # type: ignore[misc]
        self.insert(0, value)
        return values.NOTHING

    def pop(self: values.NetList) -> object:  # type: ignore[misc]
        return _taken(self, 0, "Stack empty.")

    def peek(self: values.NetList) -> object:  # type: ignore[misc]
        return self[0] if self else _taken(self, 0, "Queue empty." if self.kind == "QUE" else "Stack empty.")


def _taken(items: values.NetList, position: int, message: str) -> object:
    if not items:
        raise NetError("System.InvalidOperationException", message)
    return list.pop(items, position)


class SetMembers(ListMembers):
    """HashSet."""

    net_properties = ("Count", "Capacity", "Comparer", "IsReadOnly")
    capacity = property(lambda items: _places(len(items)))
    comparer = property(lambda items: f"System.Collections.Generic.GenericEqualityComparer`1[{items.element}]")
    is_read_only = property(lambda items: False)

    def union_with(self: values.NetList, added: object) -> object:  # type: ignore[misc]
        for item in as_list(added):
            ListMembers.add(self, item)
        return values.NOTHING

    def except_with(self: values.NetList, removed: object) -> object:  # type: ignore[misc]
        return _keep(self, lambda item: not ArrayMembers.contains(as_list(removed), item))

    def intersect_with(self: values.NetList, kept: object) -> object:  # type: ignore[misc]
        return _keep(self, lambda item: ArrayMembers.contains(as_list(kept), item))

    def is_subset_of(self: values.NetList, other: object) -> bool:  # type: ignore[misc]
        return all(ArrayMembers.contains(as_list(other), item) for item in self)

    def is_superset_of(self: values.NetList, other: object) -> bool:  # type: ignore[misc]
        return all(ArrayMembers.contains(self, item) for item in as_list(other))

    def overlaps(self: values.NetList, other: object) -> bool:  # type: ignore[misc]
        return any(ArrayMembers.contains(self, item) for item in as_list(other))

    def set_equals(self: values.NetList, other: object) -> bool:  # type: ignore[misc]
        return SetMembers.is_subset_of(self, other) and SetMembers.is_superset_of(self, other)


def _keep(items: values.NetList, wanted: typing.Callable[[object], bool]) -> object:
    items[:] = [item for item in items if wanted(item)]
    return values.NOTHING


class _Part(values.NetList):
    """A table's keys or its values, as a collection of their own."""

    def __init__(self, table: Hashtable, what: str, items: typing.Iterable[object]) -> None:
        name = table.type_name.partition("[[")[0]
        generic = "Generic" in name
        if not generic and not table.ordered:
            name = "System.Collections.Hashtable"
        kind = "OrderedDictionaryKeyValueCollection" if table.ordered else f"{what}Collection"
        super().__init__(f"{name}+{kind}", items)
        self.table = table


class PartMembers(ListMembers):
    net_properties = ("IsSynchronized", "SyncRoot", "Count")
    is_synchronized = property(lambda items: False)
    sync_root = property(lambda items: vars(items)["table"])


class TableMembers:
    """The dictionaries."""

    count = property(len)
    keys = property(lambda table: _Part(table, "Key", table.keys()))
    values = property(lambda table: _Part(table, "Value", table.values()))
    is_read_only = property(lambda table: False)

    def add(self: Hashtable, key: object, value: object) -> object:  # type: ignore[misc]
        if key is None:
            message = "Key cannot be null. (Parameter 'key')" if self.value_type is None else None
            raise NetError("System.ArgumentNullException", message or "Value cannot be null. (Parameter 'key')")
        if key in self:
            text = to_string(key)
            message = f"Item has already been added. Key in dictionary: '{text}'  Key being added: '{text}'"
            if self.value_type:
                message = f"An item with the same key has already been added. Key: {text}"
            raise NetError("System.ArgumentException", message, ParamName=None)
        self[key] = convert.cast(value, typesystem.find(self.value_type)) if self.value_type else value
        return values.NOTHING

    def remove(self: Hashtable, key: object) -> object:  # type: ignore[misc]
        found = self.pop(key, values.NOTHING) is not values.NOTHING
        return found if self.value_type else values.NOTHING

    def contains_key(self: Hashtable, key: object) -> bool:  # type: ignore[misc]
        return key in self

    contains = contains_key

    def contains_value(self: Hashtable, value: object) -> bool:  # type: ignore[misc]
        return any(operators.equal(item, value, False) for item in self.values())

    def clear(self: Hashtable) -> object:  # type: ignore[misc]
        for key in list(self):
            del self[key]
        return values.NOTHING

    def clone(self: Hashtable) -> object:  # type: ignore[misc]
        return Hashtable(self.items(), self.type_name, self.ignore_case)

    def get_enumerator(self: Hashtable) -> object:  # type: ignore[misc]
        return iter([values.DictionaryEntry(key, value) for key, value in self.items()])

    def get_item(self: Hashtable, key: object) -> object:  # type: ignore[misc]
        return self.get(key)

    item = get_item

    def set_item(self: Hashtable, key: object, value: object) -> object:  # type: ignore[misc]
        self[key] = value
        return values.NOTHING

    def try_get_value(self: Hashtable, key: object, reference: object) -> bool:  # type: ignore[misc]
        from .commands.state import store_reference

        store_reference(reference, self.get(key))
        return key in self

    def insert(self: Hashtable, position: int, key: object, value: object) -> object:  # type: ignore[misc]
        pairs = list(self.items())
        pairs.insert(position, (key, value))
        TableMembers.clear(self)
        self.update(pairs)
        return values.NOTHING


for _collection in (
    "ArrayList",
    "Queue",
    "Stack",
    "Generic.List`1",
    "Generic.Queue`1",
    "Generic.Stack`1",
    "ObjectModel.Collection`1",
    "ObjectModel.ReadOnlyCollection`1",
):
    members_of(f"System.Collections.{_collection}")(ListMembers)
members_of("System.Collections.Generic.HashSet`1")(SetMembers)
for _table in (
    "Hashtable",
    "Generic.Dictionary`2",
    "Generic.SortedDictionary`2",
    "Specialized.OrderedDictionary",
):
    for _what in ("Key", "Value", "OrderedDictionaryKeyValue"):
        typesystem.register(NetType(f"System.Collections.{_table}+{_what}Collection", members=PartMembers))
for _collection in (
    "Hashtable", "Specialized.OrderedDictionary", "Generic.Dictionary`2", "Generic.SortedDictionary`2", "SortedList",
    "Generic.SortedList`2", "Concurrent.ConcurrentDictionary`2",
):  # fmt: skip
    members_of(f"System.Collections.{_collection}")(TableMembers)
typesystem.register(NetType("System.Management.Automation.PSBoundParametersDictionary", members=TableMembers))
_HASHTABLE = ("System.Collections.Hashtable", "System.Object")
typesystem.register(NetType("System.Management.Automation.PSVersionHashTable", _HASHTABLE, TableMembers))
_AUTOMATION_LIBRARY = "System.Management.Automation, Version=7.6.5.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35"
_ATTRIBUTES = f"System.Collections.ObjectModel.Collection`1[[System.Attribute, {values.CORE_LIBRARY}]]"
typesystem.register(
    NetType("System.Management.Automation.PSVariableAttributeCollection", (_ATTRIBUTES, "System.Object"), ListMembers)
)
#: What methods and commands of PowerShell return several objects in.
OBJECT_COLLECTION = (
    f"System.Collections.ObjectModel.Collection`1[[System.Management.Automation.PSObject, {_AUTOMATION_LIBRARY}]]"
)
typesystem.register(NetType(OBJECT_COLLECTION, members=ListMembers))


class PropertyTableMembers(ListMembers):
    """``$object.PSObject.Properties``"""

    def add(self: values.NetList, member: object, *options: object) -> object:  # type: ignore[misc]
        target = vars(self)["target"]
        if to_string(members.get_member(member, "Name")).lower() in target.members:
            name = to_string(members.get_member(member, "Name"))
            message = f'Cannot add a member with the name "{name}" because a member with that name already exists.'
            raise NetError("System.Management.Automation.ExtendedTypeSystemException", message)
        target.set(to_string(members.get_member(member, "Name")), members.get_member(member, "Value"))
        return values.NOTHING

    def remove(self: values.NetList, name: object) -> object:  # type: ignore[misc]
        vars(self)["target"].members.pop(to_string(name).lower(), None)
        return values.NOTHING

    def match(self: values.NetList, pattern: str) -> object:  # type: ignore[misc]
        wanted = patterns.wildcard(pattern)
        found = [item for item in self if wanted.match(to_string(members.get_member(item, "Name")))]
        return values.NetList("System.Collections.ObjectModel.Collection`1", found)


typesystem.register(
    NetType("System.Management.Automation.PSMemberInfoIntegratingCollection`1", members=PropertyTableMembers)
)


@typesystem.net_class
class PSNoteProperty(typesystem.NetObject):
    """A property that a script makes by itself, to add it to an object."""

    net_name = "System.Management.Automation.PSNoteProperty"
    net_properties = ("MemberType", "Value", "IsSettable", "IsGettable", "TypeNameOfValue", "Name", "IsInstance")

    def __init__(self, name: str, value: object) -> None:
        self._name, self._value = name, value

    name = property(lambda self: self._name)
    value = property(lambda self: self._value)
    member_type = property(lambda self: "NoteProperty")
    is_settable = is_gettable = is_instance = property(lambda self: True)
    type_name_of_value = property(lambda self: typesystem.type_of(self._value).full_name)


class EntryMembers:
    net_properties = ("Key", "Value")
    net_extended: typing.ClassVar[tuple[str, ...]] = ("Name",)
    key = property(lambda entry: entry.__dict__["key"])
    value = property(lambda entry: entry.__dict__["value"])
    name = property(lambda entry: entry.__dict__["key"])


class PairMembers(EntryMembers):
    net_extended = ()


members_of("System.Collections.DictionaryEntry")(EntryMembers)


_STRINGS: str = typing.cast(NetType, typesystem.lookup("System.Collections.Generic.List`1[System.String]")).full_name


class RecordMembers:
    """Records of the streams that are no errors."""

    message = property(lambda record: record.__dict__["message"])
    message_data = property(lambda record: record.__dict__["message"])
    tags = property(lambda record: values.NetList(_STRINGS, record.__dict__["tags"]))
    source = property(lambda record: record.__dict__["source"])


class InformationMembers(RecordMembers):
    net_properties = (
        "MessageData", "Source", "TimeGenerated", "Tags", "User", "Computer", "ProcessId", "NativeThreadId",
        "ManagedThreadId",
    )  # fmt: skip
    time_generated = property(lambda record: vars(record).setdefault("time", dates.now()))
    user = property(lambda record: record.__dict__["user"])
    computer = property(lambda record: record.__dict__["computer"])
    process_id = property(lambda record: numbers.UInt32(record.__dict__["process_id"]))
    native_thread_id = managed_thread_id = property(lambda record: numbers.UInt32(1))


class HostMessageMembers(RecordMembers):
    net_properties = ("Message", "NoNewLine", "ForegroundColor", "BackgroundColor")
    no_new_line = property(lambda message: message.__dict__["no_new_line"])
    foreground_color = property(lambda message: message.foreground)
    background_color = property(lambda message: message.background)


for _record, _members in (
    ("WarningRecord", RecordMembers), ("VerboseRecord", RecordMembers), ("DebugRecord", RecordMembers),
    ("InformationRecord", InformationMembers), ("HostInformationMessage", HostMessageMembers),
):  # fmt: skip
    typesystem.register(NetType(f"System.Management.Automation.{_record}", members=_members))
members_of("System.Collections.Generic.KeyValuePair`2")(PairMembers)
