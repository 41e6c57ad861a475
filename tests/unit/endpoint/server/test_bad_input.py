# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages that are wrong: each is answered with a fault, none ends the endpoint."""

from __future__ import annotations

import collections.abc
import uuid

import hypothesis
import hypothesis.strategies as st
import pytest
import requests

from ansible_collections.remoting.powershell.tests.endpoint import soap
from ansible_collections.remoting.powershell.tests.endpoint.config import EndpointConfig, Manners
from ansible_collections.remoting.powershell.tests.endpoint.encryption import DecryptionError, unwrap
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.psrp import FragmentReader
from ansible_collections.remoting.powershell.tests.endpoint.wsmanfault import WSManFault

from .conftest import PASSWORD, USER
from .fake_engine import FakeEngine

_POWERSHELL = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
_SHELL = soap.RSP + "/"
_CREATE = soap.X + "/Create"


@pytest.fixture(scope="module")
def shared() -> collections.abc.Iterator[Endpoint]:
    """One endpoint for all wrong messages: none of them may spoil it for the next."""
    config = EndpointConfig(FakeEngine(), {USER: PASSWORD}, manners=Manners(allow_unencrypted=True))
    with Endpoint(config) as endpoint:
        yield endpoint


def message(action: str, body: str, uri: str = _POWERSHELL, header: str = "") -> str:
    return (
        f'<s:Envelope xmlns:s="{soap.S}" xmlns:a="{soap.A}" xmlns:w="{soap.W}" xmlns:rsp="{soap.RSP}" '
        f'xmlns:n="{soap.N}"><s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:1</a:MessageID>'
        f"<w:ResourceURI>{uri}</w:ResourceURI>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


def post(endpoint: Endpoint, data: str | bytes) -> tuple[int, str]:
    """The HTTP status and the code of the fault in the answer; empty for none."""
    raw = data if isinstance(data, bytes) else data.encode()
    answer = requests.post(endpoint.http_url, data=raw, auth=(USER, PASSWORD), timeout=10)
    _before, _code, after = answer.text.partition(' Code="')
    return answer.status_code, after.split('"', 1)[0]


_WRONG = {
    "no XML": ("<s:Envelope", "2150858817"),
    "bytes": (b"\xff\xfe\x00", "2150858817"),
    "an unknown encoding": ('<?xml version="1.0" encoding="x-none"?><a/>', "2150858817"),
    "no SOAP": ("<a/>", "2150858817"),
    "a DTD": ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "2150858817"),
    "a deep document": ("<a>" * 50_000 + "</a>" * 50_000, "2150858817"),
    "no action": (message("", ""), "2150858817"),
    "an unknown action": (message("http://example.org/Explode", ""), "2150858753"),
    "no resource": (message(_CREATE, "", uri=""), "2150858811"),
    "an unknown configuration": (message(_CREATE, "<rsp:Shell/>", uri=_POWERSHELL + ".Nobody"), "2150858811"),
    "an unknown resource": (message(soap.X + "/Get", "", uri="http://example.org/"), "2150858811"),
    "a body of another action": (message(_CREATE, "<rsp:Receive/>"), "2150858817"),
    "a Create without creationXml": (message(_CREATE, "<rsp:Shell/>"), "2150858817"),
    "creationXml that is no base64": (
        message(_CREATE, f'<rsp:Shell><creationXml xmlns="{soap.PWSH}">?</creationXml></rsp:Shell>'),
        "2150858817",
    ),
    "creationXml that is no fragment": (
        message(_CREATE, f'<rsp:Shell><creationXml xmlns="{soap.PWSH}">{"////" * 20}</creationXml></rsp:Shell>'),
        "2150858817",
    ),
    "a timeout that is no duration": (
        message(_CREATE, "<rsp:Shell/>", header="<w:OperationTimeout>20</w:OperationTimeout>"),
        "2150858817",
    ),
    "an envelope size that is no number": (
        message(_CREATE, "<rsp:Shell/>", header="<w:MaxEnvelopeSize>-1</w:MaxEnvelopeSize>"),
        "2150858817",
    ),
    "an unknown buffer mode": (
        message(_CREATE, "<rsp:Shell><rsp:BufferMode>Lose</rsp:BufferMode></rsp:Shell>", uri=_SHELL + "cmd"),
        "2150858810",
    ),
    "a name that is too long": (
        message(_CREATE, f"<rsp:Shell><rsp:Name>{'x' * 256}</rsp:Name></rsp:Shell>", uri=_SHELL + "cmd"),
        "2150858810",
    ),
    "a folder that is not there": (
        message(
            _CREATE, "<rsp:Shell><rsp:WorkingDirectory>/nowhere</rsp:WorkingDirectory></rsp:Shell>", _SHELL + "cmd"
        ),
        "",
    ),
    "no shell": (message(_SHELL + "Command", "<rsp:CommandLine/>"), "2150858843"),
    "Get without a shell": (message(soap.X + "/Get", "", uri=soap.RSP), "2150858843"),
    "an unknown enumeration": (
        message(soap.N + "/Pull", "<n:Pull><n:EnumerationContext>x</n:EnumerationContext></n:Pull>", uri=soap.RSP),
        "2150858779",
    ),
    "commands of no shell": (message(soap.N + "/Enumerate", "<n:Enumerate/>", _SHELL + "Command"), "2150859200"),
}


