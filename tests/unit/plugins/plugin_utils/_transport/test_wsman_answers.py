# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the answers of a WSMan service: what Windows sends, and whatever else may come."""

from __future__ import annotations

import base64
import uuid
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_answers import (
    configuration_of,
    parse_duration,
    parse_memory,
    parse_number,
    read_command_id,
    read_connected,
    read_created,
    read_received,
    read_shell,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_enumeration import read_page
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_faults import read_fault
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_xml import (
    MalformedError,
    guid,
    parse_document,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_server import NAMESPACES

SHELL = uuid.UUID("11111111-2222-3333-4444-55555555abcd")
#: Every reader of a body; each ends in a value or in MalformedError, whatever it is given.
READERS = [read_command_id, read_connected, read_created, read_received, read_shell, read_page]


def body(inner: str) -> ET.Element:
    return parse_document(f"<s:Body{NAMESPACES}>{inner}</s:Body>".encode())


def shell_xml(**fields: str) -> str:
    inside = "".join(f"<rsp:{name}>{value}</rsp:{name}>" for name, value in fields.items())
    return f"<rsp:Shell>{inside}</rsp:Shell>"


def created_xml(selector: str, shell: str = "") -> str:
    return (
        "<x:ResourceCreated><a:Address>http://h/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>u</w:ResourceURI>"
        f"<w:SelectorSet>{selector}</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>{shell}"
    )


def test_shell_as_a_windows_server_describes_it() -> None:
    shell = read_shell(
        body(
            shell_xml(
                ShellId=str(SHELL).upper(),
                Name="Session1",
                ResourceUri="http://schemas.microsoft.com/powershell/JEA.Role",
                Owner="HOST\\alice",
                ClientIP="10.0.2.2",
                ProcessId="1640",
                IdleTimeOut="PT7200.000S",
                InputStreams="stdin pr",
                OutputStreams="stdout",
                MaxIdleTimeOut="PT2147483.647S",
                Locale="en-US",
                BufferMode="Block",
                State="Disconnected",
                ShellRunTime="P1DT2H3M4S",
                ShellInactivity="P0DT0H0M45S",
                MemoryUsed="65MB",
                ChildProcesses="2",
            )
        )[0]
    )
    assert shell.shell_id == SHELL
    assert (shell.name, shell.configuration_name, shell.owner) == ("Session1", "JEA.Role", "HOST\\alice")
    assert (shell.client_address, shell.process_id, shell.child_processes) == ("10.0.2.2", 1640, 2)
    assert (shell.idle_timeout, shell.max_idle_timeout) == (7200.0, 2147483.647)
    assert (shell.run_time, shell.inactivity, shell.memory) == (93784.0, 45.0, 65 * 1024 * 1024)
    assert (shell.state, shell.output_buffering_mode, shell.locale) == ("Disconnected", "Block", "en-US")


def test_shell_with_nothing_but_its_id() -> None:
    shell = read_shell(body(shell_xml(ShellId=str(SHELL), IdleTimeOut="", State=" "))[0])
    assert shell.shell_id == SHELL
    assert {value for name, value in vars(shell).items() if name != "shell_id"} == {None}


@pytest.mark.parametrize("shell_id", ["", "x", "1-2-3", "{}"])
def test_shell_without_an_id(shell_id: str) -> None:
    with pytest.raises(MalformedError):
        read_shell(body(shell_xml(ShellId=shell_id))[0])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT7200.000S", 7200.0),
        ("P0DT0H0M45S", 45.0),
        ("P1W", 604800.0),
        ("P1Y2M", 31536000.0 + 2 * 2592000.0),
        ("PT0S", 0.0),
        ("PT1.5S", 1.5),
        ("", None),
        ("P", None),
        ("PT", None),
        ("7200", None),
        ("-PT1S", None),
        ("PT1S ", None),
        ("PT\u0661S", None),
        ("PT" + "9" * 200 + "S", None),
        (None, None),
    ],
)
def test_durations(text: str | None, seconds: float | None) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("65MB", 65 * 1024**2),
        ("0MB", 0),
        ("2 GB", 2 * 1024**3),
        ("12B", 12),
        ("7kb", 7 * 1024),
        ("MB", None),
        ("65", None),
        ("9" * 50 + "MB", None),
        ("\u0666MB", None),
        (None, None),
    ],
)
def test_memory(text: str | None, size: int | None) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("1640", 1640), ("-1", None), ("1" * 21, None), ("\u00b2", None)]
)
def test_numbers(text: str, number: int | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("http://schemas.microsoft.com/powershell/Microsoft.PowerShell", "Microsoft.PowerShell"),
        ("HTTP://Schemas.microsoft.com/PowerShell/x", "x"),
        ("http://schemas.microsoft.com/powershell/", None),
        ("http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd", None),
        (None, None),
    ],
)
def test_configuration_names(uri: str | None, name: str | None) -> None:
    assert configuration_of(uri) == name


