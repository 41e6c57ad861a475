# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server whose words are not understood while nothing runs: a named session stays on it and is connected to anew."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import questions, upkeep
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.jobs import Job
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.receiving import Reception
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.running import Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session, SessionState
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat, Record
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)

#: No fragments.
GARBAGE = b"\xff" * 64


def opened(server: FakeServer, name: str | None) -> Session:
    """A session, opened."""
    target = Target("web01", 5985, False, session_name=name)
    session = Session(1, target, server.connect, server.clock, server.clock.sleep)
    session.ready()
    return session


def ask(session: Session, server: FakeServer) -> PSSessionError:
    """The error of a question that is answered with bytes which are no fragments."""
    server.shells[session.shell_id].outgoing = GARBAGE
    with pytest.raises(PSSessionError) as error:
        questions.available(session)
    return error.value


def test_a_named_session_stays_on_its_server_and_is_broken() -> None:
    server = FakeServer(Clock())
    session = opened(server, "work")
    error = ask(session, server)
    assert (error.kind, "'work' (Id 1) on web01 is Broken" in error.message) == (ErrorKind.FAILED, True)
    assert (session.state, server.requests["delete"]) == (SessionState.BROKEN, 0)
    # Any client of its user can have it now.
    assert server.shells[session.shell_id].disconnected
    assert "state=present" in session.lost().message


def test_present_connects_to_it_again_with_its_state() -> None:
    server = FakeServer(Clock())
    session = opened(server, "work")
    ask(session, server)
    shell_id = session.shell_id
    upkeep.verify(session)
    session.ready()
    assert (session.state, session.shell_id, session.reconnected) == (SessionState.OPENED, shell_id, True)
    assert questions.available(session)
    assert not session.recreated


def test_one_that_has_gone_meanwhile_is_made_anew() -> None:
    server = FakeServer(Clock())
    session = opened(server, "work")
    ask(session, server)
    server.shells.clear()
    upkeep.verify(session)
    session.ready()
    assert (session.state, session.recreated) == (SessionState.OPENED, True)


def test_absent_removes_it_from_its_server() -> None:
    server = FakeServer(Clock())
    session = opened(server, "work")
    ask(session, server)
    upkeep.remove(session)
    assert (session.state, dict(server.shells)) == (SessionState.CLOSED, {})


def test_so_it_is_when_it_is_kept_alive() -> None:
    server = FakeServer(Clock())
    session = opened(server, "work")
    server.shells[session.shell_id].outgoing = GARBAGE
    upkeep.keep_alive(session)
    assert (session.state, session.estranged, server.requests["delete"]) == (SessionState.BROKEN, True, 0)


@pytest.mark.parametrize("name", ["work", None])
def test_a_pipeline_whose_output_is_not_understood_is_told_of(name: str | None) -> None:
    server = FakeServer(Clock())
    server.slow = True
    session = opened(server, name)
    shell = server.shells[session.shell_id]

    def spoil(_records: list[Record]) -> None:
        """Its next output is no fragments."""
        (command_id,) = shell.output
        shell.output[command_id] = GARBAGE

    run = Run(session, Job(PipelineSpec([Command("1")]), OutputFormat.OBJECTS, spoil))
    with pytest.raises(PSSessionError, match="its outcome is unknown; it is not started again") as error:
        run.execute()
    assert error.value.kind is ErrorKind.UNKNOWN
    assert session.state is SessionState.BROKEN
    # Somebody's state is in a named one, and what runs there may be received from it.
    assert ("stays on its server" in error.value.message) is (name is not None)
    assert (session.shell_id in server.shells) is (name is not None)


def test_what_was_left_and_is_not_understood_stays_where_it_is() -> None:
    server = FakeServer(Clock())
    server.slow = True
    session = Session(
        1, Target("web01", 5985, False, session_name="left"), server.connect, server.clock, server.clock.sleep
    )
    assert Run(session, Job(PipelineSpec([Command("1")]), OutputFormat.OBJECTS, print)).leave().state == "running"
    shell = next(iter(server.shells.values()))
    # It ends, and nothing tells how.
    shell.running.clear()
    with pytest.raises(PSSessionError, match=r"could not be received to its end.*stays on its server"):
        Reception(session, OutputFormat.OBJECTS, lambda records: None).execute()
    assert (session.state, list(server.shells)) == (SessionState.BROKEN, [session.shell_id])
    upkeep.verify(session)
    session.ready()
    assert (session.state, len(session.left)) == (SessionState.OPENED, 1)


def test_a_session_that_is_nobody_elses_is_removed() -> None:
    server = FakeServer(Clock())
    session = opened(server, None)
    error = ask(session, server)
    assert "was not understood and was removed" in error.message
    assert (session.state, dict(server.shells)) == (SessionState.BROKEN, {})
