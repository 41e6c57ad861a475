# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that tests start where users have PowerShell: the real one, or the endpoint behind its streams."""

from __future__ import annotations

import os
import pathlib
import shlex
import sys

from .engine.choose import find_pwsh

#: The folder that `ansible_collections` is in.
_IMPORTS = pathlib.Path(__file__).parents[5]


def powershell_program(folder: pathlib.Path) -> str:
    """The path of a PowerShell; where there is none, of a stand-in in a folder, which takes any arguments."""
    return find_pwsh() or write_stand_in(folder)


def write_stand_in(folder: pathlib.Path) -> str:
    """A program that speaks the protocol of ``pwsh -s`` with the embedded engine, whoever starts it."""
    path = folder / "pwsh"
    search = os.pathsep.join([str(_IMPORTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    module = __package__
    compiled = ["-X", f"pycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    command = [sys.executable, *compiled, "-m", module, "--engine", "embedded", "--stdio"]
    path.write_text(f"#!/bin/sh\nPYTHONPATH={shlex.quote(search)} exec {shlex.join(command)}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)
