# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which session a user gets, and how long kept sessions are kept."""

from __future__ import annotations

import contextlib
import threading
import types
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import server as server_module
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import upkeep
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.asking import Asker
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.caller import Caller
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.finding import Finder
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.group import REST, Group
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.ledger import Ledger
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.registry import Registry
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.removing import remove_sessions
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.selecting import Selecting
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session, SessionState
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.shared import Shared
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import RemoveSessions, Selector
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.record import replaced
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)

PLAYBOOK = (100, 1)
CALLER = Caller(PLAYBOOK, lambda level, text: None)


class Here:
    """A broker's parts on a server in memory."""

    def __init__(self, server: FakeServer | None = None, ledger: Ledger | None = None) -> None:
        self.clock = server.clock if server else Clock()
        self.server = server or FakeServer(self.clock)
        self.ledger = ledger or Ledger(None)
        self.registry = Registry(self.make, self.clock)
        self.gone: list[Session] = []
        self.selecting = Selecting(self.registry, Finder(self.registry, self.ledger), self.gone.append)
        self.notes: list[str] = []

    def make(self, number: int, target: Target) -> Session:
        """A session that the ledger hears of."""
        session = Session(number, target, self.server.connect, self.clock, self.clock.sleep)
        session.shell_changed = self.ledger.note
        return session

    def use(self, selector: Selector | None = None, **changes: object) -> Session:
        """The session that a task gets, opened."""
        caller = Caller(PLAYBOOK, lambda _level, text: self.note(text))
        with self.selecting.lease(target(**changes), selector or Selector(), caller, True, "a test") as session:
            session.ready()
            return session

    def note(self, text: str) -> None:
        """Something that the user is told."""
        self.notes.append(text)

    def resting(self) -> list[Session]:
        """What housekeeping would disconnect now."""
        with self.registry.idle(lambda group, session: group.may_rest(session, self.clock())) as sessions:
            return list(sessions)


def target(**changes: object) -> Target:
    """A target on web01."""
    fields: dict[str, object] = {"host": "web01", "port": 5985, "ssl": False, "password": "a", "busy_timeout": 0}
    return replaced(Target(host="web01", port=5985, ssl=False), **{**fields, **changes})


def test_a_kept_session_is_disconnected_half_a_minute_after_the_last_work() -> None:
    here = Here()
    session = here.use(session_name="work", persist=600)
    here.clock.sleep(REST)
    assert here.resting() == [], "its playbook lives"
    here.registry.playbook_ended(PLAYBOOK)
    here.clock.sleep(REST - 1)
    assert here.resting() == []
    here.clock.sleep(1)
    assert here.resting() == [session]
    upkeep.rest(session)
    assert here.resting() == []
    assert here.registry.rows()[-1]["state"] == "Disconnected"
    assert here.server.find(session.shell_id).disconnected
    here.clock.sleep(600 - REST)
    assert session in here.registry.expired()
    upkeep.let_go(session)
    assert next(iter(here.server.shells.values())).disconnected


def test_a_session_that_cannot_be_disconnected_is_tried_again_later() -> None:
    here = Here()
    session = here.use(session_name="work", persist=600)
    here.registry.playbook_ended(PLAYBOOK)
    here.clock.sleep(REST)
    here.server.plan.append("unreachable")
    upkeep.rest(session)
    assert (session.state, here.resting()) == (SessionState.OPENED, [])
    here.clock.sleep(REST)
    assert here.resting() == [session]


def test_a_disconnected_session_is_not_kept_alive() -> None:
    here = Here()
    session = here.use(session_name="work", idle_timeout=90)
    group = Group(session.target, [session])
    here.clock.sleep(31)
    assert server_module.needs_keep_alive(group, session)
    session.disconnect()
    assert not server_module.needs_keep_alive(group, session)


@pytest.mark.parametrize(
    ("changes", "kept"),
    [({"max_age": 100}, False), ({"max_age": 0}, True), ({"max_age": 100, "session_name": "a"}, True)],
)
def test_an_old_session_is_replaced_unless_it_has_a_name(changes: dict[str, typing.Any], kept: bool) -> None:
    here = Here()
    shell_id = here.use(**changes).shell_id
    here.clock.sleep(99)
    assert here.use(**changes).shell_id == shell_id
    here.clock.sleep(2)
    assert (here.use(**changes).shell_id == shell_id) is kept


def test_a_temporary_session_is_nobody_elses_and_is_removed() -> None:
    here = Here()
    with here.selecting.lease_new(target(), CALLER, "a test", temporary=True) as temporary:
        temporary.ready()
        assert here.use() is not temporary
        assert len(here.server.shells) == 2
    assert temporary.shell_id not in here.server.shells
    assert here.gone == [temporary]
    assert len(here.registry.rows()) == 1


def test_a_temporary_session_is_removed_whatever_happens_in_it() -> None:
    here = Here()

    def fail() -> None:
        with here.selecting.lease_new(target(), CALLER, "a test", temporary=True) as temporary:
            temporary.ready()
            raise OSError("its client is gone")

    with pytest.raises(OSError, match="client is gone"):
        fail()
    assert (here.server.shells, here.registry.rows()) == ({}, [])


