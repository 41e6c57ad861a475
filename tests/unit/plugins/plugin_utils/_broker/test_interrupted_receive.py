# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output that a client went away from before it had heard of the end is the next one's."""

from __future__ import annotations

import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import receiving
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.group import SERVERS_IDLE_TIMEOUT, Group
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.jobs import Ending, Job
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.left import Left
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.receiving import Reception
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.running import Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat, Record
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import (
    Gate,
    ended,
    leave,
    receive,
)

TARGET = Target(host="web01", port=5985, ssl=False, session_name="left")
LEFT = messages.Selector(["left"])


class Work:
    """A pipeline that was left in a session: it writes 1, then what `write` says."""

    def __init__(self) -> None:
        self.server = FakeServer(Clock())
        self.server.slow = True
        self.session = Session(1, TARGET, self.server.connect, self.server.clock, self.server.clock.sleep)
        run = Run(self.session, Job(PipelineSpec([Command("1")]), OutputFormat.OBJECTS, lambda records: None))
        assert run.leave().state == "running"
        self.shell = next(iter(self.server.shells.values()))

    def receive(self, goes_away: bool, wait: bool = True, timeout: float | None = 60) -> tuple[Ending, list[object]]:
        """One client's Receive; it goes away when it has its records, or stays to hear of the end."""
        given: list[Record] = []
        reception = Reception(self.session, OutputFormat.OBJECTS, given.extend, wait, timeout)
        ending = reception.execute()
        if goes_away:
            reception.take_back()
        reception.finish()
        return ending, [record.value for record in given]


def test_the_next_receive_gets_all_of_it_and_the_end() -> None:
    work = Work()
    work.shell.write(2)
    work.shell.end()
    assert work.receive(goes_away=True) == (Ending("completed"), [1, 2])
    assert work.receive(goes_away=True) == (Ending("completed"), [1, 2])
    assert work.receive(goes_away=False, wait=False) == (Ending("completed"), [1, 2])
    assert work.receive(goes_away=False) == (Ending("completed"), [])


def test_what_comes_later_stands_behind_it() -> None:
    work = Work()
    assert work.receive(goes_away=True) == (Ending("running"), [1])
    work.shell.write(2)
    assert work.receive(goes_away=True) == (Ending("running"), [1, 2])
    work.shell.write(3)
    work.shell.end()
    assert work.receive(goes_away=False) == (Ending("completed"), [1, 2, 3])


def test_what_is_too_much_to_keep_is_told_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "MOST_KEPT", 0)
    work = Work()
    work.shell.end()
    work.receive(goes_away=True)
    assert work.receive(goes_away=False) == (Ending("completed", truncated=True), [])


def test_a_session_that_owes_output_is_held_for_as_long_as_its_server_keeps_it() -> None:
    work = Work()
    group = Group(TARGET, [work.session], ended=0.0)
    work.session.left = [Left(uuid.uuid4(), undelivered=[Record(uuid.uuid4(), "output", 1)])]
    assert work.session.idle_timeout is not None
    assert not group.expired(work.session.idle_timeout - 1)
    assert group.expired(work.session.idle_timeout)
    work.session.idle_timeout = None
    assert not group.expired(SERVERS_IDLE_TIMEOUT - 1)
    work.session.left[0].undelivered = []
    assert group.expired(TARGET.persist)


def test_an_interrupted_task_takes_nothing_from_the_next_one(broker: Broker, endpoint: Endpoint, gate: Gate) -> None:
    leave(broker, f"'first'; {gate.wait} 'last'")
    worker = broker.another_client()
    worker._send(messages.Receive(broker.target(), LEFT))
    answer, _body = worker._answer()
    assert answer.entries == [["output", "first"]]
    worker.close()
    wait_for(lambda: broker.rows()[0]["state"] == "Disconnected")
    gate.open()
    ended(endpoint)
    received = receive(broker, remove=True)
    assert (received.state, received.output) == ("completed", ["first", "last"])
