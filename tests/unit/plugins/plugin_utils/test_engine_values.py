# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a task on their whole way, by invoke.ps1 in the embedded evaluator, and back."""

from __future__ import annotations

import collections.abc
import json
import math
import queue
import re
import typing
import uuid

import pytest

pytest.importorskip("tree_sitter_pwsh", reason="the embedded evaluator needs tree-sitter-pwsh")
pytest.importorskip("psrpcore", reason="values are serialized by psrpcore")

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils import _invoke
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pipeline import Command, PipelineSpec
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.pool import PoolClient
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import Record
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target
from ansible_collections.remoting.powershell.tests.endpoint.engine.api import EngineSession, ShellInfo
from ansible_collections.remoting.powershell.tests.endpoint.engine.embedded import EmbeddedEngine

#: Bounds a hang; no test asserts a time.
PATIENCE = 60
#: What psrpcore's half of the engine cannot say itself is tested against the broker's half alone.
TEXT = st.text(st.characters(exclude_categories=()), max_size=12).filter(
    lambda text: not re.search("[\ud800-\udfff\ufffe\uffff]", text)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(2**200), 2**200) | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


class Client:
    """A pool of the broker's own, on a session of the engine."""

    def __init__(self) -> None:
        self._events: queue.Queue[tuple[uuid.UUID | None, bytes]] = queue.Queue()
        self._pool = PoolClient(uuid.uuid4())
        info = ShellInfo(uuid.uuid4(), "tester", "COMPUTER", "Microsoft.PowerShell")
        self._session: EngineSession = EmbeddedEngine().open(info, self._pool.creation(), self)
        while not self._pool.opened:
            self._feed()

    def data(self, pipeline_id: uuid.UUID | None, data: bytes) -> None:
        """Called by the engine."""
        self._events.put((pipeline_id, data))

    def pipeline_ended(self, pipeline_id: uuid.UUID) -> None:
        """Called by the engine; the pool knows it from the messages."""

    def exited(self, reason: str) -> None:
        """Called by the engine."""

    def run(self, spec: PipelineSpec) -> list[Record]:
        """Runs a pipeline to its end."""
        pipeline = self._pool.start(spec)
        create = self._session.create_pipeline
        while (outgoing := self._pool.take(30_000)) is not None:
            if outgoing.pipeline_id is None:
                self._session.send(None, outgoing.data)
            else:
                create(outgoing.pipeline_id, outgoing.data)
                create = self._session.send
        records: list[Record] = []
        while not pipeline.state.ended:
            records += self._feed()
        self._session.close_pipeline(pipeline.pipeline_id)
        self._pool.close_pipeline(pipeline.pipeline_id)
        return records

    def _feed(self) -> list[Record]:
        pipeline_id, data = self._events.get(timeout=PATIENCE)
        return self._pool.feed(data, pipeline_id)

    def close(self) -> None:
        """Ends the session."""
        self._session.close()


@pytest.fixture(scope="module")
def client() -> collections.abc.Iterator[Client]:
    """One session for all."""
    made = Client()
    yield made
    made.close()


def returned(client: Client, script: str, **arguments: typing.Any) -> list[object]:
    """The output of pssession_invoke."""
    given_arguments = {**dict.fromkeys(_invoke.ARGUMENT_SPEC), "script": script, "in_disconnected_session": False}
    request = _invoke.request(Target("web1", 5986, True), {**given_arguments, **arguments}, False, 0)
    commands = [
        Command(each.text, each.is_script, [tuple(pair) for pair in each.parameters], each.use_local_scope)
        for each in request.commands
    ]
    records = client.run(PipelineSpec(commands))
    assert [record.value for record in records if record.stream == "error"] == []
    assert records[-1].value == {"state": "completed", "error": None}
    return [record.value for record in records if record.stream == "output"]


def expected(value: object) -> object:
    """NaN and the infinities come back as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, list):
        return [expected(entry) for entry in value]
    if isinstance(value, dict):
        return {key: expected(entry) for key, entry in value.items()}
    return value


@given(values=st.lists(JSON, min_size=1, max_size=6))
@settings(max_examples=12, deadline=None)
def test_every_json_value_comes_back_equal(client: Client, values: list[object]) -> None:
    (named,) = returned(client, "param($Value) , $Value", parameters={"Value": values})
    by_position = returned(client, "foreach ($each in $args) { , $each }", arguments=values)
    texts = [json.dumps(each, sort_keys=True) for each in (named, by_position, expected(values))]
    assert texts[0] == texts[1] == texts[2]


def test_a_value_never_becomes_part_of_a_script(client: Client) -> None:
    texts = ["'; throw 'a", '"; throw "b', "$(throw 'c')", "`n;exit 1", "{ throw 'd' }", "@args"]
    assert returned(client, "param($Values) $Values", parameters={"Values": texts}) == texts
