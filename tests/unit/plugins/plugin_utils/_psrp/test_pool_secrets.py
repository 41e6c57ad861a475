# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SecureStrings and the session key, with psrpcore's server half at the other end."""

from __future__ import annotations

import psrpcore
import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import (
    SessionKeyRequired,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.scalars import SECRET
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.values import TAG
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    by_stream,
    opened_pool,
)

WITH_INPUT = PipelineSpec([Command("a script")], expects_input=True)
SECRET_TEXT = {TAG: "secure_string", "value": "hunter2 \ud83d"}
CREDENTIAL = {TAG: "credential", "user": "me", "password": "hunter2"}


def with_parameter(value: object) -> PipelineSpec:
    return PipelineSpec([Command("a script", parameters=[("p", value)])])


@pytest.mark.parametrize("secret", [SECRET_TEXT, CREDENTIAL, [{"deep": SECRET_TEXT}]])
def test_a_secret_needs_the_session_key(secret: object) -> None:
    half = opened_pool()
    spec = with_parameter(secret)
    assert half.pool.needs_key(spec)
    with pytest.raises(SessionKeyRequired):
        half.pool.start(spec)
    pipeline, _server = half.start(WITH_INPUT)
    with pytest.raises(SessionKeyRequired):
        pipeline.input(secret)
    assert half.pool.take(10_000) is None


def test_secrets_arrive_encrypted() -> None:
    half = opened_pool()
    half.pool.request_key()
    half.pool.request_key()
    assert [type(event) for event in half.deliver()] == [psrpcore.PublicKeyEvent]
    assert not half.pool.key_exchanged
    half.answer()
    assert half.pool.key_exchanged
    spec = PipelineSpec([Command("x", parameters=[("s", SECRET_TEXT), ("c", CREDENTIAL)])])
    assert not half.pool.needs_key(spec)
    pipeline = half.pool.start(spec)
    outgoing = half.pool.take(1_000_000)
    assert outgoing is not None
    assert b"hunter2" not in outgoing.data
    half.receive(outgoing.data, outgoing.pipeline_id)
    server = half.run(pipeline.pipeline_id)
    (_s, text), (_c, credential) = server.metadata.commands[0].parameters
    assert text.decrypt() == SECRET_TEXT["value"]
    assert (credential.UserName, credential.Password.decrypt()) == ("me", "hunter2")
    server.write_output(text)
    assert by_stream(half.answer(), "output") == [SECRET]


def test_a_server_may_ask_for_the_key_exchange() -> None:
    half = opened_pool()
    half.server.request_key()
    half.answer()
    assert [type(event) for event in half.deliver()] == [psrpcore.PublicKeyEvent]


def test_secrets_are_in_no_repr() -> None:
    spec = PipelineSpec([Command("hunter2", parameters=[("p", CREDENTIAL)])])
    assert "hunter2" not in repr(spec)
