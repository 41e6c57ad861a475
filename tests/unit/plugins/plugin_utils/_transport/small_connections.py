# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to the small server, and what the tests about them share."""

from __future__ import annotations

import typing
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    TransportError,
    WSManConnection,
    WSManOptions,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_server import (
    Handler,
    Request,
    envelope,
    http,
    received,
)

SHELL = uuid.UUID("11111111-2222-3333-4444-55555555abcd")
COMMAND = uuid.UUID("99999999-8888-7777-6666-55555555abcd")
SECRET = "N0body-may-see-this"


def connect(port: int, **changes: typing.Any) -> WSManConnection:
    """A connection with Basic over http, unless changed."""
    settings: dict[str, typing.Any] = {
        "host": "127.0.0.1",
        "ssl": False,
        "user": "alice",
        "password": SECRET,
        "auth": "basic",
        "message_encryption": "never",
        "connection_timeout": 5,
        "read_timeout": 30,
        "ignore_proxy": True,
    }
    return WSManConnection(WSManOptions(port=port, **{**settings, **changes}), uuid.uuid4())


def failure(connection: WSManConnection) -> TransportError:
    """What a Receive fails with; it must not quote the password, nor chain an exception that carries the request."""
    with pytest.raises(TransportError) as caught:
        connection.receive(SHELL, COMMAND)
    assert SECRET not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or isinstance(caught.value.__context__, ValueError)
    return caught.value


def always(answer: typing.Callable[[Request], bytes | None] | bytes | None) -> Handler:
    return lambda request: answer(request) if callable(answer) else answer


def good_then(answer: bytes | None) -> Handler:
    """The first request is answered well, what comes then as given."""
    seen: list[Request] = []

    def handler(request: Request) -> bytes | None:
        seen.append(request)
        return http(envelope(request, received(b"data"))) if len(seen) == 1 else answer

    return handler
