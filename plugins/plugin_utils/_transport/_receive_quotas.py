# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PowerShell's limits for what a client sends, as its faults tell of them (broker process).

A session configuration has two, PSMaximumReceivedObjectSizeMB (10) and PSMaximumReceivedDataSizePerCommandMB (50).
Whoever goes beyond one gets a fault of the PowerShell plugin, which has no code of its own: only its text tells, "The
current deserialized object size of the data received from the remote client computer exceeded the allowed maximum
object size. The current deserialized object size is 10572800. The allowed maximum object size is 10485760.", or "The
total data received from the remote client exceeded the allowed maximum. The allowed maximum is 52428800."
"""

from __future__ import annotations

import re
import typing

_MEGA = 1024 * 1024
_NUMBER = re.compile(r"\d{4,15}")
_TEXT = re.compile(r"received from the remote client.* exceeded .*allowed maximum", re.IGNORECASE | re.DOTALL)


class ReceiveQuota(typing.NamedTuple):
    """One of the two."""

    #: Bytes.
    limit: int
    #: Of one object; else of all that is sent to one command.
    is_of_object: bool

    def described(self, configuration_name: str) -> str:
        """What is allowed, what sets it, and what to do."""
        size = f"{self.limit / _MEGA:g} MB"
        if self.is_of_object:
            what, setting = f"objects of at most {size}", "MaximumReceivedObjectSizeMB"
            remedy = "Divide the value into several smaller ones"
        else:
            what, setting = (
                f"at most {size} of input and parameters for one command",
                ("MaximumReceivedDataSizePerCommandMB"),
            )
            remedy = "Divide the input among several tasks"
        return (
            f"takes {what} (PS{setting} of session configuration {configuration_name!r}), and this is more. {remedy}, "
            "or copy a file (ansible.windows.win_copy) and read it there, or raise the quota on the computer with "
            f"Set-PSSessionConfiguration -Name {configuration_name} -{setting}"
        )


def receive_quota(text: str) -> ReceiveQuota | None:
    """The quota that a fault's text tells of, or None.

    Texts come in the computer's language. There the numbers tell: the size and then the limit of an object, or the
    limit alone, which is in whole megabytes.
    """
    numbers = [int(number) for number in _NUMBER.findall(text)]
    if not numbers or len(numbers) > 2:
        return None
    limit = numbers[-1]
    is_exceeded = len(numbers) == 1 or numbers[0] > limit
    if _TEXT.search(text) or (limit and limit % _MEGA == 0 and is_exceeded):
        return ReceiveQuota(limit, len(numbers) == 2)
    return None
