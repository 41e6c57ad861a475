# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A running test endpoint for the tests of the transport."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.config import EndpointConfig
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.echo_engine import EchoEngine
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.endpoint_connections import (
    Connections,
)


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine()


@pytest.fixture
def endpoint(engine: EchoEngine) -> typing.Iterator[Endpoint]:
    config = EndpointConfig(engine=engine, users={"alice": "Secret-1", "bob": "Secret-2"}, https_port=0)
    config.manners.allow_unencrypted = True
    with Endpoint(config) as running:
        yield running


@pytest.fixture
def connect(endpoint: Endpoint) -> typing.Iterator[Connections]:
    connections = Connections(endpoint)
    yield connections
    connections.close()
