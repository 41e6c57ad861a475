# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connect-PSSession: a session that was left is picked up again, from the same or another controller."""

from __future__ import annotations

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.native import NativeClient
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, module
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


def test_connect_by_another_controller(stage: Stage, elsewhere: Workspace, endpoint: EndpointProcess) -> None:
    far = Stage(elsewhere, endpoint)
    made = stage.play([module("make", "pssession", WORK), LEAVE]).row("make").result["session"]
    held = far.play(
        [
            module("held", "pssession_connect", WORK, ignore_errors=True),
            module("held_by_id", "pssession_connect", {"instance_id": made["instance_id"]}, ignore_errors=True),
        ]
    )
    for name in ("held", "held_by_id"):
        row = held.row(name)
        assert row.status == "failed"
        words = ("Busy", made["instance_id"], "another client")
        assert [word for word in words if word not in row.message] == [], row.message

    stage.play([module("disconnect", "pssession_disconnect", WORK)])
    taken = far.play(
        [
            module("predict", "pssession_connect", WORK, check_mode=True),
            module("connect", "pssession_connect", WORK),
            FIND,
        ]
    )
    assert taken.row("predict").result["changed"]
    connected = taken.row("connect")
    assert connected.result["session"]["instance_id"] == made["instance_id"]
    assert sum(connected.requests.values()) <= MOST + FINDING, connected.requests
    assert taken.row("found").result["output"] == ["kept"]

    # The first controller, which still has a row of it, is told that it is somebody else's now.
    back = stage.play(
        [
            module("connect", "pssession_connect", WORK, ignore_errors=True),
            module("use", "pssession_invoke", {**WORK, "script": "$left"}, ignore_errors=True),
        ]
    )
    assert back.row("connect").status == back.row("use").status == "failed"
    assert "Work" in back.row("connect").message
    far.play([REMOVE])


def test_present_leaves_what_others_made_unless_it_adopts(
    stage: Stage, elsewhere: Workspace, endpoint: EndpointProcess
) -> None:
    far = Stage(elsewhere, endpoint)
    first = stage.play([module("make", "pssession", WORK), LEAVE, module("leave", "pssession_disconnect", WORK)])
    theirs = first.row("make").result["session"]["instance_id"]
    second = far.play(
        [
            module("own", "pssession", WORK),
            module("own_state", "pssession_invoke", {**WORK, "script": '"[$left]"'}),
            module("remove", "pssession", {"instance_id": "{{ own.session.instance_id }}", "state": "absent"}),
            module("adopted", "pssession", {**WORK, "adopt": True}),
            FIND,
            REMOVE,
        ]
    )
    assert second.row("own").result["session"]["instance_id"] != theirs
    assert second.row("own_state").result["output"] == ["[]"]
    assert second.row("adopted").result["session"]["instance_id"] == theirs
    assert second.row("found").result["output"] == ["kept"]


def test_connect_to_a_native_client_s_session(stage: Stage, endpoint: EndpointProcess) -> None:
    with NativeClient(endpoint) as native:
        native.open()
        native.run("$native = 'by hand'")
        native.disconnect()
        played = stage.play(
            [
                module("connect", "pssession_connect", {"instance_id": native.instance_id}),
                module("use", "pssession_invoke", {"instance_id": native.instance_id, "script": "$native"}),
                module("remove", "pssession", {"instance_id": native.instance_id, "state": "absent"}),
            ]
        )
        assert played.row("connect").result["session"]["state"] == "Opened"
        assert played.row("use").result["output"] == ["by hand"]
        assert endpoint.shells() == []
