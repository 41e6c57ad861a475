# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""System.IO, hashes and the environment (test endpoint process)."""

from __future__ import annotations

import contextlib
import getpass
import glob
import hashlib
import os
import shutil
import socket
import tempfile
import typing

from . import convert, dates, numbers, typesystem, values
from .convert import to_string
from .errors import NetError
from .members import static_property, wrap_io
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


def _number(value: object, enum_type: EnumType, default: int) -> int:
    if value is None:
        return default
    return typing.cast(values.EnumValue, convert.cast(value, find(enum_type.name))).value


def _path(path: object) -> str:
    text = to_string(path)
    if not text:
        message = "The path is empty. (Parameter 'path')"
        raise NetError("System.ArgumentException", message, ParamName="path")
    return current().resolve(text)


@contextlib.contextmanager
def _io(path: str) -> typing.Iterator[None]:
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
        return numbers.Int64(self._opened().seek(offset, _number(origin, SEEK_ORIGINS, 0)))

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
        full, kind = _path(path), _number(mode, FILE_MODES, 3)
        default = 2 if kind == FILE_MODES.members["Append"] else 3
        wanted = _number(access, FILE_ACCESS, default)
        flags = {1: os.O_RDONLY, 2: os.O_WRONLY, 3: os.O_RDWR}[wanted]
        flags |= {
            1: os.O_CREAT | os.O_EXCL,
            2: os.O_CREAT | os.O_TRUNC,
            4: os.O_CREAT,
            5: os.O_TRUNC,
            6: os.O_CREAT | os.O_APPEND,
        }.get(kind, 0)
        with _io(full):
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


def _codec(encoding: object) -> Encoding:
    return encoding if isinstance(encoding, Encoding) else Encoding()


@net_class
class StreamReader(NetObject):
    net_name = "System.IO.StreamReader"

    def __init__(self, source: object, encoding: object = None, *options: object) -> None:
        import io

        self._stream = _as_stream(source, "Open")
        codec = _codec(encoding).codec
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


@net_class
class File(NetObject):
    net_name = "System.IO.File"

    @staticmethod
    def exists(path: object) -> bool:
        return bool(to_string(path)) and os.path.isfile(current().resolve(to_string(path)))

    @staticmethod
    def open(path: str, mode: object, access: object = None, share: object = None) -> object:
        return FileStream(path, mode, access, share)

    @staticmethod
    def create(path: str, *options: object) -> object:
        return FileStream(path, "Create", "ReadWrite")

    @staticmethod
    def open_read(path: str) -> object:
        return FileStream(path, "Open", "Read")

    @staticmethod
    def open_write(path: str) -> object:
        return FileStream(path, "OpenOrCreate", "Write")

    @staticmethod
    def open_text(path: str) -> object:
        return StreamReader(path)

    @staticmethod
    def read_all_bytes(path: str) -> object:
        full = _path(path)
        with _io(full), open(full, "rb") as file:
            return bytearray(file.read())

    @staticmethod
    def read_all_text(path: str, encoding: object = None) -> str:
        data = typing.cast(bytearray, File.read_all_bytes(path))
        return bytes(data).removeprefix(b"\xef\xbb\xbf").decode(_codec(encoding).codec, "replace")

    @staticmethod
    def read_all_lines(path: str, encoding: object = None) -> object:
        return values.TypedArray("System.String", File.read_all_text(path, encoding).splitlines())

    @staticmethod
    def write_all_bytes(path: str, data: bytearray) -> None:
        full = _path(path)
        with _io(full), open(full, "wb") as file:
            file.write(data)

    @staticmethod
    def write_all_text(path: str, text: str, encoding: object = None) -> None:
        codec = _codec(encoding)
        File.write_all_bytes(
            path, typing.cast(bytearray, codec.get_preamble()) + typing.cast(bytearray, codec.get_bytes(text))
        )

    @staticmethod
    def write_all_lines(path: str, lines: object, encoding: object = None) -> None:
        from .operators import as_list

        File.write_all_text(path, "".join(f"{to_string(line)}\n" for line in as_list(lines)), encoding)

    @staticmethod
    def append_all_text(path: str, text: str, encoding: object = None) -> None:
        full = _path(path)
        with _io(full), open(full, "ab") as file:
            file.write(typing.cast(bytearray, _codec(encoding).get_bytes(text)))

    @staticmethod
    def delete(path: str) -> None:
        full = _path(path)
        with _io(full), contextlib.suppress(FileNotFoundError):
            os.unlink(full)

    @staticmethod
    def copy(source: str, target: str, overwrite: bool = False) -> None:
        first, second = _path(source), _path(target)
        if os.path.exists(second) and not overwrite:
            raise NetError("System.IO.IOException", f"The file '{second}' already exists.")
        with _io(first):
            shutil.copyfile(first, second)

    @staticmethod
    def move(source: str, target: str, overwrite: bool = False) -> None:
        first, second = _path(source), _path(target)
        if os.path.exists(second) and not overwrite:
            raise NetError("System.IO.IOException", "Cannot create a file when that file already exists.")
        with _io(first):
            shutil.move(first, second)

    @staticmethod
    def get_attributes(path: str) -> object:
        from .commands.items import attributes_of

        full = _path(path)
        with _io(full):
            return attributes_of(full)

    @staticmethod
    def get_last_write_time(path: str) -> object:
        return dates.from_nanoseconds(os.stat(_path(path)).st_mtime_ns)

    @staticmethod
    def get_last_write_time_utc(path: str) -> object:
        return dates.from_nanoseconds(os.stat(_path(path)).st_mtime_ns, local=False)


