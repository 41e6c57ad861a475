# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fresh runspace for each test (test process)."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.tests.unit.endpoint.powershell.shell import Shell


@pytest.fixture
def shell() -> Shell:
    return Shell()
