# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pipeline asks its user: Read-Host, Get-Credential, choices, parameters (command's own process).

The layout is that of PowerShell's console; the values of answers are those of parameters (``_values``).
"""

from __future__ import annotations

import typing

from .. import _values
from .console import Console

#: Names of .NET types whose texts a field's value is made of.
_NUMBERS = {"Byte": int, "SByte": int, "Decimal": float, "Double": float, "Single": float}
_NUMBERS.update({f"{sign}Int{bits}": int for sign in ("", "U") for bits in (16, 32, 64)})
_TRUTHS = {"true": True, "$true": True, "1": True, "false": False, "$false": False, "0": False}


class Keyboard(typing.Protocol):
    """Where the user's answers come from."""

    def line(self) -> str:
        """A line without its end; EOFError where there is none, KeyboardInterrupt for Ctrl-C."""

    def secret(self) -> str:
        """The same without an echo."""

    def key(self) -> str:
        """One character, as soon as it is typed."""


class Questions:
    """Asks, and returns the answers as values for the wire.

    Args:
        console: Where the questions are written.
        keyboard: Where the answers come from.
        host: The computer that asks, for the warning before a secret.
    """

    def __init__(self, console: Console, keyboard: Keyboard, host: str) -> None:
        self._console = console
        self._keyboard = keyboard
        self._host = host

    def read_line(self) -> str:
        """ReadLine."""
        self._console.make_room()
        return self._keyboard.line()

    def read_key(self) -> str:
        """ReadKey."""
        self._console.make_room()
        return self._keyboard.key()

    def read_secret(self) -> dict[str, str]:
        """ReadLineAsSecureString."""
        self._warn("an answer that is not shown")
        return _values.secure_string(self._secret(""))

    def credential(self, caption: str, message: str, user: str | None) -> dict[str, str]:
        """PromptForCredential."""
        self._head(caption, message)
        self._warn("your credentials")
        name = user or self._line("User: ")
        return _values.credential(name, self._secret(f"Password for user {name}: "))

    def choice(self, caption: str, message: str, choices: typing.Sequence[typing.Any], default: int) -> int:
        """PromptForChoice: the number of one choice."""
        return self._choices(caption, message, choices, [default] if default >= 0 else [], several=False)[0]

    def several_choices(
        self, caption: str, message: str, choices: typing.Sequence[typing.Any], defaults: typing.Sequence[int]
    ) -> list[int]:
        """PromptForChoiceMultipleSelection: the numbers of any choices."""
        return self._choices(caption, message, choices, defaults, several=True)

    def fields(self, caption: str, message: str, fields: typing.Sequence[typing.Any]) -> dict[str, typing.Any]:
        """Prompt: the values of fields, by name."""
        self._head(caption, message)
        descriptions = [field for field in fields if isinstance(field, dict)]
        if any(field.get("helpMessage") for field in descriptions):
            self._console.write("(Type !? for Help.)\n")
        return {str(field.get("name")): self._field(field) for field in descriptions}

    def _field(self, field: dict[str, typing.Any]) -> typing.Any:
        label = str(field.get("label") or field.get("name")).replace("&", "")
        kind = str(field.get("parameterTypeName") or "String")
        if kind == "SecureString":
            self._warn("an answer that is not shown")
            return _values.secure_string(self._secret(f"{label}: "))
        if kind == "PSCredential":
            return self.credential("", label, None)
        if not kind.endswith("[]"):
            return self._value(f"{label}: ", kind, field)
        values: list[typing.Any] = []
        # An empty line ends the list.
        while (value := self._value(f"{label}[{len(values)}]: ", kind[:-2], field, ends=True)) is not None:
            values.append(value)
        return values

    def _value(self, prompt: str, kind: str, field: dict[str, typing.Any], ends: bool = False) -> typing.Any:
        while True:
            text = self._line(prompt)
            if text == "" and ends:
                return None
            if text == "!?":
                self._console.write(f"{field.get('helpMessage') or 'No help is available.'}\n")
                continue
            try:
                return _converted(text, kind)
            except ValueError:
                self._console.error(f'Cannot recognize "{text}" as a System.{kind} due to a format error.')

    def _choices(
        self,
        caption: str,
        message: str,
        choices: typing.Sequence[typing.Any],
        defaults: typing.Sequence[int],
        several: bool,
    ) -> list[int]:
        self._head(caption, message)
        known = [_Choice(number, choice) for number, choice in enumerate(choices)]
        marks = ", ".join(choice.key or choice.text for choice in known if choice.number in defaults)
        usual = f' (default is "{marks}")' if marks else ""
        line = "  ".join(f"[{choice.key}] {choice.text}" for choice in known)
        chosen: list[int] = []
        while True:
            prompt = f"Choice[{len(chosen)}]: " if several and chosen else f"{line}  [?] Help{usual}: "
            text = self._line(prompt).strip().lower()
            if not text and (chosen or defaults):
                return chosen or list(defaults)
            if text == "?":
                for choice in known:
                    self._console.write(f"{choice.key or choice.text} - {choice.help}\n")
                continue
            found = [choice.number for choice in known if text and text in (choice.key.lower(), choice.text.lower())]
            if found and not several:
                return found[:1]
            chosen += found[:1]

    def _head(self, caption: str, message: str) -> None:
        for text in ("" if not (caption or message) else "\n", caption, message):
            if text:
                self._console.write(text if text == "\n" else f"{text}\n")

    def _warn(self, what: str) -> None:
        self._console.write(f"A script on {self._host} asks for {what}. Give it only if you trust both.\n")

    def _line(self, prompt: str) -> str:
        self._console.write(prompt)
        return self._keyboard.line()

    def _secret(self, prompt: str) -> str:
        self._console.write(prompt)
        return self._keyboard.secret()


class _Choice:
    """A choice's text and its key, the letter after the ampersand."""

    def __init__(self, number: int, choice: typing.Any) -> None:
        label = str(choice.get("label") or "") if isinstance(choice, dict) else str(choice)
        self.number = number
        self.help = str(choice.get("helpMessage") or "") if isinstance(choice, dict) else ""
        before, _mark, after = label.partition("&")
        self.text = before + after
        self.key = after[:1].upper()


def _converted(text: str, kind: str) -> typing.Any:
    """A field's value of what was typed; ValueError where the type cannot be made of it."""
    if kind in ("Boolean", "SwitchParameter"):
        if text.lower() not in _TRUTHS:
            raise ValueError
        return _TRUTHS[text.lower()]
    return _NUMBERS[kind](text) if kind in _NUMBERS else text
