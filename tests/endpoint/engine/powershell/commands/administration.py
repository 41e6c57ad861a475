# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services, the firewall, the registry's values, items of drives, detached processes (test endpoint process)."""

from __future__ import annotations

import ipaddress
import typing

from .. import administered, patterns, values
from ..cmdlets import Call, cmdlet
from ..convert import to_string
from ..errors import Category
from ..members import get_member
from .items import split_drive

if typing.TYPE_CHECKING:
    from ...machine import FirewallRule, Service

_SERVICE = "System.ServiceProcess.ServiceController"
_RULE = "Microsoft.Management.Infrastructure.CimInstance#root/standardcimv2/MSFT_NetFirewallRule"


def _services(call: Call) -> typing.Iterator[Service]:
    """The services that -Name means; an error for a name that fits none."""
    known = administered.machine_of(call.session).services
    for name in call.texts("Name") or ["*"]:
        pattern = patterns.wildcard(name)
        found = [service for service in known.values() if pattern.match(service.name)]
        if not found and not set("*?[") & set(name):
            message = f"Cannot find any service with service name '{name}'."
            kind = "System.Management.Automation.RuntimeException"
            call.report(message, "NoServiceFoundForGivenName", Category.ObjectNotFound, name, kind)
        yield from found


@cmdlet("Get-Service", "Name|ServiceName:string[]@0<~", aliases="gsv", module="Management")
def get_service(call: Call) -> typing.Iterator[object]:
    for service in _services(call):
        yield values.ObjectValue(
            [_SERVICE, "System.ComponentModel.Component", "System.Object"],
            {
                "Name": service.name, "ServiceName": service.name, "DisplayName": service.display_name,
                "Status": service.status, "StartType": service.start_type,
            },
            service.name,
        )  # fmt: skip


@cmdlet("Set-Service", "Name|ServiceName:string[]@0!~ StartupType:string Status:string", module="Management")
def set_service(call: Call) -> None:
    for service in _services(call):
        if call.should_process(f"{service.display_name} ({service.name})", "Set-Service"):
            service.start_type = call.text("StartupType", service.start_type)
            service.status = call.text("Status", service.status)


@cmdlet("Start-Service", "Name|ServiceName:string[]@0!~", aliases="sasv", module="Management")
def start_service(call: Call) -> None:
    for service in _services(call):
        if call.should_process(f"{service.display_name} ({service.name})", "Start-Service"):
            service.status = "Running"


@cmdlet("Restart-Service", "Name|ServiceName:string[]@0!~ Force:switch", module="Management")
def restart_service(call: Call) -> None:
    for service in _services(call):
        if call.should_process(f"{service.display_name} ({service.name})", "Restart-Service"):
            administered.machine_of(call.session).restart_service(service)


@cmdlet("Restart-Computer", "Force:switch", module="Management")
def restart_computer(call: Call) -> None:
    if call.should_process(f"localhost ({call.session.computer_name})", "Restart-Computer"):
        administered.machine_of(call.session).restart()


def _rule_object(rule: FirewallRule) -> values.ObjectValue:
    return values.ObjectValue(
        [_RULE, "Microsoft.Management.Infrastructure.CimInstance", "System.Object"],
        {
            "Name": rule.name, "InstanceID": rule.name, "DisplayName": rule.display_name,
            "Enabled": "True" if rule.enabled else "False", "Profile": rule.profile, "Direction": "Inbound",
            "Action": "Allow",
        },
    )  # fmt: skip


def _rules(call: Call, names: list[str]) -> typing.Iterator[FirewallRule]:
    known = administered.machine_of(call.session).firewall
    for name in names or ["*"]:
        pattern = patterns.wildcard(name)
        found = [rule for rule in known.values() if pattern.match(rule.name)]
        if not found and not set("*?") & set(name):
            message = f"No MSFT_NetFirewallRule objects found with property 'InstanceID' equal to '{name}'."
            kind = "System.Management.Automation.RuntimeException"
            call.report(message, "CmdletizationQuery_NotFound_InstanceID", Category.ObjectNotFound, name, kind)
        yield from found


@cmdlet("Get-NetFirewallRule", "Name|ID:string[]@0", module="NetSecurity")
def get_firewall_rule(call: Call) -> typing.Iterator[object]:
    for rule in _rules(call, call.texts("Name")):
        yield _rule_object(rule)


def _filtered(call: Call) -> typing.Iterator[FirewallRule]:
    rule = call.get("AssociatedNetFirewallRule")
    yield from _rules(call, [to_string(get_member(rule, "Name"))])


def _told(rule: FirewallRule) -> object:
    """The addresses as Windows tells them: several as an array, a network of IPv4 with its mask."""
    told: list[object] = []
    for address in rule.remote_address.split(","):
        is_network = "." in address and "/" in address
        told.append(ipaddress.IPv4Interface(address).with_netmask if is_network else address)
    return told if len(told) > 1 else told[0]


@cmdlet("Get-NetFirewallPortFilter", "AssociatedNetFirewallRule!<", module="NetSecurity")
def get_port_filter(call: Call) -> typing.Iterator[object]:
    for rule in _filtered(call):
        yield values.PSObject([("Protocol", "TCP"), ("LocalPort", rule.local_port)])


