# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for the PowerShell files of the collection."""

from __future__ import annotations

import typing

import pytest

if typing.TYPE_CHECKING:
    from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace


@pytest.fixture
def runspace() -> Runspace:
    """A session's runspace in the embedded evaluator; only for modules that skip without its libraries."""
    from ansible_collections.remoting.powershell.tests.endpoint.engine.powershell import Runspace

    return Runspace("WEB1", "alice")
