# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session's and a broker's end: with the last playbook that uses them, and no sooner."""

from __future__ import annotations

from ansible_collections.remoting.powershell.tests.chaos.plays import FIND, LEAVE, Stage
from ansible_collections.remoting.powershell.tests.integration.support.waiting import wait_for

SHORT = {"ansible_pssession_persist": 1}
PAUSE = {"name": "pause", "ansible.builtin.pause": {"seconds": 6}}


def test_session_stays_while_a_second_playbook_lives(stage: Stage) -> None:
    with stage.counting() as counts:
        long = stage.start([LEAVE, PAUSE, FIND], vars=SHORT)
        wait_for("its session", lambda: stage.endpoint.shells("win1"))
        assert stage.play([FIND], vars=SHORT).row("find").status == "ok"
        assert stage.finish(*long).kept
    assert counts["action.Create"] == 1


def test_changed_option_gets_a_session_of_its_own(stage: Stage) -> None:
    with stage.counting() as counts:
        assert stage.play([LEAVE]).row("leave").status == "ok"
        other = stage.play([FIND], vars={"ansible_pssession_configuration_name": "PowerShell.7"})
        assert not other.kept
        assert stage.play([FIND]).kept
    assert counts["action.Create"] == counts["action.Delete"] == 2


def test_broker_ends_by_itself(stage: Stage) -> None:
    with stage.counting() as counts:
        assert stage.play([LEAVE], vars=SHORT).row("leave").status == "ok"
        wait_for("the session to be removed", lambda: not stage.endpoint.shells("win1"))
        assert len(stage.workspace.brokers()) == 1
        wait_for("the broker to end", lambda: not stage.workspace.brokers())
        assert list(stage.workspace.sockets.glob("*.sock")) == []
        assert stage.play([FIND], vars=SHORT).row("find").status == "ok"
    assert counts["action.Create"] == counts["action.Delete"] == 2
