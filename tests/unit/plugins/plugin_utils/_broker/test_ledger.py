# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions are ours, told by a file that outlives its broker."""

from __future__ import annotations

import pathlib
import stat
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.ledger import Ledger
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.session import Session, SessionState
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.fake_server import (
    Clock,
    FakeServer,
)


def session(name: str | None = "work", host: str = "web01") -> Session:
    """An open session."""
    clock = Clock()
    made = Session(1, Target(host=host, port=5985, ssl=False, session_name=name), FakeServer(clock).connect, clock)
    made.open()
    return made


@pytest.fixture(name="path")
def _path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "x.ledger"


def test_the_next_broker_knows_what_this_one_made(path: pathlib.Path) -> None:
    made = session()
    Ledger(path).note(made)
    assert made.shell_id in Ledger(path)
    assert uuid.uuid4() not in Ledger(path)


def test_only_sessions_that_stay_are_written_down(path: pathlib.Path) -> None:
    Ledger(path).note(session(None))
    assert not path.exists()


def test_it_is_private_and_holds_no_more_than_it_must(path: pathlib.Path) -> None:
    Ledger(path).note(session())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "work" not in path.read_text()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_removed_session_is_struck_off(path: pathlib.Path) -> None:
    ledger, made = Ledger(path), session()
    ledger.note(made)
    made.state = SessionState.CLOSED
    ledger.note(made)
    assert made.shell_id not in Ledger(path)


def test_what_the_server_does_not_have_any_more_is_struck_off(path: pathlib.Path) -> None:
    ledger = Ledger(path)
    kept, gone, elsewhere = session(), session(), session(host="web02")
    for made in (kept, gone, elsewhere):
        ledger.note(made)
    ledger.seen(kept.target, {kept.shell_id})
    known = Ledger(path)
    assert [made.shell_id in known for made in (kept, gone, elsewhere)] == [True, False, True]


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b'{"no guid": []}', b'{"00000000-0000-0000-0000-000000000000": 1}']
)
def test_a_damaged_file_says_nothing_and_is_replaced(path: pathlib.Path, content: bytes) -> None:
    path.write_bytes(content)
    made = session()
    ledger = Ledger(path)
    assert made.shell_id not in ledger
    ledger.note(made)
    assert made.shell_id in Ledger(path)


def test_a_link_in_its_place_is_not_followed(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    path.with_suffix(".ledger.new").symlink_to(victim)
    made = session()
    Ledger(path).note(made)
    assert victim.read_text() == "untouched"
    assert made.shell_id in Ledger(path)


def test_a_file_that_cannot_be_written_is_no_failure(tmp_path: pathlib.Path) -> None:
    ledger, made = Ledger(tmp_path / "missing" / "x.ledger"), session()
    ledger.note(made)
    assert made.shell_id in ledger
