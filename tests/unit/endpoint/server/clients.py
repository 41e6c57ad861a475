# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pypsrp as the foreign client of the server's tests."""

from __future__ import annotations

import collections.abc
import contextlib
import threading
import typing
import uuid
import xml.etree.ElementTree as ET

import pypsrp.exceptions
import pypsrp.powershell
import pypsrp.wsman
import pytest
from pypsrp.complex_objects import RunspacePoolState

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .conftest import PASSWORD, USER

RSP = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
_W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"


def connect(endpoint: Endpoint, **settings: typing.Any) -> pypsrp.wsman.WSMan:
    """A WSMan client of the endpoint: Basic over HTTP unless told otherwise."""
    over_tls = settings.get("ssl", False)
    settings = {
        "username": USER,
        "password": PASSWORD,
        "ssl": over_tls,
        "auth": "basic",
        "no_proxy": True,
        "port": next(iter((endpoint.https_ports if over_tls else endpoint.http_ports).values())),
        "encryption": "auto" if over_tls or settings.get("auth", "basic") != "basic" else "never",
    } | settings
    if over_tls:
        settings.setdefault("cert_validation", str(endpoint.ca_file))
    return pypsrp.wsman.WSMan("127.0.0.1", **settings)


@contextlib.contextmanager
def opened(endpoint: Endpoint, **settings: typing.Any) -> typing.Iterator[pypsrp.powershell.RunspacePool]:
    """An open runspace pool, closed at the end."""
    with connect(endpoint, **settings) as wsman, pypsrp.powershell.RunspacePool(wsman) as pool:
        yield pool


def run(pool: pypsrp.powershell.RunspacePool, script: str, *values: object) -> list[typing.Any]:
    """The output of a script."""
    shell = pypsrp.powershell.PowerShell(pool)
    shell.add_script(script)
    return list(shell.invoke(list(values) or None))


def begin(pool: pypsrp.powershell.RunspacePool, script: str) -> pypsrp.powershell.PowerShell:
    """A pipeline that runs."""
    shell = pypsrp.powershell.PowerShell(pool)
    shell.add_script(script)
    shell.begin_invoke()
    return shell


def invoke(
    wsman: pypsrp.wsman.WSMan,
    action: str,
    body: ET.Element | None = None,
    uri: str = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell",
    timeout: int | None = None,
    **selectors: str,
) -> ET.Element:
    """Any request at all, for what pypsrp's own methods do not send; the body of the answer."""
    chosen = pypsrp.wsman.SelectorSet()
    for name, value in selectors.items():
        chosen.add_option(name, value)
    answer = wsman.invoke(action, uri, body, None, chosen if selectors else None, timeout)
    found: ET.Element | None = answer.find("s:Body", pypsrp.wsman.NAMESPACES)
    assert found is not None
    return found


def element(name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """An element of the shell namespace."""
    made = ET.Element(f"{{{RSP}}}{name}", attributes)
    made.text = text
    return made


def enumerate_body(mode: str | None = None, most: int | None = None, **selectors: str) -> ET.Element:
    """What Enumerate asks for."""
    body = ET.Element(f"{{{_N}}}Enumerate")
    if most is not None:
        ET.SubElement(body, f"{{{_W}}}OptimizeEnumeration")
        ET.SubElement(body, f"{{{_W}}}MaxElements").text = str(most)
    if mode is not None:
        ET.SubElement(body, f"{{{_W}}}EnumerationMode").text = mode
    if selectors:
        chosen = ET.SubElement(ET.SubElement(body, f"{{{_W}}}Filter"), f"{{{_W}}}SelectorSet")
        for name, value in selectors.items():
            ET.SubElement(chosen, f"{{{_W}}}Selector", Name=name).text = value
    return body


def create_cmd_shell(wsman: pypsrp.wsman.WSMan, **children: str) -> str:
    """Makes a cmd shell by hand; its id."""
    shell_id = str(uuid.uuid4()).upper()
    shell = element("Shell", ShellId=shell_id)
    for name, value in {"InputStreams": "stdin", "OutputStreams": "stdout stderr", **children}.items():
        shell.append(element(name, value))
    invoke(wsman, pypsrp.wsman.WSManAction.CREATE, shell, RSP + "/cmd")
    return shell_id


@contextlib.contextmanager
def fault(code: int) -> collections.abc.Iterator[None]:
    """The body gets this WSManFault."""
    with pytest.raises(pypsrp.exceptions.WSManFaultError) as caught:
        yield
    assert caught.value.code == code


def disconnect(pool: pypsrp.powershell.RunspacePool, **children: str) -> None:
    body = element("Disconnect")
    for name, text in children.items():
        body.append(element(name, text))
    invoke(pool.connection, pypsrp.wsman.WSManAction.DISCONNECT, body, ShellId=pool.id)
    pool.state = RunspacePoolState.DISCONNECTED


def found_by(endpoint: Endpoint, **settings: object) -> pypsrp.powershell.RunspacePool:
    """The one pool that a new client finds."""
    [pool] = pypsrp.powershell.RunspacePool.get_runspace_pools(connect(endpoint, **settings))
    return pool


def code_of(call: collections.abc.Callable[[], object]) -> int:
    try:
        call()
    except pypsrp.exceptions.WSManFaultError as error:
        return int(error.code)
    return 0


def until(condition: collections.abc.Callable[[], bool]) -> None:
    """Waits for what another thread is about to do."""
    waited = threading.Event()
    for _attempt in range(1000):
        if condition():
            return
        waited.wait(0.01)
    raise AssertionError("it did not happen")
