# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""psrpcore's client pool on the endpoint: connecting anew, as often as one likes."""

from __future__ import annotations

from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint

from .clients import connect, invoke
from .fake_engine import FakeEngine
from .psrp_client import Action, Client


def test_a_new_pool_connects_and_receives_what_was_buffered(endpoint: Endpoint, engine: FakeEngine) -> None:
    first = Client(connect(endpoint))
    first.open()
    running = first.command("echo early\nhold\necho late")
    first.disconnect()
    engine.release.set()

    second = Client(connect(endpoint), first.pool.runspace_pool_id)
    second.connect()
    assert (second.pool.min_runspaces, second.pool.max_runspaces) == (1, 1)
    assert second.pool.application_private_data == first.pool.application_private_data
    second.adopt(running.pipeline_id)
    assert second.output(running.pipeline_id) == ["early", "late"]

    # And once more: what a pool told when it opened is told to each client that comes.
    second.disconnect()
    third = Client(connect(endpoint), first.pool.runspace_pool_id)
    third.connect()
    fresh = third.command("echo again")
    assert third.output(fresh.pipeline_id) == ["again"]
    invoke(third.wsman, Action.DELETE, ShellId=third.shell_id)
    assert endpoint.shells == []
