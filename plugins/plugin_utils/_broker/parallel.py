# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that live only while something runs (broker process)."""

from __future__ import annotations

import logging
import queue
import threading
import typing

T = typing.TypeVar("T")
R = typing.TypeVar("R")

#: How many sessions are closed or kept alive at once.
_WORKERS = 16

log = logging.getLogger("pssession.broker")


def in_thread(name: str, call: typing.Callable[[], object]) -> threading.Thread:
    """Runs a call on a thread of its own; what it raises is logged."""

    def guarded() -> None:
        try:
            call()
        except Exception:
            log.exception("%s failed", name)

    thread = threading.Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread


def each(call: typing.Callable[[T], R], items: typing.Sequence[T]) -> list[R]:
    """Calls once for every item, some at a time; the results in the items' order. The call raises nothing."""
    results: dict[int, R] = {}

    def one(number: int) -> None:
        results[number] = call(items[number])

    if len(items) == 1:
        return [call(items[0])]
    in_parallel(one, range(len(items)))
    return [results[number] for number in range(len(items))]


def in_parallel(call: typing.Callable[[T], object], items: typing.Sequence[T]) -> None:
    """Calls once for every item, some at a time, and returns when all are done; what a call raises is logged."""
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)

    def work() -> None:
        while True:
            try:
                item = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                call(item)
            except Exception:
                log.exception("housekeeping failed for %s", item)

    threads = [in_thread("housekeeping", work) for _number in range(min(_WORKERS, len(items)))]
    for thread in threads:
        thread.join()
