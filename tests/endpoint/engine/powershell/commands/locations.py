# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locations and paths (test endpoint process)."""

from __future__ import annotations

import os
import typing

from .. import administered, members, values
from ..cmdlets import Call, cmdlet
from ..errors import Category
from .file_objects import item_object, path_info
from .items import PATH_PARAMETERS, not_found, paths_of, split_drive


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
        not_found(call, text)
        return
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


@cmdlet("Resolve-Path", f"{PATH_PARAMETERS} Relative:switch", aliases="rvpa", module="Management", default_set="Path")
def resolve_path(call: Call) -> typing.Iterator[object]:
    for path in paths_of(call):
        yield (
            os.path.join(".", os.path.relpath(path, call.session.location))
            if call.flag("Relative")
            else path_info(path)
        )


@cmdlet("Convert-Path", PATH_PARAMETERS, aliases="cvpa", module="Management", default_set="Path")
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
    for text in (*call.texts("Path"), *call.texts("LiteralPath")):
        drive, name = split_drive(text)
        if drive == "hklm":
            yield from _registry_values(call, name)
            return
    for path in paths_of(call):
        item = item_object(path)
        if not call.has("Name"):
            yield item
            continue
        made = values.PSObject()
        for name in call.texts("Name"):
            found, value = members.find_member(item, name)
            if found:
                made.set(name, value)
                continue
            message = f"The property {name} does not exist or was not found."
            call.report(message, "GetValueError", Category.ReadError, name, "System.IO.IOException")
        if made.members:
            yield made


def _registry_values(call: Call, key: str) -> typing.Iterator[object]:
    known = administered.properties(call, key)
    if known is None:
        not_found(call, f"HKLM:\\{key}")
        return
    wanted = [name.lower() for name in call.texts("Name")]
    found = [(name, value) for name, value in known.items() if not wanted or name.lower() in wanted]
    if found or not wanted:
        yield values.PSObject(found)
        return
    message = f"Property {call.text('Name')} does not exist at path HKEY_LOCAL_MACHINE\\{key}."
    call.report(
        message, "System.Management.Automation.PSArgumentException", Category.InvalidArgument, call.text("Name")
    )


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
    from ..net_files import Path

    yield item_object(Path.get_temp_file_name())
