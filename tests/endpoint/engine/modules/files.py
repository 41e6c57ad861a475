# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules about files: ansible.windows.win_stat and slurp (test endpoint process)."""

from __future__ import annotations

import base64
import hashlib
import os
import pathlib
import pwd
import stat

from .arguments import Option, Spec
from .call import Module, ModuleCall
from .results import ModuleFailedError, Result

_ALGORITHMS = ("md5", "sha1", "sha256", "sha384", "sha512")


def _win_stat(call: ModuleCall) -> Result:
    arguments = call.arguments
    path = pathlib.Path(os.path.normpath(pathlib.Path.cwd() / call.path(arguments["path"])))
    if not os.path.lexists(path):
        return {"stat": {"exists": False}}
    if arguments["follow"]:
        path = path.resolve()
    facts: Result = {"exists": True, **_common_facts(path, call)}
    if path.is_dir():
        facts["isdir"] = True
        if arguments["get_size"]:
            facts["size"] = sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())
        return {"stat": facts}
    facts.update(isreg=not path.is_symlink(), extension=path.suffix)
    if arguments["get_checksum"]:
        facts["checksum"] = _checksum(path, arguments["checksum_algorithm"])
    if arguments["get_size"]:
        facts["size"] = path.stat().st_size
    return {"stat": facts}


def _common_facts(path: pathlib.Path, call: ModuleCall) -> Result:
    status = path.lstat()
    attributes = _attributes(path, status)
    facts: Result = {
        "attributes": ", ".join(attributes),
        "isarchive": "Archive" in attributes,
        "isdir": False,
        "ishidden": "Hidden" in attributes,
        "isjunction": False,
        "islnk": path.is_symlink(),
        "isreadonly": "ReadOnly" in attributes,
        "isreg": False,
        "isshared": False,
        "nlink": status.st_nlink if path.is_file() else 1,
        "hlnk_targets": [],
        "creationtime": min(status.st_ctime, status.st_mtime),
        "lastaccesstime": status.st_atime,
        "lastwritetime": status.st_mtime,
        "path": str(path),
        "filename": path.name,
        "owner": f"{call.computer_name}\\{_owner(status.st_uid)}",
    }
    if path.is_symlink():
        facts.update(lnk_target=os.readlink(path), lnk_source=str(path.resolve()))
    return facts


def _attributes(path: pathlib.Path, status: os.stat_result) -> list[str]:
    """As .NET makes FileAttributes of a file that is no Windows file."""
    attributes = []
    if not status.st_mode & stat.S_IWUSR:
        attributes.append("ReadOnly")
    if path.name.startswith("."):
        attributes.append("Hidden")
    if path.is_dir():
        attributes.append("Directory")
    if path.is_symlink():
        attributes.append("ReparsePoint")
    return attributes or ["Normal"]


def _owner(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _checksum(path: pathlib.Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm.lower(), usedforsecurity=False)
    try:
        with path.open("rb") as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                digest.update(piece)
    except OSError as error:
        message = f"Failed to get hash of file, set get_checksum to False to ignore this error: {error.strerror}"
        raise ModuleFailedError(message) from error
    return digest.hexdigest()


def _slurp(call: ModuleCall) -> Result:
    source = next((call.arguments[name] for name in ("src", "path") if name in call.arguments), None)
    if source is None:
        raise ModuleFailedError("Get-AnsibleParam: Missing required argument: src")
    shown, path = call.expand(source), pathlib.Path(call.path(source))
    if path.is_dir():
        raise ModuleFailedError(f"Path {shown} is a directory")
    if not path.is_file():
        raise ModuleFailedError(f"Path {shown} is not found")
    return {"content": base64.b64encode(path.read_bytes()).decode(), "encoding": "base64"}


win_stat = Module(
    _win_stat,
    Spec(
        {
            "path": Option("path", required=True, aliases=("dest", "name")),
            "get_checksum": Option("bool", default=True),
            "get_size": Option("bool", default=True),
            "checksum_algorithm": Option(default="sha1", choices=_ALGORITHMS),
            "follow": Option("bool", default=False),
        }
    ),
)

slurp = Module(_slurp)
