# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names with PowerShell's wildcards (about_Wildcards), and what a selector means."""

from __future__ import annotations

import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.remoting.powershell.plugins.plugin_utils._broker import wildcards
from ansible_collections.remoting.powershell.plugins.plugin_utils._broker.wanted import Wanted, named, wanted
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.errors import ErrorKind, PSSessionError
from ansible_collections.remoting.powershell.plugins.plugin_utils._wire.messages import Selector

#: Names as users write them, and the characters that mean something.
NAMES = st.text(st.sampled_from(string.ascii_letters + string.digits + " -_.\\^$(){}|+äß*?[]`"), max_size=12)
PLAIN = st.text(st.sampled_from("abXY12 -_.\\^$(){}|+"), max_size=8)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("work", "WORK", True),
        ("work", "works", False),
        ("w*", "work", True),
        ("w*", "", False),
        ("*", "", True),
        ("w?rk", "work", True),
        ("w?rk", "wrk", False),
        ("[wx]ork", "xork", True),
        ("[wx]ork", "york", False),
        ("job[0-9]", "job7", True),
        ("job[0-9]", "job", False),
        ("job[a-c1-3]", "jobB", True),
        ("job[0-9][0-9]", "job42", True),
        ("[]]", "]", True),
        ("a-z", "m", False),
        ("`*", "*", True),
        ("`*", "work", False),
        ("`[x`]", "[x]", True),
        ("[`]x]", "]", True),
        ("[`]x]", "x", True),
        ("[^a]", "^", True),
        ("[^a]", "b", False),
        ("[unclosed", "[unclosed", True),
        ("a`", "a`", True),
        ("a.b", "axb", False),
        ("line*", "line\nnext", True),
    ],
)
def test_patterns_mean_what_powershell_means(pattern: str, name: str, fits: bool) -> None:
    assert wildcards.matches(pattern, name) is fits


@given(NAMES)
def test_an_escaped_name_is_no_pattern_and_means_itself(name: str) -> None:
    entry = named(name)
    assert entry.exact
    assert entry.names(name, uuid.uuid4())
    assert not entry.names(name + "x", uuid.uuid4())


@given(NAMES, NAMES)
def test_any_pattern_is_understood(pattern: str, name: str) -> None:
    assert wildcards.matches(pattern, name) in (True, False)


@given(PLAIN, PLAIN, PLAIN)
def test_a_star_stands_for_anything_and_a_question_mark_for_one(before: str, between: str, after: str) -> None:
    assert wildcards.matches(f"{before}*{after}", before + between + after)
    assert wildcards.matches(f"{before}{'?' * len(between)}{after}", before + between + after)
    assert not wildcards.matches(f"{before}{'?' * (len(between) + 1)}{after}", before + between + after)


@given(st.lists(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="`]-"), min_size=1, max_size=5))
def test_a_set_stands_for_its_characters(characters: list[str]) -> None:
    pattern = f"[{''.join(characters)}]"
    assert all(wildcards.matches(pattern, character) for character in characters)
    assert not wildcards.matches(pattern, "".join(characters) + "!")
    assert not wildcards.matches(pattern, "é")


@given(PLAIN)
def test_a_name_without_wildcards_means_itself_in_any_case(name: str) -> None:
    assert wildcards.matches(name, name.swapcase())
    assert not wildcards.is_pattern(name)


def test_a_selector_is_a_list_of_what_is_wanted() -> None:
    shell_id = uuid.uuid4()
    entries = wanted(Selector(["work", "w*"], [3], [str(shell_id).upper()]))
    assert entries == [Wanted("work"), Wanted("w*"), Wanted(number=3), Wanted(shell_id=shell_id)]
    assert [entry.exact for entry in entries] == [True, False, False, True]
    assert not Wanted().exact
    assert not Wanted().names("", shell_id)


def test_an_instance_id_that_is_no_guid_is_refused() -> None:
    with pytest.raises(PSSessionError, match="no GUID") as error:
        wanted(Selector(instance_ids=["work"]))
    assert error.value.kind is ErrorKind.USAGE
