# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that scripts work with, where Python has none of that kind (test endpoint process).

str, bool, int (Int32), float (Double), Decimal, UUID (Guid), list (Object[]) and bytearray (Byte[]) stand for
themselves; numbers.py has the other numbers.
"""

from __future__ import annotations

import dataclasses
import functools
import typing

from . import syntax

if typing.TYPE_CHECKING:
    from .scopes import Scope

TICKS_PER_SECOND = 10_000_000
TICKS_PER_DAY = 86_400 * TICKS_PER_SECOND
CORE_LIBRARY = "System.Private.CoreLib, Version=10.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e"
AUTOMATION_LIBRARY = "System.Management.Automation, Version=7.6.5.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35"


class Nothing:
    """AutomationNull: what a command that writes nothing gives; null anywhere but in a pipeline."""


NOTHING = Nothing()


class Char(str):
    """System.Char: a string of one UTF-16 unit."""


@functools.total_ordering
@dataclasses.dataclass(frozen=True)
class TimeSpan:
    """System.TimeSpan, in ticks of 100 ns."""

    ticks: int

    def __lt__(self, other: TimeSpan) -> bool:
        return self.ticks < other.ticks


@functools.total_ordering
@dataclasses.dataclass(frozen=True)
class DateTime:
    """System.DateTime: ticks since year 1, and its kind (0 unspecified, 1 UTC, 2 local)."""

    ticks: int
    kind: int = dataclasses.field(default=0, compare=False)

    def __lt__(self, other: DateTime) -> bool:
        return self.ticks < other.ticks


@functools.total_ordering
@dataclasses.dataclass(frozen=True)
class Version:
    """System.Version"""

    parts: tuple[int, ...]

    def __lt__(self, other: Version) -> bool:
        return (*self.parts, -1, -1)[:4] < (*other.parts, -1, -1)[:4]

    def __str__(self) -> str:
        return ".".join(map(str, self.parts))


@dataclasses.dataclass(frozen=True)
class Uri:
    """System.Uri"""

    text: str


@dataclasses.dataclass(frozen=True)
class XmlDocument:
    """System.Xml.XmlDocument, as its text."""

    text: str


@dataclasses.dataclass(frozen=True)
class SwitchParameter:
    """System.Management.Automation.SwitchParameter"""

    present: bool

    def __bool__(self) -> bool:
        return self.present


@dataclasses.dataclass(eq=False)
class EnumType:
    """An enumeration: names and numbers."""

    name: str
    members: dict[str, int]
    flags: bool = False

    def __call__(self, value: int) -> EnumValue:
        return EnumValue(self, value)

    def find(self, name: str) -> EnumValue | None:
        """The member of that name, or the members that a list separated by commas names."""
        total = 0
        for part in name.split(","):
            found = [value for member, value in self.members.items() if member.lower() == part.strip().lower()]
            if not found:
                return None
            total |= found[0]
        return EnumValue(self, total)


@dataclasses.dataclass(frozen=True)
class EnumValue:
    """One value of an enumeration, named or not."""

    type: EnumType
    value: int

    def __int__(self) -> int:
        return self.value

    def __str__(self) -> str:
        for name, value in self.type.members.items():
            if value == self.value:
                return name
        if self.type.flags:
            names = [name for name, value in self.type.members.items() if value and value & self.value == value]
            if names and self.value == functools.reduce(int.__or__, (self.type.members[name] for name in names)):
                return ", ".join(names)
        return str(self.value)


class TypedArray(list[object]):
    """An array of anything but Object or Byte."""

    def __init__(self, element: str, items: typing.Iterable[object] = (), lengths: typing.Sequence[int] = ()) -> None:
        super().__init__(items)
        #: The element's full type name.
        self.element = element
        #: Of an array of several dimensions, whose items stand row by row.
        self.lengths = tuple(lengths)

    def position(self, indexes: typing.Sequence[int]) -> int:
        """Where the item of such indexes stands."""
        pairs = zip(self.lengths, indexes, strict=False)
        return functools.reduce(lambda place, pair: place * pair[0] + pair[1], pairs, 0)


_KINDS = {
    "Stack": "STK", "Queue": "QUE", "HashSet": "IE", "SortedSet": "IE", "LinkedList": "IE", "DataTable": "IE",
    "DataColumnCollection": "IE", "DataRowCollection": "IE", "ConstraintCollection": "IE",
    "DataRelationCollection+DataTableRelationCollection": "IE",
}  # fmt: skip


class NetList(list[object]):
    """A list that grows: ArrayList, List`1, Queue, Stack, HashSet."""

    def __init__(self, type_name: str = "System.Collections.ArrayList", items: typing.Iterable[object] = ()) -> None:
        super().__init__(items)
        self.type_name = type_name
        #: The element's type of a generic list; what is added is converted to it.
        self.element: str | None = None

    @property
    def kind(self) -> str:
        """What the type is for serialization: the name of CLIXML's element."""
        name = self.type_name.rpartition(".")[2] if "+" in self.type_name else self.type_name.partition("`")[0]
        name = name.rpartition(".")[2]
        return _KINDS.get(name, "LST") if "+" not in name else "IE"