def test_a_new_session_without_a_name_gets_one_and_is_kept() -> None:
    here = Here()
    with here.selecting.lease_new(target(), CALLER, "a test") as session:
        session.ready()
    assert (session.name, session.kept) == ("Session1", True)
    assert session.shell_id in here.ledger
    assert here.use(Selector(["session1"])) is session


def test_a_new_session_that_could_not_be_opened_is_forgotten() -> None:
    here = Here()
    here.server.plan.append("unreachable")
    with pytest.raises(PSSessionError), here.selecting.lease_new(target(), CALLER, "a test") as session:
        session.ready()
    assert here.registry.empty


def test_a_named_session_is_one_whatever_options_it_is_asked_for_with() -> None:
    here = Here()
    made = here.use(session_name="Work")
    assert here.use(session_name="work", inventory_hostname="alias", no_profile=True) is made
    assert here.use(Selector(["WORK"])) is made
    assert here.use(session_name="work", password="b") is not made, "other credentials never reach it"


def test_other_secrets_do_not_see_a_session() -> None:
    here = Here()
    here.use(session_name="work")
    with pytest.raises(PSSessionError, match="no session there"):
        here.use(Selector(ids=[1]), password="b")


def test_who_selects_a_session_in_use_waits_and_is_told_what_runs() -> None:
    here = Here()
    session = here.use(session_name="work")
    runs = here.registry.lease(target(session_name="work"), CALLER, True, "the command 'Update-All'")
    with runs, pytest.raises(PSSessionError, match=r"'work' \(Id 1\).*'Update-All'") as error:
        here.use(Selector(ids=[session.number]))
    assert error.value.kind is ErrorKind.BUSY


def test_who_removes_a_session_waits_for_housekeeping() -> None:
    here = Here()
    here.use(session_name="work")
    parts = types.SimpleNamespace(
        registry=here.registry,
        finder=Finder(here.registry, here.ledger),
        scout=lambda _target: contextlib.nullcontext(),
        count_out=here.gone.append,
    )
    asker = Asker(typing.cast(Shared, parts), target(), CALLER)
    message = RemoveSessions(target(), Selector(["w*"]))
    with here.registry.idle(lambda _group, _session: True):
        (waited,) = remove_sessions(asker, message)
    assert waited.error is not None
    assert "did not become free within busy_timeout (0 s): keep-alive is running" in waited.error.message
    assert [row.changed for row in remove_sessions(asker, message)] == [True]
    assert here.server.shells == {}


def test_a_session_that_fits_no_more_is_not_waited_for() -> None:
    here = Here()
    session = here.use(session_name="work")
    failures: list[PSSessionError] = []

    def want() -> None:
        try:
            here.use(Selector(ids=[session.number]), busy_timeout=60)
        except PSSessionError as error:
            failures.append(error)

    with here.registry.lease(target(session_name="work"), CALLER, True, "a test"):
        waiting = threading.Thread(target=want)
        waiting.start()
        here.registry.discard(session)
        waiting.join(30)
    assert [failure.kind for failure in failures] == [ErrorKind.FAILED]


def test_a_shell_that_another_thread_found_first_is_connected_to_once(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = Here()
    with theirs.selecting.lease_new(target(session_name="work"), CALLER, "a test") as session:
        session.ready()
        upkeep.let_go(session)
    here = Here(theirs.server)
    add = here.registry.add
    first: list[Session] = []

    def slow_add(*arguments: typing.Any, **settings: typing.Any) -> bool:
        if not first:
            monkeypatch.undo()
            first.append(here.use(Selector(["work"])))
        return add(*arguments, **settings)

    monkeypatch.setattr(here.registry, "add", slow_add)
    assert here.use(Selector(["work"])) is first[0]
    assert here.server.requests["connect"] == 1
    assert [row["instance_id"] for row in here.registry.rows()] == [str(session.shell_id)]


def test_a_shell_that_is_taken_over_while_the_server_answers_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = Here()
    with theirs.selecting.lease_new(target(session_name="work"), CALLER, "a test") as session:
        session.ready()
        upkeep.let_go(session)
    here = Here(theirs.server)
    shells = Finder.shells
    first: list[Session] = []

    def slow_shells(*arguments: typing.Any) -> typing.Any:
        answer = shells(*arguments)
        if not first:
            monkeypatch.undo()
            first.append(here.use(Selector(["work"])))
        return answer

    monkeypatch.setattr(Finder, "shells", slow_shells)
    assert here.use(Selector(["work"])) is first[0]
    assert here.server.requests["connect"] == 1


def test_ours_is_preferred_where_exactly_one_is() -> None:
    theirs = Here()
    here = Here(theirs.server)
    for other in (theirs, here):
        with other.selecting.lease_new(target(session_name="work"), CALLER, "a test") as session:
            session.ready()
            upkeep.let_go(session)
    with pytest.raises(PSSessionError, match="Several sessions"):
        Here(theirs.server).use(Selector(["work"]))
    again = Here(theirs.server, here.ledger)
    assert again.use(Selector(["work"])).shell_id == session.shell_id
    assert again.use(Selector(["work"])).number == 1
