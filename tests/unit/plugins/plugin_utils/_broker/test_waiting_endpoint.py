# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What waits in the broker: for a session in use, for a place at the server's quota, and for nobody who has gone."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.left_work import (
    Gate,
    leave,
    receive,
)

WORK = messages.Selector(["work"])
QUOTA = "waiting until one is removed"


def threads(broker: Broker) -> int:
    """How many threads the broker has: one for each client, and what runs besides."""
    answer: messages.Sessions = broker.client.request(messages.ListSessions())
    return int(answer.broker["threads"])


@contextlib.contextmanager
def in_use(broker: Broker, endpoint: Endpoint, gate: Gate) -> typing.Iterator[None]:
    """The session `work`, in which a command runs until the end."""
    broker.open("work")
    worker = broker.another_client()
    request = messages.Run(broker.target(), [messages.Command(f"{gate.wait} 'ran'")], selector=WORK)
    states: list[str] = []
    thread = threading.Thread(target=lambda: states.append(worker.run(request).state))
    thread.start()
    wait_for(lambda: endpoint.counters.commands == 1)
    try:
        yield
    finally:
        gate.open()
        thread.join(30)
        worker.close()
    assert states == ["completed"]


def run_in_work(broker: Broker, **settings: typing.Any) -> messages.Run:
    """A run that needs the session `work`."""
    return messages.Run(broker.target(), [messages.Command("'for nobody'")], selector=WORK, **settings)


@pytest.mark.parametrize(
    "request_of",
    [
        run_in_work,
        lambda broker: run_in_work(broker, input="chunks"),
        lambda broker: run_in_work(broker, interactive=True),
        lambda broker: messages.Run(broker.target(session_name="work"), [messages.Command("1")], shared=True),
        lambda broker: messages.Receive(broker.target(), WORK),
        lambda broker: messages.DisconnectSessions(broker.target(), WORK),
        lambda broker: messages.ConnectSessions(broker.target(), messages.Selector(["work", "w*"])),
    ],
    ids=["run", "chunks", "interactive", "implicit", "receive", "disconnect", "connect"],
)
def test_nothing_waits_or_is_started_for_a_client_that_has_gone(
    broker: Broker, endpoint: Endpoint, gate: Gate, request_of: typing.Callable[[Broker], object]
) -> None:
    with in_use(broker, endpoint, gate):
        before = threads(broker)
        gone = broker.another_client()
        gone._send(request_of(broker))
        # What nobody has read yet hides the end of the connection from who waits for something to read.
        gone._send(messages.Input(), b"x" * 100)
        gone.close()
        wait_for(lambda: threads(broker) == before)
        assert broker.rows()[0]["availability"] == "Busy"
    assert broker.run("'next'", selector=WORK)[1] == ["next"]
    assert endpoint.counters.commands == 2
    assert endpoint.shells[0].settings.name == "work"


def test_nobody_waits_for_a_playbook_that_has_ended(broker: Broker, endpoint: Endpoint, gate: Gate) -> None:
    errors: list[PSSessionError] = []
    with in_use(broker, endpoint, gate), subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1) as playbook:
        # A worker may outlive its playbook.
        worker = broker.another_client(playbook.pid)

        def run() -> None:
            try:
                worker.run(run_in_work(broker))
            except PSSessionError as error:
                errors.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        playbook.kill()
        thread.join(30)
        worker.close()
    assert [(error.kind, "its playbook's process is gone" in error.message) for error in errors] == [
        (ErrorKind.STOPPED, True)
    ]
    assert endpoint.counters.commands == 1


def test_who_goes_away_while_something_that_was_left_runs_is_not_waited_for(
    broker: Broker, endpoint: Endpoint, gate: Gate
) -> None:
    leave(broker, f"{gate.wait} 'done'")
    before = threads(broker)
    gone = broker.another_client()
    gone._send(messages.Run(broker.target(), [messages.Command("1")], selector=messages.Selector(["left"])))
    wait_for(lambda: any(row["availability"] == "Busy" for row in broker.rows()))
    gone.close()
    wait_for(lambda: threads(broker) == before)
    gate.open()
    assert receive(broker).output == ["done"]
    assert endpoint.counters.commands == 1


def new_run(broker: Broker, kind: str, busy_timeout: int = 60) -> messages.Run:
    """A run in a session of its own."""
    target = broker.target(session_name="left" if kind == "leave" else None, busy_timeout=busy_timeout)
    return messages.Run(target, [messages.Command("'ran'")], temporary=kind == "temporary", leave=kind == "leave")


@pytest.mark.parametrize("kind", ["temporary", "leave"])
def test_a_session_of_its_own_waits_for_a_place_at_the_servers_quota(
    broker: Broker, endpoint: Endpoint, kind: str
) -> None:
    endpoint.computers["TESTHOST"].quotas.max_plugin_shells_per_user = 1
    broker.open("work")
    worker = broker.another_client()
    states: list[str] = []
    thread = threading.Thread(target=lambda: states.append(worker.run(new_run(broker, kind)).state))
    thread.start()
    wait_for(lambda: any(QUOTA in note for note in broker.notes))
    broker.remove("work")
    thread.join(30)
    worker.close()
    assert states == [{"temporary": "completed", "leave": "running"}[kind]]
    # What was refused took no Id.
    endpoint.computers["TESTHOST"].quotas.max_plugin_shells_per_user = 2
    assert broker.open("next").session["id"] == 3


@pytest.mark.parametrize("kind", ["temporary", "leave"])
def test_a_quota_that_leaves_no_place_is_named(broker: Broker, endpoint: Endpoint, kind: str) -> None:
    endpoint.computers["TESTHOST"].quotas.max_plugin_shells_per_user = 1
    broker.open("work")
    with pytest.raises(PSSessionError, match=r"No place .* within busy_timeout \(1 s\): .*quota") as error:
        broker.client.run(new_run(broker, kind, busy_timeout=1))
    assert error.value.kind is ErrorKind.BUSY
    assert [row["name"] for row in broker.rows()] == ["work"]
    assert endpoint.counters.commands == 0


def test_nobody_waits_at_the_quota_for_a_client_that_has_gone(broker: Broker, endpoint: Endpoint) -> None:
    endpoint.computers["TESTHOST"].quotas.max_plugin_shells_per_user = 1
    broker.open("work")
    before = threads(broker)
    gone = broker.another_client()
    gone._send(new_run(broker, "leave"))
    gone.close()
    wait_for(lambda: threads(broker) == before)
    broker.remove("work")
    assert (broker.rows(), endpoint.shells, endpoint.counters.commands) == ([], [], 0)
