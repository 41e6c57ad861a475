# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""System.IO, hashes and the environment (test endpoint process)."""

from __future__ import annotations

import contextlib
import os
import shutil
import typing

from . import convert, numbers, typesystem, values
from .calling import wrap_io
from .convert import to_string
from .errors import NetError
from .net_text import Encoding
from .session import current
from .typesystem import NetObject, find, net_class, register_enum
from .values import EnumType

FILE_MODES = register_enum(
    EnumType(
        "System.IO.FileMode", {"CreateNew": 1, "Create": 2, "Open": 3, "OpenOrCreate": 4, "Truncate": 5, "Append": 6}
    )
)
FILE_ACCESS = register_enum(EnumType("System.IO.FileAccess", {"Read": 1, "Write": 2, "ReadWrite": 3}, flags=True))
FILE_SHARES = register_enum(
    EnumType(
        "System.IO.FileShare",
        {"None": 0, "Read": 1, "Write": 2, "ReadWrite": 3, "Delete": 4, "Inheritable": 16},
        flags=True,
    )
)
SEEK_ORIGINS = register_enum(EnumType("System.IO.SeekOrigin", {"Begin": 0, "Current": 1, "End": 2}))
FILE_ATTRIBUTES = register_enum(EnumType("System.IO.FileAttributes", {
    "None": 0, "ReadOnly": 1, "Hidden": 2, "System": 4, "Directory": 16, "Archive": 32, "Device": 64, "Normal": 128,
    "Temporary": 256, "SparseFile": 512, "ReparsePoint": 1024, "Compressed": 2048, "Offline": 4096, "Encrypted": 16384,
}, flags=True))  # fmt: skip
SEARCH_OPTIONS = register_enum(EnumType("System.IO.SearchOption", {"TopDirectoryOnly": 0, "AllDirectories": 1}))


def enum_number(value: object, enum_type: EnumType, default: int) -> int:
    if value is None:
        return default
    return typing.cast(values.EnumValue, convert.cast(value, find(enum_type.name))).value


def full_path(path: object) -> str:
    text = to_string(path)
    if not text:
        message = "The path is empty. (Parameter 'path')"
        raise NetError("System.ArgumentException", message, ParamName="path")
    return current().resolve(text)


@contextlib.contextmanager
def guarded(path: str) -> typing.Iterator[None]:
    """Failures of the file system as .NET's exceptions; a missing folder is told from a missing file."""
    try:
        yield
    except FileNotFoundError as error:
        if not os.path.isdir(os.path.dirname(path)):
            raise NetError(
                "System.IO.DirectoryNotFoundException", f"Could not find a part of the path '{path}'."
            ) from None
        raise wrap_io(error, path) from None
    except OSError as error:
        raise wrap_io(error, path) from None


class Stream(NetObject):
    """What every stream does, over a binary file of Python's."""

    net_name = "System.IO.Stream"

    def __init__(self, file: typing.Any) -> None:
        self._file = file

    def _opened(self) -> typing.Any:
        if self._file.closed:
            raise NetError("System.ObjectDisposedException", "Cannot access a closed file.", ObjectName="")
        return self._file

    def read(self, buffer: object, offset: int, count: int) -> int:
        assert isinstance(buffer, bytearray)
        data = self._opened().read(count)
        buffer[offset : offset + len(data)] = data
        return len(data)

    def read_byte(self) -> int:
        data = self._opened().read(1)
        return data[0] if data else -1

    def write(self, buffer: bytearray, offset: int = 0, count: object = None) -> None:
        end = len(buffer) if count is None else offset + convert.to_int(count)
        self._opened().write(buffer[offset:end])

    def write_byte(self, value: int) -> None:
        self._opened().write(bytes([value]))

    def seek(self, offset: int, origin: object) -> object:
        return numbers.Int64(self._opened().seek(offset, enum_number(origin, SEEK_ORIGINS, 0)))

    def set_length(self, length: int) -> None:
        self._opened().truncate(length)

    def copy_to(self, target: object, *size: object) -> None:
        shutil.copyfileobj(self._opened(), typing.cast(Stream, target)._opened())

    def flush(self, *to_disk: object) -> None:
        self._opened().flush()

    def close(self) -> None:
        self._file.close()

    dispose = close

    def _get_position(self) -> object:
        return numbers.Int64(self._opened().tell())

    def _set_position(self, value: object) -> None:
        self._opened().seek(convert.to_number(value))

    position = property(_get_position, _set_position)

    @property
    def length(self) -> object:
        file = self._opened()
        at = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(at)
        return numbers.Int64(end)

    can_read = property(lambda self: not self._file.closed and self._file.readable())
    can_write = property(lambda self: not self._file.closed and self._file.writable())
    can_seek = property(lambda self: not self._file.closed)


