# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints for the tests of the server: real sockets, an engine of a few words."""

from __future__ import annotations

import collections.abc
import importlib.util
import typing

import pytest

from ansible_collections.remoting.powershell.tests.endpoint.config import EndpointConfig, Manners, Quotas
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .fake_engine import FakeEngine

USER = "alice"
PASSWORD = "p:a ß"
NEEDS_CREDSSP = pytest.mark.skipif(
    importlib.util.find_spec("requests_credssp") is None, reason="the Python package requests-credssp is not installed"
)
MakeEndpoint = collections.abc.Callable[..., Endpoint]


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def make_endpoint(engine: FakeEngine) -> collections.abc.Iterator[MakeEndpoint]:
    """Starts endpoints with given settings; those of Quotas and Manners by their own names."""
    started: list[Endpoint] = []

    def make(**settings: typing.Any) -> Endpoint:
        quotas = {name: settings.pop(name) for name in tuple(settings) if name in Quotas.__dataclass_fields__}
        manners: dict[str, typing.Any] = {"allow_unencrypted": True}
        manners |= {name: settings.pop(name) for name in tuple(settings) if name in Manners.__dataclass_fields__}
        settings.setdefault("engine", engine)
        config = EndpointConfig(
            users={USER: PASSWORD, "bob": "builder"},
            quotas=Quotas(**quotas),
            manners=Manners(**manners),
            **settings,
        )
        endpoint = Endpoint(config)
        endpoint.start()
        started.append(endpoint)
        return endpoint

    yield make
    engine.release.set()
    for endpoint in started:
        endpoint.stop()


@pytest.fixture
def endpoint(make_endpoint: MakeEndpoint) -> Endpoint:
    return make_endpoint()