def test_created_with_and_without_a_description() -> None:
    selector = f'<w:Selector Name="ShellId">{str(SHELL).upper()}</w:Selector>'
    bare = read_created(body(created_xml(selector)))
    assert (bare.shell_id, bare.description) == (SHELL, None)
    full = read_created(body(created_xml(selector, shell_xml(ShellId=str(SHELL), ProcessId="7"))))
    assert full.description is not None
    assert full.description.process_id == 7


@pytest.mark.parametrize(
    "selector", ["", '<w:Selector Name="ShellId">x</w:Selector>', f"<w:Selector>{SHELL}</w:Selector>"]
)
def test_created_that_names_no_shell(selector: str) -> None:
    with pytest.raises(MalformedError):
        read_created(body(created_xml(selector)))


def test_received_streams_are_joined_in_order() -> None:
    streams = "".join(
        f'<rsp:Stream Name="{name}">{base64.b64encode(data).decode()}</rsp:Stream>'
        for name, data in (("stdout", b"one"), ("stderr", b"other"), ("stdout", b"two"), ("stdout", b""))
    )
    answer = read_received(body(f"<rsp:ReceiveResponse>{streams}</rsp:ReceiveResponse>"))
    assert (answer.data, answer.done) == (b"onetwo", False)


def test_received_base64_may_be_wrapped() -> None:
    answer = read_received(
        body("<rsp:ReceiveResponse><rsp:Stream Name='stdout'>\n aGVs\r\n bG8= </rsp:Stream></rsp:ReceiveResponse>")
    )
    assert answer.data == b"hello"


@pytest.mark.parametrize("state", ["Running", "Pending", "Done"])
def test_received_command_state(state: str) -> None:
    uri = f"http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/{state}"
    answer = read_received(
        body(f'<rsp:ReceiveResponse><rsp:CommandState CommandId="x" State="{uri}"/></rsp:ReceiveResponse>')
    )
    assert answer.done == (state == "Done")


def test_connected() -> None:
    element = body(
        '<rsp:ConnectResponse><connectResponseXml xmlns="http://schemas.microsoft.com/powershell">aGVsbG8='
        "</connectResponseXml></rsp:ConnectResponse>"
    )
    assert read_connected(element) == b"hello"
    with pytest.raises(MalformedError):
        read_connected(body("<rsp:ConnectResponse/>"))


