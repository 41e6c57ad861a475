# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A forced removal that meets a task which has just begun: the task is told the truth, and nothing stays behind."""

from __future__ import annotations

import threading
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    wait_for,
)


class Task:
    """A run on a thread of its own, in the implicit session or in a named one."""

    def __init__(self, broker: Broker, name: str | None) -> None:
        self._client = broker.another_client()
        self.ended: list[messages.Finished | PSSessionError] = []
        request = messages.Run(broker.target(session_name=name), [messages.Command("'ran'")], shared=True)
        self._thread = threading.Thread(target=self._run, args=(request,))
        self._thread.start()

    def _run(self, request: messages.Run) -> None:
        try:
            self.ended.append(self._client.run(request))
        except PSSessionError as error:
            self.ended.append(error)

    def error(self) -> PSSessionError:
        """What it failed with."""
        self._thread.join(30)
        self._client.close()
        (error,) = self.ended
        assert isinstance(error, PSSessionError), error
        return error


def held_task(broker: Broker, endpoint: Endpoint, name: str | None, action: str) -> Task:
    """A task whose request of that action has reached the server, which does not answer before faults.clear()."""
    endpoint.faults.add("hold", action=action, times=1)
    task = Task(broker, name)
    wait_for(lambda: endpoint.faults.held == 1)
    return task


def remove(broker: Broker, name: str | None) -> messages.Result:
    """Removes the session that is in use."""
    (row,) = broker.remove(*([name] if name else []), force=True)
    return row


@pytest.fixture(name="held", params=[None, "work"], ids=["implicit", "named"])
def _held(request: pytest.FixtureRequest) -> typing.Any:
    """The name of the session that the task uses."""
    return request.param


def test_a_session_that_is_removed_while_it_is_opened_is_not_used(
    broker: Broker, endpoint: Endpoint, held: str | None
) -> None:
    task = held_task(broker, endpoint, held, "Create")
    assert remove(broker, held).changed
    endpoint.faults.clear()
    error = task.error()
    assert (error.kind, "removed by force meanwhile" in error.message) == (ErrorKind.FAILED, True)
    wait_for(lambda: endpoint.shells == [])
    assert (endpoint.counters.commands, endpoint.counters.shells_created, broker.rows()) == (0, 1, [])


def test_a_command_does_not_reach_a_session_that_was_removed(
    broker: Broker, endpoint: Endpoint, held: str | None
) -> None:
    broker.open(held)
    task = held_task(broker, endpoint, held, "Command")
    assert remove(broker, held).changed
    assert endpoint.shells == []
    endpoint.faults.clear()
    error = task.error()
    assert (error.kind, "nothing was started" in error.message) == (ErrorKind.FAILED, True)
    # It is not made anew either: somebody wants it gone.
    assert (endpoint.counters.commands, endpoint.counters.shells_created, broker.rows()) == (0, 1, [])


def test_what_had_started_in_a_session_that_was_removed_is_unknown(
    broker: Broker, endpoint: Endpoint, held: str | None
) -> None:
    broker.open(held)
    task = held_task(broker, endpoint, held, "Receive")
    assert remove(broker, held).changed
    endpoint.faults.clear()
    error = task.error()
    assert (error.kind, "was removed by force" in error.message) == (ErrorKind.UNKNOWN, True)
    assert (endpoint.shells, broker.rows()) == ([], [])


def test_the_next_task_gets_a_session_of_its_own(broker: Broker, endpoint: Endpoint, held: str | None) -> None:
    broker.open(held)
    task = held_task(broker, endpoint, held, "Command")
    remove(broker, held)
    following = broker.another_client()
    request = messages.Run(broker.target(session_name=held), [messages.Command("'next'")], shared=True)
    assert following.run(request).state == "completed"
    following.close()
    endpoint.faults.clear()
    assert task.error().kind is ErrorKind.FAILED
    assert len(broker.rows()) == len(endpoint.shells) == 1
