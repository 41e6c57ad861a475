# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument checks of Ansible.Basic's AnsibleModule, with its order and its messages (test endpoint process)."""

from __future__ import annotations

import collections.abc
import dataclasses
import json
import typing

from .results import ModuleFailedError

_TRUE = ("y", "yes", "on", "1", "true", "t", "1.0")
_FALSE = ("n", "no", "off", "0", "false", "f", "0.0")

_NET_TYPES: dict[type, str] = {
    bool: "System.Boolean",
    int: "System.Int32",
    float: "System.Double",
    str: "System.String",
    list: "System.Object[]",
    dict: "System.Collections.Hashtable",
}

Arguments = dict[str, typing.Any]
Kind = typing.Literal["str", "bool", "int", "list", "dict", "path"]


@dataclasses.dataclass(frozen=True)
class Option:
    """One option of a module."""

    kind: Kind = "str"
    default: typing.Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    no_log: bool = False
    elements: Kind | None = None
    #: For a dict, or a list of them.
    options: Spec | None = None


@dataclasses.dataclass(frozen=True)
class Spec:
    """The argument specification of a module, or of an option that is a dict."""

    options: collections.abc.Mapping[str, Option]
    mutually_exclusive: tuple[tuple[str, ...], ...] = ()
    required_one_of: tuple[tuple[str, ...], ...] = ()
    required_together: tuple[tuple[str, ...], ...] = ()


