# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a file on its way, and how often."""

from __future__ import annotations

from ansible_collections.remoting.powershell.plugins.plugin_utils._progress import Progress


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_line_a_second_and_one_at_the_end() -> None:
    clock, lines = Clock(), list[str]()
    progress = Progress(lines.append, 8_000_000, clock)
    for _chunk in range(8):
        clock.now += 0.4
        progress.add(1_000_000)
    assert lines == ["37 %, 3.0 of 8.0 MB, 2.5 MB/s", "75 %, 6.0 of 8.0 MB, 2.5 MB/s"]
    progress.end()
    assert lines[2:] == ["8.0 MB in 3.2 s, 2.5 MB/s"]


def test_without_a_size_there_is_no_share() -> None:
    clock, lines = Clock(), list[str]()
    progress = Progress(lines.append, None, clock)
    clock.now += 2
    progress.add(500_000)
    progress.total = 1_000_000
    clock.now += 2
    progress.add(500_000)
    assert lines == ["0.5 MB, 0.2 MB/s", "100 %, 1.0 of 1.0 MB, 0.2 MB/s"]


def test_an_empty_file_has_no_share_and_no_rate() -> None:
    clock, lines = Clock(), list[str]()
    progress = Progress(lines.append, 0, clock)
    progress.end()
    assert lines == ["0.0 MB in 0.0 s, 0.0 MB/s"]
    assert progress.so_far == "0.0 of 0.0 MB"
