# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, folders and locations (test endpoint process)."""

from __future__ import annotations

import glob
import os
import shutil
import stat
import typing

from .. import convert, dates, members, numbers, operators, values
from ..cmdlets import Call, Cmdlet, cmdlet
from ..convert import to_string
from ..drives import environment_key, set_environment
from ..errors import Category, ExceptionObject, NetError, PSTerminating
from ..formatting import lines_of
from ..members import wrap_io
from ..net_io import FILE_ATTRIBUTES
from ..net_text import encoding_named
from ..operators import as_list
from ..scopes import Variable

_AUTOMATION = "System.Management.Automation."
_DRIVES = ("env", "variable", "function", "alias")


def attributes_of(path: str) -> values.EnumValue:
    """FileAttributes as .NET makes them out of a file's mode and name."""
    info = os.lstat(path)
    value = 16 if stat.S_ISDIR(os.stat(path).st_mode if os.path.exists(path) else info.st_mode) else 0
    value |= 1024 if stat.S_ISLNK(info.st_mode) else 0
    value |= 2 if os.path.basename(path).startswith(".") else 0
    value |= 1 if not info.st_mode & stat.S_IWUSR else 0
    return FILE_ATTRIBUTES(value or 128)


def item_object(path: str) -> values.ObjectValue:
    """A FileInfo or DirectoryInfo with the members that the file system provider adds."""
    info = os.stat(path) if os.path.exists(path) else os.lstat(path)
    directory = stat.S_ISDIR(info.st_mode)
    name = os.path.basename(path) or path
    times: dict[str, object] = {}
    for label, nanoseconds in (
        ("CreationTime", info.st_ctime_ns),
        ("LastAccessTime", info.st_atime_ns),
        ("LastWriteTime", info.st_mtime_ns),
    ):
        times[label] = dates.from_nanoseconds(nanoseconds)
        times[f"{label}Utc"] = dates.from_nanoseconds(nanoseconds, local=False)
    link = os.readlink(path) if os.path.islink(path) else None
    parent = os.path.dirname(path)
    head: dict[str, object] = {"Parent": _text_item(parent), "Root": _text_item("/")} if directory else {
        "Length": numbers.Int64(info.st_size), "DirectoryName": parent, "Directory": _text_item(parent),
        "IsReadOnly": not os.access(path, os.W_OK),
    }  # fmt: skip
    tail: dict[str, object] = {
        "FullName": path, "Extension": os.path.splitext(name)[1], "Name": name, "Exists": True, **times,
        "LinkTarget": link,
        "UnixFileMode": numbers.smallest(stat.S_IMODE(info.st_mode)), "Attributes": attributes_of(path),
    }  # fmt: skip
    extended: dict[str, object] = {
        "PSPath": f"Microsoft.PowerShell.Core\\FileSystem::{path}",
        "PSParentPath": f"Microsoft.PowerShell.Core\\FileSystem::{parent}",
        "PSChildName": name, "PSDrive": "/", "PSProvider": "Microsoft.PowerShell.Core\\FileSystem",
        "PSIsContainer": directory,
        "Mode": _mode(path, directory), "BaseName": name if directory else os.path.splitext(name)[0],
        "LinkType": "SymbolicLink" if link else None,
        "Target": link,
    }  # fmt: skip
    kind = "System.IO.DirectoryInfo" if directory else "System.IO.FileInfo"
    return values.ObjectValue(
        [kind, "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"],
        {**head, **tail},
        path,
        extended,
    )


def _text_item(path: str) -> values.ObjectValue:
    return values.ObjectValue(
        ["System.IO.DirectoryInfo", "System.IO.FileSystemInfo", "System.Object"],
        {"FullName": path, "Name": os.path.basename(path) or path},
        path,
    )


def _mode(path: str, directory: bool) -> str:
    value = attributes_of(path).value
    letters = (("l", 1024), ("a", 32), ("r", 1), ("h", 2), ("s", 4))
    first = "l" if value & 1024 else "d" if directory else "-"
    return first + "".join(letter if value & bit else "-" for letter, bit in letters[1:])


def path_info(path: str) -> values.ObjectValue:
    return values.ObjectValue(
        [f"{_AUTOMATION}PathInfo", "System.Object"],
        {"Drive": "/", "Provider": "Microsoft.PowerShell.Core\\FileSystem", "ProviderPath": path, "Path": path},
        path,
    )


