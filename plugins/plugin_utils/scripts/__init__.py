# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's PowerShell code, kept as files in the language of Windows PowerShell 5.1 (ansible worker)."""

from __future__ import annotations

import functools
import pathlib


@functools.cache
def read(name: str) -> str:
    """The text of a script of this folder, by its name without ``.ps1``; raises OSError."""
    return pathlib.Path(__file__).with_name(f"{name}.ps1").read_text("utf-8")
