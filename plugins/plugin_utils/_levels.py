# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a module's or a command's script runs in a session: the one place where the level is chosen (ansible worker).

`plain`: what core sends goes unchanged into a session whose runspace is kept. Other levels leave static texts and
compiled code in the session; they come with a later version.
"""

from __future__ import annotations

import re
import typing

from ._command_line import CommandLine, Dialect
from ._results import MAX_OUTPUT
from ._wire.messages import Command, Run
from ._wire.target import Target

#: Whoever asks for the exit code of the last program means one of this task, and a kept runspace has older ones, too.
#: Ansible's own lines ask whether there is one (`Get-Variable`), and are written for a runspace that is not strict.
_FORGET_EXIT_CODE = (
    "Microsoft.PowerShell.Utility\\Remove-Variable -Name LASTEXITCODE -Scope Global -ErrorAction Ignore "
    "-Confirm:$false -Verbose:$false -WhatIf:$false; Microsoft.PowerShell.Core\\Set-StrictMode -Off; "
)
#: What a user's line ends with reads it, and his session may be strict.
_EMPTY_EXIT_CODE = "$global:LASTEXITCODE = $null; "
#: What may only stand at the beginning of a script, after comments.
_MUST_BE_FIRST = (
    r"(?is)(?:\s|#[^\n]*\n|<#.*?#>)*"
    r"(?:(?:param|using|\[cmdletbinding)\b|(?:begin|process|end|clean|dynamicparam)\s*\{)"
)


def request(target: Target, command: CommandLine, in_data: bytes | None, spoken: Dialect) -> tuple[Run, bytes]:
    """The request that runs a command line's script, and its input."""
    # A module's input brings its own bootstrap, which takes no exit code from elsewhere.
    alone = not in_data and not re.match(_MUST_BE_FIRST, command.script)
    before = _FORGET_EXIT_CODE if command.encoded else _EMPTY_EXIT_CODE
    script = Command(
        before + command.script if alone else command.script,
        # A module leaves no variable behind in the session.
        use_local_scope=True,
        parameters=[[None, argument] for argument in command.arguments],
    )
    if not in_data:
        return Run(target, [script], output="strings", max_output=MAX_OUTPUT), b""
    kind: typing.Literal["lines", "text"] = "lines" if spoken.lines else "text"
    return Run(target, [script], input=kind, output="strings", max_output=MAX_OUTPUT), in_data
