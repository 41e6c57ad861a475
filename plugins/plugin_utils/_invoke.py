# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pssession_invoke's arguments to a `Run` (ansible worker)."""

from __future__ import annotations

import codecs
import math
import typing

from . import _creation, _pipeline, _results, _selector, _values, scripts
from ._wire.errors import usage_error
from ._wire.messages import Command, Run
from ._wire.record import replaced
from ._wire.target import Target, unfit_name

_ERROR_ACTIONS = {"continue": "Continue", "silently_continue": "SilentlyContinue", "stop": "Stop"}
#: Each decoder drops its mark; UTF-32's begins as that of UTF-16 does.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: The most that ConvertTo-Json of Windows PowerShell takes, less the level that is ours.
_DEEPEST = 99
#: How many values one object may be made of where `depth` counts: no hang where a process is followed ten levels down.
_MAX_PARTS = 100_000

ARGUMENT_SPEC: dict[str, dict[str, typing.Any]] = {
    **_selector.SEVERAL,
    "arguments": {"type": "list", "elements": "raw"},
    "chdir": {"type": "str"},
    "command": {"type": "str"},
    "creates": {"type": "str"},
    "depth": {"type": "int"},
    "error_action": {"type": "str", "choices": list(_ERROR_ACTIONS)},
    "idle_timeout": {"type": "int"},
    "in_disconnected_session": {"type": "bool", "default": False},
    "input": {"type": "list", "elements": "raw"},
    "output_buffering_mode": {"type": "str", "choices": list(_creation.BUFFERING_MODES)},
    "output_format": {"type": "str", "choices": ["objects", "text"], "default": "objects"},
    "parameters": {"type": "dict"},
    "path": {"type": "path"},
    "removes": {"type": "str"},
    "script": {"type": "str"},
    "sensitive_parameters": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "password": {"type": "str", "no_log": True},
            "username": {"type": "str"},
            "value": {"type": "str", "no_log": True},
        },
        "mutually_exclusive": [("value", "username"), ("value", "password")],
        "required_one_of": [("value", "username")],
        "required_together": [("username", "password")],
        # The values are marked one by one; the list itself holds no more than names.
        "no_log": False,
    },
    "session_name": {"type": "str"},
    "temporary": {"type": "bool", "default": False},
    "timeout": {"type": "float"},
}
CONSTRAINTS: dict[str, typing.Any] = {
    "mutually_exclusive": [("script", "path", "command")],
    "required_one_of": [("script", "path", "command")],
}
#: What is decided on the host by a script of ours, which a bare command does without.
_OF_SCRIPTS = ("chdir", "creates", "depth", "removes")
#: What describes the session that in_disconnected_session makes.
_OF_LEFT_SESSIONS = ("idle_timeout", "output_buffering_mode", "session_name")


def check(arguments: dict[str, typing.Any], selected: _selector.Selection) -> None:
    """Raises PSSessionError (usage) that names the option, its value and the remedy."""
    _check_texts(arguments)
    if arguments["command"]:
        for name in _OF_SCRIPTS:
            if arguments[name] is not None:
                raise usage_error(
                    f"{name} is {arguments[name]!r}, and command sends no script that could heed it, so that it works "
                    f"in sessions without a language. Remove {name}, or use script."
                )
    _check_session(arguments, selected)
    _creation.check_idle_timeout(arguments["idle_timeout"])
    name = arguments["session_name"]
    if name is not None and (why := unfit_name(name)) is not None:
        raise usage_error(f"session_name is {name!r}: {why}.")
    if arguments["timeout"] is not None and not 0 < arguments["timeout"] < math.inf:
        raise usage_error(f"timeout is {arguments['timeout']:g}: it must be a number of seconds, more than 0.")
    if arguments["depth"] is not None and not 1 <= arguments["depth"] <= _DEEPEST:
        raise usage_error(
            f"depth is {arguments['depth']}: it must be from 1 to {_DEEPEST}. Without it objects come as PowerShell "
            "Remoting sends them."
        )


