# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of the protocol's messages and states (broker process; MS-PSRP 2.2.1, 2.2.3.4, 2.2.3.5)."""

from __future__ import annotations

import enum


class MessageType(enum.IntEnum):
    """What a server sends."""

    SESSION_CAPABILITY = 0x00010002
    ENCRYPTED_SESSION_KEY = 0x00010006
    PUBLIC_KEY_REQUEST = 0x00010007
    RUNSPACE_AVAILABILITY = 0x00021004
    RUNSPACEPOOL_STATE = 0x00021005
    USER_EVENT = 0x00021008
    APPLICATION_PRIVATE_DATA = 0x00021009
    RUNSPACEPOOL_INIT_DATA = 0x0002100B
    RUNSPACEPOOL_HOST_CALL = 0x00021100
    PIPELINE_OUTPUT = 0x00041004
    ERROR_RECORD = 0x00041005
    PIPELINE_STATE = 0x00041006
    DEBUG_RECORD = 0x00041007
    VERBOSE_RECORD = 0x00041008
    WARNING_RECORD = 0x00041009
    PROGRESS_RECORD = 0x00041010
    INFORMATION_RECORD = 0x00041011
    PIPELINE_HOST_CALL = 0x00041100


class PoolState(enum.IntEnum):
    """RunspacePoolState, the ones that a server announces."""

    OPENED = 2
    CLOSED = 3
    BROKEN = 5


class InvocationState(enum.IntEnum):
    """PSInvocationState, the ones that end a pipeline."""

    STOPPED = 3
    COMPLETED = 4
    FAILED = 5


#: What is about the pool itself.
FOR_THE_POOL = frozenset(
    (
        MessageType.RUNSPACE_AVAILABILITY,
        MessageType.SESSION_CAPABILITY,
        MessageType.ENCRYPTED_SESSION_KEY,
        MessageType.PUBLIC_KEY_REQUEST,
        MessageType.RUNSPACEPOOL_STATE,
        MessageType.APPLICATION_PRIVATE_DATA,
        MessageType.RUNSPACEPOOL_INIT_DATA,
    )
)
HOST_CALLS = frozenset((MessageType.PIPELINE_HOST_CALL, MessageType.RUNSPACEPOOL_HOST_CALL))
#: What a pool cannot go on without.
NEEDED_WHOLE = FOR_THE_POOL | {MessageType.RUNSPACEPOOL_HOST_CALL}
#: What means nothing to a client without event subscriptions.
IGNORED = frozenset((MessageType.USER_EVENT,))
