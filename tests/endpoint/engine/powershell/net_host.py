# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""$Host and $Host.UI: the client's host application as scripts see it (test endpoint process)."""

from __future__ import annotations

import typing

from . import convert, typesystem, values
from .errors import ConversionError, NetError
from .net_cultures import CultureInfo
from .session import Session, current
from .typesystem import NetObject, NetType, net_class, register_enum
from .values import EnumType, NetList

_AUTOMATION = "System.Management.Automation."
_COLORS = (
    "Black DarkBlue DarkGreen DarkCyan DarkRed DarkMagenta DarkYellow Gray DarkGray Blue Green Cyan Red Magenta "
    "Yellow White"
)
CONSOLE_COLORS = register_enum(
    EnumType("System.ConsoleColor", {name: number for number, name in enumerate(_COLORS.split())})
)
_READ_KEY = register_enum(
    EnumType(
        f"{_AUTOMATION}Host.ReadKeyOptions",
        {"AllowCtrlC": 1, "NoEcho": 2, "IncludeKeyDown": 4, "IncludeKeyUp": 8},
        flags=True,
    )
)


def ask(session: Session, method: str, *arguments: object) -> object:
    """Calls a method of the client's host that gives an answer.

    :raises NetError: there is no user to ask.
    """
    if session.ui is None:
        message = (
            "A command that prompts the user failed because the host program or the command type does not support "
            "user interaction. The host was attempting to request confirmation with the following message: "
        )
        raise NetError(f"{_AUTOMATION}Host.HostException", message)
    return session.ui.call(method, list(arguments))


@net_class
class ChoiceDescription(NetObject):
    """One answer that PromptForChoice offers; & stands before the letter that chooses it."""

    net_name = f"{_AUTOMATION}Host.ChoiceDescription"
    net_properties = ("Label", "HelpMessage")

    def __init__(self, label: str, help_message: str = "") -> None:
        self._label, self._help = label, help_message

    def _set_help(self, text: object) -> None:
        self._help = convert.to_string(text)

    label = property(lambda self: self._label)
    help_message = property(lambda self: self._help, _set_help)


@net_class
class FieldDescription(NetObject):
    """One value that Prompt asks for."""

    net_name = f"{_AUTOMATION}Host.FieldDescription"
    net_properties = ("Name", "Label", "HelpMessage", "IsMandatory", "ParameterTypeName", "ParameterTypeFullName")

    def __init__(self, name: str) -> None:
        self._name = name
        self._texts = {"label": "", "help": ""}
        self._mandatory = True
        self.type_ = typesystem.find("System.String")

    def set_parameter_type(self, kind: object) -> None:
        self.type_ = typing.cast(NetType, kind)

    def _set_mandatory(self, value: object) -> None:
        self._mandatory = convert.to_bool(value)

    @staticmethod
    def _text(key: str) -> property:
        def store(self: FieldDescription, value: object) -> None:
            self._texts[key] = convert.to_string(value)

        return property(lambda self: self._texts[key], store)

    name = property(lambda self: self._name)
    is_mandatory = property(lambda self: self._mandatory, _set_mandatory)
    parameter_type_name = property(lambda self: self.type_.name)
    parameter_type_full_name = property(lambda self: self.type_.full_name)
    parameter_assembly_full_name = property(lambda self: values.CORE_LIBRARY)


FieldDescription.label = FieldDescription._text("label")  # type: ignore[attr-defined]
FieldDescription.help_message = FieldDescription._text("help")  # type: ignore[attr-defined]


def prompt(session: Session, caption: str, message: str, fields: typing.Sequence[FieldDescription]) -> values.Hashtable:
    """The values that the user gives for some fields, each of its field's type if it can be made one."""
    answer = ask(session, "Prompt", caption, message, list(fields))
    given = answer if isinstance(answer, values.Hashtable) else values.Hashtable()
    for field in fields:
        if field._name in given:
            try:
                given[field._name] = convert.cast(given[field._name], field.type_)
            except ConversionError:
                continue
    return given


