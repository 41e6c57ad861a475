# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the demo looks, with and without a terminal."""

from __future__ import annotations

import io

import pytest

from ansible_collections.remoting.powershell.playbooks.demo.playback import Task
from ansible_collections.remoting.powershell.playbooks.demo.screen import Screen


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal, or not."""

    def __init__(self, is_terminal: bool, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def text(self) -> str:
        self.seek(0)
        return self.read()


@pytest.fixture(autouse=True)
def _terminal_with_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def _task() -> Task:
    results: dict[str, dict[str, object]] = {"web01": {"output": ["hello"]}, "web02": {"msg": "no route"}}
    return Task("Ping", {"web01": "ok", "web02": "fatal"}, results)


def _shown(is_terminal: bool, encoding: str = "utf-8") -> str:
    stream = Terminal(is_terminal, encoding)
    screen = Screen(stream, 2)
    screen.step("First")
    screen.task(_task())
    screen.table(["Id", "Name"], [[1, "a"], [12, "bc"]])
    return stream.text()


def test_plain() -> None:
    assert _shown(is_terminal=False).splitlines() == [
        "",
        "[1/2] First",
        "      ✗ Ping                                      web01 ok        web02 fatal",
        "          web01: hello",
        "          web02: no route",
        "",
        "      Id  Name",
        "      --  ----",
        "       1  a",
        "      12  bc",
    ]


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\033[31m✗\033[0m" in _shown(is_terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert _shown(is_terminal=True) == _shown(is_terminal=False)


def test_stream_that_takes_no_unicode() -> None:
    assert "x Ping" in _shown(is_terminal=False, encoding="ascii")
