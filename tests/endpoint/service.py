# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WS-Management service of one computer: from a request's bytes to an answer's (test endpoint process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import sys
import traceback
import xml.etree.ElementTree as ET

from . import soap
from .actions import ShellActions
from .computer import Computer, Peer
from .enumeration import Enumeration
from .resources import Resources
from .wsmanfault import WSManFault, invalid_resource_uri, plugin_failed, request_too_large, unsupported_action

_TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer/"
_ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/"
_SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/"
IDENTIFY = f"{{{soap.WSMID}}}Identify"


@dataclasses.dataclass
class Answer:
    """What goes back, and what to do when it can not."""

    status: int
    body: bytes
    #: Identify, Create, ...; empty for what could not be read.
    action: str = ""
    #: Undoes the request's effect when the answer was lost on its way.
    undo: collections.abc.Callable[[], None] | None = None


class Request:
    """A request whose action and shell are known, so that failures can be chosen for it before it is processed."""

    def __init__(self, computer: Computer, data: bytes) -> None:
        self._computer = computer
        self._error: WSManFault | None = None
        self.envelope: soap.Envelope | None = None
        self.action = ""
        try:
            if len(data) > computer.quotas.max_envelope_size_kb * 1024:
                raise request_too_large()
            root = soap.parse_xml(data)
            body = root.find(f"{{{soap.S}}}Body")
            if body is not None and body.find(IDENTIFY) is not None:
                self.action = "Identify"
            else:
                self.envelope = soap.parse_envelope(root)
                self.action = self.envelope.verb
        except WSManFault as error:
            self._error = error

    @property
    def shell_id(self) -> str | None:
        """The shell that the request is for; a Create names the one that it makes."""
        if self.envelope is None:
            return None
        named = self.envelope.selectors.get("ShellId")
        if named is None and self.envelope.body is not None:
            named = self.envelope.body.get("ShellId")
        return named

    def error(self) -> WSManFault | None:
        return self._error


class WSManService:
    """Dispatches requests to what answers them."""

    def __init__(self, computer: Computer) -> None:
        self._computer = computer
        actions = ShellActions(computer)
        resources = Resources(computer)
        enumeration = Enumeration(computer)
        self._handlers: dict[str, collections.abc.Callable[[soap.Envelope, Peer], Answer | str]] = {
            _TRANSFER + "Create": actions.create,
            _TRANSFER + "Delete": actions.delete,
            _TRANSFER + "Get": resources.get,
            _ENUMERATION + "Enumerate": enumeration.enumerate,
            _ENUMERATION + "Pull": enumeration.pull,
            _ENUMERATION + "Release": enumeration.release,
            _SHELL + "Command": actions.command,
            _SHELL + "Send": actions.send,
            _SHELL + "Receive": lambda envelope, peer: self._receive(actions, envelope, peer),
            _SHELL + "Signal": actions.signal,
            _SHELL + "Disconnect": actions.disconnect,
            _SHELL + "Reconnect": actions.reconnect,
            _SHELL + "Connect": actions.connect,
        }

    def handle(self, request: Request, peer: Peer) -> Answer:
        """Answers a request; whatever goes wrong becomes a fault."""
        computer = self._computer
        computer.sweep()
        try:
            error = request.error()
            if error is not None:
                raise error
            if request.action == "Identify":
                return Answer(200, identify_response(), "Identify")
            assert request.envelope is not None
            return self._dispatch(request.envelope, peer)
        except WSManFault as error:
            return self.fault(request, error)
        except Exception as error:  # an engine's mistake must not end the connection without an answer
            traceback.print_exc(file=sys.stderr)
            return self.fault(request, plugin_failed(f"The plugin failed: {type(error).__name__} "))

    def fault(self, request: Request, error: WSManFault) -> Answer:
        """The answer that carries a fault."""
        self._computer.counters.add("faults")
        relates_to = "" if request.envelope is None else request.envelope.message_id
        return Answer(500, soap.fault(error, relates_to, self._computer.name), request.action)

    def _dispatch(self, envelope: soap.Envelope, peer: Peer) -> Answer:
        handler = self._handlers.get(envelope.action)
        if handler is None:
            raise unsupported_action(envelope.action[:200])
        if not envelope.resource_uri:
            raise invalid_resource_uri("")
        answer = handler(envelope, peer)
        if isinstance(answer, Answer):
            return answer
        return Answer(200, soap.response(envelope.action + "Response", envelope.message_id, answer), envelope.verb)

    def _receive(self, actions: ShellActions, envelope: soap.Envelope, peer: Peer) -> Answer:
        body, undo = actions.receive(envelope, peer)
        data = soap.response(envelope.action + "Response", envelope.message_id, body)
        return Answer(200, data, envelope.verb, undo)


def identify_response() -> bytes:
    """Who we are; what a client may ask without a name and a password."""
    return (
        f'<s:Envelope xmlns:s="{soap.S}"><s:Header/><s:Body><wsmid:IdentifyResponse xmlns:wsmid="{soap.WSMID}">'
        "<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion>"
        "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        "<wsmid:ProductVersion>OS: 0.0.0 SP: 0.0 Stack: 3.0</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode()


def is_identify(data: bytes) -> bool:
    """An unauthenticated request asks for nothing but Identify."""
    try:
        body = soap.parse_xml(data).find(f"{{{soap.S}}}Body")
    except WSManFault:
        return False
    return isinstance(body, ET.Element) and body.find(IDENTIFY) is not None
