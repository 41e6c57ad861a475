# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever happens on the wire, a pipeline runs once or its fate is told, and no shell stays behind.

Hypothesis plays a server that loses, refuses and forgets at every point, and a user who runs, waits, resets; the
session and its pipelines run as in the broker, with an injected clock.
"""

from __future__ import annotations

import typing

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import upkeep
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.jobs import Ending, Job
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.running import Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session, SessionState
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import (
    OutputFormat,
    Record,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)

TARGET = Target(host="web01", port=5985, ssl=False)
FATES = st.sampled_from(
    ["done", "done", "done", "before", "after", "late", "idle", "refused", "unreachable", "gone", "disconnect"]
)


class SessionModel(RuleBasedStateMachine):
    """One session, one server, any order of events."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.server = FakeServer(self.clock)
        self.session = Session(1, TARGET, self.server.connect, self.clock, self.clock.sleep)
        self.count = 0
        self.not_started: set[str] = set()

    @initialize(forgets=st.booleans())
    def choose_a_server(self, forgets: bool) -> None:
        """One that gives lost output again, or one that does not."""
        self.server.forgets = forgets

    @rule(fates=st.lists(FATES, min_size=1, max_size=5))
    def trouble_ahead(self, fates: list[str]) -> None:
        """The next requests meet these fates."""
        self.server.plan.extend(fates)

    @rule(stopped=st.booleans())
    def run(self, stopped: bool) -> None:
        """One pipeline, whose script is unique."""
        self.count += 1
        script = f"script {self.count}"
        records: list[Record] = []
        spec = PipelineSpec([Command(script)])
        run = Run(self.session, Job(spec, OutputFormat.OBJECTS, records.extend))
        if stopped:
            run.stop("asked before it started")
        try:
            ending: Ending | None = run.execute()
            kind = None
        except PSSessionError as error:
            ending, kind = None, error.kind
        times = self.server.ran[script]
        if ending is not None:
            assert not stopped
            assert times == 1
            assert ending.state == "completed"
            assert [record.value for record in records] == [script]
        elif kind is ErrorKind.UNKNOWN:
            assert times <= 1
        else:
            assert times == 0, f"{kind} must mean that nothing was started"
            self.not_started.add(script)
        run.finish()

    @rule()
    def late_requests_arrive(self) -> None:
        """Long after they were given up."""
        self.server.arrive()

    @rule()
    def idle_for_long(self) -> None:
        """Long enough for the connection to be given up, and for a keep-alive."""
        self.clock.sleep(120)
        if self.session.state is SessionState.OPENED:
            upkeep.keep_alive(self.session)

    @rule()
    def grow_old(self) -> None:
        """Beyond max_age the session is made anew."""
        self.clock.sleep(TARGET.max_age + 1)

    @precondition(lambda self: self.session.state is SessionState.OPENED)
    @rule()
    def disconnect(self) -> None:
        """By its own client."""
        try:
            self.session.disconnect()
        except PSSessionError:
            return
        assert self.session.state is SessionState.DISCONNECTED

    @rule()
    def reset(self) -> None:
        """meta: reset_connection, with a server that answers."""
        self.server.plan.clear()
        self.session.close()
        assert self.session.shell_id not in self.server.shells
        assert self.session.state is SessionState.CLOSED

    @invariant()
    def nothing_ran_twice(self) -> None:
        """Never, whatever happened; nor did later what was said not to have been started."""
        assert not self.not_started.intersection(self.server.ran)
        assert all(times == 1 for times in self.server.ran.values())

    @invariant()
    def at_most_one_shell(self) -> None:
        """A session holds one shell; one that it lost sight of is removed by the server's idle timeout only."""
        known = {self.session.shell_id} if self.session.state is not SessionState.CLOSED else set()
        lost = set(self.server.shells) - known
        assert len(lost) <= self.server.requests["delete"] + self.server.requests["create"]

    def teardown(self) -> None:
        """At the end the server answers again and everything is removed."""
        self.server.plan.clear()
        self.session.close()


TestSessionModel = SessionModel.TestCase
TestSessionModel.settings = settings(max_examples=150, stateful_step_count=20, deadline=None)


def run_once(server: FakeServer, session: Session, script: str = "1") -> tuple[Ending, list[typing.Any]]:
    """Runs one script and terminates it."""
    records: list[Record] = []
    run = Run(session, Job(PipelineSpec([Command(script)]), OutputFormat.OBJECTS, records.extend))
    ending = run.execute()
    run.finish()
    return ending, [record.value for record in records]


