# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, folders and locations (test endpoint process)."""

from __future__ import annotations

import glob
import os
import shutil
import typing

from .. import administered, patterns, values
from ..calling import wrap_io
from ..cmdlets import Call, cmdlet
from ..drives import environment_key, set_environment
from ..errors import Category, PSTerminating
from ..net_credentials import PSCredential
from .file_objects import item_object

_AUTOMATION = "System.Management.Automation."
_DRIVES = ("env", "variable", "function", "alias", *administered.DRIVES)


def split_drive(path: str) -> tuple[str | None, str]:
    """``Env:X`` as drive and name; None for the file system."""
    drive, colon, name = path.partition(":")
    return (drive.lower(), name.lstrip("\\/")) if colon and drive.lower() in _DRIVES else (None, path)


def not_found(call: Call, path: str) -> None:
    drive, colon, _ = path.partition(":")
    if colon and drive.isalnum() and len(drive) > 1:
        message = f"Cannot find drive. A drive with the name '{drive}' does not exist."
        kind = f"{_AUTOMATION}DriveNotFoundException"
        call.report(
            message, "DriveNotFound", Category.ObjectNotFound, drive, kind, ItemName=drive, SessionStateCategory="Drive"
        )
        return
    message = f"Cannot find path '{call.session.resolve(path)}' because it does not exist."
    kind = f"{_AUTOMATION}ItemNotFoundException"
    full = call.session.resolve(path)
    call.report(
        message, "PathNotFound", Category.ObjectNotFound, full, kind, ItemName=full, SessionStateCategory="Drive"
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
    include, exclude = ([patterns.wildcard(text) for text in call.texts(part)] for part in ("Include", "Exclude"))
    wanted = not include or any(pattern.match(name) for pattern in include)
    return wanted and not any(pattern.match(name) for pattern in exclude)


def io_error(call: Call, error: OSError, path: str, error_id: str, category: Category = Category.WriteError) -> None:
    inner = wrap_io(error, path).exception
    record = call.error(inner.message, error_id, category, path)
    record.exception = inner
    call.write_error(record)


def _drive_items(call: Call, drive: str, name: str) -> list[object]:
    """The items of Env:, Variable:, Function: and Alias: that a name or pattern means."""
    from ..command_objects import alias_object, command_object
    from .state import variable_object

    if drive in administered.DRIVES:
        return administered.items(call, drive, name)
    pattern = patterns.wildcard(name or "*")
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
        {"Key": key, "Value": value},
        extended={"Name": key},
    )


PATH_PARAMETERS = (
    "Path:string[]@0!<~(Path) LiteralPath|PSPath|LP:string[]!~(Literal) Filter:string Include:string[] "
    f"Exclude:string[] Force:switch Credential:{PSCredential.net_name}"
)


@cmdlet("Get-Item", PATH_PARAMETERS, aliases="gi", module="Management", default_set="Path")
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
        if drive in administered.DRIVES:
            yield from administered.children(call, drive, name)
            return
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
    pattern = patterns.wildcard(call.text("Filter", "*"))
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


@cmdlet(
    "Test-Path", f"{PATH_PARAMETERS} PathType|Type:string@1 IsValid:switch", module="Management", default_set="Path"
)
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
        except PSTerminating as error:
            call.write_error(error.error_record)
            continue
        except OSError as error:
            io_error(call, error, path, "NewItemIOError")
            continue
        yield item_object(path)


def _new_drive_item(call: Call, drive: str, name: str) -> None:
    from ..drives import set_drive_value

    if drive not in administered.DRIVES:
        set_drive_value(call.frame, drive, name, call.get("Value"))
    elif call.should_process(f"Item: {drive}:\\{name}", "New Item"):
        administered.new_item(call, drive, name)


def _create(call: Call, path: str, kind: str) -> None:
    force = call.flag("Force")
    if kind in ("directory", "container"):
        if os.path.lexists(path) and not force:
            message = f"An item with the specified name {path} already exists."
            raise call.fail(message, "DirectoryExist", Category.ResourceExists, path, "System.IO.IOException")
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


@cmdlet(
    "Remove-Item",
    f"{PATH_PARAMETERS} Recurse:switch",
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
                    call.report(message, "DirectoryNotEmpty", Category.WriteError, path, "System.IO.IOException")
                    continue
                shutil.rmtree(path)
            else:
                os.unlink(path)
        except OSError as error:
            io_error(call, error, path, "RemoveFileSystemItemUnAuthorizedAccess", Category.PermissionDenied)


def _remove_drive_item(call: Call, drive: str, name: str) -> None:
    if drive in administered.DRIVES:
        if call.should_process(f"Item: {drive}:\\{name}", "Remove Item"):
            administered.remove_item(call, drive, name)
        return
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
        if name.lower() in tables[drive]:
            if call.should_process(f"Item: {name}", "Remove Item"):
                del tables[drive][name.lower()]
            return
    not_found(call, f"{drive.capitalize()}:{name}")


@cmdlet(
    "Copy-Item", f"{PATH_PARAMETERS} Destination:string@1 Recurse:switch Container:switch PassThru:switch",
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
    f"{PATH_PARAMETERS} Destination:string@1 PassThru:switch",
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
