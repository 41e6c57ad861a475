# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sending half of one runspace pool: messages become fragments, in order, for the sink (test endpoint process)."""

from __future__ import annotations

import collections
import collections.abc
import contextlib
import itertools
import re
import struct
import threading
import typing
import uuid
from xml.etree import ElementTree

import psrpcore
from psrpcore.types import PSRPMessageType, PSSecureString

from .api import Sink
from .fragments import cut, whole_messages

#: MS-PSRP 2.2.1: the destination of what a server sends, and how long a message's header is.
_CLIENT, _HEADER = 1, 40
_KIND = struct.Struct("<II")
#: psrpcore leaves U+D900 to U+DBFF to ElementTree, which writes references that XML forbids.
_REFERENCE = re.compile(rb"&#(5[56]\d{3});")
#: A pipeline, or None for the pool.
Target: typing.TypeAlias = "uuid.UUID | None"


class Outbox:
    """Hands the messages of a psrpcore pool to a sink.

    psrpcore is not thread safe and keeps one queue for the pool and all its pipelines, while a sink may block for
    as long as one client reads nothing.  So a message is made under :attr:`lock`, which is never held while the sink
    is called, and waits in the queue of its target; who made it delivers it.  Messages of one target are delivered
    by one thread at a time, which keeps their order; those of different targets do not wait for one another.
    """

    def __init__(self, pool: psrpcore.ServerRunspacePool, sink: Sink) -> None:
        #: Guards the pool; whoever calls a method of it holds this.
        self.lock = threading.Lock()
        self.pool = pool
        self._sink = sink
        #: Of messages; psrpcore numbers its own, which are a part of them.
        self._object_ids = itertools.count(1)
        self._queues: dict[Target, collections.deque[bytes]] = collections.defaultdict(collections.deque)
        self._delivering: dict[Target, threading.Lock] = collections.defaultdict(threading.Lock)
        #: What stands in the header of every message of a pipeline.
        self._ids: dict[uuid.UUID, bytes] = {}

    @contextlib.contextmanager
    def using(self, target: Target) -> collections.abc.Iterator[psrpcore.ServerRunspacePool]:
        """Gives the pool to the body, and afterwards delivers what the body made it say to `target`."""
        with self.lock:
            yield self.pool
            while payload := self.pool.data_to_send():
                for _, message in whole_messages(payload.data):
                    self._queues[payload.pipeline_id].extend(cut(next(self._object_ids), _legal(message)))
            delivering = self._delivering[target]
        self._deliver(target, delivering)

    def post(self, target: uuid.UUID, kind: PSRPMessageType, body: bytes) -> None:
        """Delivers a message of a pipeline, unless the client has closed that."""
        with self.lock:
            if target not in self.pool.pipeline_table:
                return
            ids = self._ids.get(target)
            if ids is None:
                ids = self._ids[target] = self.pool.runspace_pool_id.bytes_le + target.bytes_le
            message = b"".join((_KIND.pack(_CLIENT, kind), ids, body))
            self._queues[target].extend(cut(next(self._object_ids), message))
            delivering = self._delivering[target]
        self._deliver(target, delivering)

    def encrypted(self, secret: str) -> str:
        """What an SS element of a message holds."""
        with self.lock:
            self.pool.prepare_message(PSSecureString(secret), PSRPMessageType.PipelineOutput)
            payload = self.pool.data_to_send()
        (message,) = (message for _, message in whole_messages(payload.data if payload else b""))
        return ElementTree.fromstring(message[_HEADER:]).text or ""

    def forget(self, target: Target) -> None:
        """Drops what still waits for a target that the client has closed."""
        with self.lock:
            self._queues.pop(target, None)
            self._delivering.pop(target, None)
            if target is not None:
                self._ids.pop(target, None)

    def _deliver(self, target: Target, delivering: threading.Lock) -> None:
        with delivering:
            while fragment := self._next(target):
                self._sink.data(target, fragment)

    def _next(self, target: Target) -> bytes | None:
        with self.lock:
            queue = self._queues.get(target)
            return queue.popleft() if queue else None


def _legal(message: bytes) -> bytes:
    """A message of psrpcore's with lone surrogates as PowerShell writes them."""
    if b"&#5" not in message:
        return message
    return _REFERENCE.sub(lambda match: b"_x%04X_" % int(match[1]), message)
