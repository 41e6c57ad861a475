# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of text types: String, Char, Encoding, StringBuilder, Regex (test endpoint process)."""

from __future__ import annotations

import re
import typing

from . import convert, formats, members, operators, typesystem, values
from .calling import static_property
from .convert import to_string
from .errors import NetError
from .sequences import as_list
from .typesystem import NetObject, members_of, net_class


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _is_ordinal_ignore_case(options: tuple[object, ...]) -> bool:
    return any("ignorecase" in to_string(option).lower() for option in options)


def _characters(arguments: tuple[object, ...]) -> str | None:
    characters = "".join(to_string(item) for argument in arguments for item in as_list(argument))
    return characters or None


@members_of("System.Object")
class ObjectMembers:
    """What every object has."""

    def to_string(self: typing.Any, pattern: object = None, provider: object = None) -> str:
        if isinstance(pattern, str) and pattern:
            return formats.format_value(self, pattern)
        return convert.dotnet_string(self)

    def get_type(self: typing.Any) -> object:
        return typesystem.type_of(self)

    def equals(self: typing.Any, other: object = None) -> bool:
        return type(values.unwrap(self)) is type(values.unwrap(other)) and operators.equal(
            self, other, ignore_case=False
        )

    @staticmethod
    def reference_equals(first: object, second: object) -> bool:
        return values.unwrap(first) is values.unwrap(second)

    def get_hash_code(self: typing.Any) -> int:
        return members.hash_code(self)

    def compare_to(self: typing.Any, other: object) -> int:
        return operators.compare(self, other, ignore_case=False)

    def dispose(self: typing.Any) -> None:
        return None


ObjectMembers.to_string.wants_wrapper = True  # type: ignore[attr-defined]


