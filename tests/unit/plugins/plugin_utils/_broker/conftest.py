# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An endpoint and a broker for each test that wants them."""

from __future__ import annotations

import pathlib
import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.config import EndpointConfig
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.engine.choose import choose_engine
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    PASSWORD,
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import Gate


@pytest.fixture(name="endpoint")
def _endpoint() -> typing.Iterator[Endpoint]:
    with Endpoint(EndpointConfig(choose_engine("embedded"), {"admin": PASSWORD})) as endpoint:
        yield endpoint


@pytest.fixture(name="broker")
def _broker(tmp_path: pathlib.Path, endpoint: Endpoint) -> typing.Iterator[Broker]:
    broker = Broker(tmp_path / "s", endpoint)
    yield broker
    broker.end()
    wait_for(lambda: not [shell for shell in endpoint.shells if (shell.settings.name or "").startswith("Ansible")])


@pytest.fixture(name="gate")
def _gate(tmp_path: pathlib.Path) -> typing.Iterator[Gate]:
    gate = Gate(tmp_path / "gate")
    yield gate
    gate.open()


@pytest.fixture(name="other")
def _other(tmp_path: pathlib.Path, endpoint: Endpoint) -> typing.Iterator[Broker]:
    """Another controller: a broker in another directory."""
    broker = Broker(tmp_path / "o", endpoint)
    yield broker
    broker.end()
