# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls side by side, and what they become."""

from __future__ import annotations

import functools
import os

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils import _client, _several
from ansible_collections.remoting.powershell.plugins.plugin_utils._client import BrokerClient, Notify
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import (
    Done,
    Failure,
    Note,
    Reset,
    Result,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import FakeBroker

REQUESTS = [Reset(Target(f"web{number}", 5986, True)) for number in range(3)]


class Clients:
    """Clients of a fake broker; `on_note` is what happens when the broker says something."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self.notes: list[str] = []
        self.interrupt = False

    def new_client(self, notify: Notify) -> BrokerClient:
        return _client.connect(self._directory, os.getpid(), notify)

    def notify(self, level: str, text: str) -> None:
        self.notes.append(text)
        if self.interrupt:
            raise KeyboardInterrupt


def ask(request: Reset, client: BrokerClient) -> str:
    """The host that a request was answered for."""
    done: Done = client.request(request)
    return f"{request.target.host}: {done.count}"


JOBS = [functools.partial(ask, request) for request in REQUESTS]


def test_answers_and_failures_are_in_the_order_of_the_jobs(broker: FakeBroker, socket_dir: str) -> None:
    def answer(request: Reset) -> list[object]:
        if request.target.host == "web1":
            return [Failure("busy", "it runs something")]
        return [Note("warning", request.target.host), Done(2)]

    broker.answer_with = answer
    clients = Clients(socket_dir)
    first, second, third = _several.at_once(clients, JOBS)
    assert (first, third) == ("web0: 2", "web2: 2")
    assert isinstance(second, PSSessionError)
    assert (second.kind, second.message) == (ErrorKind.BUSY, "it runs something")
    assert sorted(clients.notes) == ["web0", "web2"]


def test_an_interruption_hangs_up_for_everybody(broker: FakeBroker, socket_dir: str) -> None:
    # Only one says anything, and none is answered.
    broker.answer_with = lambda request: [Note("warning", "x")] if request.target.host == "web2" else []
    clients = Clients(socket_dir)
    clients.interrupt = True
    with pytest.raises(KeyboardInterrupt):
        _several.at_once(clients, JOBS)
    assert broker.hung_up.wait(30)


def test_no_jobs_are_no_calls(broker: FakeBroker, socket_dir: str) -> None:
    assert _several.at_once(Clients(socket_dir), []) == []
    assert not broker.hellos


def test_one_sessions_failure_is_raised_and_several_ones_are_rows() -> None:
    failed = Result({"name": "a", "id": 1}, error=Failure("unreachable", "No route."))
    with pytest.raises(PSSessionError) as failure:
        _several.concluded([failed], several=False)
    assert failure.value.kind is ErrorKind.UNREACHABLE
    whole = _several.concluded([failed, Result({"name": "b"}, changed=True)], several=True)
    assert (whole["changed"], whole["failed"]) == (True, True)
    assert whole["msg"] == "1 of 2 sessions failed. a (Id 1): No route."
    assert [row.get("failed", False) for row in whole["results"]] == [True, False]


def test_a_difference_names_what_did_not_change_as_it_is() -> None:
    results = [
        Result({"name": "a", "id": 1, "instance_id": "x", "state": "Opened"}),
        Result({"name": "b", "id": 2, "instance_id": "y", "state": "Closed"}, changed=True),
        Result({"name": "c", "id": None, "instance_id": None, "state": "Opened"}, changed=True),
        Result({"name": "d", "id": None, "instance_id": None}, error=Failure("failed", "There is none.")),
    ]
    diff = _several.concluded(results, several=True, before={"x": "Opened", "y": "Disconnected"})["diff"]
    assert diff["before"].splitlines() == ["a (Id 1): Opened", "b (Id 2): Disconnected", "c: absent", "d: absent"]
    assert diff["after"].splitlines() == ["a (Id 1): Opened", "b (Id 2): absent", "c: Opened", "d: absent"]
