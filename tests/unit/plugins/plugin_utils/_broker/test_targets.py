# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a session takes of a target, and what it shows of its maker."""

from __future__ import annotations

import os
import pwd
import socket
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import targets
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import CREATION, Target


def target(**changes: typing.Any) -> Target:
    """A target on web01."""
    return Target(**{"host": "web01", "port": 5985, "ssl": False, **changes})


def test_a_new_user_changes_neither_who_connects_nor_what_was_made() -> None:
    own = target(session_name="work", culture="de-DE", idle_timeout=600)
    changed = {"culture": "fr-FR", "idle_timeout": 60, "host": "alias", "persist": 1, "read_timeout": 7}
    merged = targets.retargeted(own, target(session_name="other", **changed))
    assert merged.key() == own.key()
    assert all(getattr(merged, name) == getattr(own, name) for name in CREATION)
    assert (merged.persist, merged.read_timeout) == (1, 7)


def test_only_what_a_connection_depends_on_makes_a_new_one() -> None:
    assert targets.same_connection(target(session_name="a", idle_timeout=60, persist=1), target())
    assert not targets.same_connection(target(configuration_name="JEA"), target())
    assert not targets.same_connection(target(culture="de-DE"), target())


@pytest.fixture(name="made_by")
def _made_by() -> typing.Iterator[typing.Callable[[], dict[str, typing.Any]]]:
    """What a session says of its maker, which a broker finds out once."""

    def made_by() -> dict[str, typing.Any]:
        targets._maker.cache_clear()
        arguments = targets.application_arguments(target(application_arguments={"ticket": 1}), "work")
        assert arguments.pop("ticket") == 1
        return dict(arguments.pop(targets.OWN_ARGUMENT))

    yield made_by
    targets._maker.cache_clear()


def test_people_see_who_made_a_session(
    made_by: typing.Callable[[], dict[str, typing.Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOB_ID", "1234")
    monkeypatch.setenv("LOGNAME", "joe")
    assert made_by() == {"name": "work", "controller": socket.gethostname(), "user": "joe", "job": "1234"}


def test_in_a_container_the_maker_may_have_no_name(
    made_by: typing.Callable[[], dict[str, typing.Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("JOB_ID", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)

    def unknown(uid: int) -> typing.NoReturn:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert made_by() == {"name": "work", "controller": socket.gethostname(), "user": str(os.geteuid())}
