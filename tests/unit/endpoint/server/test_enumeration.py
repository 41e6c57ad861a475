# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Enumerate, Pull and Get: what a client learns of its shells and of the service."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ET

import pypsrp.exceptions
import pypsrp.powershell
import pypsrp.wsman
import pytest

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import RSP, begin, connect, element, enumerate_body, invoke, opened, run
from .conftest import USER, MakeEndpoint
from .psrp_client import Client

Action = pypsrp.wsman.WSManAction
#: The names and their order are those of a recorded Windows Server 2016.
_SHELL_FIELDS = (
    "ShellId ResourceUri Owner ClientIP ProcessId IdleTimeOut InputStreams OutputStreams MaxIdleTimeOut Locale "
    "DataLocale CompressionMode ProfileLoaded Encoding BufferMode State ShellRunTime ShellInactivity MemoryUsed "
    "ChildProcesses"
)
_N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
_W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"


def pull_body(answer: ET.Element, most: int) -> ET.Element:
    body = ET.Element(f"{{{_N}}}Pull")
    context = answer.find(f".//{{{_N}}}EnumerationContext")
    ET.SubElement(body, f"{{{_N}}}EnumerationContext").text = context.text if context is not None else ""
    ET.SubElement(body, f"{{{_N}}}MaxElements").text = str(most)
    return body


def fields(shell: ET.Element) -> dict[str, str | None]:
    return {child.tag.rsplit("}", 1)[-1]: child.text for child in shell}


def test_a_shell_tells_all_that_windows_tells(endpoint: Endpoint) -> None:
    with opened(endpoint, locale="de-DE") as pool:
        answer = invoke(pool.connection, Action.ENUMERATE, enumerate_body(most=10), RSP)
        [shell] = answer.iter(f"{{{RSP}}}Shell")
        told = fields(shell)
        assert told == fields_of_get(pool)
        assert list(told) == _SHELL_FIELDS.split()
        assert told["ShellId"] == pool.id
        assert told["Owner"] == USER
        assert told["IdleTimeOut"] == "PT7200.000S"
        assert told["Locale"] == "de-DE"
        assert told["State"] == "Connected"
        assert answer.find(f".//{{{_W}}}EndOfSequence") is not None


def fields_of_get(pool: pypsrp.powershell.RunspacePool) -> dict[str, str | None]:
    return dict(pool.shell._get_shell())


def test_times_and_options_of_a_shell(endpoint: Endpoint) -> None:
    with connect(endpoint) as wsman:
        pool = pypsrp.powershell.RunspacePool(wsman, no_profile=True, idle_timeout=600)
        pool.shell.name = "Session & 7"
        with pool:
            endpoint.clock.advance(121)
            told = fields_of_get(pool)
    assert told["Name"] == "Session & 7"
    assert told["ProfileLoaded"] == "No"
    assert told["IdleTimeOut"] == "PT600.000S"
    assert str(told["ShellRunTime"]).startswith("P0DT0H2M")
    assert str(told["ShellInactivity"]).startswith("P0DT0H2M")


def test_pull_pages_through_many_shells(endpoint: Endpoint) -> None:
    with contextlib.ExitStack() as stack:
        pools = [stack.enter_context(opened(endpoint)) for _number in range(5)]
        wsman = pools[0].connection
        answer = invoke(wsman, Action.ENUMERATE, enumerate_body(), RSP)
        seen = []
        for _page in range(3):
            answer = invoke(wsman, Action.PULL, pull_body(answer, 2), RSP)
            seen.append([fields(shell)["ShellId"] for shell in answer.iter(f"{{{RSP}}}Shell")])
        assert [len(page) for page in seen] == [2, 2, 1]
        assert {shell_id for page in seen for shell_id in page} == {pool.id for pool in pools}
        assert answer.find(f".//{{{_N}}}EndOfSequence") is not None
        assert endpoint.computers["TESTHOST"].enumerations == {}


def test_more_than_a_hundred_shells_come_in_the_servers_pages(make_endpoint: MakeEndpoint) -> None:
    limits = dict.fromkeys(("max_shells_per_user", "max_plugin_shells_per_user", "max_plugin_shells"), 200)
    endpoint = make_endpoint(max_batch_items=25, **limits)
    with connect(endpoint) as wsman:
        # As Windows PowerShell makes its sessions: a name as an attribute, no application arguments.
        shells = [Client(wsman) for _number in range(105)]
        for number, shell in enumerate(shells):
            shell.open(f"Session{number}")
        answer = invoke(wsman, Action.ENUMERATE, enumerate_body(most=1000), RSP)
        pages = [[fields(shell) for shell in answer.iter(f"{{{RSP}}}Shell")]]
        while answer.find(f".//{{{_N}}}EndOfSequence") is None and answer.find(f".//{{{_W}}}EndOfSequence") is None:
            answer = invoke(wsman, Action.PULL, pull_body(answer, 1000), RSP)
            pages.append([fields(shell) for shell in answer.iter(f"{{{RSP}}}Shell")])
    assert [len(page) for page in pages] == [25, 25, 25, 25, 5]
    told = {shell["ShellId"]: shell for page in pages for shell in page}
    assert {shell["Name"] for shell in told.values()} == {f"Session{number}" for number in range(105)}
    assert len({shell["ProcessId"] for shell in told.values()}) == len(told) == 105
    assert {shell["ClientIP"] for shell in told.values()} == {"127.0.0.1"}


