# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for something that another process will bring about; bounded, and no time is asserted (pytest process)."""

from __future__ import annotations

import collections.abc
import time

_PATIENCE = 60


def wait_for(what: str, condition: collections.abc.Callable[[], object]) -> None:
    """Return as soon as the condition holds; AssertionError that says what was waited for when it never does."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)