@cmdlet("Get-NetFirewallAddressFilter", "AssociatedNetFirewallRule!<", module="NetSecurity")
def get_address_filter(call: Call) -> typing.Iterator[object]:
    for rule in _filtered(call):
        yield values.PSObject([("LocalAddress", "Any"), ("RemoteAddress", _told(rule))])


_RULE_PARAMETERS = (
    "DisplayName:string Direction:string Action:string Protocol:string LocalPort:string[] RemoteAddress:string[] "
    "Profile:string Enabled:string"
)


def _fill(call: Call, rule: FirewallRule) -> None:
    rule.local_port = ",".join(call.texts("LocalPort")) or rule.local_port
    rule.remote_address = ",".join(call.texts("RemoteAddress")) or rule.remote_address
    profiles = call.text("Profile", rule.profile).split(",")
    rule.profile = ", ".join(sorted(profile.strip() for profile in profiles))
    rule.enabled = call.text("Enabled", str(rule.enabled)).lower() == "true"


@cmdlet("New-NetFirewallRule", f"Name|ID:string {_RULE_PARAMETERS}", module="NetSecurity")
def new_firewall_rule(call: Call) -> typing.Iterator[object]:
    from ...machine import FirewallRule

    name = call.text("Name")
    if call.should_process(name, "New-NetFirewallRule"):
        rule = FirewallRule(name, call.text("DisplayName", name), "Any")
        _fill(call, rule)
        administered.machine_of(call.session).firewall[name.lower()] = rule
        yield _rule_object(rule)


@cmdlet("Set-NetFirewallRule", f"Name|ID:string[]@0! {_RULE_PARAMETERS}", module="NetSecurity")
def set_firewall_rule(call: Call) -> None:
    for rule in _rules(call, call.texts("Name")):
        if call.should_process(rule.name, "Set-NetFirewallRule"):
            _fill(call, rule)


@cmdlet("Remove-NetFirewallRule", "Name|ID:string[]@0!", module="NetSecurity")
def remove_firewall_rule(call: Call) -> None:
    for rule in list(_rules(call, call.texts("Name"))):
        if call.should_process(rule.name, "Remove-NetFirewallRule"):
            del administered.machine_of(call.session).firewall[rule.name.lower()]


@cmdlet(
    "Set-Item",
    "Path:string[]@0!~(Path) LiteralPath|PSPath:string[]!~(Literal) Value@1<0 Force:switch",
    aliases="si",
    module="Management",
    default_set="Path",
)
def set_item(call: Call) -> None:
    from ..drives import set_drive_value

    for text in (*call.texts("Path"), *call.texts("LiteralPath")):
        drive, name = split_drive(text)
        if drive is None:
            message = "Provider operation stopped because the provider does not support this operation."
            kind = "System.Management.Automation.PSNotSupportedException"
            call.report(message, "NotSupported", Category.NotImplemented, text, kind)
        elif not call.should_process(f"Item: {text} Value: {to_string(call.get('Value'))}", "Set Item"):
            continue
        elif drive in administered.DRIVES:
            administered.set_item(call, drive, name, call.get("Value"))
        else:
            set_drive_value(call.frame, drive, name, call.get("Value"))


@cmdlet(
    "New-ItemProperty",
    "Path:string[]@0!~ LiteralPath|PSPath:string[] Name:string@1! PropertyType|Type:string Value Force:switch",
    module="Management",
)
def new_item_property(call: Call) -> None:
    """Sets it where it is there, too, as with -Force."""
    for text in (*call.texts("Path"), *call.texts("LiteralPath")):
        _drive, name = split_drive(text)
        if call.should_process(f"Item: {text} Property: {call.text('Name')}", "New Property"):
            administered.set_property(call, name, call.text("Name"), administered.whole(call.get("Value")))


cmdlet(
    "Set-ItemProperty",
    "Path:string[]@0!~ LiteralPath|PSPath:string[] Name:string@1! PropertyType|Type:string Value@2 Force:switch",
    aliases="sp",
    module="Management",
)(new_item_property)


@cmdlet(
    "Invoke-CimMethod",
    "ClassName|Class:string@0! MethodName|Name:string! Arguments Namespace:string",
    aliases="icim",
    module="CimCmdlets",
)
def invoke_cim_method(call: Call) -> typing.Iterator[object]:
    """Win32_Process.Create: a process that no shell's end takes along."""
    from ....winrs_powershell import run_detached

    if (call.text("ClassName").lower(), call.text("MethodName").lower()) != ("win32_process", "create"):
        message = f"The method {call.text('ClassName')}.{call.text('MethodName')} is not known here."
        raise call.fail(message, "HRESULT 0x80041010", Category.MetadataError, call.text("ClassName"))
    if call.should_process("Win32_Process", "Create"):
        line = to_string(get_member(call.get("Arguments"), "CommandLine"))
        run_detached(administered.machine_of(call.session), call.session.user, line)
        yield values.PSObject([("ProcessId", 4242), ("ReturnValue", 0)])
