# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration tests: a test endpoint for each pytest process, a controller for each test."""

from __future__ import annotations

import collections.abc
import contextlib

import pytest

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess, inventory_groups
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what answered in the place of a Windows computer."""
    # Imported late: it takes PowerShell's evaluator along, which only the endpoint's process needs.
    from ansible_collections.remoting.powershell.tests.endpoint.engine.choose import find_pwsh

    path = find_pwsh()
    engine = f"PowerShell itself ({path})" if path else "the embedded evaluator (no pwsh on PATH or in PSSESSION_PWSH)"
    terminalreporter.write_line(f"The test endpoint's engine: {engine}")


@pytest.fixture(scope="session")
def endpoint_process() -> collections.abc.Iterator[EndpointProcess]:
    """One endpoint process with the computers win1 and win2, over HTTP and HTTPS."""
    with EndpointProcess(("win1", "win2")) as process:
        yield process


@pytest.fixture
def endpoint(endpoint_process: EndpointProcess) -> collections.abc.Iterator[EndpointProcess]:
    """The endpoint without shells, pending faults or changed settings."""
    endpoint_process.reset()
    yield endpoint_process
    endpoint_process.reset()


@pytest.fixture
def workspace(endpoint: EndpointProcess, request: pytest.FixtureRequest) -> collections.abc.Iterator[Workspace]:
    """A controller with an inventory of the endpoint's computers.

    After the test its brokers are asked to end.  Then no process may be left, and no shell on the endpoint, unless the
    test is marked ``leaves_shells`` because it killed what would have removed them.
    """
    with _controller(endpoint) as space:
        yield space
    if request.node.get_closest_marker("leaves_shells") is None:
        assert endpoint.shells() == []


@pytest.fixture
def elsewhere(workspace: Workspace, endpoint: EndpointProcess) -> collections.abc.Iterator[Workspace]:
    """Another controller: it shares nothing with the first one but the inventory's computers and users."""
    assert workspace.home.is_dir(), "the first controller outlives this one and looks for what both have left"
    with _controller(endpoint) as space:
        yield space


@pytest.fixture
def stage(workspace: Workspace, endpoint: EndpointProcess) -> Stage:
    """Plays of the first controller that are given as data, with results and counts."""
    return Stage(workspace, endpoint)


@contextlib.contextmanager
def _controller(endpoint: EndpointProcess) -> collections.abc.Iterator[Workspace]:
    space = Workspace()
    space.write_inventory(inventory_groups(endpoint, str(space.sockets)))
    try:
        yield space
    finally:
        deaf = space.stop_brokers()
        log = space.broker_log()
        left = space.remove()
        print(f"--- broker's log\n{log}")
    assert not deaf, "a broker did not end when asked to"
    assert not left, "processes were left"