def _check_session(arguments: dict[str, typing.Any], selected: _selector.Selection) -> None:
    """A new session is not one that is selected, and what is left on the server has a life of its own."""
    left = arguments["in_disconnected_session"]
    if left and arguments["temporary"]:
        raise usage_error(
            "temporary and in_disconnected_session are mutually exclusive: one removes what the other leaves."
        )
    for option in ("temporary", "in_disconnected_session"):
        if arguments[option] and not (selected.selector.implicit and not selected.nothing):
            hint = "; session_name names it" if left else ""
            given = "the empty list" if selected.nothing else _selector.described(selected.selector)
            raise usage_error(f"{option} is true, which makes a new session{hint}. Remove {given}, or {option}.")
    for name in _OF_LEFT_SESSIONS:
        if arguments[name] is not None and not left:
            raise usage_error(
                f"{name} is {arguments[name]!r}: it belongs to in_disconnected_session, which is false. "
                "Sessions that exist were given theirs by pssession."
            )
    if left and arguments["timeout"] is not None:
        raise usage_error(
            f"timeout is {arguments['timeout']:g}: nobody waits for what runs in a disconnected session. "
            "Remove it; idle_timeout says how long the session may last."
        )


def check_script(text: str, option: str) -> None:
    """Raises PSSessionError (usage) for a script with a nul character; most are files in UTF-16 without a mark."""
    if "\0" in text:
        raise usage_error(
            f"{option} holds a nul character (at character {text.index(chr(0)) + 1}). Save a file in UTF-16 with its "
            "byte order mark, or in UTF-8; in a script `0 within double quotes stands for the character."
        )


def _check_texts(arguments: dict[str, typing.Any]) -> None:
    check_script(arguments["script"] or "", "script")
    for name in ("chdir", "command", "creates", "path", "removes"):
        if "\0" in (arguments[name] or ""):
            raise usage_error(f"{name} is {arguments[name]!r}: a nul character can be in no name. Remove it.")
    for name in ("command", "path"):
        if arguments[name] is not None and not arguments[name].strip():
            raise usage_error(f"{name} is {arguments[name]!r}: it must not be empty.")


def request(target: Target, arguments: dict[str, typing.Any], check_mode: bool, verbosity: int) -> Run:
    """The pipeline that the arguments ask for, in the session that all tasks of the host share.

    Args:
        target: Who connects where.
        arguments: As ARGUMENT_SPEC has validated them; where a file was given its text is in `script`.
        check_mode: Whether the script may predict only.
        verbosity: Ansible's, for ``$Ansible.Verbosity``.

    Raises PSSessionError (usage) for a value that has no PowerShell form.
    """
    named = _named(arguments)
    positional = _values.to_wire(arguments["arguments"] or [], "arguments")
    if arguments["command"]:
        commands = _commands(arguments, named, positional)
    else:
        commands = [_script(arguments, named, positional, check_mode, verbosity)]
    values = arguments["input"]
    return Run(
        _left(target, arguments) if arguments["in_disconnected_session"] else target,
        commands,
        input="none" if values is None else "values",
        values=_values.to_wire(values or [], "input"),
        output="objects",
        shared=True,
        timeout=arguments["timeout"],
        temporary=arguments["temporary"],
        leave=arguments["in_disconnected_session"],
        epilogue=None if arguments["command"] else _pipeline.epilogue(),
        max_output=_results.MAX_OUTPUT,
    )


def decoded(content: bytes, path: str) -> str:
    """A script file's text: in the encoding that its byte order mark names, or UTF-8; raises PSSessionError (usage)."""
    marked = [encoding for mark, encoding in _MARKS.items() if content.startswith(mark)]
    try:
        return content.decode(marked[0] if marked else "utf-8")
    except UnicodeDecodeError as error:
        raise usage_error(
            f"path is {path!r}, which is no text in {error.encoding} (byte {error.start}). "
            "Save it as UTF-8, or with a byte order mark."
        ) from None