def split_drive(path: str) -> tuple[str | None, str]:
    """``Env:X`` as drive and name; None for the file system."""
    drive, colon, name = path.partition(":")
    return (drive.lower(), name.lstrip("\\/")) if colon and drive.lower() in _DRIVES else (None, path)


def not_found(call: Call, path: str) -> None:
    message = f"Cannot find path '{call.session.resolve(path)}' because it does not exist."
    kind = f"{_AUTOMATION}ItemNotFoundException"
    full = call.session.resolve(path)
    call.write_error(
        call.error(
            message, "PathNotFound", Category.ObjectNotFound, full, kind, ItemName=full, SessionStateCategory="Drive"
        )
    )


def paths_of(call: Call, must_exist: bool = True) -> typing.Iterator[str]:
    """The files that -Path (with wildcards) or -LiteralPath name."""
    for text in call.texts("LiteralPath"):
        path = call.session.resolve(text)
        if os.path.lexists(path) or not must_exist:
            yield path
        else:
            not_found(call, text)
    for text in call.texts("Path"):
        path = call.session.resolve(text)
        if set("*?[") & set(text):
            yield from sorted(item for item in glob.glob(path) if _included(call, item))
        elif os.path.lexists(path) or not must_exist:
            if _included(call, path):
                yield path
        else:
            not_found(call, text)


def _included(call: Call, path: str) -> bool:
    name = os.path.basename(path)
    include, exclude = ([operators.wildcard(text) for text in call.texts(part)] for part in ("Include", "Exclude"))
    wanted = not include or any(pattern.match(name) for pattern in include)
    return wanted and not any(pattern.match(name) for pattern in exclude)


def io_error(call: Call, error: OSError, path: str, error_id: str, category: Category = Category.WriteError) -> None:
    inner = wrap_io(error, path).exception
    record = call.error(inner.message, error_id, category, path)
    record.exception = inner
    call.write_error(record)


def _drive_items(call: Call, drive: str, name: str) -> list[object]:
    """The items of Env:, Variable:, Function: and Alias: that a name or pattern means."""
    from .flow import alias_object, command_object
    from .state import variable_object

    pattern = operators.wildcard(name or "*")
    scope = call.frame.scope
    if drive == "env":
        return [
            _environment_entry(key, value)
            for key, value in sorted(call.session.environment.items())
            if pattern.match(key)
        ]
    found: dict[str, object] = {}
    for level in reversed(list(scope.chain())):
        if drive == "variable":
            found.update(
                {key: variable_object(item) for key, item in level.variables.items() if pattern.match(item.name)}
            )
        elif drive == "function":
            found.update(
                {
                    key: command_object(item, item.name)
                    for key, item in level.functions.items()
                    if pattern.match(item.name)
                }
            )
        else:
            found.update(
                {key: alias_object(key, target) for key, target in level.aliases.items() if pattern.match(key)}
            )
    return [found[key] for key in sorted(found)]


def _environment_entry(key: str, value: str) -> values.ObjectValue:
    return values.ObjectValue(
        ["System.Collections.DictionaryEntry", "System.ValueType", "System.Object"],
        {"Key": key, "Value": value, "Name": key},
    )


_PATH = (
    "Path:string[]@0<~(Path) LiteralPath|PSPath|LP:string[]~(Literal) Include:string[] Exclude:string[] "
    "Filter:string Force:switch"
)


@cmdlet("Get-Item", f"{_PATH} Stream:string[]", aliases="gi", module="Management", default_set="Path")
def get_item(call: Call) -> typing.Iterator[object]:
    for text in (*call.texts("Path"), *call.texts("LiteralPath")):
        drive, name = split_drive(text)
        if drive:
            found = _drive_items(call, drive, name)
            if not found and not set("*?") & set(name):
                not_found(call, text)
            yield from found
            return
    for path in paths_of(call):
        yield item_object(path)