@net_class
class HostRawUI(NetObject):
    """``$Host.UI.RawUI``: the screen, as the client described it."""

    net_name = f"{_AUTOMATION}Internal.Host.InternalHostRawUserInterface"
    net_properties = ("ForegroundColor", "BackgroundColor", "BufferSize", "WindowSize", "WindowTitle")

    def __init__(self, session: Session) -> None:
        self._session = session

    def _screen(self) -> typing.Any:
        if self._session.ui is None or self._session.ui.screen is None:
            raise NetError(f"{_AUTOMATION}Host.HostException", "The host has no screen.")
        return self._session.ui.screen

    def _size(self) -> values.ObjectValue:
        screen = self._screen()
        names = [f"{_AUTOMATION}Host.Size", "System.ValueType", "System.Object"]
        return values.ObjectValue(names, {"Width": screen.width, "Height": screen.height},
                                  f"{screen.width},{screen.height}")  # fmt: skip

    def _set_title(self, text: object) -> None:
        self._screen().title = convert.to_string(text)
        ask(self._session, "SetWindowTitle", convert.to_string(text))

    def read_key(self, options: object = None) -> object:
        chosen = convert.cast(options if options is not None else 4, typesystem.find(_READ_KEY.name))
        return ask(self._session, "ReadKey", chosen)

    def flush_input_buffer(self) -> None:
        ask(self._session, "FlushInputBuffer")

    foreground_color = property(lambda self: CONSOLE_COLORS.find(self._screen().foreground))
    background_color = property(lambda self: CONSOLE_COLORS.find(self._screen().background))
    buffer_size = window_size = max_window_size = property(_size)
    window_title = property(lambda self: self._screen().title, _set_title)


@net_class
class HostUI(NetObject):
    """``$Host.UI``: calls of the client's host."""

    net_name = f"{_AUTOMATION}Internal.Host.InternalHostUserInterface"

    def __init__(self, session: Session) -> None:
        self._session = session

    def _show(self, method: str, *arguments: object) -> None:
        if self._session.ui is not None:
            self._session.ui.call(method, list(arguments))

    def _inform(self, kind: str, text: str) -> None:
        """Warnings and their like are records, too, which the pipeline's streams show to the host."""
        self._session.frames[-1].informational(kind, text, "Continue")

    def write(self, *arguments: object) -> None:
        self._show("Write2" if len(arguments) == 3 else "Write1", *_colored(arguments))

    def write_line(self, *arguments: object) -> None:
        self._show({0: "WriteLine1", 1: "WriteLine2"}.get(len(arguments), "WriteLine3"), *_colored(arguments))

    def write_error_line(self, text: str) -> None:
        self._show("WriteErrorLine", text)

    def write_warning_line(self, text: str) -> None:
        self._inform("warning", text)

    def write_verbose_line(self, text: str) -> None:
        self._inform("verbose", text)

    def write_debug_line(self, text: str) -> None:
        self._inform("debug", text)

    def read_line(self) -> object:
        return ask(self._session, "ReadLine")

    def read_line_as_secure_string(self) -> object:
        return ask(self._session, "ReadLineAsSecureString")

    def prompt(self, caption: str, message: str, fields: object) -> object:
        items = fields if isinstance(fields, list) else [fields]
        return prompt(self._session, caption, message, [_cast(FieldDescription, item) for item in items])

    def prompt_for_choice(self, caption: str, message: str, choices: object, default: object) -> object:
        offered = [_cast(ChoiceDescription, item) for item in typing.cast("list[object]", choices)]
        if isinstance(default, list):
            method = "PromptForChoiceMultipleSelection"
            chosen = ask(self._session, method, caption, message, offered, default)
            return NetList("System.Collections.ObjectModel.Collection`1", typing.cast("list[object]", chosen))
        return ask(self._session, "PromptForChoice", caption, message, offered, convert.to_int(default))

    def prompt_for_credential(self, caption: str, message: str, user: str, target: str, *options: object) -> object:
        method = f"PromptForCredential{2 if options else 1}"
        return ask(self._session, method, caption, message, user, target, *map(convert.to_int, options))

    raw_ui = property(lambda self: HostRawUI(self._session))
    supports_virtual_terminal = property(lambda self: False)


def _cast(kind: type[typing.Any], value: object) -> typing.Any:
    return convert.cast(values.unwrap(value), typesystem.find(kind.net_name))


def _colored(arguments: typing.Sequence[object]) -> list[object]:
    """Two colors and a text, or a text alone."""
    color = typesystem.find(CONSOLE_COLORS.name)
    return [*(convert.cast(item, color) for item in arguments[:-1]), *map(convert.to_string, arguments[-1:])]


@net_class
class InternalHost(NetObject):
    """``$Host``"""

    net_name = f"{_AUTOMATION}Internal.Host.InternalHost"
    net_properties = ("Name", "Version", "InstanceId", "CurrentCulture", "CurrentUICulture")

    def __init__(self, session: Session) -> None:
        self._session = session

    name = property(lambda self: "ServerRemoteHost")
    version = property(lambda self: values.Version((7, 6, 5)))
    instance_id = property(lambda self: self._session.instance_id)
    ui = property(lambda self: HostUI(self._session))
    current_culture = property(lambda self: CultureInfo(self._session.origin.culture))
    current_ui_culture = property(lambda self: CultureInfo(self._session.origin.ui_culture))

    def set_should_exit(self, code: int) -> None:
        current().frames[-1].streams.exit(code)
