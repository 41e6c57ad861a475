# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The selector's options to what the broker is asked for."""

from __future__ import annotations

import typing
import uuid
import xml.etree.ElementTree

import pytest
from hypothesis import given, strategies

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import wildcards
from ansible_collections.remoting.powershell.plugins.plugin_utils._selector import (
    Selection,
    described,
    is_pattern,
    literal,
    selection,
)
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Selector
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.target import unfit_name


def selected(given: dict[str, typing.Any], **validated: typing.Any) -> Selection:
    """The selection of a task's arguments; `validated` is what ansible-core has made of them."""
    return selection({"name": None, "id": None, "instance_id": None, **given, **validated}, given)


def test_nothing_is_the_implicit_session() -> None:
    assert selected({}) == Selection(Selector(), several=False)


def test_one_value_is_one_session_and_a_list_several() -> None:
    assert selected({"name": "a"}, name=["a"]) == Selection(Selector(names=["a"]), several=False)
    assert selected({"name": ["a"]}).several
    assert selected({"name": "a,b"}, name=["a", "b"]).several
    assert selected({"id": 3}, id=[3]) == Selection(Selector(ids=[3]), several=False)
    assert selected({"id": 3}) == Selection(Selector(ids=[3]), several=False)


def test_an_empty_list_is_no_session() -> None:
    assert selected({"name": []}) == Selection(Selector(), several=True, nothing=True)


def test_names_are_told_apart_without_regard_to_case() -> None:
    chosen = selected({"name": ["Web", "a*", "WEB", "`*", "b"]})
    assert chosen.selector.names == ["Web", "a*", "`*", "b"]
    assert chosen.patterns == ["a*"]


@given(
    strategies.uuids(), strategies.sampled_from([str, lambda value: f"{{{value}}}", lambda value: value.hex.upper()])
)
def test_a_guid_may_be_written_as_powershell_takes_it(
    value: uuid.UUID, write: typing.Callable[[uuid.UUID], str]
) -> None:
    assert selected({"instance_id": write(value)}).selector.instance_ids == [str(value)]


@given(strategies.text(alphabet="ab`*?[]-", max_size=8))
def test_the_broker_agrees_on_what_a_wildcard_is(name: str) -> None:
    assert is_pattern(name) == wildcards.is_pattern(name)
    if not is_pattern(name):
        assert literal(name) == wildcards.plain(name)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ["a"], "id": [3]}, "Remove all but one (name is 'a' and id is 3)"),
        ({"name": [], "instance_id": ["x"]}, "(name is an empty list and instance_id is 'x')"),
        ({"name": ["a", " "]}, "name is ' '"),
        ({"name": ["a\0b"]}, "no session's name can hold the character '\\x00'"),
        ({"name": ["a" * 254 + "\U0001f642"]}, "has 255 characters at most, and this one 256"),
        ({"id": [1, -1]}, "id is -1"),
        ({"instance_id": ["123"]}, "instance_id is '123': it must be a GUID"),
    ],
)
def test_what_cannot_be_is_named_with_its_remedy(given: dict[str, typing.Any], message: str) -> None:
    with pytest.raises(PSSessionError) as failure:
        selected(given)
    assert failure.value.kind is ErrorKind.USAGE
    assert message in failure.value.message


def test_who_takes_one_session_takes_no_list() -> None:
    with pytest.raises(PSSessionError, match=r"name is 'a', 'b': one session is wanted here, and not a list"):
        selected({"name": ["a", "b"]}, name="['a', 'b']")


@given(strategies.text(min_size=1).filter(str.strip))
def test_a_name_that_is_taken_is_one_that_xml_can_carry(name: str) -> None:
    if unfit_name(name) is None:
        element = xml.etree.ElementTree.Element("Name")
        element.text = name.replace("\r", "")
        read = xml.etree.ElementTree.fromstring(xml.etree.ElementTree.tostring(element))
        assert read.text == element.text


def test_descriptions() -> None:
    assert described(Selector()) == "the host's implicit session"
    assert described(Selector(names=["a", "b*"])) == "name 'a', name 'b*'"
    assert described(Selector(ids=[1], instance_ids=["x"])) == "id 1, instance_id x"
