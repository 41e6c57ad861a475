# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for several sessions: their rows come in the order of the list, those of a wildcard by Id."""

from __future__ import annotations

import typing

import pytest

from ansible_collections.remoting.powershell.plugins.plugin_utils._wire import messages
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.tests.endpoint.endpoint import Endpoint
from ansible_collections.remoting.powershell.tests.unit.plugins.plugin_utils._broker.endpoint_broker import (
    Broker,
    error_of,
)


def names(rows: typing.Iterable[messages.Result | dict[str, typing.Any]]) -> list[str]:
    """The names of the rows' sessions."""
    return [(row if isinstance(row, dict) else row.session)["name"] for row in rows]


def ids(rows: typing.Iterable[messages.Result]) -> list[int]:
    """The Ids of the rows' sessions."""
    return [row.session["id"] for row in rows]


def test_rows_come_in_the_lists_order_whoever_holds_the_sessions(broker: Broker, other: Broker) -> None:
    for name in ("a", "b", "c"):
        broker.open(name)
    other.open("x")
    other.disconnect("x")
    assert names(broker.disconnect("c", "x", "a")) == ["c", "x", "a"]
    assert names(broker.rows("computer", "x", "C", "b")) == ["x", "c", "b"]
    assert names(broker.rows("current", "c", "a")) == ["c", "a"]
    assert names(broker.connect("c", "b", "a")) == ["c", "b", "a"]
    assert names(broker.remove("b", "x", "a", "c")) == ["b", "x", "a", "c"]


def test_what_a_wildcard_means_comes_by_id_and_once(broker: Broker, other: Broker) -> None:
    for name, new in (("a1", False), ("b", False), ("a1", True), ("a2", False)):
        broker.open(name, new=new)
    other.open("a0")
    other.disconnect("a0")
    assert ids(broker.disconnect("*")) == [1, 2, 3, 4]
    assert ids(broker.connect("b", "a*")) == [2, 1, 3, 4]
    assert [row["id"] for row in broker.rows("computer")] == [1, 2, 3, 4, None]
    assert ids(broker.remove("A2", "a*", scope="computer")) == [4, 1, 3, None]
    assert names(broker.remove("*", scope="computer")) == ["b"]


def test_sessions_that_are_made_at_once_get_ids_in_the_lists_order(broker: Broker) -> None:
    broker.open("m")
    wanted = ["z", "m", "y", "x", "a", "q", "b"]
    made = broker.open_all(*wanted)
    assert names(made) == wanted
    assert ids(made) == [2, 1, 3, 4, 5, 6, 7]
    assert [row.changed for row in made] == [True, False, True, True, True, True, True]
    assert not any(row.changed for row in broker.open_all(*wanted))


def test_one_that_cannot_be_made_says_so_in_its_own_row(broker: Broker, endpoint: Endpoint) -> None:
    broker.open("b", configuration_name="PowerShell.7")
    refused, made = broker.open_all("b", "a")
    assert "has the configuration 'PowerShell.7'" in error_of(refused).message
    assert (refused.session["name"], made.session["name"], made.changed) == ("b", "a", True)
    assert len(endpoint.shells) == 2


def test_a_prediction_for_several_makes_nothing_and_gives_no_id_away(broker: Broker, endpoint: Endpoint) -> None:
    predicted = broker.open_all("b", "a", check=True)
    assert [(row.changed, row.session["name"], row.session["id"]) for row in predicted] == [
        (True, "b", None),
        (True, "a", None),
    ]
    assert endpoint.shells == []
    assert ids([broker.open("a")]) == [1]


def test_a_further_session_has_one_name(broker: Broker) -> None:
    with pytest.raises(PSSessionError, match="takes no names") as error:
        broker.open_all("a", "b", new=True)
    assert error.value.kind is ErrorKind.USAGE
