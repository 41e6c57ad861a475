# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named sessions against the test endpoint: one controller, another one, and one that was killed."""

from __future__ import annotations

import collections
import contextlib
import pathlib
import threading
import typing

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
    wait_for,
)

Named = messages.Selector


@pytest.fixture(name="other")
def _other(tmp_path: pathlib.Path, endpoint: Endpoint) -> typing.Iterator[Broker]:
    """Another controller of the same user."""
    other = Broker(tmp_path / "o", endpoint)
    yield other
    other.end()


@contextlib.contextmanager
def counted(endpoint: Endpoint) -> typing.Iterator[dict[str, int]]:
    """The requests that were made within, by action."""
    before = collections.Counter(endpoint.counters.actions)
    counts: dict[str, int] = {}
    yield counts
    counts.update(collections.Counter(endpoint.counters.actions) - before)


def error_of(result: messages.Result) -> messages.Failure:
    """The error of a row that must have one."""
    assert result.error is not None, result
    return result.error


def killed(directory: pathlib.Path, endpoint: Endpoint, script: str = "$a = 'kept'") -> Broker:
    """A new broker in the place of one that was killed after it had made the session "work"."""
    first = Broker(directory, endpoint)
    first.open("work")
    first.run(script, selector=Named(["work"]))
    first.kill()
    return Broker(directory, endpoint)


def test_present_makes_a_session_once(broker: Broker, endpoint: Endpoint) -> None:
    first = broker.open("work")
    assert (first.changed, first.session["name"], first.session["state"]) == (True, "work", "Opened")
    with counted(endpoint) as counts:
        second = broker.open("WORK")
    assert (second.changed, second.session["instance_id"]) == (False, first.session["instance_id"])
    assert counts == {"Get": 1}
    assert endpoint.counters.shells_created == 1


def test_present_replaces_a_lost_session_and_says_so(broker: Broker, endpoint: Endpoint) -> None:
    broker.open("work")
    endpoint.restart()
    result = broker.open("work")
    assert (result.changed, result.session["recreated"]) == (True, True)
    assert "its state is gone" in broker.notes[-1]


def test_a_session_that_is_made_anew_is_made_as_is_asked_for_now(broker: Broker, endpoint: Endpoint) -> None:
    endpoint.computers["TESTHOST"].quotas.max_idle_timeout_ms = 900_000
    with pytest.raises(PSSessionError, match="does not allow the idle_timeout 901") as error:
        broker.open("work", idle_timeout=901)
    assert error.value.kind is ErrorKind.FAILED
    assert broker.open("work", idle_timeout=900).session["idle_timeout"] == 900
    endpoint.restart()
    result = broker.open("work", idle_timeout=600, culture="de-DE")
    assert (result.session["recreated"], result.session["idle_timeout"]) == (True, 600)
    assert endpoint.shells[0].settings.data_locale == "de-DE"


def test_new_makes_a_further_session_of_the_name(broker: Broker) -> None:
    first, second = broker.open("work"), broker.open("work", new=True)
    assert second.changed
    assert first.session["id"] != second.session["id"]
    with pytest.raises(PSSessionError, match=r"Several sessions .* \(Id \d, Opened\), .*id or instance_id") as error:
        broker.run("1", selector=Named(["work"]))
    assert error.value.kind is ErrorKind.USAGE
    broker.run("$a = 2", selector=Named(ids=[second.session["id"]]))
    assert broker.run("$a", selector=Named(instance_ids=[second.session["instance_id"]]))[1] == [2]
    assert broker.run("$null -eq $a", session_name="work")[1] == [True]


def test_disconnect_and_connect_of_a_known_session_are_one_request_each(broker: Broker, endpoint: Endpoint) -> None:
    broker.open("work")
    broker.run("$a = 1", selector=Named(["work"]))
    wait_for(lambda: endpoint.counters.actions["Signal"] == 1)
    with counted(endpoint) as counts:
        (left,) = broker.disconnect("w*", idle_timeout=120)
    assert counts == {"Disconnect": 1}
    assert (left.changed, left.session["state"], left.session["availability"]) == (True, "Disconnected", "None")
    assert left.session["idle_timeout"] == 120
    assert endpoint.shells[0].idle_timeout == 120
    assert not broker.disconnect("work")[0].changed
    with counted(endpoint) as counts:
        (back,) = broker.connect("work")
    assert counts == {"Reconnect": 1}
    assert (back.changed, back.session["state"], back.session["reconnected"]) == (True, "Opened", True)
    assert not broker.connect("work")[0].changed
    assert broker.run("$a", selector=Named(["work"]))[1] == [1]