def key_of(key: object, ignore_case: bool = True) -> object:
    """What two equal keys of a table have in common."""
    if isinstance(key, str):
        return ("", key.lower() if ignore_case else key)
    return (type(key), key) if not isinstance(key, (list, dict, PSObject)) else (id(key),)


class Hashtable(typing.MutableMapping[object, object]):
    """Hashtable and the other dictionaries; keys keep their order and, unless told otherwise, ignore case."""

    def __init__(
        self,
        pairs: typing.Iterable[tuple[object, object]] = (),
        type_name: str = "System.Collections.Hashtable",
        ignore_case: bool = True,
    ) -> None:
        self.type_name = type_name
        self.ignore_case = ignore_case
        #: The type of a generic dictionary's values.
        self.value_type: str | None = None
        self._items: dict[object, tuple[object, object]] = {}
        for key, value in pairs:
            self[key] = value

    @property
    def ordered(self) -> bool:
        return self.type_name == "System.Collections.Specialized.OrderedDictionary"

    def __getitem__(self, key: object) -> object:
        return self._items[key_of(key, self.ignore_case)][1]

    def __setitem__(self, key: object, value: object) -> None:
        folded = key_of(key, self.ignore_case)
        old = self._items.get(folded)
        self._items[folded] = (old[0] if old else key, value)

    def __delitem__(self, key: object) -> None:
        del self._items[key_of(key, self.ignore_case)]

    def __contains__(self, key: object) -> bool:
        return key_of(key, self.ignore_case) in self._items

    def __iter__(self) -> typing.Iterator[object]:
        keys = [key for key, _ in self._items.values()]
        if "Sorted" in self.type_name:
            keys.sort(key=str)
        return iter(keys)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def at(self, position: int) -> object:
        """An ordered dictionary's value by its position."""
        return list(self._items.values())[position][1]


@dataclasses.dataclass
class DictionaryEntry:
    """A key with its value, as enumerating a table gives them."""

    key: object
    value: object
    type_name: str = "System.Collections.DictionaryEntry"


@dataclasses.dataclass
class NoteProperty:
    name: str
    value: object


@dataclasses.dataclass
class ScriptProperty:
    name: str
    getter: ScriptBlock
    setter: ScriptBlock | None = None


@dataclasses.dataclass
class ScriptMethod:
    name: str
    body: ScriptBlock


@dataclasses.dataclass
class AliasProperty:
    name: str
    target: str


PSMember: typing.TypeAlias = "NoteProperty | ScriptProperty | ScriptMethod | AliasProperty"


class PSObject:
    """A PSCustomObject (no base), or any other value with members or type names added to it."""

    def __init__(
        self,
        pairs: typing.Iterable[tuple[str, object]] = (),
        base: object = None,
        type_names: typing.Sequence[str] = (),
    ) -> None:
        self.base = base
        #: Names in front of those that the base has; all of them once a script has asked for the list to change it.
        self.type_names: list[str] = list(type_names)
        self.all_names: NetList | None = None
        #: The type of an object of a script's class; its type names are these and no more.
        self.net_type: typing.Any = None
        self.members: dict[str, PSMember] = {}
        for name, value in pairs:
            self.set(name, value)

    @property
    def custom(self) -> bool:
        return self.base is None

    @property
    def exact_type(self) -> bool:
        return self.net_type is not None

    def set(self, name: str, value: object) -> None:
        """Adds or replaces a note property."""
        old = self.members.get(name.lower())
        self.members[name.lower()] = NoteProperty(old.name if old else name, value)

    def add(self, member: PSMember) -> None:
        self.members[member.name.lower()] = member

    def note(self, name: str, default: object = None) -> object:
        member = self.members.get(name.lower())
        return member.value if isinstance(member, NoteProperty) else default


def unwrap(value: object) -> object:
    """The value without what was added to it."""
    return value.base if isinstance(value, PSObject) and value.base is not None else value


@dataclasses.dataclass(eq=False)
class ScriptBlock:
    """System.Management.Automation.ScriptBlock"""

    tree: syntax.ScriptBlock
    #: Set by GetNewClosure: variables that it took along.
    closure: Scope | None = None

    @property
    def text(self) -> str:
        extent = self.tree.extent
        text = extent.text
        return (
            text[1:-1]
            if (extent.start and text.startswith("{")) or (text.startswith("{") and text.endswith("}"))
            else text
        )


@dataclasses.dataclass(eq=False)
class ObjectValue:
    """An object of .NET that only has properties here (PSVariable, CommandInfo, ...)."""

    type_names: list[str]
    #: In .NET's order.
    properties: dict[str, object]
    text: str | None = None
    #: Properties of PowerShell's type data, which come as extended members.
    extended: dict[str, object] = dataclasses.field(default_factory=dict)
    #: What the properties of a live object change when they are set.
    on_set: typing.Callable[[str, object], None] | None = None


class SecureString(ObjectValue):
    """System.Security.SecureString; its text is in no property and in no repr."""

    def __init__(self, text: str) -> None:
        name = "System.Security.SecureString"
        super().__init__([name, "System.Object"], {}, name)
        self.change(text)

    def change(self, text: str) -> None:
        """Hides another text."""
        self.secret = text
        self.properties["Length"] = len(text.encode("utf-16-le", "surrogatepass")) // 2