@members_of("System.String")
class StringMembers:
    length = property(utf16_length)
    empty = static_property(lambda: "")

    def to_upper(self: str) -> str:  # type: ignore[misc]
        return self.upper()

    def to_lower(self: str) -> str:  # type: ignore[misc]
        return self.lower()

    to_upper_invariant, to_lower_invariant = to_upper, to_lower

    def trim(self: str, *characters: object) -> str:  # type: ignore[misc]
        return self.strip(_characters(characters))

    def trim_start(self: str, *characters: object) -> str:  # type: ignore[misc]
        return self.lstrip(_characters(characters))

    def trim_end(self: str, *characters: object) -> str:  # type: ignore[misc]
        return self.rstrip(_characters(characters))

    def substring(self: str, start: int, length: object = None) -> str:  # type: ignore[misc]
        end = len(self) if length is None else start + convert.to_int(length)
        if not 0 <= start <= len(self):
            too_large = "startIndex cannot be larger than length of string"
            message = f"{'StartIndex cannot be less than zero' if start < 0 else too_large}. (Parameter 'startIndex')"
            raise NetError("System.ArgumentOutOfRangeException", message, ParamName="startIndex")
        if not start <= end <= len(self):
            message = "Index and length must refer to a location within the string. (Parameter 'length')"
            raise NetError("System.ArgumentOutOfRangeException", message, ParamName="length")
        return self[start:end]

    def replace(self: str, old: str, new: str, *options: object) -> str:  # type: ignore[misc]
        if _is_ordinal_ignore_case(options):
            return re.sub(re.escape(old), lambda match: new, self, flags=re.IGNORECASE)
        return self.replace(old, new)

    def split(self: str, *arguments: object) -> object:  # type: ignore[misc]
        separators: list[str] = []
        count, options = 0, ""
        for position, argument in enumerate(arguments):
            if isinstance(argument, values.EnumValue):
                options = str(argument)
            elif isinstance(argument, int) and position:
                count = argument
            elif (
                isinstance(argument, str)
                and position
                and argument.lower() in ("removeemptyentries", "none", "trimentries")
            ):
                options = argument
            else:
                items = as_list(argument)
                separators += [to_string(item) for item in items]
        pattern = "|".join(re.escape(item) for item in separators if item) or r"\s"
        parts = re.split(pattern, self, maxsplit=max(count - 1, 0)) if count != 1 else [self]
        if "trim" in options.lower():
            parts = [part.strip() for part in parts]
        if "remove" in options.lower():
            parts = [part for part in parts if part]
        return values.TypedArray("System.String", parts)

    def index_of(self: str, value: str, *options: object) -> int:  # type: ignore[misc]
        start = next((option for option in options if isinstance(option, int)), 0)
        if _is_ordinal_ignore_case(options):
            return self.lower().find(value.lower(), start)
        return self.find(value, start)

    def last_index_of(self: str, value: str, *options: object) -> int:  # type: ignore[misc]
        return self.rfind(value)

    def index_of_any(self: str, characters: object) -> int:  # type: ignore[misc]
        found = [self.find(to_string(item)) for item in as_list(characters)]
        return min((position for position in found if position >= 0), default=-1)

    def contains(self: str, value: str, *options: object) -> bool:  # type: ignore[misc]
        return value.lower() in self.lower() if _is_ordinal_ignore_case(options) else value in self

    def starts_with(self: str, value: str, *options: object) -> bool:  # type: ignore[misc]
        return self.lower().startswith(value.lower()) if _is_ordinal_ignore_case(options) else self.startswith(value)

    def ends_with(self: str, value: str, *options: object) -> bool:  # type: ignore[misc]
        return self.lower().endswith(value.lower()) if _is_ordinal_ignore_case(options) else self.endswith(value)

    def insert(self: str, start: int, value: str) -> str:  # type: ignore[misc]
        return self[:start] + value + self[start:]

    def remove(self: str, start: int, count: object = None) -> str:  # type: ignore[misc]
        return self[:start] + ("" if count is None else self[start + convert.to_int(count) :])

    def pad_left(self: str, width: int, character: str = " ") -> str:  # type: ignore[misc]
        return self.rjust(width, character)

    def pad_right(self: str, width: int, character: str = " ") -> str:  # type: ignore[misc]
        return self.ljust(width, character)

    def to_char_array(self: str) -> object:  # type: ignore[misc]
        return values.TypedArray("System.Char", map(values.Char, self))

    def equals(self: str, other: object = None, *options: object) -> bool:  # type: ignore[misc]
        if not isinstance(other, str):
            return False
        return self.lower() == other.lower() if _is_ordinal_ignore_case(options) else self == other

    def get_enumerator(self: str) -> object:  # type: ignore[misc]
        return iter([values.Char(character) for character in self])

    def normalize(self: str, *form: object) -> str:  # type: ignore[misc]
        import unicodedata

        return unicodedata.normalize("NFC", self)

    @staticmethod
    def is_null_or_empty(text: object) -> bool:
        return not to_string(text)

    @staticmethod
    def is_null_or_white_space(text: object) -> bool:
        return not to_string(text).strip()

    @staticmethod
    def join(separator: str, *items: object) -> str:
        parts = as_list(items[0]) if len(items) == 1 else list(items)
        return separator.join(to_string(part) for part in parts)

    @staticmethod
    def concat(*items: object) -> str:
        parts = as_list(items[0]) if len(items) == 1 else list(items)
        return "".join(to_string(part) for part in parts)

    @staticmethod
    def format(pattern: object, *items: object) -> str:
        pattern, arguments = (items[0], items[1:]) if not isinstance(pattern, str) else (pattern, items)
        return formats.format_text(
            pattern, list(arguments[0]) if len(arguments) == 1 and isinstance(arguments[0], list) else list(arguments)
        )

    @staticmethod
    def compare(first: str, second: str, *options: object) -> int:
        return operators.compare(
            first, second, bool(options) and (options[0] is True or _is_ordinal_ignore_case(options))
        )

    @staticmethod
    def new(characters: object, count: int = 1) -> str:
        return "".join(map(to_string, as_list(characters))) * count