def test_an_implicit_session_that_was_disconnected_stays_on_the_server(
    tmp_path: pathlib.Path, endpoint: Endpoint, other: Broker
) -> None:
    first = Broker(tmp_path / "s", endpoint)
    finished, _output = first.run("$a = 'kept'")
    assert first.disconnect()[0].changed
    first.end()
    instance_id = finished.session["instance_id"]
    assert other.run("$a", selector=Named(instance_ids=[instance_id]))[1] == ["kept"]
    other.remove("Ansible*")


def test_an_implicit_use_of_a_name_ignores_other_configurations(
    tmp_path: pathlib.Path, endpoint: Endpoint, other: Broker
) -> None:
    first = Broker(tmp_path / "s", endpoint)
    first.open("work")
    first.end()
    finished, _output = other.run("1", session_name="work", configuration_name="PowerShell.7")
    assert finished.session["configuration_name"] == "PowerShell.7"
    assert len(endpoint.shells) == 2
    other.remove("work")


def test_what_a_session_was_made_with_reaches_the_server(broker: Broker, endpoint: Endpoint) -> None:
    made = broker.open(
        "work",
        idle_timeout=600,
        output_buffering_mode="Drop",
        culture="de-DE",
        ui_culture="fr-FR",
        no_profile=True,
        application_arguments={"ticket": 42},
    )
    shell = endpoint.shells[0]
    assert (shell.idle_timeout, shell.drop_output) == (600, True)
    assert (shell.settings.data_locale, shell.settings.locale) == ("de-DE", "fr-FR")
    assert shell.settings.no_profile
    assert made.session["idle_timeout"] == 600
    script = "$a = $PSSenderInfo.ApplicationArguments; $a.ticket; $a['remoting.powershell'].name"
    assert broker.run(script, selector=Named(["work"]), idle_timeout=999, culture="en-GB")[1] == [42, "work"]
    assert (shell.idle_timeout, endpoint.counters.shells_created) == (600, 1)


