# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two controllers and one named session: whoever has it, nothing runs twice and no state is lost silently.

Hypothesis plays the server's faults and the order in which the controllers leave the session and take it over.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import upkeep
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.courier import Fault
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.jobs import Job
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.running import Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session, SessionState
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat, Record
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import FaultKind
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)

TARGET = Target(host="web01", port=5985, ssl=False, session_name="work")
FATES = st.sampled_from(["done", "done", "before", "after", "late", "idle", "refused", "unreachable", "disconnect"])
WHO = st.sampled_from([0, 1])


class TakeOverModel(RuleBasedStateMachine):
    """One shell; either controller has its own idea of it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.server = FakeServer(self.clock)
        self.sessions = [self.controller(), self.controller()]
        self.count = 0
        self.not_started: set[str] = set()

    def controller(self) -> Session:
        """One controller's session, not opened yet."""
        return Session(1, TARGET, self.server.connect, self.clock, self.clock.sleep)

    @initialize()
    def make(self) -> None:
        """The first controller makes the session and leaves it, the second one finds it."""
        first, second = self.sessions
        first.ready()
        first.disconnect()
        (found,) = self.server.connect(TARGET, first.shell_id, 0).enumerate_shells()
        second.adopt(found)
        for session in self.sessions:
            session.selected = True

    @rule(fates=st.lists(FATES, min_size=1, max_size=4))
    def trouble_ahead(self, fates: list[str]) -> None:
        """The next requests meet these fates."""
        self.server.plan.extend(fates)

    @rule(who=WHO)
    def run(self, who: int) -> None:
        """One of them runs a pipeline, whose script is unique."""
        self.count += 1
        script = f"script {self.count}"
        records: list[Record] = []
        job = Job(PipelineSpec([Command(script)]), OutputFormat.OBJECTS, records.extend)
        run = Run(self.sessions[who], job)
        try:
            run.execute()
            assert self.server.ran[script] == 1
            assert [record.value for record in records] == [script]
        except PSSessionError as error:
            if error.kind is not ErrorKind.UNKNOWN:
                assert self.server.ran[script] == 0, f"{error.kind} must mean that nothing was started"
                self.not_started.add(script)
        run.finish()

    @rule(who=WHO)
    def leave(self, who: int) -> None:
        """One of them disconnects, if he thinks that he is connected."""
        session = self.sessions[who]
        try:
            session.disconnect()
        except PSSessionError:
            return
        assert session.state is SessionState.DISCONNECTED

    @rule(who=WHO)
    def take(self, who: int) -> None:
        """One of them connects as a new client does."""
        session = self.sessions[who]
        try:
            session.connect()
        except Fault as fault:
            assert fault.cause.kind is FaultKind.BUSY
        except PSSessionError:
            return
        else:
            assert session.state is SessionState.OPENED

    @rule()
    def late_requests_arrive(self) -> None:
        """Long after they were given up."""
        self.server.arrive()

    @invariant()
    def the_shell_is_there_and_there_is_no_other(self) -> None:
        """What was selected is never replaced, and nobody removes it."""
        assert len(self.server.shells) <= 1
        for session in self.sessions:
            assert not session.recreated

    @invariant()
    def nothing_ran_twice(self) -> None:
        """Nor did later what was said not to have been started."""
        assert not self.not_started.intersection(self.server.ran)
        assert all(times == 1 for times in self.server.ran.values())

    def teardown(self) -> None:
        """When the server answers and both let go, either can have it again."""
        self.server.plan.clear()
        self.server.late.clear()
        for session in self.sessions:
            if session.state is SessionState.OPENED:
                upkeep.let_go(session)
        for shell in self.server.shells.values():
            shell.disconnected = True
            last = self.controller()
            last.adopt(self.server.connect(TARGET, last.shell_id, 0).enumerate_shells()[0])
            last.connect()
            assert last.state is SessionState.OPENED


TestTakeOverModel = TakeOverModel.TestCase
TestTakeOverModel.settings = settings(max_examples=100, stateful_step_count=20, deadline=None)


def taken() -> tuple[FakeServer, Session, Session]:
    """A session that one controller has left and another one has taken."""
    model = TakeOverModel()
    model.make()
    model.sessions[1].connect()
    return model.server, model.sessions[0], model.sessions[1]


def test_a_session_that_another_controller_has_is_busy() -> None:
    _server, first, _second = taken()
    with pytest.raises(PSSessionError, match="another client") as error:
        first.ready()
    assert error.value.kind is ErrorKind.BUSY


def test_a_session_that_another_controller_left_again_is_connected_to() -> None:
    server, first, second = taken()
    second.disconnect()
    server.requests.clear()
    first.ready()
    assert first.reconnected
    assert dict(server.requests) == {"reconnect": 1, "connect": 1, "enumerate": 1}


def test_a_session_that_is_let_go_stays_on_the_server_even_when_it_cannot_be_disconnected() -> None:
    server, _first, second = taken()
    server.plan.extend(["unreachable"] * 100)
    upkeep.let_go(second)
    assert list(server.shells) == [second.shell_id]
    assert server.requests["delete"] == 0
