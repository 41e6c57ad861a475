# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selectors and values that cannot be: each module says which option, its value and the remedy, and sends nothing."""

from __future__ import annotations

import typing

from ansible_collections.remoting.powershell.tests.integration.support.stage import Stage, Task, module

GUID = "5ac2b9f2-07b4-4b1b-8a0c-1c5a3bd9b8a4"
#: What each module needs besides a selector.
MODULES: dict[str, dict[str, typing.Any]] = {
    "pssession": {},
    "pssession_connect": {},
    "pssession_disconnect": {},
    "pssession_info": {},
    "pssession_invoke": {"script": "'never'"},
    "pssession_receive": {},
}
#: Selectors that no module takes, and what the error has to say.
SELECTORS: dict[str, tuple[dict[str, typing.Any], list[str]]] = {
    "two": ({"name": "Work", "id": 3}, ["name", "id", "mutually exclusive", "Work"]),
    "no GUID": ({"instance_id": "Work"}, ["instance_id", "Work", "GUID"]),
}
#: Further options that a module refuses.
OPTIONS: dict[str, tuple[str, dict[str, typing.Any], list[str]]] = {
    "three": ("pssession_info", {"name": "Work", "id": 3, "instance_id": GUID}, ["instance_id", "mutually exclusive"]),
    "no Id": ("pssession_connect", {"id": 0}, ["id", "0"]),
    "no name": ("pssession_disconnect", {"name": " "}, ["name"]),
    "wildcard for a new one": ("pssession", {"name": "w*"}, ["w*", "wildcard"]),
    "wildcard to receive": ("pssession_receive", {"name": "w*"}, ["w*", "wildcard"]),
    "idle timeout to make": ("pssession", {"name": "Work", "idle_timeout": 59}, ["idle_timeout", "59", "60"]),
    "idle timeout to leave": ("pssession_disconnect", {"idle_timeout": 59}, ["idle_timeout", "59", "60"]),
    "idle timeout of work": (
        "pssession_invoke",
        {"script": "1", "in_disconnected_session": True, "idle_timeout": 59},
        ["idle_timeout", "59", "60"],
    ),
    "culture": ("pssession", {"name": "Work", "culture": "no culture"}, ["culture", "de-DE"]),
    "our argument": (
        "pssession",
        {"name": "Work", "application_arguments": {"remoting.powershell": 1}},
        ["application_arguments", "remoting.powershell"],
    ),
    "left and temporary": (
        "pssession_invoke",
        {"script": "1", "in_disconnected_session": True, "temporary": True},
        ["temporary", "in_disconnected_session"],
    ),
    "name of what exists": (
        "pssession_invoke",
        {"script": "1", "in_disconnected_session": True, "name": "Work"},
        ["Work", "session_name"],
    ),
    "option of another kind": ("pssession_invoke", {"script": "1", "session_name": "Work"}, ["session_name", "Work"]),
    "made already": ("pssession", {"id": 3, "culture": "de-DE"}, ["culture", "id 3"]),
    "no time": ("pssession_receive", {"timeout": 0}, ["timeout", "0"]),
}
#: Modules that want a session which is there.
WANTING = ("pssession_connect", "pssession_disconnect", "pssession_invoke", "pssession_receive")
UNKNOWN: dict[str, tuple[dict[str, typing.Any], list[str]]] = {
    "Id": ({"id": 4711}, ["4711", "pssession_info"]),
    "name": ({"name": "nobody"}, ["nobody", "state=present"]),
    "instance id": ({"instance_id": GUID}, [GUID, "scope=computer"]),
}


def _missing(words: list[str], message: str) -> list[str]:
    return [word for word in words if word not in message]


def test_what_is_refused_before_anything_is_sent(stage: Stage) -> None:
    tasks: list[Task] = []
    expected: dict[str, list[str]] = {}
    for name, needs in MODULES.items():
        for case, (options, words) in SELECTORS.items():
            tasks.append(module(f"{name}: {case}", name, {**needs, **options}, ignore_errors=True))
            expected[f"{name}: {case}"] = words
    for case, (name, options, words) in OPTIONS.items():
        tasks.append(module(case, name, options, ignore_errors=True))
        expected[case] = words
    with stage.endpoint.counting() as counts:
        played = stage.play(tasks)
    for case, words in expected.items():
        row = played.row(case)
        assert row.status == "failed", case
        assert _missing(words, row.message) == [], (case, row.message)
    assert counts["requests"] == 0
    assert "Traceback" not in played.outcome.output


def test_sessions_that_do_not_exist(stage: Stage) -> None:
    tasks = [
        module(f"{name}: {case}", name, {**MODULES[name], **options}, ignore_errors=True)
        for name in WANTING
        for case, (options, _words) in UNKNOWN.items()
    ]
    tasks += [
        module(f"absent: {case}", "pssession", {**options, "state": "absent"})
        for case, (options, _words) in UNKNOWN.items()
    ]
    with stage.endpoint.counting() as counts:
        played = stage.play(tasks)
    for name in WANTING:
        for case, (_options, words) in UNKNOWN.items():
            row = played.row(f"{name}: {case}")
            assert row.status == "failed"
            assert _missing(words, row.message) == [], (name, case, row.message)
    for case in UNKNOWN:
        row = played.row(f"absent: {case}")
        assert (row.status, row.result["changed"]) == ("ok", False)
    assert counts["action.Create"] == 0


def test_name_that_two_sessions_have(stage: Stage) -> None:
    leave = {"script": "'left'", "in_disconnected_session": True, "session_name": "twin"}
    played = stage.play(
        [
            module("first", "pssession_invoke", leave),
            module("second", "pssession_invoke", leave),
            *(
                module(f"either_{name}", name, {**MODULES[name], "name": "Twin"}, ignore_errors=True)
                for name in ("pssession_invoke", "pssession_receive")
            ),
            module("one", "pssession_receive", {"instance_id": "{{ second.session.instance_id }}"}),
            module("all", "pssession", {"name": "twin*", "state": "absent"}),
        ]
    )
    ids = [played.row(case).result["session"]["id"] for case in ("first", "second")]
    for name in ("pssession_invoke", "pssession_receive"):
        either = played.row(f"either_{name}")
        assert either.status == "failed"
        words = ["Twin", "'twin'", *(f"Id {number}" for number in ids), "instance_id"]
        assert _missing(words, either.message) == [], either.message
    assert played.row("one").result["output"] == ["left"]
    assert len(played.row("all").result["results"]) == len(ids)


def test_connection_without_sessions(stage: Stage) -> None:
    tasks = [module(name, name, needs, ignore_errors=True) for name, needs in MODULES.items()]
    played = stage.play(tasks, hosts="localhost")
    for name in MODULES:
        row = played.row(name)
        assert row.status == "failed"
        assert _missing(["ansible_connection", "remoting.powershell.pssession", "local"], row.message) == []


def test_core_s_own_connection(stage: Stage) -> None:
    """With ansible.builtin.psrp the modules work, too: in sessions of ours, with what its variables say."""
    sockets = {"ansible_pssession_socket_dir": str(stage.workspace.sockets)}
    tasks = [
        module("make", "pssession", {"name": "Work"}),
        module("leave", "pssession_invoke", {"name": "Work", "script": "$left = 'kept'"}),
        module("find", "pssession_invoke", {"name": "Work", "script": "$left"}),
        module("remove", "pssession", {"name": "Work", "state": "absent"}),
    ]
    played = stage.play(tasks, hosts="psrp1", vars=sockets)
    assert played.row("find").result["output"] == ["kept"]
    assert played.row("remove").result["changed"]
