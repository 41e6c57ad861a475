# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host application with a user, who answers later (broker process; MS-PSRP 2.2.3.17)."""

from __future__ import annotations

import typing

from ._psrpcore import ps
from .errors import ValueNotSupported
from .host import COLORS, SCREEN, Answer, HostCall, NonInteractiveHost, written
from .values import TAG, from_json

#: What is asked for; the rest of the methods that return something are answered here, or refused.
_QUESTIONS = frozenset(
    "Prompt PromptForChoice PromptForChoiceMultipleSelection PromptForCredential1 PromptForCredential2 ReadKey "
    "ReadLine ReadLineAsSecureString".split()
)
#: What is shown or done without an answer.
_ORDERS = frozenset(
    "WriteProgress NotifyBeginApplication NotifyEndApplication SetForegroundColor SetBackgroundColor "
    "SetCursorPosition SetWindowPosition SetCursorSize SetBufferSize SetWindowSize SetWindowTitle FlushInputBuffer "
    "SetBufferContents1 SetBufferContents2 ScrollBufferContents PopRunspace".split()
)
_TITLE = "PowerShell"


class InteractiveHost(NonInteractiveHost):
    """Hands on what needs a user or a screen.

    Args:
        screen: Columns and lines; PowerShell formats its tables for them.
    """

    def __init__(self, screen: tuple[int, int] = SCREEN) -> None:
        super().__init__("Ansible PSSession Console", screen)

    def info(self) -> typing.Any:
        """A host with a user interface and a screen (MS-PSRP 2.2.3.14)."""
        size = ps.Size(*self._screen)
        origin = ps.Coordinates(0, 0)
        screen = ps.HostDefaultData(
            ForegroundColor=ps.ConsoleColor[COLORS[0]],
            BackgroundColor=ps.ConsoleColor[COLORS[1]],
            CursorPosition=origin,
            WindowPosition=origin,
            CursorSize=ps.PSInt(25),
            BufferSize=size,
            WindowSize=size,
            MaxWindowSize=size,
            MaxPhysicalWindowSize=size,
            WindowTitle=ps.PSString(_TITLE),
        )
        return ps.HostInfo(
            IsHostNull=False, IsHostUINull=False, IsHostRawUINull=False, UseRunspaceHost=False, HostDefaultData=screen
        )

    def call(self, method: str, arguments: typing.Sequence[object]) -> Answer:
        """Answer a call, or hand it on; see Host."""
        entry = written(method, arguments)
        if entry is not None and entry[0] in ("host_out", "host_err"):
            return Answer(asks=True, text=entry[1])
        if method in _QUESTIONS or method in _ORDERS:
            return Answer(asks=True)
        return super().call(method, arguments)


def typed(call: HostCall, value: object, error: str | None = None) -> Answer:
    """The user's answer to a call as the method returns it.

    Args:
        call: What was asked.
        value: The answer as a JSON value, or a tagged one as for parameters: a text for ReadLine, secure_string,
            credential, an index for PromptForChoice, a list of them for PromptForChoiceMultipleSelection, an object of
            fields for Prompt; for ReadKey an object of ``character`` and, as they are known, ``virtual_key_code``,
            ``control_key_state`` and ``key_down``.
        error: Why there is no answer; the pipeline gets it as an exception.

    Raises:
        ValueNotSupported: The method returns nothing of that kind.
    """
    if error is not None:
        return Answer(error=error)
    convert, kind = _RETURNS.get(call.method, (None, ""))
    if convert is None:
        raise ValueNotSupported(f"{call.method} takes no answer")
    answer = convert(value)
    if answer is None:
        raise ValueNotSupported(f"{call.method} must be answered with {kind}")
    return Answer(value=answer)


def _text(value: object) -> typing.Any:
    return ps.PSString(value) if isinstance(value, str) else None


def _tagged(kind: str) -> typing.Callable[[object], typing.Any]:
    return lambda value: from_json(value) if isinstance(value, dict) and value.get(TAG) == kind else None


def _index(value: object) -> typing.Any:
    return ps.PSInt(value) if isinstance(value, int) and _is_int(value) else None


def _indexes(value: object) -> typing.Any:
    return ps.PSList(map(ps.PSInt, value)) if isinstance(value, list) and all(map(_is_int, value)) else None


def _fields(value: object) -> typing.Any:
    return from_json(value) if isinstance(value, dict) and TAG not in value else None


def _key(value: object) -> typing.Any:
    if not isinstance(value, dict):
        return None
    character, code = value.get("character", "\0"), value.get("virtual_key_code", 0)
    states, down = value.get("control_key_state", 0), value.get("key_down", True)
    if not (isinstance(character, str) and len(character) == 1 and ord(character) < 0x10000):
        return None
    if not (_is_int(code) and _is_int(states) and isinstance(down, bool)):
        return None
    key = ps.KeyInfo(code, ps.PSChar(character), ps.ControlKeyStates(states), down)
    return ps.KeyInfo.ToPSObjectForRemoting(key, for_host=True)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31


_RETURNS: dict[str, tuple[typing.Callable[[object], typing.Any], str]] = {
    "ReadLine": (_text, "a text"),
    "ReadLineAsSecureString": (_tagged("secure_string"), "a secure_string"),
    "PromptForCredential1": (_tagged("credential"), "a credential"),
    "PromptForCredential2": (_tagged("credential"), "a credential"),
    "PromptForChoice": (_index, "the index of a choice"),
    "PromptForChoiceMultipleSelection": (_indexes, "a list of indexes of choices"),
    "Prompt": (_fields, "an object with a value for each field"),
    "ReadKey": (_key, "an object with a character"),
}