@net_class
class Directory(NetObject):
    net_name = "System.IO.Directory"

    @staticmethod
    def exists(path: object) -> bool:
        return bool(to_string(path)) and os.path.isdir(current().resolve(to_string(path)))

    @staticmethod
    def create_directory(path: str) -> object:
        from .commands.items import item_object

        full = _path(path)
        with _io(full):
            os.makedirs(full, exist_ok=True)
        return item_object(full)

    @staticmethod
    def delete(path: str, recursive: bool = False) -> None:
        full = _path(path)
        if not os.path.isdir(full):
            raise NetError("System.IO.DirectoryNotFoundException", f"Could not find a part of the path '{full}'.")
        with _io(full):
            shutil.rmtree(full) if recursive else os.rmdir(full)

    @staticmethod
    def _listed(path: str, pattern: str, wanted: typing.Callable[[str], bool], option: object) -> object:
        deep = _number(option, SEARCH_OPTIONS, 0) == 1
        found = glob.glob(os.path.join(glob.escape(_path(path)), "**" if deep else "", pattern), recursive=deep)
        return values.TypedArray("System.String", sorted(item for item in found if wanted(item)))

    @staticmethod
    def get_files(path: str, pattern: str = "*", option: object = None) -> object:
        return Directory._listed(path, pattern, os.path.isfile, option)

    @staticmethod
    def get_directories(path: str, pattern: str = "*", option: object = None) -> object:
        return Directory._listed(path, pattern, os.path.isdir, option)

    @staticmethod
    def get_file_system_entries(path: str, pattern: str = "*", option: object = None) -> object:
        return Directory._listed(path, pattern, os.path.exists, option)

    enumerate_files, enumerate_directories = get_files, get_directories

    @staticmethod
    def get_current_directory() -> str:
        return current().location


@net_class
class Path(NetObject):
    net_name = "System.IO.Path"
    directory_separator_char = static_property(lambda: values.Char("/"))
    path_separator = static_property(lambda: values.Char(":"))

    @staticmethod
    def combine(*parts: str) -> str:
        return os.path.join(*parts)

    join = combine

    @staticmethod
    def get_temp_path() -> str:
        return os.path.join(current().environment.get("TMPDIR", "/tmp"), "")

    @staticmethod
    def get_temp_file_name() -> str:
        descriptor, path = tempfile.mkstemp(".tmp", dir=Path.get_temp_path())
        os.close(descriptor)
        return path

    @staticmethod
    def get_random_file_name() -> str:
        name = os.urandom(6).hex()[:11]
        return f"{name[:8]}.{name[8:]}"

    @staticmethod
    def get_file_name(path: str) -> str:
        return os.path.basename(path)

    @staticmethod
    def get_directory_name(path: str) -> object:
        return os.path.dirname(path) or None

    @staticmethod
    def get_extension(path: str) -> str:
        return os.path.splitext(path)[1]

    @staticmethod
    def get_file_name_without_extension(path: str) -> str:
        return os.path.splitext(os.path.basename(path))[0]

    @staticmethod
    def change_extension(path: str, extension: str) -> str:
        return os.path.splitext(path)[0] + ("." if extension and not extension.startswith(".") else "") + extension

    @staticmethod
    def get_full_path(path: str) -> str:
        return _path(path)

    @staticmethod
    def get_path_root(path: str) -> str:
        return "/" if path.startswith("/") else ""

    @staticmethod
    def is_path_rooted(path: str) -> bool:
        return path.startswith("/")

    @staticmethod
    def has_extension(path: str) -> bool:
        return bool(os.path.splitext(path)[1])

    @staticmethod
    def get_invalid_file_name_chars() -> object:
        return values.TypedArray("System.Char", [values.Char("\0"), values.Char("/")])


class HashAlgorithm(NetObject):
    """The hashes of System.Security.Cryptography."""

    net_name = "System.Security.Cryptography.HashAlgorithm"
    _algorithm = "sha256"

    def __init__(self) -> None:
        self._state = hashlib.new(self._algorithm)
        self._digest: bytearray | None = None

    def compute_hash(self, data: object, *part: int) -> object:
        state = hashlib.new(self._algorithm)
        if isinstance(data, Stream):
            while chunk := data._opened().read(1 << 20):
                state.update(chunk)
        else:
            whole = bytes(typing.cast(bytearray, data))
            state.update(whole[part[0] : part[0] + part[1]] if len(part) == 2 else whole)
        self._digest = bytearray(state.digest())
        return self._digest

    def transform_block(self, data: bytearray, offset: int, count: int, output: object, output_offset: object) -> int:
        self._state.update(bytes(data[offset : offset + count]))
        return count

    def transform_final_block(self, data: bytearray, offset: int, count: int) -> object:
        self._state.update(bytes(data[offset : offset + count]))
        self._digest = bytearray(self._state.digest())
        return data[offset : offset + count]

    def initialize(self) -> None:
        self._state = hashlib.new(self._algorithm)

    def clear(self) -> None:
        self._digest = None

    hash = property(lambda self: self._digest)
    hash_size = property(lambda self: self._state.digest_size * 8)


