# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of how fast things were moved, and of what that took (benchmark process)."""

from __future__ import annotations

import collections.abc
import functools

from .loads import MB, OURS
from .tables import Table
from .throughput import Moved


def tables(title: str, moved: list[Moved], load: str) -> list[Table]:
    """Rates, and what they took of processors and memory.

    Args:
        load: What else the machine was doing.
    """
    rates, costs = [], []
    for row in moved:
        if row.error is not None:
            rates.append((row.title, "not measured", *[""] * 4))
            continue
        others = {other.way: other for other in moved if (other.load, other.size) == (row.load, row.size)}
        rates.append((row.title, *_rates(row, others)))
        costs.append((row.title, *_costs(row, others)))
    errors = [f"{row.title} could not be measured ({row.error})." for row in moved if row.error is not None]
    meanwhile = f"The machine's load meanwhile: {load}."
    if {row.way for row in moved} <= set(OURS):
        notes: tuple[str, ...] = (f"{_OF_LARGE} {meanwhile}", *errors)
        return [
            Table(title, _RATE_HEADS[:-2], [row[:-2] for row in rates], notes),
            Table(f"{title}: processors and memory", _COST_HEADS[:-1], [row[:-1] for row in costs]),
        ]
    return [
        Table(title, _RATE_HEADS, rates, (*_RATES, meanwhile, *errors)),
        Table(f"{title}: processors and memory", _COST_HEADS, costs, _COSTS),
    ]


_RATE_HEADS = ("", "rate", "slowest to fastest", "time", "times psrp's", "times pypsrp's")
_COST_HEADS = (
    "",
    "worker",
    "broker",
    "endpoint",
    "endpoint's share",
    "memory: worker",
    "memory: broker",
    "psrp / this",
)
_OF_LARGE = (
    "In the ways of this collection only: this is for the memory. All else is as above; of the connection plugin's "
    "exec_command the worker holds its whole text several times."
)
_RATES = (
    "The time of one call in a process that runs already and has its session open: Python's start, its imports, the "
    "broker's start and logging in are not in it, building the request, the broker and the conversion of all results "
    "are. Medians; the ways take turns, and the ratios are medians of those of turns that followed each other.",
    "psrp and pssession: the connection plugins' exec_command, put_file and fetch_file, which return text and send "
    "lines of text where the others send integers. "
    "pssession_invoke: from the task's checked arguments to its result. pypsrp: its Client's execute_ps (through "
    "Out-String), copy and fetch, which open a runspace pool for each call, and for objects PowerShell.invoke in a "
    "pool that is open. Text is strings of a megabyte each.",
    "For psrp and pypsrp the endpoint's limit of 50 MB a command is off: on Windows they lift it by reflection, which "
    "the embedded engine has not. pssession stays below it.",
)
_COSTS = (
    "Seconds of processor time of one call, medians. Without a broker the worker does all; psrp / this compares worker "
    "and broker with psrp's worker. Memory: the most that was resident above what was there before the first call, in "
    "any of the calls. In the worker that holds what is sent and what came, so it grows with them for every way; the "
    "broker's is to stay below 150 MB whatever the size.",
)


def _rates(row: Moved, others: dict[str, Moved]) -> tuple[str, ...]:
    rate = functools.partial(row.load.rate, row.size)
    spread = f"{rate(max(row.seconds))} to {rate(min(row.seconds))}"
    ratios = [_compared(row, others.get(way), row.times_as_fast) for way in ("psrp", "pypsrp")]
    return (rate(row.median("seconds")), spread, f"{row.median('seconds'):.2f} s", *ratios)


def _costs(row: Moved, others: dict[str, Moved]) -> tuple[str, ...]:
    worker, broker, endpoint = (row.median(name) for name in ("worker", "broker", "endpoint"))

    def ratio(psrp: Moved) -> str:
        return f"{(psrp.median('worker') + psrp.median('broker')) / (worker + broker):.2f}"

    memory = [f"{row.peaks[name] / MB:.0f} MB" if name in row.peaks else "" for name in ("worker", "broker")]
    seconds = (f"{worker:.2f} s", f"{broker:.2f} s" if "broker" in row.peaks else "", f"{endpoint:.2f} s")
    share = f"{endpoint / (worker + broker + endpoint):.0%}"
    return (*seconds, share, *memory, _compared(row, others.get("psrp"), ratio))


def _compared(row: Moved, other: Moved | None, ratio: collections.abc.Callable[[Moved], str]) -> str:
    """A way of ours with another one, where both could be measured."""
    return ratio(other) if row.way.startswith("pssession") and other is not None and other.error is None else ""