def test_a_users_tasks_wait_at_the_servers_quota(broker: Broker, endpoint: Endpoint) -> None:
    endpoint.computers["TESTHOST"].quotas.max_plugin_shells_per_user = 3
    states: list[str] = []

    def work() -> None:
        worker = broker.another_client()
        request = messages.Run(broker.target(), [messages.Command("Start-Sleep -Milliseconds 50; 1")])
        states.extend(worker.run(request).state for _number in range(3))
        worker.close()

    threads = [threading.Thread(target=work) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert states == ["completed"] * 30
    assert endpoint.counters.shells_created == 3
    with pytest.raises(PSSessionError, match="quota"):
        broker.open("one more")


@pytest.mark.parametrize("seconds", [1, 59])
def test_an_idle_timeout_below_a_minute_is_refused_before_anything_is_sent(
    broker: Broker, endpoint: Endpoint, seconds: int
) -> None:
    for ask in (
        lambda: broker.disconnect("work", idle_timeout=seconds),
        lambda: broker.open("w", idle_timeout=seconds),
    ):
        with pytest.raises(PSSessionError, match=f"idle_timeout {seconds} .* at least 60 s") as error:
            ask()
        assert error.value.kind is ErrorKind.USAGE
    assert endpoint.counters.requests == 0


def test_an_idle_timeout_over_the_servers_maximum_is_refused_and_named(broker: Broker, endpoint: Endpoint) -> None:
    endpoint.computers["TESTHOST"].quotas.max_idle_timeout_ms = 43_200_000
    broker.open("work")
    with counted(endpoint) as counts:
        failure = error_of(broker.disconnect("work", idle_timeout=43_201)[0])
    assert "43201" in failure.message and "43200 s" in failure.message
    assert counts == {}
    assert broker.disconnect("work", idle_timeout=43_200)[0].changed


def test_a_session_that_another_controller_left_is_found_and_connected(
    tmp_path: pathlib.Path, endpoint: Endpoint, other: Broker
) -> None:
    first = Broker(tmp_path / "s", endpoint)
    first.open("work")
    first.run("$a = 'kept'", selector=Named(["work"]))
    first.end()
    with counted(endpoint) as counts:
        (result,) = other.connect("work")
    assert counts.pop("Receive", 0) <= 1
    assert counts == {"Enumerate": 2, "Connect": 1}
    assert (result.changed, result.session["reconnected"], result.session["id"]) == (True, True, 1)
    assert other.run("$a", selector=Named(["work"]))[1] == ["kept"]


def test_present_leaves_another_controllers_session_alone_unless_adopted(
    tmp_path: pathlib.Path, endpoint: Endpoint, other: Broker
) -> None:
    first = Broker(tmp_path / "s", endpoint)
    theirs = first.open("work").session["instance_id"]
    first.end()
    assert other.open("work", adopt=True, check=True).session["instance_id"] == theirs
    ours = other.open("work")
    assert ours.session["instance_id"] != theirs
    other.remove("work")
    assert endpoint.shells == []


def test_adopt_takes_another_controllers_session(tmp_path: pathlib.Path, endpoint: Endpoint, other: Broker) -> None:
    first = Broker(tmp_path / "s", endpoint)
    theirs = first.open("work").session["instance_id"]
    first.end()
    adopted = other.open("work", adopt=True)
    assert (adopted.changed, adopted.session["instance_id"]) == (True, theirs)
    assert adopted.session["reconnected"]


def test_present_finds_what_an_earlier_broker_of_this_controller_left(
    tmp_path: pathlib.Path, endpoint: Endpoint
) -> None:
    first = Broker(tmp_path / "s", endpoint)
    made = first.open("work").session["instance_id"]
    first.end()
    second = Broker(tmp_path / "s", endpoint)
    found = second.open("work")
    assert (found.changed, found.session["instance_id"], found.session["reconnected"]) == (True, made, True)
    second.end()


def test_a_name_of_another_configuration_is_neither_taken_nor_doubled(
    tmp_path: pathlib.Path, endpoint: Endpoint
) -> None:
    first = Broker(tmp_path / "s", endpoint)
    first.open("work")
    with pytest.raises(PSSessionError, match=r"configuration 'Microsoft\.PowerShell', not 'PowerShell\.7'"):
        first.open("work", configuration_name="PowerShell.7")
    first.end()
    second = Broker(tmp_path / "s", endpoint)
    with pytest.raises(PSSessionError, match=r"configuration 'Microsoft\.PowerShell', not 'PowerShell\.7'"):
        second.open("work", configuration_name="PowerShell.7")
    assert second.connect("work")[0].session["configuration_name"] == "Microsoft.PowerShell"
    assert endpoint.counters.shells_created == 1
    second.end()


def test_a_session_that_another_client_holds_is_busy_at_once(broker: Broker, other: Broker) -> None:
    theirs = other.open("work").session["instance_id"]
    broker.open("mine")
    broker.disconnect("mine")
    busy, done = broker.connect("work", "mine")
    failure = error_of(busy)
    assert failure.kind == ErrorKind.BUSY.value
    for part in ("'work'", theirs, "Busy", "127.0.0.1"):
        assert part in failure.message
    assert done.changed, "one failure does not keep the others from being done"
    with pytest.raises(PSSessionError, match="connected to another client"):
        broker.run("1", selector=Named(["work"]))


def test_two_sessions_of_a_name_on_the_server_must_be_told_apart(
    tmp_path: pathlib.Path, endpoint: Endpoint, other: Broker
) -> None:
    first = Broker(tmp_path / "s", endpoint)
    ids = [first.open("work", new=True).session["instance_id"] for _number in range(2)]
    first.end()
    failure = error_of(other.connect("work")[0])
    assert failure.kind == ErrorKind.USAGE.value
    assert all(instance_id in failure.message for instance_id in ids)
    assert other.connect(selector=Named(instance_ids=[ids[1]]))[0].session["instance_id"] == ids[1]


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (Named(ids=[7]), ["the Id 7", "'work' (Id 1, Opened)"]),
        (Named(["nothing"]), ["the name 'nothing'", "state=present", "scope=computer"]),
        (Named(["no*"]), ["the name 'no*'"]),
    ],
)
def test_what_does_not_exist_is_an_error_that_tells_what_does(
    broker: Broker, selector: messages.Selector, words: list[str]
) -> None:
    broker.open("work")
    with pytest.raises(PSSessionError) as error:
        broker.run("1", selector=selector)
    assert error.value.kind is ErrorKind.FAILED
    assert all(word in error.value.message for word in words), error.value.message