@members_of("System.Char")
class CharMembers:
    min_value = static_property(lambda: values.Char("\0"))
    max_value = static_property(lambda: values.Char("\uffff"))

    @staticmethod
    def convert_from_utf32(number: int) -> str:
        return chr(number)

    @staticmethod
    def is_digit(text: str, position: int = 0) -> bool:
        return text[position].isdigit()

    @staticmethod
    def is_letter(text: str, position: int = 0) -> bool:
        return text[position].isalpha()

    @staticmethod
    def is_letter_or_digit(text: str, position: int = 0) -> bool:
        return text[position].isalnum()

    @staticmethod
    def is_white_space(text: str, position: int = 0) -> bool:
        return text[position].isspace()

    @staticmethod
    def is_upper(text: str, position: int = 0) -> bool:
        return text[position].isupper()

    @staticmethod
    def is_lower(text: str, position: int = 0) -> bool:
        return text[position].islower()

    @staticmethod
    def to_upper(text: str) -> object:
        return values.Char(text.upper())

    @staticmethod
    def to_lower(text: str) -> object:
        return values.Char(text.lower())


#: A codec's name in .NET, how it is called for people, its code page and that of its family on Windows.
_ABOUT = {
    "utf-8": ("utf-8", "Unicode (UTF-8)", 65001, 1200), "utf-16-le": ("utf-16", "Unicode", 1200, 1200),
    "utf-16-be": ("utf-16BE", "Unicode (Big-Endian)", 1201, 1200), "ascii": ("us-ascii", "US-ASCII", 20127, 1252),
    "latin-1": ("iso-8859-1", "Western European (ISO)", 28591, 1252),
}  # fmt: skip


@net_class
class Encoding(NetObject):
    """System.Text.Encoding and its kinds, which differ by codec and by the mark that files begin with."""

    net_name = "System.Text.Encoding"
    net_properties = (
        "BodyName", "EncodingName", "HeaderName", "WebName", "WindowsCodePage", "IsBrowserDisplay", "IsBrowserSave",
        "IsMailNewsDisplay", "IsMailNewsSave", "IsSingleByte", "EncoderFallback", "DecoderFallback", "IsReadOnly",
        "CodePage",
    )  # fmt: skip

    def __init__(self, codec: str = "utf-8", preamble: bytes = b"") -> None:
        self._codec, self._preamble = codec, preamble

    @property
    def codec(self) -> str:
        return self._codec

    def _about(self) -> tuple[str, str, int, int]:
        return _ABOUT.get(self._codec, (self._codec, self._codec, 0, 1252))

    body_name = header_name = web_name = property(lambda self: self._about()[0])
    encoding_name = property(lambda self: self._about()[1])
    code_page = property(lambda self: self._about()[2])
    windows_code_page = property(lambda self: self._about()[3])
    is_browser_display = property(lambda self: self._codec in ("utf-8", "latin-1"))
    is_browser_save = property(lambda self: self._codec in ("utf-8", "utf-16-le", "latin-1"))
    is_mail_news_display = is_mail_news_save = property(lambda self: self._codec in ("utf-8", "ascii", "latin-1"))
    is_single_byte = property(lambda self: not self._codec.startswith("utf"))
    encoder_fallback = property(lambda self: "System.Text.EncoderReplacementFallback")
    decoder_fallback = property(lambda self: "System.Text.DecoderReplacementFallback")
    is_read_only = property(lambda self: True)

    def get_bytes(self, text: object) -> object:
        plain = "".join(map(to_string, as_list(text)))
        if self._codec.startswith("utf-16"):
            return bytearray(plain.encode(self._codec, "surrogatepass"))
        return bytearray(plain.encode(self._codec, "replace"))

    def get_string(self, data: bytearray, start: int = 0, count: object = None) -> str:
        end = len(data) if count is None else start + convert.to_int(count)
        return bytes(data[start:end]).decode(self._codec, "replace")

    def get_chars(self, data: bytearray) -> object:
        return values.TypedArray("System.Char", map(values.Char, self.get_string(data)))

    def get_byte_count(self, text: str) -> int:
        return len(typing.cast(bytearray, self.get_bytes(text)))

    def get_preamble(self) -> object:
        return bytearray(self._preamble)

    @staticmethod
    def get_encoding(name: object) -> object:
        return encoding_named(to_string(name))

    utf8 = static_property(lambda: _Utf8("utf-8", b"\xef\xbb\xbf"))
    unicode = static_property(lambda: UnicodeEncoding())
    big_endian_unicode = static_property(lambda: Encoding("utf-16-be", b"\xfe\xff"))
    ascii = static_property(lambda: _Ascii("ascii"))
    default = static_property(lambda: _Utf8("utf-8"))
    latin1 = static_property(lambda: Encoding("latin-1"))


