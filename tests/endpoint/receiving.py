# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Receive: the long poll in which a client fetches output (test endpoint process)."""

from __future__ import annotations

import base64
import time
from xml.sax.saxutils import quoteattr

from . import soap
from .computer import Computer, Peer
from .output import Batch, Channel, Receiver
from .shells import Command, Shell
from .wsmanfault import aborted, command_not_found, operation_timeout, response_too_large, stream_disconnected

_STATE = soap.RSP + "/CommandState/"
#: Real seconds after which a waiting Receive looks whether its client is still there.
_LOOK = 0.5
#: Real seconds that gathering may take at most.
_GATHER_AT_MOST = 0.05


def take(computer: Computer, envelope: soap.Envelope, peer: Peer, shell: Shell, channel: Channel, room: int) -> Batch:
    """Waits for output with the shell's lock held.  A later Receive of the same output ends this one."""
    if not channel.connected:
        raise stream_disconnected()
    if channel.delivered:
        raise command_not_found()
    channel.interrupt(aborted())
    receiver = channel.receiver = Receiver()
    timeout = computer.quotas.max_timeout_ms / 1000
    until = computer.clock.now() + min(envelope.operation_timeout or timeout, timeout)
    try:
        while not channel.ready:
            left = until - computer.clock.now()
            if receiver.fault is not None:
                raise receiver.fault
            if left <= 0:
                raise operation_timeout()
            shell.changed.wait(min(computer.clock.real(left), _LOOK))
            if receiver.fault is None and not channel.ready and peer.gone():
                raise aborted()
        _gather(computer, shell, channel, room)
        if receiver.fault is not None:
            raise receiver.fault
    finally:
        if channel.receiver is receiver:
            channel.receiver = None
    batch = channel.take(room)
    if not batch.pieces and not batch.done:
        raise response_too_large()
    return batch


def _gather(computer: Computer, shell: Shell, channel: Channel, room: int) -> None:
    """Output often comes in a burst whose last part is the end of the command: one answer carries it all.

    Not once there is more than an answer has room for: the engine may wait already.
    """
    quiet = computer.manners.receive_gather
    until = time.monotonic() + min(_GATHER_AT_MOST, quiet * 10)
    while quiet and not channel.done and not channel.closed and time.monotonic() < until:
        if channel.size * 4 // 3 >= room:
            return
        if not shell.changed.wait(quiet):
            return


def give_back(shell: Shell, channel: Channel, batch: Batch) -> None:
    with shell.changed:
        channel.put_back(batch)


def receive_response(batch: Batch, command: Command | None, running: bool) -> str:
    attribute = "" if command is None else f" CommandId={quoteattr(command.command_id)}"
    parts = ["<rsp:ReceiveResponse>"]
    for piece in batch.pieces:
        end = ' End="true"' if piece.end else ""
        data = base64.b64encode(piece.data).decode()
        parts.append(f"<rsp:Stream Name={quoteattr(piece.stream)}{attribute}{end}>{data}</rsp:Stream>")
    if batch.done:
        state = f"<rsp:ExitCode>{batch.exit_code}</rsp:ExitCode>"
        parts.append(f'<rsp:CommandState{attribute} State="{_STATE}Done">{state}</rsp:CommandState>')
    elif running and command is not None:
        parts.append(f'<rsp:CommandState{attribute} State="{_STATE}Running"></rsp:CommandState>')
    parts.append("</rsp:ReceiveResponse>")
    return "".join(parts)
