# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records to a client that takes no more than so much."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.delivering import Delivery, OutputLimit
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.records import OutputFormat, Record
from ansible_collections.remoting.powershell.plugins.plugin_utils._psrp.streams import TOO_LARGE
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import frames
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import ANSWERS, Finished, Records


class Sent:
    """What a client would have read."""

    def __init__(self) -> None:
        self.messages: list[typing.Any] = []

    def __call__(self, message: object, body: bytes) -> int:
        data = ANSWERS.encode(message, body)
        self.messages.append(message)
        return len(data)

    @property
    def entries(self) -> list[typing.Any]:
        """All records."""
        return [entry for each in self.messages if isinstance(each, Records) for entry in each.entries]


def _output(*values: object) -> list[Record]:
    return [Record(None, "output", value) for value in values]


def test_all_goes_where_there_is_no_limit() -> None:
    sent = Sent()
    deliver = Delivery(sent, OutputFormat.OBJECTS)
    for number in range(100):
        deliver(_output(number, "x" * 1000))
    assert sent.entries == [["output", value] for number in range(100) for value in (number, "x" * 1000)]


def test_what_crosses_the_limit_goes_and_what_comes_then_does_not() -> None:
    sent = Sent()
    deliver = Delivery(sent, OutputFormat.OBJECTS, limit=2**20)
    deliver(_output("x" * 2**20))
    for _time in range(2):
        with pytest.raises(OutputLimit, match=r"^1 MB$"):
            deliver(_output("more"))
    assert len(sent.entries) == 1
    deliver.finish(Finished("completed", {}))
    assert sent.messages[-1] == Finished("completed", {})


def test_bytes_in_the_body_count() -> None:
    deliver = Delivery(Sent(), OutputFormat.BYTES, limit=1000)
    deliver(_output(bytes(1000)))
    with pytest.raises(OutputLimit):
        deliver(_output(b"x"))


@pytest.mark.parametrize("output", [OutputFormat.OBJECTS, OutputFormat.STRINGS])
def test_a_record_that_fits_no_frame_is_an_error_and_the_others_go(
    monkeypatch: pytest.MonkeyPatch, output: OutputFormat
) -> None:
    monkeypatch.setattr(frames, "MAX_HEADER", 5000)
    sent = Sent()
    deliver = Delivery(sent, output)
    deliver(_output(*range(500), "x" * 6000, *range(500, 1000)))
    numbers = [value for stream, value in sent.entries if stream == "output"]
    (error,) = [value for stream, value in sent.entries if stream == "error"]
    assert numbers == list(range(1000))
    assert [stream for stream, _value in sent.entries].index("error") == 500
    assert error["fully_qualified_error_id"] == TOO_LARGE


def test_an_end_that_fits_no_frame_has_another_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_HEADER", 5000)
    sent = Sent()
    Delivery(sent, OutputFormat.OBJECTS).finish(Finished("failed", {"id": 1}, error={"message": "x" * 6000}))
    (finished,) = sent.messages
    assert (finished.state, finished.session) == ("failed", {"id": 1})
    assert finished.error["fully_qualified_error_id"] == TOO_LARGE
