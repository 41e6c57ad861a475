# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages and secrets stay out of logs and texts."""

from __future__ import annotations

import io
import logging
import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._transport import (
    WSManOptions,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_connections import (
    COMMAND,
    SECRET,
    SHELL,
    always,
    connect,
    failure,
)
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._transport.small_server import (
    SmallServer,
    envelope,
    http,
    received,
)


def test_nothing_is_logged_even_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    with SmallServer(lambda request: http(envelope(request, received(b"data")))) as server:
        with caplog.at_level(logging.DEBUG):
            connection = connect(server.port)
            connection.receive(SHELL, COMMAND)
        with SmallServer(always(None)) as other, caplog.at_level(logging.DEBUG):
            failure(connect(other.port))
    assert caplog.records == []


@pytest.fixture
def pypsrp_logger() -> typing.Iterator[logging.Logger]:
    """A logger below pypsrp's as PYPSRP_LOG_CFG may configure it; put back afterwards."""
    logger = logging.getLogger("pypsrp.wsman")
    yield logger
    logger.setLevel(logging.NOTSET)
    logger.handlers.clear()


def test_logging_that_was_configured_for_pypsrp_is_taken_back(pypsrp_logger: logging.Logger) -> None:
    stream = io.StringIO()
    pypsrp_logger.disabled = False
    pypsrp_logger.setLevel(logging.DEBUG)
    pypsrp_logger.addHandler(logging.StreamHandler(stream))
    with SmallServer(lambda request: http(envelope(request, received(b"data")))) as server:
        connect(server.port).receive(SHELL, COMMAND)
    assert stream.getvalue() == ""


def test_options_keep_secrets_out_of_their_repr() -> None:
    options = WSManOptions(
        host="h", port=1, password=SECRET, certificate_key_password=SECRET, proxy=f"http://u:{SECRET}@p"
    )
    assert SECRET not in repr(options)
