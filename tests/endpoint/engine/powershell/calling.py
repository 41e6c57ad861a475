# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calling what Python has of a .NET type: its members, their arguments, what they raise (test endpoint process)."""

from __future__ import annotations

import functools
import inspect
import typing

from . import convert, typesystem, values
from .errors import Category, ConversionError, ExceptionObject, NetError, PSTerminating, runtime_error
from .typesystem import NetType
from .values import unwrap

AUTOMATION = "System.Management.Automation."


class static_property:  # noqa: N801 - stands beside property
    """A static property: its function is called without arguments."""

    def __init__(self, function: typing.Callable[[], object]) -> None:
        self.function = function


@functools.cache
def table_of(members: type) -> dict[str, object]:
    """The members of a Python class by their names in .NET, in lower case."""
    table: dict[str, object] = {}
    for cls in reversed(members.__mro__[:-1]):
        for name, value in vars(cls).items():
            if not name.startswith("_"):
                table[name.replace("_", "").lower()] = value
    return table


def declared(net_type: NetType) -> dict[str, object]:
    """All members of a type by the names that .NET gives them, as far as they can be told from Python's."""
    found: dict[str, object] = {}
    for full_name in reversed(net_type.type_names):
        members = net_type.members if full_name == net_type.full_name else typesystem.lookup_members(full_name)
        for cls in reversed(members.__mro__[:-1]) if members else ():
            listed = {name.lower(): name for name in getattr(cls, "net_properties", ())}
            for name, value in vars(cls).items():
                if not name.startswith(("_", "net_")):
                    pascal = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
                    found[listed.get(pascal.lower(), pascal)] = value
    return found


def member_of(net_type: NetType, name: str) -> object:
    for full_name in net_type.type_names:
        members = net_type.members if full_name == net_type.full_name else typesystem.lookup_members(full_name)
        if members and (found := table_of(members).get(name.lower())) is not None:
            return found
    return None


def wrap_io(error: OSError, path: object = None, writing: bool = False) -> NetError:
    """What .NET says of a failed file operation; of one that makes a file it is the folder that is missing."""
    name = str(error.filename if path is None else path)
    if writing and isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return NetError("System.IO.DirectoryNotFoundException", f"Could not find a part of the path '{name}'.")
    if isinstance(error, FileNotFoundError):
        return NetError("System.IO.FileNotFoundException", f"Could not find file '{name}'.", FileName=name)
    if isinstance(error, (PermissionError, IsADirectoryError)):
        return NetError("System.UnauthorizedAccessException", f"Access to the path '{name}' is denied.")
    if isinstance(error, NotADirectoryError):
        return NetError("System.IO.IOException", f"The directory name is invalid. : '{name}'")
    if isinstance(error, FileExistsError):
        return NetError("System.IO.IOException", f"The file '{name}' already exists.")
    return NetError("System.IO.IOException", f"{error.strerror} : '{name}'")


def converted(function: typing.Callable[..., object], arguments: typing.Sequence[object], skip: int) -> list[object]:
    """The arguments as the function's annotations ask for them.

    :raises TypeError: their number does not fit.
    """
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    result: list[object] = []
    for position, argument in enumerate(arguments):
        index = min(position + skip, len(parameters) - 1) if parameters else 0
        annotation = str(parameters[index].annotation) if parameters else ""
        plain = unwrap(argument)
        try:
            result.append(_CONVERSIONS[annotation](plain) if annotation in _CONVERSIONS else plain)
        except ConversionError as error:
            name, *rest = parameters[index].name.strip("_").split("_")
            dotnet = name + "".join(part.capitalize() for part in rest)
            kind = _NET_NAMES.get(annotation, "System.Object")
            raise argument_error(dotnet, argument, function.__name__.title().replace("_", ""), kind, error) from None
    signature.bind(*([None] * skip), *result)
    return result


def _text_or_none(value: object) -> object:
    return None if value is None else convert.to_string(value)


_NET_NAMES = {"int": "System.Int32", "str": "System.String", "bool": "System.Boolean", "float": "System.Double"}
_CONVERSIONS: dict[str, typing.Callable[[object], object]] = {
    "int": convert.to_int,
    "str": convert.to_string,
    "str | None": _text_or_none,
    "bool": convert.to_bool,
    "float": lambda value: typing.cast(float, convert.cast(value, typesystem.find("System.Double"))),
    "bytearray": lambda value: convert.to_array(value, typesystem.find("System.Byte")),
}


def run(
    function: typing.Callable[..., object], name: str, prefix: tuple[object, ...], arguments: typing.Sequence[object]
) -> object:
    """Calls a member's function; what it raises becomes what PowerShell makes of it."""
    try:
        prepared = converted(function, arguments, len(prefix))
    except TypeError:
        message = f'Cannot find an overload for "{name}" and the argument count: "{len(arguments)}".'
        method = f"{AUTOMATION}MethodException"
        error_id = "MethodCountCouldNotFindBest"
        raise runtime_error(message, error_id, Category.NotSpecified, type_name=method) from None
    try:
        result = function(*prefix, *prepared)
        # A method of type void gives nothing, not even null.
        void = getattr(function, "__annotations__", {}).get("return") in (None, "None")
        return values.NOTHING if result is None and void else result
    except NetError as error:
        raise method_error(name, len(arguments), error.exception) from None
    except OSError as error:
        raise method_error(name, len(arguments), wrap_io(error).exception) from None
    except ConversionError as error:
        raise method_error(name, len(arguments), error.exception.inner or error.exception) from None
    except (ValueError, OverflowError, LookupError) as error:
        inner = ExceptionObject(
            "System.ArgumentException", str(error) or "Value does not fall within the expected range."
        )
        raise method_error(name, len(arguments), inner) from None


def argument_error(parameter: str, value: object, method: str, kind: str, error: ConversionError) -> PSTerminating:
    """A method's argument that is none of its parameter's type."""
    message = (
        f'Cannot convert argument "{parameter}", with value: "{convert.to_string(value)}", for "{method}" to type '
        f'"{kind}": "{error}"'
    )
    error_id = "MethodArgumentConversionInvalidCastArgument"
    method_exception = f"{AUTOMATION}MethodException"
    return runtime_error(message, error_id, Category.NotSpecified, inner=error.exception, type_name=method_exception)


def method_error(name: str, count: int, inner: ExceptionObject) -> PSTerminating:
    """An exception of .NET, wrapped as a method call's."""
    message = f'Exception calling "{name}" with "{count}" argument(s): "{inner.message}"'
    error_id = inner.type_names[0].rpartition(".")[2]
    return runtime_error(
        message, error_id, Category.NotSpecified, inner=inner, type_name=f"{AUTOMATION}MethodInvocationException"
    )


def no_method(type_name: str, name: str) -> PSTerminating:
    message = f"Method invocation failed because [{type_name}] does not contain a method named '{name}'."
    return runtime_error(message, "MethodNotFound", Category.InvalidOperation, name)
