# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables and aliases that every session begins with (test endpoint process)."""

from __future__ import annotations

import functools
import getpass
import os
import pathlib
import socket
import tempfile

from . import syntax, values
from .cmdlets import ALIASES
from .net_host import InternalHost
from .net_small import SemanticVersion
from .objects import ACTION_PREFERENCES, CONFIRM_IMPACTS, EngineIntrinsics
from .parser import parse
from .scopes import Variable, define_function
from .session import Session
from .typesystem import find
from .wire_input import from_psrp

_PREFERENCES = {
    "ErrorActionPreference": "Continue", "WarningPreference": "Continue", "VerbosePreference": "SilentlyContinue",
    "DebugPreference": "SilentlyContinue", "InformationPreference": "SilentlyContinue",
    "ProgressPreference": "Continue",
}  # fmt: skip


def define_automatic(session: Session) -> None:
    """Defines the automatic and preference variables, the environment and the aliases."""
    _define_environment(session)
    scope = session.globals
    for name, value in _PREFERENCES.items():
        scope.variables[name.lower()] = Variable(
            name, ACTION_PREFERENCES.find(value), type=find(ACTION_PREFERENCES.name)
        )
    host = InternalHost(session)
    constants: dict[str, object] = {
        "PID": os.getpid(), "HOME": os.path.expanduser("~"), "PSHOME": "/opt/microsoft/powershell/7", "Host": host,
        "ExecutionContext": EngineIntrinsics(session), "ShellId": "Microsoft.PowerShell", "IsLinux": True,
        "IsWindows": False, "IsMacOS": False, "IsCoreCLR": True, "PSEdition": "Core",
        "PSCulture": session.origin.culture, "PSUICulture": session.origin.ui_culture,
        "PSVersionTable": _version_table(), "PSSenderInfo": _sender_info(session),
    }  # fmt: skip
    for name, constant in constants.items():
        scope.variables[name.lower()] = Variable(name, constant, "Constant, AllScope" if name != "PSSenderInfo" else "")
    plain: dict[str, object] = {
        "Error": session.errors, "PROFILE": os.path.expanduser("~/.config/powershell/Microsoft.PowerShell_profile.ps1"),
        "MaximumHistoryCount": 4096, "OutputEncoding": None, "NestedPromptLevel": 0, "PSScriptRoot": "",
        "PSDefaultParameterValues": values.Hashtable((), "System.Collections.Hashtable"), "FormatEnumerationLimit": 4,
        "ConfirmPreference": CONFIRM_IMPACTS.find("High"), "WhatIfPreference": False, "PSCommandPath": "",
        "PSNativeCommandUseErrorActionPreference": False, "PSSessionConfigurationName": "", "StackTrace": "",
    }  # fmt: skip
    for name, item in plain.items():
        scope.variables[name.lower()] = Variable(name, item, "AllScope" if name == "Error" else "")
    scope.variables["pwd"] = Variable("PWD", None, "AllScope", getter=lambda: _location(session))
    scope.aliases.update(ALIASES)
    for definition in _functions():
        define_function(scope, definition.name, definition.block)


@functools.cache
def _functions() -> list[syntax.FunctionDefinition]:
    """The functions that every session begins with."""
    tree = parse(pathlib.Path(__file__).with_name("functions.ps1").read_text("utf-8"))
    return [node for node in tree.blocks["end"] if isinstance(node, syntax.FunctionDefinition)]


def _location(session: Session) -> object:
    from .commands.file_objects import path_info

    return path_info(session.location)


def _define_environment(session: Session) -> None:
    environment = session.environment
    environment["COMPUTERNAME"] = session.computer_name or socket.gethostname()
    environment["USERNAME"] = session.user.rpartition("\\")[2].partition("@")[0] or getpass.getuser()
    environment.setdefault("TEMP", tempfile.gettempdir())
    environment.setdefault("TMP", environment["TEMP"])


def _version_table() -> values.Hashtable:
    table = values.Hashtable((), "System.Management.Automation.PSVersionHashTable")
    versions = [
        values.Version((major, minor))
        for major, minor in ((1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (5, 1), (6, 0), (7, 0), (7, 6))
    ]
    table.update({
        "PSVersion": SemanticVersion("7.6.5"),
        "PSEdition": "Core", "GitCommitId": "7.6.5", "OS": f"{os.uname().sysname} {os.uname().release}",
        "Platform": "Unix",
        "PSCompatibleVersions": versions, "PSRemotingProtocolVersion": values.Version((2, 3)),
        "SerializationVersion": values.Version((1, 1, 0, 1)), "WSManStackVersion": values.Version((3, 0)),
    }.items())  # fmt: skip
    return table


def _primitive(value: object) -> object:
    """What application arguments are on the server: dictionaries of their own type, however they were sent."""
    if not isinstance(value, values.Hashtable):
        return value
    pairs = ((key, _primitive(item)) for key, item in value.items())
    return values.Hashtable(pairs, "System.Management.Automation.PSPrimitiveDictionary")


def _sender_info(session: Session) -> values.ObjectValue:
    identity = values.ObjectValue(
        ["System.Management.Automation.Remoting.PSIdentity", "System.Object"],
        {"AuthenticationType": "", "IsAuthenticated": True, "Name": session.user, "CertificateDetails": None},
    )
    principal = values.ObjectValue(
        ["System.Management.Automation.Remoting.PSPrincipal", "System.Object"],
        {"Identity": identity, "WindowsIdentity": None},
    )
    return values.ObjectValue(
        ["System.Management.Automation.Remoting.PSSenderInfo", "System.Object"],
        {
            "UserInfo": principal,
            "ClientTimeZone": None,
            "ConnectionString": "",
            "ApplicationArguments": _primitive(from_psrp(session.origin.application_arguments)),
            "ConfigurationName": session.origin.configuration_name,
        },
        extended={"ConnectedUser": session.user, "RunAsUser": None},
    )
