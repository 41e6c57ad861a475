# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing and listing sessions against the test endpoint: held ones, those of others, and what runs in them."""

from __future__ import annotations

import contextlib
import pathlib
import threading

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.config import EndpointConfig
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.engine.choose import choose_engine
from ansible_collections.remoting.powershell.tests.endpoint.shells import State
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    PASSWORD,
    Broker,
    counted,
    error_of,
    wait_for,
)

Named = messages.Selector


def left_running(directory: pathlib.Path, endpoint: Endpoint) -> Broker:
    """A broker that finds a session in which a killed one's pipeline runs."""
    endpoint.config.manners.vanished_client_disconnects = True
    first = Broker(directory, endpoint)
    first.open("work")
    worker = first.another_client()
    request = messages.Run(first.target(), [messages.Command("Start-Sleep 600")], selector=Named(["work"]))

    def run() -> None:
        with contextlib.suppress(PSSessionError):
            worker.run(request)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: endpoint.counters.commands == 1)
    first.kill()
    thread.join(30)
    worker.close()
    wait_for(lambda: endpoint.shells[0].state is State.DISCONNECTED)
    return Broker(directory, endpoint)


def test_a_session_in_which_something_was_left_running_is_busy(tmp_path: pathlib.Path, endpoint: Endpoint) -> None:
    second = left_running(tmp_path / "s", endpoint)
    with pytest.raises(PSSessionError, match=r"still running.*pssession_receive") as error:
        second.run("1", selector=Named(["work"]), busy_timeout=1)
    assert error.value.kind is ErrorKind.BUSY
    (kept,) = second.remove("work")
    assert error_of(kept).kind == ErrorKind.BUSY.value
    assert len(endpoint.shells) == 1
    assert second.remove("work", force=True)[0].changed
    assert endpoint.shells == []
    second.end()


def test_removal_does_not_end_what_runs_in_a_session_that_nobody_holds(
    tmp_path: pathlib.Path, endpoint: Endpoint
) -> None:
    second = left_running(tmp_path / "s", endpoint)
    (kept,) = second.remove("work")
    assert "was left in it is running" in error_of(kept).message
    assert endpoint.shells[0].state is State.DISCONNECTED
    assert second.remove("work", force=True)[0].changed
    second.end()


def test_removal_follows_the_rules(broker: Broker, other: Broker, endpoint: Endpoint) -> None:
    for name in ("work", "wait"):
        other.open(name)
        other.disconnect(name)
    broker.open("wish")
    assert [row.session["name"] for row in broker.remove("w*", check=True)] == ["wish"]
    assert len(endpoint.shells) == 3
    assert [row.session["name"] for row in broker.remove("w*")] == ["wish"]
    assert broker.remove("nothing") == []
    assert [row.session["state"] for row in broker.remove("work")] == ["Closed"]
    assert [row.session["name"] for row in broker.remove("*", scope="computer")] == ["wait"]
    assert endpoint.shells == []


def test_removal_of_a_session_in_use_takes_force(broker: Broker, endpoint: Endpoint) -> None:
    broker.open("work")
    worker = broker.another_client()
    failures: list[PSSessionError] = []

    def run() -> None:
        try:
            worker.run(messages.Run(broker.target(), [messages.Command("Start-Sleep 600")], selector=Named(["work"])))
        except PSSessionError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: endpoint.counters.commands == 1)
    assert not broker.open("work").changed, "present does not wait for what runs"
    refused = error_of(broker.remove("work")[0])
    assert (refused.kind, "a script is running" in refused.message) == (ErrorKind.BUSY.value, True)
    assert broker.remove("work", force=True)[0].changed
    thread.join(30)
    worker.close()
    assert [failure.kind for failure in failures] == [ErrorKind.UNKNOWN]
    assert (broker.rows(), endpoint.shells) == ([], [])


def test_absent_without_a_selector_removes_the_implicit_session(broker: Broker, endpoint: Endpoint) -> None:
    broker.run("1")
    broker.open("work")
    (removed,) = broker.remove()
    assert (removed.changed, removed.session["name"]) == (True, "Ansible1")
    assert [row["name"] for row in broker.rows()] == ["work"]
    assert broker.remove() == []
    assert [shell.settings.name for shell in endpoint.shells] == ["work"]


def test_the_computers_sessions_are_listed_with_what_the_server_tells(broker: Broker, other: Broker) -> None:
    other.open("theirs")
    other.open("left")
    other.disconnect("left")
    broker.open("mine")
    assert [row["name"] for row in broker.rows()] == ["mine"]
    rows = {row["name"]: row for row in broker.rows("computer")}
    shown = {name: (row["id"], row["state"], row["availability"]) for name, row in rows.items()}
    assert shown == {
        "mine": (1, "Opened", "Available"),
        "theirs": (None, "Disconnected", "Busy"),
        "left": (None, "Disconnected", "None"),
    }
    assert rows["theirs"]["client_address"] == "127.0.0.1"
    assert rows["mine"]["process_id"] > 0
    assert rows["mine"]["memory"] > 0
    assert rows["mine"]["max_idle_timeout"] == pytest.approx(2147483.647)
    assert rows["mine"]["output_buffering_mode"] == "Block"
    assert {row["name"] for row in broker.rows("computer", "t*", "MINE")} == {"mine", "theirs"}


