# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of faults: what may be sent again and what may not."""

from __future__ import annotations

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.recovery import Decision, Phase, decide
from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import FaultKind, TransportError


@pytest.mark.parametrize(
    ("phase", "kind", "arrived", "decision"),
    [
        (Phase.OPENING, FaultKind.UNREACHABLE, False, Decision.FAIL),
        (Phase.OPENING, FaultKind.AUTHENTICATION, False, Decision.FAIL),
        (Phase.OPENING, FaultKind.QUOTA, False, Decision.FAIL),
        (Phase.OPENING, FaultKind.LOST, True, Decision.ASK),
        (Phase.IDLE, FaultKind.SHELL_NOT_FOUND, False, Decision.REOPEN),
        (Phase.IDLE, FaultKind.WRONG_STATE, False, Decision.RECONNECT),
        (Phase.STARTING, FaultKind.LOST, True, Decision.ASK),
        (Phase.STARTING, FaultKind.LOST, False, Decision.RETRY),
        (Phase.STARTING, FaultKind.REFUSED, False, Decision.RETRY),
        (Phase.OPENING, FaultKind.LOST, False, Decision.RETRY),
        (Phase.OPENING, FaultKind.REFUSED, False, Decision.FAIL),
        (Phase.IDLE, FaultKind.LOST, False, Decision.RETRY),
        (Phase.STARTING, FaultKind.REFUSED, True, Decision.ASK),
        (Phase.STARTING, FaultKind.ALREADY_EXISTS, False, Decision.ASK),
        (Phase.STARTING, FaultKind.UNREACHABLE, False, Decision.FAIL),
        (Phase.STARTING, FaultKind.SHELL_NOT_FOUND, False, Decision.REOPEN),
        (Phase.STARTING, FaultKind.WRONG_STATE, False, Decision.RECONNECT),
        (Phase.STARTING, FaultKind.ENVELOPE_TOO_LARGE, False, Decision.SHRINK),
        (Phase.ASKING, FaultKind.COMMAND_NOT_FOUND, False, Decision.GIVE_UP),
        (Phase.RECEIVING, FaultKind.LOST, True, Decision.RETRY),
        (Phase.RECEIVING, FaultKind.UNREACHABLE, False, Decision.RETRY),
        (Phase.RECEIVING, FaultKind.WRONG_STATE, False, Decision.RECONNECT),
        (Phase.RECEIVING, FaultKind.SHELL_NOT_FOUND, False, Decision.GIVE_UP),
        (Phase.SENDING, FaultKind.LOST, True, Decision.GIVE_UP),
        (Phase.SENDING, FaultKind.UNREACHABLE, False, Decision.RETRY),
        (Phase.RECONNECTING, FaultKind.SHELL_NOT_FOUND, False, Decision.REOPEN),
        (Phase.RECONNECTING, FaultKind.BUSY, False, Decision.FAIL),
        (Phase.RECONNECTING, FaultKind.LOST, False, Decision.RETRY),
    ],
)
def test_a_fault_leads_to(phase: Phase, kind: FaultKind, arrived: bool, decision: Decision) -> None:
    assert decide(phase, TransportError(kind, "", may_have_arrived=arrived)) is decision


@pytest.mark.parametrize("kind", FaultKind)
def test_a_command_that_may_have_arrived_is_never_just_repeated(kind: FaultKind) -> None:
    assert decide(Phase.STARTING, TransportError(kind, "", may_have_arrived=True)) is not Decision.RETRY


@pytest.mark.parametrize("kind", FaultKind)
@pytest.mark.parametrize("phase", [Phase.RECEIVING, Phase.ASKING, Phase.SENDING])
def test_nothing_is_made_anew_while_something_may_run(phase: Phase, kind: FaultKind) -> None:
    fault = TransportError(kind, "", may_have_arrived=True)
    assert decide(phase, fault) in (Decision.RETRY, Decision.RECONNECT, Decision.GIVE_UP)
