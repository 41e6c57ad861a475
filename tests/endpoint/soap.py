# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SOAP envelopes: reading a client's, writing ours as a recorded Windows Server writes its own (endpoint process)."""

from __future__ import annotations

import dataclasses
import re
import uuid
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from .wsmanfault import WSManFault, invalid_message

S = "http://www.w3.org/2003/05/soap-envelope"
A = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
X = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
P = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
RSP = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
PWSH = "http://schemas.microsoft.com/powershell"
WSMID = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
ANONYMOUS = A + "/role/anonymous"
FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: The parts of an xs:duration that WS-Management clients send.
_DURATION = re.compile(
    r"P(?:(?P<days>\d{1,9})D)?(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,12}(?:\.\d{1,9})?)S)?)?\Z"
)


@dataclasses.dataclass(frozen=True)
class Envelope:
    """A request, taken apart."""

    action: str
    message_id: str
    resource_uri: str
    selectors: dict[str, str]
    options: dict[str, str]
    #: Seconds; None when the client named none.
    operation_timeout: float | None
    #: Bytes; None when the client named none.
    max_envelope_size: int | None
    #: Which client this is (wsmv:SessionId): a WSMan session of one process.
    session_id: str
    locale: str
    data_locale: str
    to: str
    #: The first element of the body.
    body: ET.Element | None

    @property
    def verb(self) -> str:
        """The last part of the action, which is how people name it: Create, Receive, ..."""
        return self.action.rsplit("/", 1)[-1]


def duration(text: str | None) -> float | None:
    """Seconds of an xs:duration such as PT20.000S; None for None; a fault for anything else."""
    if text is None:
        return None
    match = _DURATION.match(text.strip())
    if match is None or text.strip() in ("P", "PT"):
        raise invalid_message(f"The duration {text.strip()[:40]!r} is not valid. ")
    parts = {name: float(value or 0) for name, value in match.groupdict().items()}
    return ((parts["days"] * 24 + parts["hours"]) * 60 + parts["minutes"]) * 60 + parts["seconds"]


def parse_xml(data: bytes) -> ET.Element:
    """The document, or a fault; a DTD is refused, as SOAP forbids one."""
    if b"<!DOCTYPE" in data or b"<\0!\0D\0O\0" in data or b"\0<\0!\0D\0O" in data:
        raise invalid_message("A SOAP message has no document type declaration. ")
    try:
        return ET.fromstring(data)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise invalid_message(f"The message is not well-formed XML: {error} ") from None


def parse_envelope(root: ET.Element) -> Envelope:
    """Takes a request apart; a fault when a part without which nothing can be done is missing."""
    header = root.find(f"{{{S}}}Header")
    body = root.find(f"{{{S}}}Body")
    if root.tag != f"{{{S}}}Envelope" or header is None or body is None:
        raise invalid_message("The message is no SOAP 1.2 envelope with a header and a body. ")

    def text(name: str) -> str | None:
        element = header.find(name)
        return None if element is None else (element.text or "").strip()

    size = text(f"{{{W}}}MaxEnvelopeSize")
    if size is not None and not re.fullmatch(r"\d{1,12}", size):
        raise invalid_message("MaxEnvelopeSize is no number. ")
    action = text(f"{{{A}}}Action")
    if not action:
        raise invalid_message("The Action header is missing. ")
    locale = header.find(f"{{{W}}}Locale")
    data_locale = header.find(f"{{{P}}}DataLocale")
    return Envelope(
        action=action,
        message_id=text(f"{{{A}}}MessageID") or "",
        resource_uri=text(f"{{{W}}}ResourceURI") or "",
        selectors=_named(header.find(f"{{{W}}}SelectorSet"), "Selector"),
        options=_named(header.find(f"{{{W}}}OptionSet"), "Option"),
        operation_timeout=duration(text(f"{{{W}}}OperationTimeout")),
        max_envelope_size=None if size is None else int(size),
        session_id=(text(f"{{{P}}}SessionId") or "").upper(),
        locale="en-US" if locale is None else locale.get(_XML_LANG, "en-US"),
        data_locale="en-US" if data_locale is None else data_locale.get(_XML_LANG, "en-US"),
        to=text(f"{{{A}}}To") or "",
        body=next(iter(body), None),
    )


def selectors_of(element: ET.Element | None) -> dict[str, str]:
    """The selectors of a SelectorSet element; none for None."""
    return _named(element, "Selector")


def _named(container: ET.Element | None, name: str) -> dict[str, str]:
    if container is None:
        return {}
    return {item.get("Name", ""): (item.text or "").strip() for item in container.iter(f"{{{W}}}{name}")}


def new_id() -> str:
    return str(uuid.uuid4()).upper()


def response(action: str, relates_to: str, body: str, extra_namespaces: str = "") -> bytes:
    """A whole answer; `body` is XML that uses the prefixes s, a, x, n, w, p and rsp."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{S}" xmlns:a="{A}" xmlns:x="{X}" xmlns:n="{N}" xmlns:w="{W}" '
        f'xmlns:rsp="{RSP}" xmlns:p="{P}"{extra_namespaces}><s:Header><a:Action>{escape(action)}</a:Action>'
        f"<a:MessageID>uuid:{new_id()}</a:MessageID><p:ActivityId>{new_id()}</p:ActivityId><a:To>{ANONYMOUS}</a:To>"
        f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault(error: WSManFault, relates_to: str, machine: str) -> bytes:
    """The answer that carries a fault; it goes out with HTTP status 500."""
    message = escape(error.message)
    attributes = f'xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{error.code}" Machine='
    attributes += quoteattr(machine)
    if error.provider is not None:
        name, path = (quoteattr(part) for part in error.provider)
        inner = f"<f:WSManFault {attributes}><f:Message>{message}</f:Message></f:WSManFault>"
        message = f"<f:ProviderFault provider={name} path={path}>{inner}</f:ProviderFault>"
    detail = "" if error.detail is None else f"<w:FaultDetail>{escape(error.detail)}</w:FaultDetail>"
    body = (
        f"<s:Fault><s:Code><s:Value>s:{'Sender' if error.sender else 'Receiver'}</s:Value><s:Subcode>"
        f"<s:Value>{error.subcode}</s:Value></s:Subcode></s:Code><s:Reason>"
        f'<s:Text xml:lang="en-US">{escape(error.reason or error.message)}</s:Text></s:Reason><s:Detail>{detail}'
        f"<f:WSManFault {attributes}><f:Message>{message}</f:Message></f:WSManFault></s:Detail></s:Fault>"
    )
    return response(FAULT_ACTION, relates_to, body)
