# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, folders, their drive and their provider as objects (test endpoint process)."""

from __future__ import annotations

import functools
import grp
import os
import pwd
import shutil
import stat

from .. import dates, numbers, values
from ..net_credentials import PSCredential
from ..net_io import FILE_ATTRIBUTES
from ..session import current
from ..typesystem import known_generic, register_enum
from ..values import EnumType, NetList, ObjectValue, PSObject

_AUTOMATION = "System.Management.Automation."
_PROVIDER = "Microsoft.PowerShell.Core\\FileSystem"
_FILE_MODE = register_enum(EnumType("System.IO.UnixFileMode", {
    "None": 0, "OtherExecute": 1, "OtherWrite": 2, "OtherRead": 4, "GroupExecute": 8, "GroupWrite": 16,
    "GroupRead": 32, "UserExecute": 64, "UserWrite": 128, "UserRead": 256, "StickyBit": 512, "SetGroup": 1024,
    "SetUser": 2048,
}, flags=True))  # fmt: skip
_DRIVES = known_generic(
    f"System.Collections.ObjectModel.Collection`1[[{_AUTOMATION}PSDriveInfo, {values.AUTOMATION_LIBRARY}]]",
    "System.Collections.ObjectModel.Collection`1",
)
_VERSION_LINES = (
    "InternalName OriginalFilename FileVersion FileDescription Product ProductVersion Debug Patched PreRelease "
    "PrivateBuild SpecialBuild Language"
)
#: What $PSStyle.FileInfo says of names.
_RESET, _FOLDER, _LINK, _PROGRAM = "\x1b[0m", "\x1b[44;1m", "\x1b[36;1m", "\x1b[32;1m"
_EXTENSIONS = {
    **dict.fromkeys((".zip", ".tgz", ".gz", ".tar", ".nupkg", ".cab", ".7z"), "\x1b[31;1m"),
    **dict.fromkeys((".ps1", ".psd1", ".psm1", ".ps1xml"), "\x1b[33;1m"),
}


def attributes_of(path: str) -> values.EnumValue:
    """FileAttributes as .NET makes them out of a file's mode and name."""
    info = os.lstat(path)
    value = 16 if stat.S_ISDIR(os.stat(path).st_mode if os.path.exists(path) else info.st_mode) else 0
    value |= 1024 if stat.S_ISLNK(info.st_mode) else 0
    value |= 2 if os.path.basename(path).startswith(".") else 0
    value |= 1 if not info.st_mode & stat.S_IWUSR else 0
    return FILE_ATTRIBUTES(value or 128)


@functools.cache
def _drive_and_provider() -> tuple[PSObject, ObjectValue]:
    """The file system's, which every file names; one of each for all sessions."""
    drive = PSObject(base=ObjectValue([f"{_AUTOMATION}PSDriveInfo", "System.Object"], {
        "CurrentLocation": "", "Name": "/", "Provider": None, "Root": "/", "Description": "", "MaximumSize": None,
        "Credential": PSCredential.nobody(), "DisplayRoot": None, "VolumeSeparatedByColon": False,
    }, "/"))  # fmt: skip
    drives = NetList(_DRIVES, [ObjectValue([f"{_AUTOMATION}PSDriveInfo", "System.Object"], {"Name": "Temp"}, "Temp")])
    drives.append(drive)
    provider = ObjectValue([f"{_AUTOMATION}ProviderInfo", "System.Object"], {
        "ImplementingType": "Microsoft.PowerShell.Commands.FileSystemProvider",
        "HelpFile": "System.Management.Automation.dll-Help.xml", "Name": "FileSystem",
        "PSSnapIn": "Microsoft.PowerShell.Core", "ModuleName": "Microsoft.PowerShell.Core", "Module": None,
        "Description": "", "Capabilities": "Filter, ShouldProcess, Credentials", "Home": os.path.expanduser("~"),
        "Drives": drives, "VolumeSeparatedByColon": False, "ItemSeparator": values.Char("/"),
        "AltItemSeparator": values.Char("\\"),
    }, _PROVIDER)  # fmt: skip
    _base(drive).properties["Provider"] = provider
    return drive, provider


def _base(wrapped: PSObject) -> ObjectValue:
    assert isinstance(wrapped.base, ObjectValue)
    return wrapped.base


def file_drive() -> PSObject:
    """The drive as it is just now."""
    drive = _drive_and_provider()[0]
    usage = shutil.disk_usage("/")
    base = _base(drive)
    base.properties["CurrentLocation"] = current().location.lstrip("/")
    base.extended = {"Used": numbers.Int64(usage.used), "Free": numbers.Int64(usage.free)}
    return drive


def path_info(path: str) -> ObjectValue:
    """A location of the file system."""
    drive, provider = _drive_and_provider()
    properties: dict[str, object] = {"Drive": drive, "Provider": provider, "ProviderPath": path, "Path": path}
    return ObjectValue([f"{_AUTOMATION}PathInfo", "System.Object"], properties, path)