@net_class
class UTF8Encoding(Encoding):
    net_name = "System.Text.UTF8Encoding"
    net_bases = ("System.Text.Encoding", "System.Object")

    def __init__(self, mark: bool = False, strict: bool = False) -> None:
        super().__init__("utf-8", b"\xef\xbb\xbf" if mark else b"")


@net_class
class _Utf8(Encoding):
    net_name = "System.Text.UTF8Encoding+UTF8EncodingSealed"
    net_bases = ("System.Text.UTF8Encoding", "System.Text.Encoding", "System.Object")


@net_class
class _Ascii(Encoding):
    net_name = "System.Text.ASCIIEncoding+ASCIIEncodingSealed"
    net_bases = ("System.Text.ASCIIEncoding", "System.Text.Encoding", "System.Object")


@net_class
class UnicodeEncoding(Encoding):
    net_name = "System.Text.UnicodeEncoding"
    net_bases = ("System.Text.Encoding", "System.Object")

    def __init__(self, *options: object) -> None:
        super().__init__("utf-16-le", b"\xff\xfe")


_ENCODINGS = {
    "utf8": ("utf-8", b""), "utf-8": ("utf-8", b""), "65001": ("utf-8", b""), "utf8nobom": ("utf-8", b""),
    "utf8bom": ("utf-8", b"\xef\xbb\xbf"), "unicode": ("utf-16-le", b"\xff\xfe"), "utf-16": ("utf-16-le", b"\xff\xfe"),
    "1200": ("utf-16-le", b"\xff\xfe"), "bigendianunicode": ("utf-16-be", b"\xfe\xff"), "ascii": ("ascii", b""),
    "us-ascii": ("ascii", b""), "latin1": ("latin-1", b""), "iso-8859-1": ("latin-1", b""), "28591": ("latin-1", b""),
    "windows-1252": ("cp1252", b""), "ansi": ("cp1252", b""), "oem": ("utf-8", b""), "default": ("utf-8", b""),
    "437": ("cp437", b""),
}  # fmt: skip


def encoding_named(name: str) -> Encoding:
    """:raises NetError: no such encoding."""
    found = _ENCODINGS.get(name.lower())
    if found is None:
        message = f"'{name}' is not a supported encoding name. (Parameter 'name')"
        raise NetError("System.ArgumentException", message, ParamName="name")
    return Encoding(*found)


@net_class
class StringBuilder(NetObject):
    net_name = "System.Text.StringBuilder"
    net_properties = ("Capacity", "MaxCapacity", "Length")
    max_capacity = property(lambda self: 2**31 - 1)

    def __init__(self, text: object = "", *capacity: object) -> None:
        self._text = [text] if isinstance(text, str) else []

    length = property(lambda self: utf16_length(str(self)))
    capacity = property(lambda self: max(16, len(str(self))))

    def __str__(self) -> str:
        return "".join(self._text)

    def append(self, value: object, *rest: object) -> object:
        self._text.append(to_string(value) * (convert.to_int(rest[0]) if rest else 1))
        return self

    def append_line(self, value: object = "") -> object:
        self._text.append(f"{to_string(value)}\n")
        return self

    def append_format(self, pattern: str, *items: object) -> object:
        self._text.append(formats.format_text(pattern, list(items)))
        return self

    def clear(self) -> object:
        self._text.clear()
        return self

    def insert(self, position: int, value: str) -> object:
        text = str(self)
        self._text = [text[:position] + value + text[position:]]
        return self

    def replace(self, old: str, new: str) -> object:
        self._text = [str(self).replace(old, new)]
        return self
