# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One stream for everything that goes on in a shell: who waits, who is told of the end, what is never guessed."""

from __future__ import annotations

import collections.abc
import concurrent.futures
import typing
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._out_of_process import (
    Line,
    StreamConnection,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._packets import Packet
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_types import Signal
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport.faults import FaultKind, TransportError
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.fake_child import (
    FakeChild,
    FakeProgram,
)

SHELL, PIPELINE = uuid.UUID(int=1), uuid.UUID(int=2)
MEGABYTE = 1024 * 1024


class Scene:
    """A line with the two connections that a session has."""

    def __init__(self) -> None:
        self.line = Line()
        self.program = FakeProgram()
        self.main = self.connection()
        self.side = self.connection()

    @property
    def child(self) -> FakeChild:
        return self.program.child

    def connection(self) -> StreamConnection:
        return self.line.connect(typing.cast("typing.Any", self.program), 1)

    def open(self) -> None:
        self.main.create(SHELL, b"creation")

    def start(self) -> None:
        """Opens, and starts a pipeline."""
        self.open()
        self.main.command(SHELL, PIPELINE, b"arguments")


@pytest.fixture
def scene() -> collections.abc.Iterator[Scene]:
    made = Scene()
    yield made
    made.main.close()
    made.side.close()


@pytest.fixture
def background() -> collections.abc.Iterator[concurrent.futures.ThreadPoolExecutor]:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        yield pool


def fault(call: collections.abc.Callable[[], object]) -> TransportError:
    """What a call fails with."""
    with pytest.raises(TransportError) as caught:
        call()
    return caught.value


def test_a_pipeline_over_one_stream(scene: Scene) -> None:
    scene.start()
    scene.side.send(SHELL, PIPELINE, b"input")
    scene.child.say(Packet("Data", PIPELINE, b"out"), Packet("Data", None, b"pool"), Packet("Data", PIPELINE, b"put"))
    assert scene.main.receive(SHELL, None).data == b"pool"
    assert scene.main.receive(SHELL, PIPELINE).data == b"out"
    assert scene.main.receive(SHELL, PIPELINE).data == b"put"
    scene.side.signal(SHELL, PIPELINE, Signal.STOP)
    scene.side.signal(SHELL, PIPELINE, Signal.TERMINATE)
    assert scene.child.received == [
        ("Data", None, b"creation"),
        ("Command", PIPELINE, b""),
        ("Data", PIPELINE, b"arguments"),
        ("Data", PIPELINE, b"input"),
        ("Signal", PIPELINE, b""),
        ("Close", PIPELINE, b""),
    ]


def test_nothing_within_the_time_is_nothing_and_no_failure(scene: Scene) -> None:
    scene.open()
    assert scene.main.receive(SHELL, None, operation_timeout=1).data == b""


def test_a_stop_goes_out_while_another_thread_waits_for_output(
    scene: Scene, background: concurrent.futures.ThreadPoolExecutor
) -> None:
    scene.start()
    waiting = background.submit(scene.main.receive, SHELL, PIPELINE, 30)
    scene.side.signal(SHELL, PIPELINE, Signal.STOP)
    assert ("Signal", PIPELINE, b"") in scene.child.received
    scene.child.say(Packet("Data", PIPELINE, b"stopped"))
    assert waiting.result(30).data == b"stopped"


def test_many_threads_share_the_reading(scene: Scene, background: concurrent.futures.ThreadPoolExecutor) -> None:
    scene.open()
    pipelines = [uuid.UUID(int=100 + number) for number in range(4)]

    def talk(pipeline: uuid.UUID) -> list[bytes]:
        scene.main.command(SHELL, pipeline, b"x")
        taken = []
        for number in range(50):
            scene.side.send(SHELL, pipeline, b"%d" % number)
            scene.child.say(Packet("Data", pipeline, b"%d" % number))
            taken.append(scene.main.receive(SHELL, pipeline, 30).data)
        return taken

    expected = [b"%d" % number for number in range(50)]
    assert list(background.map(talk, pipelines, timeout=60)) == [expected] * 4


def test_output_that_nobody_takes_is_not_read_ahead_without_end(
    scene: Scene, background: concurrent.futures.ThreadPoolExecutor
) -> None:
    scene.program.silence = 0.2
    scene.start()
    scene.child.deaf_to.add("Data")
    scene.child.say(*(Packet("Data", PIPELINE, bytes(MEGABYTE)) for _number in range(40)))
    scene.child.say(Packet("DataAck", PIPELINE))
    sending = background.submit(scene.side.send, SHELL, PIPELINE, b"input")
    # The answer it waits for is behind what somebody else has to take first, however long that takes.
    with pytest.raises(concurrent.futures.TimeoutError):
        sending.result(1)
    assert scene.child.handed_out < 8 * MEGABYTE
    received = 0
    while received < 40 * MEGABYTE:
        received += len(scene.main.receive(SHELL, PIPELINE, 30).data)
    sending.result(30)


def test_who_waits_is_woken_when_another_gives_up(
    scene: Scene, background: concurrent.futures.ThreadPoolExecutor
) -> None:
    scene.start()
    scene.child.deaf_to.add("Data")
    waiting = background.submit(fault, lambda: scene.main.receive(SHELL, PIPELINE, 300))
    assert fault(lambda: scene.side.send(SHELL, PIPELINE, b"input")).kind is FaultKind.SHELL_NOT_FOUND
    assert waiting.result(60).kind is FaultKind.SHELL_NOT_FOUND


def test_what_comes_of_a_closed_pipeline_is_dropped(scene: Scene) -> None:
    scene.start()
    scene.child.say(Packet("Data", PIPELINE, bytes(6 * MEGABYTE)))
    scene.side.signal(SHELL, PIPELINE, Signal.TERMINATE)
    scene.child.say(Packet("Data", PIPELINE, b"late"), Packet("Data", None, b"pool"))
    assert scene.main.receive(SHELL, None).data == b"pool"
    assert fault(lambda: scene.main.receive(SHELL, PIPELINE)).kind is FaultKind.COMMAND_NOT_FOUND


def test_a_program_that_cannot_be_started(scene: Scene) -> None:
    scene.program.refusal = TransportError(FaultKind.MISSING_LIBRARY, "there is none")
    assert fault(scene.open) is scene.program.refusal
    assert scene.main.broken


def test_a_stream_that_is_closed_while_its_program_is_started(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def start() -> FakeChild:
        scene.main.close()
        scene.side.close()
        return scene.child

    monkeypatch.setattr(scene.program, "start", start)
    assert fault(lambda: scene.main._stream.open(SHELL, b"creation")).kind is FaultKind.SHELL_NOT_FOUND
    assert scene.child.ended == 1
    assert scene.child.received == []


def test_a_program_that_ends_before_it_answers(scene: Scene) -> None:
    scene.child.die("Permission denied")
    failure = fault(scene.open)
    assert (failure.kind, failure.message, failure.may_have_arrived) == (
        FaultKind.UNREACHABLE,
        "Permission denied",
        False,
    )
    assert scene.program.ended is not None
    assert not scene.program.ended.answered


def test_a_program_that_never_answers_is_given_up(scene: Scene) -> None:
    scene.child.deaf_to.add("Data")
    assert fault(scene.open).message == "it gave no answer for 1 s"
    assert scene.child.ended == 1


def test_an_end_while_a_pipeline_runs_is_the_end_of_the_shell(scene: Scene) -> None:
    scene.start()
    scene.child.say(Packet("Data", PIPELINE, b"some"))
    scene.child.die("Connection reset by peer")
    assert scene.main.receive(SHELL, PIPELINE).data == b"some"
    failure = fault(lambda: scene.main.receive(SHELL, PIPELINE))
    assert failure.kind is FaultKind.SHELL_NOT_FOUND
    assert "Connection reset by peer" in failure.message
    assert scene.main.broken
    assert scene.side.broken
    assert scene.child.ended == 1


def test_all_who_wait_are_told_of_the_end(scene: Scene, background: concurrent.futures.ThreadPoolExecutor) -> None:
    scene.start()
    scene.child.deaf_to.add("Data")
    waiting = [
        background.submit(fault, lambda: scene.main.receive(SHELL, PIPELINE, 30)),
        background.submit(fault, lambda: scene.main.receive(SHELL, None, 30)),
    ]
    scene.child.die()
    assert {future.result(30).kind for future in waiting} == {FaultKind.SHELL_NOT_FOUND}


@pytest.mark.parametrize(
    ("dies_at", "kind", "may_have_arrived"),
    [
        # The server makes a place for the pipeline, and nothing has started.
        ("Command", FaultKind.SHELL_NOT_FOUND, False),
        # From its first data on it may run.
        ("Data", FaultKind.LOST, True),
    ],
)
def test_a_command_that_is_cut_off_says_whether_it_may_run(
    scene: Scene, dies_at: str, kind: FaultKind, may_have_arrived: bool
) -> None:
    scene.open()
    scene.child.dies_at.add(dies_at)
    failure = fault(lambda: scene.main.command(SHELL, PIPELINE, b"arguments"))
    assert (failure.kind, failure.may_have_arrived) == (kind, may_have_arrived)
    started = ("Data", PIPELINE, b"arguments") in scene.child.received
    assert started == may_have_arrived


def test_a_server_that_takes_nothing_is_given_up(scene: Scene) -> None:
    scene.open()
    scene.child.room = 0
    assert fault(lambda: scene.main.send(SHELL, None, b"x")).kind is FaultKind.SHELL_NOT_FOUND
    assert scene.program.ended is not None
    assert scene.program.ended.reason == "it took nothing for 1 s"


def test_what_cannot_be_read_ends_the_stream(scene: Scene) -> None:
    scene.open()
    damaged = Packet("DataAck", None).encode().replace(b"/>", b"50 % done>")
    with scene.child._lock:
        scene.child._output.append(damaged)
    assert "cannot be read" in fault(lambda: scene.main.receive(SHELL, None)).message


def test_an_end_while_nobody_waits_is_noticed(scene: Scene) -> None:
    scene.open()
    assert not scene.main.broken
    scene.child.die()
    assert scene.main.broken


def test_a_new_connection_does_not_know_the_shell_that_ended(scene: Scene) -> None:
    scene.start()
    scene.child.die("Timeout, server not responding")
    assert scene.main.broken
    scene.program.child = FakeChild()
    later = scene.connection()
    failure = fault(lambda: later.command(SHELL, uuid.UUID(int=3), b"x"))
    assert (failure.kind, failure.may_have_arrived) == (FaultKind.SHELL_NOT_FOUND, False)
    assert "Timeout, server not responding" in failure.message
    assert scene.child.received == []
    another = uuid.UUID(int=4)
    later.create(another, b"creation")
    assert later.receive(another, None, operation_timeout=1).data == b""
    later.close()


def test_the_stream_ends_with_its_last_handle(scene: Scene) -> None:
    scene.open()
    scene.main.close()
    assert scene.child.ended == 0
    scene.side.close()
    assert scene.child.received[-1] == ("Close", None, b"")
    assert scene.child.ended == 1


def test_a_removed_shell_is_gone_for_all(scene: Scene) -> None:
    scene.open()
    assert scene.side.get_shell(SHELL).state == "Connected"
    scene.side.delete(uuid.UUID(int=9))
    assert not scene.main.broken
    scene.side.delete(SHELL)
    assert scene.main.broken
    assert fault(lambda: scene.main.get_shell(SHELL)).kind is FaultKind.SHELL_NOT_FOUND


def test_what_was_prepared_for_the_start_goes_with_the_first_answer(scene: Scene) -> None:
    assert scene.program.times_settled == 0
    scene.open()
    assert scene.program.times_settled == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda way: way.disconnect(SHELL),
        lambda way: way.reconnect(SHELL),
        lambda way: way.connect(SHELL, b""),
        lambda way: way.connect_command(SHELL, PIPELINE),
        lambda way: way.enumerate_shells(),
        lambda way: way.enumerate_commands(SHELL),
    ],
)
def test_what_needs_a_service_is_refused(
    scene: Scene, ask: collections.abc.Callable[[StreamConnection], object]
) -> None:
    scene.open()
    failure = fault(lambda: ask(scene.main))
    assert failure.kind is FaultKind.OTHER
    assert "a WSMan service can" in failure.message
    assert not scene.main.broken