typesystem.net_class(Stream)


@net_class
class FileStream(Stream):
    net_name = "System.IO.FileStream"
    net_bases = ("System.IO.Stream", "System.Object")

    def __init__(
        self, path: object, mode: object, access: object = None, share: object = None, *options: object
    ) -> None:
        full, kind = full_path(path), enum_number(mode, FILE_MODES, 3)
        default = 2 if kind == FILE_MODES.members["Append"] else 3
        wanted = enum_number(access, FILE_ACCESS, default)
        flags = {1: os.O_RDONLY, 2: os.O_WRONLY, 3: os.O_RDWR}[wanted]
        flags |= {
            1: os.O_CREAT | os.O_EXCL,
            2: os.O_CREAT | os.O_TRUNC,
            4: os.O_CREAT,
            5: os.O_TRUNC,
            6: os.O_CREAT | os.O_APPEND,
        }.get(kind, 0)
        with guarded(full):
            if os.path.isdir(full):
                raise NetError("System.UnauthorizedAccessException", f"Access to the path '{full}' is denied.")
            descriptor = os.open(full, flags, 0o666)
        super().__init__(os.fdopen(descriptor, {1: "rb", 2: "wb", 3: "r+b"}[wanted]))
        self._path = full

    name = property(lambda self: self._path)


@net_class
class MemoryStream(Stream):
    net_name = "System.IO.MemoryStream"
    net_bases = ("System.IO.Stream", "System.Object")

    def __init__(self, data: object = None, *options: object) -> None:
        import io

        super().__init__(io.BytesIO(bytes(data) if isinstance(data, bytearray) else b""))

    def to_array(self) -> object:
        return bytearray(self._file.getvalue())

    get_buffer = to_array


def _as_stream(target: object, mode: str) -> Stream:
    return target if isinstance(target, Stream) else FileStream(target, mode)


def codec_of(encoding: object) -> Encoding:
    return encoding if isinstance(encoding, Encoding) else Encoding()


@net_class
class StreamReader(NetObject):
    net_name = "System.IO.StreamReader"

    def __init__(self, source: object, encoding: object = None, *options: object) -> None:
        import io

        self._stream = _as_stream(source, "Open")
        codec = codec_of(encoding).codec
        self._text = io.TextIOWrapper(
            self._stream._opened(), "utf-8-sig" if codec == "utf-8" else codec, "replace", newline=None
        )

    def read_to_end(self) -> str:
        return self._text.read()

    def read_line(self) -> object:
        line = self._text.readline()
        return line.rstrip("\n") if line else None

    @property
    def end_of_stream(self) -> bool:
        return not self._text.buffer.peek(1) if hasattr(self._text.buffer, "peek") else False

    def close(self) -> None:
        self._text.close()

    dispose = close


@net_class
class StreamWriter(NetObject):
    net_name = "System.IO.StreamWriter"

    def __init__(self, target: object, *options: object) -> None:
        append = any(option is True for option in options)
        self._stream = _as_stream(target, "Append" if append else "Create")
        self._encoding = next((option for option in options if isinstance(option, Encoding)), Encoding())

    def write(self, value: object) -> None:
        self._stream.write(typing.cast(bytearray, self._encoding.get_bytes(to_string(value))))

    def write_line(self, value: object = "") -> None:
        self.write(f"{to_string(value)}\n")

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()

    dispose = close
