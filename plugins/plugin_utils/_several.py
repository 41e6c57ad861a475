# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task and several sessions: calls side by side, and one row of the result for each (ansible worker)."""

from __future__ import annotations

import queue
import typing

from ._client import BrokerClient, Notify
from ._wire.errors import ErrorKind, PSSessionError
from ._wire.messages import Result

Answer = typing.TypeVar("Answer")
Row = dict[str, typing.Any]

#: As Invoke-Command's ThrottleLimit.
_MOST_AT_ONCE = 32
#: What a session that does not exist shows in a difference.
_ABSENT = "absent"


class Clients(typing.Protocol):
    """Where clients of the broker come from: the connection plugin."""

    def new_client(self, notify: Notify) -> BrokerClient:
        """A client that whoever asks closes; raises PSSessionError."""

    def notify(self, level: str, text: str) -> None:
        """Shows what the broker has to say to the user."""


def at_once(
    clients: Clients, jobs: typing.Sequence[typing.Callable[[BrokerClient], Answer]]
) -> list[Answer | PSSessionError]:
    """Does all jobs side by side, each with a client of its own; the answers and failures are in the jobs' order.

    What the broker says is shown by the calling thread, where Ansible expects it. Where this is interrupted, and be it
    by a task's timeout, every client hangs up, which stops what it runs.
    """
    import concurrent.futures  # only who has several sessions waits for it

    calls = _Calls(clients)
    with concurrent.futures.ThreadPoolExecutor(max_workers=_MOST_AT_ONCE) as pool:
        futures = [pool.submit(calls.do, job) for job in jobs]
        try:
            calls.show(len(futures))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            calls.give_up()
            raise
        return [future.result() for future in futures]


class _Calls:
    """The clients of one task's threads, and what the broker says to them."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._said: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._opened: list[BrokerClient] = []
        self._given_up = False

    def do(self, job: typing.Callable[[BrokerClient], Answer]) -> Answer | PSSessionError:
        """Does one job, in a thread of its own."""
        try:
            client = self._clients.new_client(lambda level, text: self._said.put((level, text)))
            self._opened.append(client)
            try:
                if self._given_up:
                    raise PSSessionError(ErrorKind.STOPPED, "The task was interrupted before this was begun.")
                return job(client)
            finally:
                client.close()
        except PSSessionError as error:
            return error
        finally:
            self._said.put(None)

    def show(self, count: int) -> None:
        """Shows what the broker says until so many jobs are done."""
        while count:
            if (note := self._said.get()) is None:
                count -= 1
            else:
                self._clients.notify(*note)

    def give_up(self) -> None:
        """Hangs up for everybody."""
        self._given_up = True
        for client in list(self._opened):
            client.close()


def gathered(rows: list[Row]) -> Row:
    """The result of a task that several sessions took part in; it fails where one of them did, and names that."""
    failed = [row for row in rows if row.get("failed")]
    result: Row = {
        "changed": any(row.get("changed") for row in rows),
        "failed": bool(failed),
        "results": rows,
    }
    if failed:
        reasons = "; ".join(f"{_label(row)}: {row['msg'].rstrip('.')}" for row in failed)
        result["msg"] = f"{len(failed)} of {len(rows)} sessions failed. {reasons}."
    return result


def failure(error: PSSessionError, session: typing.Any) -> Row:
    """The row of a session that could not be used."""
    return {"changed": False, "failed": True, "msg": error.message, "session": session}


def concluded(results: list[Result], several: bool, before: dict[str, str] | None = None) -> Row:
    """The module's result of the broker's rows.

    Args:
        results: One for each session.
        several: Whether a list or a wildcard was given.
        before: The states of the host's sessions by instance id, where a difference is wanted.

    Raises PSSessionError where one session was asked for and nothing could be done with it.
    """
    if not several and len(results) == 1 and (error := results[0].error):
        raise PSSessionError(ErrorKind(error.kind), error.message)
    if not several and len(results) < 2:
        changed = any(row.changed for row in results)
        outcome: Row = {"changed": changed, "session": results[0].session if results else None}
    else:
        outcome = gathered([_row(row) for row in results])
    if before is not None:
        outcome["diff"] = _difference(results, before)
    return outcome


def _row(result: Result) -> Row:
    if result.error:
        return failure(PSSessionError(ErrorKind(result.error.kind), result.error.message), result.session)
    return {"changed": result.changed, "session": result.session}


def _difference(results: list[Result], before: dict[str, str]) -> dict[str, str]:
    """The sessions' states before and after, as Ansible shows differences."""
    old, new = [], []
    for result in results:
        label = _label({"session": result.session})
        now = str(result.session.get("state") or "Closed")
        now = _ABSENT if now == "Closed" else now
        known = before.get(str(result.session.get("instance_id")).lower())
        old.append(f"{label}: {(known or _ABSENT) if result.changed else now}\n")
        new.append(f"{label}: {now}\n")
    return {"before": "".join(old), "after": "".join(new)}


def _label(row: Row) -> str:
    """What to call a row's session: its name and Id, as far as there are any."""
    session = row.get("session") or {}
    name = session.get("name") or session.get("instance_id") or "session"
    return f"{name} (Id {session['id']})" if session.get("id") else str(name)
