# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command's user did wrong, or what went wrong for him (command's own process)."""

from __future__ import annotations


class CommandFailed(Exception):
    """A failure with the text that the user reads.

    Args:
        message: What happened, with which option or host, and what to do.
        code: The exit code.
    """

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class NoSessionsThere(CommandFailed):
    """A host whose connection is none of PowerShell's: no failure where a pattern means other hosts, too."""
