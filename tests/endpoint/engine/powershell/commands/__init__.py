# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmdlets, by theme (test endpoint process)."""

from __future__ import annotations

from . import (
    administration,
    content,
    credentials,
    data,
    documents,
    flow,
    items,
    locations,
    measure,
    members,
    objects,
    output,
    remoting,
    state,
    system,
    tables,
    values,
)

__all__ = [
    "administration", "content", "credentials", "data", "documents", "flow", "items", "locations", "measure",
    "members", "objects",
    "output", "remoting", "state", "system", "tables", "values",
]  # fmt: skip
