# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a value is in a loop, an operator or a pipeline: one object or several (test endpoint process)."""

from __future__ import annotations

import typing

from . import numbers, values
from .values import unwrap


def sequence(value: object) -> list[object] | None:
    """A list as it is, bytes as their numbers, None for anything else."""
    value = unwrap(value)
    if isinstance(value, list):
        return value
    return [numbers.Byte(item) for item in value] if isinstance(value, bytearray) else None


def as_list(value: object) -> list[object]:
    """What a loop over the value sees."""
    if value is None or value is values.NOTHING:
        return []
    items = sequence(value)
    return [value] if items is None else items


def enumerate_value(value: object) -> typing.Iterator[object]:
    """The objects that a value puts into a pipeline; tables and strings stay whole."""
    if value is values.NOTHING:
        return iter(())
    items = sequence(value)
    if items is not None:
        return iter(list(items))
    if isinstance(unwrap(value), typing.Iterator):
        return typing.cast("typing.Iterator[object]", unwrap(value))
    return iter((value,))