def test_an_enumeration_is_forgotten(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        first = invoke(pool.connection, Action.ENUMERATE, enumerate_body(), RSP)
        endpoint.clock.advance(241)
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            invoke(pool.connection, Action.PULL, pull_body(first, 2), RSP)
        assert caught.value.code == 2150858779
        second = invoke(pool.connection, Action.ENUMERATE, enumerate_body(), RSP)
        release = pull_body(second, 1)
        release.tag = f"{{{_N}}}Release"
        invoke(pool.connection, f"{_N}/Release", release, RSP)
        with pytest.raises(pypsrp.exceptions.WSManFaultError):
            invoke(pool.connection, Action.PULL, pull_body(second, 2), RSP)


def test_a_small_envelope_makes_small_pages(make_endpoint: MakeEndpoint) -> None:
    endpoint = make_endpoint()
    with contextlib.ExitStack() as stack:
        pools = [stack.enter_context(opened(endpoint)) for _number in range(6)]
        with connect(endpoint, max_envelope_size=6000) as small:
            answer = invoke(small, Action.ENUMERATE, enumerate_body(most=100), RSP)
            first = len(list(answer.iter(f"{{{RSP}}}Shell")))
            assert 0 < first < len(pools)
            assert answer.find(f".//{{{_W}}}EndOfSequence") is None


@pytest.mark.parametrize(
    ("mode", "shells", "references"),
    [("EnumerateObject", 1, 0), ("EnumerateEPR", 0, 1), ("EnumerateObjectAndEPR", 1, 1)],
)
def test_objects_and_references(endpoint: Endpoint, mode: str, shells: int, references: int) -> None:
    with opened(endpoint) as pool:
        answer = invoke(pool.connection, Action.ENUMERATE, enumerate_body(mode, 10), RSP)
        assert len(list(answer.iter(f"{{{RSP}}}Shell"))) == shells
        address = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}EndpointReference"
        assert len(list(answer.iter(address))) == references


def test_filters(endpoint: Endpoint) -> None:
    with opened(endpoint) as first, opened(endpoint) as second:
        second.disconnect()
        for chosen, expected in (
            ({"ShellId": first.id}, [first.id]),
            ({"State": "Disconnected"}, [second.id]),
            ({"Colour": "red"}, []),
        ):
            answer = invoke(first.connection, Action.ENUMERATE, enumerate_body(most=10, **chosen), RSP)
            assert [fields(shell)["ShellId"] for shell in answer.iter(f"{{{RSP}}}Shell")] == expected


def test_commands_of_a_shell(endpoint: Endpoint) -> None:
    with opened(endpoint) as pool:
        run(pool, "echo a")
        running = begin(pool, "hold")
        body = enumerate_body(most=10, ShellId=pool.id)
        answer = invoke(pool.connection, Action.ENUMERATE, body, RSP + "/Command")
        states = {fields(one)["CommandId"]: fields(one)["CommandState"] for one in answer.iter(f"{{{RSP}}}Command")}
        assert len(states) == 2
        assert states[running.id] == "Running"
        with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
            invoke(pool.connection, Action.ENUMERATE, enumerate_body("EnumerateEPR", ShellId=pool.id), RSP + "/Command")
        assert caught.value.code == 2150859201


@pytest.mark.parametrize(
    ("uri", "name", "value"),
    [
        ("config", "MaxEnvelopeSizekb", "500"),
        ("config/service", "MaxConcurrentOperationsPerUser", "1500"),
        ("config/winrs", "MaxShellsPerUser", "7"),
    ],
)
def test_the_configuration(make_endpoint: MakeEndpoint, uri: str, name: str, value: str) -> None:
    with connect(make_endpoint(max_shells_per_user=7)) as wsman:
        answer = wsman.get_server_config(uri)
        assert answer.findtext(f".//{{http://schemas.microsoft.com/wbem/wsman/1/config}}{name}") == value


def test_the_quotas_of_a_session_configuration(make_endpoint: MakeEndpoint) -> None:
    with connect(make_endpoint(max_plugin_shells=9)) as wsman:
        uri = "http://schemas.microsoft.com/wbem/wsman/1/config/plugin"
        answer = invoke(wsman, Action.GET, None, uri, Name="microsoft.powershell")
        [quotas] = answer.iter("{http://schemas.microsoft.com/wbem/wsman/1/config/PluginConfiguration}Quotas")
        assert quotas.get("MaxShells") == "9"
        with pytest.raises(pypsrp.exceptions.WSManFaultError):
            invoke(wsman, Action.GET, None, uri, Name="Nobody")


def test_a_body_that_is_no_enumeration(endpoint: Endpoint) -> None:
    with connect(endpoint) as wsman:
        for action in (Action.ENUMERATE, Action.PULL, f"{_N}/Release"):
            with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
                invoke(wsman, action, element("Shell"), RSP)
            assert caught.value.code == 2150858817