@cmdlet(
    "Get-ChildItem",
    "Path:string[]@0<~ LiteralPath|PSPath:string[]~ Filter:string@1 Include:string[] "
    "Exclude:string[] Recurse|s:switch Depth:int "
    "Force:switch Name:switch File:switch Directory|ad:switch Hidden:switch",
    aliases="dir gci ls",
    module="Management",
)
def get_child_item(call: Call) -> typing.Iterator[object]:
    if not call.has("Path") and not call.has("LiteralPath"):
        call.parameters["path"] = ["."]
    for text in call.texts("Path"):
        drive, name = split_drive(text)
        if drive:
            yield from _drive_items(call, drive, name)
            return
    for path in paths_of(call):
        if not os.path.isdir(path):
            yield item_object(path)
            continue
        yield from _children(
            call, path, call.get("Depth", 10**6) if call.flag("Recurse") or call.has("Depth") else 0, path
        )


def _children(call: Call, folder: str, depth: int, top: str) -> typing.Iterator[object]:
    try:
        names = sorted(os.listdir(folder), key=str.lower)
    except OSError as error:
        io_error(call, error, folder, "DirUnauthorizedAccessError", Category.PermissionDenied)
        return
    pattern = operators.wildcard(call.text("Filter", "*"))
    for name in names:
        call.session.check_stop()
        path = os.path.join(folder, name)
        directory = os.path.isdir(path)
        if name.startswith(".") and not call.flag("Force") and not call.flag("Hidden"):
            continue
        wanted = (not call.flag("File") or not directory) and (not call.flag("Directory") or directory)
        if wanted and pattern.match(name) and _included(call, path):
            yield os.path.relpath(path, top) if call.flag("Name") else item_object(path)
        if directory and depth and not os.path.islink(path):
            yield from _children(call, path, depth - 1, top)


@cmdlet("Test-Path", f"{_PATH} PathType|Type:string@1 IsValid:switch", module="Management", default_set="Path")
def test_path(call: Call) -> typing.Iterator[object]:
    kind = call.text("PathType", "Any").lower()
    for text in (*call.texts("Path"), *call.texts("LiteralPath")):
        drive, name = split_drive(text)
        if drive:
            yield bool(_drive_items(call, drive, name))
            continue
        path = call.session.resolve(text)
        found = (
            glob.glob(path) if set("*?[") & set(text) and call.has("Path") else [path] if os.path.lexists(path) else []
        )
        tests: dict[str, typing.Callable[[str], bool]] = {
            "container": os.path.isdir,
            "leaf": lambda item: not os.path.isdir(item),
        }
        yield any(kind not in tests or tests[kind](item) for item in found)


@cmdlet(
    "New-Item",
    "Path:string[]@0~ Name:string ItemType|Type:string Value|Target<0 Force:switch Credential",
    aliases="ni",
    module="Management",
)
def new_item(call: Call) -> typing.Iterator[object]:
    for text in call.texts("Path") or ["."]:
        drive, name = split_drive(text)
        if drive:
            _new_drive_item(call, drive, name or call.text("Name"))
            continue
        path = call.session.resolve(os.path.join(text, call.text("Name")) if call.has("Name") else text)
        if not call.should_process(f"Destination: {path}", "Create File"):
            continue
        try:
            _create(call, path, call.text("ItemType", "File").lower())
        except OSError as error:
            io_error(call, error, path, "NewItemIOError")
            continue
        yield item_object(path)


def _new_drive_item(call: Call, drive: str, name: str) -> None:
    from ..drives import set_drive_value

    set_drive_value(call.frame, drive, name, call.get("Value"))


def _create(call: Call, path: str, kind: str) -> None:
    force = call.flag("Force")
    if kind in ("directory", "container"):
        if os.path.lexists(path) and not force:
            message = f"An item with the specified name {path} already exists."
            record = call.error(message, "DirectoryExist", Category.ResourceExists, path, "System.IO.IOException")
            raise_or_write(call, record)
        os.makedirs(path, exist_ok=True)
        return
    if kind in ("symboliclink", "junction"):
        os.symlink(call.session.resolve(call.text("Value")), path)
        return
    if os.path.lexists(path) and not force:
        raise FileExistsError(17, "exists", path)
    if force:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.isdir(os.path.dirname(path)):
        raise PSTerminating(
            call.error(
                f"Could not find a part of the path '{path}'.",
                "NewItemIOError",
                Category.WriteError,
                path,
                "System.IO.DirectoryNotFoundException",
            )
        )
    with open(path, "w", encoding="utf-8") as file:
        file.write(call.text("Value"))


def raise_or_write(call: Call, record: typing.Any) -> None:
    call.write_error(record)


