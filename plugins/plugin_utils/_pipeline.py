# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pipeline of a module, from its request to the module's result (ansible worker)."""

from __future__ import annotations

import typing

from . import _input, _results, scripts
from ._client import BrokerClient
from ._live import Live
from ._wire.errors import ErrorKind, PSSessionError
from ._wire.messages import Epilogue, Finished, Receive, Run

#: Takes a line for people.
_Tell = typing.Callable[[str], None]


def epilogue() -> Epilogue:
    """What follows a script that was ended, so that its ``$Ansible`` is told and the session is as it was before."""
    return Epilogue(scripts.read("finish"), _results.OUTCOME_TAG)


def run(client: BrokerClient, request: Run, warn: _Tell, show: _Tell | None = None) -> dict[str, typing.Any]:
    """Runs a pipeline and returns the result of pssession_invoke, also where it was stopped; raises PSSessionError.

    Args:
        client: Who runs it.
        request: What to run.
        warn: Takes each warning of the broker.
        show: Takes each line that the pipeline has for people, while it runs.
    """
    records = _results.Collected()
    request, rest = _input.divided(request)
    try:
        finished = _collect(client, request, rest, records, warn, show)
    except PSSessionError as error:
        if error.kind is not ErrorKind.STOPPED:
            raise
        # Its time was up: what it wrote before helps to find out why.
        stopped = _results.module_result(records, Finished("stopped", {}))
        return {**stopped, "msg": error.message, "session": error.session}
    if request.leave:
        return {"changed": True, "failed": False, "state": finished.state, "session": finished.session}
    return _results.module_result(records, finished)


def receive(client: BrokerClient, request: Receive, warn: _Tell, show: _Tell | None = None) -> dict[str, typing.Any]:
    """Receives a pipeline and returns the result of pssession_receive; arguments and errors as for `run`."""
    records = _results.Collected()
    finished = _collect(client, request, iter(()), records, warn, show)
    return _results.received(records, finished)


def _collect(
    client: BrokerClient,
    request: Run | Receive,
    values: typing.Iterator[list[typing.Any]],
    records: _results.Collected,
    warn: _Tell,
    show: _Tell | None,
) -> Finished:
    live = Live(show) if show else None

    def take(entries: list[typing.Any], body: bytes) -> None:
        records.add(entries, body)
        if live:
            live.add(entries)

    try:
        finished = client.run(request, values=values, on_records=take)
    finally:
        if live:
            live.end()
    for warning in finished.warnings:
        warn(warning)
    return finished
