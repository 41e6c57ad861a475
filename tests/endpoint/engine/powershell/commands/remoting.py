# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WinRM service's listeners and session configurations, and its certificates (test endpoint process)."""

from __future__ import annotations

import os
import shutil
import typing
import uuid

from .. import administered, dates, patterns, values
from ..cmdlets import Call, cmdlet
from ..convert import to_string
from ..errors import Category
from ..functions import block_output
from ..members import get_member
from ..net_certificates import Certificate2, self_signed, thumbprint_of
from ..sequences import as_list

if typing.TYPE_CHECKING:
    from ...machine import RegisteredConfiguration, Remoting

_LISTENER = "winrm/config/listener"
_WSMAN = "System.Xml.XmlElement#http://schemas.microsoft.com/wbem/wsman/1/config/listener#Listener"
_CONFIGURATION = "Microsoft.PowerShell.Commands.PSSessionConfigurationCommands#PSSessionConfiguration"


def _remoting(call: Call) -> Remoting:
    return administered.machine_of(call.session).remoting


def _fail(call: Call, message: str, error_id: str) -> Exception:
    return call.fail(message, error_id, Category.InvalidOperation, None, "System.InvalidOperationException")


def _table(call: Call, name: str) -> dict[str, str]:
    table = call.get(name)
    pairs = table.items() if isinstance(table, values.Hashtable) else ()
    return {to_string(key).lower(): to_string(value) for key, value in pairs}


def _transport(call: Call) -> str:
    if call.text("ResourceURI").lower() != _LISTENER:
        raise _fail(call, f"The resource {call.text('ResourceURI')} is not known here.", "WsManError")
    return _table(call, "SelectorSet").get("transport", "").upper()


@cmdlet("Get-WSManInstance", "ResourceURI:string@0! SelectorSet Enumerate:switch", module="WSMan.Management")
def get_wsman_instance(call: Call) -> typing.Iterator[object]:
    wanted = _transport(call)
    for listener in _remoting(call).listeners():
        if wanted in ("", listener.transport):
            yield values.ObjectValue(
                [_WSMAN, "System.Object"],
                {
                    "Address": listener.address, "Transport": listener.transport, "Port": str(listener.port),
                    "Hostname": "", "Enabled": "true", "URLPrefix": "wsman",
                    "CertificateThumbprint": listener.thumbprint,
                },
            )  # fmt: skip


@cmdlet("New-WSManInstance", "ResourceURI:string@0! SelectorSet@1! ValueSet", module="WSMan.Management")
def new_wsman_instance(call: Call) -> None:
    transport, wanted = _transport(call), _table(call, "ValueSet")
    stored = administered.machine_of(call.session).certificates.get(wanted.get("certificatethumbprint", "").upper())
    port = int(wanted["port"]) if "port" in wanted else None
    if call.should_process(f"{_LISTENER} {transport}", "New-WSManInstance"):
        try:
            _remoting(call).add_listener(transport, port, stored)
        except ValueError as error:
            raise _fail(call, str(error), "WsManError") from None


@cmdlet("Set-WSManInstance", "ResourceURI:string@0! SelectorSet@1! ValueSet", module="WSMan.Management")
def set_wsman_instance(call: Call) -> None:
    transport, wanted = _transport(call), _table(call, "ValueSet")
    present = next((each for each in _remoting(call).listeners() if each.transport == transport), None)
    if present is None:
        raise _fail(call, f"There is no listener for {transport}.", "WsManError")
    thumbprint = wanted.get("certificatethumbprint", present.thumbprint).upper()
    stored = administered.machine_of(call.session).certificates.get(thumbprint)
    if call.should_process(f"{_LISTENER} {transport}", "Set-WSManInstance"):
        if transport == "HTTPS" and (stored is None or stored.key is None):
            raise _fail(
                call, "The certificate of an HTTPS listener must be installed with its private key.", "WsManError"
            )
        _remoting(call).remove_listener(transport)
        _remoting(call).add_listener(transport, int(wanted.get("port", present.port)), stored)


@cmdlet("Remove-WSManInstance", "ResourceURI:string@0! SelectorSet@1!", module="WSMan.Management")
def remove_wsman_instance(call: Call) -> None:
    transport = _transport(call)
    if call.should_process(f"{_LISTENER} {transport}", "Remove-WSManInstance"):
        try:
            _remoting(call).remove_listener(transport)
        except KeyError:
            raise _fail(call, f"There is no listener for {transport}.", "WsManError") from None


@cmdlet("Enable-PSRemoting", "Force:switch SkipNetworkProfileCheck:switch", module="Core")
def enable_remoting(call: Call) -> None:
    if call.should_process(call.session.computer_name, "Enable-PSRemoting"):
        administered.machine_of(call.session).enable_remoting()


def _configuration(found: RegisteredConfiguration) -> values.ObjectValue:
    permission = "BUILTIN\\Administrators AccessAllowed" if found.enabled else "NT AUTHORITY\\NETWORK AccessDenied"
    return values.ObjectValue(
        [_CONFIGURATION, "System.Object"],
        {
            "Name": found.name,
            "Enabled": found.enabled,
            "Permission": permission,
            "ConfigFilePath": found.file,
            "RunAsUser": found.run_as,
        },
    )


