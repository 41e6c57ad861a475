# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who gets which session, and until when it is kept."""

from __future__ import annotations

import threading
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.caller import Caller
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.group import SURPLUS_IDLE
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.registry import Registry
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)

PLAYBOOK = (100, 1)
OTHER_PLAYBOOK = (200, 1)
CALLER = Caller(PLAYBOOK, lambda level, text: None)


def target(**changes: typing.Any) -> Target:
    """A target on web01."""
    return Target(**{"host": "web01", "port": 5985, "ssl": False, "password": "a", "busy_timeout": 0, **changes})


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="registry")
def _registry(clock: Clock) -> Registry:
    server = FakeServer(clock)
    return Registry(lambda number, to: Session(number, to, server.connect, clock, clock.sleep), clock)


def use(registry: Registry, to: Target, playbook: tuple[int, int] = PLAYBOOK, shared: bool = False) -> int:
    """The Id of the session that a task gets."""
    with registry.lease(to, Caller(playbook, lambda level, text: None), shared, "a test") as session:
        return session.number


def test_one_task_after_the_other_gets_the_same_session(registry: Registry) -> None:
    assert use(registry, target()) == use(registry, target()) == use(registry, target(), shared=True)


def test_tasks_at_once_get_sessions_of_their_own(registry: Registry) -> None:
    with registry.lease(target(), CALLER, False, "first") as first:
        assert use(registry, target()) != first.number


def test_scripts_share_one_session_and_wait_for_it(registry: Registry) -> None:
    with registry.lease(target(), CALLER, True, "the command 'Update-All'"):
        with pytest.raises(PSSessionError, match="Update-All") as error:
            use(registry, target(), shared=True)
        assert error.value.kind is ErrorKind.BUSY
    use(registry, target(), shared=True)


def test_who_waits_gets_it_when_it_is_free(registry: Registry) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with registry.lease(target(busy_timeout=60), CALLER, True, "holder"):
            entered.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(10)
    threading.Timer(0.05, leave.set).start()
    assert use(registry, target(busy_timeout=60), shared=True) == 1
    holder.join()


def test_max_sessions_is_kept(registry: Registry) -> None:
    limited = target(max_sessions=2)
    with registry.lease(limited, CALLER, False, "a"):
        assert use(registry, limited) == 2
        with registry.lease(limited, CALLER, False, "b"), pytest.raises(PSSessionError, match="max_sessions"):
            use(registry, limited)


def test_the_servers_quota_is_a_limit_from_then_on(registry: Registry) -> None:
    with registry.lease(target(), CALLER, False, "a"):
        with registry.lease(target(), CALLER, False, "b") as second:
            assert registry.limit(target(), second)
        with pytest.raises(PSSessionError, match="busy_timeout"):
            use(registry, target())
    assert [session.number for session in registry.expired()] == [second.number]


def test_the_only_session_cannot_wait_for_another(registry: Registry) -> None:
    with registry.lease(target(), CALLER, False, "a") as only:
        assert not registry.limit(target(), only)


def test_another_password_never_gets_the_old_session(registry: Registry) -> None:
    first = use(registry, target())
    assert use(registry, target(password="b")) != first
    assert [session.number for session in registry.expired()] == [first]


def test_another_password_waits_for_nobody_who_uses_the_old_one(registry: Registry) -> None:
    with registry.lease(target(), CALLER, False, "a") as first:
        use(registry, target(password="b"))
        assert registry.expired() == []
    assert registry.expired() == [first]


def test_another_option_is_another_session(registry: Registry) -> None:
    assert use(registry, target()) != use(registry, target(configuration_name="JEA"))


def test_new_timeouts_reach_the_session(registry: Registry) -> None:
    use(registry, target())
    with registry.lease(target(connection_timeout=3), CALLER, False, "a") as session:
        assert (session.number, session.target.connection_timeout) == (1, 3)


def test_a_session_is_kept_while_its_playbook_lives_and_persist_after(registry: Registry, clock: Clock) -> None:
    use(registry, target())
    clock.sleep(100_000)
    assert registry.expired() == []
    registry.playbook_ended(PLAYBOOK)
    clock.sleep(59)
    assert registry.expired() == []
    clock.sleep(2)
    assert len(registry.expired()) == 1
    assert registry.empty


def test_two_playbooks_keep_it_until_the_last_ends(registry: Registry, clock: Clock) -> None:
    use(registry, target())
    use(registry, target(), OTHER_PLAYBOOK)
    registry.playbook_ended(PLAYBOOK)
    clock.sleep(1000)
    assert registry.expired() == []
    registry.playbook_ended(OTHER_PLAYBOOK)
    clock.sleep(61)
    assert len(registry.expired()) == 1


def test_a_second_playbook_within_persist_finds_it(registry: Registry, clock: Clock) -> None:
    first = use(registry, target())
    registry.playbook_ended(PLAYBOOK)
    clock.sleep(30)
    assert use(registry, target(), OTHER_PLAYBOOK) == first
    clock.sleep(1000)
    assert registry.expired() == []


def test_persist_0_is_at_once(registry: Registry) -> None:
    use(registry, target(persist=0))
    registry.playbook_ended(PLAYBOOK)
    assert len(registry.expired()) == 1


def test_surplus_sessions_go_when_idle(registry: Registry, clock: Clock) -> None:
    with registry.lease(target(), CALLER, False, "a"):
        second = use(registry, target())
    clock.sleep(SURPLUS_IDLE + 1)
    assert [session.number for session in registry.expired()] == [second]
    assert use(registry, target(), shared=True) == 1


def test_a_reset_drops_what_is_free_and_the_rest_later(registry: Registry) -> None:
    with registry.lease(target(), CALLER, False, "a") as busy:
        free = use(registry, target())
        assert [session.number for session in registry.drop(target())] == [free]
        assert use(registry, target()) not in (busy.number, free)
    assert registry.expired() == [busy]


def test_housekeeping_leases_what_it_works_on(registry: Registry) -> None:
    use(registry, target())
    with registry.idle(lambda group, session: True) as sessions:
        assert len(sessions) == 1
        with pytest.raises(PSSessionError, match="keep-alive"):
            use(registry, target(), shared=True)
    use(registry, target(), shared=True)


def test_rows_are_of_the_same_host_and_user(registry: Registry) -> None:
    for to in (target(), target(host="web02"), target(user="other")):
        with registry.lease(to, CALLER, False, "a") as session:
            session.opened = 1
    assert len(registry.rows()) == 3
    assert [row["computer_name"] for row in registry.rows(target())] == ["web01"]
