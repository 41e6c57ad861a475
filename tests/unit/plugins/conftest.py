# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for the worker's side: a broker that answers as told, and the connection plugin with its real options."""

from __future__ import annotations

import os
import tempfile
import typing

import pytest
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display

from ansible_collections.remoting.powershell.tests.unit.plugins.fake_broker import FakeBroker

if typing.TYPE_CHECKING:
    from ansible_collections.remoting.powershell.plugins.connection.pssession import Connection

MakeConnection = typing.Callable[..., "Connection"]


@pytest.fixture
def socket_dir() -> typing.Iterator[str]:
    """A private directory whose path is short enough for a Unix socket."""
    with tempfile.TemporaryDirectory(prefix="pss") as directory:
        yield directory


@pytest.fixture
def broker(socket_dir: str) -> typing.Iterator[FakeBroker]:
    """A broker that answers as told."""
    fake = FakeBroker(socket_dir)
    yield fake
    fake.close()


@pytest.fixture
def make_connection(socket_dir: str) -> typing.Iterator[MakeConnection]:
    """Makes the connection plugin as ansible-core does: by its loader, with variables as the source of options."""
    made: list[Connection] = []

    def make(task_keys: dict[str, typing.Any] | None = None, **variables: typing.Any) -> Connection:
        connection = connection_loader.get(
            "remoting.powershell.pssession", PlayContext(), os.devnull, ansible_playbook_pid="4711"
        )
        made.append(connection)
        connection.set_options(
            task_keys=task_keys,
            var_options={"ansible_host": "web1", "ansible_pssession_socket_dir": socket_dir, **variables},
        )
        return typing.cast("Connection", connection)

    yield make
    for connection in made:
        connection.close()


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings that the user is shown."""
    shown: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, msg, *args, **kwargs: shown.append(str(msg)))
    return shown
