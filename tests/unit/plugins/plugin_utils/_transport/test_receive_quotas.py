# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which texts tell of a receive quota."""

from __future__ import annotations

import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._receive_quotas import receive_quota
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport._wsman_faults import (
    Asked,
    SoapFault,
    to_error,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport.faults import FaultKind

#: As Windows PowerShell 5.1 writes them; the first is reported by users with just these numbers.
OBJECT = (
    "The current deserialized object size of the data received from the remote client computer exceeded the allowed "
    "maximum object size. The current deserialized object size is 10572800. The allowed maximum object size is "
    "10485760. For more information, see the about_Remote_Troubleshooting Help topic."
)
COMMAND = (
    "The total data received from the remote client exceeded allowed maximum. Allowed maximum is 52428800. For more "
    "information, see the about_Remote_Troubleshooting Help topic."
)


def asked(command_id: uuid.UUID | None) -> Asked:
    """A Send to a command, or to the pool."""
    shell_id = uuid.UUID(int=1)
    return Asked("web01", 5985, "user", "Microsoft.PowerShell", 512000, "Send", shell_id, command_id)


@pytest.mark.parametrize(
    ("text", "limit", "of_object"),
    [
        (OBJECT, 10485760, True),
        (COMMAND, 52428800, False),
        (COMMAND.replace("52428800", "786433"), 786433, False),
        ("Die zulässige Maximalgröße wurde überschritten. Sie beträgt 52428800.", 52428800, False),
        ("Objektgröße: 10572800. Zulässige maximale Objektgröße: 10485760.", 10485760, True),
    ],
)
def test_the_quota_is_found_in_any_language(text: str, limit: int, of_object: bool) -> None:
    assert receive_quota(text) == (limit, of_object)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The WinRM service cannot process the request.",
        "The shell 10485761 has an error.",
        "Of 10485760 bytes 10485760 came.",
        "1000 2000 1048576",
        "This user is allowed a maximum number of 1500 concurrent operations, which has been exceeded.",
    ],
)
def test_other_texts_tell_of_none(text: str) -> None:
    assert receive_quota(text) is None


@pytest.mark.parametrize(
    ("text", "setting", "size"),
    [(OBJECT, "MaximumReceivedObjectSizeMB", "10 MB"), (COMMAND, "MaximumReceivedDataSizePerCommandMB", "50 MB")],
)
def test_the_error_names_quota_value_and_remedy(text: str, setting: str, size: str) -> None:
    error = to_error(SoapFault(0x80540FA0, "InternalError", text), asked(uuid.UUID(int=2)))
    assert error.kind is FaultKind.DATA_QUOTA and not error.may_have_arrived
    for part in (f"PS{setting}", size, f"Set-PSSessionConfiguration -Name Microsoft.PowerShell -{setting}", "web01"):
        assert part in error.message
    assert to_error(SoapFault(0x80540FA0, "InternalError", text), asked(None)).kind is FaultKind.OTHER
