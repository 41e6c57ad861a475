# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy: what it forwards, breaks and swallows."""

from __future__ import annotations

import collections.abc
import io
import json
import socket

import pytest
import requests

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.proxy import Conditions, Proxy, serve

from .clients import opened, run


@pytest.fixture
def proxy(endpoint: Endpoint) -> collections.abc.Iterator[Proxy]:
    with Proxy("127.0.0.1", endpoint.port) as proxy:
        yield proxy


def test_forwards_both_ways(endpoint: Endpoint, proxy: Proxy) -> None:
    with opened(endpoint, port=proxy.port) as pool:
        assert len(run(pool, "big 200000")[0]) == 200000
    assert proxy.traffic.connections == endpoint.counters.connections == 1
    assert proxy.traffic.bytes_to_client > 200000


def test_a_cut_breaks_what_is_open_and_lets_new_ones_in(endpoint: Endpoint, proxy: Proxy) -> None:
    with opened(endpoint, port=proxy.port) as pool:
        assert proxy.cut() == 1
        # Between requests the client opens a new connection by itself, and the session is still there.
        assert run(pool, "echo a") == ["a"]
    assert proxy.traffic.connections == 2


def test_a_dropping_network_answers_nothing(endpoint: Endpoint, proxy: Proxy) -> None:
    proxy.set(drop=True)
    with pytest.raises(requests.exceptions.ReadTimeout), opened(endpoint, port=proxy.port, read_timeout=0.3):
        raise AssertionError("answered")
    assert endpoint.counters.requests == 0
    proxy.cut()
    proxy.set(drop=False)
    with opened(endpoint, port=proxy.port) as pool:
        assert run(pool, "echo a") == ["a"]


def test_latency_and_throttle_change_no_byte(endpoint: Endpoint) -> None:
    slow = Proxy("127.0.0.1", endpoint.port, conditions=Conditions(latency=0.005, throttle=20_000_000))
    with slow, opened(endpoint, port=slow.port) as pool:
        assert run(pool, "input", "x" * 100_000) == ["x" * 100_000]


def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Proxy("127.0.0.1", port) as proxy, socket.create_connection(("127.0.0.1", proxy.port), 10) as client:
        assert client.recv(1) == b""


def test_settings_that_there_are_not() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Conditions(latency=-1)


def test_obeys_lines_of_settings(endpoint: Endpoint, proxy: Proxy) -> None:
    answers = io.StringIO()
    lines = ['{"latency": 0.001, "drop": true}', '{"cut": true, "drop": false}', '{"speed": 3}', "no json", "[]"]
    serve(proxy, lines, answers)
    told = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert ["error" in answer for answer in told] == [False, False, True, True, True]
    assert proxy.conditions == Conditions(latency=0.001)
