# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How shells and commands look in answers, element order as recorded (test endpoint process)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from . import soap
from .shells import CMD_RESOURCE, Command, Shell


def shell_xml(shell: Shell, whole: bool = True) -> str:
    """The rsp:Shell element; `whole` adds what Create leaves out."""
    settings = shell.settings
    is_cmd = settings.resource_uri == CMD_RESOURCE
    fields: list[tuple[str, str | None]] = [
        ("ShellId", shell.shell_id),
        ("Name", settings.name),
        ("ResourceUri", settings.resource_uri),
        ("Owner", shell.owner),
        ("ClientIP", shell.client_ip),
        ("ProcessId", None if is_cmd else str(shell.process_id)),
        ("IdleTimeOut", f"PT{shell.idle_timeout:.3f}S"),
        ("InputStreams", settings.input_streams),
        ("OutputStreams", settings.output_streams),
        ("MaxIdleTimeOut", f"PT{shell.max_idle_timeout:.3f}S"),
        ("Locale", settings.locale),
        ("DataLocale", settings.data_locale),
        ("CompressionMode", "NoCompression"),
        ("ProfileLoaded", "No" if settings.no_profile else "Yes"),
        ("Encoding", "UTF8"),
        ("BufferMode", "Drop" if shell.drop_output else "Block"),
        ("State", shell.state.value),
        ("ShellRunTime", _run_time(shell.run_time)),
        ("ShellInactivity", _run_time(shell.inactivity)),
    ]
    if whole:
        fields += [("MemoryUsed", f"{_memory(shell)}MB"), ("ChildProcesses", "0")]
    inner = "".join(f"<rsp:{name}>{escape(value)}</rsp:{name}>" for name, value in fields if value is not None)
    return f'<rsp:Shell xmlns:rsp="{soap.RSP}">{inner}</rsp:Shell>'


def command_xml(command: Command) -> str:
    """The rsp:Command element of an enumeration."""
    return (
        f'<rsp:Command xmlns:rsp="{soap.RSP}"><rsp:CommandId>{command.command_id}</rsp:CommandId><rsp:CommandLine>'
        f"{escape(command.line)}</rsp:CommandLine><rsp:CommandState>{command.state}</rsp:CommandState></rsp:Command>"
    )


def reference_xml(shell: Shell, address: str) -> str:
    """The endpoint reference of a shell."""
    return (
        f"<a:EndpointReference><a:Address>{escape(address)}</a:Address><a:ReferenceParameters><w:ResourceURI>"
        f"{soap.RSP}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{shell.shell_id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
        "</a:EndpointReference>"
    )


def _memory(shell: Shell) -> int:
    """What the shell's host process needs: that of an idle one as recorded, and the output that it holds."""
    return 46 + sum(channel.size for channel in shell.channels()) // 2**20


def _run_time(seconds: float) -> str:
    whole = int(seconds)
    return f"P{whole // 86400}DT{whole // 3600 % 24}H{whole // 60 % 60}M{whole % 60}S"
