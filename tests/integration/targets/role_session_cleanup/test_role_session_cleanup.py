# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role session_cleanup: what other controllers left is listed, and removed only when that is asked for."""

from __future__ import annotations

import json
import pathlib
import re
import typing

from ansible_collections.remoting.powershell.tests.integration.support.endpoint import EndpointProcess
from ansible_collections.remoting.powershell.tests.integration.support.native import NativeClient
from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, module
from ansible_collections.remoting.powershell.tests.integration.support.workspace import Workspace

APPLY = pathlib.Path(__file__).resolve().parent / "apply.yml"
MEGABYTE = 1024 * 1024


class Report(typing.NamedTuple):
    """What the role says of a run: instance ids, how many are gone, bytes."""

    found: set[str]
    removed: int
    freed: int


def apply(workspace: Workspace, *arguments: str, **wanted: typing.Any) -> Report:
    """Run the role with these variables, without their prefix."""
    variables = {f"session_cleanup_{name}": value for name, value in wanted.items()}
    outcome = workspace.playbook(APPLY, "-e", json.dumps(variables), *arguments)
    print(outcome.output)
    assert outcome.code == 0
    match = re.search(r"FOUND ([\w,-]*); REMOVED (\d+); FREED (\d+)\.", outcome.output)
    assert match is not None
    return Report(set(filter(None, match[1].split(","))), int(match[2]), int(match[3]))


def shells(endpoint: EndpointProcess) -> set[str]:
    """The instance ids of the sessions that there are."""
    return {shell["shell_id"].lower() for shell in endpoint.shells("win1")}


def test_list_then_remove_what_is_left(stage: Stage, elsewhere: Workspace, endpoint: EndpointProcess) -> None:
    tasks = [module(name, "pssession", {"name": name, "idle_timeout": 36000}) for name in ("old1", "old2")]
    leave = [module(f"leave {name}", "pssession_disconnect", {"name": name}) for name in ("old1", "old2")]
    made = Stage(elsewhere, endpoint).play([*tasks, *leave])
    first, second = (made.row(name).result["session"]["instance_id"] for name in ("old1", "old2"))
    here, left = stage.workspace, {first, second}
    assert apply(here).found == set()  # nothing has been idle for an hour
    endpoint.call("advance", seconds=4000)

    with endpoint.counting("win1") as counts:
        assert apply(here) == Report(left, 0, 0)
    assert counts["action.Create"] == counts["action.Delete"] == 0
    assert apply(here, "--check", remove=True) == Report(left, 0, 0)
    nothing = Report(set(), 0, 0)
    assert apply(here, names=["OLD?"], owners=["nobody"], remove=True) == nothing
    assert apply(here, older_than=100_000, remove=True) == nothing
    assert apply(here, configuration_names=["PowerShell.7"], states=["Broken"], remove=True) == nothing
    assert shells(endpoint) == left

    conditions = {"owners": [endpoint.user.upper()], "configuration_names": ["microsoft.POWERSHELL"]}
    one = apply(here, names=["OLD1"], remove=True, **conditions)
    assert (one.found, one.removed) == ({first}, 1)
    assert one.freed >= MEGABYTE
    with NativeClient(endpoint) as native:
        native.open()
        # What another client uses stays, unless it is insisted on.
        kept = apply(here, idle_for=0, remove=True)
        assert (kept.found, kept.removed) == ({second, native.instance_id}, 1)
        assert shells(endpoint) == {native.instance_id}
        forced = apply(here, idle_for=0, remove=True, force=True)
        assert (forced.found, forced.removed) == ({native.instance_id}, 1)
        assert shells(endpoint) == set()