@cmdlet(
    "Remove-Item",
    f"{_PATH} Recurse:switch",
    aliases="del erase rd ri rm rmdir",
    module="Management",
    default_set="Path",
)
def remove_item(call: Call) -> None:
    for text in (*call.texts("Path"), *call.texts("LiteralPath")):
        drive, name = split_drive(text)
        if drive:
            _remove_drive_item(call, drive, name)
            return
    for path in paths_of(call):
        if not call.should_process(path, "Remove File"):
            continue
        try:
            if os.path.isdir(path) and not os.path.islink(path):
                if os.listdir(path) and not call.flag("Recurse"):
                    message = f"Directory {path} cannot be removed because it is not empty."
                    call.write_error(
                        call.error(message, "DirectoryNotEmpty", Category.WriteError, path, "System.IO.IOException")
                    )
                    continue
                shutil.rmtree(path)
            else:
                os.unlink(path)
        except OSError as error:
            io_error(call, error, path, "RemoveFileSystemItemUnAuthorizedAccess", Category.PermissionDenied)


def _remove_drive_item(call: Call, drive: str, name: str) -> None:
    if drive == "env":
        key = environment_key(call.session, name)
        if key not in call.session.environment:
            not_found(call, f"Env:{name}")
        set_environment(call.session, key, None)
        return
    for scope in call.frame.scope.chain():
        tables: typing.Any = {
            "variable": scope.variables,
            "function": scope.functions,
            "alias": scope.aliases,
        }
        if tables[drive].pop(name.lower(), None) is not None:
            return
    not_found(call, f"{drive.capitalize()}:{name}")


@cmdlet(
    "Copy-Item", f"{_PATH} Destination:string@1 Recurse:switch Container:switch PassThru:switch",
    aliases="copy cp cpi", module="Management", default_set="Path",
)  # fmt: skip
def copy_item(call: Call) -> typing.Iterator[object]:
    target = call.session.resolve(call.text("Destination", "."))
    for path in paths_of(call):
        final = os.path.join(target, os.path.basename(path)) if os.path.isdir(target) else target
        try:
            if not os.path.isdir(path):
                shutil.copy2(path, final)
            elif call.flag("Recurse"):
                shutil.copytree(path, final, dirs_exist_ok=True, symlinks=True)
            else:
                os.makedirs(final, exist_ok=True)
        except OSError as error:
            io_error(call, error, final, "CopyError")
            continue
        if call.flag("PassThru"):
            yield item_object(final)


@cmdlet(
    "Move-Item",
    f"{_PATH} Destination:string@1 PassThru:switch",
    aliases="mi move mv",
    module="Management",
    default_set="Path",
)
def move_item(call: Call) -> typing.Iterator[object]:
    target = call.session.resolve(call.text("Destination", "."))
    for path in paths_of(call):
        final = os.path.join(target, os.path.basename(path)) if os.path.isdir(target) else target
        if os.path.lexists(final) and not call.flag("Force"):
            message = "Cannot create a file when that file already exists."
            call.write_error(
                call.error(message, "MoveFileInfoItemIOError", Category.WriteError, path, "System.IO.IOException")
            )
            continue
        shutil.move(path, final)
        if call.flag("PassThru"):
            yield item_object(final)


@cmdlet(
    "Rename-Item",
    "Path:string@0!<~ NewName:string@1! LiteralPath:string Force:switch PassThru:switch",
    aliases="ren rni",
    module="Management",
)
def rename_item(call: Call) -> typing.Iterator[object]:
    path = call.session.resolve(call.text("Path"))
    if not os.path.lexists(path):
        not_found(call, call.text("Path"))
        return
    final = os.path.join(os.path.dirname(path), call.text("NewName"))
    os.rename(path, final)
    if call.flag("PassThru"):
        yield item_object(final)