def test_a_held_session_that_the_server_does_not_know_is_listed_as_broken(broker: Broker, endpoint: Endpoint) -> None:
    broker.open("work")
    endpoint.restart()
    assert [row["state"] for row in broker.rows()] == ["Opened"]
    assert [row["state"] for row in broker.rows("computer")] == ["Broken"]


def test_a_hundred_sessions_are_one_enumeration(broker: Broker, endpoint: Endpoint) -> None:
    quotas = endpoint.computers["TESTHOST"].quotas
    quotas.max_shells_per_user = quotas.max_plugin_shells_per_user = quotas.max_plugin_shells = 200
    quotas.max_batch_items = 30
    for number in range(100):
        broker.open(f"s{number}", new=True)
    with counted(endpoint) as counts:
        assert len(broker.rows("computer")) == 100
    assert counts == {"Enumerate": 1, "Pull": 3}
    assert len(broker.remove("*", scope="computer")) == 100
    assert endpoint.shells == []


def test_several_may_remove_the_same_sessions_at_once(broker: Broker, endpoint: Endpoint) -> None:
    broker.open_all(*(f"w{number}" for number in range(5)))
    rows: list[messages.Result] = []

    def remove() -> None:
        worker = broker.another_client()
        rows.extend(worker.request(messages.RemoveSessions(broker.target(), messages.Selector(["w*"]))).results)
        worker.close()

    threads = [threading.Thread(target=remove) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [row.error for row in rows if row.error] == []
    assert sorted(row.session["name"] for row in rows if row.changed) == [f"w{number}" for number in range(5)]
    assert endpoint.shells == []


def test_what_is_held_for_another_address_of_the_computer_is_no_secret(broker: Broker, endpoint: Endpoint) -> None:
    broker.open("work")
    elsewhere = broker.target(host="localhost")
    selector = messages.Selector(["work"])
    for request in (
        messages.ConnectSessions(elsewhere, selector),
        messages.DisconnectSessions(elsewhere, selector),
        messages.ConnectSessions(elsewhere, selector, check=True),
    ):
        (refused,) = broker.client.request(request).results
        assert refused.error is not None
        assert "The session 'work' on localhost is held by this controller for" in refused.error.message
    (busy,) = broker.client.request(messages.RemoveSessions(elsewhere, selector)).results
    assert busy.error is not None
    assert busy.error.kind == ErrorKind.BUSY.value
    (gone,) = broker.client.request(messages.RemoveSessions(elsewhere, selector, force=True)).results
    assert (gone.changed, endpoint.shells) == (True, [])


def test_check_mode_predicts_and_changes_nothing(broker: Broker, endpoint: Endpoint) -> None:
    predicted = broker.open("work", check=True, idle_timeout=600)
    assert (predicted.changed, predicted.session["state"], predicted.session["id"]) == (True, "Opened", None)
    assert predicted.session["idle_timeout"] == 600
    assert broker.open(check=True).changed
    assert (endpoint.shells, broker.rows()) == ([], [])
    broker.open("work")
    assert not broker.open("work", check=True).changed
    predicted = broker.disconnect("work", check=True, idle_timeout=90)[0]
    assert (predicted.session["state"], predicted.session["idle_timeout"]) == ("Disconnected", 90)
    assert endpoint.shells[0].state is State.CONNECTED
    broker.disconnect("work")
    assert broker.open("work", check=True).changed
    assert broker.connect("work", check=True)[0].session["state"] == "Opened"
    assert endpoint.shells[0].state is State.DISCONNECTED


def test_fifty_hosts_open_in_parallel(tmp_path: pathlib.Path) -> None:
    names = tuple(f"web{number:02}" for number in range(50))
    with Endpoint(EndpointConfig(choose_engine("embedded"), {"admin": PASSWORD}, computers=names)) as endpoint:
        broker = Broker(tmp_path / "s", endpoint)
        endpoint.faults.add("hold", action="Create", times=50)
        results: list[messages.Result] = []

        def open_on(name: str) -> None:
            client = broker.another_client()
            port = endpoint.http_ports[name]
            target = broker.target(port=port, inventory_hostname=name)
            results.extend(client.request(messages.OpenSession(target)).results)
            client.close()

        threads = [threading.Thread(target=open_on, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        wait_for(lambda: endpoint.faults.held == 50)
        endpoint.faults.clear()
        for thread in threads:
            thread.join(60)
        assert [result.changed for result in results] == [True] * 50
        assert endpoint.counters.actions["Create"] == 50
        broker.end()
