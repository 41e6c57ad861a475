# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to a test endpoint, of every kind, and what the tests about them share."""

from __future__ import annotations

import typing
import uuid

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    TransportError,
    WSManConnection,
    WSManOptions,
)
from ansible_collections.remoting.powershell.tests.endpoint.config import Quotas
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.echo_engine import (
    OPENED,
    fragment,
)

KINDS = ["http-basic", "http-ntlm", "http-negotiate", "http-credssp", "https-basic", "https-ntlm", "https-certificate"]
#: With these each request authenticates itself.
STATELESS = ["http-basic", "https-basic", "https-certificate"]
WAIT = fragment(b"WAIT")


class Connections:
    """Makes connections to an endpoint and closes them at the end."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._made: list[WSManConnection] = []

    def __call__(
        self, kind: str = "http-ntlm", session_id: uuid.UUID | None = None, **changes: typing.Any
    ) -> WSManConnection:
        protocol, auth = kind.split("-")
        computer = self._endpoint.config.computers[0]
        settings: dict[str, typing.Any] = {"host": "127.0.0.1", "user": "alice", "password": "Secret-1", "auth": auth}
        if protocol == "https":
            port = self._endpoint.https_ports[computer]
            settings.update(ssl=True, cert_validation=str(self._endpoint.ca_file))
        else:
            port = self._endpoint.http_ports[computer]
            settings.update(ssl=False, message_encryption="never" if auth == "basic" else "auto")
        if auth == "certificate":
            certificate, key = self._endpoint.authority.client_certificate("alice")
            settings.update(certificate_pem=str(certificate), certificate_key_pem=str(key), user=None, password=None)
        options = WSManOptions(port=port, **{**settings, **changes})
        self._made.append(WSManConnection(options, session_id or uuid.uuid4()))
        return self._made[-1]

    def close(self) -> None:
        for connection in self._made:
            connection.close()


def open_shell(connection: WSManConnection) -> uuid.UUID:
    shell_id = uuid.uuid4()
    created = connection.create(shell_id, OPENED)
    assert created.shell_id == shell_id
    assert connection.receive(shell_id, None).data == OPENED
    return shell_id


def quotas(endpoint: Endpoint) -> Quotas:
    return endpoint.computers[endpoint.config.computers[0]].quotas


def failure(call: typing.Callable[[], object]) -> TransportError:
    with pytest.raises(TransportError) as caught:
        call()
    return caught.value