def test_an_instance_id_that_is_no_guid_is_a_usage_error(broker: Broker, endpoint: Endpoint) -> None:
    with pytest.raises(PSSessionError, match="'12' is no GUID") as error:
        broker.run("1", selector=Named(instance_ids=["12"]))
    assert error.value.kind is ErrorKind.USAGE
    assert endpoint.counters.requests == 0


def test_a_selected_session_that_is_gone_is_an_error_and_is_not_made_anew(broker: Broker, endpoint: Endpoint) -> None:
    broker.open("work")
    endpoint.restart()
    for _time in range(2):
        with pytest.raises(PSSessionError, match=r"'work' .* is Broken.*state=present"):
            broker.run("1", selector=Named(["work"]))
    assert "is Broken" in error_of(broker.connect("work")[0]).message
    assert "is Broken" in error_of(broker.disconnect("work")[0]).message
    assert endpoint.counters.shells_created == 1
    assert broker.open("work").session["recreated"]


def test_a_killed_brokers_session_is_taken_back_once_the_server_misses_its_client(
    tmp_path: pathlib.Path, endpoint: Endpoint
) -> None:
    second = killed(tmp_path / "s", endpoint)
    waiting = threading.Thread(target=lambda: second.open("work"))
    waiting.start()
    wait_for(lambda: any("waiting for the server to notice" in note for note in second.notes))
    assert endpoint.shells[0].state is State.CONNECTED
    endpoint.clock.advance(endpoint.config.manners.vanished_client_timeout + 1)
    waiting.join(30)
    assert second.run("$a", selector=Named(["work"]))[1] == ["kept"]
    assert endpoint.counters.shells_created == 1
    second.end()


def test_who_goes_away_while_he_waits_holds_nothing_up(tmp_path: pathlib.Path, endpoint: Endpoint) -> None:
    second = killed(tmp_path / "s", endpoint)
    worker = second.another_client()
    worker._socket.settimeout(1)
    with pytest.raises(PSSessionError):
        worker.request(messages.OpenSession(second.target(session_name="work")))
    worker.close()
    endpoint.clock.advance(endpoint.config.manners.vanished_client_timeout + 1)
    assert second.open("work", busy_timeout=20).session["state"] == "Opened"
    second.end()


def test_a_killed_brokers_session_that_stays_connected_is_told_precisely(
    tmp_path: pathlib.Path, endpoint: Endpoint
) -> None:
    second = killed(tmp_path / "s", endpoint)
    instance_id = endpoint.shells[0].shell_id.lower()
    with pytest.raises(PSSessionError, match=r"its client was killed.*busy_timeout") as error:
        second.run("1", selector=Named(["work"]), busy_timeout=1)
    assert error.value.kind is ErrorKind.BUSY
    assert instance_id in error.value.message
    with pytest.raises(PSSessionError, match="its client was killed"):
        second.open("work", busy_timeout=1)
    (failed,) = second.remove("work")
    assert "force=true" in error_of(failed).message
    assert second.remove("work", force=True)[0].changed
    second.end()


def test_a_server_that_disconnects_a_vanished_client_gives_the_session_at_once(
    tmp_path: pathlib.Path, endpoint: Endpoint
) -> None:
    endpoint.config.manners.vanished_client_disconnects = True
    second = killed(tmp_path / "s", endpoint)
    wait_for(lambda: endpoint.shells[0].state is State.DISCONNECTED)
    assert second.open("work").session["reconnected"]
    assert second.run("$a", selector=Named(["work"]))[1] == ["kept"]
    second.end()


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


def test_check_mode_predicts_and_changes_nothing(broker: Broker, endpoint: Endpoint) -> None:
    predicted = broker.open("work", check=True)
    assert (predicted.changed, predicted.session["state"], predicted.session["id"]) == (True, "Opened", None)
    assert broker.open(check=True).changed
    assert (endpoint.shells, broker.rows()) == ([], [])
    broker.open("work")
    assert not broker.open("work", check=True).changed
    assert broker.disconnect("work", check=True)[0].session["state"] == "Disconnected"
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
