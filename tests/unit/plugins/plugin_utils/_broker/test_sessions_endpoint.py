# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named sessions against the test endpoint: one controller, another one, and one that was killed."""

from __future__ import annotations

import pathlib
import threading

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.shells import State
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    counted,
    error_of,
    wait_for,
)

Named = messages.Selector


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
