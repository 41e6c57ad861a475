# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is measured (benchmark process)."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Plan:
    """Sizes and repetitions; all times in seconds."""

    #: Module tasks in one play, and how often each play is repeated, for each round trip that the proxy adds.
    tasks: int
    rounds: dict[float, int]
    #: The same of raw and script tasks.
    script_tasks: int
    script_rounds: dict[float, int]
    #: Sizes of files in bytes, and how often each is moved.
    files: dict[int, int]
    #: Fresh interpreters that import a plugin.
    imports: int
    #: Idle sessions of one broker.
    sessions: tuple[int, ...]
    #: How long after the last use of the idle sessions the second look at their brokers is; 0: there is none.
    idle: float
    #: Hosts of the play that has a fork for each, its tasks, and how often it is repeated.
    hosts: int
    host_tasks: int
    host_rounds: int
    #: How often the tasks are run over each transport.
    transport_rounds: int
    #: What is moved to see how fast: the name of a load, its size (objects or bytes), and how often.
    throughput: tuple[tuple[str, int, int], ...]
    #: The same for ``--only large``, in the ways of this collection only: it is for the memory.
    large: tuple[tuple[str, int, int], ...]


MB = 1000 * 1000

#: ``make bench``. The broker closes connections that were idle for 90 seconds, and looks every other second.
FULL = Plan(
    tasks=20,
    rounds={0.0: 3, 0.02: 2, 0.1: 2},
    script_tasks=10,
    script_rounds={0.0: 2, 0.02: 2},
    files={MB: 5},
    imports=9,
    sessions=(1, 50, 200),
    idle=95.0,
    hosts=50,
    host_tasks=2,
    host_rounds=2,
    transport_rounds=2,
    throughput=(
        ("integers", 20_000, 3),
        ("records", 5_000, 3),
        ("text", 10 * MB, 3),
        ("numbers in", 5_000, 3),
        ("text in", 10 * MB, 3),
        ("put", 10 * MB, 3),
        ("fetch", 10 * MB, 3),
    ),
    large=(
        ("integers", 100_000, 1),
        ("text", 200 * MB, 1),
        ("text in", 40 * MB, 1),
        ("put", 200 * MB, 1),
        ("fetch", 200 * MB, 1),
    ),
)

#: ``--quick``: shows that everything works; its times mean little.
QUICK = Plan(
    tasks=3,
    rounds={0.0: 1, 0.02: 1},
    script_tasks=2,
    script_rounds={0.0: 1},
    files={100_000: 1},
    imports=1,
    sessions=(1, 5),
    idle=0.0,
    hosts=4,
    host_tasks=2,
    host_rounds=1,
    transport_rounds=1,
    throughput=(
        ("records", 50, 1),
        ("text in", 2 * MB, 1),
        ("put", 100_000, 1),
        ("fetch", 100_000, 1),
    ),
    large=(("text", MB, 1),),
)
