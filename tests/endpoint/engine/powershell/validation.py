# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What validation attributes refuse on parameters and variables, and how they say so (test endpoint process)."""

from __future__ import annotations

import re
import typing

from . import convert, syntax, values
from .operators import compare, equal
from .patterns import regex
from .sequences import as_list

if typing.TYPE_CHECKING:
    from .session import Frame

#: Tells what is wrong with a value; None where nothing is.
Validator = typing.Callable[[object], str | None]


def validator_of(attribute: syntax.Attribute, arguments: list[object]) -> Validator | None:
    """A validation attribute as a function that tells what is wrong with a value."""
    kind = attribute.name.lower().replace("attribute", "")
    maker = _VALIDATORS.get(kind.rpartition(".")[2])
    return maker(arguments) if maker else None


def problem_of(attributes: typing.Sequence[syntax.Attribute], value: object, frame: Frame) -> str | None:
    """What the validation attributes have against a value; None where it is nothing."""
    from .expressions import evaluate

    for attribute in attributes:
        validator = validator_of(attribute, [evaluate(node, frame) for node in attribute.positional])
        if validator and (problem := validator(value)):
            return problem
    return None


def _validate_set(arguments: list[object]) -> Validator:
    def validate(value: object) -> str | None:
        for item in as_list(value):
            if not any(equal(convert.to_string(item), argument) for argument in arguments):
                names = ",".join(map(convert.to_string, arguments))
                return (
                    f'The argument "{convert.to_string(item)}" does not belong to the set "{names}" '
                    "specified by the ValidateSet attribute. Supply an argument that is in the set and "
                    "then try the command again."
                )
        return None

    return validate


def validate_range(arguments: list[object]) -> Validator:
    """ValidateRange: the least and the greatest value."""
    low, high = arguments[0], arguments[-1]

    def validate(value: object) -> str | None:
        for item in as_list(value):
            text = convert.to_string(item)
            if compare(item, low) < 0:
                bound = convert.to_string(low)
                return (
                    f"The {text} argument is less than the minimum allowed range of {bound}. Supply an "
                    f"argument that is greater than or equal to {bound} and then try the command again."
                )
            if compare(item, high) > 0:
                bound = convert.to_string(high)
                return (
                    f"The {text} argument is greater than the maximum allowed range of {bound}. Supply an "
                    f"argument that is less than or equal to {bound} and then try the command again."
                )
        return None

    return validate


def _validate_not_null(empty: bool) -> typing.Callable[[list[object]], Validator]:
    def make(arguments: list[object]) -> Validator:
        def validate(value: object) -> str | None:
            if value is None:
                return (
                    "The argument is null. Provide a valid value for the argument, and then try running "
                    "the command again."
                )
            if empty and (value == "" or (isinstance(value, (list, values.Hashtable)) and not len(value))):
                return (
                    "The argument is null or empty. Provide an argument that is not null or empty, and "
                    "then try the command again."
                )
            return None

        return validate

    return make


def _validate_pattern(arguments: list[object]) -> Validator:
    pattern = regex(arguments[0], re.IGNORECASE)

    def validate(value: object) -> str | None:
        for item in as_list(value):
            text = convert.to_string(item)
            if not pattern.search(text):
                return (
                    f'The argument "{text}" does not match the "{convert.to_string(arguments[0])}" '
                    f'pattern. Supply an argument that matches "{convert.to_string(arguments[0])}" and '
                    "try the command again."
                )
        return None

    return validate


def _validate_length(arguments: list[object]) -> Validator:
    low, high = (convert.to_int(argument) for argument in arguments)

    def validate(value: object) -> str | None:
        for item in as_list(value):
            size = len(convert.to_string(item))
            if size < low:
                return (
                    f"The character length ({size}) of the argument is too short. Specify an argument with a length "
                    f'that is greater than or equal to "{low}", and then try the command again.'
                )
            if size > high:
                return (
                    f"The character length of the {size} argument is too long. Shorten the character length of the "
                    f'argument so it is fewer than or equal to "{high}" characters, and then try the command again.'
                )
        return None

    return validate


def _validate_count(arguments: list[object]) -> Validator:
    low, high = (convert.to_int(argument) for argument in arguments)

    def validate(value: object) -> str | None:
        if not isinstance(value, (list, bytearray)):
            return (
                "The ValidateCount attribute cannot be applied to a non-array parameter. Either remove the attribute "
                "from the parameter or make the parameter an array parameter."
            )
        if low <= len(value) <= high:
            return None
        return (
            f"The parameter requires at least {low} value(s) and no more than {high} value(s) - {len(value)} value(s) "
            "were provided."
        )

    return validate


def _validate_script(arguments: list[object]) -> Validator:
    def validate(value: object) -> str | None:
        from .session import current

        block = typing.cast(values.ScriptBlock, arguments[0])
        if convert.to_bool(current().call_block(block, [value], item=value)):
            return None
        return (
            f'The "{block.text}" validation script for the argument with value '
            f'"{convert.to_string(value)}" did not return a result of True. Determine why the validation '
            "script failed, and then try the command again."
        )

    return validate


_VALIDATORS: dict[str, typing.Callable[[list[object]], Validator]] = {
    "validateset": _validate_set, "validaterange": validate_range, "validatenotnull": _validate_not_null(False),
    "validatenotnullorempty": _validate_not_null(True), "validatepattern": _validate_pattern,
    "validatelength": _validate_length, "validatecount": _validate_count, "validatescript": _validate_script,
}  # fmt: skip
