# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in files (test endpoint process)."""

from __future__ import annotations

import os
import typing

from .. import convert, numbers
from ..calling import wrap_io
from ..cmdlets import Call, Cmdlet, cmdlet
from ..convert import to_string
from ..errors import Category
from ..formatting import lines_of
from ..net_text import encoding_named
from ..sequences import as_list
from .items import io_error, paths_of, split_drive


@cmdlet(
    "Get-Content",
    "Path:string[]@0!<~(Path) LiteralPath|PSPath:string[]!~(Literal) Raw:switch TotalCount|First|Head:int "
    "Tail|Last:int Encoding:string AsByteStream:switch ReadCount:int Delimiter:string Wait:switch Force:switch "
    "Filter:string Include:string[] Exclude:string[]",
    aliases="cat gc type",
    module="Management",
    default_set="Path",
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
    "Path:string[]@0!~(Path) Value:object[]@1!<0 LiteralPath|PSPath:string[]!~(Literal) Encoding:string "
    "NoNewline:switch Force:switch PassThru:switch AsByteStream:switch Stream:string"
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
                    call.report(message, "GetContentWriterDirectoryNotFoundError", Category.ObjectNotFound, path, kind)
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


@cmdlet("Set-Content", _CONTENT, module="Management", default_set="Path")
class SetContent(_Writer):
    """Replaces a file's content."""


@cmdlet("Add-Content", _CONTENT, aliases="ac", module="Management", default_set="Path")
class AddContent(_Writer):
    mode = "ab"


@cmdlet(
    "Clear-Content", "Path:string[]@0!~(Path) LiteralPath:string[]!(Literal) Force:switch", aliases="clc",
    module="Management", default_set="Path",
)  # fmt: skip
def clear_content(call: Call) -> None:
    for path in paths_of(call):
        with open(path, "wb"):
            continue


@cmdlet(
    "Out-File",
    (
        "FilePath|Path:string@0!(ByPath) LiteralPath|PSPath|LP:string!~(ByLiteralPath) InputObject<0 "
        "Encoding:string@1 Append:switch "
        "NoNewline:switch Force:switch Width:int NoClobber:switch"
    ),
    default_set="ByPath",
)
class OutFile(_Writer):
    def begin(self) -> None:
        super().begin()
        call = self.call
        path = call.session.resolve(call.text("FilePath") or call.text("LiteralPath"))
        if call.flag("NoClobber") and not call.flag("Append") and os.path.lexists(path):
            kind = "System.IO.IOException"
            message = f"File {path} already exists and NoClobber was specified."
            raise call.fail(message, "NoClobber", Category.ResourceExists, path, kind)
        try:
            with open(path, "ab" if call.flag("Append") else "wb"):
                return
        except OSError as error:
            problem = wrap_io(error, path, writing=True).exception
            raise call.fail(
                problem.message, "FileOpenFailure", Category.OpenError, None, problem.type_names[0]
            ) from None

    def process(self, item: object) -> None:
        if self.call.stage.expects_input or self.call.has("InputObject"):
            self.items.append(item)

    def end(self) -> None:
        self.mode = "ab" if self.call.flag("Append") else "wb"
        self.call.parameters["literalpath"] = self.call.text("FilePath") or self.call.text("LiteralPath")
        self.items = list(lines_of(self.items))
        super().end()
