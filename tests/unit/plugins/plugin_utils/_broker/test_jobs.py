# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request's pipeline, as it is sent."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import jobs
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Command, Run
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target


@pytest.mark.parametrize("history", [False, True])
def test_who_works_by_hand_has_a_history_on_the_remote_side(history: bool) -> None:
    request = Run(Target("web1", 5985, False), [Command("Get-Date")], interactive=True, history=history)
    assert jobs.spec(request).add_to_history is history
