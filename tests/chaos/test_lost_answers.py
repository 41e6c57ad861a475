# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and answers that get lost on their way: a task runs once, or fails and says that its outcome is unknown."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.tests.chaos.plays import (
    FIND,
    LEAVE,
    Stage,
    fault,
    raw,
    started,
)

SCRIPT = "'worked'"


@pytest.mark.parametrize("kind", ["drop-before", "drop-after"])
@pytest.mark.parametrize("action", ["Command", "Receive", "Signal"])
def test_lost_in_a_task(stage: Stage, kind: str, action: str) -> None:
    with stage.counting() as counts:
        played = stage.play([LEAVE, raw("work", SCRIPT, fault(kind, action), ignore_unreachable=True), FIND])
    work = played.row("work")
    assert started(counts, SCRIPT) == 1
    if work.status == "ok":
        assert "worked" in work.result["stdout"]
    else:
        assert "outcome is unknown" in work.message
    assert played.row("find").status == "ok"
    assert played.kept
    assert counts["action.Create"] == 1


def test_lost_with_the_answer_to_the_question_whether_it_arrived(stage: Stage) -> None:
    orders = [fault("drop-after", "Command"), fault("drop-after", "Receive")]
    with stage.counting() as counts:
        played = stage.play([LEAVE, raw("work", SCRIPT, *orders, ignore_unreachable=True), FIND])
    assert "outcome is unknown" in played.row("work").message
    assert played.kept
    assert started(counts, SCRIPT) == counts["action.Create"] == 1


@pytest.mark.parametrize("bytes_sent", [0, 40, 400])
def test_answer_that_is_cut(stage: Stage, bytes_sent: int) -> None:
    with stage.counting() as counts:
        cut = fault("cut", "Receive", bytes=bytes_sent)
        played = stage.play([LEAVE, raw("work", SCRIPT, cut, ignore_unreachable=True), FIND])
    assert "outcome is unknown" in played.row("work").message
    assert played.kept
    assert started(counts, SCRIPT) == counts["action.Create"] == 1


@pytest.mark.parametrize("kind", ["drop-before", "drop-after", "cut"])
def test_lost_while_a_session_is_opened(stage: Stage, kind: str) -> None:
    with stage.counting() as counts:
        played = stage.play([raw("work", SCRIPT, fault(kind, "Create", bytes=100))])
    assert played.row("work").status == "ok"
    assert started(counts, SCRIPT) == 1
    # However many were made: none is left, which the workspace checks.
    assert 1 <= counts["shells_created"] <= 2
