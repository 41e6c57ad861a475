# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host calls as MS-PSRP 2.2.3.17 has them: what the user sees and is asked."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import HostAnswer, HostCall
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils.pssession.seat import CTRL_C, CTRL_D, Seat

YES_NO = [{"label": "&Yes", "helpMessage": "Do it."}, {"label": "N&o", "helpMessage": "Leave it."}]
SECRET = {"__pssession__": "secure_string", "value": "s3cret"}


def answer(seat: Seat, method: str, *arguments: typing.Any) -> HostAnswer | None:
    return seat.host.answer(HostCall(method, list(arguments), True))


def value(seat: Seat, method: str, *arguments: typing.Any) -> typing.Any:
    given = answer(seat, method, *arguments)
    assert given is not None
    assert given.error is None
    return given.value


@pytest.mark.parametrize(
    ("method", "arguments", "shown"),
    [
        ("Write1", ["a"], "a"),
        ("Write2", [7, 0, "a"], "a"),
        ("Write2", [12, 0, "a"], "\x1b[91ma\x1b[0m"),
        ("Write2", [7, 1, "a"], "\x1b[44ma\x1b[0m"),
        ("Write2", [-1, -1, "a"], "a"),
        ("WriteLine1", [], "\n"),
        ("WriteLine2", ["a\r\nb"], "a\nb\n"),
        ("WriteLine2", [None], "\n"),
        ("WriteLine3", [10, 15, "a"], "\x1b[92;107ma\x1b[0m\n"),
        ("WriteWarningLine", ["a"], "\x1b[93mWARNING: a\x1b[0m\n"),
        ("WriteVerboseLine", ["a"], "\x1b[93mVERBOSE: a\x1b[0m\n"),
        ("WriteDebugLine", ["a"], "\x1b[93mDEBUG: a\x1b[0m\n"),
        ("SetBufferContents1", [{"left": -1}, {}], "\x1b[2J\x1b[H"),
    ],
)
def test_writes(method: str, arguments: list[typing.Any], shown: str) -> None:
    seat = Seat(colored=True)
    assert answer(seat, method, *arguments) == HostAnswer()
    assert seat.screen == shown
    assert seat.errors == ""


def test_no_colors_without_a_terminal() -> None:
    seat = Seat()
    answer(seat, "WriteLine3", 10, 15, "a")
    answer(seat, "WriteWarningLine", "b")
    answer(seat, "SetBufferContents1")
    assert seat.screen == "a\nWARNING: b\n"


def test_errors_are_red_and_apart() -> None:
    seat = Seat(colored=True)
    answer(seat, "WriteErrorLine", "no\r\n")
    seat.host.record("error", {"output": "bad : worse\r\n    + CategoryInfo"})
    assert seat.errors == "\x1b[91mno\x1b[0m\n\x1b[91mbad : worse\n    + CategoryInfo\x1b[0m\n"
    assert seat.screen == ""


@pytest.mark.parametrize("call_first", [True, False])
def test_a_warning_that_comes_twice_is_shown_once(call_first: bool) -> None:
    seat = Seat()
    ways = [lambda text: answer(seat, "WriteWarningLine", text), lambda text: seat.host.record("warning", text)]
    for text in ("a", "b", "a"):
        for way in ways if call_first else reversed(ways):
            way(text)
    assert seat.screen == "WARNING: a\nWARNING: b\nWARNING: a\n"
    seat.console.at_rest()
    seat.host.record("warning", "a")
    seat.host.record("warning", "a")
    assert seat.screen.count("WARNING: a\n") == 4


def test_progress_gives_way_to_output() -> None:
    seat = Seat()
    answer(seat, "WriteProgress", 0, {"Activity": "Copy", "ActivityId": 1, "PercentComplete": 5, "Type": 0})
    seat.host.record("progress", {"activity": "Copy", "activity_id": 1, "percent_complete": 6})
    assert [activity.percent for activity in seat.progress.activities] == [5, 6]
    assert seat.progress.cleared == 0
    answer(seat, "WriteLine2", "a")
    assert seat.progress.cleared == 1


def test_read_host() -> None:
    assert value(Seat("Bob"), "ReadLine") == "Bob"


def test_read_host_as_secure_string_warns_and_hides() -> None:
    seat = Seat("s3cret")
    assert value(seat, "ReadLineAsSecureString") == SECRET
    assert seat.keyboard.hidden == ["s3cret"]
    assert seat.screen == "A script on web1 asks for an answer that is not shown. Give it only if you trust both.\n"


def test_read_key() -> None:
    assert value(Seat("x"), "ReadKey", 4) == {"character": "x"}


