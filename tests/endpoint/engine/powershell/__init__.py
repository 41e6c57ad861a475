# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small PowerShell interpreter for machines that have no PowerShell (test endpoint process).

It answers as PowerShell 7.6 on Linux does.  One `Runspace` keeps variables, functions, aliases, modules, environment
and location between pipelines; scripts are parsed and interpreted, never recognised by their text.

The parser (scanner, expression_parser, command_parser, parser) is its own.  tree-sitter-pwsh reads valid code as
something else without a node that says so (``1..3`` as a command of that name, ``param`` on a line of its own after
``[CmdletBinding()]`` as another, ``begin { } process { }`` on one line as a third) and refuses other valid code; nor
does it know PowerShell's messages for what is wrong.  tests/unit/endpoint/powershell/test_parsers.py shows it, and
compares both on the collection's scripts.

The values of .NET that scripts use are classes in the net_* modules, the cmdlets those in commands/.  What is in
neither is an error in PowerShell's words, never a silent nothing.
"""

from __future__ import annotations

from .api import CommandCall, HostCalls, Language, Origin, Screen, Streams
from .clixml import serialize
from .errors import ErrorRecord, PipelineStopped, PSTerminating
from .records import InformationalRecord, InformationRecord, ProgressRecord
from .runspace import Runspace
from .shared import Shared
from .wire import information_message, pipeline_state
from .wire_host import to_host
from .wire_input import from_psrp

__all__ = [
    "CommandCall",
    "ErrorRecord",
    "HostCalls",
    "InformationRecord",
    "InformationalRecord",
    "Language",
    "Origin",
    "PSTerminating",
    "PipelineStopped",
    "ProgressRecord",
    "Runspace",
    "Screen",
    "Shared",
    "Streams",
    "from_psrp",
    "information_message",
    "pipeline_state",
    "serialize",
    "to_host",
]
