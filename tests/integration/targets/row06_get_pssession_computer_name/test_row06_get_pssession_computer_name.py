# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get-PSSession -ComputerName: every session of the user on a computer, whoever made it, in one enumeration."""

from __future__ import annotations

import typing

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.native import NativeClient
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, module
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

SESSIONS = 100
#: What only the server tells, and of which type it is.
DETAILS: dict[str, tuple[type, ...]] = {
    "client_address": (str,),
    "process_id": (int,),
    "memory": (int,),
    "run_time": (int, float),
    "inactivity": (int, float),
    "max_idle_timeout": (int, float),
    "output_buffering_mode": (str,),
}
SHOWN = ("id", "state", "availability")
EVERYTHING = {"scope": "computer"}
ASKED = [
    module("own", "pssession", {"name": "own"}),
    module("listed", "pssession_info", EVERYTHING),
    module("checked", "pssession_info", EVERYTHING, check_mode=True),
    module("current", "pssession_info", {}),
    module("some", "pssession_info", {**EVERYTHING, "name": "u*"}),
    module("disconnected", "pssession_info", {**EVERYTHING, "state": "Disconnected"}),
    module("seven", "pssession_info", {**EVERYTHING, "configuration_name": "PowerShell.7"}),
    module("clean", "pssession", {**EVERYTHING, "name": "*", "state": "absent", "force": True}),
]


def _rows(result: dict[str, typing.Any]) -> dict[str, dict[str, typing.Any]]:
    return {row["name"]: row for row in result["sessions"]}


def test_sessions_of_other_clients(stage: Stage, elsewhere: Workspace, endpoint: EndpointProcess) -> None:
    far = Stage(elsewhere, endpoint)
    made = far.play(
        [
            module("used", "pssession", {"name": "used"}),
            module("left", "pssession", {"name": "left", "idle_timeout": 600}),
            module("leave", "pssession_disconnect", {"name": "left"}),
        ]
    )
    with NativeClient(endpoint) as native:
        native.open()
        played = stage.play(ASKED)
        listed = played.row("listed")
        assert listed.requests == {"Enumerate": 1}
        assert listed.result["changed"] is False
        by_id = {row["instance_id"]: row for row in listed.result["sessions"]}
        rows = _rows(listed.result)
        assert len(by_id) == 4

        # As Get-PSSession -ComputerName shows: what another client uses is Busy, what one may connect to is None.
        assert (rows["own"]["state"], rows["own"]["availability"]) == ("Opened", "Available")
        assert rows["own"]["id"] == played.row("own").result["session"]["id"]
        assert [rows["used"][field] for field in SHOWN] == [None, "Disconnected", "Busy"]
        assert [rows["left"][field] for field in SHOWN] == [None, "Disconnected", "None"]
        assert rows["left"]["instance_id"] == made.row("left").result["session"]["instance_id"]
        assert rows["left"]["idle_timeout"] == 600
        assert by_id[native.instance_id]["availability"] == "Busy"
        for row in by_id.values():
            assert row["owner"] == endpoint.user
            assert row["configuration_name"] == "Microsoft.PowerShell"
            for detail, kind in DETAILS.items():
                assert isinstance(row[detail], kind), (row["name"], detail)

    assert set(played.row("checked").result["sessions"][0]) == set(listed.result["sessions"][0])
    assert [row["name"] for row in played.row("current").result["sessions"]] == ["own"]
    assert list(_rows(played.row("some").result)) == ["used"]
    assert set(_rows(played.row("disconnected").result)) >= {"left", "used"}
    assert played.row("seven").result["sessions"] == []
    assert played.row("clean").result["changed"]
    assert endpoint.shells() == []


def test_hundred_sessions_in_one_enumeration(stage: Stage, endpoint: EndpointProcess) -> None:
    for name in ("max_shells_per_user", "max_plugin_shells_per_user", "max_plugin_shells"):
        endpoint.quota(name, 2 * SESSIONS)
    names = [f"s{number:03}" for number in range(SESSIONS)]
    # An answer holds as much as the envelope does: the server pages.
    paged = {"ansible_pssession_max_envelope_size": 65536}
    played = stage.play(
        [
            module("make", "pssession", {"name": names}),
            # By a controller that holds none of them.
            module("listed", "pssession_info", {"scope": "computer"}, delegate_to="far1"),
            module("remove", "pssession", {"name": "*", "state": "absent"}),
        ],
        vars=paged,
    )
    listed = played.row("listed")
    assert sorted(row["name"] for row in listed.result["sessions"]) == names
    assert listed.requests["Enumerate"] == 1
    assert set(listed.requests) == {"Enumerate", "Pull"}
    assert len(played.row("remove").result["results"]) == SESSIONS
    assert endpoint.shells() == []