def test_pages() -> None:
    optimized = read_page(
        body(
            "<n:EnumerateResponse><n:EnumerationContext>uuid:1</n:EnumerationContext>"
            f"<w:Items>{shell_xml(ShellId='a')}{shell_xml(ShellId='b')}</w:Items></n:EnumerateResponse>"
        )
    )
    assert (len(optimized.items), optimized.context) == (2, "uuid:1")
    pulled = read_page(
        body(
            "<n:PullResponse><n:EnumerationContext>uuid:1</n:EnumerationContext>"
            f"<n:Items>{shell_xml(ShellId='c')}</n:Items><n:EndOfSequence/></n:PullResponse>"
        )
    )
    assert (len(pulled.items), pulled.context) == (1, None)
    empty = read_page(body("<n:EnumerateResponse><n:EnumerationContext/><w:EndOfSequence/></n:EnumerateResponse>"))
    assert (empty.items, empty.context) == ([], None)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_malformed(data: bytes) -> None:
    try:
        parse_document(data)
    except MalformedError:
        pass


MARKS = [
    "<?xml", ' version="1.0"', " encoding='", "utf-8", "utf-16", "cp037", "latin-1", "idna", "rot13", "'", "?>", "<a",
    ">", "</a>", "<!DOCTYPE a [", "<!ENTITY b 'c'>", "]>", "&b;", "&#0;", "&#x10FFFF;", "<![CDATA[", "]]>", "<!--",
    "-->", "\x00",
]  # fmt: skip


@given(st.lists(st.sampled_from(MARKS), max_size=12), st.sampled_from(["utf-8", "utf-16", "utf-32-be", "cp037"]))
def test_no_document_type_is_parsed(marks: list[str], encoding: str) -> None:
    text = "".join(marks)
    try:
        element = parse_document(text.encode(encoding))
    except MalformedError:
        return
    assert "<!DOCTYPE" not in text
    assert isinstance(element, ET.Element)


NAMES = [
    "s:Fault", "s:Code", "s:Subcode", "s:Value", "s:Reason", "s:Text", "s:Detail", "s:Body", "f:WSManFault",
    "f:Message",
    "rsp:Shell", "rsp:ShellId", "rsp:IdleTimeOut", "rsp:ProcessId", "rsp:MemoryUsed", "rsp:ReceiveResponse",
    "rsp:Stream",
    "rsp:CommandState", "rsp:CommandResponse", "rsp:CommandId", "rsp:ConnectResponse", "x:ResourceCreated",
    "a:ReferenceParameters", "w:SelectorSet", "w:Selector", "w:Items", "n:EnumerateResponse", "n:PullResponse",
    "n:EnumerationContext", "w:EndOfSequence",
]  # fmt: skip
TEXTS = st.sampled_from(
    ["", " ", "AAAA", "A", str(SHELL), "PT1S", "65MB", "-1", "9" * 100, "\u0663", "uuid:1", "ShellId"]
)
ATTRIBUTES = st.dictionaries(st.sampled_from(["Name", "Code", "State", "CommandId"]), TEXTS, max_size=2)


def _render(name: str, attributes: dict[str, str], inner: str) -> str:
    return f"<{name}{''.join(f' {key}={value!r}' for key, value in attributes.items())}>{inner}</{name}>"


TREES = st.recursive(
    TEXTS,
    lambda inner: st.lists(st.builds(_render, st.sampled_from(NAMES), ATTRIBUTES, inner), max_size=4).map("".join),
    max_leaves=20,
)


@given(TREES)
def test_any_well_formed_answer_is_read_or_malformed(inner: str) -> None:
    element = parse_document(f"<s:Envelope{NAMESPACES}><s:Body>{inner}</s:Body></s:Envelope>".encode())
    fault = read_fault(element)
    assert fault is None or fault.code is None or 0 <= fault.code <= 0xFFFFFFFF
    for reader in READERS:
        for node in element.iter():
            try:
                reader(node)
            except MalformedError:
                continue


@given(st.text(max_size=60))
def test_any_text_is_a_value_or_none(text: str) -> None:
    duration, memory, number = parse_duration(text), parse_memory(text), parse_number(text)
    assert duration is None or duration >= 0
    assert memory is None or memory >= 0
    assert number is None or number >= 0
    assert guid(text) is None or isinstance(guid(text), uuid.UUID)
