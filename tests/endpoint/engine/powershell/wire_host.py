# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments of host calls as PSRP wants them (MS-PSRP 2.2.6) (test endpoint process)."""

from __future__ import annotations

import typing

from psrpcore import types as psrp

from . import convert, numbers, values
from .net_host import ChoiceDescription, FieldDescription
from .records import ProgressRecord


def to_host(value: object) -> typing.Any:
    """An argument of a host call: enumerations as numbers, descriptions by their fields."""
    plain = values.unwrap(value)
    if isinstance(plain, list):
        return psrp.PSList(to_host(item) for item in plain)
    if isinstance(plain, values.EnumValue):
        return psrp.PSInt(plain.value)
    if isinstance(plain, ChoiceDescription):
        choice = psrp.ChoiceDescription(plain.label, plain.help_message)
        return psrp.ChoiceDescription.ToPSObjectForRemoting(choice, for_host=True)
    if isinstance(plain, FieldDescription):
        return psrp.FieldDescription.ToPSObjectForRemoting(_field(plain), for_host=True)
    if isinstance(plain, ProgressRecord):
        return _progress(plain)
    if plain is None or isinstance(plain, bool):
        return plain
    if isinstance(plain, int):
        return psrp.PSInt64(plain) if isinstance(plain, numbers.Int64) else psrp.PSInt(plain)
    if isinstance(plain, values.SecureString):
        return psrp.PSSecureString(plain.secret)
    return psrp.PSString(convert.to_string(value))


def _field(value: FieldDescription) -> psrp.FieldDescription:
    return psrp.FieldDescription(
        Name=value.name,
        ParameterTypeName=value.parameter_type_name,
        ParameterTypeFullName=value.parameter_type_full_name,
        ParameterAssemblyFullName=value.parameter_assembly_full_name,
        Label=value.label,  # type: ignore[attr-defined]
        HelpMessage=value.help_message,  # type: ignore[attr-defined]
        IsMandatory=value.is_mandatory,
    )


def _progress(record: ProgressRecord) -> psrp.ProgressRecordMsg:
    kinds = psrp.ProgressRecordType
    return psrp.ProgressRecordMsg(
        Activity=record.activity,
        ActivityId=record.activity_id,
        StatusDescription=record.status,
        CurrentOperation=record.operation,
        ParentActivityId=record.parent_id,
        PercentComplete=record.percent,
        Type=kinds.Completed if record.completed else kinds.Processing,
        SecondsRemaining=record.seconds,
    )