def opened() -> tuple[FakeServer, Session]:
    """A session that has run something."""
    clock = Clock()
    server = FakeServer(clock)
    session = Session(1, TARGET, server.connect, clock, clock.sleep)
    run_once(server, session, "first")
    server.requests.clear()
    return server, session


def test_a_task_costs_a_command_a_receive_and_a_terminate() -> None:
    server, session = opened()
    run_once(server, session)
    assert dict(server.requests) == {"command": 1, "receive": 1, "signal TERMINATE": 1}
    assert server.connections == 2


def test_a_lost_answer_to_command_is_asked_for_and_not_sent_again() -> None:
    server, session = opened()
    server.plan.extend(["after"])
    assert run_once(server, session, "once")[1] == ["once"]
    assert server.ran["once"] == 1
    assert server.requests["command"] == 1


def test_a_command_that_never_arrived_is_sent_again() -> None:
    server, session = opened()
    server.plan.extend(["before"])
    assert run_once(server, session, "once")[1] == ["once"]
    assert (server.ran["once"], server.requests["command"]) == (1, 2)


def test_a_command_that_arrives_when_its_repetition_has_ended_does_not_run() -> None:
    server, session = opened()
    server.plan.extend(["late"])
    assert run_once(server, session, "once")[1] == ["once"]
    server.arrive()
    assert (server.ran["once"], server.requests["command"]) == (1, 2)


def test_a_command_whose_repetition_fails_may_still_arrive() -> None:
    server, session = opened()
    server.plan.extend(["late", "done", "unreachable"])
    with pytest.raises(PSSessionError) as caught:
        run_once(server, session, "once")
    assert caught.value.kind is ErrorKind.UNKNOWN
    server.arrive()
    assert server.ran["once"] == 0, "the session was removed"


def test_a_shell_that_is_gone_is_recreated_before_anything_started() -> None:
    server, session = opened()
    server.plan.extend(["gone"])
    run_once(server, session)
    assert session.recreated
    assert not session.reconnected


def test_a_shell_that_is_gone_with_its_idle_connection_is_recreated() -> None:
    server, session = opened()
    server.plan.extend(["idle", "gone"])
    assert run_once(server, session, "once")[1] == ["once"]
    assert session.recreated


def test_a_shell_that_turned_disconnected_is_reconnected() -> None:
    server, session = opened()
    server.plan.extend(["disconnect"])
    run_once(server, session)
    assert (session.reconnected, session.recreated) == (True, False)


def test_a_shell_that_vanishes_under_a_command_is_an_unknown_outcome() -> None:
    server, session = opened()
    server.plan.extend(["done", "gone"])
    try:
        run_once(server, session, "once")
    except PSSessionError as error:
        assert error.kind is ErrorKind.UNKNOWN
        assert "not started again" in error.message
    else:
        raise AssertionError("the outcome cannot be known")
    assert server.ran["once"] == 1
    assert run_once(server, session, "next")[1] == ["next"]
    assert session.recreated


def test_a_lost_receive_is_repeated_and_told() -> None:
    server, session = opened()
    server.plan.extend(["done", "after"])
    ending, output = run_once(server, session, "once")
    assert output == ["once"]
    assert "may be missing" in ending.warnings[0]


@pytest.mark.parametrize("fates", [["done", "after"], ["after", "after"], ["after", "after", "after"]])
def test_an_end_whose_telling_was_lost_is_an_unknown_outcome(fates: list[str]) -> None:
    server, session = opened()
    server.forgets = True
    server.plan.extend(fates)
    with pytest.raises(PSSessionError) as caught:
        run_once(server, session, "once")
    assert caught.value.kind is ErrorKind.UNKNOWN
    assert (server.ran["once"], server.requests["command"]) == (1, 1)
    assert run_once(server, session, "next")[1] == ["next"]
    assert not session.recreated, "nothing runs in the session, so its state can be kept"


def test_a_removal_over_a_connection_that_was_closed_is_sent_again() -> None:
    server, session = opened()
    server.plan.extend(["idle"])
    session.close()
    assert not server.shells


def test_an_idle_connection_is_replaced_before_it_is_used() -> None:
    server, session = opened()
    session.clock.sleep(91)
    run_once(server, session)
    assert server.connections == 4
    assert not session.recreated
