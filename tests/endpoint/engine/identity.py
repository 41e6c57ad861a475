# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which PowerShell the embedded engine says it is: the one whose answers it was built after (test endpoint process)."""

from __future__ import annotations

import collections.abc
import pathlib
import tempfile
import typing

from psrpcore.types import PSList, PSPrimitiveDictionary, PSVersion

VERSION = "7.6.5"

_COMPATIBLE = ("1.0", "2.0", "3.0", "4.0", "5.0", "5.1", "6.0", "7.0")


def private_data() -> dict[str, typing.Any]:
    """APPLICATION_PRIVATE_DATA: the $PSVersionTable that was recorded, as psrpcore's types."""
    table = {
        "PSVersion": PSVersion(VERSION),
        "PSEdition": "Core",
        "GitCommitId": "7.6.5-0-g7acb29279dd64e646d821f75d1cc8ad59455a9a6",
        "OS": "Debian GNU/Linux 12 (bookworm)",
        "Platform": "Unix",
        "PSSemanticVersion": VERSION,
        "PSCompatibleVersions": _version_array(_COMPATIBLE),
        "PSRemotingProtocolVersion": PSVersion("2.3"),
        "SerializationVersion": PSVersion("1.1.0.1"),
        "WSManStackVersion": PSVersion("3.0"),
    }
    return {"PSVersionTable": PSPrimitiveDictionary(table)}


def _version_array(versions: collections.abc.Iterable[str]) -> PSList:
    array = PSList(PSVersion(version) for version in versions)
    array.PSObject.type_names = ["System.Version[]", "System.Array", "System.Object"]
    return array


def windows_environment() -> dict[str, str]:
    """Variables that every process on Windows has and no process elsewhere; ansible-core's defaults name them."""
    temporary = tempfile.gettempdir()
    return {"TEMP": temporary, "TMP": temporary, "USERPROFILE": str(pathlib.Path.home())}