@pytest.mark.parametrize("method", ["PromptForCredential1", "PromptForCredential2"])
def test_get_credential(method: str) -> None:
    seat = Seat("bob", "s3cret")
    more = [3, 0] if method.endswith("2") else []
    given = value(seat, method, "Log in", "To the shop", "", "shop", *more)
    assert given == {"__pssession__": "credential", "user": "bob", "password": "s3cret"}
    assert seat.keyboard.hidden == ["s3cret"]
    assert seat.screen.startswith("\nLog in\nTo the shop\nA script on web1 asks for your credentials.")
    assert seat.screen.endswith("User: Password for user bob: ")


def test_a_known_user_is_not_asked_for() -> None:
    seat = Seat("s3cret")
    given = value(seat, "PromptForCredential1", None, None, "ann", "")
    assert given == {"__pssession__": "credential", "user": "ann", "password": "s3cret"}
    assert "User:" not in seat.screen


@pytest.mark.parametrize(
    ("typed", "default", "chosen"),
    [("y", -1, 0), ("NO", -1, 1), ("", 1, 1), ("Yes", 1, 0), ("o", 0, 1)],
)
def test_a_choice(typed: str, default: int, chosen: int) -> None:
    seat = Seat(typed)
    assert value(seat, "PromptForChoice", "Confirm", "Sure?", YES_NO, default) == chosen
    usual = "" if default < 0 else f' (default is "{"YO"[default]}")'
    assert seat.screen == f"\nConfirm\nSure?\n[Y] Yes  [O] No  [?] Help{usual}: "


def test_a_choice_is_asked_again_and_explained() -> None:
    seat = Seat("", "maybe", "?", "n", "no")
    wrapped = {"T": "System.Collections.ObjectModel.Collection`1", "V": YES_NO}
    assert value(seat, "PromptForChoice", "", "", wrapped, -1) == 1
    assert seat.screen.count("[?] Help: ") == 5
    assert "Y - Do it.\nO - Leave it.\n" in seat.screen


@pytest.mark.parametrize(("typed", "chosen"), [(["y", "o", ""], [0, 1]), ([""], [1]), (["o", "what", ""], [1])])
def test_several_choices(typed: list[str], chosen: list[int]) -> None:
    seat = Seat(*typed)
    assert value(seat, "PromptForChoiceMultipleSelection", "", "Which?", YES_NO, [1]) == chosen


def field(name: str, kind: str = "String", **more: str) -> dict[str, str]:
    return {"name": name, "parameterTypeName": kind, **more}


def test_parameters() -> None:
    seat = Seat("web", "x", "12", "1.5", "maybe", "$true", "a", "b", "", "s3cret", "bob", "pw")
    fields = [
        field("Name", label="&Name"),
        field("Count", "Int32"),
        field("Ratio", "Double"),
        field("Force", "Boolean"),
        field("List", "String[]"),
        field("Key", "SecureString"),
        field("Login", "PSCredential"),
    ]
    assert value(seat, "Prompt", "cmdlet Get-It", "Supply values", fields) == {
        "Name": "web",
        "Count": 12,
        "Ratio": 1.5,
        "Force": True,
        "List": ["a", "b"],
        "Key": SECRET,
        "Login": {"__pssession__": "credential", "user": "bob", "password": "pw"},
    }
    assert seat.screen.startswith("\ncmdlet Get-It\nSupply values\nName: Count: Count: Ratio: Force: Force: List[0]: ")
    assert seat.errors.splitlines() == [
        'Cannot recognize "x" as a System.Int32 due to a format error.',
        'Cannot recognize "maybe" as a System.Boolean due to a format error.',
    ]


def test_help_of_a_parameter() -> None:
    seat = Seat("!?", "web")
    given = value(seat, "Prompt", "", "", [field("Name", helpMessage="Of the computer.")])
    assert given == {"Name": "web"}
    assert seat.screen == "(Type !? for Help.)\nName: Of the computer.\nName: "


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
@pytest.mark.parametrize(
    ("method", "arguments"),
    [("ReadLine", []), ("ReadLineAsSecureString", []), ("PromptForChoice", ["", "", YES_NO, 0]), ("ReadKey", [0])],
)
def test_ctrl_c_at_a_question_stops_the_pipeline(method: str, arguments: list[typing.Any], key: str) -> None:
    assert answer(Seat(key), method, *arguments) is None


@pytest.mark.parametrize("method", ["SetShouldExit", "PopRunspace"])
def test_the_remote_side_leaves(method: str) -> None:
    seat = Seat()
    assert answer(seat, method, 3) == HostAnswer()
    assert seat.host.left


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("GetBufferContents", [{}], "this host cannot answer GetBufferContents"),
        ("PromptForChoice", ["a"], "the arguments of PromptForChoice are not those of MS-PSRP 2.2.3.17"),
        ("WriteWarningLine", [], "the arguments of WriteWarningLine are not those of MS-PSRP 2.2.3.17"),
    ],
)
def test_what_cannot_be_answered(method: str, arguments: list[typing.Any], error: str) -> None:
    assert answer(Seat(), method, *arguments) == HostAnswer(error=error)
