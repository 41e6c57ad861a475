# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enumerate, Pull and Release on shells and their commands (test endpoint process)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from . import soap
from .computer import Computer, Peer
from .shells import POWERSHELL_PREFIX, Shell
from .views import command_xml, reference_xml, shell_xml
from .wsmanfault import (
    command_eprs_not_supported,
    invalid_enumeration_context,
    invalid_message,
    invalid_resource_uri,
    response_too_large,
    shell_filter_expected,
)

_N = f"{{{soap.N}}}"
_W = f"{{{soap.W}}}"
#: winrm/config/service: EnumerationTimeoutms.
_TIMEOUT = 240.0
_OVERHEAD = 2048


class Enumeration:
    """Lists what a user has on one computer."""

    def __init__(self, computer: Computer) -> None:
        self._computer = computer

    def enumerate(self, envelope: soap.Envelope, peer: Peer) -> str:
        body = envelope.body
        if body is None or body.tag != _N + "Enumerate":
            raise invalid_message("The body holds no Enumerate element. ")
        items = self._items(envelope, body, peer)
        optimized = body.find(_W + "OptimizeEnumeration") is not None
        wanted = _number(body.findtext(_W + "MaxElements"), 1) if optimized else 0
        page = self._page(envelope, items, wanted)
        parts = ["<n:EnumerateResponse>", self._context(items[len(page) :])]
        if page:
            parts.append(f"<w:Items>{''.join(page)}</w:Items>")
        if optimized and len(page) == len(items):
            parts.append("<w:EndOfSequence/>")
        parts.append("</n:EnumerateResponse>")
        return "".join(parts)

    def pull(self, envelope: soap.Envelope, peer: Peer) -> str:
        body = envelope.body
        if body is None or body.tag != _N + "Pull":
            raise invalid_message("The body holds no Pull element. ")
        items, _until = self._taken(body.findtext(_N + "EnumerationContext"))
        page = self._page(envelope, items, _number(body.findtext(_N + "MaxElements"), 1))
        rest = items[len(page) :]
        context = self._context(rest) if rest else ""
        end = "" if rest else "<n:EndOfSequence/>"
        return f"<n:PullResponse>{context}<n:Items>{''.join(page)}</n:Items>{end}</n:PullResponse>"

    def release(self, envelope: soap.Envelope, peer: Peer) -> str:
        body = envelope.body
        if body is None or body.tag != _N + "Release":
            raise invalid_message("The body holds no Release element. ")
        self._taken(body.findtext(_N + "EnumerationContext"))
        return ""

    def _items(self, envelope: soap.Envelope, body: ET.Element, peer: Peer) -> list[str]:
        filter_element = body.find(_W + "Filter")
        selectors = soap.selectors_of(filter_element)
        mode = (body.findtext(_W + "EnumerationMode") or "").strip()
        uri = envelope.resource_uri
        if uri == soap.RSP + "/Command":
            if "ShellId" not in selectors:
                raise shell_filter_expected()
            if mode not in ("", "EnumerateObject"):
                raise command_eprs_not_supported()
            shell = self._computer.find(selectors["ShellId"], peer)
            listed = self._computer.manners.lists_delivered_commands
            commands = list(shell.commands.values())
            return [command_xml(command) for command in commands if listed or not command.channel.delivered]
        if not (uri == soap.RSP or uri.startswith((soap.RSP + "/", POWERSHELL_PREFIX))):
            raise invalid_resource_uri(uri)
        shells = [
            shell for shell in self._computer.of_user(peer.user) if uri in (soap.RSP, shell.settings.resource_uri)
        ]
        return [_item(shell, mode, envelope.to) for shell in shells if _selected(shell, selectors)]

    def _page(self, envelope: soap.Envelope, items: list[str], wanted: int) -> list[str]:
        quotas = self._computer.quotas
        room = min(quotas.max_envelope_size_kb * 1024, envelope.max_envelope_size or 1 << 30) - _OVERHEAD
        page: list[str] = []
        for item in items[: min(wanted, quotas.max_batch_items)]:
            room -= len(item.encode())
            if room < 0:
                break
            page.append(item)
        if wanted and items and not page:
            raise response_too_large()
        return page

    def _context(self, rest: list[str]) -> str:
        if not rest:
            return "<n:EnumerationContext></n:EnumerationContext>"
        context = "uuid:" + soap.new_id()
        self._computer.enumerations[context] = (rest, self._computer.clock.now() + _TIMEOUT)
        return f"<n:EnumerationContext>{context}</n:EnumerationContext>"

    def _taken(self, context: str | None) -> tuple[list[str], float]:
        taken = self._computer.enumerations.pop((context or "").strip(), None)
        if taken is None:
            raise invalid_enumeration_context()
        return taken


def _selected(shell: Shell, selectors: dict[str, str]) -> bool:
    """PowerShell's Get-PSSession asks for all and filters itself; other clients filter by these."""
    facts = {"ShellId": shell.shell_id, "Name": shell.settings.name or "", "State": shell.state.value}
    return all(name in facts and facts[name].lower() == value.lower() for name, value in selectors.items())


def _item(shell: Shell, mode: str, address: str) -> str:
    if mode == "EnumerateEPR":
        return reference_xml(shell, address)
    if mode == "EnumerateObjectAndEPR":
        return f"<w:Item>{shell_xml(shell)}{reference_xml(shell, address)}</w:Item>"
    if mode in ("", "EnumerateObject"):
        return shell_xml(shell)
    raise invalid_message(f"The enumeration mode {mode[:40]!r} is not known. ")


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not re.fullmatch(r"\s*\d{1,9}\s*", text):
        raise invalid_message("MaxElements is no number. ")
    return int(text)
