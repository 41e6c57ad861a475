# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server whose words are not understood while nothing runs: a named session stays on it and is connected to anew."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import questions, upkeep
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session, SessionState
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)


def opened(server: FakeServer, name: str | None) -> Session:
    """A session, opened."""
    target = Target("web01", 5985, False, session_name=name)
    session = Session(1, target, server.connect, server.clock, server.clock.sleep)
    session.ready()
    return session


def ask(session: Session, server: FakeServer) -> PSSessionError:
    """The error of a question that is answered with bytes which are no fragments."""
    server.shells[session.shell_id].outgoing = b"\xff" * 64
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


def test_a_session_that_is_nobody_elses_is_removed() -> None:
    server = FakeServer(Clock())
    session = opened(server, None)
    error = ask(session, server)
    assert "was not understood and was removed" in error.message
    assert (session.state, dict(server.shells)) == (SessionState.BROKEN, {})
