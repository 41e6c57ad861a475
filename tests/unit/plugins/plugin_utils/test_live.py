# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown of a running pipeline."""

from __future__ import annotations

import typing

from ansible_collections.remoting.powershell.plugins.plugin_utils._live import Live


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _progress(percent: int, activity: int = 0, **more: typing.Any) -> list[typing.Any]:
    told = {"activity": "Copying", "activity_id": activity, "status_description": "Busy", "current_operation": None}
    return ["progress", {**told, "percent_complete": percent, "record_type": "Processing", **more}]


def test_host_output_is_shown_by_lines() -> None:
    lines: list[str] = []
    live = Live(lines.append)
    live.add([["host_out", "one\r\ntw"], ["host_err", "bad\n"]])
    assert lines == ["one", "bad"]
    live.add([["host_out", "o\n\nthree"]])
    assert lines == ["one", "bad", "two", ""]
    live.end()
    live.end()
    assert lines == ["one", "bad", "two", "", "three"]


def test_what_is_for_the_result_alone_is_not_shown() -> None:
    lines: list[str] = []
    Live(lines.append).add(
        [["output", 1], ["verbose", "v"], ["error", {"message": "e"}], ["warning", "careful\nthere"]]
    )
    assert lines == ["WARNING: careful", "there"]


def test_progress_is_shown_once_a_second_for_each_activity() -> None:
    lines: list[str] = []
    clock = Clock()
    live = Live(lines.append, clock)
    for now, percent in ((0.0, 1), (0.9, 2), (1.0, 3), (1.5, 4)):
        clock.now = now
        live.add([_progress(percent), _progress(10 * percent, activity=1)])
    assert lines == [f"Copying: Busy: {percent} %" for percent in (1, 10, 3, 30)]


def test_an_activity_that_begins_anew_is_shown_at_once() -> None:
    lines: list[str] = []
    live = Live(lines.append, Clock())
    live.add([_progress(1), _progress(2, record_type="Completed"), _progress(-1)])
    assert lines == ["Copying: Busy: 1 %", "Copying: Busy"]


def test_a_host_does_not_steer_the_terminal() -> None:
    lines: list[str] = []
    live = Live(lines.append)
    live.add([["host_out", "\x1b[31mred\x1b[0m\x07\x1b]0;title\x9b2J\tend\n"], ["warning", "a\x00b"]])
    assert lines == ["red]0;title2J\tend", "WARNING: ab"]
