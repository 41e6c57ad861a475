# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions over a stream, by the broker's process: they live in it, and nobody is told what is not known."""

from __future__ import annotations

import os
import pathlib
import signal
import threading
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import DEFAULT_SHELL, Target
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.endpoint.program import write_stand_in
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)


class LocalBroker(Broker):
    """A broker whose sessions are on this computer."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._pwsh_path = write_stand_in(folder)
        super().__init__(folder / "s", typing.cast(Endpoint, None))

    def target(self, **changes: typing.Any) -> Target:
        options = {"host": "localhost", "port": 0, "ssl": False, "transport": "local", "pwsh_path": self._pwsh_path}
        options["configuration_name"] = DEFAULT_SHELL
        return Target(**{**options, "inventory_hostname": "here", **changes})

    def pid(self, **changes: typing.Any) -> int:
        """The process of a session's PowerShell, which is made if need be."""
        (found,) = self.run("$PID", **changes)[1]
        return int(found)


def gone(pid: int) -> bool:
    """Whether a process that is not our child has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture(name="local", scope="module")
def _local(tmp_path_factory: pytest.TempPathFactory) -> typing.Iterator[LocalBroker]:
    """One broker for all, since a process takes its time to start; a test that needs a session makes sure of it."""
    broker = LocalBroker(tmp_path_factory.mktemp("local"))
    yield broker
    pid = broker.pid()
    broker.end()
    assert gone(pid)


def test_state_lives_from_one_run_to_the_next(local: LocalBroker) -> None:
    local.run("$a = 20; function Double($n) { $n * 2 }")
    finished, output = local.run("Double ($a + 1)")
    assert output == [42]
    session = finished.session
    told = ("state", "transport", "computer_name", "configuration_name", "idle_timeout", "recreated")
    assert [session[name] for name in told] == ["Opened", "local", "localhost", DEFAULT_SHELL, None, False]


def test_other_timeouts_do_not_end_the_session(local: LocalBroker) -> None:
    pid = local.pid()
    assert local.pid(operation_timeout=5, read_timeout=10, connection_timeout=3, persist=5) == pid


def test_a_timeout_stops_the_pipeline_and_keeps_the_session(local: LocalBroker) -> None:
    pid = local.pid()
    with pytest.raises(PSSessionError, match=r"timeout of 0\.5 s") as error:
        local.run("Start-Sleep 300", timeout=0.5)
    assert error.value.kind is ErrorKind.STOPPED
    assert local.pid() == pid


def test_a_hang_up_stops_what_runs(local: LocalBroker) -> None:
    worker = local.another_client()
    worker._socket.settimeout(1)
    with pytest.raises(PSSessionError):
        worker.run(messages.Run(local.target(), [messages.Command("Start-Sleep 300")], shared=True))
    worker.close()
    assert local.run("'awake'")[1] == ["awake"]


def test_much_goes_in_and_out_at_once(local: LocalBroker) -> None:
    text = [f"{number:06}" + "x" * 3000 for number in range(1000)]
    assert local.run("process { $_ }", input="values", values=text)[1] == text


def test_chunks_arrive_as_base64_strings(local: LocalBroker) -> None:
    chunks = [bytes([number]) * 400_000 for number in range(20)]
    output: list[typing.Any] = []
    script = "process { [Convert]::FromBase64String($_).Length }"
    request = messages.Run(local.target(), [messages.Command(script)], input="chunks")
    local.client.run(request, chunks=iter(chunks), on_records=lambda entries, _body: output.extend(entries))
    assert output == [["output", 400_000]] * 20


def test_a_client_that_does_not_listen_holds_up_its_own_session_alone(local: LocalBroker) -> None:
    holds, read = threading.Event(), []

    def listen(entries: list[typing.Any], _body: bytes) -> None:
        holds.wait(60)
        read.extend(entries)

    worker = local.another_client()
    script = "1..400 | ForEach-Object { 'x' * 100000 }"
    request = messages.Run(local.target(), [messages.Command(script)])
    running = threading.Thread(target=lambda: worker.run(request, on_records=listen))
    running.start()
    assert local.run("'other'", session_name="other")[1] == ["other"]
    holds.set()
    running.join(60)
    worker.close()
    assert len(read) == 400


def test_a_session_that_ended_while_idle_is_made_anew_and_said_so(local: LocalBroker) -> None:
    os.kill(local.pid(), signal.SIGKILL)
    finished, _output = local.run("1")
    assert finished.session["recreated"]
    assert "its state is gone" in finished.warnings[0]


def test_a_session_that_ends_while_a_command_runs_leaves_its_outcome_unknown(
    local: LocalBroker, tmp_path: pathlib.Path
) -> None:
    local.pid()
    before = tmp_path / "ran"
    script = f"Add-Content -Path '{before}' -Value 'once'; Stop-Process -Id $PID; Start-Sleep 300"
    with pytest.raises(PSSessionError, match="its outcome is unknown; it is not started again") as error:
        local.run(script)
    assert error.value.kind is ErrorKind.UNKNOWN
    assert "PowerShell on the local computer ended by signal" in error.value.message
    assert before.read_text(encoding="utf-8").split() == ["once"]
    assert local.run("1")[0].session["recreated"]


def test_a_session_that_was_asked_for_is_not_made_anew(local: LocalBroker) -> None:
    pid = local.pid(session_name="asked for")
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: {row["name"]: row["state"] for row in local.rows()}["asked for"] == "Broken")
    with pytest.raises(PSSessionError, match=r"'asked for' .* is Broken: it ended with its connection"):
        local.run("1", selector=messages.Selector(["asked for"]))
    assert local.open("asked for").session["recreated"]


def test_a_named_session_lives_in_its_broker(local: LocalBroker, tmp_path: pathlib.Path) -> None:
    (tmp_path / "second").mkdir()
    second = LocalBroker(tmp_path / "second")
    pid = second.pid(session_name="work")
    assert second.pid(session_name="work") == pid
    assert local.pid(session_name="work") != pid
    second.end()
    assert gone(pid)


@pytest.mark.parametrize("name", ["kill", "end"])
def test_nothing_outlives_the_broker(tmp_path: pathlib.Path, name: str) -> None:
    broker = LocalBroker(tmp_path)
    pids = [broker.pid(), broker.pid(session_name="work")]
    getattr(broker, name)()
    wait_for(lambda: all(gone(pid) for pid in pids))


REFUSED: list[tuple[typing.Callable[[Target], object], str]] = [
    (lambda target: messages.DisconnectSessions(target, messages.Selector()), "cannot disconnect sessions"),
    (lambda target: messages.ConnectSessions(target, messages.Selector()), "cannot connect sessions"),
    (lambda target: messages.Receive(target, messages.Selector()), "cannot receive from disconnected sessions"),
    (lambda target: messages.ListSessions(target, scope="computer"), "cannot list the sessions of a computer"),
    (lambda target: messages.OpenSession(target, adopt=True), "cannot adopt the session of another"),
    (lambda target: messages.Run(target, [messages.Command("1")], leave=True), "cannot leave a command"),
]


@pytest.mark.parametrize(("make", "what"), REFUSED)
def test_what_only_wsman_can_is_refused(local: LocalBroker, make: typing.Callable[[Target], object], what: str) -> None:
    with pytest.raises(PSSessionError, match=f"transport local {what}.*Use transport wsman") as error:
        local.client.request(make(local.target()))
    assert error.value.kind is ErrorKind.USAGE


@pytest.mark.parametrize(
    ("name", "value"),
    [("idle_timeout", 600), ("no_profile", True), ("configuration_name", "JEA"), ("output_buffering_mode", "Drop")],
)
def test_settings_of_a_service_are_refused(local: LocalBroker, name: str, value: object) -> None:
    with pytest.raises(PSSessionError, match=f"{name} is {value!r}: transport local has no such option"):
        local.open("work", **{name: value})


def test_no_powershell_is_no_unreachable_host(local: LocalBroker) -> None:
    with pytest.raises(PSSessionError, match="Install PowerShell") as error:
        local.run("1", pwsh_path="/nonexistent/pwsh")
    assert error.value.kind is ErrorKind.FAILED


def test_an_unknown_transport_is_refused(local: LocalBroker) -> None:
    with pytest.raises(PSSessionError, match="There is no transport 'carrier pigeon'"):
        local.run("1", transport="carrier pigeon")
