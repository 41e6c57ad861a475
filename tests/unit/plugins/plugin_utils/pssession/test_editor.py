# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where lines come from: a pipe, Python's input, prompt_toolkit."""

from __future__ import annotations

import io
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession import editor, toolkit
from ansible_collections.remoting.powershell.plugins.plugin_utils.pssession.remote import Completions


def complete(line: str, cursor: int) -> Completions:
    """Completes the last word before the cursor to two commands."""
    start = line.rfind(" ", 0, cursor) + 1
    word = line[start:cursor]
    names = [name for name in ("Get-Item", "Get-ItemProperty") if name.lower().startswith(word.lower())]
    return Completions(start, len(word), [(name, name) for name in names])


def read_all(lines: editor.Editor) -> list[str]:
    """What an editor reads up to the end of its input."""
    found = []
    while True:
        try:
            found.append(lines.read(lambda: "PS> "))
        except EOFError:
            return found


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("1\n2\n", ["1", "2"]),
        ("if (1) {\n2\n}\n3", ["if (1) {\n2\n}", "3"]),
        ("Get-Item |\r\nOut-Null\r\n", ["Get-Item |\nOut-Null"]),
        ("@'\nunfinished\n", ["@'\nunfinished"]),
        ("", []),
    ],
)
def test_a_pipe_has_no_prompts(
    text: str, inputs: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    lines = editor.make(complete, plain=False)
    assert isinstance(lines, editor.Piped)
    assert read_all(lines) == inputs
    assert capsys.readouterr().out == ""


def test_plain_input_goes_on_in_the_next_line(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["foreach ($i in 1..2) {", "$i", "}"])
    prompts = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return next(typed)

    monkeypatch.setattr("builtins.input", ask)
    assert editor.Plain(complete).read(lambda: "\x1b[92mPS>\x1b[0m ") == "foreach ($i in 1..2) {\n$i\n}"
    assert prompts == ["\x01\x1b[92m\x02PS>\x01\x1b[0m\x02 ", ">> ", ">> "]


@pytest.mark.parametrize(
    ("line", "candidates"),
    [
        ("get-i", ["Get-Item", "Get-ItemProperty"]),
        ("$x = Get-ItemP", ["$x = Get-ItemProperty"]),
        ("nothing", []),
    ],
)
def test_plain_completion_gives_whole_lines(line: str, candidates: list[str]) -> None:
    readline = pytest.importorskip("readline")
    editor.Plain(complete)
    candidate = readline.get_completer()
    assert [candidate(line, number) for number in range(len(candidates) + 1)] == [*candidates, None]
    assert readline.get_completer_delims() == ""


def test_answers_are_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Bob\r\ns3cret\nxy"))
    keyboard = editor.Keyboard()
    assert (keyboard.line(), keyboard.secret(), keyboard.key(), keyboard.key()) == ("Bob", "s3cret", "x", "y")
    for ask in (keyboard.line, keyboard.secret, keyboard.key):
        with pytest.raises(EOFError):
            ask()


def typed_into_toolkit(keys: str, times: int = 1) -> tuple[list[str], list[str]]:
    """What the editor of prompt_toolkit reads of these keys, and its history."""
    pytest.importorskip("prompt_toolkit")
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        lines = toolkit.Toolkit(complete, ">> ")
        pipe.send_text(keys)
        read = [lines.read(lambda: "PS> ") for _time in range(times)]
        return read, typing.cast(typing.Any, lines)._session.history.get_strings()


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("Get-Date\r", "Get-Date"),
        ("Get-Dat\x1b[De\x7fa\r", "Get-Daat"),
        ("if (1) {\r2\r}\r", "if (1) {\n2\n}"),
    ],
)
def test_toolkit_edits(keys: str, line: str) -> None:
    assert typed_into_toolkit(keys)[0] == [line]


def test_toolkit_remembers() -> None:
    assert typed_into_toolkit("first\rsecond\r", times=2) == (["first", "second"], ["first", "second"])


@pytest.mark.parametrize(("key", "error"), [("\x03", KeyboardInterrupt), ("\x04", EOFError)])
def test_toolkit_tells_keys_from_lines(key: str, error: type[BaseException]) -> None:
    with pytest.raises(error):
        typed_into_toolkit(key)


def test_toolkit_completes_what_the_remote_side_names() -> None:
    pytest.importorskip("prompt_toolkit")
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    completer: typing.Any = toolkit._completer(complete)
    found = list(completer.get_completions(Document("$x = get-i | Out-Null", 10), CompleteEvent()))
    assert [(match.text, match.start_position) for match in found] == [("Get-Item", -5), ("Get-ItemProperty", -5)]
