# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes, the host and the computer (test endpoint process)."""

from __future__ import annotations

import contextlib
import os
import signal
import typing

from .. import dates, members, numbers, patterns, values
from ..cmdlets import Call, cmdlet
from ..errors import Category

_CIM = "Microsoft.Management.Infrastructure.CimInstance"


def _process(pid: int) -> values.ObjectValue | None:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
            name = file.read().strip()
        with open(f"/proc/{pid}/statm", encoding="utf-8") as file:
            pages = [int(part) for part in file.read().split()]
    except OSError:
        name, pages = ("pwsh", [0, 0]) if pid == os.getpid() else ("", [])
    if not pages:
        return None
    # The interpreter plays pwsh, so its own process has that name.
    name = "pwsh" if pid == os.getpid() else name
    page = os.sysconf("SC_PAGE_SIZE")
    properties: dict[str, object] = {
        "Id": pid, "ProcessName": name, "Name": name, "WorkingSet64": numbers.Int64(pages[1] * page),
        "VirtualMemorySize64": numbers.Int64(pages[0] * page), "SI": 0, "HasExited": False, "Responding": True,
    }  # fmt: skip
    return values.ObjectValue(
        ["System.Diagnostics.Process", "System.ComponentModel.Component", "System.Object"],
        properties,
        f"System.Diagnostics.Process ({name})",
    )


def _all_processes() -> typing.Iterator[values.ObjectValue]:
    pids = (
        sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
        if os.path.isdir("/proc/1")
        else [os.getpid()]
    )
    for pid in pids:
        if found := _process(pid):
            yield found


@cmdlet(
    "Get-Process",
    "Name|ProcessName:string[]@0<~(Name) Id|PID:int[]!~(Id) InputObject",
    aliases="gps ps",
    module="Management",
    default_set="Name",
)
def get_process(call: Call) -> typing.Iterator[object]:
    kind = "Microsoft.PowerShell.Commands.ProcessCommandException"
    for pid in call.items("Id"):
        found = _process(typing.cast(int, pid))
        if found:
            yield found
        else:
            message = f"Cannot find a process with the process identifier {pid}."
            call.report(message, "NoProcessFoundForGivenId", Category.ObjectNotFound, pid, kind)
    if call.has("Id"):
        return
    for name in call.texts("Name") or ["*"]:
        pattern = patterns.wildcard(name)
        matching = [item for item in _all_processes() if pattern.match(str(item.properties["Name"]))]
        if not matching and not set("*?") & set(name):
            message = (
                f'Cannot find a process with the name "{name}". Verify the process name and call the cmdlet again.'
            )
            call.report(message, "NoProcessFoundForGivenName", Category.ObjectNotFound, name, kind)
        yield from matching


@cmdlet(
    "Stop-Process",
    "Id:int[]@0!~(Id) Name:string[]!(Name) InputObject<(Object) Force:switch PassThru:switch",
    aliases="kill spps",
    module="Management",
    default_set="Id",
)
def stop_process(call: Call) -> None:
    pids = call.items("Id") or [members.get_member(call.get("InputObject"), "Id")]
    if call.has("Name"):
        wanted = [patterns.wildcard(name) for name in call.texts("Name")]
        pids = [
            item.properties["Id"]
            for item in _all_processes()
            if any(p.match(str(item.properties["Name"])) for p in wanted)
        ]
    for pid in pids:
        try:
            os.kill(typing.cast(int, pid), signal.SIGKILL if call.flag("Force") else signal.SIGTERM)
        except ProcessLookupError:
            message = f"Cannot find a process with the process identifier {pid}."
            kind = "Microsoft.PowerShell.Commands.ProcessCommandException"
            call.report(message, "NoProcessFoundForGivenId", Category.ObjectNotFound, pid, kind)


@cmdlet("Get-Host", "")
def get_host(call: Call) -> typing.Iterator[object]:
    yield call.frame.scope.value("Host")


@cmdlet(
    "Get-CimInstance",
    "ClassName:string@0! Property:string[] Filter:string Namespace:string ErrorAction_:string",
    aliases="gcim",
)
def get_cim_instance(call: Call) -> typing.Iterator[object]:
    """The few classes that Ansible's own actions ask for."""
    name = call.text("ClassName").lower()
    if name == "win32_operatingsystem":
        yield _cim(
            "Win32_OperatingSystem",
            {
                "LastBootUpTime": dates.from_timestamp(_boot_time(call)),
                "CSName": call.session.computer_name,
                "Caption": os.uname().sysname,
                "Version": os.uname().release,
            },
        )
    elif name == "win32_computersystem":
        yield _cim("Win32_ComputerSystem", {"Name": call.session.computer_name, "Domain": "", "PartOfDomain": False})
    else:
        kind = "System.Management.Automation.RuntimeException"
        call.report("Invalid class ", "HRESULT 0x80041010", Category.MetadataError, call.text("ClassName"), kind)


def _cim(name: str, properties: dict[str, object]) -> values.ObjectValue:
    return values.ObjectValue(
        [f"{_CIM}#root/cimv2/{name}", _CIM, "System.Object"], properties, f"{name}: {properties.get('Name', '')}"
    )


def _boot_time(call: Call) -> float:
    if call.session.machine is not None and call.session.machine.booted is not None:
        return call.session.machine.booted
    with contextlib.suppress(OSError), open("/proc/stat", encoding="utf-8") as file:
        for line in file:
            if line.startswith("btime "):
                return float(line.split()[1])
    return 0.0


@cmdlet("whoami.exe", "", aliases="whoami")
def whoami(call: Call) -> typing.Iterator[object]:
    """Who the session belongs to, which is not who runs the endpoint."""
    name = call.session.environment["USERNAME"]
    yield name if "\\" in name else f"{call.session.computer_name}\\{name}".lower()
    call.session.globals.set("LASTEXITCODE", 0)


@cmdlet("hostname.exe", "", aliases="hostname")
def hostname(call: Call) -> typing.Iterator[object]:
    """The computer that this endpoint plays."""
    yield call.session.computer_name
    call.session.globals.set("LASTEXITCODE", 0)
