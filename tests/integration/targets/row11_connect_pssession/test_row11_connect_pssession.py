# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect-PSSession: a session that was left is picked up again, from the same or another controller."""

from __future__ import annotations

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.native import NativeClient
from ansible_collections.remoting.powershell.tests.integration.support.stage import Played, Stage, module
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

#: Requests that connecting to a known session may take, and finding it first.
MOST, FINDING = 3, 3
WORK = {"name": "Work"}
LEAVE = module("left_state", "pssession_invoke", {**WORK, "script": "$left = 'kept'"})
FIND = module("found", "pssession_invoke", {**WORK, "script": "$left"})
REMOVE = module("remove", "pssession", {"name": "*", "scope": "computer", "state": "absent", "force": True})


def test_connect_by_the_same_broker(stage: Stage) -> None:
    played = stage.play(
        [
            module("make", "pssession", {"name": ["Work", "Other"]}),
            LEAVE,
            module("disconnect", "pssession_disconnect", {"name": ["Work", "Other"]}),
            module("predict", "pssession_connect", WORK, check_mode=True),
            module("connect", "pssession_connect", WORK),
            module("again", "pssession_connect", WORK),
            FIND,
            module("several", "pssession_connect", {"name": ["Work", "nobody", "Other"]}, ignore_errors=True),
            # What the server has lost is told for itself, and the rest is done.
            module("leave", "pssession_disconnect", {"name": ["Work", "Other"]}),
            module(
                "lost",
                "pssession_connect",
                {"name": ["Work", "Other"]},
                ("fault", {"kind": "shell-gone", "action": "Reconnect"}),
                ignore_errors=True,
            ),
            REMOVE,
        ]
    )
    made = played.row("make").result["results"][0]["session"]
    assert played.row("predict").result["changed"]
    assert played.row("predict").asked == {}
    connected = played.row("connect")
    assert connected.result["changed"]
    assert connected.result["session"]["state"] == "Opened"
    assert connected.result["session"]["id"] == made["id"]
    assert sum(connected.requests.values()) <= MOST, connected.requests
    again = played.row("again")
    # No more than a look whether it is still there.
    assert (again.result["changed"], again.asked) == (False, {"Get": 1})
    assert played.row("found").result["output"] == ["kept"]
    several = played.row("several")
    assert several.status == "failed"
    assert "nobody" in several.message
    assert [row["changed"] for row in several.result["results"]] == [False, False, True]
    lost = played.row("lost")
    assert lost.status == "failed"
    (gone,) = (row for row in lost.result["results"] if row.get("failed"))
    (fine,) = (row for row in lost.result["results"] if not row.get("failed"))
    assert gone["session"]["name"] in gone["msg"]
    assert fine["session"]["state"] == "Opened"


def test_connect_by_a_new_broker(stage: Stage, endpoint: EndpointProcess) -> None:
    first = stage.play([module("make", "pssession", WORK), LEAVE])
    assert stage.workspace.stop_brokers() == []
    assert [shell["state"] for shell in endpoint.shells("win1")] == ["Disconnected"]
    second = stage.play([module("connect", "pssession_connect", WORK), FIND, REMOVE])
    connected = second.row("connect")
    made = first.row("make").result["session"]
    assert connected.result["changed"]
    assert connected.result["session"]["instance_id"] == made["instance_id"]
    assert sum(connected.requests.values()) <= MOST + FINDING, connected.requests
    assert "Create" not in connected.requests
    assert second.row("found").result["output"] == ["kept"]


def _failed(played: Played, names: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Each of the tasks has failed with a message that has all the words."""
    for name in names:
        row = played.row(name)
        assert row.status == "failed"
        assert [word for word in words if word not in row.message] == [], row.message


def test_connect_by_another_controller(stage: Stage, endpoint: EndpointProcess) -> None:
    """far1 is the same computer, for a controller with a broker of its own."""
    there = {"delegate_to": "far1"}
    ours = {"instance_id": "{{ make.session.instance_id }}"}
    with NativeClient(endpoint) as native:
        native.open()
        native.run("$native = 'by hand'")
        native.disconnect()
        by_hand = {"instance_id": native.instance_id}
        played = stage.play(
            [
                module("make", "pssession", WORK),
                LEAVE,
                module("held", "pssession_connect", WORK, ignore_errors=True, **there),
                module("held_by_id", "pssession_connect", ours, ignore_errors=True, **there),
                module("disconnect", "pssession_disconnect", WORK),
                # state=present leaves what others made, unless it adopts.
                module("own", "pssession", WORK, **there),
                module("own_state", "pssession_invoke", {**WORK, "script": '"[$left]"'}, **there),
                module("own_gone", "pssession", {"id": "{{ own.session.id }}", "state": "absent"}, **there),
                module("predict", "pssession_connect", ours, check_mode=True, **there),
                module("connect", "pssession_connect", ours, **there),
                {**FIND, **there},
                # The first controller, which still has a row of it, is told that it is somebody else's now.
                module("taken", "pssession_info", {**WORK, "scope": "computer"}),
                module("back", "pssession_connect", WORK, ignore_errors=True),
                module("use", "pssession_invoke", {**WORK, "script": "$left"}, ignore_errors=True),
                module("native", "pssession_connect", by_hand),
                module("native_state", "pssession_invoke", {**by_hand, "script": "$native"}),
                REMOVE,
            ]
        )
    made = played.row("make").result["session"]["instance_id"]
    _failed(played, ("held", "held_by_id"), ("Busy", made, "another client"))
    assert played.row("own").result["session"]["instance_id"] != made
    assert played.row("own_state").result["output"] == ["[]"]
    assert played.row("predict").result["changed"]
    connected = played.row("connect")
    assert (connected.result["changed"], connected.result["session"]["instance_id"]) == (True, made)
    assert sum(connected.requests.values()) <= MOST + FINDING, connected.requests
    assert played.row("found").result["output"] == ["kept"]
    assert [row["availability"] for row in played.row("taken").result["sessions"]] == ["Busy"]
    _failed(played, ("back", "use"), ("Work", "Busy", "another client"))
    assert played.row("native").result["session"]["state"] == "Opened"
    assert played.row("native_state").result["output"] == ["by hand"]


def test_present_adopts_what_another_controller_left(
    stage: Stage, elsewhere: Workspace, endpoint: EndpointProcess
) -> None:
    first = stage.play([module("make", "pssession", WORK), LEAVE, module("leave", "pssession_disconnect", WORK)])
    second = Stage(elsewhere, endpoint).play([module("adopted", "pssession", {**WORK, "adopt": True}), FIND, REMOVE])
    theirs, adopted = first.row("make").result["session"], second.row("adopted").result["session"]
    assert adopted["instance_id"] == theirs["instance_id"]
    assert second.row("found").result["output"] == ["kept"]
