# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON, CSV, dates, GUIDs and other data (test endpoint process)."""

from __future__ import annotations

import decimal
import json
import uuid

from .. import dates, members, numbers, sequences, values
from ..cmdlets import cmdlet
from ..convert import to_string
from ..errors import Category, PSTerminating
from ..values import unwrap
from .objects import Collecting

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


@cmdlet(
    "ConvertTo-Json",
    "InputObject@0!<0 Depth:int Compress:switch AsArray:switch EnumsAsStrings:switch EscapeHandling:string",
)
class ConvertToJson(Collecting):
    def process(self, item: object) -> None:
        if self.call.stage.expects_input:
            self.items.append(item)

    def end(self) -> None:
        call = self.call
        single = not call.stage.expects_input
        if not single and not self.items:
            return
        value = call.get("InputObject") if single else self.items[0] if len(self.items) == 1 else self.items
        if call.flag("AsArray") and not isinstance(unwrap(value), list):
            value = [value]
        depth = call.get("Depth", 2)
        writer = JsonWriter(depth, call.flag("EnumsAsStrings"))
        text = json_text(writer.tree(value, 0), None if call.flag("Compress") else 0)
        if writer.truncated:
            warning = f"Resulting JSON is truncated as serialization has exceeded the set depth of {depth}."
            call.frame.with_output(call.stage.write, call.stage.streams).informational(
                "warning", warning, call.action("WarningAction", "WarningPreference")
            )
        call.write(text)


class JsonWriter:
    """Objects as dicts, lists and scalars, down to a depth; below, their text."""

    def __init__(self, depth: int, enums_as_text: bool = False) -> None:
        self.depth, self.enums_as_text, self.truncated = depth, enums_as_text, False

    def tree(self, value: object, level: int) -> object:
        plain = unwrap(value)
        bare = isinstance(plain, (str, values.DateTime))
        if isinstance(value, values.PSObject) and not value.custom and value.members and not bare:
            return {"value": self.tree(plain, level + 1), **self._notes(value, level)}
        if plain is None or plain is values.NOTHING or isinstance(plain, bool):
            return None if plain is values.NOTHING else plain
        if isinstance(plain, (int, float, decimal.Decimal)):
            return plain
        if isinstance(plain, (str, uuid.UUID, values.Uri, values.Version)):
            return to_string(plain)
        if isinstance(plain, values.DateTime):
            return (
                dates.format_date(plain, "yyyy-MM-ddTHH:mm:ss.FFFFFFFK")
                .replace(".Z", "Z")
                .replace(".+", "+")
                .rstrip(".")
            )
        if isinstance(plain, values.EnumValue):
            return str(plain) if self.enums_as_text else plain.value
        if isinstance(plain, values.SwitchParameter):
            return {"IsPresent": plain.present}
        if level > self.depth:
            self.truncated = True
            return to_string(value)
        if isinstance(plain, values.Hashtable):
            return {to_string(key): self.tree(item, level + 1) for key, item in plain.items()}
        if isinstance(plain, (list, bytearray)):
            return [self.tree(item, level + 1) for item in plain]
        return self._notes(value, level)

    def _notes(self, value: object, level: int) -> dict[str, object]:
        return {
            name: self.tree(members.get_member(value, name), level + 1) for name, _ in members.property_names(value)
        }


def json_text(tree: object, indent: int | None) -> str:
    """The tree as PowerShell writes it; `indent` is None for one line."""
    if isinstance(tree, (dict, list)):
        brackets = "{}" if isinstance(tree, dict) else "[]"
        inner = None if indent is None else indent + 2
        colon = ":" if indent is None else ": "
        parts = (
            [f"{_json_string(key)}{colon}{json_text(item, inner)}" for key, item in tree.items()]
            if isinstance(tree, dict)
            else [json_text(item, inner) for item in tree]
        )
        if indent is None or not parts:
            return f"{brackets[0]}{','.join(parts)}{brackets[1]}"
        padding = " " * (indent + 2)
        return f"{brackets[0]}\n{padding}" + f",\n{padding}".join(parts) + f"\n{' ' * indent}{brackets[1]}"
    if tree is None or isinstance(tree, bool):
        return {None: "null", True: "true", False: "false"}[tree]
    if isinstance(tree, float):
        text = numbers.double_text(tree)
        return (
            f'"{text}"' if text in ("NaN", "∞", "-∞") else text if any(mark in text for mark in ".E") else f"{text}.0"
        )
    return _json_string(tree) if isinstance(tree, str) else to_string(tree)


def _json_string(text: str) -> str:
    return (
        '"'
        + "".join(
            _ESCAPES.get(character) or (f"\\u{ord(character):04x}" if character < " " else character)
            for character in text
        )
        + '"'
    )


@cmdlet("ConvertFrom-Json", "InputObject:string@0!<0 AsHashtable:switch Depth:int NoEnumerate:switch DateKind:string")
class ConvertFromJson(Collecting):
    def process(self, item: object) -> None:
        self.items.extend([self.call.text("InputObject")])

    def end(self) -> None:
        text = "\n".join(map(to_string, self.items))
        if not text.strip():
            return
        try:
            tree = json.loads(text, parse_int=_json_integer, object_pairs_hook=self._object, strict=False)
        except ValueError as error:
            message = f"Conversion from JSON failed with error: {_json_problem(text, error)}"
            raise self.call.fail(
                message, "System.ArgumentException", Category.NotSpecified, None, "System.ArgumentException"
            ) from None
        value = _dated(tree)
        for item in [value] if self.call.flag("NoEnumerate") else sequences.enumerate_value(value):
            self.call.write(item)

    def _object(self, pairs: list[tuple[str, object]]) -> object:
        if self.call.flag("AsHashtable"):
            return values.Hashtable(
                ((key, _dated(item)) for key, item in pairs),
                "System.Management.Automation.OrderedHashtable",
                ignore_case=False,
            )
        made = values.PSObject()
        for key, item in pairs:
            if (known := made.members.get(key.lower())) and known.name != key:
                raise self._case_problem(known.name, key)
            made.set(key, _dated(item))
        return made

    def _case_problem(self, known: str, key: str) -> PSTerminating:
        message = (
            "Cannot convert the JSON string because it contains keys with different casing. Please use the "
            "-AsHashTable switch instead. The key that was attempted to be added to the existing key "
            f"'{known}' was '{key}'."
        )
        kind = "System.InvalidOperationException"
        return self.call.fail(message, "KeysWithDifferentCasingInJsonString", Category.InvalidOperation, None, kind)


def _json_problem(text: str, error: ValueError) -> str:
    """In the words of PowerShell's reader."""
    place = getattr(error, "pos", 0)
    if not place:
        return f"Unexpected character encountered while parsing value: {text[0]}. Path '', line 0, position 0."
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place) - 1
    if place >= len(text.rstrip()):
        return f"Unexpected end when reading JSON. Path '', line {line}, position {column}."
    return (
        f"Unexpected character encountered while parsing value: {text[place]}. Path '', line {line}, position {column}."
    )


def _json_integer(text: str) -> object:
    value = int(text)
    return numbers.Int64(value) if numbers.fits(value, numbers.Int64) else numbers.BigInteger(value)


def _dated(value: object) -> object:
    """Texts that are ISO dates become dates, in lists too."""
    if isinstance(value, list):
        return [_dated(item) for item in value]
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        try:
            parsed = dates.parse(value)
            return dates.to_utc(parsed) if value.endswith("Z") else parsed
        except ValueError:
            return value
    return value
