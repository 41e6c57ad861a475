# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locations and paths (test endpoint process)."""

from __future__ import annotations

import os
import typing

from ..cmdlets import Call, cmdlet
from ..errors import Category
from .items import path_info

_AUTOMATION = "System.Management.Automation."


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