def secrets(arguments: dict[str, typing.Any]) -> list[str]:
    """The texts that no result may show."""
    sensitive = arguments["sensitive_parameters"] or []
    return [str(secret[key]) for secret in sensitive for key in ("value", "password") if secret[key]]


def _left(target: Target, arguments: dict[str, typing.Any]) -> Target:
    """The target of a session that is left on the server; the broker knows for how long the server allows that."""
    # Block, the server's default, would suspend the work as soon as the buffer is full. Where there is no such server
    # the broker says so, and not that of an option which nobody has set.
    default = "Drop" if target.can_disconnect else None
    return replaced(
        target,
        session_name=arguments["session_name"] or target.session_name,
        idle_timeout=arguments["idle_timeout"],
        output_buffering_mode=arguments["output_buffering_mode"] or default,
    )


def _named(arguments: dict[str, typing.Any]) -> dict[str, typing.Any]:
    named = typing.cast("dict[str, typing.Any]", _values.to_wire(arguments["parameters"] or {}, "parameters"))
    pairs = [("parameters", name) for name in named]
    for secret in arguments["sensitive_parameters"] or []:
        pairs.append(("sensitive_parameters", secret["name"]))
        if secret["value"] is not None:
            named[secret["name"]] = _values.secure_string(secret["value"])
        else:
            named[secret["name"]] = _values.credential(secret["username"], secret["password"])
    _check_names(pairs)
    return named


def _check_names(pairs: list[tuple[str, str]]) -> None:
    """PowerShell compares the names of parameters without regard to case."""
    met: dict[str, str] = {}
    for option, name in pairs:
        if not name or "\0" in name:
            raise usage_error(f"{option} has the name {name!r}: no parameter is called so.")
        if name.casefold() in met:
            raise usage_error(
                f"{option} has {name!r}, and {met[name.casefold()]} is the same parameter for PowerShell, which "
                "ignores case. Remove one."
            )
        met[name.casefold()] = f"{name!r} of {option}"


def _commands(
    arguments: dict[str, typing.Any], named: dict[str, typing.Any], positional: list[typing.Any]
) -> list[Command]:
    """A bare command, no script around it: what a session without a language takes (JEA)."""
    if arguments["error_action"]:
        given = [name for name in named if name.casefold() in ("erroraction", "ea")]
        if given:
            raise usage_error(
                f"error_action is {arguments['error_action']!r}, and parameters has {given[0]!r}, which means the same "
                "for a command. Remove one."
            )
        named = {**named, "ErrorAction": _ERROR_ACTIONS[arguments["error_action"]]}
    parameters = [[None, value] for value in positional] + [list(pair) for pair in named.items()]
    commands = [Command(str(arguments["command"]), is_script=False, parameters=parameters)]
    if arguments["output_format"] == "text":
        commands.append(Command("Out-String", is_script=False, parameters=[["Stream", True]]))
    return commands


def _script(
    arguments: dict[str, typing.Any],
    named: dict[str, typing.Any],
    positional: list[typing.Any],
    check_mode: bool,
    verbosity: int,
) -> Command:
    """invoke.ps1 in the session's global scope, with everything that it needs in one parameter."""
    settings = {
        "Script": str(arguments["script"]),
        "Parameters": named,
        "Arguments": positional,
        "HasInput": arguments["input"] is not None,
        "ErrorAction": _ERROR_ACTIONS.get(arguments["error_action"], ""),
        "CheckMode": check_mode,
        "Verbosity": verbosity,
        "Creates": str(arguments["creates"] or ""),
        "Removes": str(arguments["removes"] or ""),
        "Chdir": str(arguments["chdir"] or ""),
        "Depth": 0 if arguments["depth"] is None else arguments["depth"] + 1,
        "AsText": arguments["output_format"] == "text",
        "MaxParts": _MAX_PARTS,
    }
    return Command(scripts.read("invoke"), use_local_scope=False, parameters=[["__pssession", settings]])