@cmdlet(
    "Get-Content",
    "Path:string[]@0<~ LiteralPath|PSPath:string[]~ Raw:switch TotalCount|First|Head:int Tail|Last:int "
    "Encoding:string AsByteStream:switch ReadCount:int Delimiter:string Wait:switch Force:switch Filter:string "
    "Include:string[] Exclude:string[]",
    aliases="cat gc type",
    module="Management",
)
def get_content(call: Call) -> typing.Iterator[object]:
    for text in (*call.texts("Path"), *call.texts("LiteralPath")):
        drive, name = split_drive(text)
        if drive:
            from ..drives import drive_value

            yield drive_value(call.frame, drive, name)
            return
    for path in paths_of(call):
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            io_error(call, error, path, "GetContentReaderUnauthorizedAccessError", Category.PermissionDenied)
            continue
        if call.flag("AsByteStream"):
            yield from ([bytearray(data)] if call.flag("Raw") else map(numbers.Byte, data))
            continue
        content = data.removeprefix(b"\xef\xbb\xbf").decode(
            encoding_named(call.text("Encoding", "utf8")).codec, "replace"
        )
        if call.flag("Raw"):
            yield content
            continue
        lines = content.replace("\r\n", "\n").split("\n")
        lines = lines[:-1] if lines[-1] == "" else lines
        if call.has("TotalCount"):
            lines = lines[: call.get("TotalCount")]
        if call.has("Tail"):
            lines = lines[len(lines) - min(call.get("Tail"), len(lines)) :]
        yield from lines


_CONTENT = (
    "Path:string[]@0~ Value:object[]@1<0 LiteralPath|PSPath:string[]~ Encoding:string NoNewline:switch Force:switch "
    "PassThru:switch AsByteStream:switch Stream:string"
)


class _Writer(Cmdlet):
    """Writes what comes to files."""

    mode = "wb"

    def begin(self) -> None:
        self.items: list[object] = []

    def process(self, item: object) -> None:
        self.items.extend(self.call.items("Value"))

    def end(self) -> None:
        call = self.call
        encoding = encoding_named(call.text("Encoding", "utf8"))
        for path in paths_of(call, must_exist=False):
            try:
                with open(path, self.mode) as file:
                    file.write(self._data(encoding, os.path.getsize(path) == 0))
            except OSError as error:
                if isinstance(error, FileNotFoundError):
                    message = f"Could not find a part of the path '{path}'."
                    kind = "System.IO.DirectoryNotFoundException"
                    call.write_error(
                        call.error(
                            message, "GetContentWriterDirectoryNotFoundError", Category.ObjectNotFound, path, kind
                        )
                    )
                else:
                    io_error(call, error, path, "GetContentWriterUnauthorizedAccessError", Category.PermissionDenied)

    def _data(self, encoding: typing.Any, at_start: bool) -> bytes:
        if self.call.flag("AsByteStream"):
            return bytes(
                convert.to_integer(item, numbers.Byte, "System.Byte") for part in self.items for item in as_list(part)
            )
        joint = "" if self.call.flag("NoNewline") else "\n"
        text = "".join(f"{to_string(item)}{joint}" for item in self.items)
        return (bytes(encoding.get_preamble()) if at_start else b"") + bytes(encoding.get_bytes(text))


@cmdlet("Set-Content", _CONTENT, aliases="sc", module="Management")
class SetContent(_Writer):
    """Replaces a file's content."""


@cmdlet("Add-Content", _CONTENT, aliases="ac", module="Management")
class AddContent(_Writer):
    mode = "ab"


@cmdlet("Clear-Content", "Path:string[]@0~ LiteralPath:string[] Force:switch", aliases="clc", module="Management")
def clear_content(call: Call) -> None:
    for path in paths_of(call):
        with open(path, "wb"):
            continue


@cmdlet(
    "Out-File",
    (
        "FilePath|Path:string@0 LiteralPath:string InputObject<0 Encoding:string@1 Append:switch "
        "NoNewline:switch Force:switch Width:int NoClobber:switch"
    ),
)
class OutFile(_Writer):
    def process(self, item: object) -> None:
        if self.call.stage.expects_input or self.call.has("InputObject"):
            self.items.append(item)

    def end(self) -> None:
        self.mode = "ab" if self.call.flag("Append") else "wb"
        self.call.parameters["literalpath"] = self.call.text("FilePath") or self.call.text("LiteralPath")
        self.items = list(lines_of(self.items))
        super().end()


@cmdlet("Get-Location", "PSProvider:string[] PSDrive:string[] Stack:switch", aliases="gl pwd", module="Management")
def get_location(call: Call) -> typing.Iterator[object]:
    yield path_info(call.session.location)