@pytest.mark.parametrize(("data", "code"), _WRONG.values(), ids=_WRONG)
def test_a_wrong_message_gets_a_fault(shared: Endpoint, data: str | bytes, code: str) -> None:
    assert post(shared, data) == (500 if code else 200, code)


@pytest.mark.parametrize("action", ["Command", "Send", "Receive", "Signal", "Disconnect", "Connect"])
@pytest.mark.parametrize("body", ["", "<rsp:Other/>", "<rsp:{0}/>", '<rsp:{0} CommandId="x">y</rsp:{0}>'])
def test_wrong_bodies_for_a_shell_that_is_there(shared: Endpoint, action: str, body: str) -> None:
    shell_id = str(uuid.uuid4())
    assert post(shared, message(_CREATE, f'<rsp:Shell ShellId="{shell_id}"/>', uri=_SHELL + "cmd"))[0] == 200
    selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet>'
    filled = body.format({"Command": "CommandLine"}.get(action, action))
    status, _code = post(shared, message(_SHELL + action, filled, _SHELL + "cmd", selector))
    assert status == 500 or (action == "Command" and body == "<rsp:{0}/>")
    assert post(shared, message(soap.X + "/Delete", "", _SHELL + "cmd", selector))[0] == 200


@hypothesis.given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_fault(data: bytes) -> None:
    try:
        soap.parse_envelope(soap.parse_xml(data))
    except WSManFault as fault:
        assert fault.code == 2150858817


@hypothesis.given(st.text(max_size=30))
def test_any_text_is_a_duration_or_a_fault(text: str) -> None:
    try:
        seconds = soap.duration(text)
    except WSManFault:
        return
    assert seconds is not None and seconds >= 0


@hypothesis.given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_bytes_are_fragments_or_refused(chunks: list[bytes]) -> None:
    reader = FragmentReader((0x00021006,), lambda kind, found: None)
    try:
        for chunk in chunks:
            reader.feed(chunk, 1000)
    except (ValueError, OverflowError):
        return
    assert reader.received == sum(len(chunk) for chunk in chunks)


@hypothesis.given(st.binary(max_size=300))
def test_any_bytes_are_refused_by_decryption(data: bytes) -> None:
    head = b"--Encrypted Boundary\r\n\tContent-Type: x\r\n\tOriginalContent: Length=5\r\n--Encrypted Boundary\r\n"
    for body in (data, head + b"\tContent-Type: application/octet-stream\r\n" + data + b"--Encrypted Boundary--\r\n"):
        with pytest.raises(DecryptionError):
            unwrap(None, body)


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT20S", 20), ("PT20.000S", 20), ("PT1M1.5S", 61.5), ("P1DT2H", 93600), (" PT0S ", 0)]
)
def test_durations(text: str, seconds: float) -> None:
    assert soap.duration(text) == seconds