typesystem.net_class(HashAlgorithm)
_BASES = ("System.Security.Cryptography.HashAlgorithm", "System.Object")


def _hash_type(name: str, algorithm: str, bases: tuple[str, ...], base: type[HashAlgorithm]) -> type[HashAlgorithm]:
    body = {"net_name": f"System.Security.Cryptography.{name}", "net_bases": bases, "_algorithm": algorithm}
    made: typing.Any = type(name, (base,), body)
    made.create = staticmethod(lambda *names: made())
    made.hash_data = staticmethod(lambda data: made().compute_hash(data))
    return typing.cast("type[HashAlgorithm]", net_class(made))


def _hash_types() -> None:
    for name in ("MD5", "SHA1", "SHA256", "SHA384", "SHA512"):
        base = _hash_type(name, name.lower(), _BASES, HashAlgorithm)
        for suffix in ("CryptoServiceProvider", "Managed"):
            _hash_type(name + suffix, name.lower(), (base.net_name, *_BASES), base)


_hash_types()


@net_class
class OperatingSystem(NetObject):
    net_name = "System.OperatingSystem"
    net_properties = ("Platform", "ServicePack", "Version", "VersionString")
    platform = property(lambda self: "Unix")
    version = property(
        lambda self: values.Version(tuple(int(part) for part in os.uname().release.split("-")[0].split(".")))
    )
    version_string = property(lambda self: f"Unix {os.uname().release.split('-')[0]}")
    service_pack = property(lambda self: "")


def _environment_name(name: object) -> str:
    from .drives import environment_key

    return environment_key(current(), to_string(name))


@net_class
class Environment(NetObject):
    net_name = "System.Environment"
    new_line = static_property(lambda: "\n")
    machine_name = static_property(lambda: current().computer_name)
    user_name = static_property(lambda: getpass.getuser())
    user_domain_name = static_property(lambda: current().computer_name)
    process_id = static_property(lambda: os.getpid())
    processor_count = static_property(lambda: os.cpu_count() or 1)
    os_version = static_property(lambda: OperatingSystem())
    version = static_property(lambda: values.Version((10, 0, 0)))
    current_directory = static_property(lambda: current().location)
    is64_bit_operating_system = static_property(lambda: True)
    is64_bit_process = static_property(lambda: True)
    tick_count = static_property(lambda: numbers.smallest(int(dates.now(True).ticks // 10_000 % 2**31)))
    exit_code = static_property(lambda: 0)

    @staticmethod
    def get_environment_variable(name: str, *target: object) -> object:
        return current().environment.get(_environment_name(name))

    @staticmethod
    def set_environment_variable(name: str, value: object, *target: object) -> None:
        from .drives import set_environment

        set_environment(current(), name, value)

    @staticmethod
    def get_environment_variables(*target: object) -> object:
        return values.Hashtable(current().environment.items(), ignore_case=False)

    @staticmethod
    def expand_environment_variables(text: str) -> str:
        import re

        return re.sub(r"%(\w+)%", lambda found: current().environment.get(_environment_name(found[1]), found[0]), text)

    @staticmethod
    def get_folder_path(folder: object) -> str:
        return os.path.expanduser("~") if "profile" in to_string(folder).lower() else ""


@net_class
class Dns(NetObject):
    net_name = "System.Net.Dns"

    @staticmethod
    def get_host_name() -> str:
        return current().computer_name or socket.gethostname()


@net_class
class Console(NetObject):
    """``[Console]``: a server's process has none, so what is written is lost as it is there."""

    net_name = "System.Console"
    output_encoding = static_property(lambda: Encoding())
    input_encoding = static_property(lambda: Encoding())

    @staticmethod
    def write_line(*values_: object) -> None:
        return None

    @staticmethod
    def write(*values_: object) -> None:
        return None


@net_class
class Thread(NetObject):
    net_name = "System.Threading.Thread"

    @staticmethod
    def sleep(milliseconds: object) -> None:
        span = (
            milliseconds.ticks / 1e7
            if isinstance(milliseconds, values.TimeSpan)
            else convert.to_number(milliseconds) / 1000
        )
        current().sleep(span)


@net_class
class GarbageCollector(NetObject):
    net_name = "System.GC"

    @staticmethod
    def collect(*options: object) -> None:
        return None

    @staticmethod
    def get_total_memory(force: bool) -> object:
        return numbers.Int64(0)