class ArgumentCheck:
    """Checks the arguments of one call.

    :param expand: expands ``%NAME%`` as ExpandEnvironmentVariables does.
    """

    def __init__(self, module: str, expand: collections.abc.Callable[[str], str]) -> None:
        self._module = module
        self._expand = expand
        self._context: list[str] = []
        #: Values that must not be seen in the result.
        self.secrets: set[str] = set()

    def check(self, spec: Spec, given: collections.abc.Mapping[str, typing.Any]) -> Arguments:
        """Returns the arguments with aliases and defaults resolved, converted; raises ModuleFailedError."""
        arguments = self._resolve_aliases(spec, given)
        self._collect_secrets(spec, arguments)
        self._check_supported(spec, arguments)
        for names in spec.mutually_exclusive:
            if sum(name in arguments for name in names) > 1:
                self._fail(f"parameters are mutually exclusive: {', '.join(names)}")
        self._check_required(spec, arguments)
        for name, option in spec.options.items():
            if arguments.get(name) is not None:
                arguments[name] = self._converted(name, option, arguments[name])
        for names in spec.required_together:
            if len({name in arguments for name in names}) > 1:
                self._fail(f"parameters are required together: {', '.join(names)}")
        for names in spec.required_one_of:
            if not any(name in arguments for name in names):
                self._fail(f"one of the following is required: {', '.join(names)}")
        for name, option in spec.options.items():
            arguments[name] = self._sub_options(name, option, arguments.get(name))
        return arguments

    def _resolve_aliases(self, spec: Spec, given: collections.abc.Mapping[str, typing.Any]) -> Arguments:
        arguments = dict(given)
        for name, option in spec.options.items():
            for alias in option.aliases:
                if alias in arguments:
                    arguments[name] = arguments[alias]
        return arguments

    def _collect_secrets(self, spec: Spec, arguments: Arguments) -> None:
        for name, option in spec.options.items():
            if option.no_log and arguments.get(name):
                self.secrets.add(str(arguments[name]))

    def _check_supported(self, spec: Spec, arguments: Arguments) -> None:
        legal = [*spec.options, *(alias for option in spec.options.values() for alias in option.aliases)]
        by_lower = {name.lower(): name for name in legal}
        unsupported = [name for name in arguments if name.lower() not in by_lower]
        if unsupported:
            supported = self._in_context(
                f"Unsupported parameters for ({self._module}) module: {', '.join(unsupported)}"
            )
            raise ModuleFailedError(f"{supported}. Supported parameters include: {', '.join(legal)}")
        for name in [name for name in arguments if name not in legal]:
            arguments[by_lower[name.lower()]] = arguments.pop(name)

    def _check_required(self, spec: Spec, arguments: Arguments) -> None:
        for name, option in spec.options.items():
            if option.default is not None:
                arguments.setdefault(name, option.default)
        missing = [name for name, option in spec.options.items() if option.required and name not in arguments]
        if missing:
            self._fail(f"missing required arguments: {', '.join(missing)}")

    def _converted(self, name: str, option: Option, value: typing.Any) -> typing.Any:
        try:
            value = self._convert(option.kind, value)
        except ValueError as error:
            self._fail(
                f"argument for {name} is of type {_net_type(value)} and we were unable to convert to "
                f"{option.kind}: {error}"
            )
        if option.choices:
            values = [str(item) for item in value] if option.kind == "list" else [str(value)]
            lower = [choice.lower() for choice in option.choices]
            wrong = [item for item in values if item.lower() not in lower]
            if wrong:
                which = "one or more of" if option.kind == "list" else "one of"
                choices = ", ".join(option.choices)
                self._fail(f"value of {name} must be {which}: {choices}. Got no match for: {', '.join(wrong)}")
        return value

    def _sub_options(self, name: str, option: Option, value: typing.Any) -> typing.Any:
        if value is None or option.elements is None:
            return value
        if option.options is None:
            return [self._element(name, option.elements, item) for item in value]
        self._context.append(name)
        checked = [self.check(option.options, self._element(name, "dict", item)) for item in value]
        self._context.pop()
        return checked

    def _element(self, name: str, kind: Kind, value: typing.Any) -> typing.Any:
        try:
            return self._convert(kind, value)
        except ValueError as error:
            return self._fail(
                f"argument for list entry {name} is of type {_net_type(value)} and we were unable to convert to "
                f"{kind}: {error}"
            )

    def _convert(self, kind: Kind, value: typing.Any) -> typing.Any:
        if kind == "path":
            return self._expand(_string(value))
        converters: dict[str, collections.abc.Callable[[typing.Any], typing.Any]] = {
            "str": _string,
            "bool": _bool,
            "int": _int,
            "list": _list,
            "dict": _dict,
        }
        return converters[kind](value)

    def _fail(self, message: str) -> typing.NoReturn:
        raise ModuleFailedError(self._in_context(message))

    def _in_context(self, message: str) -> str:
        return f"{message} found in {' -> '.join(self._context)}" if self._context else message


def _string(value: typing.Any) -> str:
    # .NET's spelling of booleans and of nested values, where Python's would differ.
    return value if isinstance(value, str) else str(value)


def _bool(value: typing.Any) -> bool:
    text = _string(value).lower().strip()
    if text not in _TRUE + _FALSE:
        valid = ", ".join(_TRUE + _FALSE)
        raise ValueError(f"The value '{text}' is not a valid boolean. Valid booleans include: {valid}")
    return text in _TRUE


def _int(value: typing.Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The input string '{value}' was not in a correct format.") from error


def _list(value: typing.Any) -> list[typing.Any]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if isinstance(value, list):
        return list(value)
    if isinstance(value, (int, float)):
        return [value]
    raise ValueError(f"{_net_type(value)} cannot be converted to a list")


def _dict(value: typing.Any) -> dict[str, typing.Any]:
    if isinstance(value, dict):
        return dict(value)
    if not isinstance(value, str):
        raise ValueError(f"{_net_type(value)} cannot be converted to a dict")
    if value.startswith("{"):
        return dict(json.loads(value))
    if "=" not in value:
        raise ValueError("string cannot be converted to a dict, must either be a JSON string or in the key=value form")
    return dict(part.strip().split("=", 1) for part in value.replace(",", " ").split())


def _net_type(value: typing.Any) -> str:
    return _NET_TYPES.get(type(value), "System.Object")
