# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""File, Directory and Path (test endpoint process)."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import tempfile
import typing

from . import dates, values
from .calling import static_property
from .convert import to_string
from .errors import NetError
from .net_io import SEARCH_OPTIONS, FileStream, StreamReader, codec_of, enum_number, full_path, guarded
from .session import current
from .typesystem import NetObject, NetType, net_class, register


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
        full = full_path(path)
        with guarded(full), open(full, "rb") as file:
            return bytearray(file.read())

    @staticmethod
    def read_all_text(path: str, encoding: object = None) -> str:
        data = typing.cast(bytearray, File.read_all_bytes(path))
        return bytes(data).removeprefix(b"\xef\xbb\xbf").decode(codec_of(encoding).codec, "replace")

    @staticmethod
    def read_all_lines(path: str, encoding: object = None) -> object:
        return values.TypedArray("System.String", File.read_all_text(path, encoding).splitlines())

    @staticmethod
    def write_all_bytes(path: str, data: bytearray) -> None:
        full = full_path(path)
        with guarded(full), open(full, "wb") as file:
            file.write(data)

    @staticmethod
    def write_all_text(path: str, text: str, encoding: object = None) -> None:
        codec = codec_of(encoding)
        File.write_all_bytes(
            path, typing.cast(bytearray, codec.get_preamble()) + typing.cast(bytearray, codec.get_bytes(text))
        )

    @staticmethod
    def write_all_lines(path: str, lines: object, encoding: object = None) -> None:
        from .sequences import as_list

        File.write_all_text(path, "".join(f"{to_string(line)}\n" for line in as_list(lines)), encoding)

    @staticmethod
    def append_all_text(path: str, text: str, encoding: object = None) -> None:
        full = full_path(path)
        with guarded(full), open(full, "ab") as file:
            file.write(typing.cast(bytearray, codec_of(encoding).get_bytes(text)))

    @staticmethod
    def delete(path: str) -> None:
        full = full_path(path)
        with guarded(full), contextlib.suppress(FileNotFoundError):
            os.unlink(full)

    @staticmethod
    def copy(source: str, target: str, overwrite: bool = False) -> None:
        first, second = full_path(source), full_path(target)
        if os.path.exists(second) and not overwrite:
            raise NetError("System.IO.IOException", f"The file '{second}' already exists.")
        with guarded(first):
            shutil.copyfile(first, second)

    @staticmethod
    def move(source: str, target: str, overwrite: bool = False) -> None:
        first, second = full_path(source), full_path(target)
        if os.path.exists(second) and not overwrite:
            raise NetError("System.IO.IOException", "Cannot create a file when that file already exists.")
        with guarded(first):
            shutil.move(first, second)

    @staticmethod
    def replace(source: str, target: str, backup: object, ignore_metadata_errors: bool = False) -> None:
        first, second = full_path(source), full_path(target)
        if not os.path.exists(second):
            raise NetError("System.IO.FileNotFoundException", f"Could not find file '{second}'.")
        with guarded(first):
            if to_string(backup):
                os.replace(second, full_path(backup))
            else:
                shutil.copymode(second, first)
            os.replace(first, second)

    @staticmethod
    def get_attributes(path: str) -> object:
        from .commands.file_objects import attributes_of

        full = full_path(path)
        with guarded(full):
            return attributes_of(full)

    @staticmethod
    def get_last_write_time(path: str) -> object:
        return dates.from_nanoseconds(os.stat(full_path(path)).st_mtime_ns)

    @staticmethod
    def get_last_write_time_utc(path: str) -> object:
        return dates.from_nanoseconds(os.stat(full_path(path)).st_mtime_ns, local=False)


@net_class
class Directory(NetObject):
    net_name = "System.IO.Directory"

    @staticmethod
    def exists(path: object) -> bool:
        return bool(to_string(path)) and os.path.isdir(current().resolve(to_string(path)))

    @staticmethod
    def create_directory(path: str) -> object:
        from .commands.file_objects import item_object

        full = full_path(path)
        with guarded(full):
            os.makedirs(full, exist_ok=True)
        return item_object(full)

    @staticmethod
    def delete(path: str, recursive: bool = False) -> None:
        full = full_path(path)
        if not os.path.isdir(full):
            raise NetError("System.IO.DirectoryNotFoundException", f"Could not find a part of the path '{full}'.")
        with guarded(full):
            shutil.rmtree(full) if recursive else os.rmdir(full)

    @staticmethod
    def _listed(path: str, pattern: str, wanted: typing.Callable[[str], bool], option: object) -> object:
        deep = enum_number(option, SEARCH_OPTIONS, 0) == 1
        if not os.path.isdir(full_path(path)):
            message = f"Could not find a part of the path '{full_path(path)}'."
            raise NetError("System.IO.DirectoryNotFoundException", message)
        found = glob.glob(os.path.join(glob.escape(full_path(path)), "**" if deep else "", pattern), recursive=deep)
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
        return full_path(path)

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


class FileInfoMembers:
    """What the objects of Get-Item and Get-ChildItem can do, and how a script makes one itself."""

    @staticmethod
    def new(path: str) -> values.ObjectValue | values.PSObject:
        return _info(path, _FILE_INFO)

    def open_read(self) -> object:
        return File.open_read(_full_name(self))

    def delete(self) -> None:
        File.delete(_full_name(self))


class DirectoryInfoMembers:
    """As FileInfoMembers, of folders."""

    @staticmethod
    def new(path: str) -> values.ObjectValue | values.PSObject:
        return _info(path, _DIRECTORY_INFO)

    def create(self) -> None:
        Directory.create_directory(_full_name(self))

    def delete(self, recursive: bool = False) -> None:
        Directory.delete(_full_name(self), recursive)


def _info(path: str, type_names: tuple[str, ...]) -> values.ObjectValue | values.PSObject:
    """What a path names, or an object that says that there is nothing."""
    from .commands.file_objects import item_object

    full = full_path(path)
    if os.path.lexists(full):
        return item_object(full)
    absent = {"FullName": full, "Name": os.path.basename(full), "DirectoryName": os.path.dirname(full)}
    return values.ObjectValue([*type_names], {**absent, "Exists": False}, path)


def _full_name(info: object) -> str:
    return to_string(typing.cast(values.ObjectValue, info).properties["FullName"])


_FILE_INFO = ("System.IO.FileInfo", "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object")
_DIRECTORY_INFO = ("System.IO.DirectoryInfo", *_FILE_INFO[1:])
register(NetType(_FILE_INFO[0], _FILE_INFO[1:], FileInfoMembers))
register(NetType(_DIRECTORY_INFO[0], _DIRECTORY_INFO[1:], DirectoryInfoMembers))