def item_object(path: str) -> PSObject:
    """A FileInfo or DirectoryInfo with what the provider and PowerShell's type data add."""
    info = os.stat(path) if os.path.exists(path) else os.lstat(path)
    directory = stat.S_ISDIR(info.st_mode)
    name, parent = os.path.basename(path) or path, os.path.dirname(path)
    link = os.readlink(path) if os.path.islink(path) else None
    own: dict[str, object] = {"Name": name}
    if directory:
        own |= {"Parent": _folder(parent), "Root": _folder("/")}
    else:
        own |= {"Length": numbers.Int64(info.st_size), "DirectoryName": parent, "Directory": _folder(parent),
                "IsReadOnly": not os.access(path, os.W_OK)}  # fmt: skip
    own |= {"Exists": True, "FullName": path, "Extension": os.path.splitext(name)[1], **_times(info),
            "LinkTarget": link, "UnixFileMode": _FILE_MODE(stat.S_IMODE(info.st_mode)),
            "Attributes": attributes_of(path)}  # fmt: skip
    kind = "System.IO.DirectoryInfo" if directory else "System.IO.FileInfo"
    base = ObjectValue([kind, "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"], own, path)
    base.extended = _type_data(path, name, info, link)
    return PSObject([
        ("PSPath", f"{_PROVIDER}::{path}"), ("PSParentPath", f"{_PROVIDER}::{parent}"), ("PSChildName", name),
        ("UnixStat", _unix_stat(info, link)), ("PSDrive", file_drive()), ("PSProvider", _drive_and_provider()[1]),
        ("PSIsContainer", directory),
    ], base)  # fmt: skip


def _folder(path: str) -> ObjectValue:
    return ObjectValue(
        ["System.IO.DirectoryInfo", "System.IO.FileSystemInfo", "System.MarshalByRefObject", "System.Object"],
        {"FullName": path, "Name": os.path.basename(path) or path},
        path,
    )


def _times(info: os.stat_result) -> dict[str, object]:
    times: dict[str, object] = {}
    for label, nanoseconds in (
        ("CreationTime", info.st_ctime_ns),
        ("LastAccessTime", info.st_atime_ns),
        ("LastWriteTime", info.st_mtime_ns),
    ):
        times[label] = dates.from_nanoseconds(nanoseconds)
        times[f"{label}Utc"] = dates.from_nanoseconds(nanoseconds, local=False)
    return times


def _unix_stat(info: os.stat_result, link: str | None) -> ObjectValue:
    name = f"{_AUTOMATION}Platform+Unix+CommonStat"
    kind = "SymbolicLink" if link else "Directory" if stat.S_ISDIR(info.st_mode) else "File"
    return ObjectValue([name, "System.Object"], {
        "Inode": numbers.Int64(info.st_ino), "Mode": info.st_mode, "UserId": info.st_uid, "GroupId": info.st_gid,
        "HardlinkCount": info.st_nlink, "Size": numbers.Int64(info.st_size),
        "AccessTime": dates.from_timestamp(int(info.st_atime)),
        "ModifiedTime": dates.from_timestamp(int(info.st_mtime)),
        "StatusChangeTime": dates.from_timestamp(int(info.st_ctime)),
        "BlockSize": numbers.Int64(info.st_blksize), "DeviceId": info.st_dev, "NumberOfBlocks": info.st_blocks,
        "ItemType": kind, "IsSetUid": bool(info.st_mode & stat.S_ISUID), "IsSetGid": bool(info.st_mode & stat.S_ISGID),
        "IsSticky": bool(info.st_mode & stat.S_ISVTX),
    }, name)  # fmt: skip


def _type_data(path: str, name: str, info: os.stat_result, link: str | None) -> dict[str, object]:
    directory = stat.S_ISDIR(info.st_mode)
    moment = dates.from_nanoseconds(info.st_mtime_ns)
    written = f"{dates.format_date(moment, 'd'):>10} {dates.format_date(moment, 't'):>8}"
    mode = _mode(path, directory)
    version: dict[str, object] = {} if directory else {"VersionInfo": _version_info(path)}
    return {
        "UnixMode": stat.filemode(os.lstat(path).st_mode), "User": _user(info.st_uid), "Group": _group(info.st_gid),
        "Size": numbers.Int64(info.st_size), "Mode": mode, "ModeWithoutHardLink": mode, **version,
        "BaseName": name if directory else os.path.splitext(name)[0],
        "ResolvedTarget": os.path.realpath(path), "Target": link, "LinkType": "SymbolicLink" if link else None,
        "NameString": _shown_name(name, info, link), "LengthString": "" if directory else str(info.st_size),
        "LastWriteTimeString": written,
    }  # fmt: skip


def _shown_name(name: str, info: os.stat_result, link: str | None) -> str:
    if link:
        return f"{_LINK}{name}{_RESET} -> {link}"
    style = _EXTENSIONS.get(os.path.splitext(name)[1].lower(), "")
    if stat.S_ISDIR(info.st_mode):
        style = _FOLDER
    elif not style and info.st_mode & 0o111:
        style = _PROGRAM
    return f"{style}{name}{_RESET}" if style else name


def _version_info(path: str) -> ObjectValue:
    flags = ("Debug", "Patched", "PreRelease", "PrivateBuild", "SpecialBuild")
    lines = [f"{label + ':':<18}{'False' if label in flags else ''}\n" for label in _VERSION_LINES.split()]
    name = "System.Diagnostics.FileVersionInfo"
    return ObjectValue([name, "System.Object"], {"FileName": path}, f"{'File:':<18}{path}\n{''.join(lines)}")


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _mode(path: str, directory: bool) -> str:
    value = attributes_of(path).value
    letters = (("l", 1024), ("a", 32), ("r", 1), ("h", 2), ("s", 4))
    first = "l" if value & 1024 else "d" if directory else "-"
    return first + "".join(letter if value & bit else "-" for letter, bit in letters[1:])
