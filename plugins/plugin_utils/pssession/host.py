# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host of an interactive pipeline: does what its host calls say (command's own process)."""

from __future__ import annotations

import typing

from .._wire.messages import HostAnswer, HostCall
from .console import Console
from .progress import Activity
from .questions import Questions

Arguments = typing.Sequence[typing.Any]
#: What the calls WriteWarningLine, WriteVerboseLine and WriteDebugLine write to.
_STREAMS = {"WriteWarningLine": "warning", "WriteVerboseLine": "verbose", "WriteDebugLine": "debug"}
#: Calls by which the remote side ends the interactive session: exit, and Exit-PSSession.
_ENDS = ("SetShouldExit", "PopRunspace")


class UserHost:
    """Answers the calls of MS-PSRP 2.2.3.17 that a user can see or answer.

    Args:
        console: Where they write.
        questions: Asks the user.
    """

    def __init__(self, console: Console, questions: Questions) -> None:
        self._console = console
        self._questions = questions
        #: Whether a pipeline has ended the interactive session.
        self.left = False
        self._writes: dict[str, typing.Callable[..., object]] = {
            "Write1": lambda text: console.write(_text(text)),
            "Write2": lambda fore, back, text: console.write(_text(text), _color(fore), _color(back)),
            "WriteLine1": lambda: console.write("\n"),
            "WriteLine2": lambda text: console.write(f"{_text(text)}\n"),
            "WriteLine3": lambda fore, back, text: console.write(f"{_text(text)}\n", _color(fore), _color(back)),
            "WriteErrorLine": lambda text: console.error(_text(text)),
            "SetBufferContents1": lambda *_everything: console.clear(),
            "WriteProgress": lambda _source, record: console.progress(Activity.parse(record)),
        }
        self._asks: dict[str, typing.Callable[..., typing.Any]] = {
            "ReadKey": lambda _options: {"character": questions.read_key()},
            "ReadLine": questions.read_line,
            "ReadLineAsSecureString": questions.read_secret,
            "Prompt": lambda caption, message, fields: questions.fields(_text(caption), _text(message), _list(fields)),
            "PromptForCredential1": self._credential,
            "PromptForCredential2": self._credential,
            "PromptForChoice": lambda caption, message, choices, default: questions.choice(
                _text(caption), _text(message), _list(choices), int(default)
            ),
            "PromptForChoiceMultipleSelection": lambda caption, message, choices, defaults: questions.several_choices(
                _text(caption), _text(message), _list(choices), _list(defaults)
            ),
        }

    def answer(self, call: HostCall) -> HostAnswer | None:
        """Does what a call asks for; None where the user wants the pipeline stopped instead.

        Raises KeyboardInterrupt or EOFError no more than any other error: Ctrl-C and Ctrl-D at a question stop.
        """
        if call.method in _ENDS:
            self.left = True
            return HostAnswer()
        arguments = [_plain(argument) for argument in call.arguments]
        try:
            if call.method in _STREAMS:
                self._console.message(_STREAMS[call.method], _text(arguments[-1]), by_call=True)
                return HostAnswer()
            if call.method in self._writes:
                self._writes[call.method](*arguments)
                return HostAnswer()
            if call.method in self._asks:
                return HostAnswer(self._asks[call.method](*arguments))
        except (EOFError, KeyboardInterrupt):
            self._console.write("\n")
            return None
        except (IndexError, TypeError, ValueError):
            return HostAnswer(error=f"the arguments of {call.method} are not those of MS-PSRP 2.2.3.17")
        return HostAnswer(error=f"this host cannot answer {call.method}")

    def record(self, stream: str, value: typing.Any) -> None:
        """Shows what came as a record and not as a call."""
        if stream in _STREAMS.values():
            self._console.message(stream, _text(value), by_call=False)
        elif stream == "error":
            self._console.error(_text(value.get("output") if isinstance(value, dict) else value))
        elif stream == "progress":
            self._console.progress(Activity.parse(value))
        elif stream == "exit":
            self.left = True
        elif stream == "output":
            self._console.write(f"{_text(value)}\n")

    def _credential(self, caption: typing.Any, message: typing.Any, user: typing.Any, *_more: typing.Any) -> typing.Any:
        return self._questions.credential(_text(caption), _text(message), _text(user))


def _text(value: typing.Any) -> str:
    return "" if value is None else str(value)


def _list(value: typing.Any) -> list[typing.Any]:
    return value if isinstance(value, list) else []


def _color(value: typing.Any) -> int:
    return value if isinstance(value, int) else -1


def _plain(value: typing.Any) -> typing.Any:
    """A value without the type that MS-PSRP 2.2.6.1 puts around one which is no primitive (T and V)."""
    return value["V"] if isinstance(value, dict) and value.keys() == {"T", "V"} else value
