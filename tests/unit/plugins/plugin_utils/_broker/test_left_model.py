# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever happens on the wire, what a left pipeline writes is delivered once, or its loss is told.

Hypothesis plays a server that loses, refuses and forgets at every point, a pipeline that writes and ends at any time,
and two controllers that receive from it by turns; sessions and receptions run as in the broker, with an injected clock.
"""

from __future__ import annotations

import typing

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.courier import Fault
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.jobs import Job
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.receiving import Reception
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.running import Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session, SessionState
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat, Record
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import ShellDescription
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)

TARGET = Target(host="web01", port=5985, ssl=False, session_name="left", output_buffering_mode="Block")
FATES = st.sampled_from(["done", "done", "done", "before", "after", "late", "idle", "refused", "unreachable"])
SCRIPT = "the script"


class LeftModel(RuleBasedStateMachine):
    """One pipeline that is left, two controllers, any order of events."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.server = FakeServer(self.clock)
        self.server.slow = True
        self.own = Session(1, TARGET, self.server.connect, self.clock, self.clock.sleep)
        self.other = Session(2, TARGET, self.server.connect, self.clock, self.clock.sleep)
        #: It writes 1 when it starts.
        self.written = 1
        self.delivered: list[typing.Any] = []
        #: Whether a user was told that something may be missing.
        self.loss_told = False
        #: Whether clients hang up before they have their records.
        self.hangs_up = False

    @initialize(fates=st.lists(FATES, max_size=4), forgets=st.booleans())
    def leave(self, fates: list[str], forgets: bool) -> None:
        """The pipeline is started and left, whatever happens on the way."""
        self.server.forgets = forgets
        self.own.ready()
        self.server.plan.extend(fates)
        run = Run(self.own, Job(PipelineSpec([Command(SCRIPT)]), OutputFormat.OBJECTS, self._deliver))
        try:
            assert run.leave().state == "running"
            assert self.own.state is SessionState.DISCONNECTED
            assert self.server.ran[SCRIPT] == 1
        except PSSessionError as error:
            assert error.kind is ErrorKind.UNKNOWN or not self.server.ran[SCRIPT]
        run.finish()

    @rule(fates=st.lists(FATES, min_size=1, max_size=5))
    def trouble_ahead(self, fates: list[str]) -> None:
        """The next requests meet these fates."""
        self.server.plan.extend(fates)

    @rule(count=st.integers(1, 3))
    def write(self, count: int) -> None:
        """The pipeline writes the next numbers, if it runs."""
        for shell in self.server.shells.values():
            for _each in range(count if shell.running else 0):
                self.written += 1
                shell.write(self.written)

    @rule()
    def end(self) -> None:
        """The pipeline ends, if it runs."""
        for shell in self.server.shells.values():
            shell.end()

    @rule(by_other=st.booleans(), wait=st.booleans(), hangs_up=st.booleans())
    def receive(self, by_other: bool, wait: bool, hangs_up: bool) -> None:
        """One of the two receives for a while."""
        session = self.other if by_other else self.own
        if by_other and (self._kept() or not self._has_taken_over()):
            return
        self.hangs_up = hangs_up and not by_other
        before = len(self.delivered)
        running = any(shell.running for shell in self.server.shells.values())
        reception = Reception(session, OutputFormat.OBJECTS, self._deliver, wait, timeout=60)
        try:
            ending = reception.execute()
        except OSError:
            return
        except PSSessionError as error:
            self.loss_told = self.loss_told or error.kind is ErrorKind.UNKNOWN
            return
        reception.finish()
        self.loss_told = self.loss_told or bool(ending.warnings) or ending.truncated
        if ending.state == "running":
            assert session.state is SessionState.DISCONNECTED
            assert wait or len(self.delivered) == before
        if ending.state == "completed":
            assert not running
            assert self.loss_told or self.delivered == list(range(1, self.written + 1))

    @rule()
    def late_requests_arrive(self) -> None:
        """Long after they were given up."""
        self.server.arrive()

    @precondition(lambda self: self.other.state is SessionState.OPENED)
    @rule()
    def the_other_lets_go(self) -> None:
        """So that the first one may connect again."""
        self.server.plan.clear()
        try:
            self.other.disconnect()
        except PSSessionError:
            return

    @invariant()
    def it_ran_once(self) -> None:
        """Never twice, whatever happened."""
        assert self.server.ran[SCRIPT] <= 1

    @invariant()
    def nothing_is_delivered_twice(self) -> None:
        """Nor out of order."""
        assert self.delivered == sorted(set(self.delivered))
        assert self.loss_told or self.delivered == list(range(1, len(self.delivered) + 1))

    def _deliver(self, records: list[Record]) -> None:
        if self.hangs_up:
            raise OSError("the client is gone")
        self.delivered += [record.value for record in records if record.stream == "output"]

    def _kept(self) -> bool:
        """Whether the first controller has records for its next client; the other one cannot know of them."""
        return any(left.undelivered for left in self.own.left)

    def _has_taken_over(self) -> bool:
        """The other controller connects to the shell, if it has not done so."""
        if self.other.opened:
            return True
        if self.own.shell_id not in self.server.shells:
            return False
        self.other.adopt(ShellDescription(self.own.shell_id, "left", "Microsoft.PowerShell", state="Disconnected"))
        try:
            self.other.connect()
        except (Fault, PSSessionError):
            self.other.forget_shell()
            return False
        return True


TestLeftModel = LeftModel.TestCase
TestLeftModel.settings = settings(max_examples=200, stateful_step_count=20, deadline=None)
