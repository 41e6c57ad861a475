# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-core sends, taken apart: which script a command line stands for (ansible worker).

core makes a PowerShell command line even for connections that have a PowerShell at hand, and its form changes with
core's versions. Our own reading of it needs nothing of core's internals.
"""

from __future__ import annotations

import base64
import binascii
import re
import typing

from . import scripts


class Dialect(typing.NamedTuple):
    """How one version of ansible-core speaks to ansible.builtin.psrp."""

    #: Whether input goes to the pipeline as one string a line; else it is one string.
    lines: bool
    #: Whether ``-File`` is taken apart, too.
    file: bool
    #: Whether the interpreter may be another one than Windows PowerShell (ansible_pwsh_interpreter).
    any_interpreter: bool
    #: Whether each error in stderr ends its line; else line ends stand between what is in stderr.
    errors_end_lines: bool
    #: Whether paths given to put_file and fetch_file may be quoted.
    quoted_paths: bool


class CommandLine(typing.NamedTuple):
    """The script that a command line stands for."""

    script: str
    arguments: typing.Sequence[str] = ()
    #: Whether core made the script; else it is what the user gave to raw and its like.
    encoded: bool = False


# Patterns are compiled when they are first used: every task loads this, and most need just one of them.
#: An argument; within quotes a doubled quote stands for itself.
_ARGUMENT = r"""'((?:[^']|'')*)'|"((?:[^"]|"")*)"|(\S+)"""
_OPTIONS = r" -NoProfile -NonInteractive(?: -ExecutionPolicy Unrestricted)?(?: -InputFormat None)?"
_INTERPRETER = r"(?P<interpreter>(?:& )?(?:'[^']+'|\"[^\"]+\"|[^\s'\"|;&]+))"
_BASE64 = r"'?({}[A-Za-z0-9+/]+=*)'?"
_ENCODED = (
    f"{_INTERPRETER}{_OPTIONS} -EncodedCommand {_BASE64.format('?P<command>')}"
    f"(?: -EncodedArguments {_BASE64.format('?P<arguments>')})?\\s*"
)
_FILE = f"(?s){_INTERPRETER}{_OPTIONS} -File (?P<rest>.+)"
_WINDOWS_POWERSHELL = "PowerShell"


def dialect(core_version: str) -> Dialect:
    """The dialect of a version of ansible-core, such as ``2.19.4``."""
    major, minor = (int(number) for number in re.findall(r"\d+", core_version)[:2])
    version = (major, minor)
    return Dialect(
        lines=version >= (2, 19),
        file=(2, 19) <= version < (2, 21),
        any_interpreter=version >= (2, 21),
        errors_end_lines=version >= (2, 19),
        quoted_paths=version < (2, 20),
    )


def parse(command: str, spoken: Dialect) -> CommandLine:
    """The script to run in the session for a command of core."""
    if (match := re.fullmatch(_ENCODED, command)) and _known(match["interpreter"], spoken):
        script = _decoded(match["command"])
        arguments = _clixml_strings(_decoded(match["arguments"])) if match["arguments"] else []
        if script is not None:
            return CommandLine(script, arguments, encoded=True)
    if spoken.file and (match := re.fullmatch(_FILE, command)) and _known(match["interpreter"], spoken):
        return CommandLine(scripts.read("run_file"), _tokens(match["rest"]))
    # As psrp does, so that the code of a program becomes the task's.
    return CommandLine(f"{command}\nexit $LASTEXITCODE")


def unquoted(path: str, spoken: Dialect) -> str:
    """A path as it is meant, for versions of core that quote it."""
    match = re.fullmatch(r"""\s*(['"])(.*)\1\s*""", path, re.DOTALL)
    return match[2] if match and spoken.quoted_paths else path


def _known(interpreter: str, spoken: Dialect) -> bool:
    return spoken.any_interpreter or interpreter == _WINDOWS_POWERSHELL


def _decoded(text: str | None) -> str | None:
    try:
        return base64.b64decode(text or "", validate=True).decode("utf-16-le")
    except (binascii.Error, UnicodeDecodeError):
        return None


def _tokens(text: str) -> list[str]:
    tokens = []
    for single, double, bare in re.findall(_ARGUMENT, text):
        tokens.append(bare or single.replace("''", "'") or double.replace('""', '"'))
    return tokens


def _clixml_strings(text: str | None) -> list[str]:
    """The strings of -EncodedArguments, an ArrayList in CLIXML; only used where remote files are kept."""
    from xml.etree import ElementTree  # rarely needed, and every task would pay for it

    def replaced(match: re.Match[str]) -> str:
        return chr(int(match[1], 16))

    strings = []
    for element in ElementTree.fromstring(text or "<Objs/>").iter():  # noqa: S314  core's, of this controller
        if element.tag.rpartition("}")[2] == "S":
            unescaped = re.sub("_x([0-9A-Fa-f]{4})_", replaced, element.text or "")
            # Characters beyond the BMP come as two escaped surrogates.
            strings.append(unescaped.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    return strings
