# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the evaluator as JSON, flattened as module win_powershell flattens its output (test endpoint process)."""

from __future__ import annotations

import decimal
import math
import typing

from ..powershell import dates, values
from ..powershell.convert import to_string
from ..powershell.errors import ErrorRecord, ExceptionObject
from ..powershell.members import get_member, property_names
from ..powershell.typesystem import NetType, type_names


def flatten(value: object, depth: int) -> typing.Any:
    """What is nested deeper than `depth` becomes text; enumerations and types become tables, times ISO 8601."""
    simple, result = _simple(value, depth)
    if simple:
        return result
    if depth < 0:
        return to_string(value)
    plain = values.unwrap(value)
    if isinstance(plain, (list, bytearray)):
        return [flatten(item, depth - 1) for item in plain]
    if isinstance(plain, values.Hashtable):
        return {to_string(key): flatten(item, depth - 1) for key, item in plain.items()}
    return {name: flatten(get_member(value, name), depth - 1) for name, _kind in property_names(value)}


def _simple(value: object, depth: int) -> tuple[bool, typing.Any]:
    value = values.unwrap(value)
    if value is None or value is values.NOTHING:
        return True, None
    if isinstance(value, values.EnumValue) and depth >= 0:
        return True, {"Type": value.type.name, "String": str(value), "Value": int(value)}
    if isinstance(value, values.DateTime):
        return True, dates.format_date(value, "o")
    if isinstance(value, NetType):
        return True, value.full_name if depth < 0 else _type(value)
    if isinstance(value, values.SwitchParameter):
        return True, value.present
    return _number_or_text(value)


def _number_or_text(value: object) -> tuple[bool, typing.Any]:
    if isinstance(value, bool):
        return True, value
    if isinstance(value, int):
        return True, int(value)
    if isinstance(value, float):
        # JSON has no NaN and no infinity.
        return True, float(value) if math.isfinite(value) else to_string(value)
    if isinstance(value, decimal.Decimal):
        return True, float(value)
    if isinstance(value, values.EnumValue):
        return True, int(value)
    if isinstance(value, str):
        return True, str(value)
    return False, None


def _type(value: NetType) -> dict[str, typing.Any]:
    return {
        "Name": value.name,
        "FullName": value.full_name,
        "AssemblyQualifiedName": value.qualified_name,
        "BaseType": value.bases[0] if value.bases else None,
    }


def error(record: ErrorRecord, depth: int) -> dict[str, typing.Any]:
    """An error record as the module returns it."""
    position = record.invocation.position_message if record.invocation else ""
    category = f"{record.category.name}: ({record.target_name or ''}) [], {record.category_reason}"
    shown = [f"{record}", position, f"    + CategoryInfo          : {category}"]
    target = record.target
    return {
        "output": "\n".join([*shown, f"    + FullyQualifiedErrorId : {record.error_id}", " "]),
        "error_details": _details(record),
        "exception": _exception(record.exception),
        "target_object": flatten(target, depth),
        "category_info": {
            "category": record.category.name,
            "category_id": int(record.category),
            "activity": record.activity,
            "reason": record.category_reason,
            "target_name": record.target_name if record.target_name is not None else to_string(target),
            "target_type": record.target_type if record.target_type is not None else _short_type(target),
        },
        "fully_qualified_error_id": record.error_id,
        "script_stack_trace": record.script_stack_trace,
        "pipeline_iteration_info": list(record.pipeline_iteration),
    }


def _details(record: ErrorRecord) -> dict[str, typing.Any] | None:
    if record.details is None:
        return None
    return {"message": record.details, "recommended_action": record.recommended_action}


def _exception(exception: ExceptionObject | None) -> dict[str, typing.Any] | None:
    if exception is None:
        return None
    return {
        "message": exception.message,
        "type": exception.type_names[0],
        "help_link": None,
        "source": None,
        "hresult": exception.hresult,
        "inner_exception": _exception(exception.inner),
    }


def _short_type(target: object) -> str:
    return "" if target is None else type_names(target)[0].rpartition(".")[2]