@cmdlet("Get-PSSessionConfiguration", "Name:string[]@0 Force:switch", module="Core")
def get_session_configuration(call: Call) -> typing.Iterator[object]:
    for name in call.texts("Name") or ["*"]:
        pattern = patterns.wildcard(name)
        found = [each for each in _remoting(call).configurations() if pattern.match(each.name)]
        if not found and not set("*?") & set(name):
            message = f'No session configuration matches criteria "{name}".'
            kind = "System.Management.Automation.RuntimeException"
            call.report(message, "Microsoft.PowerShell.Commands.WriteErrorException", Category.NotSpecified, name, kind)
        for each in found:
            yield _configuration(each)


@cmdlet(
    "Register-PSSessionConfiguration",
    "Name:string@0! Path:string RunAsCredential SecurityDescriptorSddl:string Force:switch NoServiceRestart:switch",
    module="Core",
)
def register_session_configuration(call: Call) -> None:
    """Reads the session configuration file, as the service does, for what its clients may call."""
    name, visible, kept = call.text("Name"), None, ""
    if any(each.name.lower() == name.lower() for each in _remoting(call).configurations()):
        raise _fail(call, f"The WS-Management service cannot process the request: {name} exists.", "WsManError")
    if call.has("Path"):
        source = call.session.resolve(call.text("Path"))
        definition = _data_file(call, source)
        if to_string(definition.get("SessionType", "")).lower() == "restrictedremoteserver":
            visible = _visible_commands(call, definition)
        kept = str(administered.machine_of(call.session).folder / f"{name}_{uuid.uuid4()}.pssc")
    if call.should_process(f"Name: {name}", "Register-PSSessionConfiguration"):
        if kept:
            shutil.copyfile(source, kept)
        account = call.get("RunAsCredential")
        run_as = to_string(get_member(account, "UserName")) if account is not None else ""
        _remoting(call).register(name, kept, visible, run_as)
        if not call.flag("NoServiceRestart"):
            _remoting(call).restart()


@cmdlet("Unregister-PSSessionConfiguration", "Name:string@0!~ Force:switch NoServiceRestart:switch", module="Core")
def unregister_session_configuration(call: Call) -> None:
    name = call.text("Name")
    if call.should_process(f"Name: {name}", "Unregister-PSSessionConfiguration"):
        try:
            _remoting(call).unregister(name)
        except KeyError:
            raise _fail(call, f'No session configuration matches criteria "{name}".', "WsManError") from None
        if not call.flag("NoServiceRestart"):
            _remoting(call).restart()


def _data_file(call: Call, path: str) -> values.Hashtable:
    """A .pssc or .psrc file: a table, and nothing that runs."""
    from ..dispatch import parse_block

    try:
        with open(path, encoding="utf-8-sig") as file:
            found = block_output(parse_block(file.read(), path), call.frame, ())
    except OSError as error:
        raise _fail(call, f"Could not find file '{path}': {error.strerror}.", "FileNotFound") from None
    if len(found) != 1 or not isinstance(found[0], values.Hashtable):
        raise _fail(call, f"The file {path} holds no table.", "InvalidPSSessionConfigurationFile")
    return found[0]


def _visible_commands(call: Call, definition: values.Hashtable) -> list[str]:
    """What a restricted configuration shows, of its own and of the role capabilities that it names."""
    tables = [definition]
    roles = definition.get("RoleDefinitions")
    administrators = administered.machine_of(call.session).administrators
    for name, role in roles.items() if isinstance(roles, values.Hashtable) else ():
        if to_string(name).lower().startswith("builtin\\") and to_string(name).lower() != administrators.lower():
            message = f"Could not resolve the role definition principal '{to_string(name)}'."
            raise _fail(call, message, "CouldNotResolveRoleDefinitionPrincipal")
        wanted = as_list(role.get("RoleCapabilities")) if isinstance(role, values.Hashtable) else ()
        tables += [_data_file(call, _capability_file(call, to_string(name))) for name in wanted]
    visible: list[str] = []
    for table in tables:
        for key in ("VisibleCmdlets", "VisibleFunctions", "VisibleExternalCommands"):
            for entry in as_list(table.get(key)):
                visible.append(to_string(entry.get("Name") if isinstance(entry, values.Hashtable) else entry))
    return visible


def _capability_file(call: Call, name: str) -> str:
    modules = os.path.join(call.session.environment["ProgramFiles"], "WindowsPowerShell", "Modules")
    for folder, _folders, files in os.walk(modules):
        if os.path.basename(folder) == "RoleCapabilities":
            for file in files:
                if file.lower() == f"{name}.psrc".lower():
                    return os.path.join(folder, file)
    raise _fail(call, f"Could not find the role capability '{name}'.", "CouldNotFindRoleCapability")


@cmdlet(
    "New-SelfSignedCertificate",
    "DnsName:string[]! CertStoreLocation:string FriendlyName:string NotAfter:datetime KeyAlgorithm:string "
    "KeyLength:int HashAlgorithm:string KeyExportPolicy:string",
    module="PKI",
)
def new_self_signed_certificate(call: Call) -> typing.Iterator[object]:
    names = call.texts("DnsName")
    if call.should_process(names[0], "New-SelfSignedCertificate"):
        days = 365
        if call.has("NotAfter"):
            days = int((dates.timestamp(call.get("NotAfter")) - dates.timestamp(dates.now())) // 86_400) + 1
        stored = self_signed(names, days, call.text("FriendlyName"))
        administered.machine_of(call.session).certificates[thumbprint_of(stored.certificate)] = stored
        yield Certificate2(stored)