@cmdlet(
    "Set-Location",
    "Path:string@0<~ LiteralPath|PSPath:string~ PassThru:switch",
    aliases="cd chdir sl",
    module="Management",
)
def set_location(call: Call) -> typing.Iterator[object]:
    text = call.text("Path") or call.text("LiteralPath") or "~"
    path = call.session.resolve(text)
    if not os.path.isdir(path):
        message = f"Cannot find path '{path}' because it does not exist."
        raise call.fail(
            message,
            "PathNotFound",
            Category.ObjectNotFound,
            path,
            f"{_AUTOMATION}ItemNotFoundException",
            ItemName=path,
            SessionStateCategory="Drive",
        )
    call.session.location = path
    if call.flag("PassThru"):
        yield path_info(path)


@cmdlet(
    "Push-Location",
    "Path:string@0<~ LiteralPath:string StackName:string PassThru:switch",
    aliases="pushd",
    module="Management",
)
def push_location(call: Call) -> None:
    call.session.location_stack.append(call.session.location)
    if call.has("Path") or call.has("LiteralPath"):
        for _ in set_location(call):
            return


@cmdlet("Pop-Location", "StackName:string PassThru:switch", aliases="popd", module="Management")
def pop_location(call: Call) -> None:
    if call.session.location_stack:
        call.session.location = call.session.location_stack.pop()


@cmdlet("Resolve-Path", f"{_PATH} Relative:switch", aliases="rvpa", module="Management", default_set="Path")
def resolve_path(call: Call) -> typing.Iterator[object]:
    for path in paths_of(call):
        yield (
            os.path.join(".", os.path.relpath(path, call.session.location))
            if call.flag("Relative")
            else path_info(path)
        )


@cmdlet("Convert-Path", _PATH, aliases="cvpa", module="Management", default_set="Path")
def convert_path(call: Call) -> typing.Iterator[object]:
    yield from paths_of(call)


@cmdlet(
    "Join-Path",
    "Path:string[]@0!<~ ChildPath:string@1! AdditionalChildPath:string[]@* Resolve:switch",
    module="Management",
)
def join_path(call: Call) -> typing.Iterator[object]:
    for path in call.texts("Path"):
        for part in (call.text("ChildPath"), *call.texts("AdditionalChildPath")):
            path = f"{path.rstrip('/')}/{part.replace(chr(92), '/').lstrip('/')}"
        yield path


@cmdlet(
    "Split-Path",
    (
        "Path:string[]@0!<~ LiteralPath:string[] Parent:switch Leaf:switch LeafBase:switch "
        "Extension:switch Qualifier:switch NoQualifier:switch IsAbsolute:switch"
    ),
    module="Management",
)
def split_path(call: Call) -> typing.Iterator[object]:
    for text in (*call.texts("Path"), *call.texts("LiteralPath")):
        path = text.rstrip("/") or text
        name = os.path.basename(path)
        if call.flag("IsAbsolute"):
            yield path.startswith("/")
        elif call.flag("LeafBase") or call.flag("Extension"):
            yield os.path.splitext(name)[0 if call.flag("LeafBase") else 1]
        else:
            yield name if call.flag("Leaf") else os.path.dirname(path)


@cmdlet(
    "Get-ItemProperty",
    "Path:string[]@0<~ Name:string[]@1 LiteralPath|PSPath:string[]~",
    aliases="gp",
    module="Management",
)
def get_item_property(call: Call) -> typing.Iterator[object]:
    for path in paths_of(call):
        item = item_object(path)
        if not call.has("Name"):
            yield item
            continue
        yield values.PSObject([(name, members.get_member(item, name)) for name in call.texts("Name")])


@cmdlet("Get-FileHash", "Path:string[]@0<~ LiteralPath|PSPath:string[]~ Algorithm:string@1 InputStream:object")
def get_file_hash(call: Call) -> typing.Iterator[object]:
    import hashlib

    algorithm = call.text("Algorithm", "SHA256").upper()
    for path in paths_of(call):
        with open(path, "rb") as file:
            digest = hashlib.new(algorithm.lower(), file.read()).hexdigest().upper()
        yield values.PSObject(
            [("Algorithm", algorithm), ("Hash", digest), ("Path", path)],
            type_names=["Microsoft.Powershell.Utility.FileHash"],
        )


@cmdlet("New-TemporaryFile", "")
def new_temporary_file(call: Call) -> typing.Iterator[object]:
    from ..net_io import Path

    yield item_object(Path.get_temp_file_name())


__all__ = ["ExceptionObject", "NetError", "Variable", "item_object", "path_info"]
