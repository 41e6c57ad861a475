# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames and messages: what is sent arrives, and nothing else gets in."""

from __future__ import annotations

import json
import socket
import struct
import threading
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import frames, messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import WireError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import Target

TARGET = Target(host="web01", port=5986, ssl=True, user="admin", password="secret-of-the-test")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(name="pair")
def _pair() -> typing.Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def read_all(data: bytes) -> frames.Frame | None:
    """What a peer makes of bytes after which the connection ends."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=lambda: (theirs.sendall(data), theirs.shutdown(socket.SHUT_WR)))
        sender.start()
        try:
            return frames.read(ours)
        finally:
            sender.join()


@given(header=st.dictionaries(st.text(), JSON, max_size=5), body=st.binary(max_size=2000))
def test_a_frame_arrives_as_it_was_sent(header: dict[str, typing.Any], body: bytes) -> None:
    assert read_all(frames.encode(header, body)) == (header, body)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_an_error(data: bytes) -> None:
    try:
        read_all(data)
    except WireError:
        return


@given(cut=st.integers(min_value=1, max_value=60))
def test_a_frame_cut_short_is_an_error(cut: int) -> None:
    data = frames.encode({"type": "Hello", "a": "x" * 40}, b"body")
    with pytest.raises(WireError):
        read_all(data[:-cut])


def test_the_end_between_two_frames_is_no_error() -> None:
    assert read_all(b"") is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(struct.pack("!4sII", b"PSS2", 2, 0) + b"{}", id="another version"),
        pytest.param(struct.pack("!4sII", b"PSS1", 0xFFFFFFFF, 0), id="a huge header"),
        pytest.param(struct.pack("!4sII", b"PSS1", 2, 0xFFFFFFFF), id="a huge body"),
        pytest.param(struct.pack("!4sII", b"PSS1", 1, 0) + b"{", id="no JSON"),
        pytest.param(struct.pack("!4sII", b"PSS1", 2, 0) + b"[]", id="no object"),
        pytest.param(struct.pack("!4sII", b"PSS1", 200000, 0) + b"[" * 200000, id="deeply nested"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="another protocol"),
    ],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        read_all(data)


def test_messages_arrive_field_by_field(pair: tuple[socket.socket, socket.socket]) -> None:
    command = messages.Command("param($x) $x", parameters=[["x", {"deep": [1, None, 2.5, "\ud800"]}]])
    run = messages.Run(TARGET, [command], input="lines", timeout=3)
    messages.REQUESTS.send(pair[0], run, b"a\nb")
    assert messages.REQUESTS.receive(pair[1]) == (run, b"a\nb")


def wire_form(message: object) -> dict[str, typing.Any]:
    """The JSON object that a message is sent as."""
    encoded = messages.REQUESTS.encode(message)
    return typing.cast("dict[str, typing.Any]", json.loads(encoded[12:]))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"type": "Popen"}, "not accepted"),
        ({"type": ["Run"]}, "not accepted"),
        ({"type": "Finished"}, "not accepted"),
        ({"surprise": 1}, "surprise"),
        ({"commands": "1"}, "commands"),
        ({"input": "anything"}, "input"),
        ({"timeout": "1"}, "timeout"),
        ({"shared": 1}, "shared"),
        ({"target": {"host": "web01"}}, "Target"),
        ({"target": {**wire_form(messages.Reset(TARGET))["target"], "password": 7}}, "password"),
    ],
)
def test_a_message_that_does_not_fit_is_refused(change: dict[str, typing.Any], named: str) -> None:
    header = {**wire_form(messages.Run(TARGET, [])), **change}
    with pytest.raises(WireError, match=named) as error:
        messages.REQUESTS.decode(header)
    assert "secret-of-the-test" not in str(error.value)


def test_a_deeply_nested_value_is_refused_or_kept() -> None:
    nested: typing.Any = []
    for _number in range(400):
        nested = [nested]
    run = messages.Run(TARGET, [messages.Command("x", parameters=[["p", nested]])])
    assert messages.REQUESTS.decode(wire_form(run)) == run


def test_secrets_are_in_no_repr() -> None:
    target = Target("h", 1, False, password="pw-1", certificate_key_password="pw-2", proxy="http://u:pw-3@p")
    run = messages.Run(target, [messages.Command("script-4", parameters=[["a", "value-5"]])], values=["value-6"])
    shown = repr(run)
    assert not [secret for secret in ("pw-1", "pw-2", "pw-3", "script-4", "value-5", "value-6") if secret in shown]


@pytest.mark.parametrize(
    ("option", "value"),
    [("user", "other"), ("auth", "ntlm"), ("ca", None), ("configuration_name", "JEA"), ("inventory_hostname", "b")],
)
def test_who_connects_where_decides_the_key(option: str, value: str | None) -> None:
    changes: dict[str, typing.Any] = {"cert_validation": "/ca.pem"} if option == "ca" else {option: value}
    other = Target(**{**vars(TARGET), **changes})
    assert other.key() != TARGET.key()


def test_secrets_and_timeouts_are_no_part_of_the_key() -> None:
    other = Target(**{**vars(TARGET), "password": "another", "connection_timeout": 1, "persist": 0})
    assert other.key() == TARGET.key()
    assert not other.same_secrets(TARGET)
