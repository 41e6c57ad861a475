# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools that break, logs, and threads."""

from __future__ import annotations

import logging
import threading
import uuid

import pytest
from psrpcore import types as ps

from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp import _psrpcore
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.errors import (
    MissingLibraryError,
    ProtocolError,
    StateError,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.messages import MessageType
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pool import PoolClient
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import PipelineState, Record
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._psrp.server_half import (
    fragments,
    message,
    opened_pool,
)

WITH_INPUT = PipelineSpec([Command("a script")], expects_input=True)


def test_a_broken_pool_loses_what_runs() -> None:
    half = opened_pool()
    pipeline, _server = half.start()
    ended, server = half.start()
    server.complete()
    half.answer()
    exception = ps.NETException(Message="out of memory")
    half.server.set_broken(ps.ErrorRecord(Exception=exception, CategoryInfo=ps.ErrorCategoryInfo()))
    (record,) = half.answer()
    assert (record.pipeline_id, record.stream) == (None, "state")
    assert isinstance(record.value, dict)
    assert record.value["state"] == "broken"
    assert half.pool.broken is not None
    assert "out of memory" in half.pool.broken
    assert not half.pool.opened
    assert (pipeline.state, ended.state) == (PipelineState.LOST, PipelineState.COMPLETED)
    with pytest.raises(StateError, match="out of memory"):
        half.pool.start(WITH_INPUT)
    with pytest.raises(ProtocolError):
        half.pool.feed(b"")


def test_what_came_before_a_fault_is_not_lost() -> None:
    half = opened_pool()
    pipeline, _server = half.start()
    good = fragments(100, message(MessageType.PIPELINE_OUTPUT, "<S>good</S>", pipeline.pipeline_id))[0]
    bad = fragments(101, message(MessageType.PIPELINE_OUTPUT, "<S>bad", pipeline.pipeline_id))[0]
    with pytest.raises(ProtocolError) as caught:
        half.pool.feed(good + bad)
    assert caught.value.records == [Record(pipeline.pipeline_id, "output", "good")]
    assert pipeline.state is PipelineState.LOST
    assert half.pool.broken == str(caught.value)


@pytest.mark.parametrize(
    ("message_type", "xml"),
    [
        (0x99, "<S>x</S>"),
        (0x00021006, "<S>x</S>"),
        (MessageType.ENCRYPTED_SESSION_KEY, '<Obj RefId="0"><MS><S N="EncryptedSessionKey">AAAA</S></MS></Obj>'),
        (MessageType.RUNSPACEPOOL_STATE, '<Obj RefId="0"><MS><S N="RunspaceState">2</S></MS></Obj>'),
        (MessageType.SESSION_CAPABILITY, "<Nil />"),
        (MessageType.RUNSPACEPOOL_HOST_CALL, "<Nil />"),
        (
            MessageType.RUNSPACEPOOL_HOST_CALL,
            '<Obj RefId="0"><MS><I64 N="ci">1</I64><I32 N="mi">99</I32><Nil N="mp" /></MS></Obj>',
        ),
    ],
)
def test_a_message_that_makes_no_sense_breaks_the_pool(message_type: int, xml: str) -> None:
    half = opened_pool()
    with pytest.raises(ProtocolError):
        half.pool.feed(fragments(100, message(message_type, xml, None))[0])
    assert half.pool.broken is not None


def test_messages_that_mean_nothing_to_us_are_ignored() -> None:
    half = opened_pool()
    half.server.send_event(1, "source")
    assert half.answer() == []
    assert half.pool.opened


def test_no_message_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    half = opened_pool()
    pipeline, server = half.start(PipelineSpec([Command("a script", parameters=[("p", "a parameter")])]))
    server.write_output("an output")
    half.answer()
    assert pipeline.state is PipelineState.RUNNING
    assert caplog.records == []


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_psrpcore, "_IMPORT_ERROR", ImportError("No module named 'psrpcore'"))
    with pytest.raises(MissingLibraryError, match="pip install psrpcore"):
        PoolClient(uuid.uuid4())


def test_threads_may_share_a_pool() -> None:
    half = opened_pool()
    pipelines = [half.start(WITH_INPUT)[0] for _number in range(4)]

    def send(number: int) -> None:
        for value in range(50):
            pipelines[number].input(value)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    received: dict[uuid.UUID, list[int]] = {}
    for event in half.deliver():
        received.setdefault(event.pipeline_id, []).append(event.data)
    assert received == {pipeline.pipeline_id: list(range(50)) for pipeline in pipelines}
